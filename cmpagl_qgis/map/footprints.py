"""Footprints from the protocol's degrees to a map's coordinates."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCoordinateTransformContext,
    QgsCsException,
    QgsGeometry,
    QgsPointXY,
    QgsRectangle,
)

from cmpagl_qgis.errors import LayerError
from cmpagl_qgis.texts import tr

DEGREES = "EPSG:4326"


def degrees() -> QgsCoordinateReferenceSystem:
    """Longitude and latitude, in QGIS always in this order."""
    return QgsCoordinateReferenceSystem(DEGREES)


def crs_from(text: str) -> QgsCoordinateReferenceSystem:
    """A CRS of the protocol; invalid where QGIS does not know it.

    Args:
        text: ``EPSG:n`` or WKT.
    """
    if text.upper().startswith("EPSG:"):
        return QgsCoordinateReferenceSystem(text)
    return QgsCoordinateReferenceSystem.fromWkt(text)


def common_crs(texts: set[str]) -> QgsCoordinateReferenceSystem:
    """The CRS that all share; longitude and latitude where there is none.

    Args:
        texts: each ``EPSG:n`` or WKT.
    """
    if len(texts) == 1:
        crs = crs_from(next(iter(texts)))
        way = QgsCoordinateTransform(degrees(), crs, QgsCoordinateTransformContext())
        if way.isValid():  # a CRS without a place on earth is valid, the way to it is not
            return crs
    return degrees()


def geometry_from(footprint: dict[str, object]) -> QgsGeometry:
    """A GeoJSON footprint as a MultiPolygon in longitude and latitude.

    Args:
        footprint: a Polygon or MultiPolygon.

    Raises:
        LayerError: if its coordinates are none.
    """
    coordinates: Any = footprint.get("coordinates")
    try:
        parts = [coordinates] if footprint.get("type") == "Polygon" else coordinates
        polygons = [
            [[QgsPointXY(point[0], point[1]) for point in ring] for ring in part] for part in parts
        ]
    except (TypeError, IndexError, KeyError) as error:
        text = tr("A footprint cannot be read: {0}").format(str(footprint)[:120])
        raise LayerError(text) from error
    return QgsGeometry.fromMultiPolygonXY(polygons)


def transform(geometry: QgsGeometry, way: QgsCoordinateTransform) -> None:
    """Move a geometry into another CRS, in place.

    Args:
        geometry: in the source CRS.
        way: from there.

    Raises:
        LayerError: if it lies where one of the two has no coordinates.
    """
    text = tr("A polygon cannot be brought from {0} to {1}: {2}")
    names = [crs.authid() or tr("its CRS") for crs in (way.sourceCrs(), way.destinationCrs())]
    try:
        result = geometry.transform(way)
    except QgsCsException as error:
        raise LayerError(text.format(*names, error)) from error
    box = geometry.boundingBox()  # far outside, PROJ gives infinity instead of an error
    if result != Qgis.GeometryOperationResult.Success or not box.isFinite():
        reason = geometry.lastError() or tr("it lies outside")
        raise LayerError(text.format(*names, reason))


class Placer:
    """Puts footprints into one CRS; parts that meet there, as at the antimeridian, are joined."""

    def __init__(
        self, crs: QgsCoordinateReferenceSystem, context: QgsCoordinateTransformContext
    ) -> None:
        """Prepare the way.

        Args:
            crs: where to.
            context: the project's choice of transformations.
        """
        self.crs = crs
        self._is_degrees = crs == degrees()
        self._transform = QgsCoordinateTransform(degrees(), crs, context)

    def place(self, footprint: dict[str, object]) -> QgsGeometry:
        """A footprint in the CRS.

        Args:
            footprint: a GeoJSON Polygon or MultiPolygon in longitude and latitude.

        Raises:
            LayerError: if it cannot be read, or lies where the CRS has no coordinates.
        """
        geometry = geometry_from(footprint)
        if self._is_degrees:
            return geometry
        transform(geometry, self._transform)
        if geometry.constGet().partCount() > 1:
            joined = QgsGeometry.unaryUnion([geometry])  # what touches here
            if joined.convertToMultiType():
                return joined
        return geometry


def main_box(geometry: QgsGeometry) -> QgsRectangle:
    """The box of a geometry's largest part: the other one may lie at the far end of the map.

    Args:
        geometry: of one or more polygons.
    """
    parts = geometry.asGeometryCollection() if geometry.isMultipart() else [geometry]
    if not parts:
        return geometry.boundingBox()
    return max(parts, key=lambda part: part.area()).boundingBox()
