"""Which files of a folder are an index's own: nothing else is ever deleted or joined with one."""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
import time
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from cmpagl_model.atomic import TEMPORARY, can_write_in, delete
from cmpagl_model.errors import OutputError

from .copies import address_of, cannot_keep

if TYPE_CHECKING:
    from collections.abc import Iterator

_PART = r"[^/]+-[0-9a-f]{16}-\d{5}(-[0-9a-f]{8})?\.parquet"
_UNFINISHED = rf"{TEMPORARY.pattern.removeprefix('^')}\.(json|parquet)"
_ARRAYS_FOLDER = r"(arrays-[0-9a-f]{16}|\.making-[\d-]+(-damaged)?)"
ARRAY_FILE = re.compile(
    r"manifest\.json|rows|blocks|shapes|embeddings|codes|centre|axes|sums"
    r"|order|places|starts|middles|spreads|ungrouped"
    r"|kind_of|bases|boxes|ends|kinds"  # of versions before
)
"""Files that folders of arrays hold."""
_VERSION_FOLDER = r"_?versions/(\d{8}|\.making-[0-9a-f]{8})"
OWN_FILE = re.compile(
    rf"_?index\.json|{_UNFINISHED}"
    rf"|{_VERSION_FOLDER}/(manifest\.json|{_UNFINISHED})"
    r"|_?versions/\.building-[0-9a-f]{8}\.json"
    rf"|parts/({_PART}|{_UNFINISHED})"
    rf"|_?cache/{_ARRAYS_FOLDER}/({ARRAY_FILE.pattern})"
)
"""Paths of an index's own files, from its folder."""
OWN_FOLDER = re.compile(rf"parts|_?versions|{_VERSION_FOLDER}|_?cache|_?cache/{_ARRAYS_FOLDER}")
MOST_NAMED = 3
ABANDONED_S = 3600
"""What is unfinished and was not touched for so long belongs to a process that was killed."""


def token() -> str:
    """Eight random digits: names made with them are made once."""
    return secrets.token_hex(4)


def bytes_of(path: Path) -> bytes:
    """The bytes of a file of an index.

    Raises:
        OSError: if there are none: a pipe in its place would let a reader wait, a device never end.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "it is no file", str(path))
    return path.read_bytes()


def delete_folder(folder: Path, own: re.Pattern[str]) -> bool:
    """Delete a folder with the files of an index in it; anything else stays, and the folder.

    Args:
        folder: the folder.
        own: what names of files that may be deleted match whole.

    Returns:
        Whether it is gone.
    """
    if folder.is_symlink():
        return False  # what it leads to may be anybody's
    with suppress(OSError):
        for path in list(folder.iterdir()):
            if own.fullmatch(path.name):
                delete(path)
    try:
        Path(folder).rmdir()
    except OSError as error:
        return isinstance(error, FileNotFoundError)
    return True


def is_abandoned(path: Path) -> bool:
    """Whether nobody has touched something unfinished for long."""
    try:
        return path.stat().st_mtime < time.time() - ABANDONED_S
    except OSError:
        return False  # it is gone


def check_no_foreign(folder: Path) -> None:
    """Refuse a folder that holds anything which is not an index's own.

    Raises:
        OutputError: if it does, is no folder, or cannot be written in.
    """
    if os.path.exists(folder) and not folder.is_dir():  # noqa: PTH110 - a name too long is none
        raise OutputError(
            f"{folder}: found a file, wanted a folder for the index; next: choose another -o"
        )
    check_writable(folder)
    # A few are enough: it may be somebody's home.
    foreign = list(islice((path for path, own in _walk(folder) if not own), MOST_NAMED + 1))
    if foreign:
        more = " and more" if len(foreign) > MOST_NAMED else ""
        raise OutputError(
            f"{folder}: found {', '.join(foreign[:MOST_NAMED])}{more}, wanted a new folder, an "
            f"empty one or an index that has nothing else in it; next: -o "
            f"{folder / 'index.cmpagl'}, say"
        )


def check_writable(folder: Path) -> None:
    """Refuse a folder in which nothing can be written, before the work.

    Raises:
        OutputError: if the folder, or the one it is to be made in, cannot be written in.
    """
    if not can_write_in(folder):
        if address_of(folder):
            raise OutputError(cannot_keep(PermissionError(errno.EACCES, os.strerror(errno.EACCES))))
        raise OutputError(
            f"{folder}: found a place that you may not write in, wanted one for the index; next: "
            "choose another -o"
        )


def _walk(folder: Path) -> Iterator[tuple[str, bool]]:
    """Everything in a folder, by its path from there, and whether it is an index's own."""
    for root, folders, files in os.walk(folder):
        for names, own in ((files, OWN_FILE), (folders, OWN_FOLDER)):
            for name in sorted(names):
                full = Path(root, name)
                path = full.relative_to(folder).as_posix()
                yield path, bool(own.fullmatch(path)) and not full.is_symlink()
