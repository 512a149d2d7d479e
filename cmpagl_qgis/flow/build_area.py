"""The area of an index that is about to be built: taken from the map, or drawn on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsGeometry, QgsRectangle, QgsWkbTypes
from qgis.gui import QgsRubberBand
from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtGui import QColor

from cmpagl_qgis.map.filters import box_in_degrees
from cmpagl_qgis.map.map_tools import AreaTool
from cmpagl_qgis.texts import tr

if TYPE_CHECKING:
    from qgis.gui import QgsMapCanvas, QgsMapTool

    from cmpagl_qgis.dock.build_dialog import BuildDialog
    from cmpagl_qgis.dock.strips import MessageStrip


class BuildArea(QObject):
    """Answers what the dialog wants to know of the map; the rectangle stays visible next to it.

    While one is drawn the dialog is hidden.
    """

    def __init__(self, dialog: BuildDialog, canvas: QgsMapCanvas, message: MessageStrip) -> None:
        super().__init__(dialog)
        self._dialog, self._canvas, self._message = dialog, canvas, message
        self._before: QgsMapTool | None = None  # the tool in hand before
        self._tool = AreaTool(canvas)
        self._band = QgsRubberBand(canvas, QgsWkbTypes.GeometryType.PolygonGeometry)
        self._band.setColor(QColor(255, 255, 255))
        self._band.setFillColor(QColor(0, 0, 0, 0))
        self._band.setSecondaryStrokeColor(QColor(0, 0, 0))
        self._band.setWidth(2)
        self._tool.extentChanged.connect(self._on_drawn)
        self._tool.deactivated.connect(self._on_given_up)
        dialog.areaRequested.connect(self._on_request)
        dialog.finished.connect(self._close)

    def _on_request(self, name: str) -> None:
        if name == "view":
            self._take(self._canvas.mapSettings().visibleExtent(), "view")
            return
        self._before = self._canvas.mapTool()
        self._message.tell(tr("Draw a rectangle on the map around what is to be indexed."))
        self._dialog.hide()
        self._canvas.setMapTool(self._tool)

    def _on_drawn(self, rectangle: QgsRectangle) -> None:
        if self._dialog.isHidden() and not rectangle.isEmpty():
            self._take(rectangle, "draw")
            self._canvas.unsetMapTool(self._tool)

    def _take(self, rectangle: QgsRectangle, name: str) -> None:
        """Hand a rectangle of the map over in degrees, longitude before latitude."""
        box = box_in_degrees(rectangle, self._canvas.mapSettings().destinationCrs())
        if box is None:
            text = tr("The map shows no place on earth there. Give the project a CRS.")
            self._message.tell(text, warning=True)
            self._dialog.set_area(())
            return
        self._dialog.set_area(box, name)
        self._band.setToGeometry(QgsGeometry.fromRect(rectangle), None)

    def _on_given_up(self) -> None:
        """The tool was laid down: with Esc, for another one, or because it is done."""
        self._tool.clearRubberBand()
        if not self._dialog.isHidden():
            return
        self._message.clear()
        self._dialog.set_area(())
        self._dialog.show()
        if self._before is not None and self._canvas.mapTool() is None:
            self._canvas.setMapTool(self._before)

    def _close(self) -> None:
        self._tool.deactivated.disconnect(self._on_given_up)
        self._canvas.unsetMapTool(self._tool)
        self._canvas.scene().removeItem(self._band)
