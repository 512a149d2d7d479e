"""What an imported file said of its rows: read where it is asked about, never kept.

Only what a part does not hold is kept in mind, so that its file is not opened for nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Rows = NDArray[np.int64]
    Read = Callable[[int, Sequence[str]], Sequence[NDArray[Any] | None]]

ID, TIME, SOURCE = "id", "datetime", "source"
"""Names of the columns."""
MOST_PARTS = 256
"""Read at most to learn between which days the rows were taken: an index opens with that."""


class ImportedColumns:
    """Columns that some parts of an index have."""

    def __init__(self, starts: Rows, parts: frozenset[int], read: Read) -> None:
        """Take what reads them.

        Args:
            starts: first row of each part, then the number of all rows.
            parts: those that may have such columns.
            read: gives columns of a part, ``None`` for each that it has not.
        """
        self._starts, self._parts, self._read = starts, parts, read
        self._absent: set[tuple[int, str]] = set()

    def rows_of_some(self) -> Rows:
        """The rows of parts from all over the index, of all where there are not too many."""
        parts = np.array(sorted(self._parts))
        some = parts[np.linspace(0, len(parts) - 1, min(len(parts), MOST_PARTS)).astype(int)]
        spans = [np.arange(self._starts[part], self._starts[part + 1]) for part in some.tolist()]
        return np.concatenate(spans)

    def columns(self, rows: Rows, names: Sequence[str]) -> list[NDArray[Any]]:
        """What files say of some rows, each file opened once.

        Args:
            rows: which.
            names: of the columns.

        Returns:
            ``(m,)`` each: moments (UTC, NaT where unknown) of :data:`TIME`, else texts or ``None``.
        """
        part = np.searchsorted(self._starts, rows, "right") - 1
        found = {
            name: np.full(len(rows), "NaT", "datetime64[us]")
            if name == TIME
            else np.full(len(rows), None)
            for name in names
        }
        for number in self._parts & set(np.unique(part).tolist()):
            wanted = [name for name in names if (number, name) not in self._absent]
            if not wanted:
                continue
            own = part == number
            for name, column in zip(wanted, self._read(number, wanted), strict=True):
                if column is None:
                    self._absent.add((number, name))
                else:
                    found[name][own] = column[rows[own] - self._starts[number]]
        return [*found.values()]
