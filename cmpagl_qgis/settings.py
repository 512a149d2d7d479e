"""What the user chose: one group of QgsSettings, and saved queries inside a project.

What changes while the user works, such as the history, is kept in the state file.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from qgis.core import QgsProject, QgsSettings

from .state_file import state_file

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
GROUP = "cmpagl"
HISTORY_LENGTH = 50
RECENT_LENGTH = 12
TOP_K_LIMIT = 2000
"""More rows than this make the map slow; such results are written to a file instead."""
DEVICES = ("auto", "cpu", "cuda")
"""Where the engine may compute."""


class _Option(Generic[T]):
    """What the user chose in a dialog, read anew each time; rubbish counts as not chosen."""

    def __init__(self, default: T, taken: Callable[[Any], T]) -> None:
        self._default, self._taken = default, taken

    def __set_name__(self, _owner: type, name: str) -> None:
        self._key = f"{GROUP}/{name}"

    def __get__(self, _settings: Settings, _owner: type) -> T:
        try:
            return self._taken(QgsSettings().value(self._key, self._default))
        except (TypeError, ValueError, OverflowError):
            return self._default

    def __set__(self, _settings: Settings, value: T) -> None:
        QgsSettings().setValue(self._key, int(value) if isinstance(value, bool) else value)


def _on(value: object) -> bool:
    return bool(int(float(value)))  # type: ignore[arg-type]


class Settings:
    """Typed access to the settings; nothing is kept here."""

    model = _Option("", str.strip)
    """Name or folder of the model; empty: each index's own."""
    device = _Option("auto", lambda value: DEVICES[DEVICES.index(value)])
    """One of :data:`DEVICES`."""
    min_score = _Option(-1.0, lambda value: min(1.0, max(-1.0, float(value))))  # of NaN -1
    """Hits below this score are hidden; -1 hides none."""
    thumbnail_px = _Option(128, lambda value: min(max(int(float(value)), 48), 512))
    """Side of a thumbnail, 48 to 512 pixels."""
    keep_layers = _Option(False, _on)  # noqa: FBT003
    """Whether each search gets a layer of its own."""
    siblings = _Option(True, _on)  # noqa: FBT003
    """Whether a place is one result, with its other sizes, scenes and dates as siblings."""
    fill_places = _Option(False, _on)  # noqa: FBT003
    """Whether places are filled on the map; else only outlined."""

    @property
    def engine_python(self) -> str:
        """Path of the Python with the engine in it; empty: look for it."""
        value = QgsSettings().value(f"{GROUP}/engine_python", "")
        return value if isinstance(value, str) else ""

    @engine_python.setter
    def engine_python(self, value: str) -> None:
        if value.strip() != self.engine_python:
            state_file().put("engine_python_time", time.time())
        QgsSettings().setValue(f"{GROUP}/engine_python", value.strip())

    @property
    def engine_python_time(self) -> float:
        """When it was set to what it is, s since 1970; 0: never."""
        value = state_file().value("engine_python_time")
        return float(value) if isinstance(value, (int, float)) else 0.0

    @property
    def top_k(self) -> int:
        """How many hits to ask for, 1 to 2,000."""
        value = state_file().value("top_k")
        return min(max(value, 1), TOP_K_LIMIT) if type(value) is int else 50

    @top_k.setter
    def top_k(self, value: int) -> None:
        state_file().put("top_k", int(value))

    @property
    def chips_per_s(self) -> float:
        """How fast this computer was last, chips encoded in a second; 0: nobody has measured."""
        value = state_file().value("chips_per_s")
        if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < 1e9:
            return float(value)
        return 0.0

    @chips_per_s.setter
    def chips_per_s(self, value: float) -> None:
        state_file().put("chips_per_s", float(value))

    @property
    def recent_indexes(self) -> list[str]:
        """Paths of indexes used last, newest first."""
        return _texts("recent_indexes")

    def add_recent_index(self, path: str) -> None:
        """Put an index first among the recent ones.

        Args:
            path: of its folder.
        """
        state_file().put("recent_indexes", _first(path, self.recent_indexes)[:RECENT_LENGTH])

    def forget_index(self, path: str) -> None:
        """Take an index out of the recent ones; nothing on disk changes.

        Args:
            path: of its folder.
        """
        state_file().put("recent_indexes", [p for p in self.recent_indexes if p != path])

    @property
    def history(self) -> list[str]:
        """The last queries, newest first, each once."""
        return _texts("history")

    def add_to_history(self, query: str) -> None:
        """Put a query first in the history; a blank one is left out.

        Args:
            query: the sentence.
        """
        query = " ".join(query.split())
        if query:
            state_file().put("history", _first(query, self.history)[:HISTORY_LENGTH])

    def clear_history(self) -> None:
        """Forget all queries."""
        state_file().put("history", [])


def saved_queries(project: QgsProject) -> list[str]:
    """The sentences kept in a project, in the order they were saved.

    Args:
        project: the project.
    """
    text, _found = project.readEntry(GROUP, "saved_queries", "[]")
    try:
        pairs = json.loads(text)
    except ValueError:
        return []
    if not isinstance(pairs, list):
        return []
    # A name first, which is the sentence, too.
    return [str(pair[1]) for pair in pairs if isinstance(pair, list) and len(pair) == 2]


def save_query(project: QgsProject, query: str, *, keep: bool = True) -> None:
    """Keep a sentence in a project as its last one, or forget it.

    Args:
        project: the project; it is marked as changed.
        query: the sentence.
        keep: whether it is kept; else it is forgotten.
    """
    others = [saved for saved in saved_queries(project) if saved != query]
    pairs = [[saved, saved] for saved in (*others, *([query] if keep else []))]
    project.writeEntry(GROUP, "saved_queries", json.dumps(pairs))


def _texts(name: str) -> list[str]:
    values = state_file().value(name)
    return [value for value in values if isinstance(value, str)] if isinstance(values, list) else []


def _first(value: str, values: list[str]) -> list[str]:
    return [value, *(other for other in values if other != value)]
