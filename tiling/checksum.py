"""What a scene is, beyond its name: a checksum of its bytes, and a cheap check for changes."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from .addresses import is_plain_http, is_url
from .blocks import BlockMap
from .composed import files_of, files_of_set, is_there
from .errors import DamagedBlockError, StoreError, UnreadableSceneError
from .formats import stat_file
from .grid import Window
from .samples import spread
from .settings import gdal_settings
from .sidecars import digests, file_digest, files_beside, state
from .source import Raster
from .stores import about, is_stored

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import Message

    from .scene import SceneRecord

_TIMEOUT_S = 30
_UNITS, _UNITS_READ = 256, 4


def scene_checksum(path: str, on_progress: Callable[[int], None] | None = None) -> str:
    """The fingerprint by which a scene is known, wherever it lies.

    It is that of the file's bytes; where sidecar files change what it shows, or it is made of
    several files, of those too. Of an address only what the server says of the file is hashed
    (ETag, Last-Modified, Content-Length; of one in an object store its ETag and length); where it
    does not answer that question, as with presigned addresses, what the raster itself says, and a
    little of what it shows.

    Args:
        path: a file, a set of files, or an address.
        on_progress: called with the bytes of each piece read; an exception stops the reading.

    Returns:
        "sha256:" and 64 hexadecimal digits.

    Raises:
        UnreadableSceneError: if the file or address cannot be read.
    """
    if is_stored(path):
        return f"sha256:{_digest_of_stored(path)}"
    if is_url(path):
        headers = _headers(path)
        if headers is None:
            return f"sha256:{fingerprint_of_raster(path)}"
        names = ("ETag", "Last-Modified", "Content-Length")
        said = "\n".join(f"{name}: {headers.get(name, '')}" for name in names)
        return f"sha256:{hashlib.sha256(said.encode()).hexdigest()}"
    shown = files_of(path)
    own = () if files_of_set(path) else (path,)
    for file in (*own, *shown):
        stat_file(file)
    try:
        known = [file_digest(Path(file), on_progress) for file in (*own, *shown)]
        for file in filter(files_beside, shown or own):
            # sidecar files matter for rasters only
            with suppress(UnreadableSceneError), gdal_settings(file), Raster(file) as raster:
                known += digests(file, raster.dataset.files)
    except OSError as reason:
        raise UnreadableSceneError(
            f"{path} cannot be read ({reason.strerror}); check its permissions"
        ) from None
    if len(known) > 1:
        known = [hashlib.sha256("\n".join(known).encode()).hexdigest()]
    return f"sha256:{known[0]}"


def _digest_of_stored(path: str) -> str:
    """SHA-256 of what a store says of a file; of the raster where GDAL alone knows the keys.

    Raises:
        UnreadableSceneError: if there is none, or the store cannot be asked.
    """
    try:
        file = about(path)
    except FileNotFoundError:
        raise UnreadableSceneError(f"{path} does not exist; check the address") from None
    except StoreError as refused:
        try:
            return fingerprint_of_raster(path)
        except UnreadableSceneError:
            raise UnreadableSceneError(str(refused)) from None
    return hashlib.sha256(f"{file.tag} {file.size_bytes}".encode()).hexdigest()


def fingerprint_of_raster(path: str) -> str:
    """SHA-256 of what a raster far away says of itself and of a few of its pixels, hexadecimal.

    Raises:
        UnreadableSceneError: if it cannot be opened.
    """
    digest = hashlib.sha256()
    with gdal_settings(path), Raster(path) as raster:
        dataset = raster.dataset
        crs = dataset.crs.to_wkt() if dataset.crs else ""
        facts = (dataset.width, dataset.height, dataset.dtypes, tuple(dataset.transform), crs,
                 dataset.nodatavals, dataset.descriptions, sorted(dataset.tags().items()),
                 raster.overview_factors)  # fmt: skip
        digest.update(repr(facts).encode())
        blocks = BlockMap(raster, (1,))
        units = spread(blocks.written_units(), _UNITS)
        names = [
            f"{unit.col // blocks.block_width}_{unit.row // blocks.block_height}" for unit in units
        ]
        if dataset.driver == "GTiff":
            digest.update(repr(raster.block_places(names, 1)).encode())
        for unit in units[:_UNITS_READ]:
            small = Window(unit.col, unit.row, min(unit.width, 64), min(unit.height, 64))
            try:
                digest.update(raster.read([1], small).tobytes())
            except DamagedBlockError:
                digest.update(b"damaged")
    return digest.hexdigest()


def same_file(record: SceneRecord, path: str) -> bool:
    """Whether a file looks untouched since it was described, without reading it.

    Args:
        record: the scene as it was described.
        path: the file now, or an http(s) address, which costs one HEAD request.

    Returns:
        True if size and time of change are those of the record, and no sidecar file changed;
        False otherwise, also when the file is gone. For an address, whether the server still says
        the same about it.
    """
    try:
        if is_url(path):
            if scene_checksum(path) == record.checksum:
                return True
            # as those of stores were known by versions before
            return is_stored(path) and f"sha256:{fingerprint_of_raster(path)}" == record.checksum
        found = file_facts(path)
        return (*found, state(path)) == (record.size_bytes, record.mtime_ns, record.side_files)
    except UnreadableSceneError:
        return False


def check_unchanged(record: SceneRecord) -> None:
    """Refuse a scene whose file was written while it was read: its pixels may be of either version.

    Not where it is an address, which would be asked each time, nor where it was moved away.

    Raises:
        UnreadableSceneError: if size or time of change are others by now.
    """
    path = record.path
    if is_url(path) or not is_there(path):
        return
    if file_facts(path) != (record.size_bytes, record.mtime_ns):
        raise UnreadableSceneError(
            f"{path} has changed while it was read; index it again when nobody writes it any more"
        )


def file_facts(path: str) -> tuple[int, int]:
    """Length in bytes and time of change in ns of a file or address; 0 where unknown.

    Of a scene of several files all lengths together, and the latest change.

    Raises:
        UnreadableSceneError: if the file or address cannot be read.
    """
    if is_stored(path):
        with suppress(StoreError, FileNotFoundError):  # GDAL says more where it cannot open it
            return about(path).size_bytes, 0
    if is_url(path):
        headers = _headers(path)
        length = headers.get("Content-Length", "") if headers else ""
        return (int(length) if length.isdecimal() else 0), 0
    own = () if files_of_set(path) else (path,)
    found = [stat_file(one) for one in (*own, *files_of(path))]
    return sum(one.st_size for one in found), max(one.st_mtime_ns for one in found)


def _headers(url: str) -> Message | None:
    """What a server says of a file; ``None`` where it must be asked as GDAL asks it.

    Raises:
        UnreadableSceneError: if there is no such file or server.
    """
    if not is_plain_http(url):
        return None
    try:
        with urlopen(Request(url, method="HEAD"), timeout=_TIMEOUT_S) as answer:
            headers: Message = answer.headers
            return headers
    except HTTPError:
        return None  # GDAL tells whether it is there, as some servers refuse HEAD in many ways
    except (URLError, OSError, ValueError) as reason:
        raise UnreadableSceneError(
            f"{url} does not answer: {reason}; check the address and the connection"
        ) from None
