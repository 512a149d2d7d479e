"""Make the memory-mapped arrays of an index: only parts that were not there before are decoded."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import ExitStack
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from .arrays import (
    COLUMNS,
    MANIFEST,
    PREFIX,
    Manifest,
    PartFile,
    PartPlace,
    UnfitArraysError,
    list_parts,
    mapped_table,
    read_manifest,
)
from .catalogue import Catalogue
from .codes import CODES_FROM, ENCODED_AT_A_TIME, CodeBook, fit_codes, sample_of
from .load import PartColumns, decoded, usable_parts
from .table import ShapeBytes, block_bounds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from cmpagl_model.records import Problem
    from tiling import SceneRecord

    from .catalogue import Part
    from .format import IndexInfo
    from .table import ChipTable

UNFINISHED = ".making-"
ABANDONED_S = 3600
"""An unfinished folder that nobody has touched for so long belongs to a process that was killed."""


def build_arrays(folder: Path, info: IndexInfo, listed: tuple[PartFile, ...], place: Path) -> None:
    """Make arrays and put them in their place, whole or not at all.

    Args:
        folder: the index.
        info: its front page.
        listed: its parts. If they are others by the time all is read, nothing is put in place.
        place: where the arrays belong.

    Raises:
        OSError: if the folder cannot be written.
    """
    place.parent.mkdir(exist_ok=True)
    making = place.parent / f"{UNFINISHED}{os.getpid()}-{time.monotonic_ns()}"
    making.mkdir()
    try:
        _write(folder, info, listed, making)
        if list_parts(folder) == listed:
            _put(making, place)
            _tidy(place)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _write(folder: Path, info: IndexInfo, listed: tuple[PartFile, ...], making: Path) -> None:
    files = {part.name: part for part in listed}
    parts, problems = usable_parts(Catalogue.of(folder), info)
    parts = [part for part in parts if part.path.name in files]
    earlier = _Earlier.newest(making.parent, info)
    scenes: dict[str, int] = {}
    records: list[SceneRecord] = []
    with _Writer(making) as writer:
        for part, columns in _rows(parts, files, earlier, info, problems):
            if part.key not in scenes:
                scenes[part.key] = len(records)
                records.append(part.record.scene)
            writer.add(files[part.path.name], columns, scenes[part.key])
    book = _write_codes(making, writer.count, info.embedding_size)
    manifest = Manifest(
        chips=writer.count,
        embedding_size=info.embedding_size,
        code_size=book.size if book else 0,
        code_step=book.step if book else 0.0,
        code_left_out=book.left_out if book else 0.0,
        shape_bytes=writer.shape_bytes,
        blocks=_write_blocks(making, writer.count),
        parts=tuple(writer.places),
        scenes=tuple(records),
        problems=tuple(problems),
    )
    (making / MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
    for file in making.iterdir():
        _flush(file)


def _flush(path: Path) -> None:
    """Wait until a file is on disk: lengths are checked later, contents are not."""
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


def _rows(
    parts: list[Part],
    files: dict[str, PartFile],
    earlier: _Earlier | None,
    info: IndexInfo,
    problems: list[Problem],
) -> Iterator[tuple[Part, PartColumns]]:
    """The rows of all parts, those of unchanged parts from earlier arrays."""
    for part in parts:
        known = earlier.rows(files[part.path.name]) if earlier else None
        if known is None:
            yield from decoded([part], info, problems)
        else:
            yield part, known


class _Earlier:
    """Arrays made before some parts were added: what has not changed is taken from them."""

    def __init__(self, manifest: Manifest, table: ChipTable) -> None:
        self._places = {place.file: place for place in manifest.parts}
        self._table = table

    @classmethod
    def newest(cls, cache: Path, info: IndexInfo) -> _Earlier | None:
        """The youngest whole arrays in a cache folder; ``None`` if there are none."""
        found = (cls._of(folder, info) for folder in sorted(cache.glob(f"{PREFIX}*"), key=_age))
        return next((one for one in found if one is not None), None)

    @classmethod
    def _of(cls, folder: Path, info: IndexInfo) -> _Earlier | None:
        try:
            manifest = read_manifest(folder)
            table = mapped_table(folder, manifest)
        except UnfitArraysError:
            return None
        return cls(manifest, table) if manifest.embedding_size == info.embedding_size else None

    def rows(self, file: PartFile) -> PartColumns | None:
        """The rows of a part, if it is the same file."""
        place = self._places.get(file)
        if place is None:
            return None
        rows, table = slice(place.start, place.start + place.count), self._table
        before = int(table.shapes.ends[place.start - 1]) if place.start and place.count else 0
        ends = table.shapes.ends[rows] - before
        size = int(ends[-1]) if place.count else 0
        return PartColumns(
            windows=table.windows[rows],
            bounds=table.bounds[rows],
            gsd_m=table.gsd_m[rows],
            ground_m=table.ground_m[rows],
            valid=table.valid[rows],
            edge=table.edge[rows],
            embeddings=table.embeddings[rows],
            shapes=ShapeBytes(table.shapes.data[before : before + size], ends),
        )


class _Writer:
    """Appends the rows of parts to files."""

    def __init__(self, folder: Path) -> None:
        self._stack = ExitStack()
        names = [*(name for name, _, _ in COLUMNS), "embeddings", "shapes"]
        self._files: dict[str, IO[bytes]] = {
            name: self._stack.enter_context((folder / name).open("wb")) for name in names
        }
        self.count = self.shape_bytes = 0
        self.places: list[PartPlace] = []

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def add(self, file: PartFile, columns: PartColumns, scene: int) -> None:
        count = len(columns)
        self._append("scene_of", np.full(count, scene, np.int32))
        for name in ("windows", "bounds", "gsd_m", "ground_m", "valid", "edge", "embeddings"):
            self._append(name, getattr(columns, name))
        self._append("ends", columns.shapes.ends + self.shape_bytes)
        self._append("shapes", columns.shapes.data)
        self.places.append(PartPlace(file, self.count, count))
        self.count += count
        self.shape_bytes += len(columns.shapes.data)

    def _append(self, name: str, rows: NDArray[Any]) -> None:
        self._files[name].write(np.ascontiguousarray(rows).data)


def _write_codes(making: Path, count: int, embedding_size: int) -> CodeBook | None:
    book = None
    with (making / "codes").open("wb") as codes:
        if count >= CODES_FROM:
            shape = (count, embedding_size)
            embeddings = np.memmap(making / "embeddings", np.float16, "r", shape=shape)
            book = fit_codes(sample_of(embeddings))
            for start in range(0, count, ENCODED_AT_A_TIME):
                codes.write(book.encode(embeddings[start : start + ENCODED_AT_A_TIME]).data)
    (making / "centre").write_bytes(book.centre.tobytes() if book else b"")
    (making / "axes").write_bytes(book.axes.tobytes() if book else b"")
    return book


def _write_blocks(making: Path, count: int) -> int:
    bounds = np.fromfile(making / "bounds", np.float64).reshape(count, 4)
    blocks = block_bounds(bounds)
    (making / "blocks").write_bytes(np.ascontiguousarray(blocks).tobytes())
    return len(blocks)


def _put(making: Path, place: Path) -> None:
    """Rename a finished folder to its place, unless another process was first.

    Raises:
        OSError: if it cannot be renamed.
    """
    try:
        making.rename(place)
    except OSError:
        try:
            read_manifest(place)  # made by another process at the same time: as good as ours
        except UnfitArraysError:
            place.rename(making.with_name(f"{making.name}-damaged"))
            making.rename(place)


def _tidy(place: Path) -> None:
    """Delete arrays of earlier states, and what killed processes left behind."""
    for folder in place.parent.iterdir():
        old = folder.name.startswith(PREFIX) and folder != place
        left = folder.name.startswith(UNFINISHED) and _is_abandoned(folder)
        if old or left:
            shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(folder: Path) -> bool:
    return folder.name.endswith("-damaged") or -_age(folder) < time.time() - ABANDONED_S


def _age(folder: Path) -> float:
    """Sorts the youngest first; a folder that is gone meanwhile comes last."""
    try:
        return -folder.stat().st_mtime
    except OSError:
        return 0.0
