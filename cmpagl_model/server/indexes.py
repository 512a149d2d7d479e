"""Indexes that stay open between requests, and are read again when they change on disk."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cmpagl_model.errors import IndexFormatError
from cmpagl_model.index.copies import display_name
from cmpagl_model.index.format import PARTS, VERSIONS, is_index, newest_number
from cmpagl_model.search import SearchableIndex, open_index

if TYPE_CHECKING:
    from pathlib import Path

KEPT = 3
"""Indexes open at most; some tens of bytes a chip in memory each."""

Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class _Opened:
    stamp: Stamp
    """What its files looked like before they were read."""
    index: SearchableIndex
    """What they held."""


class Indexes:
    """The indexes used last. Threads may share it; two may read one index at the same time."""

    def __init__(self, kept: int = KEPT) -> None:
        """Take how many stay open at most."""
        self._kept = kept
        self._opened: OrderedDict[Path, _Opened] = OrderedDict()
        self._reading: dict[Path, threading.Thread] = {}
        self._lock = threading.Lock()

    def get(self, folder: Path, *, growing: bool = False) -> SearchableIndex:
        """An index as it lies on disk now.

        Args:
            folder: absolute path of the index.
            growing: whether parts are being added to it: then nobody waits for the newest, which
                are read in the background while the index is searched as it was.

        Raises:
            IndexFormatError: if there is none, or none any more.
        """
        if not growing:
            with self._lock:
                reading = self._reading.get(folder)
            if reading is not None:
                reading.join()
        with self._lock:
            kept = self._opened.get(folder)
            if kept:
                self._opened.move_to_end(folder)
        stamp = _stamp(folder)
        if kept and kept.stamp == stamp:
            return kept.index
        if kept and stamp and growing:
            self._read_behind(folder)
            return kept.index
        if kept and not stamp:
            self.forget(folder)
            raise IndexFormatError(
                f"{display_name(folder)}: found nothing where an index was open, wanted it to stay "
                "there; it was deleted or moved; next: open it where it lies now, or index its "
                "scenes again"
            )
        self.forget(folder)  # what is old goes first: two copies may be more than there is room
        index = open_index(folder)
        with self._lock:
            self._opened[folder] = _Opened(stamp, index)
            self._opened.move_to_end(folder)
            while len(self._opened) > self._kept:
                self._opened.popitem(last=False)
        return index

    def _read_behind(self, folder: Path) -> None:
        """Read an index in the background, unless that is being done."""
        with self._lock:
            if folder in self._reading:
                return
            # A daemon, so that a disk that never answers cannot keep the process alive.
            thread = threading.Thread(target=self._read, args=(folder,), daemon=True)
            self._reading[folder] = thread
            thread.start()

    def _read(self, folder: Path) -> None:
        try:
            stamp = _stamp(folder)
            opened = _Opened(stamp, open_index(folder))
            with self._lock:
                if folder in self._opened:
                    self._opened[folder] = opened
        except IndexFormatError:
            pass  # it went meanwhile: who asks next is told so
        finally:
            with self._lock:
                del self._reading[folder]

    def forget(self, folder: Path) -> None:
        """Let go of an index, if it is open."""
        with self._lock:
            self._opened.pop(folder, None)


def _stamp(folder: Path) -> Stamp:
    """The newest version, and names, sizes and times of its files; empty if there is no index."""
    if not is_index(folder):
        return ()
    parts = []
    try:
        for part in (folder / PARTS).iterdir():
            if part.suffix == ".parquet":
                found = part.stat()
                parts.append((part.name, found.st_size, found.st_mtime_ns))
    except OSError:  # a part went between listing and looking: the next stamp will differ
        parts.append(("", 0, 0))
    return ((VERSIONS, newest_number(folder), 0), *sorted(parts))
