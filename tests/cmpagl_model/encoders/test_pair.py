"""Models that are not ours: what reaches their graphs, what is refused, what changes them."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from onnx import TensorProto

from cmpagl_model.encoders import open_encoder
from cmpagl_model.errors import ConfigError, MissingExtraError, ModelError
from cmpagl_model.model_folder import find_maker, find_model, known_as, known_models, models_home
from cmpagl_model.records import ModelId
from cmpagl_model.reference_bank import read_bank
from cmpagl_model.rerank.bank import Bank, write_bank
from tests.cmpagl_model.encoders.pairs import (
    PAD,
    SIDE,
    SIZE,
    TOKENS,
    by_hand,
    words_by_hand,
    write_pair,
)
from tests.conftest import painted_pixels


def chips(count=5):
    return np.stack([painted_pixels(SIDE, SIDE, seed).transpose(1, 2, 0) for seed in range(count)])


def changed(folder, **settings):
    page = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    (folder / "model.json").write_text(json.dumps({**page, **settings}), encoding="utf-8")
    return str(folder)


def one_line(refusal):
    said = str(refusal.value)
    assert "\n" not in said
    assert "next: " in said
    return said


@pytest.mark.parametrize("kind", [TensorProto.FLOAT, TensorProto.FLOAT16])
def test_pictures_are_normalised_as_model_json_says(tmp_path, kind):
    encoder = open_encoder(str(write_pair(tmp_path, pictures=kind)), device="cpu")
    found = encoder.encode_chips(chips())
    assert found.dtype == np.float32
    assert found.shape == (5, SIZE)
    within = 1e-5 if kind == TensorProto.FLOAT else 1e-2
    np.testing.assert_allclose(found, by_hand(chips()), atol=within)
    alone = np.concatenate([encoder.encode_chips(chip[None]) for chip in chips()])
    np.testing.assert_allclose(alone, found, atol=1e-6)


@pytest.mark.parametrize("ids", [TensorProto.INT64, TensorProto.INT32])
def test_sentences_are_filled_up_and_cut_off_as_model_json_says(tmp_path, ids):
    texts = ["a road on a river", "a road on a river canal boats forest forest"]
    whole = [[6, 1, 8, 6, 2, PAD], [6, 1, 8, 6, 2, 5]]
    encoder = open_encoder(str(write_pair(tmp_path, ids=ids)), device="cpu")
    np.testing.assert_allclose(encoder.encode_texts(texts), words_by_hand(whole), atol=1e-5)
    short = [[1, 2] + [PAD] * (TOKENS - 2)]
    np.testing.assert_allclose(
        encoder.encode_texts(["road river"]), words_by_hand(short), atol=1e-5
    )
    left = changed(tmp_path, text={"max_tokens": TOKENS, "padding_side": "left", "pad_id": 7})
    found = open_encoder(left, device="cpu").encode_texts(["road river"])
    np.testing.assert_allclose(found, words_by_hand([[7] * 4 + [1, 2]]), atol=1e-5)


@pytest.mark.parametrize(("padding", "mask"), [("longest", False), ("max_tokens", True)])
def test_padding_may_end_with_the_longest_or_be_masked(tmp_path, padding, mask):
    encoder = open_encoder(str(write_pair(tmp_path, padding=padding, mask=mask)), device="cpu")
    found = encoder.encode_texts(["road river"])
    np.testing.assert_allclose(found, words_by_hand([[1, 2]]), atol=1e-5)


def test_a_vector_of_zeros_stays_one(tmp_path):
    encoder = open_encoder(str(write_pair(tmp_path, mask=True)), device="cpu")
    assert not encoder.encode_texts([""]).any()


@pytest.mark.parametrize("name", ["image.onnx", "text.onnx", "tokenizer.json"])
def test_a_missing_file_is_named(tmp_path, name):
    (write_pair(tmp_path) / name).unlink()
    with pytest.raises(ModelError, match=f"no {name} in this model folder") as refusal:
        find_model(str(tmp_path))
    one_line(refusal)


def test_a_folder_half_copied_is_refused_before_anything_is_encoded(tmp_path):
    write_pair(tmp_path, checksums=True)
    assert find_model(str(tmp_path)).name == "toy"
    tensors = (tmp_path / "tensors.bin").read_bytes()
    (tmp_path / "tensors.bin").write_bytes(tensors[:-8] + bytes(8))
    with pytest.raises(ModelError, match=r"found tensors\.bin cut off or changed") as refusal:
        find_model(str(tmp_path))
    one_line(refusal)
    (tmp_path / "tensors.bin").unlink()
    with pytest.raises(ModelError, match=r"no tensors\.bin in this model folder"):
        find_model(str(tmp_path))


def test_without_checksums_tensors_that_are_missing_or_cut_off_are_still_found(tmp_path):
    for change in (lambda file: file.unlink(), lambda file: file.write_bytes(b"short")):
        folder = write_pair(tmp_path / "copy")
        change(folder / "tensors.bin")
        with pytest.raises(ModelError, match=r"image\.onnx: ONNX Runtime cannot load") as refusal:
            open_encoder(str(folder), device="cpu").encode_chips(chips(1))
        one_line(refusal)
        shutil.rmtree(folder)


def test_a_graph_of_another_dimension_is_refused(tmp_path):
    encoder = open_encoder(str(write_pair(tmp_path, size=SIZE + 1)), device="cpu")
    for encode, given in ((encoder.encode_chips, chips(1)), (encoder.encode_texts, ["road"])):
        with pytest.raises(ModelError, match=r"of shape \(1, 13\), wanted \(1, 12\)") as refusal:
            encode(given)
        one_line(refusal)


def test_a_graph_of_another_size_or_of_single_pictures_is_refused(tmp_path):
    write_pair(tmp_path / "one", batch=1)
    with pytest.raises(ModelError, match=r"image\.onnx: the graph is not as model") as refusal:
        open_encoder(str(tmp_path / "one"), device="cpu").encode_chips(chips(2))
    one_line(refusal)
    write_pair(tmp_path / "two")
    path = changed(tmp_path / "two", image={"input_px": 48, "mean": [0, 0, 0], "std": [1, 1, 1]})
    wide = np.zeros((1, 48, 48, 3), np.uint8)
    with pytest.raises(ModelError, match="the graph is not as model"):
        open_encoder(path, device="cpu").encode_chips(wide)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"nmae": "x"}, "unknown setting nmae"),
        ({"embedding_size": 0}, "embedding_size of 1"),
        ({"name": "a\nb"}, "name of letters"),
        ({"image": {"input_px": 32, "mean": [0, 0, 0], "std": [1, 0, 1]}}, "std above 0"),
        ({"image": {"input_px": 32, "mean": [0, 0], "std": [1, 1, 1]}}, "found 2 values"),
        ({"text": {"max_tokens": 9, "padding": "left"}}, "wanted one of max_tokens, longest"),
    ],
)
def test_settings_that_do_not_hold_are_named(tmp_path, settings, said):
    with pytest.raises(ConfigError, match=said):
        find_model(changed(write_pair(tmp_path), **settings))


def test_a_model_of_pytorch_is_sent_to_be_converted(tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "clip"}')
    for name in (str(tmp_path), "open_clip:ViT-B-32@RemoteCLIP.pt"):
        with pytest.raises(ModelError, match="cmpagl models convert") as refusal:
            find_model(name)
        assert name in one_line(refusal)
    assert "once, then --model RemoteCLIP" in one_line(refusal)


def test_it_has_no_torch_no_fusion_and_no_bank_and_says_so(tmp_path):
    path = str(write_pair(tmp_path))
    with pytest.raises(MissingExtraError, match="ONNX Runtime alone"):
        open_encoder(path, backend="torch")
    encoder = open_encoder(path, device="cpu")
    for refused in (
        lambda: encoder.chip_tokens(chips(1)),
        lambda: encoder.word_tokens(["road"]),
        lambda: encoder.match(None, None),
        lambda: read_bank(encoder.model),
    ):
        with pytest.raises(ModelError) as refusal:
            refused()
        one_line(refusal)


def test_every_file_that_may_change_an_answer_makes_another_model(tmp_path):
    first = find_model(str(write_pair(tmp_path)))
    for name in ("image.onnx", "tensors.bin", "text.onnx", "tokenizer.json", "model.json"):
        kept = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(kept + b"\n")
        found = find_model(str(tmp_path))
        assert found.fingerprint != first.fingerprint, name
        assert found.weights_hash != first.weights_hash, name
        (tmp_path / name).write_bytes(kept)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "more.bin").write_bytes(b"tensors, perhaps")
    assert find_model(str(tmp_path)).fingerprint != first.fingerprint
    (tmp_path / "data" / "more.bin").unlink()
    for name in ("README.md", "LICENSE", ".DS_Store", "relevance.json"):
        (tmp_path / name).write_text("for people, or for later")
    assert find_model(str(tmp_path)) == first


def test_a_bank_changes_the_fingerprint_and_fits_the_weights_that_made_it(tmp_path):
    first = find_model(str(write_pair(tmp_path)))
    vectors = open_encoder(first, device="cpu").encode_texts(["road", "forest"])
    write_bank(first, Bank(vectors, ("road", "forest")))
    found = find_model(str(tmp_path))
    assert found.fingerprint != first.fingerprint
    assert found.weights_hash == first.weights_hash
    assert read_bank(found).sentences == ("road", "forest")


def test_models_are_known_by_name_where_they_are_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("CMPAGL_MODELS", str(tmp_path / "none"))
    assert known_models() == ["cmpagl_lite"]
    monkeypatch.setenv("CMPAGL_MODELS", str(tmp_path))
    write_pair(tmp_path / "toy")
    write_pair(tmp_path / "cmpagl_lite")  # a shipped name stays the shipped model's
    assert known_models() == ["cmpagl_lite", "toy"]
    assert find_model("toy").path == tmp_path / "toy"
    assert find_model("cmpagl_lite").path != tmp_path / "cmpagl_lite"


def test_an_index_finds_its_model_whatever_the_folder_is_called(tmp_path, monkeypatch):
    monkeypatch.setenv("CMPAGL_MODELS", str(tmp_path))
    first = find_model(str(write_pair(tmp_path / "b32-of-2023")))
    made = ModelId("toy", first.fingerprint)
    assert known_as(made) == "b32-of-2023"
    write_pair(tmp_path / "a", seed=1)  # sorted before, also called toy
    (write_pair(tmp_path / "b", seed=2) / "text.onnx").unlink()
    assert known_as(made) == "b32-of-2023"
    assert find_maker(made) == first
    assert known_as(ModelId("toy", "0" * 64)) == "a"
    assert find_maker(ModelId("toy", "0" * 64)) is None
    assert known_as(ModelId("b32-of-2023", "0" * 64)) == "cmpagl_lite"  # a folder, no model
    (tmp_path / "torn").mkdir()
    (tmp_path / "torn" / "model.json").write_text("{")
    assert known_as(ModelId("torn", "0" * 64)) == "torn"
    assert find_maker(ModelId("torn", "0" * 64)) is None


def test_where_models_are_kept_by_default(monkeypatch, tmp_path):
    monkeypatch.delenv("CMPAGL_MODELS", raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert models_home() == tmp_path / "cmpagl" / "models"
