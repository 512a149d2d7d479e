"""Datasets of Lance, read as a Parquet file is. Start at :func:`open_lance`."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cmpagl_model.errors import MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyarrow as pa

ENDING, VERSIONS = ".lance", "_versions"


def is_lance(path: Path) -> bool:
    """Whether a folder is a dataset of Lance."""
    named = path.suffix.lower() == ENDING
    return named and os.path.isdir(path / VERSIONS)  # noqa: PTH112 - a name too long is none


@dataclass(frozen=True, slots=True)
class LanceFacts:
    """What tells a state of a dataset: its files are written once and never changed."""

    size_bytes: int
    """Of all its files."""
    mtime_ns: int
    """When the youngest was written."""
    checksum: str
    """SHA-256 over names and sizes, hexadecimal; names are drawn by lot."""


def lance_facts(path: Path) -> LanceFacts:
    """Look at the files of a dataset.

    Raises:
        OSError: if it is gone.
    """
    found = sorted((one.relative_to(path).as_posix(), one.stat())
                   for one in path.rglob("*") if one.is_file())  # fmt: skip
    said = "\n".join(f"{name} {about.st_size}" for name, about in found)
    return LanceFacts(
        sum(about.st_size for _, about in found),
        max((about.st_mtime_ns for _, about in found), default=path.stat().st_mtime_ns),
        hashlib.sha256(said.encode()).hexdigest(),
    )


@dataclass(frozen=True, slots=True)
class LanceFile:
    """A dataset with the members of ``pyarrow.parquet.ParquetFile`` that an import asks for."""

    dataset: Any
    """Of Lance, which has types of its own."""

    def __enter__(self) -> LanceFile:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is kept open."""

    @property
    def schema_arrow(self) -> pa.Schema:
        """Its columns."""
        return self.dataset.schema

    @property
    def num_rows(self) -> int:
        """Rows in it."""
        return int(self.dataset.count_rows())

    @property
    def metadata(self) -> LanceFile:
        """Where :attr:`num_rows` is."""
        return self

    def iter_batches(self, batch_size: int, columns: list[str]) -> Iterator[pa.RecordBatch]:
        """Rows in their order, at most so many at a time."""
        rows = self.dataset.to_batches(columns=columns, batch_size=batch_size, scan_in_order=True)
        for batch in rows:
            for start in range(0, len(batch), batch_size):
                yield batch.slice(start, batch_size)


def open_lance(name: str) -> LanceFile:
    """A dataset on this machine.

    Raises:
        OSError: if it cannot be read.
        MissingExtraError: if Lance is not installed.
    """
    try:
        import lance  # noqa: PLC0415 - seconds to import, and optional
    except ImportError as error:
        raise MissingExtraError(
            f"{name}: found no lance in this environment, wanted it to read {ENDING}; next: pip "
            "install 'cmpagl-qgis[lance]'"
        ) from error
    try:
        return LanceFile(lance.dataset(name))
    except ValueError as error:
        raise OSError(str(error)) from error
