"""The index that belongs to a project, and how it was narrowed: saved with it, chosen again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject

from cmpagl_qgis.settings import GROUP

if TYPE_CHECKING:
    from cmpagl_qgis.dock.narrow_bar import NarrowBar

    from .index_session import IndexSession

ENTRY, SIZE, DAYS = "index", "ground_m", "days"
PARTING = "/"
"""Between two days."""


class ProjectIndex(QObject):
    """Writes the chosen index into each project that is saved, and chooses it again.

    Size and dates go with it, which are the index's; the other switches are the map's.
    """

    def __init__(
        self, index: IndexSession, narrow: NarrowBar, parent: QObject | None = None
    ) -> None:
        """Write into each project that is saved; nothing is chosen before :meth:`start`."""
        super().__init__(parent)
        self._index, self._narrow, self._started = index, narrow, False
        QgsProject.instance().writeProject.connect(self._write)

    def start(self) -> bool:
        """Choose the project's index, now and whenever one is opened: each wakes the engine.

        Returns:
            False where the project names none that is there.
        """
        self._started = True
        QgsProject.instance().readProject.connect(self.choose)
        return self.choose()

    def choose(self) -> bool:
        """Choose the project's index; False where it names none that is there."""
        project = QgsProject.instance()
        written, _ok = project.readEntry(GROUP, ENTRY, "")
        if not written:
            return False
        path = str(Path(project.readPath(written)).absolute())
        if not Path(path).is_dir():
            return False
        size, _ok = project.readDoubleEntry(GROUP, SIZE, 0.0)
        days, _ok = project.readEntry(GROUP, DAYS, "")
        first, parting, last = days.partition(PARTING)
        self._narrow.restore(size or None, (first, last) if parting else None)
        if path != self._index.path:
            self._index.choose(path)
        return True

    def close(self) -> None:
        """Let go of the project."""
        project = QgsProject.instance()
        project.writeProject.disconnect(self._write)
        if self._started:
            project.readProject.disconnect(self.choose)

    def _write(self) -> None:
        """Called while the project is saved, so that it is not marked as changed by this."""
        project = QgsProject.instance()
        if self._index.path:
            # Relative where the project's paths are: project and index may move together.
            project.writeEntry(GROUP, ENTRY, project.writePath(self._index.path))
            narrowing = self._narrow.narrowing()
            project.writeEntryDouble(GROUP, SIZE, narrowing.ground_m or 0.0)
            project.writeEntry(GROUP, DAYS, PARTING.join(narrowing.days or ()))
