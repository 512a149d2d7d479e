"""Footprints come out of their blocks as they went in, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from cmpagl_model.table.columns import BLOCK, Layout, blocks_in
from cmpagl_model.table.footprints import GRID, Footprints, pack
from tests.cmpagl_model.index.embedded import boxes
from tiling import ChipSpec, Window, describe_scene, footprints


def packed(parts):
    """Footprints of parts, a list of shapes each."""
    blocks = []
    for shapes in parts:
        written = shapely.to_wkb(np.array(shapes, object)).tolist()
        blocks += [pack(written[at : at + BLOCK]) for at in range(0, len(written), BLOCK)]
    layout = Layout.of(np.array([len(shapes) for shapes in parts], np.int64))
    ends = np.cumsum([len(block) for block in blocks], dtype=np.int64)
    return Footprints(layout, np.frombuffer(b"".join(blocks), np.uint8), ends)


def assert_come_out(found, wanted, rows):
    assert shapely.to_wkb(found.shapes(rows)).tolist() == shapely.to_wkb(wanted[rows]).tolist()
    np.testing.assert_array_equal(found.bounds(rows), shapely.bounds(wanted[rows]))


@pytest.mark.parametrize("counts", [(1,), (127, 128, 129), (5, 0, 300), (0,), ()])
def test_quadrangles_by_any_rows(counts):
    parts = [list(boxes(count)) for count in counts]
    wanted = np.array([shape for part in parts for shape in part], object)
    found = packed(parts)
    everything = np.arange(len(wanted))
    assert_come_out(found, wanted, everything)
    assert_come_out(found, wanted, everything[::-1])
    some = np.random.default_rng(0).integers(0, max(1, len(wanted)), len(wanted) and 50)
    assert_come_out(found, wanted, some)


@given(st.lists(st.floats(-180, 180), min_size=8, max_size=8 * 40))
@settings(max_examples=60, deadline=None)
def test_any_corners_at_all(numbers):
    corners = np.array(numbers[: len(numbers) // 8 * 8]).reshape(-1, 4, 2)
    shapes = shapely.polygons(np.concatenate([corners, corners[:, :1]], axis=1))
    found = packed([list(shapes)])
    assert_come_out(found, shapes, np.arange(len(shapes)))


def test_shapes_of_all_kinds_among_each_other():
    split = shapely.MultiPolygon([shapely.box(179, 1, 180, 2), shapely.box(-180, 1, -179, 2)])
    holed = shapely.Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(1, 1), (2, 1), (2, 2), (1, 2)]])
    odd = [split, holed, shapely.Polygon(), shapely.Point(4, 5), shapely.Point(4, 5).buffer(1)]
    parts = [[*boxes(200), *odd], odd, list(boxes(130))]
    wanted = np.array([shape for part in parts for shape in part], object)
    found = packed(parts)
    rows = np.random.default_rng(1).permutation(len(wanted))
    assert_come_out(found, wanted, rows)
    assert_come_out(found, wanted, np.arange(150, 330))


def test_many_blocks_at_once():
    wanted = boxes(80_000)
    found = packed([list(wanted[at : at + 4096]) for at in range(0, 80_000, 4096)])
    assert_come_out(found, wanted, np.arange(80_000))
    assert_come_out(found, wanted, np.arange(0, 80_000, 77))


def test_a_grid_of_a_scene_takes_few_bytes(make_scene):
    scene = describe_scene(str(make_scene()), ChipSpec())
    windows = [Window(50 * n, 40 * row, 100, 100) for row in range(4) for n in range(128)]
    shapes = shapely.to_wkb(footprints(scene, windows)).tolist()
    blocks = [pack(shapes[at : at + BLOCK]) for at in range(0, len(shapes), BLOCK)]
    assert all(block.startswith(GRID) for block in blocks)
    assert sum(len(block) for block in blocks) < 12 * len(shapes)


@given(st.lists(st.integers(0, 400), max_size=9))
def test_a_layout_knows_the_part_and_block_of_each_row(counts):
    layout = Layout.of(np.array(counts, np.int64))
    part = np.repeat(np.arange(len(counts)), counts)
    sizes = [min(BLOCK, n - at) for n in counts for at in range(0, n, BLOCK)]
    block = np.repeat(np.arange(len(sizes)), sizes)
    rows = np.arange(len(part))
    assert len(layout) == len(part)
    np.testing.assert_array_equal(layout.part_of(rows), part)
    np.testing.assert_array_equal(layout.block_of(rows), block)
    assert sum(blocks_in(count) for count in counts) == len(sizes)
    some = np.arange(len(sizes))[1::2]
    np.testing.assert_array_equal(layout.rows_of(some), rows[np.isin(block, some)])
