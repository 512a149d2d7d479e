"""Earlier sentences, and those that the user saved in the project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject

from cmpagl_qgis.settings import Settings, save_query, saved_queries
from cmpagl_qgis.texts import tr

if TYPE_CHECKING:
    from cmpagl_qgis.dock.search_dock import SearchDock


class History(QObject):
    """Fills the menu and the completer of the sentence's line."""

    def __init__(self, dock: SearchDock, settings: Settings) -> None:
        """Listen to the line and to the project.

        Args:
            dock: owns this object.
            settings: where earlier sentences are kept.
        """
        super().__init__(dock)
        self._dock, self._settings = dock, settings
        dock.query.saveRequested.connect(self._save)
        dock.query.removeSavedRequested.connect(self._remove)
        dock.query.clearHistoryRequested.connect(self._forget)
        self._project = QgsProject.instance()
        self._project.readProject.connect(self.refresh)
        self._project.cleared.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show what is kept."""
        self._dock.query.set_history(self._settings.history, saved_queries(self._project))

    def add(self, query: str) -> None:
        """Keep a sentence.

        Args:
            query: the sentence; a blank one is left out.
        """
        self._settings.add_to_history(query)
        self.refresh()

    def close(self) -> None:
        """Listen to the project no more."""
        self._project.readProject.disconnect(self.refresh)
        self._project.cleared.disconnect(self.refresh)

    def _save(self, query: str) -> None:
        save_query(self._project, query)
        self.refresh()
        self._dock.message.tell(tr("Saved in the project; save the project to keep it."))

    def _remove(self, query: str) -> None:
        save_query(self._project, query, keep=False)
        self.refresh()

    def _forget(self) -> None:
        self._settings.clear_history()
        self.refresh()
