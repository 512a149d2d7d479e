"""What a scene is, beyond its name: a checksum of its bytes, and a cheap check for changes."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from .errors import UnreadableSceneError
from .inputs import is_url, stat_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import Message

    from .scene import SceneRecord

_PIECE_BYTES = 1 << 20
_TIMEOUT_S = 30


def scene_checksum(path: str, told: Callable[[int], None] | None = None) -> str:
    """The fingerprint by which a scene is known, wherever it lies.

    Args:
        path: a file, or an http(s) address. Of an address only what the server says about
            the file is hashed (ETag, Last-Modified, Content-Length), by one HEAD request.
        told: called with the bytes of each piece read; an exception stops the reading. ``None``:
            nobody is told.

    Returns:
        "sha256:" and 64 hexadecimal digits.

    Raises:
        UnreadableSceneError: if the file or address cannot be read.
    """
    digest = hashlib.sha256()
    if is_url(path):
        headers = _headers(path)
        names = ("ETag", "Last-Modified", "Content-Length")
        digest.update("\n".join(f"{name}: {headers.get(name, '')}" for name in names).encode())
        return f"sha256:{digest.hexdigest()}"
    stat_file(path)
    try:
        with Path(path).open("rb") as file:
            while piece := file.read(_PIECE_BYTES):
                digest.update(piece)
                if told:
                    told(len(piece))
    except OSError as reason:
        raise UnreadableSceneError(f"{path} cannot be read: {reason.strerror}") from None
    return f"sha256:{digest.hexdigest()}"


def same_file(record: SceneRecord, path: str) -> bool:
    """Whether a file looks untouched since it was described, without reading it.

    Args:
        record: the scene as it was described.
        path: the file now, or an http(s) address, which costs one HEAD request.

    Returns:
        True if size and time of change are those of the record; False otherwise, also when
        the file is gone. For an address, whether the server still says the same about it.
    """
    try:
        if is_url(path):
            return scene_checksum(path) == record.checksum
        found = stat_file(path)
    except UnreadableSceneError:
        return False
    return (found.st_size, found.st_mtime_ns) == (record.size_bytes, record.mtime_ns)


def file_facts(path: str) -> tuple[int, int]:
    """Length in bytes and time of change in ns of a file or address; 0 where unknown.

    Raises:
        UnreadableSceneError: if the file or address cannot be read.
    """
    if is_url(path):
        length = _headers(path).get("Content-Length", "")
        return (int(length) if length.isdecimal() else 0), 0
    found = stat_file(path)
    return found.st_size, found.st_mtime_ns


def _headers(url: str) -> Message:
    try:
        with urlopen(Request(url, method="HEAD"), timeout=_TIMEOUT_S) as answer:
            headers: Message = answer.headers
            return headers
    except (URLError, OSError, ValueError) as reason:
        said = f"HTTP {reason.code}" if isinstance(reason, HTTPError) else reason
        raise UnreadableSceneError(
            f"{url} does not answer: {said}; check the address and the connection"
        ) from None
