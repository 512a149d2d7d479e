"""An index's chips as memory-mapped arrays, derived from its parts. Start at :func:`open_chips`.

Embeddings are mapped where they lie in the parts; what else a search needs lies in
``cache/arrays-KEY/``, where KEY stands for the parts it was made from, and may be deleted at any
time. Whoever finds none that fit makes them, whole or not at all; where the folder cannot be
written the chips are kept in memory.
"""

from __future__ import annotations

import json
import mmap
import os
import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from .codes import CodeBook, Coded
from .embeddings import Embeddings
from .format import PARTS
from .manifest import COPIED, VERSION, Manifest, PartFile, UnfitArraysError, digest
from .table import ChipTable, LoadedIndex, Packed

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from .format import IndexInfo
    from .manifest import PartPlace

CACHE, PREFIX, MANIFEST = "cache", "arrays-", "manifest.json"
PACKED = ("places", "kind_of", "bases", "boxes", "ends", "shapes", "kinds")
"""Files with the columns of :class:`~cmpagl_model.index.table.Packed`."""
KEY_DIGITS = 16
ATTEMPTS = 3
MOST_MAPS, OPEN_AT_ONCE, OTHER_FILES = 12_000, 4, 256
"""Parts mapped at most, a quarter of what Linux lets a process map; an engine has some indexes
open at the same time, and other files."""


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
        except UnfitArraysError:
            pass  # a part went while it was read
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
    about = [VERSION, may_map(len(listed)), info.model.fingerprint, info.embedding_size]
    return folder / CACHE / f"{PREFIX}{digest(json.dumps([about, files]))[:KEY_DIGITS]}"


def may_map(parts: int) -> bool:
    """Whether so many parts can be mapped where they lie; else their embeddings are copied.

    Windows lets nobody replace or delete a file that is mapped, and indexing does both.
    """
    if sys.platform == "win32" or parts > MOST_MAPS:
        return False
    if sys.version_info >= (3, 13):
        return True  # mapping keeps no file open
    import resource  # noqa: PLC0415 - not on Windows

    wanted = OPEN_AT_ONCE * parts + OTHER_FILES
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if wanted <= now or now == resource.RLIM_INFINITY:
        return True
    if most not in (resource.RLIM_INFINITY, -1) and wanted > most:
        return False
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
    except (OSError, ValueError):
        return False
    return True


def read_manifest(place: Path) -> Manifest:
    """The manifest of arrays whose files all have the right length.

    Raises:
        UnfitArraysError: if there are none, or something is wrong with them.
    """
    try:
        manifest = Manifest.from_json((place / MANIFEST).read_text(encoding="utf-8"))
        for name, kind, shape in manifest.files():
            wanted = kind.itemsize * int(np.prod(shape, dtype=np.int64))
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
    return LoadedIndex(info, mapped_table(place, manifest), manifest.problems)


def mapped_table(place: Path, manifest: Manifest) -> ChipTable:
    """The chips of arrays that were checked.

    Raises:
        UnfitArraysError: if a file cannot be mapped.
    """
    found = mapped_files(place, manifest)
    coded = None
    if manifest.book.size:
        book = manifest.book
        coded = Coded(
            CodeBook(found["centre"], found["axes"], book.step, book.left_out), found["codes"]
        )
    return ChipTable.of(
        manifest.scenes,
        [(part.rows, part.kinds, part.scene) for part in manifest.parts],
        Packed(**{name: found[name] for name in PACKED}),
        mapped_embeddings(place, manifest.parts, found["embeddings"]),
        coded,
    )


def mapped_files(place: Path, manifest: Manifest) -> dict[str, NDArray[Any]]:
    """The arrays in a folder, by name.

    Raises:
        UnfitArraysError: if one cannot be mapped.
    """
    try:
        return {name: _mapped(place / name, kind, shape) for name, kind, shape in manifest.files()}
    except (OSError, ValueError) as error:
        raise UnfitArraysError(str(error)) from error


def _mapped(path: Path, kind: np.dtype[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    if not np.prod(shape, dtype=np.int64):
        return np.empty(shape, kind)  # an empty file cannot be mapped
    # A plain array over the mapping: slices of np.memmap cost more than what they hold.
    return np.asarray(np.memmap(path, kind, "r", shape=shape)).view(np.ndarray)


def mapped_embeddings(
    place: Path, parts: tuple[PartPlace, ...], copied: NDArray[np.float16]
) -> Embeddings:
    """The embeddings of parts, mapped where they lie.

    Args:
        place: the folder of the arrays, in the index of the parts.
        parts: which.
        copied: those that the arrays hold.

    Raises:
        UnfitArraysError: if a part has changed or cannot be mapped.
    """
    folder, size, pieces = place.parent.parent / PARTS, copied.shape[1], []
    start = 0
    for part in parts:
        if part.page == COPIED:
            pieces.append(copied[start : start + part.rows])
            start += part.rows
        else:
            pieces.append(_mapped_page(folder / part.file.name, part, size))
    return Embeddings(pieces, size)


def _mapped_page(path: Path, part: PartPlace, size: int) -> NDArray[np.float16]:
    options: dict[str, Any] = {"trackfd": False} if sys.version_info >= (3, 13) else {}
    try:
        with path.open("rb") as stream:
            about = os.fstat(stream.fileno())
            if (about.st_size, about.st_mtime_ns) != (part.file.size, part.file.mtime_ns):
                raise UnfitArraysError(f"{path.name} has changed")
            whole = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ, **options)
        numbers = np.frombuffer(whole, "<f2", part.rows * size, part.page)
    except (OSError, ValueError) as error:
        raise UnfitArraysError(str(error)) from error
    return numbers.reshape(part.rows, size)
