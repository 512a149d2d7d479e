"""Configurations survive JSON, and one that does not hold is refused by name."""

import dataclasses
import json

import pytest

from cmpagl_model.config import VARIANTS, ModelConfig, read_config, record_from_dict, variant
from cmpagl_model.errors import ConfigError


@pytest.fixture
def lite():
    """``cmpagl_lite`` as parsed JSON, to be spoilt."""
    return json.loads(VARIANTS["cmpagl_lite"].to_json())


def gswin(config, **changes):
    image = config.image
    return dataclasses.replace(image, gswin=dataclasses.replace(image.gswin, **changes))


@pytest.mark.parametrize("name", VARIANTS)
def test_variants_survive_json(tmp_path, name):
    path = tmp_path / "config.json"
    path.write_text(VARIANTS[name].to_json(), encoding="utf-8")
    found = read_config(path)
    assert found == VARIANTS[name]
    assert found.to_json() == VARIANTS[name].to_json()
    assert found.name == name


def test_missing_settings_take_their_defaults(lite):
    del lite["embedding_size"], lite["image"]["gswin"]["block"]
    found = record_from_dict(ModelConfig, lite, "here")
    assert found.embedding_size == 256
    assert found.image.gswin.block == "add"


def test_variant_replaces_fields():
    assert variant("cmpagl_lite", name="mine", fusion_layers=0).fusion_layers == 0
    assert variant("cmpagl_lite", name="mine").image == VARIANTS["cmpagl_lite"].image
    with pytest.raises(ConfigError, match=r"'cmpagl_huge'.*cmpagl_base, cmpagl_lite"):
        variant("cmpagl_huge")


def test_unknown_settings_are_named_with_their_place(lite):
    lite["image"]["gswin"]["windw"] = 5
    lite["image"]["gswin"]["blok"] = "add"
    with pytest.raises(ConfigError, match=r"here\.image\.gswin: unknown.*blok, windw.*window"):
        record_from_dict(ModelConfig, lite, "here")


def test_needed_setting_is_named(lite):
    del lite["text"]["layers"]
    with pytest.raises(ConfigError, match=r"here\.text: .*'layers'"):
        record_from_dict(ModelConfig, lite, "here")


@pytest.mark.parametrize(
    ("part", "key", "value", "message"),
    [
        ("gswin", "block", "added", r"gswin\.block: found 'added', wanted one of add, replace"),
        ("gswin", "gl_mode", ["kv_global"], r"gswin\.gl_mode: found \['kv_global'\]"),
        ("gswin", "dims", 256, r"gswin\.dims: found 256, wanted a list; next: write \[256\]"),
        ("gswin", "dims", ["256"], r"gswin\.dims: found '256', wanted a value of kind int"),
        ("gswin", "window", 5.5, r"gswin\.window: found 5\.5, wanted a value of kind int"),
        ("gswin", "window", True, r"gswin\.window: found True"),
        ("image", "mean", [0.5, 0.5], r"image\.mean: found 2 values, wanted 3"),
        ("image", "gswin", [5], r"image\.gswin: found list, wanted a table"),
    ],
)
def test_values_of_another_kind_are_refused(lite, part, key, value, message):
    table = lite["image"] if part == "image" else lite["image"]["gswin"]
    table[key] = value
    with pytest.raises(ConfigError, match=message):
        record_from_dict(ModelConfig, lite, "here")


def test_whole_numbers_pass_for_fractions(lite):
    lite["image"]["std"] = [1, 1, 1]
    std = record_from_dict(ModelConfig, lite, "here").image.std
    assert std == (1.0, 1.0, 1.0)
    assert all(type(value) is float for value in std)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"depths": (2, 2)}, "1 dims, 2 depths and 1 heads"),
        ({"heads": ()}, "1 dims, 1 depths and 0 heads"),
        ({"dims": (), "depths": (), "heads": ()}, "0 dims"),
        ({"dims": (256,), "heads": (7,)}, "256 channels for 7 attention heads"),
        ({"dims": (256,), "heads": (0,)}, "256 channels for 0 attention heads"),
    ],
)
def test_stage_lists_that_do_not_fit_are_refused(changes, message):
    with pytest.raises(ConfigError, match=message):
        variant("cmpagl_lite", image=gswin(VARIANTS["cmpagl_lite"], **changes))


@pytest.mark.parametrize("text", [None, "", "{", "[]", '"words"', "\xff"])
def test_files_without_a_configuration_are_refused(tmp_path, text):
    path = tmp_path / "config.json"
    if text is not None:
        path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ConfigError, match=r"config\.json"):
        read_config(path)
