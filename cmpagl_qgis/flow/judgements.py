"""What was decided of places, sentence by sentence: written into each project that is saved."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import Qgis

from cmpagl_qgis.map.review import KEPT, REJECTED, UNDECIDED, Judgement
from cmpagl_qgis.settings import GROUP
from cmpagl_qgis.texts import tr, warn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qgis.core import QgsProject

ENTRY = "judgements"
Subject = tuple[str, str]
"""The index, by its absolute path, and the topic, as ``Question.topic`` gives it."""


class Judgements:
    """The verdicts of one project. Places are known by scene and chip, not by rank."""

    def __init__(self) -> None:
        self._verdicts: dict[Subject, dict[str, str]] = {}

    def verdict(self, subject: Subject, key: str) -> str:
        """What was decided of a place; empty: nothing.

        Args:
            subject: what was looked for, and where.
            key: the place, as ``Hit.key`` gives it.
        """
        return self._verdicts.get(subject, {}).get(key, UNDECIDED)

    def keys(self, subject: Subject, verdict: str) -> tuple[str, ...]:
        """The places of which this was decided.

        Args:
            subject: what was looked for, and where.
            verdict: ``keep`` or ``reject``.
        """
        known = self._verdicts.get(subject, {})
        return tuple(key for key, decided in known.items() if decided == verdict)

    def put(self, subject: Subject, judgements: Iterable[Judgement]) -> None:
        """Note what was decided.

        Args:
            subject: what was looked for, and where.
            judgements: those without a verdict take one back.
        """
        known = self._verdicts.setdefault(subject, {})
        for one in judgements:
            if one.verdict:
                known[one.key] = one.verdict
            else:
                known.pop(one.key, None)

    @property
    def any(self) -> bool:
        """Whether anything was decided."""
        return any(self._verdicts.values())

    def clear(self) -> None:
        """Forget everything."""
        self._verdicts.clear()

    def write(self, project: QgsProject) -> None:
        """Put everything into a project's entries; paths relative where the project's are.

        Args:
            project: one that is being saved.
        """
        saved = []
        for (index, topic), verdicts in self._verdicts.items():
            scenes: dict[str, dict[str, list[str]]] = {}
            for key, verdict in verdicts.items():
                scene, _sign, chip = key.rpartition("#")
                chips = scenes.setdefault(_written(scene, project), {KEPT: [], REJECTED: []})
                chips[verdict].append(chip)
            if scenes:
                saved.append({"index": _written(index, project), "topic": topic, "scenes": scenes})
        if saved:
            project.writeEntry(GROUP, ENTRY, json.dumps(saved, ensure_ascii=False))
        else:
            project.removeEntry(GROUP, ENTRY)

    def read(self, project: QgsProject) -> None:
        """Know what a project's entries say, and nothing else. What cannot be read is passed over.

        Args:
            project: one that was opened.
        """
        self.clear()
        text, _found = project.readEntry(GROUP, ENTRY, "")
        try:
            saved = json.loads(text or "[]")
            for entry in saved:
                found = [
                    Judgement(f"{_read(scene, project)}#{chip}", verdict)
                    for scene, verdicts in entry["scenes"].items()
                    for verdict in (KEPT, REJECTED)
                    for chip in verdicts.get(verdict, ())
                ]
                self.put((_read(entry["index"], project), entry["topic"]), found)
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            warn(tr("Kept and rejected places of the project cannot be read: {0}").format(error))


def _written(path: str, project: QgsProject) -> str:
    """A path as the project writes paths. QGIS's own way follows links: another path came back."""
    relative = project.filePathStorage() == Qgis.FilePathType.Relative
    if not relative or not Path(path).is_absolute() or not project.homePath():
        return path  # an address of the network stays one
    try:
        return Path(os.path.relpath(path, project.homePath())).as_posix()
    except ValueError:  # on another drive of Windows
        return path


def _read(written: str, project: QgsProject) -> str:
    if "://" in written or Path(written).is_absolute():
        return written
    return os.path.normpath(Path(project.homePath()) / written)
