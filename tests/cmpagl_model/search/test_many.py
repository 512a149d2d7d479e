"""Searching an index that is large enough for codes: complete, exact, by example."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity

from cmpagl_model import open_index
from cmpagl_model.errors import IndexMismatchError
from cmpagl_model.search import ChipPlace, Examples, Filter, PointPlace
from cmpagl_model.search.merge import suppress_overlaps_in_scene
from cmpagl_model.search.preview import write_preview
from cmpagl_model.search.ranking import cosine_scores
from cmpagl_model.search.reread import read_again
from tests.cmpagl_model.index.embedded import boxes, clustered, import_file, write_source

CHIPS = 30_000
BOXES = boxes(CHIPS)


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("many")
    source = write_source(folder / "some.parquet", clustered(CHIPS, 64))
    import_file(source, folder / "x.cmpagl")
    opened = open_index(folder / "x.cmpagl")
    assert opened.table.coded is not None
    return opened


def place_of(index, row):
    scene = index.table.scenes[index.table.scene_of[row]].path
    return ChipPlace(scene, index.table.window(row), float(index.table.ground_m[row]))


def exact(index, row, rows):
    """All rows by cosine with one of them, best first."""
    vector = index.query_vector(Examples((place_of(index, row),)), None)
    scores = cosine_scores(index.table.embeddings, rows, vector)
    return rows[np.argsort(-scores, kind="stable")], np.sort(scores)[::-1]


def star(x, y, size, points, seed):
    """A polygon with as many spikes, round a point."""
    random = np.random.default_rng(seed)
    angles = np.linspace(0, 2 * np.pi, 2 * points, endpoint=False)
    reach = size * random.uniform(0.2, 1, 2 * points)
    return shapely.Polygon(np.stack([x + reach * np.cos(angles), y + reach * np.sin(angles)], 1))


@given(
    st.floats(3.95, 4.4), st.floats(50.95, 51.4), st.floats(0.0005, 0.4), st.integers(2, 9),
    st.integers(0, 1000),
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_any_area_lets_just_those_pass_that_touch_it(index, x, y, size, points, seed):
    area = shapely.union(star(x, y, size, points, seed), star(y - 47, x + 47, size, 3, seed))
    shapely.prepare(area)
    touching = shapely.intersects(area, BOXES)
    found = Filter(within=area).rows(index.table)
    np.testing.assert_array_equal(found, np.flatnonzero(touching))
    box = area.bounds
    wanted = np.flatnonzero(shapely.intersects(shapely.box(*box), BOXES))
    np.testing.assert_array_equal(Filter(bbox=box).rows(index.table), wanted)
    both = Filter(bbox=(4.1, 51.1, 4.2, 51.2), within=area).rows(index.table)
    inside = shapely.intersects(shapely.box(4.1, 51.1, 4.2, 51.2), BOXES)
    np.testing.assert_array_equal(both, np.flatnonzero(inside & touching))


def test_a_box_lets_just_those_turned_chips_pass_that_touch_it(tmp_path):
    random = np.random.default_rng(3)
    upright = boxes(2_000, step=0.01)
    turned = np.array([affinity.rotate(shape, 45) for shape in upright])
    import_file(
        write_source(tmp_path / "t.parquet", clustered(2_000), shapes=turned), tmp_path / "t.cmpagl"
    )
    table = open_index(tmp_path / "t.cmpagl").table
    table_shapes = table.footprints(np.arange(len(table)))
    missed = 0
    for west, south, side in random.uniform((3.95, 50.95, 0), (4.45, 51.45, 0.05), (50, 3)):
        box = (west, south, west + side, south + side)
        wanted = np.flatnonzero(shapely.intersects(table_shapes, shapely.box(*box)))
        np.testing.assert_array_equal(Filter(bbox=box).rows(table), wanted)
        missed += len(table.touching(box)) - len(wanted)
    assert missed > 50, "chips whose bounds touch a box that they do not"


@pytest.mark.parametrize("k", [1, 30, 700])
def test_hits_are_the_exact_best_in_order(index, k):
    for row in (0, 12_345, 29_999):
        best, scores = exact(index, row, np.arange(CHIPS))
        found = index.similar(Examples((place_of(index, row),)), k=k, merge=False)
        assert found.candidates == CHIPS
        assert len(found.hits) == k
        np.testing.assert_allclose([hit.score for hit in found.hits], scores[:k], atol=1e-6)
        assert found.hits[0].window == index.table.window(best[0])


def test_merged_hits_are_those_of_merging_everything(index):
    for row in (77, 20_000):
        best, _ = exact(index, row, np.arange(CHIPS))
        wanted = suppress_overlaps_in_scene(index.table, best, 40)
        found = index.similar(Examples((place_of(index, row),)), k=40)
        assert [hit.window for hit in found.hits] == [index.table.window(one) for one in wanted]


def test_more_hits_than_there_are_gives_all(index):
    found = index.similar(Examples((place_of(index, 5),)), k=CHIPS + 5, merge=False)
    assert len(found.hits) == CHIPS
    assert len({(hit.window.col, hit.window.row) for hit in found.hits}) == CHIPS


@pytest.mark.parametrize("size", [0.001, 0.02, 0.12, 0.3])
def test_a_filter_leaves_all_hits_that_there_are(index, size):
    area = shapely.Point(4.15, 51.15).buffer(size)
    rows = Filter(within=area).rows(index.table)
    for k in (5, 200):
        found = index.similar(
            Examples((place_of(index, 3),)), k=k, where=Filter(within=area), merge=False
        )
        assert len(found.hits) == min(k, len(rows))
        assert all(hit.geometry.intersects(area) for hit in found.hits)
        _, scores = exact(index, 3, rows)
        np.testing.assert_allclose(
            [hit.score for hit in found.hits], scores[: len(found.hits)], atol=1e-6
        )


def test_min_score_cuts_where_it_should(index):
    _, scores = exact(index, 9, np.arange(CHIPS))
    for place in (3, 900, 20_000):
        least = float(scores[place])
        found = index.similar(
            Examples((place_of(index, 9),)), k=CHIPS, min_score=least, merge=False
        )
        assert len(found.hits) == (scores >= least).sum()
    assert not index.similar(Examples((place_of(index, 9),)), min_score=1.5).hits


def test_a_clicked_point_finds_its_chip(index):
    middle = BOXES[4321].centroid
    found = index.similar(Examples((PointPlace(middle.x, middle.y),)), k=1)
    assert found.hits[0].geometry.contains(middle)
    assert found.hits[0].score == pytest.approx(1.0, abs=1e-3)


def test_a_sentence_needs_the_model_that_made_the_embeddings(index):
    with pytest.raises(IndexMismatchError, match=r"unnamed.*by example"):
        index.search("boats on a canal")


@pytest.fixture(scope="module")
def ranked_anew(tmp_path_factory, fusion_model):
    """An index of the small model's size, in its name."""
    folder = tmp_path_factory.mktemp("anew")
    size = fusion_model.config.embedding_size
    source = write_source(folder / "a.parquet", clustered(CHIPS, size))
    import_file(source, folder / "x.cmpagl", model=str(fusion_model.path))
    return folder / "x.cmpagl"


@pytest.mark.parametrize("merge", [True, False])
@pytest.mark.parametrize("k", [5, 300])
def test_a_second_look_sees_what_it_would_among_all(ranked_anew, fusion_model, k, merge):
    index = open_index(ranked_anew, model=str(fusion_model.path))
    assert index.table.coded is not None
    found = index.search("boats on a canal", k=k, rerank="smr", merge=merge)
    index.table = replace(index.table, coded=None)
    assert index.search("boats on a canal", k=k, rerank="smr", merge=merge) == found
    assert len(found.hits) == k


def test_pixels_that_are_not_at_hand_are_said_not_to_be(index, tmp_path):
    rows = np.array([5, 7])
    told = []
    read = read_again(index.table, rows, index.info.spec, 64, told.append)
    assert not len(read.seen)
    assert sum(told) == 2
    assert "the pixels are not at hand" in str(read.problems[0])
    found = index.similar(Examples((place_of(index, 3),)), k=3)
    write_preview(index, found, tmp_path / "x.png")
    assert (tmp_path / "x.png").stat().st_size > 1000


def test_a_filter_is_remembered_for_its_index_as_it_is(index):
    where = Filter(within=shapely.Point(4.15, 51.15).buffer(0.02))
    example = Examples((place_of(index, 3),))
    first = index.similar(example, k=9, where=where)
    assert index.similar(example, k=9, where=where) == first
    elsewhere = Filter(within=shapely.Point(4.05, 51.05).buffer(0.02))
    other = index.similar(example, k=9, where=elsewhere)
    assert all(hit.geometry.intersects(elsewhere.within) for hit in other.hits)
    kept, moved = index.table, index.table.packed.blocks.copy()
    moved["bounds"] += 400
    index.table = replace(kept, packed=replace(kept.packed, blocks=moved))
    try:
        assert not index.similar(
            example, k=9, where=elsewhere
        ).hits  # another table, looked at anew
    finally:
        index.table = kept
