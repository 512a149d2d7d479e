"""Search by example: places find their chips, vectors add up, ranking is that of a search."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point

from cmpagl_model.errors import IndexMismatchError, ModelError, QueryError
from cmpagl_model.search import ChipPlace, Examples, Filter, PointPlace
from cmpagl_model.search.examples import combined, row_of
from cmpagl_model.search.query import cosine_scores
from tests.cmpagl_model.search.paper import paper_index, paper_scene, with_embeddings
from tiling import ChipSpec, Window

SPEC = ChipSpec(size_px=80, ground_sizes_m=(80.0, 160.0))


@pytest.fixture(scope="module")
def index():
    east = paper_scene("east", transform=(1.0, 0.0, 601_000.0, 0.0, -1.0, 5_700_000.0))
    return paper_index([paper_scene("west"), east], SPEC)


def place(index, row):
    table = index.table
    path = table.scenes[table.scene_of[row]].path
    return ChipPlace(path, table.window(row), float(table.ground_m[row]))


def unit(vector):
    return vector / np.linalg.norm(vector)


def test_every_chip_is_found_by_its_own_place(index):
    rows = range(len(index.table))
    assert [row_of(index.table, place(index, row)) for row in rows] == list(rows)


def test_places_that_are_no_chip_are_refused(index):
    known = place(index, 3)
    for wrong in (
        ChipPlace("/paper/north.tif", known.window, known.ground_m),
        ChipPlace(known.scene, Window(known.window.col + 1, 0, 80, 80), known.ground_m),
        ChipPlace(known.scene, known.window, 160.0),
    ):
        with pytest.raises(QueryError, match="found no chip of"):
            row_of(index.table, wrong)
    with pytest.raises(QueryError, match="found no chip at longitude 0"):
        row_of(index.table, PointPlace(0, 0))


def holding(index, point, size):
    """All chips of a size that hold a point, and how far their centres are, in metres."""
    shapes = index.table.footprints(np.arange(len(index.table)))
    rows = np.flatnonzero(shapely.intersects(shapes, point) & (index.table.ground_m == size))
    east = 111_320 * np.cos(np.radians(point.y))
    centres = [shapes[row].centroid for row in rows]
    return {
        row: np.hypot((c.x - point.x) * east, (c.y - point.y) * 110_574)
        for row, c in zip(rows.tolist(), centres, strict=True)
    }


@pytest.mark.parametrize("asked", [None, 80.0, 100.0, 120.0, 160.0, 5_000.0])
def test_point_finds_the_nearest_centre_of_the_nearest_size(index, asked):
    size = 80.0 if asked is None or asked < 113 else 160.0
    west, south, east, north = index.table.bounds[5]
    for across in (0.1, 0.45, 0.8):
        point = Point(west + across * (east - west), south + 0.3 * (north - south))
        row = row_of(index.table, PointPlace(point.x, point.y, asked))
        distances = holding(index, point, size)
        assert distances[row] < min(distances.values()) + 0.05


@pytest.mark.parametrize("lon", [179.9999, -179.9999])
def test_point_beside_the_antimeridian(lon):
    scene = paper_scene("fiji", crs="EPSG:4326", transform=(1e-5, 0, 179.998, 0, -1e-5, -17.0))
    index = paper_index([scene], ChipSpec(size_px=80, native=True))
    row = row_of(index.table, PointPlace(lon, -17.0012))
    col, top, width, height = index.table.windows[row].tolist()
    middle = 179.998 + 1e-5 * (col + width / 2)
    assert abs(middle - lon % 360) <= 1e-5 * 40 / 2 + 1e-9
    assert abs(-17.0 - 1e-5 * (top + height / 2) + 17.0012) <= 1e-5 * 40 / 2 + 1e-9


@pytest.mark.parametrize("wrong", [(181, 0, None), (0, -91, None), (0, 0, 0.0), (0, 0, -5.0)])
def test_points_that_are_nowhere_are_refused(wrong):
    with pytest.raises(QueryError, match="wanted"):
        PointPlace(*wrong)


def test_vectors_add_up_by_rocchio(index):
    vectors = index.table.embeddings.astype(np.float64)
    query = unit(np.arange(8.0) + 1).astype(np.float32)
    wanted = query + 0.75 * vectors[[3, 4]].mean(axis=0) - 0.25 * vectors[[7, 9, 11]].mean(axis=0)
    found = combined(query, index.table.embeddings[[3, 4]], index.table.embeddings[[7, 9, 11]])
    np.testing.assert_allclose(found, unit(wanted), atol=1e-6)
    examples = Examples((place(index, 3), place(index, 4)), (place(index, 7),))
    alone = 0.75 * vectors[[3, 4]].mean(axis=0) - 0.25 * vectors[7]
    np.testing.assert_allclose(index.query_vector(examples, None), unit(alone), atol=1e-6)


@given(st.integers(1, 5), st.integers(0, 5), st.booleans(), st.integers(0, 2**32 - 1))
def test_sum_is_a_unit_vector_or_refused(likes, unlikes, with_query, seed):
    random = np.random.default_rng(seed)
    like, unlike = (random.normal(size=(n, 8)).astype(np.float16) for n in (likes, unlikes))
    query = unit(random.normal(size=8)).astype(np.float32) if with_query else None
    assert np.linalg.norm(combined(query, like, unlike)) == pytest.approx(1, abs=1e-5)


def test_sums_without_direction_are_refused(index):
    vectors = np.asarray(index.table.embeddings).copy()
    vectors[1] = -vectors[0]
    vectors[2] = np.nan
    vectors[3] = 0
    twisted = with_embeddings(index, vectors)
    with pytest.raises(QueryError, match="cancel each other out"):
        twisted.similar(Examples((place(index, 0), place(index, 1))))
    with pytest.raises(QueryError, match="cancel each other out"):
        twisted.similar(Examples((place(index, 3),)))
    with pytest.raises(QueryError, match="is no number"):
        twisted.similar(Examples((place(index, 0),), (place(index, 2),)))


@pytest.mark.parametrize("unlike", [(), (PointPlace(0, 0),)])
def test_nothing_to_be_like_is_refused(index, unlike):
    with pytest.raises(QueryError, match="neither a sentence nor an example"):
        index.similar(Examples((), unlike))


@pytest.mark.parametrize("query", ["", "  ", "x" * 1001])
def test_sentence_beside_examples_is_checked_too(index, query):
    with pytest.raises(QueryError, match="found a"):
        index.similar(Examples((place(index, 0),)), query)


def test_ranking_is_by_cosine_over_what_passes(index):
    examples = Examples((place(index, 0),))
    where = Filter(scenes=("east",))
    answer = index.similar(examples, k=10_000, where=where, merge=False)
    rows = where.rows(index.table)
    scores = cosine_scores(index.table.embeddings, rows, index.query_vector(examples, None))
    order = np.argsort(-scores, kind="stable")
    assert answer.candidates == len(rows) == len(answer.hits)
    assert [hit.window for hit in answer.hits] == [index.table.window(row) for row in rows[order]]
    np.testing.assert_allclose([hit.score for hit in answer.hits], scores[order])
    assert answer.query == ""
    few = index.similar(examples, k=10_000, where=where, merge=False, min_score=0.2)
    assert [hit.score for hit in few.hits] == [s for s in scores[order].tolist() if s >= 0.2]
    assert few.candidates == len(rows)


def test_example_stays_among_the_hits_and_is_the_best(index):
    answer = index.similar(Examples((place(index, 17),)), k=3)
    assert answer.hits[0].window == index.table.window(17)
    assert answer.hits[0].score == pytest.approx(1, abs=1e-3)
    assert answer.hits[0].score <= 1
    assert len(answer.hits) == 3


def test_counter_example_pushes_its_like_down(index):
    like, unlike = place(index, 0), place(index, 20)
    plain = index.similar(Examples((like,)), k=10_000, merge=False)
    pushed = index.similar(Examples((like,), (unlike,)), k=10_000, merge=False)

    def score(answer):
        return next(
            h.score for h in answer.hits if (h.scene, h.window) == (unlike.scene, unlike.window)
        )

    assert score(pushed) < score(plain)


def test_model_is_needed_for_a_sentence_only(index):
    assert index.similar(Examples((place(index, 0),))).model.name == "paper"
    with pytest.raises((IndexMismatchError, ModelError)):
        index.similar(Examples((place(index, 0),)), "a road")
