"""What lies in an index folder: which parts, of which scenes, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cmpagl_model.errors import IndexFormatError
from cmpagl_model.records import Problem

from .format import PARTS
from .parts import PART_NAME, PartRecord, move_part, part_name, read_record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cmpagl_model.records import Damage
    from tiling import SceneRecord

    from .format import IndexInfo


@dataclass(frozen=True, slots=True)
class Part:
    """A part whose footer is readable."""

    path: Path
    """The file."""
    key: str
    """Key of its scene; see :func:`~cmpagl_model.index.parts.scene_key`."""
    record: PartRecord
    """Its footer."""


class Catalogue:
    """The parts of an index, by their footers; the rows stay on disk."""

    def __init__(self, parts: list[Part], problems: list[Problem]) -> None:
        self.parts = parts
        self.problems = problems
        self._by_key: dict[str, list[Part]] = {}
        self._by_path: dict[str, list[Part]] = {}
        for part in parts:
            self._by_key.setdefault(part.key, []).append(part)
            self._by_path.setdefault(part.record.scene.path, []).append(part)
        self._done = {(part.key, part.record.number) for part in parts}
        self._scenes = {part.record.scene.path: part.record.scene for part in parts}

    @classmethod
    def of(cls, folder: Path, known: Iterable[Part] = ()) -> Catalogue:
        """Read the footers of all parts of an index, in the order of their names.

        Args:
            folder: the index.
            known: parts whose footers need not be read again.
        """
        parts, problems = [], []
        there = {part.path.name: part for part in known}
        for path in sorted((folder / PARTS).glob("*.parquet")):
            match = PART_NAME.match(path.name)
            if match is None:
                continue
            if path.name in there:
                parts.append(there[path.name])
                continue
            try:
                parts.append(Part(path, match[1], read_record(path)))
            except IndexFormatError as error:
                problems.append(Problem(path.name, str(error)))
        return cls(parts, problems + _missing(parts, problems))

    def scenes(self) -> list[SceneRecord]:
        """The scenes in the index, by path."""
        return [self._scenes[path] for path in sorted(self._scenes)]

    def scene_at(self, path: str) -> SceneRecord | None:
        """The record of the scene at ``path``, if the index has it."""
        return self._scenes.get(path)

    def has(self, key: str, number: int) -> bool:
        """Whether part ``number`` of the scene with ``key`` is there and readable."""
        return (key, number) in self._done

    def damage(self, key: str) -> list[Damage]:
        """Chips of the scene with ``key`` that could not be decoded when they were read."""
        return [one for part in self._by_key.get(key, []) for one in part.record.damage]

    def follow(self, scene: SceneRecord, key: str, info: IndexInfo) -> None:
        """Write a moved file's new path into its parts; nothing is encoded again.

        Only where the path on record is gone: a copy of a scene that is still there is left alone.
        """
        for part in self._by_key.get(key, []):
            old = part.record.scene.path
            if old != scene.path and not Path(old).exists():
                move_part(part.path, scene, info)

    def forget_others(self, scene: SceneRecord, key: str) -> None:
        """Delete the parts that an earlier content of the same file left behind."""
        for part in self._by_path.get(scene.path, []):
            if part.key != key:
                part.path.unlink(missing_ok=True)


def _missing(parts: list[Part], damaged: list[Problem]) -> list[Problem]:
    """A problem for every part that should be there and is neither readable nor damaged."""
    there = {part.path.name for part in parts} | {problem.path for problem in damaged}
    last: dict[tuple[str, str], Part] = {}
    for part in parts:  # of a scene's parts the one that knows of the most speaks for all
        place = (part.key, part.record.scene.path)
        if place not in last or last[place].record.parts < part.record.parts:
            last[place] = part
    problems = {}
    for part in last.values():
        scene = part.record.scene
        for number in range(part.record.parts):
            name = part_name(scene, part.key, number)
            if name not in there:
                problems[name] = Problem(
                    name,
                    f"part {number + 1} of {part.record.parts} of {scene.path} is missing; next: "
                    "run 'cmpagl index' on that scene again, which makes this part anew",
                )
    return [problems[name] for name in sorted(problems)]
