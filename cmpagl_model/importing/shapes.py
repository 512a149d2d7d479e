"""Shapes of imported chips: to longitude and latitude, turned the right way, as windows."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry import MultiPolygon

from tiling.globe import cut_at_antimeridian, lay_round_pole, split_at_antimeridian

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
HALF_TURN, NEAR_POLE, PIECES = 180.0, 89.0, 64
"""Degrees; latitude from which outlines are laid round the pole, and pieces of an edge for that."""
EARTH_M = 4.1e7
"""No length on the ground is longer: around the Earth."""
EPSILON_DEGREES = 1e-6
"""So far beyond the globe corners may lie that were rounded; they are put on its edge."""
MOST_CROSSINGS = 10_000
"""An outline that crosses itself more often is refused. Undoing so many takes 0.4 s; 6,000 corners
can cross 18 million times, which took minutes and gigabytes."""
SEGMENTS_COMPARED = 1 << 21


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


def outlines_in_degrees(
    shapes: NDArray[np.object_], transform: tuple[float, ...], crs: str
) -> NDArray[np.object_]:
    """Polygons on a raster's grid in OGC:CRS84, cut at the antimeridian and laid round the poles.

    Args:
        shapes: polygons, x in columns of cells, y in rows.
        transform: six numbers a, b, c, d, e, f from corners of cells to ``crs``.
        crs: what PROJ reads.
    """
    a, b, c, d, e, f = transform

    def placed(cells: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = cells.T
        return np.stack([a * x + b * y + c, d * x + e * y + f], axis=1)

    found = to_degrees(shapely.transform(shapes, placed), crs)
    west, south, east, north = shapely.bounds(found).reshape(-1, 4).T
    plain = (east - west <= HALF_TURN) & (west >= -HALF_TURN) & (east <= HALF_TURN)
    plain &= np.maximum(np.abs(south), np.abs(north)) < NEAR_POLE
    for place in np.flatnonzero(~plain):
        left, top, right, bottom = shapes[place].bounds
        fine = shapely.segmentize(shapes[place], max(right - left, bottom - top) / PIECES)
        (rings,) = to_degrees(np.array([shapely.transform(fine, placed)], object), crs)
        found[place] = _round_globe(rings)
    return np.asarray(shapely.orient_polygons(found), object)


def _round_globe(shape: BaseGeometry) -> BaseGeometry:
    """A shape whose longitudes jump where its rings go round the globe, without jumps."""
    wholes = []
    for part in shapely.get_parts(shape):
        found = []
        for ring in map(shapely.get_coordinates, (part.exterior, *part.interiors)):
            lon = np.unwrap(ring[:, 0], period=2 * HALF_TURN)
            if abs(lon[-1] - lon[0]) > HALF_TURN or np.abs(ring[:, 1]).max() >= NEAR_POLE:
                found.append(lay_round_pole(ring[:-1], 1 if ring[:, 1].mean() > 0 else -1))
            else:
                found.append(cut_at_antimeridian(np.stack([lon, ring[:, 1]], axis=1)))
        outer, *holes = found
        wholes.append(shapely.difference(outer, shapely.union_all(holes)))
    return shapely.union_all(wholes)


def on_globe(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Which shapes in degrees lie on the globe with all their corners; ``None`` counts as one."""
    corners, owners = shapely.get_coordinates(shapes, return_index=True)
    limits = np.array([180.0, 90.0]) + EPSILON_DEGREES
    good = np.ones(len(shapes), np.bool_)
    good[owners[~(np.abs(corners) <= limits).all(axis=1)]] = False  # NaN is nowhere, too
    return good


def in_bounds(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """The same shapes, corners slightly off the globe put on its edge."""
    corners = shapely.get_coordinates(shapes)
    if not (np.abs(corners) > [180.0, 90.0]).any():
        return shapes
    limits = np.array([180.0, 90.0])
    return np.asarray(shapely.transform(shapes, lambda xy: np.clip(xy, -limits, limits)), object)


def make_valid(shapes: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Polygons whose outline crosses itself become such that enclose the same and do not.

    Args:
        shapes: of any kind, or ``None``.

    Returns:
        The shapes, ``None`` for one that crosses itself too often or encloses nothing; and which
        were repaired.
    """
    wrong = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
    whole = shapes.copy()
    for place in np.flatnonzero(wrong):
        whole[place] = enclosed(shapes[place])
    return whole, wrong & ~shapely.is_missing(whole)


def enclosed(area: BaseGeometry) -> BaseGeometry | None:
    """What an outline that crosses itself encloses; ``None``: nothing, or it crosses too often."""
    if crossings(area) > MOST_CROSSINGS:
        return None
    whole = shapely.make_valid(area, method="structure", keep_collapsed=False)
    parts = shapely.get_parts(shapely.get_parts(whole))
    polygons = [part for part in parts if part.geom_type == "Polygon" and not part.is_empty]
    if len(polygons) > 1:
        return MultiPolygon(polygons)
    return polygons[0] if polygons else None


def crossings(shape: BaseGeometry) -> int:
    """About how often the outline of an area crosses itself: counted for some of its sides."""
    rings = shapely.get_rings(shapely.get_parts(shape))
    corners, owners = shapely.get_coordinates(rings, return_index=True)
    sides = np.stack([corners[:-1], corners[1:]], axis=1)[owners[:-1] == owners[1:]]
    lines = shapely.linestrings(sides)
    if not len(lines):
        return 0
    some = lines[:: -(-(len(lines) ** 2) // SEGMENTS_COMPARED)]
    met = len(shapely.STRtree(lines).query(some, predicate="intersects")[0])
    return max(0, met - 3 * len(some)) * len(lines) // (2 * len(some))  # itself, two neighbours


@lru_cache(maxsize=4)
def _transformer(crs: str) -> Any | None:  # noqa: ANN401 - pyproj's classes are half typed
    import pyproj  # noqa: PLC0415 - for who only searches needs none

    source, target = pyproj.CRS.from_user_input(crs), pyproj.CRS.from_user_input(CRS84)
    if source.is_exact_same(target) or source.to_authority() == ("EPSG", "4326"):
        return None  # GeoParquet keeps longitude first whatever the axes of the CRS are
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


def ground_sides(bounds: NDArray[np.float64]) -> NDArray[np.float64]:
    """The longer side of boxes on the ground, m, at least 1; ``bounds`` in degrees, ``(n, 4)``."""
    west, south, east, north = bounds.T
    across = (east - west) * np.cos(np.radians((south + north) / 2)) * DEGREE_M
    sides: NDArray[np.float64] = np.maximum(np.maximum(across, (north - south) * DEGREE_M), 1.0)
    return sides


def squares(points: NDArray[np.object_], side_m: float) -> NDArray[np.object_]:
    """Squares round points, seen on the ground; where one crosses the antimeridian, it runs on.

    Args:
        points: in degrees.
        side_m: the squares' side.
    """
    east, north = shapely.get_x(points), shapely.get_y(points)
    up = side_m / 2 / DEGREE_M
    across = np.minimum(up / np.maximum(np.cos(np.radians(north)), up / 180.0), 180.0)
    east = np.where(east - across < -180.0, east + 360.0, east)
    low, high = np.maximum(north - up, -90.0), np.minimum(north + up, 90.0)
    return np.asarray(shapely.box(east - across, low, east + across, high), object)


def within_a_turn(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """The same shapes, those that run on beyond 180 degrees split there."""
    whole = shapes.copy()
    for place in np.flatnonzero(shapely.bounds(shapes).reshape(-1, 4)[:, 2] > 180.0):
        whole[place] = split_at_antimeridian(shapes[place])
    return whole


def boxes_to_windows(bounds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Windows on a grid over the whole Earth, so that chips which overlap have windows that do.

    Args:
        bounds: west, south, east, north in degrees, ``(n, 4)``.

    Returns:
        Column, row, width, height ``(n, 4)``, whole numbers; a side is 1 px at least.
    """
    west, south, east, north = bounds.T
    left, right = ((side + 180.0) / PIXEL_DEGREES for side in (west, east))
    top, bottom = ((90.0 - side) / PIXEL_DEGREES for side in (north, south))
    size = [np.maximum(np.rint(right - left), 1), np.maximum(np.rint(bottom - top), 1)]
    return np.stack([np.floor(left), np.floor(top), *size], axis=1)
