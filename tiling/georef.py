"""From pixels to places: footprints in OGC:CRS84 and true ground lengths.

A footprint is made of the window's corners, moved by the scene's six-number transform and then
by pyproj, so rotation and shear need no special case. Two places on Earth do: the antimeridian,
where a footprint is split (RFC 7946, 3.1.9), and the poles, round which a footprint is closed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, cast

import numpy as np
import shapely
from pyproj import CRS, Geod, Transformer
from pyproj.exceptions import CRSError, ProjError
from shapely import affinity
from shapely.geometry.polygon import orient

from .errors import NoGeoreferenceError, costs_one_scene

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

    from .grid import Window
    from .scene import SceneRecord

    FloatArray = npt.NDArray[np.float64]
    GeometryArray = npt.NDArray[np.object_]

_CORNERS = np.array([(0, 0), (0, 1), (1, 1), (1, 0)], dtype=np.float64)
_STEEP_DEG = 60.0
"""An edge that spans more longitude than this crosses the antimeridian, nears a pole or is as
long as a continent: rare enough to be handled one at a time."""
_STEPS_PER_EDGE = 32


def footprint(scene: SceneRecord, window: Window) -> BaseGeometry:
    """The place on the ground that a window shows.

    Args:
        scene: the scene.
        window: native px of the scene.

    Returns:
        A polygon in OGC:CRS84 (longitude, latitude in degrees), its exterior counter-clockwise
        and through the window's outer pixel corners; a multipolygon of two parts where it
        crosses the antimeridian. Empty where the scene's CRS has no place for the window.
    """
    return cast("BaseGeometry", footprints(scene, [window])[0])


def footprints(scene: SceneRecord, windows: Sequence[Window]) -> GeometryArray:
    """The places on the ground that many windows show; see :func:`footprint`.

    Args:
        scene: the scene.
        windows: native px of the scene.

    Returns:
        Shapely geometries, shape ``(len(windows),)``, in the order of the windows.

    Raises:
        UnreadableSceneError: if a library raises whatever error about the scene's CRS.
    """
    with costs_one_scene(scene.path):
        return _footprints(scene, windows)


def _footprints(scene: SceneRecord, windows: Sequence[Window]) -> GeometryArray:
    boxes = np.array([(w.col, w.row, w.width, w.height) for w in windows], dtype=np.float64)
    boxes = boxes.reshape(-1, 4)
    rings = _lon_lat(scene, _ring(boxes, 2 if scene.from_gcps else 1))
    with np.errstate(invalid="ignore"):
        steps = np.diff(rings, axis=1, append=rings[:, :1])[..., 0]
        plain = (np.abs(steps) <= _STEEP_DEG).all(axis=1) & (np.abs(rings) <= [180, 90]).all((1, 2))
    shapes = np.empty(len(boxes), dtype=object)
    shapes[plain] = shapely.polygons(_counter_clockwise(rings[plain]))
    for index in np.flatnonzero(~plain):
        shapes[index] = _difficult_footprint(scene, boxes[index])
    return shapes


def ground_sample_distance(
    crs: str, transform: tuple[float, ...], width: int, height: int
) -> tuple[float, float]:
    """Ground length of one pixel step at the centre of a raster.

    Measured along the ellipsoid, so that a Web Mercator or degree raster gets its true length.

    Args:
        crs: anything pyproj understands.
        transform: six numbers a, b, c, d, e, f of pixel corner to CRS.
        width: columns, px.
        height: rows, px.

    Returns:
        Length of a column step and of a row step, m, to nine significant digits.

    Raises:
        NoGeoreferenceError: if the centre has no place on Earth in this CRS.
    """
    reach_x, reach_y = min(width, 128) / 4, min(height, 128) / 4
    cols = width / 2 + np.array([-reach_x, reach_x, 0, 0])
    rows = height / 2 + np.array([0, 0, -reach_y, reach_y])
    lon, lat = _transform(crs, transform, cols, rows)
    if not (np.isfinite(lon).all() and np.isfinite(lat).all() and (np.abs(lat) <= 90 + 1e-6).all()):
        x, y = _affine(transform, width / 2, height / 2)
        raise NoGeoreferenceError(
            f"the centre of the scene, ({x:.10g}, {y:.10g}), has no place on Earth in "
            f"{short_crs(crs)}; the CRS or the position in the file is wrong. Correct it with "
            "gdal_translate -a_srs EPSG:CODE or -a_ullr LEFT TOP RIGHT BOTTOM"
        )
    _, _, length = Geod(ellps="WGS84").inv(lon[[0, 2]], lat[[0, 2]], lon[[1, 3]], lat[[1, 3]])
    gsd_x, gsd_y = length[0] / (2 * reach_x), length[1] / (2 * reach_y)
    if gsd_x <= 0 or gsd_y <= 0:
        raise NoGeoreferenceError(
            "a pixel of the scene has no length on the ground; its transform is "
            f"{transform}. Correct it with gdal_translate -a_ullr LEFT TOP RIGHT BOTTOM"
        )
    return float(f"{gsd_x:.9g}"), float(f"{gsd_y:.9g}")


def short_crs(crs: str) -> str:
    """A CRS in a few words for messages."""
    return crs if len(crs) < 40 else crs.split('"')[1] if '"' in crs else "its CRS"


@lru_cache(maxsize=64)
def _to_lon_lat(crs: str) -> Transformer:
    try:
        return Transformer.from_crs(CRS.from_user_input(crs), "OGC:CRS84", always_xy=True)
    except (CRSError, ProjError) as reason:
        raise NoGeoreferenceError(
            f"{short_crs(crs)} cannot be placed on Earth ({_first_line(reason)}); "
            "give the scene a CRS with gdal_translate -a_srs EPSG:CODE"
        ) from None


def _first_line(reason: Exception) -> str:
    return str(reason).splitlines()[0][:120] if str(reason) else "unknown CRS"


@lru_cache(maxsize=64)
def _degrees_per_unit(crs: str) -> float:
    """Degrees in one unit of a geographic CRS; 0 for other kinds."""
    parsed = CRS.from_user_input(crs)
    if not parsed.is_geographic:
        return 0.0
    return float(np.degrees(parsed.axis_info[0].unit_conversion_factor))


def _affine(
    transform: tuple[float, ...], cols: FloatArray | float, rows: FloatArray | float
) -> tuple[FloatArray | float, FloatArray | float]:
    a, b, c, d, e, f = transform
    return a * cols + b * rows + c, d * cols + e * rows + f


def _transform(
    crs: str, transform: tuple[float, ...], cols: FloatArray, rows: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Longitude and latitude in degrees of pixel corners; not finite where there is none."""
    x, y = _affine(transform, cols, rows)
    lon, lat = _to_lon_lat(crs).transform(x, y)
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    unit = _degrees_per_unit(crs)
    if unit:  # keep longitudes continuous, as the raster has them, beyond 180 and to 360
        with np.errstate(invalid="ignore"):
            lon = lon + 360 * np.round((x * unit - lon) / 360)
    return lon, lat


def _lon_lat(scene: SceneRecord, points: FloatArray) -> FloatArray:
    """Longitude, latitude of pixel corners ``(..., 2)``."""
    lon, lat = _transform(scene.crs, scene.transform, points[..., 0], points[..., 1])
    return np.stack([lon, lat], axis=-1)


def _ring(boxes: FloatArray, steps: int) -> FloatArray:
    """Points round windows, ``(n, 4 steps, 2)`` column and row, without closing point.

    Args:
        boxes: col, row, width, height, shape ``(n, 4)``.
        steps: pieces per edge.
    """
    ahead = np.roll(_CORNERS, -1, axis=0)
    share = np.arange(steps)[None, :, None] / steps
    unit = (_CORNERS[:, None] * (1 - share) + ahead[:, None] * share).reshape(-1, 2)
    ring: FloatArray = boxes[:, None, :2] + unit[None] * boxes[:, None, 2:]
    return ring


def _counter_clockwise(rings: FloatArray) -> FloatArray:
    """The same rings ``(n, k, 2)``, turned round where they run clockwise."""
    ahead = np.roll(rings, -1, axis=1)
    origin = rings[:, :1]
    (x, y), (u, v) = np.moveaxis(rings - origin, -1, 0), np.moveaxis(ahead - origin, -1, 0)
    clockwise = (x * v - u * y).sum(axis=1) < 0
    rings = rings.copy()
    rings[clockwise] = rings[clockwise, ::-1]
    return rings


def _difficult_footprint(scene: SceneRecord, box: FloatArray) -> BaseGeometry:
    """A footprint at the antimeridian, at a pole, of continental size or partly nowhere."""
    ring = _lon_lat(scene, _ring(box[None], _STEPS_PER_EDGE))[0]
    if not np.isfinite(ring).all():
        return _hull_of_what_is_there(scene, box)
    if not _degrees_per_unit(scene.crs):
        lon = np.unwrap(np.append(ring[:, 0], ring[0, 0]), period=360)
        ring[:, 0] = lon[:-1]
        if abs(lon[-1] - lon[0]) > 180:
            return _cut_at_antimeridian(_round_the_pole(ring, lon[-1]))
    ring = ring[:: _STEPS_PER_EDGE // (2 if scene.from_gcps else 1)]
    ring[:, 1] = ring[:, 1].clip(-90, 90)
    return _cut_at_antimeridian(ring)


def _hull_of_what_is_there(scene: SceneRecord, box: FloatArray) -> BaseGeometry:
    """The hull of the points of a window that have a place; empty if none has."""
    share = np.linspace(0, 1, _STEPS_PER_EDGE + 1)
    unit = np.stack(np.meshgrid(share, share), axis=-1).reshape(-1, 2)
    points = _lon_lat(scene, box[:2] + unit * box[2:])
    points = points[np.isfinite(points).all(axis=1)]
    if len(points) < 3:
        return shapely.Polygon()
    middle = points[len(points) // 2, 0]
    points[:, 0] = middle + (points[:, 0] - middle + 180) % 360 - 180
    hull = shapely.convex_hull(shapely.multipoints(points))
    if hull.geom_type != "Polygon":
        return shapely.Polygon()
    return _cut_at_antimeridian(shapely.get_coordinates(hull)[:-1])


def _round_the_pole(ring: FloatArray, end_lon: float) -> FloatArray:
    """Close a ring that runs once round a pole, by way of the pole's latitude.

    Args:
        ring: longitude (unwrapped), latitude in degrees, shape ``(n, 2)``.
        end_lon: longitude of the first point, met again after the round, degrees.
    """
    pole = np.copysign(90.0, ring[:, 1].mean())
    closing = [(end_lon, ring[0, 1]), (end_lon, pole), (ring[0, 0], pole)]
    return np.concatenate([ring, closing])


def _cut_at_antimeridian(ring: FloatArray) -> BaseGeometry:
    """A polygon, or one part for each side of the antimeridian.

    Args:
        ring: continuous longitudes of any range, latitudes, degrees, shape ``(n, 2)``.
    """
    whole = shapely.make_valid(shapely.Polygon(ring))
    first = int(np.floor((ring[:, 0].min() + 180) / 360))
    last = int(np.ceil((ring[:, 0].max() + 180) / 360))
    parts = []
    for turn in range(first, max(last, first + 1)):
        world = shapely.box(360 * turn - 180, -90, 360 * turn + 180, 90)
        piece = shapely.intersection(whole, world)
        moved = affinity.translate(piece, xoff=-360.0 * turn)
        parts += [part for part in shapely.get_parts(moved) if part.geom_type == "Polygon"]
    polygons = [orient(part) for part in shapely.get_parts(shapely.union_all(parts))]
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)
