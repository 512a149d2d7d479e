"""Zero-shot classes: nearest sentence wins, ties count against us, confusions are named."""

import json

import numpy as np
import pytest
from PIL import Image

from cmpagl_model.errors import DatasetError
from cmpagl_model.evaluation.scenes import (
    class_words,
    classify_scenes,
    read_classes,
    scenes_json,
    scenes_markdown,
)
from tests.cmpagl_model.evaluation.conftest import PaintEncoder


@pytest.fixture
def classes(tmp_path):
    """Seven classes of three pictures; one picture of the first shows the second."""
    for number in range(1, 8):
        folder = tmp_path / f"Kind_{number}"
        folder.mkdir()
        for place in range(3):
            shown = 2 if (number, place) == (1, 0) else number
            Image.new("RGB", (9, 9), (shown * 10, 0, 0)).save(folder / f"{place}.png")
    return tmp_path


def test_figures_and_confusions(classes):
    found = classify_scenes(classes, PaintEncoder())
    assert found.pictures == 21
    assert found.top1 == pytest.approx(100 * 20 / 21)
    first = found.classes[0]
    assert (first.name, first.pictures, first.correct) == ("Kind_1", 3, 2)
    assert (first.confused_with, first.confused) == ("Kind_2", 1)
    assert json.loads(scenes_json(found))["top1"] == found.top1
    assert "| Kind_1 | 3 | 66.7 | Kind_2 (1) |" in scenes_markdown(found)


def test_sentences_are_the_prompt_with_the_class_in_words(classes):
    encoder = PaintEncoder()
    classify_scenes(classes, encoder, "here is {class}")
    assert encoder.texts_seen[0] == "here is kind 1"
    assert class_words("BaseballField") == "baseball field"
    assert class_words("dense_residential") == "dense residential"
    with pytest.raises(DatasetError, match=r"found no \{class\}"):
        classify_scenes(classes, encoder, "a picture")


def test_equal_scores_earn_nothing(classes):
    encoder = PaintEncoder()
    encoder.texts = np.ones_like(encoder.texts)
    found = classify_scenes(classes, encoder)
    assert (found.top1, found.top5) == (0, 0)


def test_damaged_pictures_are_named_and_left_out(classes):
    (classes / "Kind_3" / "1.png").write_bytes(b"no picture")
    found = classify_scenes(classes, PaintEncoder())
    assert found.pictures == 20
    assert [problem.path[-12:] for problem in found.problems] == ["Kind_3/1.png"]


def test_a_class_without_pictures_is_named(classes):
    (classes / "Kind_9").mkdir()
    found = classify_scenes(classes, PaintEncoder())
    assert len(found.classes) == 7
    assert [problem.path[-6:] for problem in found.problems] == ["Kind_9"]


def test_a_folder_without_classes_is_refused(tmp_path, classes):
    with pytest.raises(DatasetError, match="wanted two classes or more"):
        read_classes(classes / "Kind_1")
    with pytest.raises(DatasetError, match="found 0 folders"):
        read_classes(tmp_path / "absent")
