"""Which files of a folder are an index's own: nothing else is ever deleted or written over."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from cmpagl_model.atomic import TEMPORARY
from cmpagl_model.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator

_PART = r"[^/]+-[0-9a-f]{16}-\d{5}\.parquet"
_ARRAYS = (
    r"manifest\.json|places|kind_of|bases|boxes|ends|shapes|kinds|embeddings|codes|centre|axes"
)
_UNFINISHED = rf"{TEMPORARY.pattern.removeprefix('^')}\.(json|parquet)"
OWN_FILE = re.compile(
    rf"index\.json|\.index\.json\.\d+|{_UNFINISHED}"
    rf"|parts/({_PART}|\.{_PART}\.\d+|{_UNFINISHED})"
    rf"|cache/(arrays-[0-9a-f]{{16}}|\.making-[\d-]+(-damaged)?)/({_ARRAYS})"
)
"""Paths of an index's own files, from its folder."""
OWN_FOLDER = re.compile(r"parts|cache|cache/(arrays-[0-9a-f]{16}|\.making-[\d-]+(-damaged)?)")
MOST_NAMED = 3


def check_no_foreign(folder: Path) -> None:
    """Refuse a folder that holds anything which is not an index's own.

    Raises:
        OutputError: if it does, or is no folder.
    """
    if folder.exists() and not folder.is_dir():
        raise OutputError(
            f"{folder}: found a file, wanted a folder for the index; next: choose another -o"
        )
    foreign = sorted(path for path, own in _walk(folder) if not own)
    if foreign:
        more = f" and {len(foreign) - MOST_NAMED:,} more" if len(foreign) > MOST_NAMED else ""
        raise OutputError(
            f"{folder}: found {', '.join(foreign[:MOST_NAMED])}{more}, wanted a new folder, an "
            f"empty one or an index that has nothing else in it; next: -o "
            f"{folder / 'index.cmpagl'}, say"
        )


def delete_own(folder: Path) -> None:
    """Delete an index file by file; what is not its own stays, and the folders around it.

    Raises:
        OSError: if a file cannot be deleted.
    """
    own = [path for path, own in _walk(folder) if own]
    for path in sorted(own, reverse=True):  # what is in a folder comes before it
        place = folder / path
        if not place.is_dir():
            place.unlink(missing_ok=True)
        elif not any(place.iterdir()):
            place.rmdir()
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def _walk(folder: Path) -> Iterator[tuple[str, bool]]:
    """Everything in a folder, by its path from there, and whether it is an index's own."""
    for root, folders, files in os.walk(folder):
        for names, own in ((folders, OWN_FOLDER), (files, OWN_FILE)):
            for name in names:
                place = Path(root, name)
                path = place.relative_to(folder).as_posix()
                yield path, bool(own.fullmatch(path)) and not place.is_symlink()
