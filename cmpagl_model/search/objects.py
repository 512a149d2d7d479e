"""Objects, not squares: contours of the similarity map of a scene, as polygons.

Heat is known by the step from chip to chip, so an outline is as coarse as that: it says which field
or lake is meant, and is no survey of it. Of all ground sizes that of the hit counts, for a larger
one would smear what is small.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from PIL import Image
from pyproj import Geod
from rasterio.features import shapes
from shapely.geometry import shape

from cmpagl_model.errors import QueryError
from cmpagl_model.importing.shapes import outlines_in_degrees
from cmpagl_model.index.imported import has_pixels
from cmpagl_model.index.vectors import frame_of_rows, refuse_scenes, write_frame

from .examples import Examples
from .filters import EVERYWHERE, Filter
from .heatmap import Heatmap, similarity_map
from .query import retry_if_damaged
from .ranking import DEEPER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from cmpagl_model.records import Hit, ModelId
    from tiling import SceneRecord

    from .answer import Answer
    from .query import SearchableIndex

    Doubles = NDArray[np.float64]

UPSAMPLING = 8
"""Parts of a cell, in a row: heat is interpolated between the middles of cells, so that an outline
does not follow their corners. Fewer where there would be more than :data:`MOST_PARTS`."""
MOST_PARTS = 1 << 26
CONTOUR_LEVEL = 0.4
"""Warm is what stands at least so much of the way above what is usual in a scene that its best chip
does. Chosen among 0.3 to 0.6 on composites of pictures whose places are known."""
WGS84 = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True)
class FoundObject:
    """A connected part of a scene that fits."""

    rank: int
    """From 1."""
    score: float
    """Cosine of its best chip, -1 to 1."""
    relevance: float | None
    """Relevance of its best chip, 0 to 1; ``None``: the model has no calibration."""
    scene: str
    """Path of the scene."""
    hits: int
    """Hits that lie in it."""
    area_m2: float
    """On the ellipsoid, m2."""
    step_m: float
    """Step from chip to chip that its outline comes from, m: how exact it is."""
    ground_m: float
    """Side of its best chip on the ground, m."""
    geometry: BaseGeometry
    """Outline in OGC:CRS84."""


@dataclass(frozen=True, slots=True)
class Objects:
    """What a sentence found, as objects."""

    query: str
    """The sentence as it was understood."""
    model: ModelId
    """The model that compared."""
    objects: tuple[FoundObject, ...]
    """Best first."""
    notice: str
    """One line for a person where nothing fits; else empty."""
    understood: str = ""
    """How the sentence was read by parts; empty: it was searched as it stands."""


@retry_if_damaged
def find_objects(
    index: SearchableIndex,
    query: str,
    k: int = 50,
    *,
    where: Filter = EVERYWHERE,
    min_area_m2: float = 0.0,
    plain: bool = False,
) -> Objects:
    """Outline what a sentence finds.

    Args:
        index: the index; only stored embeddings are used, no scene is read.
        query: the sentence.
        k: chips that are outlined, best first; those of one object become one, so fewer come back.
        where: which chips to look at. Unless it names ground sizes, those of each scene's smallest.
        min_area_m2: smaller objects are left out, m2.
        plain: whether the sentence is taken as it stands, and not by parts.

    Returns:
        Objects around the chips that reach the cut-off of the sentence; around all ``k`` where the
        model has none, or the sentence was read by parts. Chips of imported embeddings have no
        outline, for they lie on no grid.

    Raises:
        QueryError: if the sentence is blank, or a number is out of range.
        IndexMismatchError: if the index is from another model.
    """
    if not 0 <= min_area_m2 < np.inf:
        raise QueryError(
            f"found a least area of {min_area_m2:g} m2, wanted 0 or more; next: leave it out"
        )
    answer, hits = _best_chips(index, query, k, where, plain=plain)
    vector = index.query_vector(Examples(), query, plain=plain)
    hits_of: dict[str, list[Hit]] = {}
    for hit in hits:
        found = answer.cutoff is None or hit.relevance is None or hit.relevance >= answer.cutoff
        if found and has_pixels(index.scene(hit.scene)):
            hits_of.setdefault(hit.scene, []).append(hit)
    objects: list[FoundObject] = []
    for path, some in hits_of.items():
        scene = index.scene(path)
        heats = {
            size: similarity_map(index, scene, vector, size)
            for size in sorted({hit.ground_m for hit in some})
        }
        for outline, own in outlines(heats, some, scene):
            area = abs(WGS84.geometry_area_perimeter(outline)[0])
            if area >= min_area_m2 and area > 0:
                best = own[0]
                step = best.ground_m * (1 - index.info.spec.overlap)
                objects.append(
                    FoundObject(
                        0, best.score, best.relevance, path, len(own), area, step, best.ground_m,
                        outline,
                    )
                )  # fmt: skip
    objects.sort(key=lambda one: -one.score)
    ranked = tuple(replace(one, rank=place + 1) for place, one in enumerate(objects))
    none = (
        f"found {len(hits)} places, none of which has an outline of that size"
        if answer.candidates
        else "the filters let no chip pass; next: check the names of scenes, box and dates"
    )
    notice = answer.notice or ("" if ranked else none)
    return Objects(answer.query, answer.model, ranked, notice, answer.understood)


def _best_chips(
    index: SearchableIndex, query: str, k: int, where: Filter, *, plain: bool
) -> tuple[Answer, list[Hit]]:
    """The first chips, overlapping ones too, of each scene's smallest size or those asked for."""
    smallest: dict[str, float] = {}

    def fine(hit: Hit) -> bool:
        if hit.scene not in smallest:
            rows = index.table.of_scene(index.scene(hit.scene))
            smallest[hit.scene] = float(index.table.ground_m[rows].min())
        return where.ground_m is not None or hit.ground_m == smallest[hit.scene]

    depth = k
    while True:
        answer = index.search(query, depth, where=where, merge=False, plain=plain)
        hits = [hit for hit in answer.hits if fine(hit)]
        if len(hits) >= k or len(answer.hits) < depth:
            return answer, hits[:k]
        depth *= DEEPER


def outlines(
    heats: Mapping[float, Heatmap], hits: Sequence[Hit], scene: SceneRecord
) -> list[tuple[BaseGeometry, list[Hit]]]:
    """The outlines around the hits of a scene.

    Args:
        heats: of the scene and the query, by the ground size of the chips, m, all on one grid.
        hits: of the scene, best first.
        scene: the scene.

    Returns:
        Polygons in OGC:CRS84 that do not touch each other, each with its hits, best first.
    """
    grid = next(iter(heats.values()))
    cut = max(1, min(UPSAMPLING, math.isqrt(MOST_PARTS // grid.values.size)))
    fine = {size: _interpolated(heat.values, cut) for size, heat in heats.items()}
    usual = {size: float(np.nanmedian(heat.values)) for size, heat in heats.items()}
    a, b, _, d, e, _ = grid.transform
    step_x = np.hypot(a, d) / np.hypot(scene.transform[0], scene.transform[3])  # px in a cell
    step_y = np.hypot(b, e) / np.hypot(scene.transform[1], scene.transform[4])
    finer = np.array([step_x, step_y, step_x, step_y]) / cut  # px in a part of a cell
    extent = shapely.box(0, 0, scene.width / finer[0], scene.height / finer[1])  # cells stick out
    peaks: list[tuple[shapely.Point, float, Hit]] = []
    for hit in hits:
        window = hit.window
        box = np.array([window.col, window.row, window.right, window.bottom]) / finer
        peaks.append((*_peak(fine[hit.ground_m], box), hit))
    parts: list[BaseGeometry] = []
    for size, heat in fine.items():
        highest = max(height for _, height, hit in peaks if hit.ground_m == size)
        warm = heat >= usual[size] + CONTOUR_LEVEL * (highest - usual[size])
        if highest > usual[size]:
            found = shapes(warm.astype(np.uint8), mask=warm, connectivity=4)
            parts += [shape(one).intersection(extent) for one, _ in found]
    whole = shapely.get_parts(shapely.union_all(parts))
    objects = []
    for outline in whole:
        own = [hit for peak, _, hit in peaks if outline.intersects(peak)]
        if not own or outline.geom_type != "Polygon":  # a line, where it touches the extent
            continue
        smooth = outline.simplify(cut / 4, preserve_topology=True)
        cells = shapely.transform(smooth, lambda corners: corners / cut)
        (degrees,) = outlines_in_degrees(np.array([cells], object), grid.transform, grid.crs)
        objects.append((degrees, own))
    return objects


def _interpolated(values: NDArray[np.float32], cut: int) -> NDArray[np.float32]:
    """Cells cut into ``cut`` x ``cut``; the heat at their middles, linear between."""
    lowest = np.float32(np.nanmin(values))
    height, width = values.shape
    picture = Image.fromarray(np.where(np.isnan(values), lowest, values).astype(np.float32))
    size = (width * cut, height * cut)
    return np.asarray(picture.resize(size, Image.Resampling.BILINEAR), np.float32)


def _peak(fine: NDArray[np.float32], box: Doubles) -> tuple[shapely.Point, float]:
    """Where the heat is greatest in a box, and how great.

    Args:
        fine: heat.
        box: left, top, right, bottom in columns and rows of ``fine``.
    """
    height, width = fine.shape
    left, top = np.clip(np.floor(box[:2]), 0, [width - 1, height - 1]).astype(int)
    right, bottom = np.clip(np.ceil(box[2:]), [left + 1, top + 1], [width, height]).astype(int)
    inside = fine[top:bottom, left:right]
    y, x = np.unravel_index(int(inside.argmax()), inside.shape)
    return shapely.Point(left + x + 0.5, top + y + 0.5), float(inside[y, x])


def frame_of(found: Objects) -> GeoDataFrame:
    """Objects as a table in OGC:CRS84."""
    dtypes = {
        "rank": "int32", "score": "float64", "relevance": "float64", "scene": "str",
        "hits": "int32", "area_m2": "float64", "step_m": "float64", "ground_m": "float64",
        "query": "str",
    }  # fmt: skip
    rows: list[dict[str, Any]] = [
        {
            "rank": one.rank,
            "score": round(one.score, 6),
            "relevance": np.nan if one.relevance is None else round(one.relevance, 6),
            "scene": one.scene,
            "hits": one.hits,
            "area_m2": round(one.area_m2, 1),
            "step_m": round(one.step_m, 3),
            "ground_m": round(one.ground_m, 6),
            "query": found.query,
        }
        for one in found.objects
    ]
    return frame_of_rows(rows, [one.geometry for one in found.objects], dtypes)


def write_objects(found: Objects, path: Path) -> None:
    """Write objects to a file, in the format that its ending names.

    Args:
        found: what to write; none give a file without features.
        path: ``.geojson``, ``.gpkg``, ``.fgb``, ``.parquet`` or ``.csv``; replaced if it exists.

    Raises:
        OutputError: if the ending is unknown, the file is one of the scenes or cannot be written.
    """
    refuse_scenes(path, {one.scene for one in found.objects})
    write_frame(frame_of(found), path, "objects")
