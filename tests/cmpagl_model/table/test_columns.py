"""Columns that are computed where they are read give what an array would."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from cmpagl_model.index.load import joined, packed_part
from cmpagl_model.table.chips import ChipTable
from cmpagl_model.table.columns import KIND
from cmpagl_model.table.embeddings import FEW, Embeddings
from tests.cmpagl_model.index.embedded import boxes

COUNTS = (300, 0, 128, 7)
ROWS = sum(COUNTS)


def pieces(size=8, seed=0):
    random = np.random.default_rng(seed)
    return [random.standard_normal((count, size)).astype(np.float16) for count in COUNTS]


@pytest.fixture(scope="module")
def table_and_plain():
    """A table of four parts, and its columns as plain arrays."""
    random = np.random.default_rng(2)
    windows = random.integers(0, 90_000, (ROWS, 4)).astype(np.int32)
    kinds = np.zeros(ROWS, KIND)
    kinds["width"], kinds["height"] = windows[:, 2:].T
    kinds["gsd_m"] = random.choice([0.5, 1.0], ROWS)
    kinds["ground_m"] = random.choice([112.0, 224.0, 448.0], ROWS)
    kinds["valid"], kinds["edge"] = random.random(ROWS), random.random(ROWS) < 0.5
    shapes = shapely.to_wkb(boxes(ROWS)).tolist()
    ends = np.cumsum(COUNTS)
    packed = [
        packed_part(windows[end - n : end, :2], kinds[end - n : end], shapes[end - n : end])
        for n, end in zip(COUNTS, ends.tolist(), strict=True)
    ]
    parts = [(n, len(one.kinds), 0) for n, one in zip(COUNTS, packed, strict=True)]
    table = ChipTable.of((), parts, joined(packed), Embeddings(pieces(), 8), None)
    plain = {"windows": windows, "embeddings": np.concatenate(pieces())}
    plain |= {name: kinds[name] for name in ("gsd_m", "ground_m", "valid", "edge")}
    plain["bounds"] = shapely.bounds(boxes(ROWS))
    return table, plain


NAMES = ("windows", "embeddings", "gsd_m", "ground_m", "valid", "edge", "bounds")
KEYS = [
    0, -1, 433, slice(None), slice(3, 3), slice(290, 310), slice(-5, None), slice(None, None, 7),
    slice(400, 100, -3), np.array([5, 299, 300, 427, 428, 0, 5]), [3, 1], np.arange(ROWS) % 3 == 0,
    np.empty(0, np.int64), np.arange(250, 350),
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("key", KEYS, ids=str)
def test_a_column_is_read_as_an_array_is(table_and_plain, name, key):
    table, plain = table_and_plain
    np.testing.assert_array_equal(getattr(table, name)[key], plain[name][key])


@pytest.mark.parametrize("name", NAMES)
def test_a_column_is_an_array_to_numpy(table_and_plain, name):
    table, plain = table_and_plain
    column = getattr(table, name)
    np.testing.assert_array_equal(np.asarray(column), plain[name])
    assert (column.shape, column.dtype) == (plain[name].shape, plain[name].dtype)
    assert column.astype(np.float32).dtype == np.float32
    assert len(column) == ROWS
    np.testing.assert_array_equal(column == plain[name], plain[name] == plain[name])
    np.testing.assert_array_equal(column != plain[name][0], plain[name] != plain[name][0])
    if column.shape[1:]:
        np.testing.assert_array_equal(column[:, 1], plain[name][:, 1])
        assert column[7, 2] == plain[name][7, 2]


def test_windows_are_found_by_their_corner(table_and_plain):
    table, plain = table_and_plain
    for row in range(0, ROWS, 13):
        col, top = plain["windows"][row, :2].tolist()
        wanted = np.flatnonzero((plain["windows"][:, :2] == [col, top]).all(axis=1))
        np.testing.assert_array_equal(table.windows.corner_is(col, top), wanted)
    assert not len(table.windows.corner_is(-1, 5))
    assert not len(table.windows.corner_is(2**31 - 1, 0))


def test_values_that_occur(table_and_plain):
    table, plain = table_and_plain
    np.testing.assert_array_equal(table.ground_m.distinct(), np.unique(plain["ground_m"]))


def test_more_rows_than_are_joined_at_once():
    many = Embeddings(pieces(), 8)
    rows = np.random.default_rng(3).integers(0, ROWS, FEW + 100)
    np.testing.assert_array_equal(many.rows(rows), np.concatenate(pieces())[rows])
