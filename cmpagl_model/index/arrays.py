"""An index's chips as memory-mapped arrays, derived from its parts; made in :mod:`.arrays_build`.

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
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from cmpagl_model.atomic import delete
from cmpagl_model.table.checked import BlockChecksums, ChecksummedArray, MappedFile, sums_of
from cmpagl_model.table.chips import ChipTable, Packed
from cmpagl_model.table.codes import CodeBook, Coded
from cmpagl_model.table.embeddings import Embeddings
from cmpagl_model.table.groups import Groups

from .arrays_manifest import COPIED, SUMMED, VERSION, Manifest, PartFile, UnfitArraysError, digest
from .files import bytes_of
from .format import PARTS, place_of
from .imported_columns import with_imported
from .loaded import LoadedIndex

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from .arrays_manifest import PartPlace
    from .format import IndexInfo

CACHE, PREFIX, MANIFEST = "_cache", "arrays-", "manifest.json"
KEY_DIGITS = 16
MOST_MAPS, OPEN_AT_ONCE, OTHER_FILES = 12_000, 4, 256
"""Parts mapped at most, a quarter of what Linux lets a process map; an engine has some indexes
open at the same time, and other files."""


def list_parts(folder: Path, info: IndexInfo) -> tuple[PartFile, ...]:
    """The parts that a version names and that are there, by name."""
    found, parts = [], f"{folder}{os.sep}{PARTS}{os.sep}"
    for entry in info.parts:
        try:
            about = os.stat(parts + entry.name)  # noqa: PTH116 - a Path for each of thousands
        except OSError:
            continue  # who decodes says that it is missing
        found.append(PartFile(entry.name, about.st_size, about.st_mtime_ns))
    return tuple(found)


def arrays_folder(folder: Path, listed: tuple[PartFile, ...], info: IndexInfo) -> Path:
    """Where the arrays of an index with just these parts lie; that one is lost makes others."""
    files = [[part.name, part.size, part.mtime_ns] for part in listed]
    there = {part.name for part in listed}
    files += [[part.name] for part in info.parts if part.name not in there]
    about = [VERSION, may_map(len(listed)), info.model.fingerprint, info.embedding_size]
    return place_of(folder, CACHE) / f"{PREFIX}{digest(json.dumps([about, files]))[:KEY_DIGITS]}"


def may_map(parts: int) -> bool:
    """Whether so many parts can be mapped where they lie; else their embeddings are copied.

    Windows lets nobody replace or delete a file that is mapped, and indexing does both.
    """
    if sys.platform == "win32" or parts > MOST_MAPS:
        return False
    if sys.version_info >= (3, 13):
        return True  # mapping keeps no file open
    return may_open(OPEN_AT_ONCE * parts + OTHER_FILES)


def may_open(files: int) -> bool:
    """Whether the system lets a process open so many files; beside those that are open, if it can.

    The limit is raised where need be.
    """
    if sys.platform == "win32":
        return True
    import resource  # noqa: PLC0415 - not on Windows

    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if now == resource.RLIM_INFINITY:
        return True
    is_bounded = most not in (resource.RLIM_INFINITY, -1)
    if is_bounded and files > most:
        return False
    try:
        wanted = files + len(os.listdir("/dev/fd"))  # noqa: PTH208 - names only
        wanted = min(wanted, most) if is_bounded else wanted
        if wanted > now:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
    except (OSError, ValueError):
        return files <= now
    return True


def read_manifest(folder: Path) -> Manifest:
    """The manifest of arrays whose files all have the right length.

    Raises:
        UnfitArraysError: if there are none, or something is wrong with them.
    """
    try:
        manifest = Manifest.from_json(bytes_of(folder / MANIFEST).decode())
        for name, dtype, shape in manifest.files():
            wanted = dtype.itemsize * int(np.prod(shape, dtype=np.int64))
            if (folder / name).stat().st_size != wanted:
                raise UnfitArraysError(f"{name} has another length")
    except (OSError, UnicodeDecodeError) as error:
        raise UnfitArraysError(str(error)) from error
    return manifest


def read_arrays(folder: Path, info: IndexInfo, listed: tuple[PartFile, ...]) -> LoadedIndex:
    """Map arrays.

    Args:
        folder: theirs.
        info: the version of the index.
        listed: its parts.

    Raises:
        UnfitArraysError: if there are none that are whole and of these parts.
    """
    manifest = read_manifest(folder)
    told = {problem.path for problem in manifest.problems}
    known = {part.file for part in manifest.parts}
    if known - set(listed) or {part.name for part in set(listed) - known} - told:
        delete(folder / MANIFEST)
        raise UnfitArraysError("of other parts")
    table = mapped_table(folder, manifest)
    files = [(part.file.name, part.rows) for part in manifest.parts]
    return LoadedIndex(info, with_imported(table, folder.parent.parent, files), manifest.problems)


def mapped_table(folder: Path, manifest: Manifest) -> ChipTable:
    """The chips of arrays that were checked.

    Raises:
        UnfitArraysError: if a file cannot be mapped, or is not what it was.
    """
    found = MappedArrays(folder, manifest)
    plain, checked, book = found.plain, found.checked, manifest.book
    coded = None
    if book.size:
        codes = CodeBook(plain["centre"], plain["axes"], book.step, book.left_out)
        groups = None
        if book.groups:
            groups = Groups(
                plain["starts"], plain["middles"], plain["spreads"],
                checked["order"], checked["places"],
            )  # fmt: skip
        coded = Coded(codes, checked["codes"], groups)
    return ChipTable.of(
        manifest.scenes,
        [(part.rows, part.scene) for part in manifest.parts],
        Packed(checked["rows"], plain["blocks"], checked["shapes"]),
        found.embeddings(),
        ground_sizes_m=manifest.ground_sizes_m,
        coded=coded,
    )


class MappedArrays:
    """The arrays in a folder, mapped."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        """Map them and compare those that are read whole.

        Raises:
            UnfitArraysError: if one cannot be mapped, or is not what it was.
        """
        self._folder, self._manifest = folder, manifest
        self.plain: dict[str, NDArray[Any]] = {}
        """Those that were compared now, and embeddings, which :meth:`embeddings` looks after."""
        self.checked: dict[str, ChecksummedArray] = {}
        """Those that are compared block by block."""
        mapped_files = {}
        try:
            for name, dtype, shape in manifest.files():
                path = folder / name
                mapped_files[name] = MappedFile.of(path, path.stat())
                # An empty file cannot be mapped; slices of np.memmap cost more than what they hold.
                self.plain[name] = np.asarray(
                    np.memmap(path, dtype, "r", shape=shape)
                    if all(shape)
                    else np.empty(shape, dtype)
                )
        except (OSError, ValueError) as error:
            raise UnfitArraysError(str(error)) from error
        for name, checksum in manifest.checksums.items():
            if zlib.crc32(np.ascontiguousarray(self.plain[name]).data) != checksum:
                delete(folder / MANIFEST)  # so that rebuilt arrays can be put here
                raise UnfitArraysError(f"{name} has changed")
        self._copied = mapped_files["embeddings"]
        ends = np.cumsum(manifest.sums())
        sums = np.split(np.array(self.plain["sums"]), ends[:-1])
        self._part_sums = sums[len(SUMMED) :]
        for name, own in zip(SUMMED, sums, strict=False):
            array = self.plain.pop(name)
            pieces = [array] if len(own) else []
            checksums = BlockChecksums(
                pieces, own, [mapped_files[name]] * len(pieces), folder / MANIFEST
            )
            self.checked[name] = ChecksummedArray(array, checksums)

    def part_sums(self, part: int) -> NDArray[np.uint32]:
        """The checksums of the embeddings of a part."""
        return self._part_sums[part]

    def compare_copies(self) -> None:
        """Compare the embeddings that the arrays hold with their checksums.

        Raises:
            UnfitArraysError: if they have changed.
        """
        start, copied = 0, self.plain["embeddings"]
        for part, sums in zip(self._manifest.parts, self._part_sums, strict=True):
            if part.offset == COPIED:
                own = copied[start : start + part.rows]
                start += part.rows
                if not np.array_equal(sums_of(own), sums):
                    raise UnfitArraysError(f"embeddings of {part.file.name} have changed")

    def embeddings(self) -> Embeddings:
        """The embeddings of all parts, mapped where they lie.

        Raises:
            UnfitArraysError: if a part has changed or cannot be mapped.
        """
        copied, manifest = self.plain["embeddings"], self._manifest
        pieces, mapped_files = mapped_pieces(self._folder, manifest.parts, copied, self._copied)
        used = [number for number, piece in enumerate(pieces) if len(piece)]
        sums = np.concatenate([np.empty(0, np.uint32), *self._part_sums])
        checksums = BlockChecksums(
            [pieces[number] for number in used],
            sums,
            [mapped_files[number] for number in used],
            self._folder / MANIFEST,
        )
        return Embeddings(pieces, copied.shape[1], checksums)


def mapped_pieces(
    folder: Path,
    parts: tuple[PartPlace, ...],
    copied: NDArray[np.float16],
    copies: MappedFile,
) -> tuple[list[NDArray[np.float16]], list[MappedFile]]:
    """The embeddings of parts, mapped where they lie, and the files that they lie in.

    Args:
        folder: of the arrays, in the index of the parts.
        parts: which.
        copied: those that the arrays hold.
        copies: the file of those.

    Raises:
        UnfitArraysError: if a part has changed or cannot be mapped.
    """
    parts_folder, size = folder.parent.parent / PARTS, copied.shape[1]
    pieces, mapped_files, start = [], [], 0
    for part in parts:
        if part.offset == COPIED:
            pieces.append(copied[start : start + part.rows])
            mapped_files.append(copies)
            start += part.rows
        else:
            path = parts_folder / part.file.name
            options: dict[str, Any] = {"trackfd": False} if sys.version_info >= (3, 13) else {}
            try:
                with path.open("rb") as stream:
                    about = os.fstat(stream.fileno())
                    if (about.st_size, about.st_mtime_ns) != (part.file.size, part.file.mtime_ns):
                        raise UnfitArraysError(f"{path.name} has changed")
                    whole = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ, **options)
                numbers = np.frombuffer(whole, "<f2", part.rows * size, part.offset)
            except (OSError, ValueError) as error:
                raise UnfitArraysError(str(error)) from error
            pieces.append(numbers.reshape(part.rows, size))
            mapped_files.append(MappedFile.of(path, about))
    return pieces, mapped_files
