"""Which chips a query may look at. Filters cut the candidates before anything is ranked."""

from __future__ import annotations

import codecs
import fnmatch
import json
import os
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry import shape

from cmpagl_model.errors import NoPlaceError, QueryError
from cmpagl_model.importing.shapes import CRS84, MOST_CROSSINGS, enclosed, to_degrees
from cmpagl_model.table.chips import BLOCK, split_box, touches, within
from tiling.dates import span_of, text_of
from tiling.globe import split_at_antimeridian

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from cmpagl_model.table.chips import ChipTable

    Box = tuple[float, float, float, float]
    Rows = NDArray[np.int64]
    Mask = NDArray[np.bool_]
    Doubles = NDArray[np.float64]


MOST_PATTERNS, MOST_PATTERN_CHARACTERS = 1_000, 100_000
"""Patterns of scenes in one filter; each is tried on each scene. Plain names cost nothing."""
GROUPS = (BLOCK // 4, BLOCK // 16)
"""Chips of a block that are judged together against an area, the largest groups first."""
ROUNDED = 0.005
"""Share by which a chip's side may miss the sizes asked for."""
_TURN_DEG, _HALF_TURN_DEG = 360.0, 180.0


def _patterns(wanted: tuple[str, ...]) -> list[str]:
    return [one for one in dict.fromkeys(wanted) if any(sign in one for sign in "*?[")]


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions that a chip must meet, all of them; the empty filter lets every chip pass."""

    bbox: tuple[float, float, float, float] | None = None
    """West, south, east, north in degrees (OGC:CRS84) that the footprint must touch; west above
    east means across the antimeridian, and so does an east of up to 360. ``None``: everywhere."""
    within: BaseGeometry | None = None
    """An area in OGC:CRS84 that the footprint must touch; ``None``: everywhere."""
    scenes: tuple[str, ...] = ()
    """Names, paths or patterns (``town_*``) of scenes, any of which must fit; empty: all."""
    ground_m: tuple[float, float] | None = None
    """Least and greatest side of a chip on the ground, m; ``None``: any."""
    from_date: str | date | None = None
    """The first year, month, day or moment (UTC) at which a chip may have been taken; ``None``:
    any. With this or the next, chips of unknown date are left out."""
    to_date: str | date | None = None
    """The last one; all of it counts."""

    def __post_init__(self) -> None:
        """Check the box, the sizes and the patterns.

        Raises:
            QueryError: if south lies above north, a number is no degree, or the least size above
                the greatest; if a date is none, or the first after the last; or if there are more
                patterns than can be tried in a moment.
        """
        _ = self._period
        if self.ground_m is not None and not 0 <= self.ground_m[0] <= self.ground_m[1] < np.inf:
            raise QueryError(
                f"found ground sizes from {self.ground_m[0]:g} to {self.ground_m[1]:g} m, wanted "
                "the least and the greatest side of a chip in metres, such as 50,200"
            )
        patterns = _patterns(self.scenes)
        if len(patterns) > MOST_PATTERNS or sum(map(len, patterns)) > MOST_PATTERN_CHARACTERS:
            raise QueryError(
                f"found {len(patterns):,} patterns of scenes, wanted at most {MOST_PATTERNS:,} "
                f"and {MOST_PATTERN_CHARACTERS:,} characters in all; next: give names or paths "
                "in full, of which there may be any number"
            )
        if self.bbox is None:
            return
        west, south, east, north = self.bbox
        if _HALF_TURN_DEG < east <= min(_TURN_DEG, west + _TURN_DEG):
            if east == west + _TURN_DEG:
                west, east = -_HALF_TURN_DEG, _HALF_TURN_DEG
            else:
                east -= _TURN_DEG
                west -= _TURN_DEG if west > _HALF_TURN_DEG else 0
            object.__setattr__(self, "bbox", (west, south, east, north))
        inside = all(-180 <= x <= 180 for x in (west, east)) and -90 <= south <= north <= 90
        if not inside:
            raise QueryError(
                f"found a box {west:g},{south:g},{east:g},{north:g}; wanted WEST,SOUTH,EAST,NORTH "
                "in degrees, longitude first, such as 4.3,51.8,4.6,52.0"
            )

    @property
    def _period(self) -> tuple[np.datetime64, np.datetime64] | None:
        """The first and last moment asked for, UTC; ``None``: any.

        Raises:
            QueryError: if a date is none, or the first comes after the last.
        """
        if self.from_date is None and self.to_date is None:
            return None
        first = np.datetime64("0001-01-01") if self.from_date is None else _span(self.from_date)[0]
        last = np.datetime64("9999-12-31") if self.to_date is None else _span(self.to_date)[1]
        if last < first:
            raise QueryError(
                f"found dates from {self.from_date} to {self.to_date}, wanted the first before the "
                "last"
            )
        return first, last

    def chosen(self, table: ChipTable) -> tuple[NDArray[np.int64] | range, int]:
        """The rows of ``table`` that pass, and how many do not because their date is unknown.

        Rows are ascending; a range where nothing is asked of them.
        """
        if self == EVERYWHERE:
            return range(len(table)), 0
        rows, period = self._rows(table), self._period
        if period is None:
            return rows, 0
        first, last = table.spans(rows)
        passing = (first <= period[1]) & (last >= period[0])  # never so where the date is unknown
        return rows[passing], int(np.isnat(first).sum())

    def rows(self, table: ChipTable) -> Rows:
        """The rows of ``table`` that pass, ascending."""
        rows = self.chosen(table)[0]
        return np.arange(len(table)) if isinstance(rows, range) else rows

    def rows_or_refuse(self, table: ChipTable, index: str) -> Rows:
        """As :meth:`rows`, of a question that needs a chip at least.

        Args:
            table: the chips.
            index: what it is called, for messages.

        Raises:
            NoPlaceError: if none passes.
        """
        rows, undated = self.chosen(table)
        if len(rows):
            return np.asarray(rows, np.int64)
        what = "no chip there" if len(table) else "an index without chips"
        wanted = (
            "a place that the index holds; next: see 'cmpagl info' for the extent of its scenes"
        )
        if undated or (self._period and len(self._rows(table))):
            unknown = f" ({undated:,} of unknown date)" if undated else ""
            what = f"no chip there that is known to be of that time{unknown}"
            wanted = "one at least; next: ask for other dates, or for none"
        raise NoPlaceError(f"{index}: found {what}, wanted {wanted}", undated)

    def _rows(self, table: ChipTable) -> Rows:
        """The rows that pass but for their date, ascending.

        Blocks of neighbours are judged first: of most of them all chips pass, or none does. Only
        chips in the blocks that are left are looked at.
        """
        near, whole = self._blocks(table)
        sure = table.rows_of(np.flatnonzero(near & whole))
        unsure = table.rows_of(np.flatnonzero(near & ~whole))
        if self.ground_m is not None:
            unsure = unsure[self._fits(table.ground_m[unsure], table.ground_m[unsure])]
        bounds = table.bounds(unsure)
        if self.bbox is not None:
            passing = _touches_box(self.bbox, table, unsure, bounds)
            unsure, bounds = unsure[passing], bounds[passing]
        if self.within is not None:
            passing = touches(bounds, self.within.bounds)
            unsure, bounds = unsure[passing], bounds[passing]
            unsure = unsure[_touches_area(self.within, table, unsure, bounds)]
        if not len(sure) or not len(unsure):
            return sure if len(sure) else unsure
        return np.sort(np.concatenate([sure, unsure]))

    def _blocks(self, table: ChipTable) -> tuple[Mask, Mask]:
        """Blocks of which some chips may pass, and those of which all do if some do."""
        boxes, (least, greatest) = table.packed.blocks["bounds"], table.packed.blocks["ground_m"].T
        near, whole = np.ones(len(boxes), bool), np.ones(len(boxes), bool)
        if self.scenes:
            fits = fitting([scene.path for scene in table.scenes], self.scenes)
            near &= fits[table.scene_of[table.block_starts[:-1]]]
        if self.ground_m is not None:
            near &= self._fits(greatest, least)
            whole &= self._fits(least, greatest)
        if self.bbox is not None:
            parts = split_box(self.bbox)
            near &= np.any([touches(boxes, half) for half in parts], axis=0)
            whole &= np.any([within(boxes, half) for half in parts], axis=0)
        if self.within is not None:
            near &= touches(boxes, self.within.bounds)
            blocks = np.flatnonzero(near)
            areas = shapely.box(*boxes[blocks].T)
            shapely.prepare(self.within)
            near[blocks] = shapely.intersects(self.within, areas)
            whole[blocks] &= shapely.contains_properly(self.within, areas)
        return near, whole

    def _fits(self, high: Doubles, low: Doubles) -> Mask:
        """Which sizes lie from the least to the greatest; printed ones are rounded, and meant."""
        least, greatest = self.ground_m or (0.0, np.inf)
        fits: Mask = (high >= least * (1 - ROUNDED)) & (low <= greatest * (1 + ROUNDED))
        return fits


def _span(said: str | date) -> tuple[np.datetime64, np.datetime64]:
    """First and last moment of a date that a user gave, UTC.

    Raises:
        QueryError: if it is none.
    """
    try:
        moments = span_of(text_of(said) if isinstance(said, date) else said)
    except ValueError as error:
        raise QueryError(
            f"found the date {str(said)!r}, wanted a year, month or day, or a moment in UTC, "
            "such as 2020, 2020-07, 2020-07-19 or 2020-07-19T10:50:31Z"
        ) from error
    first, last = (np.datetime64(moment.replace(tzinfo=None), "us") for moment in moments)
    return first, last


EVERYWHERE = Filter()
"""Lets every chip pass."""


def fitting(paths: list[str], wanted: tuple[str, ...]) -> Mask:
    """Which scenes have one of the names, or fit one of the patterns; as :mod:`fnmatch` does it."""
    names = {os.path.normcase(name) for name in wanted} | set(wanted)
    patterns = [fnmatch.translate(os.path.normcase(one)) for one in _patterns(wanted)]
    pattern = re.compile("|".join(f"(?:{one})" for one in patterns)) if patterns else None

    def fits(path: str) -> bool:
        own = {os.path.normcase(name) for name in (path, Path(path).name, Path(path).stem)}
        return bool(names & own) or (
            pattern is not None and any(pattern.match(name) for name in own)
        )

    return np.array([fits(path) for path in paths], bool)


def _touches_box(box: Box, table: ChipTable, rows: Rows, bounds: Doubles) -> Mask:
    """Which rows' footprints touch a box; a turned chip may miss what its bounds touch."""
    parts = split_box(box)
    passing: Mask = np.any([touches(bounds, part) for part in parts], axis=0)
    cut = passing & ~np.any([within(bounds, part) for part in parts], axis=0)
    area = shapely.MultiPolygon([shapely.box(*part) for part in parts])
    passing[cut] = shapely.intersects(area, table.footprints(rows[cut]))
    return passing


def _touches_area(area: BaseGeometry, table: ChipTable, rows: Rows, bounds: Doubles) -> Mask:
    """Which rows' footprints touch an area that is prepared.

    Chips that follow each other are neighbours, so they are judged in groups first: where the
    bounds of a group lie inside the area all of them touch it, where they miss it none does. What
    is left lies along the border, and there footprints are looked at.
    """
    passing = np.zeros(len(rows), bool)
    unsure = np.arange(len(rows))
    for size in GROUPS:
        if not len(unsure):
            break
        starts = np.flatnonzero(np.diff(rows[unsure] // size, prepend=-1))
        own = bounds[unsure]
        low = np.fmin.reduceat(own[:, :2], starts, axis=0)
        boxes = shapely.box(*low.T, *np.fmax.reduceat(own[:, 2:], starts, axis=0).T)
        group_of = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(unsure)))
        inside = shapely.contains_properly(area, boxes)[group_of]
        passing[unsure[inside]] = True
        unsure = unsure[~inside & shapely.intersects(area, boxes)[group_of]]
    passing[unsure] = shapely.intersects(area, table.footprints(rows[unsure]))
    return passing


def read_area(path: Path) -> BaseGeometry:
    """The union of the polygons in a GeoJSON file.

    Args:
        path: a geometry, feature or collection of either: in longitude and latitude (RFC 7946), or
            in the CRS that an older file names in its member ``crs``. Longitudes may run on across
            the antimeridian, to 181 or from 0 to 360.

    Returns:
        One geometry in OGC:CRS84.

    Raises:
        QueryError: if the file is missing, is no GeoJSON or holds no polygon.
    """
    import pyproj  # noqa: PLC0415 - most searches name no area

    try:
        contents = path.read_bytes()  # Windows marks UTF-8 and UTF-16 by the first of them
        marked = contents.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        text = contents.decode("utf-16" if marked else "utf-8-sig").lstrip("\x1e")
        document = json.loads(text, parse_constant=_refuse_constant)
        shapes = [shape(geometry) for geometry in _geometries(document)]
        named = document.get("crs")  # as GeoJSON did before RFC 7946
        crs = str(named["properties"]["name"]) if named else CRS84
        pyproj.CRS.from_user_input(crs)  # an unknown one is refused here
    except OSError as error:
        raise QueryError(
            f"{path}: cannot be read ({error.strerror}); wanted a GeoJSON file with polygons"
        ) from error
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError,
            pyproj.exceptions.CRSError) as error:  # fmt: skip
        raise QueryError(
            f"{path}: no readable GeoJSON ({error}); wanted polygons in longitude and latitude"
        ) from error
    parts = shapely.get_parts(np.array(shapes, object))
    areas = [s for s in parts if s.geom_type in {"Polygon", "MultiPolygon"} and not s.is_empty]
    if not areas:
        raise QueryError(f"{path}: found {len(shapes)} geometries but no polygon; wanted an area")
    moved = to_degrees(np.array(areas, object), crs)
    area: BaseGeometry = shapely.union_all([usable_area(one, str(path)) for one in moved])
    return area


def usable_area(area: BaseGeometry, where: str) -> BaseGeometry:
    """A polygon or multipolygon as it can be compared with chips.

    Args:
        area: in longitude and latitude; longitudes may run on across the antimeridian.
        where: names it in messages.

    Returns:
        The area; what it encloses, if its outline crosses itself.

    Raises:
        QueryError: if it lies off the globe, encloses nothing or crosses itself too often.
    """
    west, south, east, north = area.bounds
    inside = -_TURN_DEG <= west <= east <= min(_TURN_DEG, west + _TURN_DEG)
    if not (inside and -90 <= south <= north <= 90):
        raise QueryError(
            f"{where}: found coordinates such as {west:g}, {south:g}, wanted longitude and "
            "latitude in degrees; next: save the layer as GeoJSON in EPSG:4326"
        )
    whole = area if shapely.is_valid(area) else enclosed(area)
    if whole is None:
        raise QueryError(
            f"{where}: found an outline that encloses nothing, or crosses itself over "
            f"{MOST_CROSSINGS:,} times, wanted an area; next: mend it with QGIS's 'Fix geometries'"
        )
    runs_on = west < -_HALF_TURN_DEG or east > _HALF_TURN_DEG
    return split_at_antimeridian(whole) if runs_on else whole


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no coordinate")


def _geometries(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The geometries of a file; those of collections one by one."""
    type_ = document["type"]
    if type_ == "FeatureCollection":
        return [one for feature in document["features"] for one in _geometries(feature)]
    if type_ == "Feature":
        return _geometries(document["geometry"]) if document["geometry"] else []
    if type_ == "GeometryCollection":
        return [one for geometry in document["geometries"] for one in _geometries(geometry)]
    return [document]
