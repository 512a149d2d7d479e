"""Pointing at the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsCoordinateTransform, QgsCsException, QgsProject
from qgis.gui import QgsMapToolEmitPoint, QgsMapToolExtent
from qgis.PyQt.QtCore import Qt, pyqtSignal

from cmpagl_qgis.texts import tr

from .filters import box_in_degrees
from .footprints import degrees

if TYPE_CHECKING:
    from qgis.core import QgsPointXY, QgsRectangle
    from qgis.gui import QgsMapCanvas
    from qgis.PyQt.QtGui import QKeyEvent


CLICK_PX = 4
"""A rectangle that is smaller is a click with a hand that shook."""


class PlaceTool(QgsMapToolEmitPoint):
    """Click a place. ``picked`` carries longitude and latitude; ``refused`` a sentence."""

    picked = pyqtSignal(float, float)
    refused = pyqtSignal(str)

    def __init__(self, canvas: QgsMapCanvas) -> None:
        """Make it; the canvas' ``setMapTool`` takes it up."""
        super().__init__(canvas)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.canvasClicked.connect(self._on_clicked)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Give up with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.canvas().unsetMapTool(self)

    def _on_clicked(self, point: QgsPointXY) -> None:
        _pick(self, point, self.canvas())


class AreaTool(QgsMapToolExtent):
    """Draw a rectangle. ``extentChanged`` carries it in the map's CRS; Esc gives up."""

    def __init__(self, canvas: QgsMapCanvas) -> None:
        """Make it; the canvas' ``setMapTool`` takes it up."""
        super().__init__(canvas)
        self.setCursor(Qt.CursorShape.CrossCursor)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Give up with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.canvas().unsetMapTool(self)


class LookTool(AreaTool):
    """Click a place, or draw a rectangle.

    ``picked`` carries longitude and latitude of a click; ``drawn`` west, south, east and north of a
    rectangle, degrees; ``refused`` a sentence.
    """

    picked = pyqtSignal(float, float)
    drawn = pyqtSignal(object)
    refused = pyqtSignal(str)

    def __init__(self, canvas: QgsMapCanvas) -> None:
        """Make it; the canvas' ``setMapTool`` takes it up."""
        super().__init__(canvas)
        self._map = canvas
        self.extentChanged.connect(self._on_extent)
        self.deactivated.connect(self.clearRubberBand)

    def _on_extent(self, extent: QgsRectangle) -> None:
        canvas = self._map
        side = max(extent.width(), extent.height())
        if side > CLICK_PX * canvas.mapUnitsPerPixel():
            box = box_in_degrees(extent, canvas.mapSettings().destinationCrs())
            if box is None:
                self.refused.emit(tr("The map shows no place on earth there."))
            else:
                self.drawn.emit(box)
            return
        self.clearRubberBand()
        _pick(self, extent.center(), canvas)


def _pick(tool: PlaceTool | LookTool, point: QgsPointXY, canvas: QgsMapCanvas) -> None:
    """Let a tool tell the longitude and latitude of a point of its map, or why there are none."""
    crs = canvas.mapSettings().destinationCrs()
    if not crs.isValid():
        text = tr("The project has no CRS, so a place on the map is none on earth.")
        tool.refused.emit(text)
        return
    try:
        place = QgsCoordinateTransform(crs, degrees(), QgsProject.instance()).transform(point)
    except QgsCsException:
        tool.refused.emit(tr("There is no place on earth where you clicked."))
    else:
        tool.picked.emit(place.x(), place.y())
