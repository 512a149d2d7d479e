"""Reports say the same figures in JSON, in Markdown and in rows, and what they mean."""

import dataclasses
import json

import pytest

from cmpagl_model.captions import read_captions
from cmpagl_model.errors import OutputError
from cmpagl_model.evaluation import EvaluationSettings, evaluate
from cmpagl_model.evaluation.report import (
    Subject,
    check_output,
    figure_rows,
    json_report,
    markdown_report,
    notes,
)
from cmpagl_model.index.vectors import write_text
from tests.cmpagl_model.evaluation.conftest import PaintEncoder

SUBJECT = Subject("dataset.json", "val", None)
ASKED = EvaluationSettings(ceilings=True, draws=50)
NAMES = ["R@1", "R@5", "R@10"]


@pytest.fixture
def found(paint):
    rows = [(number, "val", ["a lake 0", f"word {number}"]) for number in range(12)]
    items = read_captions(paint(rows))
    return evaluate(items, PaintEncoder(noise=2.0, fusion=1), ASKED)


def test_json_has_the_agreed_form(found):
    page = json.loads(json_report(found, SUBJECT))
    scores = found.by("none").scores
    assert set(page["none"]) == set(page["smr"]) == {"i2t", "t2i", "mR"}
    for side in ("i2t", "t2i"):
        assert list(page["none"][side]) == NAMES
        wanted = dataclasses.astuple(getattr(scores, side))
        assert list(page["none"][side].values()) == pytest.approx(wanted, abs=1e-4)
    assert page["none"]["mR"] == pytest.approx(scores.mean_recall, abs=1e-4)
    assert page["smr"]["mR"] == round(found.by("smr").scores.mean_recall, 4)
    assert set(page["ceilings"]) == {"t2i"}
    assert page["model"] == {"name": "paint", "fingerprint": "f" * 64}
    assert (page["dataset"], page["split"], page["limit"]) == ("dataset.json", "val", None)
    assert (page["images"], page["sentences"], page["problems"]) == (12, 24, [])
    assert page["settings"]["rerank"]["smr"]["mode"] == "add"


def test_json_intervals_hold_their_figures(found):
    page = json.loads(json_report(found, SUBJECT))
    for way in ("none", "smr", "fusion", "full"):
        for side in ("i2t", "t2i"):
            for name in NAMES:
                low, high = page["intervals"][way][side][name]
                assert low <= page[way][side][name] <= high
        low, high = page["intervals"][way]["mR"]
        assert low <= page[way]["mR"] <= high


def test_rows_are_the_ways_of_ranking_and_the_ceiling(found):
    rows = figure_rows(found)
    assert [row.name for row in rows] == ["none", "smr", "fusion", "full", "ceiling"]
    for row in rows[:4]:
        assert row.figures[6] == f"{found.by(row.name).scores.mean_recall:.2f}"
        low, high = row.intervals[6].split("-")
        assert float(low) <= float(row.figures[6]) <= float(high)
    assert rows[4].figures == ("", "", "", "54.17", "70.83", "91.67", "")
    assert set(rows[4].intervals) == {""}


def test_markdown_is_one_table_with_what_it_was_measured_on(found):
    page = markdown_report(found, SUBJECT)
    table = [line for line in page.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in table} == {9}
    firsts = [line.split("|")[1].strip(" -") for line in table]
    assert firsts == ["re-ranking", "", "none", "smr", "fusion", "full", "ceiling"]
    assert f"{found.by('smr').scores.mean_recall:.2f} (" in table[3]
    assert "split `val`: 12 images, 24 sentences. Model paint (ffffffffffff)." in page
    assert "transductive" in page


def test_without_ceilings_nothing_speaks_of_them(found):
    plain = dataclasses.replace(found, ceilings=None)
    assert "eiling" not in markdown_report(plain, SUBJECT)
    assert "ceilings" not in json.loads(json_report(plain, SUBJECT))
    assert "ceiling" not in [row.name for row in figure_rows(plain)]


def test_notes_say_what_fusion_sees_or_that_there_is_none(found, paint):
    said = " ".join(notes(found, SUBJECT))
    assert "smr and full are transductive" in said
    assert "The fusion encoder looks at the best 50 of each direction." in said
    items = read_captions(paint([(1, "val", ["one 1"])]))
    assert "hold no fusion encoder" in " ".join(notes(evaluate(items, PaintEncoder()), SUBJECT))
    asked = evaluate(items, PaintEncoder(), EvaluationSettings(ways=("none",)))
    said = " ".join(notes(asked, SUBJECT))
    assert "fusion" not in said
    assert "transductive" not in said


def test_notes_warn_of_a_limit_and_of_what_was_left_out(found, paint):
    assert not any("first" in line or "Left out" in line for line in notes(found, SUBJECT))
    items = read_captions(paint([(1, "val", ["one 1"]), (2, "val", ["two 2"])]))
    items[0].path.unlink()
    short = evaluate(items, PaintEncoder())
    said = " ".join(notes(short, dataclasses.replace(SUBJECT, limit=2)))
    assert "Only the first 2 images" in said
    assert "Left out as candidates and queries: 1 image." in said


def test_files_are_written_whole_or_refused(tmp_path):
    path = tmp_path / "figures.json"
    write_text(path, "old")
    write_text(path, "I→T\n")
    assert path.read_text(encoding="utf-8") == "I→T\n"
    assert list(tmp_path.iterdir()) == [path]
    for bad in (tmp_path, tmp_path / "absent" / "figures.json"):
        with pytest.raises(OutputError, match="wanted a name in an existing folder"):
            check_output(bad)
    check_output(path)
    with pytest.raises(OutputError, match="cannot write"):
        write_text(tmp_path / "absent" / "figures.json", "")


def test_figures_on_pictures_that_taught_the_model_are_told_apart(found):
    assert not any("has learned from" in line for line in notes(found, SUBJECT))
    taught = dataclasses.replace(found, taught=("train", "val"))
    assert "learned from pictures of val" in notes(taught, SUBJECT)[1]
    assert not any("has learned" in line for line in notes(taught, Subject("d.json", "test", None)))
