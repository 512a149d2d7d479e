"""What an index should hold by its newest version, and what of that is there."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.atomic import delete
from cmpagl_model.errors import IndexFormatError
from cmpagl_model.records import Problem

from . import format as index_format
from .copies import display_name
from .files import is_abandoned
from .format import PART_NAME, PARTS, PartEntry, read_info, read_version, version_numbers
from .parts import is_whole, read_part, read_record, read_sealed_rows
from .store import store_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from cmpagl_model.records import Damage
    from tiling import SceneRecord

    from .format import IndexInfo
    from .part_records import PartRecord


@dataclass(frozen=True, slots=True)
class Part:
    """A part whose footer is readable."""

    path: Path
    """The file."""
    entry: PartEntry
    """What the manifest says of it."""
    record: PartRecord
    """Its footer."""

    @property
    def key(self) -> str:
        """Key of its scene; see :func:`~cmpagl_model.index.parts.scene_key`."""
        return self.entry.key


class Catalogue:
    """The parts of an index as a version names them; files are read where they are asked about."""

    def __init__(self, folder: Path, info: IndexInfo) -> None:
        self._folder = folder
        self._entries = {(entry.key, entry.number): entry for entry in info.parts}
        self._by_key: dict[str, list[PartEntry]] = {}
        self._by_path: dict[str, list[PartEntry]] = {}
        for entry in info.parts:
            self._by_key.setdefault(entry.key, []).append(entry)
            self._by_path.setdefault(entry.scene, []).append(entry)
        self._whole: dict[str, bool] = {}

    def paths(self) -> list[str]:
        """The paths of the scenes in the index, ascending."""
        return sorted(path for path in self._by_path if path)

    def scene_at(self, path: str) -> SceneRecord | None:
        """The record of the scene at ``path``, if the index has it."""
        for entry in self._by_path.get(path, []):
            if self._is_whole(entry):
                return read_record(self._folder / PARTS / entry.name).scene
        return None

    def given_crs(self, path: str, known: SceneRecord | None = None) -> str:
        """The CRS that a user gave for the scene at ``path``, its parts whole or not; else "".

        Args:
            path: of the scene.
            known: its record, which is looked for where it is not available.
        """
        given = next((entry.crs for entry in self._by_path.get(path, []) if entry.crs), "")
        if given:
            return given
        known = known or self.scene_at(path)  # written before entries said so
        return known.crs if known and known.crs_given else ""

    def entry(self, key: str, number: int) -> PartEntry | None:
        """Part ``number`` of the scene with ``key``, if it is named."""
        return self._entries.get((key, number))

    def has(self, key: str, number: int) -> bool:
        """Whether part ``number`` of the scene with ``key`` is there to its end, byte for byte."""
        entry = self.entry(key, number)
        return entry is not None and not entry.begun and self._is_whole(entry)

    def begun_rows(self, key: str, number: int) -> int:
        """Rows of a part that was begun, if it is there byte for byte; else 0."""
        entry = self.entry(key, number)
        there = entry is not None and entry.begun and self._is_whole(entry)
        return entry.rows if entry is not None and there else 0

    def begun(self, key: str, number: int) -> dict[int, NDArray[np.float16]]:
        """Embeddings of a part that was begun, by their chips' places in the plan; else none."""
        entry = self.entry(key, number)
        if entry is None or not self.begun_rows(key, number):
            return {}
        rows = read_sealed_rows(self._folder / PARTS / entry.name, entry, ["chip", "embedding"])
        chips = rows["chip"].to_pylist()
        vectors = np.from_dlpack(rows["embedding"].combine_chunks().flatten())
        return dict(zip(chips, vectors.reshape(len(chips), -1), strict=True))

    def of(self, key: str) -> list[PartEntry]:
        """All parts of the scene with ``key``."""
        return self._by_key.get(key, [])

    def has_others(self, path: str, key: str) -> bool:
        """Whether there are parts of another content of the file at ``path``."""
        return any(entry.key != key for entry in self._by_path.get(path, []))

    def damage(self, key: str) -> list[Damage]:
        """Chips of the scene with ``key`` that could not be decoded when they were read."""
        damaged = [entry for entry in self.of(key) if entry.damaged and self._is_whole(entry)]
        records = [read_record(self._folder / PARTS / entry.name) for entry in damaged]
        return [one for record in records for one in record.damage]

    def _is_whole(self, entry: PartEntry) -> bool:
        if entry.name not in self._whole:
            whole = is_whole(self._folder, entry)
            store = None if whole else store_of(self._folder)
            if store:  # this is its copy, which has what was asked for
                with suppress(FileNotFoundError):
                    whole = store.fetch(entry)
            self._whole[entry.name] = whole
        return self._whole[entry.name]


class OrphanParts:
    """Parts that no version names: a stopped run wrote them, and did not come to name them.

    What can be used is adopted; the rest is garbage that :meth:`sweep` collects.
    """

    def __init__(self, folder: Path, info: IndexInfo) -> None:
        self._folder, self._info = folder, info
        self._paths: dict[tuple[str, int], list[Path]] = {}
        for path in unnamed_files(folder, info):
            match = PART_NAME.match(path.name)
            if match:
                self._paths.setdefault((match[1], int(match[2])), []).append(path)

    def adopt(self, key: str, wanted: PartRecord, chips: int) -> PartEntry | None:
        """A part that is just what would be made again; ``None`` if there is none.

        Args:
            key: of its scene.
            wanted: what its footer shall say; what was skipped or damaged is not compared.
            chips: planned chips that it shall account for.
        """
        for path in self._paths.get((key, wanted.number), []):
            try:
                found, entry = read_part(path)
            except IndexFormatError:
                continue
            counted = entry.rows + len(found.damage) + sum(count for _, count in found.skipped)
            scene = replace(found.scene, mtime_ns=wanted.scene.mtime_ns)
            told = replace(found, scene=scene, skipped=wanted.skipped, damage=wanted.damage)
            if (told, counted) == (wanted, chips):
                return entry
        return None

    def sweep(self) -> None:
        """Delete beginnings of parts that no version will name any more.

        Their part is whole by now, so that nobody names them who did not yet; or their writer has
        not come to it in an hour.
        """
        store = store_of(self._folder)
        if store:
            store.sweep()
        if not self._paths:
            return
        newest = read_info(self._folder)
        named = {entry.name for entry in newest.parts}
        whole = {(entry.key, entry.number) for entry in newest.parts if not entry.begun}
        for part_id, paths in self._paths.items():
            for path in paths:
                over = part_id in whole or is_abandoned(path)
                if not over or path.name in named or path.is_symlink():
                    continue
                with suppress(IndexFormatError):
                    record = read_record(path)
                    if record.upto and record.number == part_id[1]:
                        delete(path)


def unnamed_files(folder: Path, info: IndexInfo) -> list[Path]:
    """Files in the parts folder of an index that none of its versions names, by name."""
    named = {entry.name for entry in info.parts}
    for number in version_numbers(folder):
        if number != info.number:
            try:
                named |= {entry.name for entry in read_version(folder, number).parts}
            except (OSError, IndexFormatError):
                continue
    files = part_files(folder)
    return [path for path in files if path.name not in named and not path.name.startswith(".")]


def part_files(folder: Path) -> list[Path]:
    """All files in the parts folder of an index, by name; none if there is no such folder."""
    try:
        return sorted(path for path in (folder / PARTS).iterdir() if path.is_file())
    except OSError:
        return []


def readable_parts(
    folder: Path, info: IndexInfo, known: Iterable[Part] = ()
) -> tuple[list[Part], list[Problem]]:
    """The parts of a version whose footers can be read, and everything that is wrong with others.

    Args:
        folder: the index.
        info: its version.
        known: parts whose footers need not be read again.
    """
    parts, problems = [], []
    there = {part.path.name: part for part in known}
    for entry in info.parts:
        path = folder / PARTS / entry.name
        if entry.name in there:
            parts.append(there[entry.name])
        elif not path.is_file():  # a pipe in its place would let a reader wait
            problems.append(
                Problem(entry.name, missing_part(entry.number, entry.planned, entry.scene))
            )
        elif not entry.sha256 and entry.size >= 0:
            reason = (
                f"{entry.name}: damaged part (since before the index had a manifest); next: run "
                f"'cmpagl index' on {entry.scene or 'its scene'} again, which makes this part anew"
            )
            problems.append(Problem(entry.name, reason))
        else:
            try:
                record = read_record(path)
            except IndexFormatError as error:
                problems.append(Problem(entry.name, str(error)))
                continue
            if record.model == info.model:
                parts.append(Part(path, entry, record))
            else:
                reason = (
                    f"part made by {record.model}, wanted {info.model}; next: run 'cmpagl index' "
                    "on its scene again"
                )
                problems.append(Problem(entry.name, reason))
    return parts, problems + _unfinished(info, parts)


def some_parts(folder: Path, info: IndexInfo) -> tuple[list[Part], list[Problem]]:
    """:func:`readable_parts`, one at least.

    Raises:
        IndexFormatError: if there is none.
    """
    parts, problems = readable_parts(folder, info)
    if not parts:
        raise IndexFormatError(
            f"{display_name(folder)}: found no chips that can be read, wanted some; next: index "
            "scenes into it"
        )
    return parts, problems


def missing_part(number: int, planned: int, scene: str) -> str:
    """What to say of a part that should be there and is not."""
    which = f"part {number + 1}"
    if planned:
        which = f"part {number + 1} of {parts_of(planned)} of {scene}"
    return (
        f"{which} is missing; next: run 'cmpagl index' on that scene again, which makes this part "
        "anew"
    )


def parts_of(planned: int) -> int:
    """How many parts a scene of so many chips has."""
    return max(1, -(-planned // index_format.CHIPS_PER_PART))


def _unfinished(info: IndexInfo, parts: list[Part]) -> list[Problem]:
    """A problem for every part of a scene that was begun and not finished."""
    named = {(entry.key, entry.number) for entry in info.parts}
    planned: dict[tuple[str, str], int] = {}
    for part in parts:  # of a scene's parts the one that knows of the most speaks for all
        scene = (part.key, part.record.scene.path)
        planned[scene] = max(planned.get(scene, 0), part.record.plan_chips)
    problems = [
        Problem(path, missing_part(number, chips, path))
        for (key, path), chips in planned.items()
        for number in range(parts_of(chips))
        if (key, number) not in named
    ]
    for part in parts:
        if (entry := part.entry).begun:
            reason = (
                f"part {entry.number + 1} of {parts_of(entry.planned)} of {entry.scene} is not "
                "finished; next: run 'cmpagl index' on that scene again, which goes on from there"
            )
            problems.append(Problem(part.record.scene.path, reason))
    return sorted(problems, key=lambda problem: (problem.path, problem.reason))
