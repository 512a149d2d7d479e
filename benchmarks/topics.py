"""The topics, in the order that they are measured: python -m benchmarks.topics NAME FOLDER.

Each is measured in a process of its own, so that one that dies or eats the memory costs no other.
To add one, write a module with ``measure(folder, ...) -> list[Row]`` and a line in :data:`TOPICS`.
"""

from __future__ import annotations

import importlib
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .machine import Others, this_machine
from .results import Result, read_settings, write_result

if TYPE_CHECKING:
    from collections.abc import Callable

    from .record import Row
    from .settings import Settings


def _all(settings: Settings) -> dict[str, Any]:
    return {"settings": settings}


def _scenes(settings: Settings) -> dict[str, Any]:
    return {"scenes": Path(settings.scenes) if settings.scenes else None}


@dataclass(frozen=True, slots=True)
class Topic:
    """Something to measure."""

    name: str
    """Its name, and that of its module in this package."""
    title: str
    """Heading of its table."""
    minutes: float
    """About how long it takes at the default sizes on two cores."""
    arguments: Callable[[Settings], dict[str, Any]] = lambda _: {}
    """What its ``measure`` is told besides the folder."""

    def measure(self, folder: Path, settings: Settings) -> list[Row]:
        """Its rows."""
        module = importlib.import_module(f"{__package__}.{self.name}")
        rows: list[Row] = module.measure(folder, **self.arguments(settings))
        return rows


TOPICS = (
    Topic("roofline", "What the machine can do, and what is reached", 0.5),
    Topic("search", "Search beside other libraries", 9, _all),
    Topic("warm", "A question to an open index", 0.5, _all),
    Topic("growth", "How cost grows with the index", 1, _all),
    Topic("heatmap", "Heatmap of a scene", 1.5, _all),
    Topic("cold", "From a cold process", 1, _all),
    Topic("tiling", "Scenes to chips", 3),
    Topic("encoding", "Chips to embeddings", 3, _scenes),
    Topic("indexing", "Scenes to an index", 4),
    Topic("gpu", "Chips to embeddings on a GPU", 1, _scenes),
)


def topic(name: str) -> Topic:
    """The topic of a name."""
    return next(one for one in TOPICS if one.name == name)


def run(name: str, folder: Path) -> Result:
    """Measure one topic and keep what it found.

    Args:
        name: of the topic.
        folder: with the settings; the result goes there.
    """
    settings, machine = read_settings(folder), this_machine()
    others, started = Others(), time.monotonic()
    rows = topic(name).measure(folder, settings)
    seconds = round(time.monotonic() - started, 1)
    result = Result(name, tuple(rows), machine, others.cores(), seconds, settings)
    write_result(folder, result)
    return result


if __name__ == "__main__":
    run(sys.argv[1], Path(sys.argv[2]))
