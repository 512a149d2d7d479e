"""Polygons on a globe: cut where longitude jumps, and laid round the poles.

Two places need more than corners: the antimeridian, where a polygon is split (RFC 7946, 3.1.9),
and the poles, where a point has every longitude. Near a pole a ring is cut in the plane in which
the pole is a point like any other; the quarters are then laid side by side in degrees.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry.polygon import orient

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

    FloatArray = npt.NDArray[np.float64]

_QUARTER_DEG = 90.0
_SECTOR_STEP_DEG = 3.0
"""Edges near a pole get a point at least so often."""
_FAR = 400.0
"""Beyond the farthest point from a pole, 180 degrees."""
_GRID_DEG = 1e-9
"""Parts meet on a grid so fine, about 0.1 mm, that no sliver is left between them."""
_AT_POLE_DEG = 1e-9


def cut_at_antimeridian(ring: FloatArray) -> BaseGeometry:
    """A polygon, or one part for each side of the antimeridian.

    Args:
        ring: continuous longitudes of any range, latitudes, degrees, shape ``(n, 2)``.
    """
    return split_at_antimeridian(shapely.make_valid(shapely.Polygon(ring)))


def split_at_antimeridian(whole: BaseGeometry) -> BaseGeometry:
    """The polygons of a shape, cut at the antimeridian and moved to -180 to 180 degrees.

    Args:
        whole: a valid shape with continuous longitudes of any range, degrees.
    """
    west, _, east, _ = whole.bounds
    first, last = int(np.floor((west + 180) / 360)), int(np.ceil((east + 180) / 360))
    parts: list[BaseGeometry] = []
    for turn in range(first, max(last, first + 1)):
        world = shapely.box(360 * turn - 180, -90, 360 * turn + 180, 90)
        piece = shapely.intersection(whole, world)
        parts += _polygons(affinity.translate(piece, xoff=-360.0 * turn))
    return _merged(shapely.union_all(parts))


def lay_round_pole(ring: FloatArray, sign: int) -> BaseGeometry:
    """A polygon that holds a pole, touches it or lies close to it.

    Args:
        ring: longitudes, latitudes, degrees, shape ``(n, 2)``, points close to each other.
        sign: 1 for the north pole, -1 for the south pole.
    """
    away, turn = 90 - sign * ring[:, 1], np.radians(ring[:, 0])
    flat = np.stack([away * np.cos(turn), away * np.sin(turn)], axis=-1)
    whole = shapely.make_valid(shapely.Polygon(flat))
    parts = []
    for start in (-180.0, -90.0, 0.0, 90.0):
        corners = np.radians([start, start + _QUARTER_DEG / 2, start + _QUARTER_DEG])
        sector = _FAR * np.stack([np.cos(corners), np.sin(corners)], axis=-1)
        for piece in _polygons(shapely.intersection(whole, shapely.Polygon([(0, 0), *sector]))):
            rings = [piece.exterior, *piece.interiors]
            outer, *holes = (
                _in_degrees(shapely.get_coordinates(one)[:-1], start, sign) for one in rings
            )
            parts.append(shapely.make_valid(shapely.Polygon(outer, holes)))
    return _merged(shapely.union_all(parts, grid_size=_GRID_DEG))


def _in_degrees(ring: FloatArray, start: float, sign: int) -> FloatArray:
    """A ring inside a quarter round a pole, in longitude and latitude.

    Args:
        ring: in the plane, degrees from the pole, shape ``(n, 2)``.
        start: longitude where the quarter starts.
        sign: 1 for the north pole, -1 for the south pole.
    """
    away = np.hypot(*ring.T)
    lon = start + (np.degrees(np.arctan2(ring[:, 1], ring[:, 0])) - start + 45) % 360 - 45
    lon = lon.clip(start, start + _QUARTER_DEG)
    at_pole = away < _AT_POLE_DEG
    found: list[tuple[float, float]] = []
    for here in range(len(ring)):
        before, after = here - 1, (here + 1) % len(ring)
        if at_pole[here]:
            found += [(float(lon[near]), 90.0 * sign) for near in (before, after)]
            continue
        found.append((float(lon[here]), sign * (90 - float(away[here]))))
        if not at_pole[after]:
            found += _between(ring[here], ring[after], lon[here], lon[after], sign)
    return np.array(found)


def _between(
    one: FloatArray, other: FloatArray, lon: float, other_lon: float, sign: int
) -> list[tuple[float, float]]:
    """Points along a straight edge of the plane, close enough to be straight in degrees too."""
    steps = int(np.ceil(abs(other_lon - lon) / _SECTOR_STEP_DEG))
    points = []
    for share in range(1, steps):
        between = lon + (other_lon - lon) * share / steps
        x, y = np.cos(np.radians(between)), np.sin(np.radians(between))
        dx, dy = other - one
        along = (one[1] * x - one[0] * y) / (dx * y - dy * x)
        points.append((between, sign * (90 - float(np.hypot(*(one + along * (other - one)))))))
    return points


def _polygons(shape: BaseGeometry) -> list[BaseGeometry]:
    flat = shapely.get_parts(shapely.get_parts(shape))
    return [part for part in flat if part.geom_type == "Polygon" and part.area > 0]


def _merged(shape: BaseGeometry) -> BaseGeometry:
    polygons: Sequence[BaseGeometry] = [orient(part) for part in _polygons(shape)]
    if not polygons:
        return shapely.Polygon()
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)
