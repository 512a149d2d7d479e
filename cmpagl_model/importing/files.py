"""Files of embeddings: single ones, folders with or without hive partitions, patterns, and S3."""

from __future__ import annotations

import glob
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
from pyarrow import fs

from cmpagl_model.errors import SourceError
from tiling import scene_checksum

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ENDINGS = (".parquet", ".geoparquet", ".pq", ".gpq")
"""Of the files that a folder is searched for; one that is named may have any."""
S3 = "s3://"
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
    """When it was changed."""
    store: fs.FileSystem | None = None
    """Where its address leads; ``None``: it has none."""

    def open(self) -> pq.ParquetFile:
        """The file, its footer read.

        Raises:
            OSError: if it cannot be read.
        """
        if self.store is None:
            return pq.ParquetFile(self.name)
        stream = self.store.open_input_file(self.name.removeprefix(S3))
        return pq.ParquetFile(stream, pre_buffer=True)  # few requests in place of many

    def has_changed(self) -> bool:
        """Whether the file is another one by now, as far as size and time tell."""
        if self.store is not None:
            return False
        about = Path(self.name).stat()
        return (about.st_size, about.st_mtime_ns) != (self.size_bytes, self.mtime_ns)

    def checksum(self) -> str:
        """What tells another content of the file: of an address only what the store says of it."""
        if self.store is None:
            return scene_checksum(self.name)
        said = f"{self.name}|{self.size_bytes}|{self.mtime_ns}"
        return f"sha256:{hashlib.sha256(said.encode()).hexdigest()}"


def find_files(given: Iterable[str | Path]) -> tuple[SourceFile, ...]:
    """The files that are meant, each once, those of a folder or pattern by name.

    Args:
        given: files, folders, patterns such as ``clay/**/*.parquet``, and addresses of files or
            folders such as ``s3://bucket/clay``.

    Raises:
        SourceError: if one of them leads to no file.
    """
    found: dict[str, SourceFile] = {}
    for one in map(str, given):
        at_store = one.startswith(S3)
        files = _in_store(one) if at_store else [_local(path) for path in _expanded(one)]
        if not files:
            raise SourceError(
                f"{one}: found no file with embeddings, wanted one of {', '.join(ENDINGS)}, or a "
                "folder or pattern that leads to some; next: check the path"
            )
        for file in files:
            found.setdefault(file.name, file)
    return tuple(found.values())


def _local(path: Path) -> SourceFile:
    about = path.stat()
    return SourceFile(str(path.absolute()), about.st_size, about.st_mtime_ns)


def _in_store(address: str) -> list[SourceFile]:
    """A file or the files of a folder in S3, found with the variables that GDAL reads, too.

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
        (about,) = store.get_file_info([path])
        if about.type == fs.FileType.File:
            files = [about]
        else:
            below = fs.FileSelector(path, recursive=True, allow_not_found=True)
            listed = sorted(store.get_file_info(below), key=lambda one: str(one.path))
            files = [one for one in listed if _is_data(one, path)]
    except OSError as error:
        raise SourceError(
            f"{address}: cannot be read ({str(error).splitlines()[0]}); next: check the address; "
            "AWS_REGION must be the bucket's, and AWS_NO_SIGN_REQUEST=YES asks without credentials"
        ) from error
    return [SourceFile(f"{S3}{one.path}", one.size, one.mtime_ns or 0, store) for one in files]


def _is_data(about: fs.FileInfo, folder: str) -> bool:
    names = str(about.path).removeprefix(folder).strip("/").split("/")
    hidden = any(name.startswith(HIDDEN) for name in names)
    return bool(about.is_file and not hidden and names[-1].lower().endswith(ENDINGS))


def _expanded(given: str) -> Iterator[Path]:
    path = Path(given)
    if os.path.isdir(path):  # noqa: PTH112 - a name too long is none
        yield from _in_folder(path)
    elif os.path.isfile(path):  # noqa: PTH113 - the same
        yield path
    elif glob.has_magic(given):
        parent = Path(path.anchor)
        matches = parent.glob(str(path.relative_to(parent)))
        yield from sorted(one for one in matches if one.is_file())


def _in_folder(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(HIDDEN))
        for name in sorted(names):
            if name.lower().endswith(ENDINGS) and not name.startswith(HIDDEN):
                yield Path(root, name)
