"""The ground by class as shapes, and how they look.

Chips overlap, so a layer of them shows one place in several colours. Here each place is of one
class, and there is one shape for each class in each scene.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from rasterio.features import shapes
from shapely.geometry import shape

from cmpagl_model.importing.shapes import outlines_in_degrees
from cmpagl_model.index.imported import has_pixels
from cmpagl_model.index.vectors import frame_of_rows, write_frame, write_text
from cmpagl_model.records import percent

from .class_style import OURS, style_of
from .classify import by_scene, ground_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

    from .classify import ClassArea, Classified, Ground

_union = (  # what does not touch is put together twice as fast as it is united
    shapely.disjoint_subset_union_all if shapely.geos_version >= (3, 12) else shapely.union_all
)
STYLE, STYLED = ".qml", (".geojson", ".gpkg", ".fgb")
"""Ending of the style file next to a layer, and of the layers that QGIS looks for one with."""


def frame_of_ground(found: Classified) -> GeoDataFrame:
    """A row for each class in each scene: class, scene, chips, area_m2; in OGC:CRS84.

    The classes come in their order, below each the scenes. Imported chips, which lie on no grid,
    are shown by their footprints and have no area.
    """
    rows: list[tuple[int, str, int, float, BaseGeometry]] = []
    for ground in ground_of(found):
        for number, outline in _outlines(ground).items():
            area = round(float(ground.areas_m2[number]), 1)
            rows.append((number, ground.scene.path, int(ground.chips[number]), area, outline))
    for scene, members in by_scene(found):
        if has_pixels(scene):
            continue
        for number in np.unique(found.class_of[members]).tolist():
            own = found.rows[members[found.class_of[members] == number]]
            outline = _union(found.index.table.footprints(own))
            rows.append((number, scene.path, len(own), 0.0, outline))
    rows.sort(key=lambda row: row[:2])
    dtypes = {"class": "str", "scene": "str", "chips": "int32", "area_m2": "float64"}
    cells = [
        dict(zip(dtypes, (found.names[number], *rest), strict=True)) for number, *rest, _ in rows
    ]
    return frame_of_rows(cells, [row[-1] for row in rows], dtypes)


def _outlines(ground: Ground) -> dict[int, BaseGeometry]:
    """The outline of each class of a scene, in longitude and latitude."""
    scene, cell_classes = ground.scene, ground.cell_classes
    parts: dict[int, list[BaseGeometry]] = {}
    for one, number in shapes(
        cell_classes.astype(np.int16), mask=cell_classes >= 0, connectivity=4
    ):
        parts.setdefault(int(number), []).append(shape(one))
    size = np.array([ground.cells.step_x, ground.cells.step_y], np.float64)
    found = np.array([shapely.MultiPolygon(some) for some in parts.values()], object)
    pixels = shapely.transform(
        found, lambda cells: np.minimum(cells * size, [scene.width, scene.height])
    )
    degrees = outlines_in_degrees(pixels, scene.transform, scene.crs)
    return dict(zip(parts, degrees, strict=True))


def write_ground(frame: GeoDataFrame, areas: Sequence[ClassArea], path: Path) -> None:
    """Write the ground by class, and next to it the style file that QGIS paints it with.

    Args:
        frame: of :func:`frame_of_ground`, further columns are kept.
        areas: of the classes, in the order of the legend, which tells their share
            of the ground, of the chips where none has an area.
        path: ``.geojson``, ``.gpkg``, ``.fgb``, ``.parquet`` or ``.csv``; replaced if it exists, as
            is the ``.qml`` next to the first three, but for one that somebody else made.

    Raises:
        OutputError: if a file cannot be written.
    """
    write_frame(frame, path, "classes")
    if path.suffix.lower() not in STYLED:
        return
    there = set(frame["class"])
    shown = [one for one in areas if one.name in there]
    whole, chips = sum(one.area_m2 for one in shown), sum(one.chips for one in shown)
    labels = tuple(
        f"{one.name} ({percent(one.area_m2 / whole if whole else one.chips / chips)})"
        for one in shown
    )
    style = style_of(tuple(one.name for one in shown), labels)
    file = path.with_suffix(STYLE)
    if not file.exists() or OURS.encode() in file.read_bytes():
        write_text(file, style)
