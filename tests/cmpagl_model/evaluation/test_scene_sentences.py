"""Sentences for scenes: places count once, the right one's rank is what a search gives."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from cmpagl_model.errors import DatasetError
from cmpagl_model.evaluation import yardsticks
from cmpagl_model.evaluation.real_scenes import SceneSentence, read_scene_sentences, scene_ranks
from cmpagl_model.records import ModelId

PAINTS = {"red_field_2019": 0, "red_field_2020": 0, "green_wood": 1, "blue_lake": 2}


class HueEncoder:
    """Sees which of red, green and blue is strongest; a sentence names one, and is like two."""

    device = "CPU (hue)"

    def __init__(self):
        image = SimpleNamespace(input_px=16)
        config = SimpleNamespace(image=image, embedding_size=3, fusion_layers=0)
        self.model = SimpleNamespace(
            name="hue", fingerprint="e" * 64, id=ModelId("hue", "e" * 64), config=config,
            path=Path("absent"), taught=(),
        )  # fmt: skip

    def encode_chips(self, pixels):
        return np.eye(3, dtype=np.float32)[pixels.mean(axis=(1, 2)).argmax(axis=1)]

    def encode_texts(self, texts):
        likes = {"red": (0.8, 0.6, 0.0), "green": (0.6, 0.8, 0.0), "blue": (0.0, 0.6, 0.8),
                 "greener than red": (0.8, 0.6, 0.0)}  # fmt: skip
        return np.array([likes[text] for text in texts], np.float32)


@pytest.fixture
def scenes(make_scene, tmp_path):
    for row, (name, band) in enumerate(PAINTS.items()):
        pixels = np.random.default_rng(row).integers(20, 60, (3, 120, 160)).astype(np.uint8)
        pixels[band] += 150
        make_scene(f"{name}.tif", folder=tmp_path / "scenes", pixels=pixels,
                   corner=(600_000 + 1000 * row, 5_700_000))  # fmt: skip
    return tmp_path / "scenes"


def said(text, place):
    return SceneSentence(text, place, reporting=False)


def test_ranks_count_places_and_not_scenes(scenes):
    asked = [said("red", "red_field"), said("green", "green_wood"), said("blue", "blue_lake"),
             said("greener than red", "green_wood"), said("green", "blue_lake")]  # fmt: skip
    found = scene_ranks(scenes, asked, HueEncoder())
    assert found.ranks["none"].tolist() == [0, 0, 0, 1, 2]
    assert found.places == 3
    assert found.chips > 4
    assert found.problems == ()


def test_a_scene_without_sentences_is_a_place_of_its_own(scenes):
    found = scene_ranks(scenes, [said("blue", "green_wood")], HueEncoder())
    assert found.places == 4
    assert found.ranks["none"].tolist() == [1]


def test_a_scene_that_cannot_be_read_comes_last_and_is_named(scenes):
    (scenes / "blue_lake.tif").write_bytes(b"no raster")
    found = scene_ranks(scenes, [said("blue", "blue_lake")], HueEncoder())
    assert found.ranks["none"].tolist() == [3]
    assert ["blue_lake" in problem.path for problem in found.problems] == [True]


def test_a_place_without_scene_is_refused(scenes):
    with pytest.raises(DatasetError, match=r"found no scene white_ice\*\.tif"):
        scene_ranks(scenes, [said("red", "white_ice")], HueEncoder())


def test_sentences_fall_into_halves_by_their_order(tmp_path):
    path = tmp_path / "sentences.json"
    path.write_text(json.dumps({"sentences": {"a": ["one", "two", "three"], "b": ["four"]}}))
    found = read_scene_sentences(path)
    assert [(row.text, row.place, row.reporting) for row in found] == [
        ("one", "a", False), ("two", "a", True), ("three", "a", False), ("four", "b", False),
    ]  # fmt: skip
    path.write_text("{}")
    with pytest.raises(DatasetError, match="no readable sentences for scenes"):
        read_scene_sentences(path)


def test_a_model_without_bank_is_measured_without_smr(scenes, tmp_path, monkeypatch):
    path = tmp_path / "sentences.json"
    path.write_text(json.dumps({"sentences": {"red_field": ["red", "blue"]}}))
    monkeypatch.setattr(yardsticks, "SENTENCES", path)
    found = yardsticks.measure_yardsticks(scenes.parent, HueEncoder(), ["scenes"])
    assert [(row.way, row.main.value) for row in found.rows] == [("none", 100), ("none", 0)]
    assert [problem.path for problem in found.problems] == ["yardstick scenes by smr"]
