"""The same ground in other scenes and sizes: shown on the map, and whether it is one result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject

from cmpagl_qgis.errors import SourceError
from cmpagl_qgis.map.sources import show_scene
from cmpagl_qgis.settings import Settings

if TYPE_CHECKING:
    from cmpagl_qgis.dock.search_dock import SearchDock
    from cmpagl_qgis.engine.siblings import Sibling
    from cmpagl_qgis.map.layers import MatchLayers


class SiblingView(QObject):
    """Listens to the menus of the list and of the search line."""

    def __init__(self, dock: SearchDock, layers: MatchLayers) -> None:
        super().__init__(dock)
        self._dock, self._layers, self._settings = dock, layers, Settings()
        dock.query.siblings = self._settings.siblings
        dock.query.siblingsChanged.connect(self._on_changed)
        dock.hits.siblings.chosen.connect(self.show)

    def show(self, one: Sibling) -> None:
        """Jump to a sibling: its scene, above the other scenes, and the map where it lies.

        Args:
            one: the sibling.
        """
        try:
            show_scene(QgsProject.instance(), one.scene)
        except SourceError as error:  # the place can be shown all the same
            self._dock.message.tell(str(error), warning=True)
        self._layers.show_place(one.geometry)

    def _on_changed(self, on: bool) -> None:  # noqa: FBT001 - Qt's
        self._settings.siblings = on
        self._dock.narrow.changed.emit()
