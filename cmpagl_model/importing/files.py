"""Files of embeddings: single ones, folders, hive partitions, patterns, S3 and web servers."""

from __future__ import annotations

import glob
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
from pyarrow import fs

from cmpagl_model.errors import SourceError, first_line
from tiling.addresses import is_url, public
from tiling.checksum import scene_checksum
from tiling.stores import fits_pattern

from .lances import LanceFile, is_lance, lance_facts, open_lance
from .pixels import LANDMASKS, RASTERS, SCALES
from .web import WebFile, web_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

ENDINGS = (".parquet", ".geoparquet", ".pq", ".gpq")
"""Of the tables that a folder is searched for; one that is named may have any."""
S3, WEB = "s3://", ("https://", "http://")
HIDDEN = ("_", ".")
"""Names that begin so are no data, as Arrow, Spark and DuckDB have it."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that may hold embeddings."""

    name: str
    """Its absolute path, or its address."""
    size_bytes: int
    """Its size."""
    mtime_ns: int
    """When it was changed; 0: a server does not say."""
    store: fs.FileSystem | WebFile | None = None
    """Where its address leads; ``None``: it has none."""

    def open(self) -> pq.ParquetFile | LanceFile:
        """The file, its footer read.

        Raises:
            OSError: if it cannot be read.
            MissingExtraError: if a library that reads it is not installed.
        """
        if self.store is None and is_lance(Path(self.name)):
            return open_lance(self.name)
        if self.store is None:
            return pq.ParquetFile(self.name)
        # Few requests in place of many
        if isinstance(self.store, WebFile):
            return pq.ParquetFile(self.store.open(), pre_buffer=True)
        stream = self.store.open_input_file(self.name.removeprefix(S3))
        return pq.ParquetFile(stream, pre_buffer=True)

    def has_changed(self) -> bool:
        """Whether the file is another one by now, as far as size and time tell."""
        if self.store is not None or is_url(self.name):
            return False
        return _size_and_time(Path(self.name)) != (self.size_bytes, self.mtime_ns)

    def checksum(self) -> str:
        """What tells another content of the file: of an address only what the store says of it."""
        if self.store is None and is_lance(Path(self.name)):
            return f"sha256:{lance_facts(Path(self.name)).checksum}"
        if self.store is None:
            return scene_checksum(self.name)
        tag = f"|{self.store.tag}" if isinstance(self.store, WebFile) else ""
        said = f"{self.name}|{self.size_bytes}|{self.mtime_ns}{tag}"
        return f"sha256:{hashlib.sha256(said.encode()).hexdigest()}"


def find_files(given: Iterable[str | Path]) -> tuple[SourceFile, ...]:
    """The files that are meant, each once, those of a folder or pattern by name.

    Args:
        given: files, folders, patterns such as ``clay/**/*.parquet``, all of them also in S3 such
            as ``s3://bucket/clay``, and addresses of files at web servers. Of a folder its tables,
            or where it has none its rasters.

    Raises:
        SourceError: if one of them leads to no file.
    """
    found: dict[str, SourceFile] = {}
    for one in map(str, given):
        if one.startswith(S3):
            files = _in_store(one)
        elif is_url(one):
            files = [_at_address(one)]
        else:
            paths = _expanded(one)
            files = [SourceFile(str(path.absolute()), *_size_and_time(path)) for path in paths]
        if not files:
            raise SourceError(
                f"{one}: found no file with embeddings, wanted one of {', '.join(ENDINGS)}, or "
                f"rasters ({', '.join(RASTERS)}), or a folder or pattern that leads to some; next: "
                "check the path"
            )
        for file in files:
            found.setdefault(file.name, file)
    return tuple(found.values())


def _size_and_time(path: Path) -> tuple[int, int]:
    if is_lance(path):
        found = lance_facts(path)
        return found.size_bytes, found.mtime_ns
    about = path.stat()
    return about.st_size, about.st_mtime_ns


def _at_address(address: str) -> SourceFile:
    """A file at a web server, or a raster in a store that GDAL alone reads: ``gs://``, ``az://``.

    Raises:
        SourceError: if there is none, or it cannot be read in pieces.
    """
    if address.lower().startswith(WEB):
        if "*" in address or address.endswith("/"):
            raise SourceError(
                f"{address}: found a pattern or a folder at a web server, which lists no files; "
                "wanted the address of a file; next: name each of them"
            )
        file = web_file(address)
        return SourceFile(file.name, file.size_bytes, file.mtime_ns, file)
    if not address.lower().endswith(RASTERS[:2]):
        raise SourceError(
            f"{public(address)}: found an address that only rasters ({', '.join(RASTERS[:2])}) are "
            "read from; next: fetch the file first"
        )
    return SourceFile(public(address), 0, 0)


def _in_store(address: str) -> list[SourceFile]:
    """A file, or the files of a folder or pattern in S3, found with the variables of GDAL.

    Raises:
        SourceError: if the store does not answer, or refuses.
    """
    said = os.environ
    path = address.removeprefix(S3).rstrip("/")
    try:
        store = fs.S3FileSystem(
            anonymous=said.get("AWS_NO_SIGN_REQUEST", "").upper() in {"YES", "TRUE", "1"},
            region=said.get("AWS_REGION") or said.get("AWS_DEFAULT_REGION"),
            endpoint_override=said.get("AWS_S3_ENDPOINT"),
            scheme="http" if said.get("AWS_HTTPS", "").upper() == "NO" else "https",
        )
        if glob.has_magic(path):
            base, *pattern = path.split("/")
            files = sorted(_matching(store, base, pattern), key=lambda one: str(one.path))
        else:
            (about,) = store.get_file_info([path])
            files = [about]
            if not about.is_file:
                held = {str(one.path): one for one in _below(store, path) if one.is_file}
                files = [held[name] for name in _tables_or_rasters(list(held), path)]
    except OSError as error:
        raise SourceError(
            f"{address}: cannot be read ({first_line(error)}); next: check the address; "
            "AWS_REGION must be the bucket's, and AWS_NO_SIGN_REQUEST=YES asks without credentials"
        ) from error
    return [SourceFile(f"{S3}{one.path}", one.size, one.mtime_ns or 0, store) for one in files]


def _matching(store: fs.FileSystem, base: str, pattern: Sequence[str]) -> Iterator[fs.FileInfo]:
    """Files below a folder whose path fits, level by level, so that few others are listed."""
    head, *rest = pattern
    if head == "**":
        listed = _below(store, base)
    elif glob.has_magic(head):
        listed = list(store.get_file_info(fs.FileSelector(base, allow_not_found=True)))
    else:
        listed = list(store.get_file_info([f"{base}/{head}"]))
    for one in listed:
        names = str(one.path).removeprefix(base).strip("/").split("/")
        if _is_hidden(names):
            continue
        if one.is_file and fits_pattern(names, pattern):
            yield one
        elif (
            rest
            and head != "**"
            and one.type == fs.FileType.Directory
            and fits_pattern(names, [head])
        ):
            yield from _matching(store, one.path, rest)


def _below(store: fs.FileSystem, folder: str) -> list[fs.FileInfo]:
    below = fs.FileSelector(folder, recursive=True, allow_not_found=True)
    return sorted(store.get_file_info(below), key=lambda one: str(one.path))


def _expanded(given: str) -> Iterator[Path]:
    path = Path(given)
    if is_lance(path):
        yield path
    elif os.path.isdir(path):  # noqa: PTH112 - a name too long is none
        files: list[str] = []
        for root, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if not _is_hidden([name]))
            files += [str(Path(root, name)) for name in sorted(names)]
        yield from map(Path, _tables_or_rasters(files, str(path)))
    elif os.path.isfile(path):  # noqa: PTH113 - the same
        yield path
    elif glob.has_magic(given):
        parent = Path(path.anchor)
        matches = parent.glob(str(path.relative_to(parent)))
        yield from sorted(one for one in matches if one.is_file())


def _tables_or_rasters(paths: list[str], folder: str) -> list[str]:
    """Of files below a folder, in their order: tables, or where there is none, rasters."""
    names = {path: path.removeprefix(folder).replace(os.sep, "/").strip("/") for path in paths}
    shown = [path for path in paths if not _is_hidden(names[path].split("/"))]
    tables = [path for path in shown if path.lower().endswith(ENDINGS)]
    rasters = [path for path in shown if path.lower().endswith(RASTERS)]
    # Scales and landmasks are parts of a tile of TESSERA
    return tables or [
        path
        for path in rasters
        if not path.lower().endswith(SCALES) and not {*names[path].split("/")} & {*LANDMASKS}
    ]


def _is_hidden(names: Sequence[str]) -> bool:
    return any(name.startswith(HIDDEN) for name in names)
