"""Mapped arrays whose blocks are compared with their checksums when they are first touched.

A search reads a small share of an index. So that opening costs nothing and no wrong byte is
answered from, checksums of blocks lie next to the arrays, and each block is read before it is used.
"""

from __future__ import annotations

import os
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cmpagl_model.atomic import delete
from cmpagl_model.errors import DamagedArraysError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Rows = NDArray[np.int64]

SUM_BYTES = 1 << 13
"""Bytes that have one checksum, at most, and a row at least: two pages, so that what a search reads
of an index hardly grows."""


@dataclass(frozen=True, slots=True)
class MappedFile:
    """The file that an array is mapped from."""

    path: str
    """The file."""
    inode: int
    """What tells it from another one that took its name since."""
    size: int
    """Bytes it had when it was mapped."""

    @classmethod
    def of(cls, path: Path, about: os.stat_result) -> MappedFile:
        """A file as it is."""
        return cls(str(path), about.st_ino, about.st_size)

    def is_truncated(self) -> bool:
        """Whether it has become shorter: reading beyond its end would kill the process."""
        try:
            about = os.stat(self.path)  # noqa: PTH116 - at each touch
        except OSError:
            return False  # deleted: what is mapped stays
        return about.st_size < self.size and about.st_ino == self.inode


def rows_a_sum(width: int) -> int:
    """How many rows of so many bytes have one checksum."""
    return max(1, SUM_BYTES // max(1, width))


def sums_of(array: NDArray[Any]) -> NDArray[np.uint32]:
    """CRC-32 of the blocks of an array, ``(blocks,)``."""
    step = rows_a_sum(_width(array))
    plain = np.ascontiguousarray(array)
    starts = range(0, len(plain), step)
    return np.array([zlib.crc32(plain[at : at + step].data) for at in starts], np.uint32)


def count_of_sums(rows: int, width: int) -> int:
    """How many checksums so many rows of so many bytes have."""
    return -(-rows // rows_a_sum(width))


def _width(array: NDArray[Any]) -> int:
    return int(array.dtype.itemsize * np.prod(array.shape[1:], dtype=np.int64))


def rows_of(key: Any, count: int) -> Rows:  # noqa: ANN401 - what numpy takes
    """The rows, each 0 or more, that a slice, a mask, rows or a row mean in an array of so many."""
    if isinstance(key, slice):
        return np.arange(*key.indices(count))
    rows = np.asarray(key)
    if rows.dtype == np.bool_:
        return np.flatnonzero(rows)
    return rows.astype(np.int64, copy=False) + count * (rows < 0)


class BlockChecksums:
    """The checksums of some arrays of equal width, and which blocks were compared already."""

    def __init__(
        self,
        pieces: Sequence[NDArray[Any]],
        sums: NDArray[np.uint32],
        mapped_files: Sequence[MappedFile],
        manifest: Path,
    ) -> None:
        """Take arrays.

        Args:
            pieces: the arrays, rows first, none empty.
            sums: checksums of their blocks, those of one array after those of another.
            mapped_files: the file of each.
            manifest: deleted where a block is damaged, so that who opens the index next makes
                everything again from the parts.
        """
        self._pieces, self._sums, self._mapped_files = pieces, sums, mapped_files
        self._manifest = manifest
        self.step = rows_a_sum(_width(pieces[0])) if pieces else 1
        counts = [-(-len(piece) // self.step) for piece in pieces]
        self._firsts: Rows = np.cumsum([0, *counts])
        self._new = np.ones(len(sums), np.bool_)
        self._left = len(sums)

    def verify(self, pieces: Rows, rows: Rows) -> None:
        """Compare the blocks of some rows with their checksums before they are read.

        Args:
            pieces: of each row its array.
            rows: of each its place in that array.

        Raises:
            DamagedArraysError: if one is not what it was, or its file has become shorter.
        """
        for piece in np.unique(pieces).tolist():
            if self._mapped_files[piece].is_truncated():
                self._refuse(piece, "it has become shorter")
        if self._left:
            blocks = self._firsts[pieces] + rows // self.step
            new = np.unique(blocks[self._new[blocks]])
            owners = np.searchsorted(self._firsts, new, side="right") - 1
            for block, piece in zip(new.tolist(), owners.tolist(), strict=True):
                start = (block - int(self._firsts[piece])) * self.step
                seen = self._pieces[piece][start : start + self.step]
                if zlib.crc32(seen.data) != self._sums[block]:
                    self._refuse(piece, "some bytes have changed")
            self._new[new] = False
            self._left = int(np.count_nonzero(self._new))

    def verify_between(self, piece: int, start: int, stop: int) -> None:
        """Compare rows of one array that follow each other; see :meth:`verify`."""
        if start < stop:
            blocks = np.arange(start // self.step, (stop - 1) // self.step + 1)
            self.verify(np.full(len(blocks), piece), blocks * self.step)

    def _refuse(self, piece: int, reason: str) -> None:
        delete(self._manifest)
        path = self._mapped_files[piece].path
        raise DamagedArraysError(
            f"{path}: found damage in an open index ({reason}); next: run "
            "the same command again, which reads its parts anew and names what is damaged"
        )


class ChecksummedArray:
    """An array of which every block is compared with its checksum before it is read."""

    def __init__(self, array: NDArray[Any], checksums: BlockChecksums | None = None) -> None:
        """Take an array.

        Args:
            array: rows first.
            checksums: of it, or of what it is a field of, as their only piece; ``None``: it is in
                memory and verified.
        """
        self._array, self._checksums = array, checksums
        self.shape, self.dtype = array.shape, array.dtype

    def field(self, name: str) -> ChecksummedArray:
        """One field of an array of records."""
        return ChecksummedArray(self._array[name], self._checksums)

    def __len__(self) -> int:
        """How many rows."""
        return len(self._array)

    def __getitem__(self, key: Any) -> NDArray[Any]:  # noqa: ANN401 - what numpy takes
        """By slice, by rows, by mask, or by row; as numpy does it."""
        if self._checksums and isinstance(key, slice) and (key.step or 1) == 1:
            start, stop, _ = key.indices(len(self))
            self._checksums.verify_between(0, start, stop)
        elif self._checksums:
            rows = np.atleast_1d(rows_of(key, len(self)))
            self._checksums.verify(np.zeros(len(rows), np.int64), rows)
        found: NDArray[Any] = self._array[key]
        return found

    def slices(self, starts: Rows, stops: Rows) -> list[NDArray[Any]]:
        """What lies between some rows and others; all of it is made sure of at once."""
        if self._checksums and len(starts):
            step = self._checksums.step
            pairs = zip(starts // step, (stops - 1) // step, strict=True)
            blocks = np.concatenate([np.arange(first, last + 1) for first, last in pairs])
            self._checksums.verify(np.zeros(len(blocks), np.int64), blocks * step)
        pairs = zip(starts.tolist(), stops.tolist(), strict=True)
        return [self._array[start:stop] for start, stop in pairs]
