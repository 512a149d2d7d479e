"""Make the memory-mapped arrays of an index: only parts that were not there before are decoded."""

from __future__ import annotations

import os
import time
import zlib
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from cmpagl_model.atomic import patiently
from cmpagl_model.errors import DamagedArraysError
from cmpagl_model.table.checked import MappedFile, sums_of
from cmpagl_model.table.codes import CODES_FROM, CodeBook, fit_codes, sample_of, still_fits
from cmpagl_model.table.embeddings import Embeddings
from cmpagl_model.table.groups import GROUPED_FROM, count_of_groups, fit_centroids, grouped, nearest

from .arrays import (
    MANIFEST,
    PREFIX,
    MappedArrays,
    list_parts,
    mapped_pieces,
    may_map,
    read_manifest,
)
from .arrays_manifest import (
    COPIED,
    NO_BOOK,
    SUMMED,
    CodeBookInfo,
    Manifest,
    PartPlace,
    UnfitArraysError,
)
from .catalogue import Part, readable_parts
from .files import ARRAY_FILE, delete_folder, is_abandoned
from .format import PARTS
from .load import PackedPart, decoded
from .part_records import PartRecord
from .parts import embeddings_offset

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from cmpagl_model.records import Problem
    from cmpagl_model.table.groups import Labels
    from tiling import SceneRecord

    from .arrays_manifest import PartFile
    from .format import IndexInfo

UNFINISHED, DAMAGED = ".making-", "-damaged"
GROUP_FILES = {
    "order": "order", "places": "places", "starts": "starts", "middles": "centroids",
    "spreads": "variances",
}  # fmt: skip
"""Files of a group's arrays, and what :class:`~cmpagl_model.table.groups.Groups` calls them."""
CODE_FILES = ("codes", "centre", "axes", *GROUP_FILES)
GROUPED_AT_A_TIME = 1 << 18
REFIT_GROWTH = 1.5
"""Codes are fitted again once an index has so many times the chips that they were fitted to."""


def build_arrays(folder: Path, info: IndexInfo, listed: tuple[PartFile, ...], target: Path) -> None:
    """Make arrays and put them in their place, whole or not at all.

    Args:
        folder: the index.
        info: its version.
        listed: its parts. If they are others by the time all is read, nothing is put in place.
        target: where the arrays belong.

    Raises:
        OSError: if the folder cannot be written.
        UnfitArraysError: if a part went while it was read.
    """
    target.parent.mkdir(exist_ok=True)
    making = target.parent / f"{UNFINISHED}{os.getpid()}-{time.monotonic_ns()}"
    making.mkdir()
    try:
        _write(folder, info, listed, making)
        if list_parts(folder, info) == listed:
            _put(making, target)
            for other in target.parent.iterdir():  # of earlier states, and of killed processes
                old = other.name.startswith(PREFIX) and other != target
                over = other.name.endswith(DAMAGED) or is_abandoned(other)
                if old or (other.name.startswith(UNFINISHED) and over):
                    delete_folder(other, ARRAY_FILE)
    finally:
        delete_folder(making, ARRAY_FILE)


def _write(folder: Path, info: IndexInfo, listed: tuple[PartFile, ...], making: Path) -> None:
    files = {part.name: part for part in listed}
    earlier = _PreviousArrays.newest(making.parent, info)
    known = list(earlier.parts(folder, info, set(listed))) if earlier else []
    parts, problems = readable_parts(folder, info, known)
    parts = [part for part in parts if part.path.name in files]
    scenes: dict[str, int] = {}
    records: list[SceneRecord] = []
    with _Writer(making, mapping=may_map(len(listed))) as writer:
        for part, rows in _rows(parts, files, earlier, info, problems):
            if part.key not in scenes:
                scenes[part.key] = len(records)
                records.append(part.record.scene)
            writer.add(part, files[part.path.name], scenes[part.key], rows)
    manifest = Manifest(
        model=info.model.fingerprint,
        embedding_size=info.embedding_size,
        ground_sizes_m=tuple(sorted(writer.ground_sizes_m)),
        book=NO_BOOK,
        parts=tuple(writer.places),
        scenes=tuple(records),
        problems=tuple(problems),
        checksums={},
    )
    copied = np.fromfile(making / "embeddings", "<f2").reshape(-1, info.embedding_size)
    file = making / "embeddings"
    pieces, _ = mapped_pieces(making, manifest.parts, copied, MappedFile.of(file, file.stat()))
    embeddings = Embeddings(pieces, info.embedding_size)
    manifest = replace(manifest, book=_write_codes(making, manifest.parts, embeddings, earlier))
    manifest = _summed(making, manifest, writer.part_sums)
    (making / MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
    for file in making.iterdir():  # on disk, for lengths are checked later, contents are not
        with file.open("rb+") as stream:
            os.fsync(stream.fileno())


def _summed(making: Path, manifest: Manifest, part_sums: list[NDArray[np.uint32]]) -> Manifest:
    """Write the checksums of blocks, and put those of whole files into the manifest."""
    shapes = {name: (dtype, shape) for name, dtype, shape in manifest.files() if name != "sums"}

    def read(name: str) -> NDArray[Any]:
        dtype, shape = shapes[name]
        return np.fromfile(making / name, dtype).reshape(shape)

    own = [sums_of(read(name)) if shapes[name][1][0] else np.empty(0, np.uint32) for name in SUMMED]
    sums = np.concatenate([*own, *part_sums]) if part_sums else np.concatenate(own)
    (making / "sums").write_bytes(sums.astype("<u4").tobytes())
    whole = [name for name in shapes if name not in {*SUMMED, "embeddings"}]
    checksums = {name: zlib.crc32((making / name).read_bytes()) for name in [*whole, "sums"]}
    return replace(manifest, checksums=checksums)


def _rows(
    parts: list[Part],
    files: dict[str, PartFile],
    earlier: _PreviousArrays | None,
    info: IndexInfo,
    problems: list[Problem],
) -> Iterator[tuple[Part, tuple[PackedPart, int, NDArray[np.uint32]]]]:
    """The rows of all parts, those of unchanged parts from earlier arrays, and their pages.

    The offset of a part is where its embeddings begin in the file; with it come their checksums.
    """
    for part in parts:
        known = earlier.rows(files[part.path.name]) if earlier else None
        if known is not None:
            yield part, known
            continue
        for _, columns in decoded([part], info, problems):
            offset = embeddings_offset(part.path, columns.embeddings)
            sums = sums_of(columns.embeddings)
            yield part, (columns, COPIED if offset is None else offset, sums)


class _PreviousArrays:
    """Arrays made before some parts were added: what has not changed is taken from them."""

    def __init__(self, manifest: Manifest, arrays: MappedArrays) -> None:
        self.manifest, self._arrays = manifest, arrays
        self._found = {**arrays.plain, **{name: one[:] for name, one in arrays.checked.items()}}
        self._number = {place.file: number for number, place in enumerate(manifest.parts)}
        counts = np.array(
            [
                (one.rows, one.blocks, one.shape_bytes, one.rows if one.offset == COPIED else 0)
                for one in manifest.parts
            ], np.int64,
        ).reshape(-1, 4)  # fmt: skip
        self._begins = np.vstack([np.zeros((1, 4), np.int64), np.cumsum(counts, axis=0)]).tolist()

    @classmethod
    def newest(cls, cache: Path, info: IndexInfo) -> _PreviousArrays | None:
        """The youngest whole arrays in a cache folder; ``None`` if there are none."""
        for folder in sorted(cache.glob(f"{PREFIX}*"), key=_age):
            with suppress(UnfitArraysError, DamagedArraysError):
                manifest = read_manifest(folder)
                found = manifest.model, manifest.embedding_size
                if found == (info.model.fingerprint, info.embedding_size):
                    return cls(manifest, MappedArrays(folder, manifest))
        return None

    def parts(self, folder: Path, info: IndexInfo, listed: set[PartFile]) -> Iterator[Part]:
        """The parts that are the same files still; what was left out of them is not told."""
        entries = {entry.name: entry for entry in info.parts}
        for place in self.manifest.parts:
            entry = entries.get(place.file.name)
            if place.file in listed and entry:
                scene = self.manifest.scenes[place.scene]
                record = PartRecord(scene, info.model, place.plan_chips, entry.number, (), ())
                yield Part(folder / PARTS / entry.name, entry, record)

    def rows(self, file: PartFile) -> tuple[PackedPart, int, NDArray[np.uint32]] | None:
        """The rows of a part, where its embeddings lie and their checksums, if it is unchanged."""
        number = self._number.get(file)
        if number is None:
            return None
        offset, found = self.manifest.parts[number].offset, self._found
        rows, blocks, shapes, copied = (
            slice(begin, end)
            for begin, end in zip(self._begins[number], self._begins[number + 1], strict=True)
        )
        # Embeddings that are mapped where they lie need not be looked at.
        embeddings, sums = found["embeddings"][copied], self._arrays.part_sums(number)
        if offset == COPIED and not np.array_equal(sums_of(embeddings), sums):
            return None
        own = found["rows"][rows]
        if shapes.start:
            own = own.copy()
            own["at"] -= shapes.start
        arrays = PackedPart(own, found["blocks"][blocks], found["shapes"][shapes], embeddings)
        return arrays, offset, sums

    def codes(self, file: PartFile) -> NDArray[np.int8] | None:
        """The codes of a part, if it is the same file."""
        number = self._number.get(file)
        if number is None:
            return None
        own: Any = slice(self._begins[number][0], self._begins[number + 1][0])
        if self.manifest.book.groups:
            own = self._found["places"][own]
        codes: NDArray[np.int8] = self._found["codes"][own]
        return codes

    def labels(self, file: PartFile) -> Labels | None:
        """The groups of a part's chips, if it is the same file."""
        number = self._number.get(file)
        if number is None:
            return None
        own = slice(self._begins[number][0], self._begins[number + 1][0])
        places, starts = self._found["places"][own], self._found["starts"]
        labels = (np.searchsorted(starts, places, "right") - 1).astype(np.uint16)
        outliers = labels == self.manifest.book.groups
        labels[outliers] = nearest(self._found["codes"][places[outliers]], self._found["middles"])
        return labels

    def centroids(self) -> NDArray[np.float32] | None:
        """The centroids of groups; ``None``: there are none."""
        return self._found["middles"] if self.manifest.book.groups else None

    def book(self) -> CodeBook | None:
        """How codes were made; ``None``: there are none."""
        info = self.manifest.book
        if not info.size:
            return None
        return CodeBook(self._found["centre"], self._found["axes"], info.step, info.left_out)


class _Writer:
    """Appends the rows of parts to files."""

    def __init__(self, folder: Path, *, mapping: bool) -> None:
        self._stack, self._folder, self._mapping = ExitStack(), folder, mapping
        self._files: dict[str, IO[bytes]] = {
            name: self._stack.enter_context((folder / name).open("wb"))
            for name in ("rows", "blocks", "shapes", "embeddings")
        }
        self._shape_bytes = 0
        self.places: list[PartPlace] = []
        self.part_sums: list[NDArray[np.uint32]] = []
        self.ground_sizes_m: set[float] = set()

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def add(
        self,
        part: Part,
        file: PartFile,
        scene: int,
        rows: tuple[PackedPart, int, NDArray[np.uint32]],
    ) -> None:
        """Append a part.

        Args:
            part: the part.
            file: the same, as it was listed.
            scene: place of its scene.
            rows: its rows, where its embeddings lie in the file, and their checksums.
        """
        arrays, offset, sums = rows
        self.part_sums.append(sums)
        offset = offset if self._mapping and len(arrays) else COPIED
        self.ground_sizes_m.update(np.unique(arrays.rows["ground_m"]).tolist())
        own = arrays.rows
        if self._shape_bytes:
            own = own.copy()
            own["at"] += self._shape_bytes
        self._append("rows", own)
        self._append("blocks", arrays.blocks)
        self._append("shapes", arrays.shapes)
        if offset == COPIED:
            self._append("embeddings", arrays.embeddings)
        size = len(arrays.shapes)
        plan = part.record.plan_chips
        self.places.append(PartPlace(file, len(arrays), size, scene, plan, offset))
        self._shape_bytes += size

    def _append(self, name: str, rows: NDArray[Any]) -> None:
        self._files[name].write(np.ascontiguousarray(rows).data)


def _write_codes(
    making: Path,
    parts: tuple[PartPlace, ...],
    embeddings: Embeddings,
    earlier: _PreviousArrays | None,
) -> CodeBookInfo:
    count = len(embeddings)
    for name in CODE_FILES:
        (making / name).touch()
    if count < CODES_FROM:
        return NO_BOOK
    kept = _kept_book(parts, embeddings, earlier)
    earlier = earlier if kept else None
    book = kept or fit_codes(sample_of(embeddings))
    fitted = earlier.manifest.book.chips if earlier else count
    info = CodeBookInfo(book.size, book.step, book.left_out, fitted)
    with (making / "codes").open("wb") as codes:
        start = 0
        for part in parts:
            known = earlier.codes(part.file) if earlier else None
            rows = embeddings[start : start + part.rows]
            codes.write((book.encode(rows) if known is None else known).tobytes())
            start += part.rows
    (making / "centre").write_bytes(book.centre.tobytes())
    (making / "axes").write_bytes(book.axes.tobytes())
    if count < GROUPED_FROM:
        return info
    return replace(info, groups=_write_groups(making, parts, (count, book.size), earlier))


def _write_groups(
    making: Path,
    parts: tuple[PartPlace, ...],
    shape: tuple[int, int],
    earlier: _PreviousArrays | None,
) -> int:
    """Put the codes of all parts into groups, those of an earlier state as far as there are any.

    Returns:
        How many groups there are.
    """
    given = (making / "codes").rename(making / "ungrouped")
    codes = np.memmap(given, np.int8, "r", shape=shape)
    centroids = earlier.centroids() if earlier else None
    known = earlier if centroids is not None else None
    centroids = (
        fit_centroids(codes, count_of_groups(len(codes))) if centroids is None else centroids
    )
    labels, start = np.empty(len(codes), np.uint16), 0
    for part in parts:
        own = slice(start, start + part.rows)
        found = known.labels(part.file) if known else None
        labels[own] = nearest(codes[own], centroids) if found is None else found
        start += part.rows
    groups = grouped(codes, labels, len(centroids))
    with (making / "codes").open("wb") as stream:
        for start in range(0, len(codes), GROUPED_AT_A_TIME):
            stream.write(codes[groups.order[start : start + GROUPED_AT_A_TIME]].tobytes())
    for name, field in GROUP_FILES.items():
        (making / name).write_bytes(getattr(groups, field).tobytes())
    del codes
    given.unlink()
    return len(centroids)


def _kept_book(
    parts: tuple[PartPlace, ...], embeddings: Embeddings, earlier: _PreviousArrays | None
) -> CodeBook | None:
    """The code book of earlier arrays, if it does for the embeddings added since."""
    book = earlier.book() if earlier else None
    if earlier is None or book is None:
        return None
    if len(embeddings) > REFIT_GROWTH * earlier.manifest.book.chips:
        return None
    start = 0
    for part in parts:
        rows = slice(start, start + part.rows)
        start += part.rows
        if earlier.codes(part.file) is None and not still_fits(book, embeddings[rows]):
            return None
    return book


def _put(making: Path, target: Path) -> None:
    """Rename a finished folder to its target, unless another process was first.

    Raises:
        OSError: if it cannot be renamed.
    """
    try:
        patiently(lambda: making.rename(target), target)
    except OSError:
        try:
            read_manifest(target)  # made by another process at the same time: as good as ours
        except UnfitArraysError:
            target.rename(making.with_name(f"{making.name}{DAMAGED}"))
            making.rename(target)


def _age(folder: Path) -> float:
    """Sorts the youngest first; a folder that is gone meanwhile comes last."""
    try:
        return -folder.stat().st_mtime
    except OSError:
        return 0.0
