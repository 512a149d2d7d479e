"""Pointing at the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsCoordinateTransform, QgsCsException, QgsProject
from qgis.gui import QgsMapToolEmitPoint, QgsMapToolExtent
from qgis.PyQt.QtCore import Qt, pyqtSignal

from cmpagl_qgis.texts import tr

from .footprints import degrees

if TYPE_CHECKING:
    from qgis.core import QgsPointXY
    from qgis.gui import QgsMapCanvas
    from qgis.PyQt.QtGui import QKeyEvent


class PlaceTool(QgsMapToolEmitPoint):
    """Click a place. ``picked`` carries longitude and latitude; ``refused`` a sentence."""

    picked = pyqtSignal(float, float)
    refused = pyqtSignal(str)

    def __init__(self, canvas: QgsMapCanvas) -> None:
        """Make it; the canvas' ``setMapTool`` takes it up.

        Args:
            canvas: the map.
        """
        super().__init__(canvas)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.canvasClicked.connect(self._on_clicked)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Give up with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.canvas().unsetMapTool(self)

    def _on_clicked(self, point: QgsPointXY) -> None:
        crs = self.canvas().mapSettings().destinationCrs()
        if not crs.isValid():
            self.refused.emit(tr("The project has no CRS, so a place on the map is none on earth."))
            return
        way = QgsCoordinateTransform(crs, degrees(), QgsProject.instance())
        try:
            place = way.transform(point)
        except QgsCsException:
            self.refused.emit(tr("There is no place on earth where you clicked."))
            return
        self.picked.emit(place.x(), place.y())


class AreaTool(QgsMapToolExtent):
    """Draw a rectangle. ``extentChanged`` carries it in the map's CRS; Esc gives up."""

    def __init__(self, canvas: QgsMapCanvas) -> None:
        """Make it; the canvas' ``setMapTool`` takes it up.

        Args:
            canvas: the map.
        """
        super().__init__(canvas)
        self.setCursor(Qt.CursorShape.CrossCursor)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Give up with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.canvas().unsetMapTool(self)
