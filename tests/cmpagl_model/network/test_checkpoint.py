"""Model folders come back as they were, and anything else is refused with a reason."""

import json
import shutil
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file, save_file

from cmpagl_model.errors import ConfigError, ModelError
from cmpagl_model.model_folder import CONFIG, TOKENIZER, WEIGHTS
from cmpagl_model.network import create_model, from_pretrained, save_pretrained

IDS = torch.tensor([[2, 17, 30, 3], [2, 44, 3, 0]])
MASK = torch.tensor([[1, 1, 1, 1], [1, 1, 1, 0]])


@pytest.fixture
def folder(tmp_path, small_model, tokenizer_file):
    """A model folder of either shape."""
    save_pretrained(small_model, tmp_path / "model", tokenizer_file)
    return tmp_path / "model"


@pytest.fixture
def base_folder(tmp_path, base_config, tokenizer_file):
    """A model folder of ``small_base``, to be spoilt."""
    save_pretrained(create_model(base_config), tmp_path / "model", tokenizer_file)
    return tmp_path / "model"


@torch.no_grad()
def test_a_model_comes_back(folder, small_model, tokenizer_file, chips):
    again = from_pretrained(folder)
    assert again.config == small_model.config
    assert not again.training
    pixels = chips(4, small_model.config.image.input_px)
    for found, kept in (
        (again.encode_image(pixels), small_model.encode_image(pixels)),
        (again.encode_text(IDS, MASK), small_model.encode_text(IDS, MASK)),
    ):
        assert (found.embedding * kept.embedding).sum(dim=1).min() > 0.9999
    assert (folder / TOKENIZER).read_bytes() == tokenizer_file.read_bytes()


def test_matrices_are_halved_and_vectors_kept(folder, small_model):
    stored, own = load_file(folder / WEIGHTS), small_model.state_dict()
    assert set(stored) == {name for name in own if not name.endswith("num_batches_tracked")}
    for name, value in stored.items():
        half = own[name].dim() >= 2
        assert value.dtype == (torch.float16 if half else torch.float32), name
        assert torch.equal(value, own[name].half() if half else own[name]), name
    again = from_pretrained(folder).state_dict()
    assert all(torch.equal(again[name], value.float()) for name, value in stored.items())
    assert all(value.dtype == torch.float32 for name, value in again.items() if name in stored)


def test_saving_again_replaces_and_leaves_nothing_behind(folder, small_config):
    other = create_model(small_config)
    save_pretrained(other, folder, folder / TOKENIZER)
    assert {path.name for path in folder.iterdir()} == {CONFIG, WEIGHTS, TOKENIZER}
    found = load_file(folder / WEIGHTS)["image_projection.weight"]
    assert torch.equal(found, other.image_projection.weight.half())


def test_weights_can_be_read_by_everybody(base_folder):
    assert (base_folder / WEIGHTS).stat().st_mode & 0o444 == 0o444


def test_a_folder_that_cannot_be_written_is_refused(tmp_path, base_config, tokenizer_file):
    taken = tmp_path / "taken"
    taken.touch()
    with pytest.raises(ModelError, match=r"cannot write the model to .*taken"):
        save_pretrained(create_model(base_config), taken, tokenizer_file)


@pytest.mark.parametrize("name", ["nowhere", "./no/where", "/no/where", "owner/name"])
def test_a_missing_folder_is_refused(name):
    with pytest.raises(ModelError, match=rf"found no model '{name}'"):
        from_pretrained(name)


def test_a_folder_without_weights_is_refused(base_folder):
    (base_folder / WEIGHTS).unlink()
    with pytest.raises(ModelError, match=r"found no weights, wanted model\.safetensors"):
        from_pretrained(base_folder)


def test_pickled_weights_are_refused_unread(base_folder):
    (base_folder / WEIGHTS).unlink()
    (base_folder / "pytorch_model.bin").write_bytes(b"cos\nsystem\n(S'false'\ntR.")
    with pytest.raises(ModelError, match=r"found pytorch_model\.bin.*pickled weights are refused"):
        from_pretrained(base_folder)


@pytest.mark.parametrize("name", ["empty", "header", "half", "pickle"])
def test_damaged_weights_are_refused(base_folder, name):
    path = base_folder / WEIGHTS
    whole = path.read_bytes()
    spoilt = {
        "empty": b"",
        "header": whole[:40],
        "half": whole[: len(whole) // 2],
        "pickle": b"cos\nsystem\n(S'false'\ntR.",
    }
    path.write_bytes(spoilt[name])
    with pytest.raises(ModelError, match=r"model\.safetensors: damaged weights"):
        from_pretrained(base_folder)


def test_weights_of_another_variant_are_refused(tmp_path, base_folder, lite_config, tokenizer_file):
    save_pretrained(create_model(lite_config), tmp_path / "lite", tokenizer_file)
    shutil.copy(tmp_path / "lite" / WEIGHTS, base_folder / WEIGHTS)
    with pytest.raises(ModelError, match=r"tensors missing.*foreign.*wanted.*small_base"):
        from_pretrained(base_folder)


def test_misshapen_weights_are_refused(base_folder):
    weights = load_file(base_folder / WEIGHTS)
    weights["image_projection.bias"] = torch.zeros(17)
    save_file(weights, base_folder / WEIGHTS)
    with pytest.raises(ModelError, match=r"0 foreign and 1 misshapen.*image_projection\.bias"):
        from_pretrained(base_folder)


def test_a_fusion_encoder_that_the_configuration_lacks_is_refused(base_folder, base_config):
    towers = replace(base_config, fusion_layers=0)
    (base_folder / CONFIG).write_text(towers.to_json(), encoding="utf-8")
    with pytest.raises(ModelError, match=r"0 tensors missing, \d+ foreign.*first: fusion\."):
        from_pretrained(base_folder)


def test_an_unknown_setting_is_refused_by_name(base_folder):
    config = json.loads((base_folder / CONFIG).read_text(encoding="utf-8"))
    config["text"]["poolling"] = "mean"
    (base_folder / CONFIG).write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"config\.json\.text: unknown setting poolling"):
        from_pretrained(base_folder)
