"""Shapes of imported chips: to longitude and latitude, turned the right way, as windows."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.polygon import orient

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

CRS84 = "OGC:CRS84"
DEGREE_M = 111_319.49
"""Length of a degree of the equator, m."""
PIXEL_DEGREES = 1e-5
"""Side of a pixel in the grid that chips without window are placed on, about 1.1 m."""
GRID_PX = (36_000_000, 18_000_000)
"""That grid's width and height: the whole Earth."""


def to_degrees(shapes: NDArray[np.object_], crs: str) -> NDArray[np.object_]:
    """Shapes in OGC:CRS84.

    Args:
        shapes: in ``crs``, x before y.
        crs: what PROJ reads.
    """
    change = _transformer(crs)
    if change is None:
        return shapes

    def moved(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.stack(change.transform(points[:, 0], points[:, 1]), axis=1)

    return np.asarray(shapely.transform(shapes, moved), object)


@lru_cache(maxsize=4)
def _transformer(crs: str) -> Any | None:  # noqa: ANN401 - pyproj's classes are half typed
    source, target = pyproj.CRS.from_user_input(crs), pyproj.CRS.from_user_input(CRS84)
    if source.is_exact_same(target) or source.to_authority() == ("EPSG", "4326"):
        return None  # GeoParquet keeps longitude first whatever the axes of the CRS are
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


def counter_clockwise(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """The same shapes, outer rings of polygons counter-clockwise, as RFC 7946 wants them."""
    turned = shapes.copy()
    rings = shapely.get_exterior_ring(shapes)  # None for all but polygons
    plain = (shapely.get_type_id(shapes) == 3) & (shapely.get_num_interior_rings(shapes) == 0)
    wrong = plain & ~shapely.is_ccw(rings)
    turned[wrong] = shapely.reverse(shapes[wrong])
    for place in np.flatnonzero(~plain):
        turned[place] = _oriented(shapes[place])
    return turned


def _oriented(shape: BaseGeometry) -> BaseGeometry:
    if isinstance(shape, Polygon):
        return orient(shape)
    if isinstance(shape, MultiPolygon):
        return MultiPolygon([orient(part) for part in shape.geoms])
    return shape


def ground_sides(bounds: NDArray[np.float64]) -> NDArray[np.float64]:
    """The longer side of boxes on the ground, m, at least 1; ``bounds`` in degrees, ``(n, 4)``."""
    west, south, east, north = bounds.T
    across = (east - west) * np.cos(np.radians((south + north) / 2)) * DEGREE_M
    sides: NDArray[np.float64] = np.maximum(np.maximum(across, (north - south) * DEGREE_M), 1.0)
    return sides


def boxes_to_windows(bounds: NDArray[np.float64]) -> NDArray[np.int32]:
    """Windows on a grid over the whole Earth, so that chips which overlap have windows that do.

    Args:
        bounds: west, south, east, north in degrees, ``(n, 4)``.

    Returns:
        Column, row, width, height ``(n, 4)``; a side is 1 px at least.
    """
    west, south, east, north = bounds.T
    left, right = ((side + 180.0) / PIXEL_DEGREES for side in (west, east))
    top, bottom = ((90.0 - side) / PIXEL_DEGREES for side in (north, south))
    size = [np.maximum(np.rint(right - left), 1), np.maximum(np.rint(bottom - top), 1)]
    return np.stack([np.floor(left), np.floor(top), *size], axis=1).astype(np.int32)
