"""Pointing at the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsCoordinateTransform, QgsCsException, QgsProject
from qgis.gui import QgsMapToolEmitPoint, QgsMapToolExtent
from qgis.PyQt.QtCore import Qt, pyqtSignal

from cmpagl_qgis.errors import LayerError
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
        try:
            place = place_of(point, self.canvas())
        except LayerError as error:
            self.refused.emit(str(error))
        else:
            self.picked.emit(place.x(), place.y())


def place_of(point: QgsPointXY, canvas: QgsMapCanvas) -> QgsPointXY:
    """Longitude and latitude of a point of a map.

    Args:
        point: in the map's CRS.
        canvas: the map.

    Raises:
        LayerError: if it is no place on earth.
    """
    crs = canvas.mapSettings().destinationCrs()
    if not crs.isValid():
        raise LayerError(tr("The project has no CRS, so a place on the map is none on earth."))
    way = QgsCoordinateTransform(crs, degrees(), QgsProject.instance())
    try:
        return way.transform(point)
    except QgsCsException as error:
        raise LayerError(tr("There is no place on earth where you clicked.")) from error


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


class LookTool(AreaTool):
    """Click a place, or draw a rectangle.

    ``picked`` carries longitude and latitude of a click; ``drawn`` west, south, east and north of a
    rectangle, degrees; ``refused`` a sentence.
    """

    picked = pyqtSignal(float, float)
    drawn = pyqtSignal(object)
    refused = pyqtSignal(str)

    def __init__(self, canvas: QgsMapCanvas) -> None:
        """Make it; the canvas' ``setMapTool`` takes it up.

        Args:
            canvas: the map.
        """
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
        try:
            place = place_of(extent.center(), canvas)
        except LayerError as error:
            self.refused.emit(str(error))
        else:
            self.picked.emit(place.x(), place.y())
