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
HALO = QColor(0, 0, 0, 200)
CLEAR = QColor(0, 0, 0, 0)
WIDTH_PX = 2


class ChosenFrame:
    """White with a dark halo, readable over any scene; nothing of it is in a layer."""

    def __init__(self, canvas: QgsMapCanvas, layers: MatchLayers) -> None:
        """Make it invisible.

        Args:
            canvas: the map.
            layers: whose selected feature is framed.
        """
        self._canvas, self._layers = canvas, layers
        self.band = QgsRubberBand(canvas, QgsWkbTypes.GeometryType.PolygonGeometry)
        self.band.setFillColor(CLEAR)
        self.band.setStrokeColor(INK)
        self.band.setSecondaryStrokeColor(HALO)
        self.band.setWidth(WIDTH_PX)
        canvas.layersChanged.connect(self._on_layers)

    def follow(self) -> None:
        """Frame what is selected now; nothing where nothing is."""
        self.clear()
        layer = self._layers.layer
        if layer is not None:
            for feature in layer.getSelectedFeatures():
                self.band.addGeometry(feature.geometry(), layer)

    def clear(self) -> None:
        """Frame nothing."""
        self.band.reset(QgsWkbTypes.GeometryType.PolygonGeometry)

    def close(self) -> None:
        """Take the frame off the canvas; this object is of no use afterwards."""
        self._canvas.layersChanged.disconnect(self._on_layers)
        self._canvas.scene().removeItem(self.band)

    def _on_layers(self) -> None:
        """The user may have removed the layer."""
        if self._layers.layer is None:
            self.clear()
