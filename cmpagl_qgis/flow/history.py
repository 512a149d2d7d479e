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
        super().__init__(dock)
        self._dock, self._settings = dock, settings
        self._project = QgsProject.instance()
        query = dock.query
        query.saveRequested.connect(lambda one: save_query(self._project, one))
        query.removeSavedRequested.connect(lambda one: save_query(self._project, one, keep=False))
        query.clearHistoryRequested.connect(settings.clear_history)
        for changed in (
            query.saveRequested,
            query.removeSavedRequested,
            query.clearHistoryRequested,
            self._project.readProject,
            self._project.cleared,
        ):
            changed.connect(self.refresh)
        saved = tr("Saved in the project; save the project to keep it.")
        query.saveRequested.connect(lambda _one: dock.message.tell(saved))
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
