"""Which chips a query may look at. Filters cut the candidates before anything is ranked."""

from __future__ import annotations

import fnmatch
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import shape

from cmpagl_model.errors import QueryError
from cmpagl_model.index.table import BLOCK

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from cmpagl_model.index.table import ChipTable

    Box = tuple[float, float, float, float]


GROUPS = (BLOCK, BLOCK // 4, BLOCK // 16)
"""Chips that are judged together against an area, the largest groups first."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Conditions that a chip must meet, all of them; the empty filter lets every chip pass."""

    bbox: tuple[float, float, float, float] | None = None
    """West, south, east, north in degrees (OGC:CRS84) that the footprint must touch; west above
    east means across the antimeridian. ``None``: everywhere."""
    within: BaseGeometry | None = None
    """An area in OGC:CRS84 that the footprint must touch; ``None``: everywhere."""
    scenes: tuple[str, ...] = ()
    """Names, paths or patterns (``town_*``) of scenes, any of which must fit; empty: all."""

    def __post_init__(self) -> None:
        """Check the box.

        Raises:
            QueryError: if south lies above north or a number is no degree.
        """
        if self.bbox is None:
            return
        west, south, east, north = self.bbox
        inside = all(-180 <= x <= 180 for x in (west, east)) and -90 <= south <= north <= 90
        if not inside:
            raise QueryError(
                f"found a box {west:g},{south:g},{east:g},{north:g}; wanted WEST,SOUTH,EAST,NORTH "
                "in degrees, longitude first, such as 4.3,51.8,4.6,52.0"
            )

    def candidates(self, table: ChipTable) -> NDArray[np.int64] | range:
        """The rows of ``table`` that pass, ascending; a range where nothing is asked of them."""
        if self == EVERYWHERE:
            return range(len(table))
        return self.rows(table)

    def rows(self, table: ChipTable) -> NDArray[np.int64]:
        """The rows of ``table`` that pass, ascending."""
        rows = _near(table, self.bbox, self.within)
        if self.scenes:
            fits = np.array([self._scene_fits(scene.path) for scene in table.scenes], bool)
            rows = rows[fits[table.scene_of[rows]]] if len(fits) else rows[:0]
        if self.within is not None:
            rows = rows[_touches_area(self.within, table, rows)]
        return rows

    def _scene_fits(self, path: str) -> bool:
        names = (path, Path(path).name, Path(path).stem)
        return any(
            name == wanted or fnmatch.fnmatch(name, wanted)
            for wanted in self.scenes
            for name in names
        )


EVERYWHERE = Filter()
"""Lets every chip pass."""


def _near(table: ChipTable, box: Box | None, area: BaseGeometry | None) -> NDArray[np.int64]:
    """The rows whose bounds touch a box and those of an area, as far as these are given."""
    found = [] if box is None else [_touching(table, box)]
    if area is not None:
        found.append(table.touching(area.bounds))
    if not found:
        return np.arange(len(table))
    if len(found) == 1:
        return found[0]
    return np.intersect1d(found[0], found[1], assume_unique=True)


def _touching(table: ChipTable, box: Box) -> NDArray[np.int64]:
    west, south, east, north = box
    if west <= east:
        return table.touching(box)
    halves = ((west, south, 180.0, north), (-180.0, south, east, north))
    return np.union1d(*(table.touching(half) for half in halves))


def _touches_area(
    area: BaseGeometry, table: ChipTable, rows: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Which rows' footprints touch an area.

    Chips that follow each other are neighbours, so they are judged in groups first: where the
    bounds of a group lie inside the area all of them touch it, where they miss it none does. What
    is left lies along the border, and there footprints are looked at.
    """
    shapely.prepare(area)
    passing = np.zeros(len(rows), bool)
    unsure = np.arange(len(rows))
    for size in GROUPS:
        if not len(unsure):
            break
        groups, starts = np.unique(rows[unsure] // size, return_index=True)
        bounds = table.blocks[groups] if size == BLOCK else _shared(table, rows[unsure], starts)
        boxes = shapely.box(*bounds.T)
        place = np.repeat(np.arange(len(groups)), np.diff(starts, append=len(unsure)))
        inside = shapely.contains_properly(area, boxes)[place]
        passing[unsure[inside]] = True
        unsure = unsure[~inside & shapely.intersects(area, boxes)[place]]
    passing[unsure] = shapely.intersects(area, table.footprints(rows[unsure]))
    return passing


def _shared(
    table: ChipTable, rows: NDArray[np.int64], starts: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The bounds of groups of rows that begin at ``starts``, ``(len(starts), 4)``."""
    bounds = table.bounds[rows]
    low = np.minimum.reduceat(bounds[:, :2], starts, axis=0)
    return np.hstack([low, np.maximum.reduceat(bounds[:, 2:], starts, axis=0)])


def read_area(path: Path) -> BaseGeometry:
    """The union of the polygons in a GeoJSON file.

    Args:
        path: a geometry, feature or feature collection in longitude and latitude (RFC 7946).

    Returns:
        One geometry in OGC:CRS84.

    Raises:
        QueryError: if the file is missing, is no GeoJSON or holds no polygon.
    """
    try:
        page = json.loads(path.read_text(encoding="utf-8"))
        shapes = [shape(geometry) for geometry in _geometries(page)]
    except OSError as error:
        raise QueryError(
            f"{path}: cannot be read ({error.strerror}); wanted a GeoJSON file with polygons"
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise QueryError(
            f"{path}: no readable GeoJSON ({error}); wanted polygons in longitude and latitude"
        ) from error
    areas = [shapely.make_valid(s) for s in shapes if s.geom_type in {"Polygon", "MultiPolygon"}]
    if not areas:
        raise QueryError(f"{path}: found {len(shapes)} geometries but no polygon; wanted an area")
    area: BaseGeometry = shapely.union_all(areas)
    west, south, east, north = area.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise QueryError(
            f"{path}: found coordinates such as {west:g}, {south:g}, wanted longitude and "
            "latitude in degrees; next: save the layer as GeoJSON in EPSG:4326"
        )
    return area


def _geometries(page: dict[str, object]) -> list[dict[str, object]]:
    kind = page["type"]
    if kind == "FeatureCollection":
        features = page["features"]
        return [f["geometry"] for f in features if f["geometry"]]  # type: ignore[attr-defined]
    return [page["geometry"]] if kind == "Feature" else [page]  # type: ignore[list-item]
