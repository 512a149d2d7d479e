"""Columns of an index that are kept short and computed where they are read.

Chips that follow each other are neighbours, so a window is kept as its distance from that of its
block's first chip; and few chips differ in size, ground sample distance, valid share and edge, so
each has the number of its kind among those of its part. Who reads a column cannot tell it from an
array; one of a million chips should be read by rows, not whole.
"""

from __future__ import annotations

import operator
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray

    from .checked import Checked

    Rows = NDArray[np.int64]
    Number = TypeVar("Number", int, Rows)

BLOCK = 128
"""Chips in a block, those at the end of a part excepted: they follow each other in the plan of a
scene, so they are neighbours."""
KIND = np.dtype(
    [
        ("width", "<i4"), ("height", "<i4"), ("gsd_m", "<f8"), ("ground_m", "<f8"),
        ("valid", "<f4"), ("edge", "?"),
    ]
)  # fmt: skip
"""What chips of one kind share."""


class Column(NDArrayOperatorsMixin, ABC):
    """A read-only array that is computed where it is read."""

    shape: tuple[int, ...]
    """Rows, then the shape of a row."""
    dtype: np.dtype[Any]
    """Type of its numbers."""

    @abstractmethod
    def rows(self, rows: Rows) -> NDArray[Any]:
        """The values of some rows, each 0 or more."""

    def __len__(self) -> int:
        """How many rows."""
        return self.shape[0]

    def __getitem__(self, key: Any) -> NDArray[Any]:  # noqa: ANN401 - what numpy takes
        """As numpy does it: by row, slice, rows, mask, or one of these and a place in the row."""
        if isinstance(key, tuple):
            return np.asarray(self[key[0]][(..., *key[1:])])
        if isinstance(key, slice):
            return self.rows(np.arange(len(self))[key])
        if isinstance(key, np.ndarray) and key.ndim:
            return self.rows(np.flatnonzero(key) if key.dtype == np.bool_ else key)
        if isinstance(key, list):
            return self.rows(np.asarray(key, np.int64))
        row = operator.index(key)
        found: NDArray[Any] = self.rows(np.array([row + len(self) if row < 0 else row]))[0]
        return found

    def __array__(self, dtype: DTypeLike | None = None, copy: object = None) -> NDArray[Any]:
        """All of it."""
        del copy  # there is nothing that could be shared
        whole = self[:]
        return whole if dtype is None else whole.astype(dtype)

    def __array_ufunc__(
        self,
        ufunc: np.ufunc,
        method: str,
        *inputs: Any,
        **options: Any,
    ) -> Any:  # noqa: ANN401 - what numpy gives
        """Compare and calculate as an array does."""
        plain = [np.asarray(one) if isinstance(one, Column) else one for one in inputs]
        return getattr(ufunc, method)(*plain, **options)

    def astype(self, dtype: DTypeLike) -> NDArray[Any]:
        """All of it, as another type."""
        return self[:].astype(dtype)


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Which rows belong to which part and block."""

    starts: Rows
    """First row of each part, then the number of all rows, ``(P + 1,)``."""
    firsts: Rows
    """First block of each part, then the number of all blocks, ``(P + 1,)``."""
    block_starts: Rows
    """First row of each block, then the number of all rows, ``(B + 1,)``."""

    @classmethod
    def of(cls, counts: Rows) -> Layout:
        """The layout of parts with so many rows each, ``(P,)``."""
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        firsts = np.concatenate([[0], np.cumsum(blocks_in(counts))]).astype(np.int64)
        part = np.repeat(np.arange(len(counts)), np.diff(firsts))
        within = np.arange(firsts[-1]) - firsts[part]
        return cls(starts, firsts, np.append(starts[part] + within * BLOCK, starts[-1]))

    def __len__(self) -> int:
        """How many rows."""
        return int(self.starts[-1])

    def part_of(self, rows: Rows) -> Rows:
        """The part of each row."""
        return np.searchsorted(self.starts, rows, side="right") - 1

    def block_of(self, rows: Rows) -> Rows:
        """The block of each row."""
        part = self.part_of(rows)
        found: Rows = self.firsts[part] + (rows - self.starts[part]) // BLOCK
        return found

    def rows_of(self, blocks: Rows) -> Rows:
        """All rows of some blocks, in their order."""
        sizes = self.block_starts[blocks + 1] - self.block_starts[blocks]
        ends = np.cumsum(sizes)
        before = np.repeat(ends - sizes, sizes)
        found: Rows = np.repeat(self.block_starts[blocks], sizes) + np.arange(len(before)) - before
        return found


def blocks_in(rows: Number) -> Number:
    """How many blocks so many rows of a part have."""
    return -(-rows // BLOCK)


class Kinds:
    """What chips of one kind share, a table for each part."""

    def __init__(
        self,
        layout: Layout,
        numbers: NDArray[np.unsignedinteger] | Checked,
        table: NDArray[Any],
        starts: Rows,
    ) -> None:
        """Take the kinds.

        Args:
            layout: of the rows.
            numbers: each row's kind, counted from the first of its part, ``(n,)``.
            table: all kinds, of type :data:`KIND`.
            starts: where those of each part begin in it, ``(P,)``.
        """
        self.layout, self.numbers, self.table, self._starts = layout, numbers, table, starts

    def of(self, rows: Rows) -> Rows:
        """The kind of each row, a row of ``table``."""
        found: Rows = self._starts[self.layout.part_of(rows)] + self.numbers[rows]
        return found


class KindColumn(Column):
    """A column whose value follows from the kind of a chip."""

    def __init__(self, kinds: Kinds, name: str) -> None:
        self._kinds = kinds
        self._values = np.ascontiguousarray(kinds.table[name])
        self.shape, self.dtype = (len(kinds.layout),), self._values.dtype

    def rows(self, rows: Rows) -> NDArray[Any]:
        """The values of some rows."""
        found: NDArray[Any] = self._values[self._kinds.of(rows)]
        return found

    def distinct(self) -> NDArray[Any]:
        """All values that occur, ascending; no row is looked at."""
        return np.unique(self._values)


class Windows(Column):
    """Column, row, width and height of chips."""

    def __init__(
        self, kinds: Kinds, places: NDArray[np.integer] | Checked, bases: NDArray[np.int32]
    ) -> None:
        """Take windows as they are kept.

        Args:
            kinds: width and height of chips.
            places: column and row of each chip, less those of its block, ``(n, 2)``.
            bases: least column and row in each block, ``(B, 2)``.
        """
        self._kinds, self._places, self._bases = kinds, places, bases
        self._sides = np.stack([kinds.table["width"], kinds.table["height"]], axis=1)
        self.shape, self.dtype = (len(places), 4), np.dtype(np.int32)

    def rows(self, rows: Rows) -> NDArray[Any]:
        """The windows of some rows, ``(m, 4)``."""
        found = np.empty((len(rows), 4), np.int32)
        found[:, :2] = self._places[rows]
        found[:, :2] += self._bases[self._kinds.layout.block_of(rows)]
        found[:, 2:] = self._sides[self._kinds.of(rows)]
        return found

    def corner_is(self, col: int, row: int) -> Rows:
        """The rows whose windows begin at a pixel; the few blocks that hold it are looked at."""
        near = np.flatnonzero((self._bases <= [col, row]).all(axis=1))
        reach = np.iinfo(self._places.dtype).max
        near = near[(np.array([col, row]) - self._bases[near] <= reach).all(axis=1)]
        rows = self._kinds.layout.rows_of(near)
        wanted = np.array([col, row]) - self._bases[self._kinds.layout.block_of(rows)]
        found: Rows = rows[(self._places[rows] == wanted).all(axis=1)]
        return found
