"""The embeddings of an index, where its parts keep them: nothing is copied to be searched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .checked import rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import DTypeLike, NDArray

    from .checked import BlockChecksums

    Rows = NDArray[np.int64]

FEW = 1 << 14
"""Rows joined one by one at most at a time; it bounds the memory that takes."""
MANY_IN_PART = 16
"""Rows of a part one after the other, on average, from which on numpy takes them by parts."""


class Embeddings:
    """The embeddings of all parts as one matrix ``(n, D)`` of halves."""

    def __init__(
        self,
        pieces: Sequence[NDArray[np.float16]],
        size: int,
        checksums: BlockChecksums | None = None,
    ) -> None:
        """Take the matrices of all parts, mapped or in memory.

        Args:
            pieces: ``(m, D)`` each, whole rows one after the other.
            size: D.
            checksums: of the pieces that are not empty; ``None``: they are in memory and verified.
        """
        self._checksums = checksums
        self._pieces = [piece for piece in pieces if len(piece)]
        flat = (np.ascontiguousarray(piece).reshape(-1) for piece in self._pieces)
        self._bytes = [piece.view(np.uint8).data for piece in flat]
        self._starts = np.cumsum([0, *(len(piece) for piece in self._pieces)])
        self.shape, self.dtype = (int(self._starts[-1]), size), np.dtype(np.float16)

    def __len__(self) -> int:
        """How many rows."""
        return self.shape[0]

    def __getitem__(self, key: Any) -> NDArray[Any]:  # noqa: ANN401 - what numpy takes
        """By slice, rows or mask, as numpy does it; a slice within one part is no copy."""
        if isinstance(key, slice):
            start, stop, step = key.indices(len(self))
            if step == 1:
                return self._between(start, max(start, stop))
        rows = rows_of(key, len(self))
        found = self.rows(np.atleast_1d(rows))
        return found if np.ndim(rows) else found[0]

    def __array__(self, dtype: DTypeLike | None = None, copy: object = None) -> NDArray[Any]:
        """All of it."""
        del copy  # there is nothing that could be shared
        return self[:] if dtype is None else self[:].astype(dtype)

    def _between(self, start: int, stop: int) -> NDArray[Any]:
        first, last = (np.searchsorted(self._starts, [start, stop - 1], side="right") - 1).tolist()
        if start == stop:
            return np.empty((0, self.shape[1]), self.dtype)
        pieces = []
        for part, at in enumerate(self._starts[first : last + 1].tolist(), first):
            rows = slice(max(0, start - at), min(stop - at, len(self._pieces[part])))
            if self._checksums:
                self._checksums.verify_between(part, rows.start, rows.stop)
            pieces.append(self._pieces[part][rows])
        return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)

    def rows(self, rows: Rows) -> NDArray[Any]:
        """The embeddings of some rows, ``(m, D)``."""
        if len(rows) > 1 and rows[-1] - rows[0] == len(rows) - 1 and (np.diff(rows) == 1).all():
            return self._between(int(rows[0]), int(rows[-1]) + 1)
        if len(rows) > FEW:
            pieces = [rows[start : start + FEW] for start in range(0, len(rows), FEW)]
            return np.concatenate([self._joined(piece) for piece in pieces])
        return self._joined(rows)

    def _joined(self, rows: Rows) -> NDArray[Any]:
        part = np.searchsorted(self._starts, rows, side="right") - 1
        if self._checksums:
            self._checksums.verify(part, rows - self._starts[part])
        cuts = np.flatnonzero(np.diff(part)) + 1
        if MANY_IN_PART * (len(cuts) + 1) < len(rows):
            found = np.empty((len(rows), self.shape[1]), self.dtype)
            for start, end in zip([0, *cuts.tolist()], [*cuts.tolist(), len(rows)], strict=True):
                number = part[start]
                found[start:end] = self._pieces[number][rows[start:end] - self._starts[number]]
            return found
        # One slice of bytes a row: a call of numpy for each of hundreds of parts takes longer.
        width = self.shape[1] * self.dtype.itemsize
        begin = (rows - self._starts[part]) * width
        views = self._bytes
        places = zip(part.tolist(), begin.tolist(), (begin + width).tolist(), strict=True)
        whole = b"".join([views[number][first:last] for number, first, last in places])
        return np.frombuffer(whole, self.dtype).reshape(len(rows), self.shape[1])
