"""Parts that were written and wait for a version to name them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cmpagl_model.atomic import delete
from cmpagl_model.errors import IndexMismatchError

from .copies import display_name, hold
from .format import PARTS
from .versions import commit

if TYPE_CHECKING:
    from pathlib import Path

    from .format import IndexInfo, PartEntry

SHARE_OF_TIME = 0.05
"""Of a build that goes into writing versions, at most: each names all parts."""


@dataclass(slots=True)
class _Scene:
    """Changes that belong together: all are made, or none."""

    added: list[PartEntry] = field(default_factory=list)
    dropped: set[str] = field(default_factory=set)
    settled: dict[str, str] = field(default_factory=dict)


class _ConflictError(Exception):
    """Another process has added parts that nobody looked at yet."""

    def __init__(self, parts: list[PartEntry]) -> None:
        super().__init__()
        self.parts = parts


class PendingChanges:
    """What one process wants to change in an index, written to it from time to time."""

    def __init__(self, folder: Path, info: IndexInfo) -> None:
        self._folder, self._info = folder, info
        self._waiting = _Scene()
        self._held: dict[str, _Scene] = {}
        self._written: set[str] = set()
        self._last_cost = self._last_end = 0.0
        self._hold = hold(folder)

    def begin(self) -> None:
        """Write a first version without parts, unless there is one: then the index can be opened.

        Raises:
            OutputError: if it cannot be written.
            IndexMismatchError: if another process began one with another model or other chips.
        """
        commit(self._folder, lambda base: self._on_top(base or self._info))

    def add(self, entry: PartEntry, *, written: bool = True, held: str = "") -> None:
        """Name a part.

        Args:
            entry: the part.
            written: whether this process wrote it, and may delete it if it turns out superfluous.
            held: key of a scene that is to be changed in one step, at :meth:`settle`; else "".
        """
        if written:
            self._written.add(entry.name)
        self._of(held).added.append(entry)

    def drop(self, entry: PartEntry, *, held: str = "") -> None:
        """Name a part no longer: it is damaged, or written again."""
        self._of(held).dropped.add(entry.name)

    def settle(self, path: str, key: str) -> None:
        """Say that the file at ``path`` has the content ``key``: parts of another one go."""
        scene = self._held.pop(key, _Scene())
        self._waiting.added += scene.added
        self._waiting.dropped |= scene.dropped
        self._waiting.settled[path] = key

    def _of(self, key: str) -> _Scene:
        return self._held.setdefault(key, _Scene()) if key else self._waiting

    def flush_sometimes(self) -> None:
        """Write a version, unless too much time went into that already.

        Raises:
            OutputError: if it cannot be written.
            IndexMismatchError: if the index was rebuilt meanwhile.
        """
        if time.monotonic() - self._last_end >= self._last_cost / SHARE_OF_TIME:
            self.flush()

    def flush(self) -> None:
        """Write a version that names what waits, but for scenes that are held.

        Raises:
            OutputError: if it cannot be written.
            IndexMismatchError: if the index was rebuilt meanwhile.
        """
        waiting, started = self._waiting, time.monotonic()
        if not (waiting.added or waiting.dropped or waiting.settled):
            return
        made = commit(self._folder, lambda base: self._on_top(base or self._info))
        self._tidy(made)
        self._waiting = _Scene()
        self._last_end = time.monotonic()
        self._last_cost = self._last_end - started

    def replace_all(self, seen: set[str]) -> list[PartEntry]:
        """Write a version that has nothing but what waits.

        Args:
            seen: names of the parts that may go.

        Returns:
            Parts that others added meanwhile and that are not in ``seen``; none: it is written.

        Raises:
            OutputError: if it cannot be written.
        """

        def change(base: IndexInfo | None) -> IndexInfo:
            late = [entry for entry in base.parts if entry.name not in seen] if base else []
            if late:
                raise _ConflictError(late)
            return self._applied(self._info)

        try:
            made = commit(self._folder, change)
        except _ConflictError as late:
            return late.parts
        self._tidy(made)
        return []

    def _on_top(self, base: IndexInfo) -> IndexInfo:
        """The waiting changes on top of a version.

        Raises:
            IndexMismatchError: if that is of another model or other chips.
        """
        wanted = self._info
        if (base.model, base.embedding_size, base.spec) != (
            wanted.model, wanted.embedding_size, wanted.spec,
        ):  # fmt: skip
            raise IndexMismatchError(
                f"{display_name(self._folder)}: another process has rebuilt it with another model "
                "or other chips while this one ran; what was encoded here does not fit any more; "
                "next: run the same command again"
            )
        return self._applied(base)

    def _applied(self, base: IndexInfo) -> IndexInfo:
        waiting = self._waiting
        parts = {}
        for entry in base.parts:
            old = waiting.settled.get(entry.scene, entry.key) != entry.key
            if entry.name not in waiting.dropped and not old:
                parts[entry.key, entry.number] = entry
        for entry in waiting.added:
            old = waiting.settled.get(entry.scene, entry.key) != entry.key
            there = parts.get((entry.key, entry.number))
            # One that goes further takes the place of one that was begun only.
            more = not there or (there.begun and (not entry.begun or entry.rows > there.rows))
            if more and not old:
                parts[entry.key, entry.number] = entry
        return replace(base, parts=tuple(sorted(parts.values(), key=lambda part: part.name)))

    def _tidy(self, made: IndexInfo) -> None:
        """Delete what this process wrote and another was first with."""
        named = {entry.name for entry in made.parts}
        for entry in self._waiting.added:
            if entry.name in self._written and entry.name not in named:
                delete(self._folder / PARTS / entry.name)
