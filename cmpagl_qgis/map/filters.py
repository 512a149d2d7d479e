"""Where to search, in degrees: what the map shows, what is selected, what is visible."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
    QgsWkbTypes,
)

from cmpagl_qgis.errors import LayerError
from cmpagl_qgis.texts import tr

from .footprints import degrees, transform
from .sources import source_or_none

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qgis.gui import QgsMapCanvas

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees; west is greater than east across the antimeridian."""

GRID = 21
"""Points along each side of the map that are transformed: a straight edge may be a curve."""
DENSE_VERTICES = 2000
"""Polygons of more vertices are taken as they are."""


def extent_filter(canvas: QgsMapCanvas) -> Box | None:
    """The box in degrees of what the map shows; ``None`` where the map has no place on earth.

    Args:
        canvas: the map.
    """
    settings = canvas.mapSettings()
    return box_in_degrees(settings.visibleExtent(), settings.destinationCrs())


def box_in_degrees(extent: QgsRectangle, crs: QgsCoordinateReferenceSystem) -> Box | None:
    """The box in degrees around a rectangle of any CRS; ``None`` where it has no place on earth.

    Args:
        extent: the rectangle.
        crs: of its coordinates.
    """
    if not crs.isValid() or extent.isEmpty():
        return None
    way = QgsCoordinateTransform(crs, degrees(), QgsProject.instance())
    xs = [extent.xMinimum() + extent.width() * step / (GRID - 1) for step in range(GRID)]
    ys = [extent.yMinimum() + extent.height() * step / (GRID - 1) for step in range(GRID)]
    found = [_transform(QgsPointXY(x, y), way) for x in xs for y in ys]
    points = [(point.x(), point.y()) for point in found if point is not None]
    if not points:
        return None
    longitudes = [x if -180.0 <= x <= 180.0 else (x + 180.0) % 360.0 - 180.0 for x, _y in points]
    latitudes = [y for _x, y in points]
    south, north = max(min(latitudes), -90.0), min(max(latitudes), 90.0)
    if south > 90.0 or north < -90.0:
        return None
    around = crs.isGeographic() and extent.width() >= 360.0
    for pole in (-90.0, 90.0):
        if _shows_pole(pole, extent, way):
            around = True
            south, north = min(south, pole), max(north, pole)
    west, east = (-180.0, 180.0) if around else _span(longitudes)
    return (west, south, east, north)


def _transform(
    point: QgsPointXY, way: QgsCoordinateTransform, *, back: bool = False
) -> QgsPointXY | None:
    directions = Qgis.TransformDirection
    try:
        found = way.transform(point, directions.Reverse if back else directions.Forward)
    except QgsCsException:
        return None  # beyond the edge of the projection
    finite = abs(found.x()) < 1e12 and abs(found.y()) < 1e12
    return found if finite else None


def _shows_pole(pole: float, extent: QgsRectangle, way: QgsCoordinateTransform) -> bool:
    """Whether a pole is a point inside the map; in a cylindrical projection it is none."""
    here = _transform(QgsPointXY(0.0, pole), way, back=True)
    there = _transform(QgsPointXY(90.0, pole), way, back=True)
    if here is None or there is None or not extent.contains(here):
        return False
    return here.distance(there) < max(extent.width(), extent.height()) * 1e-6


def _span(longitudes: list[float]) -> tuple[float, float]:
    """West and east of points; over the antimeridian where that leaves more than half out."""
    ordered = sorted(longitudes)
    gaps = [(after - before, before, after) for before, after in zip(ordered, ordered[1:])]
    width, east, west = max(gaps, default=(0.0, 0.0, 0.0))
    if width > 180.0:
        return (west, east)
    if ordered[-1] - ordered[0] > 360.0 * (GRID - 2) / (GRID - 1):
        return (-180.0, 180.0)  # all around: the points are too far apart to tell what is left out
    return (ordered[0], ordered[-1])


def polygons_filter(layer: QgsVectorLayer) -> dict[str, object] | None:
    """The selected polygons of a layer as one GeoJSON geometry in degrees.

    Args:
        layer: of polygons.

    Returns:
        A Polygon or MultiPolygon; ``None`` where nothing is selected.

    Raises:
        LayerError: if the layer has no polygons or no CRS, or they lie outside of it.
    """
    if layer.geometryType() != QgsWkbTypes.GeometryType.PolygonGeometry:
        raise LayerError(
            tr("Layer {0} has no polygons; select some in one that has.").format(layer.name())
        )
    if not layer.crs().isValid():
        raise LayerError(tr("Layer {0} has no CRS; set it in its properties.").format(layer.name()))
    geometries = [feature.geometry() for feature in layer.getSelectedFeatures()]
    return union_in_degrees(geometries, layer.crs(), layer.name())


def union_in_degrees(
    geometries: Iterable[QgsGeometry], crs: QgsCoordinateReferenceSystem, name: str
) -> dict[str, object] | None:
    """Polygons as one GeoJSON geometry in degrees.

    Args:
        geometries: polygons; those without a geometry are left out.
        crs: of their coordinates, valid.
        name: of their layer, for messages.

    Returns:
        A Polygon or MultiPolygon; ``None`` where there are none.

    Raises:
        LayerError: if they lie outside of the CRS, or are not valid.
    """
    way = QgsCoordinateTransform(crs, degrees(), QgsProject.instance())
    parts = [_in_degrees(geometry, way) for geometry in geometries if not geometry.isNull()]
    if not parts:
        return None
    union = QgsGeometry.unaryUnion(parts)
    if union.isNull() or union.type() != QgsWkbTypes.GeometryType.PolygonGeometry:
        text = tr("The selected polygons of {0} are not valid; repair them with Fix geometries.")
        raise LayerError(text.format(name))
    found: dict[str, object] = json.loads(union.asJson(9))
    return found


def _in_degrees(geometry: QgsGeometry, way: QgsCoordinateTransform) -> QgsGeometry:
    straight = QgsGeometry(geometry.constGet().segmentize())
    if not way.isShortCircuited() and straight.constGet().nCoordinates() < DENSE_VERTICES:
        straight = straight.densifyByCount(9)
    transform(straight, way)
    if straight.boundingBox().width() > 180.0 and not way.sourceCrs().isGeographic():
        straight = _unwrapped(straight)
    straight = straight.makeValid()
    earth = QgsRectangle(-180.0, -90.0, 180.0, 90.0)
    return straight if earth.contains(straight.boundingBox()) else _on_earth(straight)


def _unwrapped(torn: QgsGeometry) -> QgsGeometry:
    """A polygon whose vertices jump from 180 to -180 degrees, going on to 360 instead."""
    whole = QgsGeometry(torn)
    for number, vertex in enumerate(list(torn.vertices())):
        if vertex.x() < 0.0 and not whole.moveVertex(vertex.x() + 360.0, vertex.y(), number):
            return torn
    return torn if whole.boundingBox().width() > 180.0 else whole  # wide as half the earth: no jump


def _on_earth(geometry: QgsGeometry) -> QgsGeometry:
    """A polygon cut at the antimeridian, each part moved to between -180 and 180 degrees."""
    parts = []
    for turn in (-360.0, 0.0, 360.0):
        box = QgsRectangle(turn - 180.0, -90.0, turn + 180.0, 90.0)
        part = geometry.intersection(QgsGeometry.fromRect(box))
        if (
            not part.isEmpty()
            and part.translate(-turn, 0.0) == Qgis.GeometryOperationResult.Success
        ):
            parts.append(part)
    return QgsGeometry.unaryUnion(parts)


def visible_scene_paths(canvas: QgsMapCanvas) -> list[str]:
    """Files of the raster layers that the map shows, top first; what has no file is left out.

    Args:
        canvas: the map.
    """
    found = [source_or_none(layer) for layer in canvas.layers()]
    return [source.path for source in found if source is not None]
