"""The pixels of a picture to be rendered: how large they are on the ground, and where they lie."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsDistanceArea,
    QgsPointXY,
    QgsRectangle,
)

from cmpagl_qgis.errors import RenderError
from cmpagl_qgis.texts import tr, whole

if TYPE_CHECKING:
    from qgis.core import QgsCoordinateTransformContext, QgsProject

MEGAPIXEL = 1_000_000
ASK_PIXELS = 100 * MEGAPIXEL
"""From here on the user is asked whether it shall be so many."""
MOST_PIXELS = 1_000 * MEGAPIXEL
"""More are refused: hours of drawing, and no service gives its whole map away."""
WHOLE_EARTH = "EPSG:7030"
"""The ellipsoid where a CRS names none."""
ROUNDING = 1e-6
"""Share of a pixel that is no pixel of its own."""


@dataclass(frozen=True)
class RasterGrid:
    """Square pixels in rows from the north, columns from the west."""

    crs: QgsCoordinateReferenceSystem
    """Projected, easting first."""
    west: float
    """Left edge, CRS units."""
    north: float
    """Upper edge, CRS units."""
    pixel: float
    """Side of a pixel, CRS units."""
    width: int
    """Columns."""
    height: int
    """Rows."""

    @property
    def pixels(self) -> int:
        """How many there are."""
        return self.width * self.height

    @property
    def extent(self) -> QgsRectangle:
        """All of it, in its CRS."""
        return self.window(0, 0, self.width, self.height)

    def window(self, column: int, row: int, width: int, height: int) -> QgsRectangle:
        """A part of it, in its CRS.

        Args:
            column: of its first pixel, from 0.
            row: of its first pixel, from 0.
            width: columns.
            height: rows.
        """
        west, north = self.west + column * self.pixel, self.north - row * self.pixel
        return QgsRectangle(west, north - height * self.pixel, west + width * self.pixel, north)


def make_grid(
    area: QgsRectangle,
    crs: QgsCoordinateReferenceSystem,
    metres: float,
    context: QgsCoordinateTransformContext,
    steps: tuple[float, ...] = (),
) -> RasterGrid:
    """The grid that covers an area.

    Its lines are whole multiples of the pixel, which those of map services are, too: where the
    pixel is the service's own, nothing is resampled.

    Args:
        area: what is covered, in ``crs``.
        crs: of the grid; not in degrees.
        metres: side of a pixel on the ground, measured in the middle of the area.
        context: the project's, for the ellipsoid.
        steps: pixels that a service has, CRS units; one that differs by less than 1 % is taken.

    Raises:
        RenderError: if the area is empty, the CRS is in degrees, or there are too many pixels.
    """
    if area.isEmpty() or not area.isFinite():
        raise RenderError(tr("The area is empty. Choose one on the map."))
    if not crs.isValid() or crs.isGeographic():
        text = tr("{0} counts in degrees. Choose a coordinate system in metres, such as UTM.")
        raise RenderError(text.format(crs.userFriendlyIdentifier() or tr("The CRS")))
    pixel = metres / metres_of_unit(area.center(), crs, context)
    pixel = next((step for step in steps if abs(step - pixel) < 0.01 * pixel), pixel)
    west = math.floor(area.xMinimum() / pixel + ROUNDING) * pixel
    north = math.ceil(area.yMaximum() / pixel - ROUNDING) * pixel
    width = math.ceil((area.xMaximum() - west) / pixel - ROUNDING)
    height = math.ceil((north - area.yMinimum()) / pixel - ROUNDING)
    grid = RasterGrid(crs, west, north, pixel, max(width, 1), max(height, 1))
    if grid.pixels > MOST_PIXELS:
        text = tr(
            "{0} x {1} pixels are more than {2} megapixels. Take a smaller area or larger pixels."
        )
        sides = (whole(grid.width), whole(grid.height), whole(MOST_PIXELS // MEGAPIXEL))
        raise RenderError(text.format(*sides))
    return grid


def metres_of_unit(
    point: QgsPointXY, crs: QgsCoordinateReferenceSystem, context: QgsCoordinateTransformContext
) -> float:
    """How long a unit of a CRS is on the ground, metres, eastwards.

    In web maps (EPSG:3857) a unit is a metre at the equator only.

    Args:
        point: where, in the CRS.
        crs: a projected one.
        context: the project's.

    Raises:
        RenderError: if the place does not lie on the ground that the CRS shows.
    """
    ruler = QgsDistanceArea()
    ruler.setSourceCrs(crs, context)
    ruler.setEllipsoid(crs.ellipsoidAcronym() or WHOLE_EARTH)
    step = 100.0
    try:
        metres = ruler.measureLine(point, QgsPointXY(point.x() + step, point.y())) / step
    except QgsCsException:
        metres = math.nan
    if not (math.isfinite(metres) and metres > 0):
        text = tr("The area lies outside what {0} can show. Choose another coordinate system.")
        raise RenderError(text.format(crs.userFriendlyIdentifier()))
    return metres


def moved(
    area: QgsRectangle,
    source: QgsCoordinateReferenceSystem,
    target: QgsCoordinateReferenceSystem,
    project: QgsProject,
) -> QgsRectangle:
    """An area in another CRS: the box around it.

    Args:
        area: the area.
        source: its CRS.
        target: the other.
        project: knows the ways between them.

    Raises:
        RenderError: if it cannot be shown there.
    """
    try:
        return QgsCoordinateTransform(source, target, project).transformBoundingBox(area)
    except QgsCsException as error:
        text = tr("The area lies outside what {0} can show. Choose another coordinate system.")
        raise RenderError(text.format(target.userFriendlyIdentifier())) from error


def metric_crs(
    wished: QgsCoordinateReferenceSystem, point: QgsPointXY
) -> QgsCoordinateReferenceSystem:
    """A CRS itself where it is projected; else the UTM zone of a place.

    Args:
        wished: any CRS.
        point: longitude and latitude, degrees (WGS 84).
    """
    if wished.isValid() and not wished.isGeographic():
        return wished
    zone = min(max(math.floor((point.x() + 180) / 6) + 1, 1), 60)
    return QgsCoordinateReferenceSystem(f"EPSG:{(32600 if point.y() >= 0 else 32700) + zone}")
