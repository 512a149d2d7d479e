"""From pixels to places: footprints in OGC:CRS84 and true ground lengths.

A footprint is made of the window's corners, moved by the scene's six-number transform and then
by pyproj, so rotation and shear need no special case. Edges that are bent in degrees, as they are
near a pole, get points between. The antimeridian and the poles are the business of
:mod:`tiling.globe`.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING, cast

import numpy as np
import shapely
from pyproj import CRS, Geod, Transformer
from pyproj.enums import TransformDirection
from pyproj.exceptions import CRSError, ProjError

from .errors import NoGeoreferenceError, costs_one_scene
from .globe import cut_at_antimeridian, lay_round_pole, split_at_antimeridian
from .grid import Window

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

    from .scene import SceneRecord

    FloatArray = npt.NDArray[np.float64]
    IntArray = npt.NDArray[np.int64]
    GeometryArray = npt.NDArray[np.object_]

_CORNERS = np.array([(0, 0), (0, 1), (1, 1), (1, 0)], dtype=np.float64)
_STEEP_DEG = 60.0
"""An edge that spans more longitude than this crosses the antimeridian, nears a pole or is as
long as a continent: rare enough to be handled one at a time."""
_LONG_M = 5e6
"""So is a side that is longer: one round most of the world ends at nearly the same longitude."""
_STEPS_PER_EDGE = 32
_NEAR_POLE_DEG = 15.0
"""A thirty-second of an edge that spans more longitude than this lies next to a pole."""
_FLAT_DEG = 0.25
"""Windows that span less have edges that are straight in degrees for all we can tell: they bend
by less than a thousandth of the window."""
_OFF_SHARE = 0.002
"""How far the middle of a piece of an edge may lie off, as a share of the footprint's span."""
_LINES = 65
"""Along a side, where a window is looked at in cells: one more than cells."""
_WIDE_DEG = 180.0
"""What spans more longitude crosses the antimeridian, or holds a pole."""
_ROUND_TRIP_TOLERANCE = 1000.0
"""How far a place may lie off on the way back, in units of the CRS; a wrong one lies far off."""
_REACH_PX = 32
"""Steps to each side of a scene's centre over which a pixel is measured: one alone is short."""
_HALVINGS = 24
"""Of the way from a place that is known to one that is not: where the Earth ends between them."""


def footprint(scene: SceneRecord, window: Window) -> BaseGeometry:
    """The place on the ground that a window shows.

    Args:
        scene: the scene.
        window: native px of the scene.

    Returns:
        A polygon in OGC:CRS84 (longitude, latitude in degrees), its exterior counter-clockwise
        and through the window's outer pixel corners, with more points where edges bend; a
        multipolygon of two parts where it crosses the antimeridian. Empty where the scene's CRS
        has no place for the window.
    """
    return cast("BaseGeometry", footprints(scene, [window]).item())


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
        boxes = np.array([(w.col, w.row, w.width, w.height) for w in windows], dtype=np.float64)
        boxes = boxes.reshape(-1, 4)
        corners = _lon_lat(scene, _ring(boxes, 1))
        with np.errstate(invalid="ignore"):
            steps = np.diff(corners, axis=1, append=corners[:, :1])[..., 0]
            plain = (np.abs(steps) <= _STEEP_DEG).all(axis=1)
            plain &= (np.abs(corners) <= [180, 90]).all((1, 2))
        plain &= (boxes[:, 2:] * [scene.gsd_x_m, scene.gsd_y_m] < _LONG_M).all(axis=1)
        pieces = np.zeros(len(boxes), dtype=np.int64)
        pieces[plain] = _pieces_per_edge(scene, boxes[plain], corners[plain])
        if scene.from_gcps:
            pieces[plain] = np.maximum(pieces[plain], 2)
        shapes = np.empty(len(boxes), dtype=object)
        for count in np.unique(pieces[plain]):
            some = np.flatnonzero(pieces == count)
            rings = corners[some] if count == 1 else _lon_lat(scene, _ring(boxes[some], count))
            shapes[some] = shapely.orient_polygons(shapely.polygons(rings))
        for index in np.flatnonzero(~plain):
            shapes[index] = _difficult_footprint(scene, boxes[index])
        return shapes


def pixels_inside(scene: SceneRecord, box: Sequence[float]) -> Window | None:
    """The pixels of a scene that lie in a box of degrees.

    Args:
        scene: the scene.
        box: west, south, east, north; west above east where it crosses the antimeridian.

    Returns:
        A window that holds them all, and a few more at its sides; ``None`` if there are none.
    """
    area: Window | None = Window(0, 0, scene.width, scene.height)
    for _ in range(2):  # cells of a 64th of the scene, then of a 64th of what is left
        area = area and _cells_inside(scene, area, box)
    return area


def _cells_inside(scene: SceneRecord, area: Window, box: Sequence[float]) -> Window | None:
    cols, rows = _lines(area.col, area.right), _lines(area.row, area.bottom)
    x, y = np.meshgrid(cols.astype(np.float64), rows.astype(np.float64))
    lon, lat = _transform(scene.crs, scene.transform, x, y)
    corners = [(slice(i, n), slice(j, m)) for i, n in ((0, -1), (1, None))
               for j, m in ((0, -1), (1, None))]  # fmt: skip
    lons, lats = np.stack([lon[c] for c in corners]), np.stack([lat[c] for c in corners])
    west, south, east, north = box
    east += 360 * (east < west)
    with np.errstate(invalid="ignore"):
        wide = np.fmax.reduce(lons) - np.fmin.reduce(lons) > _WIDE_DEG
        lons = np.where(wide, lons % 360, lons)  # across the antimeridian; wide still: round a pole
        low, high = np.fmin.reduce(lons), np.fmax.reduce(lons)
        turns = [(low + turn <= east) & (high + turn >= west) for turn in (-360, 0, 360)]
        polar = high - low > _WIDE_DEG
        lowest, highest = np.fmin.reduce(lats), np.fmax.reduce(lats)
        pole = np.where(polar, np.copysign(np.inf, lowest + highest), np.nan)
        lowest, highest = np.fmin(lowest, pole), np.fmax(highest, pole)
        inside = np.any(turns, axis=0) | polar
        inside &= (lowest <= north) & (highest >= south)
    found_rows, found_cols = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    if not len(found_rows):
        return None
    # One cell more on each side: edges of cells are bent in degrees.
    left, right = cols[max(0, found_cols[0] - 1)], cols[min(len(cols) - 1, found_cols[-1] + 2)]
    top, bottom = rows[max(0, found_rows[0] - 1)], rows[min(len(rows) - 1, found_rows[-1] + 2)]
    return Window(int(left), int(top), int(right - left), int(bottom - top))


def _lines(start: int, end: int) -> IntArray:
    """Whole pixels from start to end, at most :data:`_LINES` of them."""
    return np.unique(np.linspace(start, end, _LINES).round().astype(np.int64))


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
    middle = np.array([width, height]) / 2
    reach = np.minimum(middle / 2, _REACH_PX)
    steps = np.diag(reach)  # of columns, of rows
    ends = np.stack([middle - steps, middle + steps])
    lon, lat = np.moveaxis(_places(crs, transform, ends), -1, 0)
    if not (np.isfinite(lon) & (np.abs(lat) <= 90)).all():
        x, y = _affine(transform, width / 2, height / 2)
        raise NoGeoreferenceError(
            f"the centre of the scene, ({x:.10g}, {y:.10g}), has no place on Earth in "
            f"{short_crs(crs)}; the CRS or the position in the file is wrong. Correct it with "
            "gdal_translate -a_srs EPSG:CODE or -a_ullr LEFT TOP RIGHT BOTTOM"
        )
    _, _, length = Geod(ellps="WGS84").inv(lon[0], lat[0], lon[1], lat[1])
    gsd_x, gsd_y = length / (2 * reach)
    if min(gsd_x, gsd_y) <= 0:
        raise NoGeoreferenceError(
            "a pixel of the scene has no length on the ground; its transform is "
            f"{transform}. Correct it with gdal_translate -a_ullr LEFT TOP RIGHT BOTTOM"
        )
    return float(f"{gsd_x:.9g}"), float(f"{gsd_y:.9g}")


def short_crs(crs: str) -> str:
    """A CRS in a few words for messages."""
    return crs if len(crs) < 40 else crs.split('"')[1] if '"' in crs else "its CRS"


@lru_cache
def _to_lon_lat(crs: str) -> Transformer:
    try:
        # not EPSG:4326, to which pyproj knows no shift of datum from some CRS
        return Transformer.from_crs(CRS.from_user_input(crs), "OGC:CRS84", always_xy=True)
    except (CRSError, ProjError) as reason:
        why = str(reason).splitlines()[0][:120] if str(reason) else "unknown CRS"
        named = " and ".join(name for name in ("PROJ_LIB", "PROJ_DATA") if name in os.environ)
        foreign = f"; or unset {named}, which may name another program's data" if named else ""
        raise NoGeoreferenceError(
            f"{short_crs(crs)} cannot be placed on Earth ({why}); "
            f"give the scene a CRS with gdal_translate -a_srs EPSG:CODE{foreign}"
        ) from None


@lru_cache
def _degrees_per_unit(crs: str) -> float:
    """Degrees in one unit of a geographic CRS; 0 for other kinds, one with a moved pole too."""
    parsed = CRS.from_user_input(crs)
    if not parsed.is_geographic or parsed.is_derived:
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
            _, lon = np.unwrap(np.stack([np.multiply(x, unit), lon]), axis=0, period=360)
    return lon, lat


def _lon_lat(scene: SceneRecord, points: FloatArray) -> FloatArray:
    return _places(scene.crs, scene.transform, points)


def _places(crs: str, transform: tuple[float, ...], points: FloatArray) -> FloatArray:
    """Longitude, latitude of pixel corners ``(..., 2)``; not finite where there is none."""
    found = np.stack(_transform(crs, transform, points[..., 0], points[..., 1]), axis=-1)
    if _has_rim(crs):  # beyond it PROJ counts on, and names places that lie elsewhere
        back = _to_lon_lat(crs).transform(
            found[..., 0], found[..., 1], direction=TransformDirection.INVERSE
        )
        wanted = _affine(transform, points[..., 0], points[..., 1])
        with np.errstate(invalid="ignore"):
            off = np.abs(np.stack(back) - np.stack(wanted)).max(axis=0)
        found[~(off < _ROUND_TRIP_TOLERANCE)] = np.nan
    return found


@lru_cache
def _has_rim(crs: str) -> bool:
    """Whether the map ends somewhere; one on a cylinder goes on, round and round the Earth."""
    lon, lat = np.degrees(_CORNERS.T)
    x, _ = _to_lon_lat(crs).transform(lon, lat, direction=TransformDirection.INVERSE)
    here, there = np.reshape(x, (2, 2)).T  # a meridian has one x
    return not (np.isfinite(x).all() and np.isclose(here, there).all())


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


def _pieces_per_edge(scene: SceneRecord, boxes: FloatArray, rings: FloatArray) -> IntArray:
    """Into how many pieces edges are cut, so that straight ones in degrees follow them.

    Args:
        scene: the scene.
        boxes: col, row, width, height, shape ``(n, 4)``.
        rings: longitude and latitude of the corners, shape ``(n, 4, 2)``.

    Returns:
        Powers of two, shape ``(n,)``; 1 in a CRS of degrees, where edges are straight.
    """
    pieces = np.ones(len(boxes), dtype=np.int64)
    if _degrees_per_unit(scene.crs):
        return pieces
    spans = np.ptp(rings, axis=1)
    wide = np.flatnonzero(spans.max(axis=1) > _FLAT_DEG)
    found = _lon_lat(scene, _ring(boxes[wide], 2))
    middles, chords = found[:, 1::2], (found[:, ::2] + np.roll(found[:, ::2], -1, axis=1)) / 2
    off = (np.abs(middles - chords) / spans[wide, None]).max(axis=(1, 2))
    # halving a piece quarters how far its middle lies off
    needed = np.sqrt(np.nan_to_num(off, nan=np.inf) / _OFF_SHARE).clip(1, _STEPS_PER_EDGE)
    pieces[wide] = 2 ** np.ceil(np.log2(needed)).astype(np.int64)
    return pieces


def _difficult_footprint(scene: SceneRecord, box: FloatArray) -> BaseGeometry:
    """A footprint at the antimeridian, at a pole, of continental size or partly nowhere."""
    (ring,) = _lon_lat(scene, _ring(box[None], _STEPS_PER_EDGE))
    if not np.isfinite(ring).all():
        return _what_is_there(scene, box)
    pieces = 2 if scene.from_gcps else 1
    if not _degrees_per_unit(scene.crs):
        closed = np.unwrap(np.append(ring[:, 0], ring[0, 0]), period=360)
        turns = np.diff(closed)
        if abs(turns.sum()) > _WIDE_DEG or np.abs(turns).max() > _NEAR_POLE_DEG:
            nearer = int(np.sign(ring[:, 1].max() + ring[:, 1].min()))
            return lay_round_pole(ring, _pole_inside(scene, box) or nearer)
        ring[:, 0] = closed[:-1]
        corners = ring[None, ::_STEPS_PER_EDGE]
        pieces = max(pieces, _pieces_per_edge(scene, box[None], corners).item())
    ring = ring[:: _STEPS_PER_EDGE // pieces]
    return cut_at_antimeridian(ring)


def _pole_inside(scene: SceneRecord, box: FloatArray) -> int:
    """Which pole lies in a window: 1 the north pole, -1 the south pole, 0 neither or both."""
    a, b, c, d, e, f = scene.transform
    x, y = _to_lon_lat(scene.crs).transform(
        np.zeros(2), [90.0, -90.0], direction=TransformDirection.INVERSE
    )
    with np.errstate(invalid="ignore"):
        places = np.linalg.solve([[a, b], [d, e]], [np.subtract(x, c), np.subtract(y, f)]).T
    north, south = (places == places.clip(box[:2], box[:2] + box[2:])).all(axis=1)
    return int(north) - int(south)


def _what_is_there(scene: SceneRecord, box: FloatArray) -> BaseGeometry:
    """The part of a window that has a place, to the rim of the Earth; empty if none has."""
    share = np.linspace(0, 1, _LINES)
    grid = box[:2] + np.stack(np.meshgrid(share, share), axis=-1) * box[2:]
    pixels = np.stack([grid[:-1, :-1], grid[1:, :-1], grid[1:, 1:], grid[:-1, 1:]], axis=2)
    pixels = pixels.reshape(-1, 4, 2)
    places = _lon_lat(scene, pixels)
    known = np.asarray(np.isfinite(places).all(axis=-1))
    if not known.any():
        return shapely.Polygon()
    rings = np.stack([places, _rims(scene, pixels, known)], axis=2).reshape(-1, 8, 2)
    rings = rings.round(9)  # neighbours share their corners to the last digit
    shapes = []
    for ring in rings[known.any(axis=1)]:
        corners = ring[np.isfinite(ring).all(axis=1)]
        corners[:, 0] = np.unwrap(corners[:, 0], period=360)
        if np.ptp(corners[:, 0]) < _STEEP_DEG:
            shapes.append(shapely.Polygon(corners))
    return split_at_antimeridian(shapely.union_all(shapely.make_valid(np.array(shapes))))


def _rims(scene: SceneRecord, pixels: FloatArray, known: npt.NDArray[np.bool_]) -> FloatArray:
    """Where the Earth ends on each side of cells, between a corner that is known and one not.

    Args:
        scene: the scene.
        pixels: corners of cells, column and row, ``(n, 4, 2)``.
        known: which of them have a place, ``(n, 4)``.

    Returns:
        Longitude and latitude ``(n, 4, 2)`` on the side behind each corner; NaN where both of its
        ends are known, or none.
    """
    rims = np.full(pixels.shape, np.nan)
    cells, sides = np.nonzero(known != np.roll(known, -1, axis=1))
    first, second = pixels[cells, sides], pixels[cells, (sides + 1) % 4]
    starts = known[cells, sides][:, None]
    inner, outer = np.where(starts, first, second), np.where(starts, second, first)
    for _ in range(_HALVINGS):
        half = (inner + outer) / 2
        there = np.isfinite(_lon_lat(scene, half)).all(axis=-1, keepdims=True)
        inner, outer = np.where(there, half, inner), np.where(there, outer, half)
    rims[cells, sides] = _lon_lat(scene, inner)
    return rims
