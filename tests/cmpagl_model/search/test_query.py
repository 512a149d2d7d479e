"""Searching: exact, filtered before ranking, ties stable, places merged."""

from __future__ import annotations

import dataclasses
import json
import shutil

import numpy as np
import pytest
import shapely
from shapely.geometry import box, mapping

from cmpagl_model import open_index
from cmpagl_model.errors import IndexFormatError, IndexMismatchError, QueryError
from cmpagl_model.index import build_index
from cmpagl_model.search import Filter
from cmpagl_model.search.composed import checked_query
from cmpagl_model.search.filters import read_area
from cmpagl_model.search.merge import suppress_overlaps_in_scene
from cmpagl_model.search.ranking import cosine_scores
from tests.cmpagl_model.index.harm import claims, made_by
from tests.cmpagl_model.search.paper import paper_index, paper_scene
from tests.conftest import make_scene
from tiling import ChipSpec

QUERY = "a road beside a river"


@pytest.fixture(scope="module")
def index(tmp_path_factory, encoder):
    """Two painted scenes, one east of the other, in one index."""
    folder = tmp_path_factory.mktemp("search")
    make = _maker(folder)
    west = make("west.tif", corner=(600_000, 5_700_000), seed=1)
    east = make("east.tif", corner=(601_000, 5_700_000), seed=2)
    spec = ChipSpec(native=True)
    build_index([str(west), str(east)], folder / "x.cmpagl", encoder, spec)
    return open_index(folder / "x.cmpagl")


def _maker(folder):
    return make_scene.__wrapped__(folder)


def brute_force(index, query=QUERY):
    """An oracle: plain float64 products over all chips, sorted."""
    vector = index.encoder.encode_texts([query])[0].astype(np.float64)
    scores = index.table.embeddings[:].astype(np.float64) @ vector
    return scores, np.argsort(-scores, kind="stable")


def test_hits_are_the_exact_best(index):
    scores, order = brute_force(index)
    answer = index.search(QUERY, k=10, merge=False)
    assert [hit.rank for hit in answer.hits] == list(range(1, 11))
    np.testing.assert_allclose([hit.score for hit in answer.hits], scores[order[:10]], atol=1e-6)
    first = order[0]
    assert answer.hits[0].window == index.table.window(first)
    assert answer.hits[0].geometry.equals(index.table.footprints(np.array([first]))[0])


def test_same_question_same_answer(index):
    assert index.search(QUERY, k=30) == index.search(f"  {QUERY}\n", k=30)


def test_more_than_there_is_gives_all(index):
    assert len(index.search(QUERY, k=10_000, merge=False).hits) == len(index.table)


def test_min_score_cuts_the_tail(index):
    everything = index.search(QUERY, k=1000, merge=False).hits
    limit = everything[4].score
    kept = index.search(QUERY, k=1000, merge=False, min_score=limit).hits
    assert len(kept) == 5
    assert index.search(QUERY, min_score=1.1).hits == ()


@pytest.mark.parametrize("wanted", ["east", "east.tif", "ea*"])
def test_scene_filter_takes_names_and_patterns(index, wanted):
    hits = index.search(QUERY, k=1000, where=Filter(scenes=(wanted,)), merge=False).hits
    assert len(hits) == (index.table.scene_of == _scene(index, "east")).sum()
    assert all("east" in hit.scene for hit in hits)


def _scene(index, name):
    return next(n for n, scene in enumerate(index.table.scenes) if name in scene.path)


def test_ground_sizes_are_cut_as_printed():
    spec = ChipSpec(size_px=80, ground_sizes_m=(80.0, 123.4567, 320.0))
    table = paper_index([paper_scene("a"), paper_scene("b")], spec).table
    sides = np.unique(table.ground_m[:])
    assert len(sides) == 3
    for side in sides.tolist():
        printed = float(f"{side:.3g}")
        rows = Filter(ground_m=(printed, printed)).rows(table)
        np.testing.assert_array_equal(rows, np.flatnonzero(table.ground_m[:] == side))
    both = Filter(ground_m=(0, 200), scenes=("b*",)).rows(table)
    wanted = (table.ground_m[:] < 200) & (table.scene_of == 1)
    np.testing.assert_array_equal(both, np.flatnonzero(wanted))
    assert not len(Filter(ground_m=(90, 110)).rows(table))


@pytest.mark.parametrize("bad", [(5, 4), (-1, 4), (0, np.inf), (np.nan, 4)])
def test_sizes_that_are_none_are_refused(bad):
    with pytest.raises(QueryError, match="found ground sizes"):
        Filter(ground_m=bad)


def test_unknown_scene_gives_no_hits(index):
    assert index.search(QUERY, where=Filter(scenes=("north",))).hits == ()


def test_filter_comes_before_ranking(index):
    """k hits come back from a corner though the best chips of all lie elsewhere."""
    scores, order = brute_force(index)
    worst = order[-6:]
    area = shapely.union_all([shape.centroid for shape in index.table.footprints(worst)])
    inside = shapely.intersects(index.table.footprints(np.arange(len(scores))), area)
    hits = index.search(QUERY, k=5, where=Filter(within=area), merge=False).hits
    wanted = sorted(scores[inside], reverse=True)[:5]
    np.testing.assert_allclose([hit.score for hit in hits], wanted, atol=1e-6)


def test_box_and_polygon_agree_with_shapely(index):
    west, south, east, _ = index.table.bounds(np.array([7]))[0]
    middle = (west + (east - west) / 3, south, west + (east - west) / 2, south + 1e-5)
    shapes = index.table.footprints(np.arange(len(index.table)))
    wanted = set(np.flatnonzero(shapely.intersects(shapes, box(*middle))))
    assert set(Filter(within=box(*middle)).rows(index.table)) == wanted
    assert set(Filter(bbox=middle).rows(index.table)) == wanted


def test_a_name_that_no_question_takes_is_refused(index):
    with pytest.raises(TypeError, match="min_scores"):
        index.search(QUERY, min_scores=0.5)


def test_box_across_the_antimeridian(index):
    assert len(Filter(bbox=(170.0, -90.0, 10.0, 90.0)).rows(index.table)) == len(index.table)
    assert len(Filter(bbox=(170.0, -90.0, -170.0, 90.0)).rows(index.table)) == 0


@pytest.mark.parametrize("bad", [(0, 5, 1, 4), (0, 0, 500, 1), (5_700_000, 0, 5_700_001, 1)])
def test_boxes_that_are_no_degrees_are_refused(bad):
    with pytest.raises(QueryError, match="wanted WEST,SOUTH,EAST,NORTH"):
        Filter(bbox=bad)


def test_merging_keeps_the_best_of_each_place(index):
    merged = index.search(QUERY, k=1000, siblings=False).hits
    every = index.search(QUERY, k=1000, merge=False).hits
    assert merged[0].score == every[0].score
    assert len(merged) < len(every)
    for hit in every:
        assert any(
            other.scene == hit.scene and other.score >= hit.score and _shares(other, hit)
            for other in merged
        )
    for a in merged:
        for b in merged:
            assert a is b or a.scene != b.scene or not _shares(a, b)


def _shares(a, b):
    one, two = (
        box(
            h.window.col,
            h.window.row,
            h.window.col + h.window.width,
            h.window.row + h.window.height,
        )
        for h in (a, b)
    )
    return one.intersection(two).area > 0.2 * one.union(two).area


def test_a_large_chip_does_not_hide_the_small_ones_in_it(index):
    windows = np.array([[0, 0, 400, 400], [50, 50, 100, 100], [100, 50, 100, 100]], np.int32)
    table = dataclasses.replace(index.table, windows=windows, scene_of=np.zeros(3, np.int32))
    kept = suppress_overlaps_in_scene(table, np.arange(3), 10)
    assert kept.tolist() == [0, 1]  # the third is a neighbour of the second


def test_merging_is_the_same_as_the_plain_loop(index):
    """Against a slow and obvious implementation."""
    _, order = brute_force(index)
    kept = []
    for row in order:
        if all(
            index.table.scene_of[row] != index.table.scene_of[other]
            or not _rows_share(index.table.windows[row], index.table.windows[other])
            for other in kept
        ):
            kept.append(row)
    assert suppress_overlaps_in_scene(index.table, order, 10**6).tolist() == kept


def _rows_share(a, b):
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    shared = max(0, width) * max(0, height)
    return shared > 0.2 * (a[2] * a[3] + b[2] * b[3] - shared)


def test_ties_keep_the_order_of_the_index():
    vector = np.array([1, 0], np.float32)
    embeddings = np.array([[0, 1], [1, 0], [1, 0], [0, 1]], np.float16)
    scores = cosine_scores(embeddings, np.arange(4), vector)
    assert np.argsort(-scores, kind="stable").tolist() == [1, 2, 0, 3]


def test_scores_are_the_same_in_blocks_and_whole(monkeypatch):
    random = np.random.default_rng(0)
    embeddings = random.normal(size=(1000, 256)).astype(np.float16)
    vector = random.normal(size=256).astype(np.float32)
    whole = cosine_scores(embeddings, np.arange(1000), vector)
    monkeypatch.setattr("cmpagl_model.search.ranking.SCORE_BLOCK", 64)
    np.testing.assert_allclose(cosine_scores(embeddings, np.arange(1000), vector), whole, rtol=1e-5)


@pytest.mark.parametrize("blank", ["", "   ", "\n\t", "\u200b\x00"])
def test_blank_queries_are_refused(blank):
    with pytest.raises(QueryError, match="found an empty query"):
        checked_query(blank)


def test_endless_queries_are_refused():
    with pytest.raises(QueryError, match=r"100,000 characters, wanted at most 1,000"):
        checked_query("boats " * 16_666 + "boat")


def test_control_characters_do_no_harm():
    assert checked_query("a\x1b[31m road\x07") == "a [31m road"


def test_k_below_one_is_refused(index):
    with pytest.raises(QueryError, match="found k = 0"):
        index.search(QUERY, k=0)


def test_index_of_another_model_is_refused_when_asked(index, tmp_path):
    copy = shutil.copytree(index.folder, tmp_path / "other.cmpagl")
    made_by(copy, "e" * 64)
    for part in (copy / "parts").iterdir():
        part.unlink()
    other = open_index(copy)
    assert other.search(QUERY).hits == ()
    with pytest.raises(IndexMismatchError, match="--rebuild"):
        _ = other.encoder


def test_part_of_another_model_is_left_out_and_named(index, tmp_path):
    copy = shutil.copytree(index.folder, tmp_path / "other.cmpagl")
    claims(copy, "e" * 64)
    other = open_index(copy)
    assert len(other.table) == 0
    assert len(other.problems) == 2


def test_no_index_is_refused(tmp_path):
    with pytest.raises(IndexFormatError, match=r"found no _index\.json"):
        open_index(tmp_path)


def _write(path, page):
    path.write_text(json.dumps(page))
    return path


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_areas_as_windows_writes_them(tmp_path, encoding):
    path = tmp_path / "area.geojson"
    path.write_text(json.dumps(mapping(box(4, 51, 5, 52))), encoding=encoding)
    assert read_area(path).equals(box(4, 51, 5, 52))


def test_an_area_in_the_crs_that_an_older_file_names(tmp_path):
    metres = box(-50, -50, 50, 50)  # as numbers they might be degrees
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
    page = {"type": "FeatureCollection", "crs": crs, "features": [
        {"type": "Feature", "properties": {}, "geometry": mapping(metres)},
    ]}  # fmt: skip
    assert read_area(_write(tmp_path / "x.geojson", page)).bounds[2] == pytest.approx(0.00045, 0.01)


@pytest.mark.parametrize(
    ("west", "east", "wanted"),
    [
        (179, 181, box(179, -9, 180, 9).union(box(-180, -9, -179, 9))),
        (-181, -179, box(179, -9, 180, 9).union(box(-180, -9, -179, 9))),
        (200, 210, box(-160, -9, -150, 9)),
        (0, 360, box(-180, -9, 180, 9)),
    ],
)
def test_longitudes_that_run_on_are_brought_home(tmp_path, west, east, wanted):
    page = mapping(box(west, -9, east, 9))
    assert read_area(_write(tmp_path / "x.geojson", page)).equals(wanted)


def test_a_box_may_run_on_across_the_antimeridian():
    assert Filter(bbox=(179, 0, 181, 1)).bbox == (179, 0, -179, 1)
    assert Filter(bbox=(190, 0, 200, 1)).bbox == (-170, 0, -160, 1)
    assert Filter(bbox=(0, -90, 360, 90)).bbox == (-180, -90, 180, 90)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"type":"Polygon","coordinates":[[[3,51],[NaN,51],[4,52],[3,51]]]}', "NaN"),
        ('{"type":"Polygon","coordinates":[[[3,51],[1e999,51],[4,52],[3,51]]]}', "degrees"),
        ('{"type":"Polygon","coordinates":[[[3,51],[4,52],[3,51]]]}', "encloses|GeoJSON"),
        ('{"type":"Polygon","coordinates":[]}', "no polygon"),
        ('{"type":"FeatureCollection","features":[]}', "no polygon"),
        (
            '{"type":"Point","coordinates":[3,51],"crs":{"properties":{"name":"EPSG:99999"}}}',
            "99999",
        ),
    ],
)
def test_numbers_that_are_no_area_are_refused(tmp_path, text, said):
    path = tmp_path / "x.geojson"
    path.write_text(text)
    with pytest.raises(QueryError, match=said):
        read_area(path)


def test_areas_from_every_kind_of_geojson(tmp_path):
    square = mapping(box(4, 51, 5, 52))
    feature = {"type": "Feature", "properties": {}, "geometry": square}
    pages = [square, feature, {"type": "FeatureCollection", "features": [feature, feature]}]
    for number, page in enumerate(pages):
        assert read_area(_write(tmp_path / f"{number}.geojson", page)).equals(box(4, 51, 5, 52))


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ({"type": "FeatureCollection", "features": []}, "no polygon"),
        (mapping(shapely.Point(1, 2)), "no polygon"),
        (mapping(box(600_000, 5_700_000, 600_100, 5_700_100)), "save the layer as GeoJSON in EPSG"),
        ([1, 2], "no readable GeoJSON"),
        ({"type": "Feature"}, "no readable GeoJSON"),
    ],
)
def test_areas_that_are_none_are_refused(tmp_path, page, said):
    with pytest.raises(QueryError, match=said):
        read_area(_write(tmp_path / "area.geojson", page))
