"""Relevance feedback: verdicts move the query, hits say what was seen, places asked are spread."""

from __future__ import annotations

import json

import geopandas
import numpy as np
import pytest

from cmpagl_model.errors import QueryError
from cmpagl_model.search import ChipPlace, Examples
from cmpagl_model.search.feedback import (
    KEPT_WEIGHT,
    REJECTED_WEIGHT,
    Feedback,
    read_feedback,
    spread,
)
from cmpagl_model.search.output import write_hits
from cmpagl_model.search.ranking import cosine_scores
from tests.cmpagl_model.search.paper import paper_index, paper_scene
from tests.cmpagl_model.search.test_composed import Words
from tiling import ChipSpec

ALL = {"k": 10_000, "merge": False}


@pytest.fixture
def index():
    made = paper_index([paper_scene()], ChipSpec(size_px=80, ground_sizes_m=(80.0,)))
    made.use_encoder(Words())
    return made


def place(index, row):
    table = index.table
    path = table.scenes[table.scene_of[row]].path
    return ChipPlace(path, table.window(row), float(table.ground_m[row]))


def test_the_query_moves_to_what_was_kept_and_away_from_what_was_rejected(index):
    feedback = Feedback((place(index, 3), place(index, 9)), (place(index, 5),))
    answer = index.similar(Examples(), "a quay", feedback=feedback, **ALL)
    vectors = index.table.embeddings[np.arange(len(index.table))].astype(np.float64)
    wanted = Words().encode_texts(["a quay"])[0].astype(np.float64)
    wanted += KEPT_WEIGHT * vectors[[3, 9]].mean(axis=0) - REJECTED_WEIGHT * vectors[5]
    unit = (wanted / np.linalg.norm(wanted)).astype(np.float32)
    scores = cosine_scores(index.table.embeddings, np.arange(len(index.table)), unit)
    assert [hit.score for hit in answer.hits] == pytest.approx(np.sort(scores)[::-1], abs=1e-5)
    said = {hit.window: hit.review for hit in answer.hits}
    assert said.pop(place(index, 3).window) == said.pop(place(index, 9).window) == "keep"
    assert said.pop(place(index, 5).window) == "reject"
    assert set(said.values()) == {None}


def test_what_to_judge_next_was_not_judged_and_is_spread_over_the_best(index):
    first = index.similar(Examples(), "a quay", **ALL)
    seen = first.hits[0]
    feedback = Feedback(rejected=(ChipPlace(seen.scene, seen.window, seen.ground_m),))
    learned = index.similar(Examples(), "a quay", feedback=feedback, **ALL)
    asked = index.similar(Examples(), "a quay", feedback=feedback, k=4, merge=False, ask=True)
    best = [hit.window for hit in learned.hits if hit.window != seen.window][:20]
    windows = [hit.window for hit in asked.hits]
    assert len(windows) == 4
    assert windows[0] == best[0]
    assert set(windows) < set(best)
    assert windows != best[:4]
    assert [hit.rank for hit in asked.hits] == [1, 2, 3, 4]
    scores = [hit.score for hit in asked.hits]
    assert scores == sorted(scores, reverse=True)


def test_chosen_ones_are_as_unlike_as_can_be():
    angles = np.radians([0, 1, 2, 90, 91, 180])
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    assert spread(vectors, 3).tolist() == [0, 3, 5]
    assert spread(vectors, 10).tolist() == list(range(6))
    assert spread(vectors[:0], 3).tolist() == []


def test_places_that_the_index_lost_are_left_out_and_named(index):
    known = place(index, 3)
    gone = ChipPlace("/paper/gone.tif", known.window, known.ground_m)
    answer = index.similar(Examples(), "a quay", feedback=Feedback((known, gone)), **ALL)
    (problem,) = answer.problems
    assert "gone.tif" in str(problem)
    alone = index.similar(Examples(), "a quay", feedback=Feedback((known,)), **ALL)
    assert alone.hits == answer.hits


def test_rejected_places_alone_are_no_wish(index):
    with pytest.raises(QueryError, match="nothing to be like"):
        index.similar(Examples(), feedback=Feedback((), (place(index, 3),)))
    assert index.similar(Examples(), feedback=Feedback((place(index, 3),))).hits[0].review == "keep"


@pytest.mark.parametrize("ending", [".geojson", ".gpkg", ".fgb", ".csv"])
def test_verdicts_are_read_from_files_of_hits(index, tmp_path, ending):
    feedback = Feedback((place(index, 3),), (place(index, 5), place(index, 6)))
    answer = index.similar(Examples(), "a quay", feedback=feedback, **ALL)
    path = tmp_path / f"ticks{ending}"
    write_hits(answer, path)
    found = read_feedback([path])
    assert set(found.kept) == set(feedback.kept)
    assert set(found.rejected) == set(feedback.rejected)
    turned = index.similar(Examples(), "a quay", feedback=Feedback((place(index, 5),)), **ALL)
    write_hits(turned, tmp_path / "later.geojson")
    both = read_feedback([path, tmp_path / "later.geojson"])
    assert place(index, 5) in both.kept
    assert place(index, 5) not in both.rejected


@pytest.mark.parametrize("ending", [".geojson", ".gpkg", ".fgb", ".csv"])
def test_a_file_of_places_to_judge_has_the_column_to_fill_in(index, tmp_path, ending):
    asked = index.similar(Examples(), "a quay", k=4, ask=True)
    path = tmp_path / f"ticks{ending}"
    write_hits(asked, path)
    frame = geopandas.read_file(path, engine="pyogrio").sort_values(
        "rank", key=lambda ranks: ranks.astype(int)
    )
    assert len(frame) == 4
    assert not frame["review"].fillna("").any()
    assert read_feedback([path]) == Feedback()
    frame["review"] = ["KEEP", "reject ", None, ""]
    judged = tmp_path / "judged.gpkg"
    frame.to_file(judged, engine="pyogrio")
    found = read_feedback([judged])
    told = [(one.scene, one.window) for one in (*found.kept, *found.rejected)]
    assert told == [(hit.scene, hit.window) for hit in asked.hits[:2]]
    assert "review" not in index.similar(Examples(), "a quay", k=4).to_geodataframe()


def test_one_place_has_one_verdict(index):
    both = Feedback((place(index, 3),), (place(index, 5), place(index, 3)))
    with pytest.raises(QueryError, match="both kept and rejected"):
        index.similar(Examples(), "a quay", feedback=both)
    with pytest.raises(QueryError, match="both kept and rejected"):
        index.query_vector(Examples(), "a quay", feedback=both)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"review": True}, "'True' as review"),
        ({"review": 1}, "'1' as review"),
        ({"col": -5}, "cannot be read"),
        ({"col": 0.5}, "cannot be read"),
        ({"col": "inf"}, "cannot be read"),
        ({"ground_m": -1.0}, "cannot be read"),
        ({"ground_m": "much"}, "cannot be read"),
    ],
)
def test_what_is_no_verdict_or_no_chip_is_refused_with_its_file(index, tmp_path, changed, said):
    path = tmp_path / "ticks.geojson"
    write_hits(index.similar(Examples(), "a quay", k=2), path)
    page = json.loads(path.read_text())
    for feature in page["features"]:
        feature["properties"] |= {"review": "keep", **changed}
    path.write_text(json.dumps(page))
    with pytest.raises(QueryError, match=f"ticks.geojson.*{said}"):
        read_feedback([path])


def test_files_that_hold_no_verdicts_are_refused_in_one_line(index, tmp_path):
    path = tmp_path / "hits.geojson"
    write_hits(index.similar(Examples(), "a quay", k=3), path)
    with pytest.raises(QueryError, match="no column review"):
        read_feedback([path])
    page = json.loads(path.read_text())
    for feature in page["features"]:
        feature["properties"]["review"] = None
    page["features"][1]["properties"]["review"] = " Keep "
    path.write_text(json.dumps(page))
    assert len(read_feedback([path]).kept) == 1
    page["features"][1]["properties"]["review"] = "maybe"
    path.write_text(json.dumps(page))
    with pytest.raises(QueryError, match="'maybe' as review"):
        read_feedback([path])
    page["features"][1]["properties"] |= {"review": "keep", "col": None}
    path.write_text(json.dumps(page))
    with pytest.raises(QueryError, match="cannot be read"):
        read_feedback([path])
    path.write_text("{")
    with pytest.raises(QueryError, match="no readable file of hits"):
        read_feedback([path])
    with pytest.raises(QueryError, match="no readable file of hits"):
        read_feedback([tmp_path / "none.geojson"])
