"""A frame on the map around the chosen place: overlapping matches hide which one it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsWkbTypes
from qgis.gui import QgsRubberBand
from qgis.PyQt.QtGui import QColor

if TYPE_CHECKING:
    from qgis.gui import QgsMapCanvas

    from .layers import MatchLayers

INK = QColor(255, 255, 255)
RIM = QColor(0, 0, 0, 200)
CLEAR = QColor(0, 0, 0, 0)
HALO_PX = 8
LINE_PX = 2


class ChosenFrame:
    """A white halo with dark rims around the place's outline; nothing of it is in a layer."""

    def __init__(self, canvas: QgsMapCanvas, layers: MatchLayers) -> None:
        """Make it invisible."""
        self._canvas, self._layers = canvas, layers
        self.band = _band(canvas, HALO_PX)
        self.band.setStrokeColor(INK)
        self._line = _band(canvas, LINE_PX)
        layers.gone.connect(self.clear)

    def follow(self, rank: int) -> None:
        """Frame a place.

        Args:
            rank: of the hit; nothing is framed where there is none.
        """
        self.clear()
        found = self._layers.footprint(rank)
        if found is not None:
            self._line.setStrokeColor(self._layers.colour(rank))
            for band in (self.band, self._line):
                band.addGeometry(*found)

    def clear(self) -> None:
        """Frame nothing."""
        for band in (self.band, self._line):
            band.reset(QgsWkbTypes.GeometryType.PolygonGeometry)

    def close(self) -> None:
        """Take the frame off the canvas; this object is of no use afterwards."""
        self._layers.gone.disconnect(self.clear)
        for band in (self.band, self._line):
            self._canvas.scene().removeItem(band)


def _band(canvas: QgsMapCanvas, width_px: int) -> QgsRubberBand:
    band = QgsRubberBand(canvas, QgsWkbTypes.GeometryType.PolygonGeometry)
    band.setFillColor(CLEAR)
    band.setSecondaryStrokeColor(RIM)
    band.setWidth(width_px)
    return band
