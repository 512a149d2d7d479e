"""Which index is searched, and what is known of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QObject, pyqtSignal

from cmpagl_qgis.dock.amounts import length
from cmpagl_qgis.dock.index_bar import IndexEntry
from cmpagl_qgis.dock.report_dialog import Section
from cmpagl_qgis.engine.fields import read
from cmpagl_qgis.engine.records import IndexInfo
from cmpagl_qgis.texts import counted, numeral, tr, whole

if TYPE_CHECKING:
    from cmpagl_qgis.engine.asker import Asker
    from cmpagl_qgis.errors import EngineError
    from cmpagl_qgis.settings import Settings


REPAIRABLE = {"ManifestError", "DamagedArraysError"}
"""The engine's names of the errors that verifying an index can repair."""


class IndexSession(QObject):
    """The chosen index.

    ``changed`` tells that another one is chosen, or more is known of it: opening, open, or not to
    be opened (``problem``).
    """

    changed = pyqtSignal()

    def __init__(self, asker: Asker, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._asker = asker
        self._settings = settings
        self._number = 0
        self._infos: dict[str, IndexInfo] = {}
        self.path = ""
        self._before = ""  # what was chosen before one that grows
        self.problem = ""
        self.damaged = False  # whether that is the problem

    @property
    def info(self) -> IndexInfo | None:
        """What the chosen index holds, where it is open."""
        return self._infos.get(self.path)

    @property
    def name(self) -> str:
        """Of the chosen index, for a person."""
        return Path(self.path).stem

    @property
    def opening(self) -> bool:
        """Whether the engine reads it now."""
        return bool(self._number)

    def choose_last(self) -> None:
        """Choose the index used last, if there is one."""
        recent = self._settings.recent_indexes
        if recent:
            self.choose(recent[0])

    def choose(self, path: str) -> None:
        """Choose an index and read it.

        Args:
            path: absolute path of its folder.
        """
        self.path, self.problem = path, ""
        self._asker.forget(self._number)
        self._number = 0

        def done(result: object) -> None:
            info = read(IndexInfo, result)
            self._number = 0
            self._infos[path] = info
            self._settings.add_recent_index(path)
            self.changed.emit()

        def failed(error: EngineError) -> None:
            self._number = 0
            self._infos.pop(path, None)
            self.problem, self.damaged = error.message, error.kind in REPAIRABLE
            self.changed.emit()

        if path:
            self._number = self._asker.ask("open", {"index": path}, done, failed)
        self.changed.emit()

    def choose_growing(self, path: str) -> None:
        """Choose an index that is being built and may not be readable yet.

        Args:
            path: absolute path of its folder.
        """
        self._asker.forget(self._number)
        self._number = 0
        self._before = self.path if self.path != path else self._before
        self.path, self.problem = path, ""
        self._infos.pop(path, None)
        self.changed.emit()

    def stop_growing(self, path: str) -> None:
        """Read an index whose building ended early; where there is none, go back to the last one.

        Args:
            path: absolute path of its folder.
        """
        if path == self.path:
            self.choose(path if Path(path).is_dir() else self._before)

    def read_again(self) -> None:
        """Read the chosen index again."""
        self.choose(self.path)

    def forget(self) -> None:
        """Take the chosen index off the list; nothing on disk changes."""
        self._settings.forget_index(self.path)
        self._infos.pop(self.path, None)
        self.choose("")

    def entries(self) -> list[IndexEntry]:
        """The list for the dock, the one used last first."""
        paths = list(self._settings.recent_indexes)
        if self.path and self.path not in paths:
            paths.insert(0, self.path)
        return [IndexEntry(path, summary(self._infos.get(path))) for path in paths]


def summary(info: IndexInfo | None) -> str:
    """Such as "3 scenes, 12,480 chips"; empty where nothing is known.

    Args:
        info: what an index holds.
    """
    if info is None:
        return ""
    scenes = len(info.scenes)
    many = counted(scenes, tr("1 scene"), tr("{0} scenes"))
    return tr("{0}, {1} chips").format(many, whole(info.chips))


def describe(info: IndexInfo) -> tuple[Section, ...]:
    """All that is known of an index; a line a scene.

    Args:
        info: what it holds.
    """
    scenes = []
    for scene in info.scenes:
        chips = counted(scene.chips, tr("1 chip"), tr("{0} chips"))
        crs = scene.crs if len(scene.crs) <= 40 else tr("CRS of its own")
        scenes.append(f"{scene.path}: " + "; ".join((f"{chips}, {crs}", *scene.notes)))
    sizes = ", ".join(map(length, info.ground_sizes_m))
    facts = (
        info.path,
        tr("{0}; {1} MB on disk").format(summary(info), numeral(f"{info.size_bytes / 1e6:.1f}")),
        tr("Chips of {0} on the ground").format(sizes) if sizes else "",
        tr("Model: {0} {1}").format(info.model.name, info.model.fingerprint[:12]),
    )
    return (
        Section("", tuple(filter(None, facts))),
        Section(tr("It cannot be searched"), () if info.searchable else (info.why_not,)),
        Section(tr("Problems"), info.problems),
        Section(tr("Scenes"), tuple(scenes)),
    )
