"""Finished topics as JSON files, one each: what is finished stays, whatever happens to the rest."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from cmpagl_model.atomic import write_bytes
from tiling.jsonread import UnfitError, record_from_json

from .machine import OTHERS_FROM, Machine
from .record import Row  # noqa: TC001 - the reader of results looks at it
from .settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = "settings.json"
RESULT, FAILURE = ".result.json", ".failed.txt"


@dataclass(frozen=True, slots=True)
class Result:
    """What a topic measured."""

    topic: str
    """Name."""
    rows: tuple[Row, ...]
    """Its lines, in order."""
    machine: Machine
    """The machine before the start."""
    others: float
    """Cores that other processes used meanwhile, mean; -1: not known."""
    seconds: float
    """Time taken, building included."""
    settings: Settings
    """What it was measured with."""

    @property
    def disturbed(self) -> bool:
        """Whether other work ran at the same time, as far as the system tells."""
        return self.others > OTHERS_FROM


def write_result(folder: Path, result: Result) -> None:
    """Keep a finished topic, whole or not at all; an older failure of it is forgotten."""
    place = folder / f"{result.topic}{RESULT}"
    _write(place, json.dumps(asdict(result), indent=1))
    (folder / f"{result.topic}{FAILURE}").unlink(missing_ok=True)


def read_result(folder: Path, topic: str) -> Result | None:
    """A finished topic; ``None`` if there is none, or one of another version of these files."""
    place = folder / f"{topic}{RESULT}"
    try:
        return record_from_json(Result, place.read_text(encoding="utf-8"), place.name)
    except (OSError, UnfitError):
        return None


def write_failure(folder: Path, topic: str, why: str) -> None:
    """Note that a topic could not be measured; an older result of it stays."""
    _write(folder / f"{topic}{FAILURE}", why)


def read_failure(folder: Path, topic: str) -> str:
    """Why a topic could not be measured the last time; empty: it could, or was not tried."""
    place = folder / f"{topic}{FAILURE}"
    return place.read_text(encoding="utf-8").strip() if place.exists() else ""


def write_settings(folder: Path, settings: Settings) -> None:
    """Keep what the topics are to measure with, for their processes to read."""
    _write(folder / SETTINGS, json.dumps(asdict(settings), indent=1))


def read_settings(folder: Path) -> Settings:
    """What :func:`write_settings` kept."""
    return record_from_json(Settings, (folder / SETTINGS).read_text(encoding="utf-8"), SETTINGS)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, text.encode())
