"""Yardsticks: each asks what it says, alone or with the others, of the data that are there."""

import json

import numpy as np
import pytest

from cmpagl_model.captions import read_captions
from cmpagl_model.errors import DatasetError
from cmpagl_model.evaluation import EvaluationSettings, evaluate
from cmpagl_model.evaluation.encode import KeepsPictures
from cmpagl_model.evaluation.real_scenes import SceneRanks, SceneSentence
from cmpagl_model.evaluation.yardstick_report import (
    yardstick_cells,
    yardsticks_json,
    yardsticks_markdown,
)
from cmpagl_model.evaluation.yardsticks import YARDSTICKS, measure_yardsticks, scene_rows
from tests.cmpagl_model.evaluation.conftest import PaintEncoder, paint_dataset

FEW = EvaluationSettings(ways=("none",), draws=40)


def give_each(file, **more):
    """Add keys to the pictures of a captions file, a list with one value for each."""
    page = json.loads(file.read_text(encoding="utf-8"))
    for name, values in more.items():
        for row, value in zip(page["images"], values, strict=True):
            row[name] = value
    file.write_text(json.dumps(page), encoding="utf-8")


@pytest.fixture
def data(tmp_path):
    """RSICD with other words and classes, and other sensors of which every second was looked at."""
    rsicd = paint_dataset(
        tmp_path / "rsicd",
        [(n, "val" if n < 8 else "train", ["a place 0", f"published {n}"]) for n in range(10)],
    ).rename(tmp_path / "rsicd" / "dataset_rsicd.json")
    give_each(rsicd, **{"class": ["1"] * 4 + ["5"] * 3 + [""] + ["1"] * 2})
    other = {f"{n:03}.png": [f"a new one {(n + 1) % 8 if n < 3 else n}"] for n in range(8)}
    (tmp_path / "rsicd" / "val_in_other_words.json").write_text(json.dumps(other))
    sensors = paint_dataset(
        tmp_path / "sensors", [(n, "val", [f"seen {n}", "made by rule 0"]) for n in range(6)]
    ).rename(tmp_path / "sensors" / "dataset_sensors.json")
    give_each(sensors, looked=[True, False] * 3)
    return tmp_path


def rows_of(found):
    return {(row.yardstick, row.way): row for row in found.rows}


def test_published_captions_are_what_evaluate_gives(data):
    found = measure_yardsticks(data, PaintEncoder(noise=2.0), ["rsicd"], FEW)
    (row,) = found.rows
    items = read_captions(data / "rsicd" / "dataset_rsicd.json")
    alone = evaluate([i for i in items if i.split == "val"], PaintEncoder(noise=2.0), FEW)
    scores, ends = alone.by("none").scores, alone.by("none").interval
    assert row.main.value == scores.mean_recall
    assert row.main.interval == (ends.low_mean, ends.high_mean)
    assert [figure.value for figure in row.by_picture] == [
        scores.i2t.r1, scores.i2t.r5, scores.i2t.r10,
    ]  # fmt: skip
    assert "8 pictures, 16 sentences" in row.what


def test_other_words_ask_for_the_same_pictures(data):
    found = measure_yardsticks(data, PaintEncoder(), ["other-words"], FEW)
    (row,) = found.rows
    assert row.main == row.by_sentence[0]
    assert (row.main.name, row.main.value) == ("R@1", 62.5)
    assert not row.by_picture


def test_telling_sentences_are_those_written_after_looking(data):
    found = rows_of(measure_yardsticks(data, PaintEncoder(), ["sensors", "sensors-telling"], FEW))
    assert "6 pictures, 12 sentences" in found["sensors", "none"].what
    assert "3 pictures, 3 sentences" in found["sensors-telling", "none"].what
    assert found["sensors-telling", "none"].main.value == 100


def test_classes_are_those_of_the_captions_file(data):
    (data / "rsicd" / "images" / "009.png").unlink()  # of train: nobody asks
    (row,) = measure_yardsticks(data, PaintEncoder(), ["rsicd-classes"], FEW).rows
    assert "2 classes by name; 7 pictures" in row.what
    assert row.main.name == "top-1"
    low, high = row.main.interval
    assert row.main.value == pytest.approx(100 * 2 / 7)
    assert low < row.main.value < high


def test_ways_of_ranking_are_none_and_smr_unless_said(data):
    settings = EvaluationSettings(draws=20)
    found = measure_yardsticks(data, PaintEncoder(), ["rsicd", "sensors"], settings)
    assert list(rows_of(found)) == [
        ("rsicd", "none"), ("rsicd", "smr"), ("sensors", "none"), ("sensors", "smr"),
    ]  # fmt: skip


def test_what_is_not_there_is_named_and_the_rest_is_measured(data):
    found = measure_yardsticks(data, PaintEncoder(), ["ucm", "rsicd"], FEW)
    assert [row.yardstick for row in found.rows] == ["rsicd"]
    assert [problem.path for problem in found.problems] == ["yardstick ucm"]
    assert "dataset_ucm.json" in found.problems[0].reason
    with pytest.raises(DatasetError, match=r"wanted rsicd/dataset_rsicd\.json"):
        measure_yardsticks(data / "absent", PaintEncoder(), ["ucm", "rsicd", "scenes"], FEW)


def test_a_picture_is_embedded_once():
    seen = []
    encoder = PaintEncoder()
    look = encoder.encode_chips
    encoder.encode_chips = lambda pixels: seen.append(len(pixels)) or look(pixels)
    pixels = np.stack([np.full((8, 8, 3), number * 10, np.uint8) for number in (3, 1, 2)])
    kept = KeepsPictures(encoder)
    first, again = kept.encode_chips(pixels), kept.encode_chips(pixels[[2, 0]])
    more = kept.encode_chips(np.full((1, 8, 8, 3), 70, np.uint8))
    assert seen == [3, 1]
    np.testing.assert_array_equal(again, first[[2, 0]])
    np.testing.assert_array_equal(more, encoder.texts[[7]])
    assert kept.model is encoder.model


def test_halves_of_scenes_have_a_row_each_and_their_own_interval():
    sentences = [SceneSentence(f"{n}", f"place {n % 3}", reporting=n >= 6) for n in range(10)]
    ranks = np.array([0, 0, 0, 2, 2, 4, 0, 5, 5, 5])
    found = SceneRanks({"none": ranks, "smr": ranks[::-1]}, 4, 99, ())
    rows = list(scene_rows("scenes", sentences, found, 200))
    assert [(row.way, "reporting" in row.what) for row in rows] == [
        ("none", False), ("smr", False), ("none", True), ("smr", True),
    ]  # fmt: skip
    first, three = rows[0].by_sentence
    assert (first.value, three.value) == (50, pytest.approx(100 * 5 / 6))
    assert first.interval[0] <= 50 <= first.interval[1]
    assert rows[2].main.value == 25
    assert "4 sentences, 4 places, 99 chips" in rows[2].what


def test_the_three_reports_say_the_same(data):
    found = measure_yardsticks(data, PaintEncoder(noise=2.0), settings=EvaluationSettings(draws=40))
    page, table = json.loads(yardsticks_json(found)), yardsticks_markdown(found)
    assert len(page["rows"]) == len(found.rows) == 9
    lines = [line for line in table.splitlines() if line.startswith("|")][2:]
    for row, line, said in zip(found.rows, lines, page["rows"], strict=True):
        value = f"{row.main.value:.2f}"
        assert f"{row.main.name} **{value}**" in line
        assert yardstick_cells(row)[4].endswith(value)
        assert said["main"][row.main.name]["value"] == pytest.approx(row.main.value, abs=1e-4)
        assert (said["yardstick"], said["rerank"]) == (row.yardstick, row.way)
    assert len(page["problems"]) == len(YARDSTICKS) - 5
    assert "transductive" in table


def test_a_picture_that_cannot_be_read_is_named(data):
    (data / "sensors" / "images" / "002.png").write_bytes(b"no picture")
    found = measure_yardsticks(data, PaintEncoder(), ["sensors"], FEW)
    assert "5 pictures" in found.rows[0].what
    assert [problem.path[-7:] for problem in found.problems] == ["002.png"]
