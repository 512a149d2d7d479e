"""The map brought to a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmpagl_qgis.errors import LayerError
from cmpagl_qgis.texts import warn

from .footprints import Placer, common_crs, main_box
from .style import FLASH

if TYPE_CHECKING:
    from qgis.core import QgsCoordinateTransformContext, QgsGeometry
    from qgis.gui import QgsMapCanvas

MARGIN = 3.0
"""How many times as wide as the footprint the map is after zooming to it."""


def zoom(canvas: QgsMapCanvas, geometry: QgsGeometry) -> None:
    """Show a place in the middle of the map, with its surroundings.

    Args:
        canvas: the map.
        geometry: the place, in the map's CRS.
    """
    box = main_box(geometry)
    box.scale(MARGIN)
    canvas.setExtent(box)
    canvas.refresh()


def show_place(
    canvas: QgsMapCanvas, context: QgsCoordinateTransformContext, footprint: dict[str, object]
) -> None:
    """Zoom to a place that is no match, and let it light up.

    Args:
        canvas: the map.
        context: of the project.
        footprint: GeoJSON (Multi)Polygon, longitude before latitude.
    """
    target = canvas.mapSettings().destinationCrs()
    crs = target if target.isValid() else common_crs(set())
    try:
        geometry = Placer(crs, context).place(footprint)
    except LayerError as error:
        warn(str(error))
        return
    zoom(canvas, geometry)
    canvas.flashGeometries([geometry], crs, *FLASH)
