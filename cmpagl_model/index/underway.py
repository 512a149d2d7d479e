"""Builds that add to an index now, by their heartbeat: a small file that says how far each is.

It is no lock: nothing waits for it. A search meanwhile learns that there is more to come.
"""

from __future__ import annotations

import json
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cmpagl_model.atomic import delete
from cmpagl_model.progress import NoProgress

from .files import token
from .format import VERSIONS, place_of
from .versions import MARK

if TYPE_CHECKING:
    from pathlib import Path

    from cmpagl_model.progress import Progress


HEARTBEAT_S = 1.0
"""How often a build writes its heartbeat."""
STALE_AFTER_S = 30.0
"""A build without a heartbeat for that long was killed."""


@dataclass(frozen=True, slots=True)
class Underway:
    """How far the builds are that add to an index, all together."""

    scenes: int
    """Scenes that they were given; 0: they are still being looked at."""
    done: int
    """Those of them that are whole in the index."""
    chips: int
    """Chips that they make; 0: not known yet."""
    chips_done: int
    """Those of them that are done."""

    def __str__(self) -> str:
        """Such as ``3 of 12 scenes so far``."""
        if not self.scenes:
            return "looking at scenes"
        return f"{self.done:,} of {self.scenes:,} scenes so far"


class Heartbeat:
    """Says that a build is underway, while it is entered; also a build's progress.

    Where the file cannot be written the build goes on all the same.
    """

    def __init__(self, folder: Path, progress: Progress | None = None) -> None:
        """Take the index, which need not be there yet, and who else is told of progress."""
        self._path = place_of(folder, VERSIONS) / f"{MARK}{token()}.json"
        self._progress, self._over = progress or NoProgress(), threading.Event()
        self._state = {"scenes": 0, "done": 0, "chips": 0, "chips_done": 0}
        self._thread = threading.Thread(
            target=self._keep_beating, daemon=True, name="index heartbeat"
        )

    def __enter__(self) -> Heartbeat:
        """Begin."""
        self._write()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End, however the build ended."""
        self._over.set()
        self._thread.join()
        delete(self._path)

    def set_scenes(self, scenes: int) -> None:
        """So many scenes were given, and the index is there."""
        self._state["scenes"] = scenes
        self._write()

    def finished(self) -> None:
        """One more scene is whole."""
        self._state["done"] += 1

    def start(self, total: int, what: str = "") -> None:
        """As a progress has it, of chips."""
        self._state["chips"] = total
        self._progress.start(total, what)

    def advance(self, count: int, of: str = "") -> None:
        """As a progress has it, of chips."""
        self._state["chips_done"] += count
        self._progress.advance(count, of)

    def _keep_beating(self) -> None:
        while not self._over.wait(HEARTBEAT_S):
            self._write()

    def _write(self) -> None:
        with suppress(OSError):
            if self._path.parent.is_dir():
                self._path.write_bytes(json.dumps(self._state).encode())


def underway(folder: Path) -> Underway | None:
    """What is being added to an index now, by whatever process.

    Args:
        folder: the index.

    Returns:
        How far that is; ``None``: nobody adds to it.
    """
    states: list[dict[str, Any]] = []
    for path in place_of(folder, VERSIONS).glob(f"{MARK}*.json"):
        try:
            if path.stat().st_mtime < time.time() - STALE_AFTER_S:
                continue
            state = json.loads(path.read_bytes() or b"{}")
        except (OSError, ValueError):
            state = {}  # it ended just now, or is being written: the next look will tell
        states.append(state if isinstance(state, dict) else {})
    if not states:
        return None
    return Underway(
        *(
            sum(number for state in states if type(number := state.get(name)) is int)
            for name in ("scenes", "done", "chips", "chips_done")
        )
    )
