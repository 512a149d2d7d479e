"""What an imported file said of its rows: read where it is asked about, never kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Rows = NDArray[np.int64]
    Read = Callable[[int, str], NDArray[Any] | None]

ID, TIME, SOURCE = "id", "datetime", "source"
"""Names of the columns."""
MOST_PARTS = 256
"""Read to learn between which days the rows were taken: some tenths of a second."""


class Given:
    """Columns that some parts of an index have."""

    def __init__(self, starts: Rows, parts: frozenset[int], read: Read) -> None:
        """Take what reads them.

        Args:
            starts: first row of each part, then the number of all rows.
            parts: those that may have such columns.
            read: gives a column of a part, ``None`` where it has none.
        """
        self._starts, self._parts, self._read = starts, parts, read

    def rows_of_some(self) -> Rows:
        """The rows of parts from all over the index, of all where there are not too many."""
        parts = np.array(sorted(self._parts))
        some = parts[np.linspace(0, len(parts) - 1, min(len(parts), MOST_PARTS)).astype(int)]
        spans = [np.arange(self._starts[part], self._starts[part + 1]) for part in some.tolist()]
        return np.concatenate(spans)

    def times(self, rows: Rows) -> NDArray[np.datetime64]:
        """When some rows were taken, UTC, NaT where their file does not say, ``(m,)``."""
        return self._column(TIME, rows, np.full(len(rows), "NaT", "datetime64[us]"))

    def texts(self, name: str, rows: Rows) -> list[str | None]:
        """What a file calls some rows, or what they were taken from."""
        found: list[str | None] = self._column(name, rows, np.full(len(rows), None)).tolist()
        return found

    def _column(self, name: str, rows: Rows, empty: NDArray[Any]) -> NDArray[Any]:
        part = np.searchsorted(self._starts, rows, "right") - 1
        for number in self._parts & set(np.unique(part).tolist()):
            column = self._read(number, name)
            if column is not None:
                own = part == number
                empty[own] = column[rows[own] - self._starts[number]]
        return empty
