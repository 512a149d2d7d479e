"""A table of chips gives what plain arrays would; footprints come out as they went in."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from cmpagl_model.errors import DamagedArraysError
from cmpagl_model.index.load import joined, part_arrays
from cmpagl_model.table.checked import BlockChecksums, ChecksummedArray, MappedFile, sums_of
from cmpagl_model.table.chips import BLOCK, ROW, ChipTable
from cmpagl_model.table.embeddings import FEW, Embeddings
from tests.cmpagl_model.index.embedded import boxes

COUNTS = (300, 0, 128, 7)
ROWS = sum(COUNTS)


def pieces(size=8, seed=0):
    random = np.random.default_rng(seed)
    return [random.standard_normal((count, size)).astype(np.float16) for count in COUNTS]


def table_of(parts):
    """A table of parts, each with its facts and shapes."""
    arrays = [
        part_arrays(
            rows.copy(), shapely.to_wkb(np.array(shapes, object)).tolist(), np.zeros((0, 8))
        )
        for rows, shapes in parts
    ]
    counts = [(len(rows), 0) for rows, _ in parts]
    return ChipTable.of((), counts, joined(arrays), Embeddings(pieces(), 8))


def of_shapes(parts):
    return table_of([(np.zeros(len(shapes), ROW), shapes) for shapes in parts])


@pytest.fixture(scope="module")
def table_and_plain():
    """A table of four parts, and what it should hold."""
    random = np.random.default_rng(2)
    rows = np.zeros(ROWS, ROW)
    rows["window"] = random.integers(0, 90_000, (ROWS, 4))
    rows["gsd_m"] = random.choice([0.5, 1.0], ROWS)
    rows["ground_m"] = random.choice([112.0, 224.0, 448.0], ROWS)
    rows["valid"], rows["edge"] = random.random(ROWS), random.random(ROWS) < 0.5
    ends = np.cumsum(COUNTS).tolist()
    parts = [slice(end - n, end) for n, end in zip(COUNTS, ends, strict=True)]
    table = table_of([(rows[part], boxes(ROWS)[part]) for part in parts])
    plain = {name: rows[name] for name in ("gsd_m", "ground_m", "valid", "edge")}
    return table, {**plain, "windows": rows["window"], "embeddings": np.concatenate(pieces())}


NAMES = ("windows", "embeddings", "gsd_m", "ground_m", "valid", "edge")
KEYS = [
    0, -1, 433, slice(None), slice(3, 3), slice(290, 310), slice(-5, None), slice(None, None, 7),
    slice(400, 100, -3), np.array([5, 299, 300, 427, 428, 0, 5, -2]), [3, 1],
    np.arange(ROWS) % 3 == 0, np.empty(0, np.int64), np.arange(250, 350),
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("key", KEYS, ids=str)
def test_a_column_is_read_as_an_array_is(table_and_plain, name, key):
    table, plain = table_and_plain
    np.testing.assert_array_equal(getattr(table, name)[key], plain[name][key])


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_whatever_is_read_was_compared_before(tmp_path, key):
    array = np.arange(ROWS * 1000).reshape(ROWS, 1000)  # one row a checksum
    (tmp_path / "file").write_bytes(b"")
    mapped_file = MappedFile.of(tmp_path / "file", (tmp_path / "file").stat())

    def checked():
        return ChecksummedArray(
            array, BlockChecksums([array], sums, [mapped_file], tmp_path / "manifest")
        )

    sums = sums_of(array)
    np.testing.assert_array_equal(checked()[key], array[key])
    sums = sums + np.uint32(1)
    if array[key].size:
        with pytest.raises(DamagedArraysError):
            checked()[key]


def test_pieces_are_compared_before_they_are_read(tmp_path):
    data = np.arange(60_000, dtype=np.int64).view(np.uint8)
    (tmp_path / "file").write_bytes(b"")
    mapped_file = MappedFile.of(tmp_path / "file", (tmp_path / "file").stat())
    starts, stops = np.array([5, 100_000]), np.array([40_000, 100_003])
    sums = sums_of(data)

    def pieces():
        checksums = BlockChecksums([data], sums, [mapped_file], tmp_path / "manifest")
        return ChecksummedArray(data, checksums).slices(starts, stops)

    assert [piece.tolist() for piece in pieces()] == [
        data[start:stop].tolist() for start, stop in zip(starts, stops, strict=True)
    ]
    sums[10] += 1  # between them
    pieces()
    for block in (2, 12):
        sums[block] += 1
        with pytest.raises(DamagedArraysError):
            pieces()
        sums[block] -= 1


def test_embeddings_are_an_array_to_numpy(table_and_plain):
    table, plain = table_and_plain
    np.testing.assert_array_equal(np.asarray(table.embeddings), plain["embeddings"])
    assert np.asarray(table.embeddings, np.float32).dtype == np.float32


def test_sizes_that_occur(table_and_plain):
    table, plain = table_and_plain
    assert table.ground_sizes_m == tuple(np.unique(plain["ground_m"]))


def test_more_rows_than_are_joined_at_once():
    many = Embeddings(pieces(), 8)
    rows = np.random.default_rng(3).integers(0, ROWS, FEW + 100)
    np.testing.assert_array_equal(many.rows(rows), np.concatenate(pieces())[rows])


def assert_come_out(table, wanted, rows):
    assert shapely.to_wkb(table.footprints(rows)).tolist() == shapely.to_wkb(wanted[rows]).tolist()
    np.testing.assert_array_equal(table.bounds(rows), shapely.bounds(wanted[rows]).reshape(-1, 4))


@pytest.mark.parametrize("counts", [(1,), (127, 128, 129), (5, 0, 300), (0,), ()])
def test_quadrangles_by_any_rows(counts):
    parts = [list(boxes(count)) for count in counts]
    wanted = np.array([shape for part in parts for shape in part], object)
    table = of_shapes(parts)
    everything = np.arange(len(wanted))
    assert_come_out(table, wanted, everything)
    assert_come_out(table, wanted, everything[::-1])
    some = np.random.default_rng(0).integers(0, max(1, len(wanted)), len(wanted) and 50)
    assert_come_out(table, wanted, some)


@given(st.lists(st.floats(-180, 180), min_size=8, max_size=8 * 40))
@settings(max_examples=60, deadline=None)
def test_any_corners_at_all(numbers):
    corners = np.array(numbers[: len(numbers) // 8 * 8]).reshape(-1, 4, 2)
    shapes = shapely.polygons(np.concatenate([corners, corners[:, :1]], axis=1))
    assert_come_out(of_shapes([list(shapes)]), shapes, np.arange(len(shapes)))


def test_shapes_of_all_kinds_among_each_other():
    split = shapely.MultiPolygon([shapely.box(179, 1, 180, 2), shapely.box(-180, 1, -179, 2)])
    holed = shapely.Polygon([(0, 0), (9, 0), (9, 9), (0, 9)], [[(1, 1), (2, 1), (2, 2), (1, 2)]])
    odd = [split, holed, shapely.Polygon(), shapely.Point(4, 5), shapely.Point(4, 5).buffer(1)]
    parts = [[*boxes(200), *odd], odd, list(boxes(130))]
    wanted = np.array([shape for part in parts for shape in part], object)
    table = of_shapes(parts)
    rows = np.random.default_rng(1).permutation(len(wanted))
    assert_come_out(table, wanted, rows)
    assert_come_out(table, wanted, np.arange(150, 330))
    box = (3.5, 4.5, 4.5, 5.5)
    touched = np.flatnonzero(shapely.intersects(shapely.box(*box), shapely.envelope(wanted)))
    np.testing.assert_array_equal(table.touching(box), touched)


@given(st.lists(st.integers(0, 400), max_size=5))
@settings(max_examples=40, deadline=None)
def test_blocks_are_of_one_part_each(counts):
    table = of_shapes([list(boxes(count)) for count in counts])
    sizes = [min(BLOCK, n - at) for n in counts for at in range(0, n, BLOCK)]
    block = np.repeat(np.arange(len(sizes)), sizes)
    rows = np.arange(sum(counts))
    some = np.arange(len(sizes))[1::2]
    assert len(table) == len(rows)
    assert np.diff(table.block_starts).tolist() == sizes
    np.testing.assert_array_equal(table.rows_of(some), rows[np.isin(block, some)])
    for number, around in enumerate(table.packed.blocks["bounds"]):
        own = table.bounds(rows[block == number])
        np.testing.assert_array_equal(around, [*own[:, :2].min(0), *own[:, 2:].max(0)])
