"""A fingerprint stands for all that changes an answer, and the shipped one is the packaged one."""

from __future__ import annotations

import shutil

import pytest

from cmpagl_model import model_folder
from cmpagl_model.encoders import open_encoder
from cmpagl_model.errors import ModelError
from cmpagl_model.model_folder import find_model, pinned_fingerprints, shipped_models
from cmpagl_model.rerank.bank import read_bank
from tools import pin_weights

WEIGHTS = "model.safetensors"
FILES = sorted(path.name for path in find_model().path.iterdir())


@pytest.fixture
def copy(tmp_path):
    """A copy of the shipped model; its weights are the shipped file itself until they change."""
    source, folder = find_model().path, tmp_path / "weights" / "cmpagl_lite"
    folder.mkdir(parents=True)
    for name in FILES:
        (folder / name).symlink_to(source / name)
    return folder


def flip_a_bit(path):
    content = bytearray(path.read_bytes())
    content[len(content) * 2 // 3] ^= 1
    path.unlink()
    path.write_bytes(content)


def test_a_copy_has_the_same_fingerprint(copy):
    assert find_model(str(copy)).fingerprint == find_model().fingerprint
    assert find_model(str(copy)).weights_hash == find_model().weights_hash


JUDGES = {"relevance.json", "words.txt", "word_order.npy"}
"""They name the weights they belong to and move no hit: an index stays good without them."""


@pytest.mark.parametrize("name", [name for name in FILES if name not in {"config.json", *JUDGES}])
def test_every_file_changes_the_fingerprint(copy, name):
    flip_a_bit(copy / name)
    found, shipped = find_model(str(copy)), find_model()
    assert found.fingerprint != shipped.fingerprint
    assert (found.weights_hash != shipped.weights_hash) == (name in {WEIGHTS, "tokenizer.json"})


def test_the_configuration_changes_it_too(copy):
    text = (copy / "config.json").read_text(encoding="utf-8")
    (copy / "config.json").unlink()
    (copy / "config.json").write_text(text.replace("0.07", "0.08"), encoding="utf-8")
    assert find_model(str(copy)).weights_hash != find_model().weights_hash


@pytest.mark.parametrize("name", ["bank.npy", "rerank.json", "fusion.onnx"])
def test_a_file_that_is_gone_is_a_change(copy, name):
    (copy / name).unlink()
    assert find_model(str(copy)).fingerprint != find_model().fingerprint


def test_other_settings_of_re_ranking_do_not_part_a_bank_from_its_weights(copy):
    (copy / "rerank.json").unlink()
    assert len(read_bank(find_model(str(copy))).vectors) == len(read_bank(find_model()).vectors)


def test_the_shipped_models_are_those_that_were_packaged():
    assert pinned_fingerprints() == {
        name: find_model(name).fingerprint for name in shipped_models()
    }
    assert pin_weights.main(["--check"]) == 0


def test_a_shipped_model_that_changed_on_disk_is_refused_until_it_is_pinned(
    copy, monkeypatch, capsys
):
    shutil.copyfile(model_folder.SHIPPED / model_folder.PINNED, copy.parent / model_folder.PINNED)
    monkeypatch.setattr(model_folder, "SHIPPED", copy.parent)
    assert find_model().path == copy
    flip_a_bit(copy / "text.onnx")
    with pytest.raises(ModelError, match="as it was shipped") as refusal:
        open_encoder()
    assert "python -m tools.pin_weights" in str(refusal.value)
    assert pin_weights.main(["--check"]) == 1
    assert pin_weights.main([]) == 0
    assert find_model().fingerprint == pinned_fingerprints()["cmpagl_lite"]
    assert pin_weights.main(["--check"]) == 0
    assert "cmpagl_lite" in capsys.readouterr().out
