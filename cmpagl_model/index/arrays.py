"""An index's chips as memory-mapped arrays, derived from its parts. Start at :func:`open_chips`.

They lie in ``cache/arrays-KEY/``, where KEY stands for the parts they were made from, and may be
deleted at any time. Whoever finds none that fit makes them, whole or not at all; where the folder
cannot be written the chips are kept in memory.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cmpagl_model.records import Problem
from tiling import SceneRecord, TilingError

from .codes import CodeBook, Coded
from .format import PARTS
from .table import ChipTable, LoadedIndex, ShapeBytes

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from .format import IndexInfo

CACHE, PREFIX, MANIFEST = "cache", "arrays-", "manifest.json"
VERSION = 1
"""Of the files below and of the codes among them; raised when either changes."""
KEY_DIGITS = 16
ATTEMPTS = 3
COLUMNS: tuple[tuple[str, type, tuple[int, ...]], ...] = (
    ("scene_of", np.int32, ()),
    ("windows", np.int32, (4,)),
    ("bounds", np.float64, (4,)),
    ("gsd_m", np.float64, ()),
    ("ground_m", np.float64, ()),
    ("valid", np.float32, ()),
    ("edge", np.bool_, ()),
    ("ends", np.int64, ()),
)
"""Files with a row for each chip, besides embeddings and codes: name, type, shape of a row."""


class UnfitArraysError(Exception):
    """Arrays are missing, damaged or of another version: they are made anew, nobody is told."""


@dataclass(frozen=True, slots=True)
class PartFile:
    """A part as the folder lists it."""

    name: str
    """File name."""
    size: int
    """Bytes."""
    mtime_ns: int
    """Last change, ns since 1970."""


@dataclass(frozen=True, slots=True)
class PartPlace:
    """Where the rows of a part lie in the arrays."""

    file: PartFile
    """The part."""
    start: int
    """Its first row."""
    count: int
    """How many rows."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the arrays of a folder hold."""

    chips: int
    """Rows."""
    embedding_size: int
    """D."""
    code_size: int
    """Bytes in a code; 0: no codes."""
    code_step: float
    """See :class:`~cmpagl_model.index.codes.CodeBook`."""
    code_left_out: float
    """See there."""
    shape_bytes: int
    """Length of all footprints."""
    blocks: int
    """Rows of the boxes of blocks."""
    parts: tuple[PartPlace, ...]
    """The parts, in order; unreadable ones are not among them."""
    scenes: tuple[SceneRecord, ...]
    """The scenes."""
    problems: tuple[Problem, ...]
    """Parts that are missing or could not be read."""

    def files(self) -> tuple[tuple[str, type, tuple[int, ...]], ...]:
        """All files of the arrays: name, type, shape."""
        n, size, code = self.chips, self.embedding_size, self.code_size
        return (
            *((name, kind, (n, *row)) for name, kind, row in COLUMNS),
            ("embeddings", np.float16, (n, size)),
            ("shapes", np.uint8, (self.shape_bytes,)),
            ("blocks", np.float64, (self.blocks, 4)),
            ("codes", np.int8, (n if code else 0, code)),
            ("centre", np.float32, (size if code else 0,)),
            ("axes", np.float32, (size if code else 0, code)),
        )

    def to_json(self) -> str:
        """The file ``manifest.json``: the page and its SHA-256."""
        page = {
            "version": VERSION,
            "chips": self.chips,
            "embedding_size": self.embedding_size,
            "code_size": self.code_size,
            "code_step": self.code_step,
            "code_left_out": self.code_left_out,
            "shape_bytes": self.shape_bytes,
            "blocks": self.blocks,
            "parts": [
                [one.file.name, one.file.size, one.file.mtime_ns, one.start, one.count]
                for one in self.parts
            ],
            "scenes": [scene.to_json() for scene in self.scenes],
            "problems": [[problem.path, problem.reason] for problem in self.problems],
        }
        text = json.dumps(page)
        return json.dumps({"sha256": _digest(text), "page": text})

    @classmethod
    def from_json(cls, text: str) -> Manifest:
        """Read what :meth:`to_json` wrote.

        Raises:
            UnfitArraysError: if it is damaged or of another version.
        """
        try:
            outer = json.loads(text)
            page = json.loads(outer["page"])
            if outer["sha256"] != _digest(outer["page"]) or page["version"] != VERSION:
                raise UnfitArraysError("another checksum or version")
            return cls(
                chips=page["chips"],
                embedding_size=page["embedding_size"],
                code_size=page["code_size"],
                code_step=page["code_step"],
                code_left_out=page["code_left_out"],
                shape_bytes=page["shape_bytes"],
                blocks=page["blocks"],
                parts=tuple(
                    PartPlace(PartFile(name, size, mtime), start, count)
                    for name, size, mtime, start, count in page["parts"]
                ),
                scenes=tuple(SceneRecord.from_json(scene) for scene in page["scenes"]),
                problems=tuple(Problem(path, reason) for path, reason in page["problems"]),
            )
        except (KeyError, TypeError, ValueError, TilingError) as error:
            raise UnfitArraysError(str(error)) from error


def open_chips(folder: Path, info: IndexInfo) -> LoadedIndex:
    """Open the chips of an index; their arrays are made first if there are none that fit.

    Args:
        folder: the index.
        info: its front page.

    Returns:
        The chips of all readable parts, mapped from files where that is possible.
    """
    for _ in range(ATTEMPTS):
        listed = list_parts(folder)
        place = arrays_folder(folder, listed, info)
        try:
            return read_arrays(place, info)
        except UnfitArraysError:
            pass
        from .arrays_build import build_arrays  # noqa: PLC0415 - pyarrow is for those who decode

        try:
            build_arrays(folder, info, listed, place)
        except OSError:
            break  # a folder that cannot be written, or a full disk
    from .load import load_parts  # noqa: PLC0415

    return load_parts(folder, info)


def list_parts(folder: Path) -> tuple[PartFile, ...]:
    """The files in the parts folder of an index, by name; none if it is gone."""
    try:
        with os.scandir(folder / PARTS) as entries:
            found = [(entry.name, entry.stat()) for entry in entries if _is_part(entry.name)]
    except OSError:
        return ()
    return tuple(PartFile(name, about.st_size, about.st_mtime_ns) for name, about in sorted(found))


def _is_part(name: str) -> bool:
    return name.endswith(".parquet") and not name.startswith(".")


def arrays_folder(folder: Path, listed: tuple[PartFile, ...], info: IndexInfo) -> Path:
    """Where the arrays of an index with just these parts lie."""
    files = [[part.name, part.size, part.mtime_ns] for part in listed]
    key = _digest(json.dumps([VERSION, info.model.fingerprint, info.embedding_size, files]))
    return folder / CACHE / f"{PREFIX}{key[:KEY_DIGITS]}"


def read_manifest(place: Path) -> Manifest:
    """The manifest of arrays whose files all have the right length.

    Raises:
        UnfitArraysError: if there are none, or something is wrong with them.
    """
    try:
        manifest = Manifest.from_json((place / MANIFEST).read_text(encoding="utf-8"))
        for name, kind, shape in manifest.files():
            wanted = np.dtype(kind).itemsize * int(np.prod(shape, dtype=np.int64))
            if (place / name).stat().st_size != wanted:
                raise UnfitArraysError(f"{name} has another length")
    except (OSError, UnicodeDecodeError) as error:
        raise UnfitArraysError(str(error)) from error
    return manifest


def read_arrays(place: Path, info: IndexInfo) -> LoadedIndex:
    """Map arrays.

    Args:
        place: their folder.
        info: the front page of the index.

    Raises:
        UnfitArraysError: if there are none that are whole.
    """
    manifest = read_manifest(place)
    table = mapped_table(place, manifest)
    return LoadedIndex(info, table, manifest.problems)


def mapped_table(place: Path, manifest: Manifest) -> ChipTable:
    """The chips of arrays that were checked.

    Raises:
        UnfitArraysError: if a file cannot be mapped.
    """
    try:
        found = {name: _mapped(place / name, kind, shape) for name, kind, shape in manifest.files()}
    except (OSError, ValueError) as error:
        raise UnfitArraysError(str(error)) from error
    coded = None
    if manifest.code_size:
        book = CodeBook(found["centre"], found["axes"], manifest.code_step, manifest.code_left_out)
        coded = Coded(book, found["codes"])
    columns = {name: found[name] for name, _, _ in COLUMNS if name != "ends"}
    return ChipTable(
        scenes=manifest.scenes,
        embeddings=found["embeddings"],
        shapes=ShapeBytes(found["shapes"], found["ends"]),
        blocks=found["blocks"],
        coded=coded,
        **columns,
    )


def _mapped(path: Path, kind: type, shape: tuple[int, ...]) -> NDArray[Any]:
    if not np.prod(shape, dtype=np.int64):
        return np.empty(shape, kind)  # an empty file cannot be mapped
    # A plain array over the mapping: slices of np.memmap cost more than what they hold.
    return np.asarray(np.memmap(path, kind, "r", shape=shape)).view(np.ndarray)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
