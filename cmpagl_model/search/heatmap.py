"""The similarity of one scene's chips to a query, as a raster: from stored embeddings alone.

A cell is as large as the step from one chip to the next of the finest ground size. Of each ground
size a cell gets the mean of the chips that cover its middle: what is looked for lies where all of
them overlap, and the mean shows that where a maximum would smear it over a chip's whole width. Of
these means a mean is taken, in which a size counts the less the more ground its chips cover: twice
the side, a quarter. docs/decisions/0044 has what else was tried.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import rasterio
from rasterio.crs import CRS
from rasterio.errors import RasterioError

from cmpagl_model.atomic import replacing
from cmpagl_model.errors import OutputError, QueryError
from cmpagl_model.index.imported import has_pixels, no_pixels
from cmpagl_model.index.vectors import RASTERS, cannot_write_file, check_ending, refuse_scenes
from cmpagl_model.records import metres
from tiling import plan_chips

from .query import retry_if_damaged
from .ranking import cosine_scores

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tiling import ChipSpec, SceneRecord

    from .query import SearchableIndex

    Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Heatmap:
    """Similarities over a scene."""

    values: NDArray[np.float32]
    """Cosines, -1 to 1, ``(rows, columns)``; NaN where no chip lies."""
    transform: tuple[float, ...]
    """Cell corner to CRS, six numbers a, b, c, d, e, f: x = a column + b row + c,
    y = d column + e row + f; turned as the scene is."""
    crs: str
    """The scene's: "EPSG:n" or WKT2."""
    scene: str
    """Path of the scene."""
    of_sizes: tuple[tuple[float, NDArray[np.float32]], ...] = ()
    """The same of the chips of one ground size, m, small to large; none where there is one size."""

    @property
    def minimum(self) -> float:
        """The least similarity."""
        return float(np.nanmin(self.values))

    @property
    def maximum(self) -> float:
        """The greatest similarity."""
        return float(np.nanmax(self.values))


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The grid of a scene that is filled: as fine as the steps of its smallest chips."""

    step_x: int
    """Columns of the scene in a cell, px."""
    step_y: int
    """Rows of the scene in a cell, px."""
    middles_x: Doubles
    """Middle of the part of each column of cells that lies in the scene, px."""
    middles_y: Doubles
    """The same for rows."""

    @classmethod
    def of(cls, scene: SceneRecord, spec: ChipSpec) -> Cells:
        """As large as the step from chip to chip of the finest ground size."""
        grid = plan_chips(scene, spec).scales[0].grid
        return cls(
            step_x=grid.stride_x,
            step_y=grid.stride_y,
            middles_x=_middles(scene.width, grid.stride_x),
            middles_y=_middles(scene.height, grid.stride_y),
        )


@retry_if_damaged
def similarity_map(
    index: SearchableIndex,
    scene: SceneRecord,
    vector: NDArray[np.float32],
    ground_m: float | None = None,
) -> Heatmap:
    """How well each place of a scene matches.

    Args:
        index: the index.
        scene: one of its scenes; see :func:`scene_named`. A scene placed by ground control points
            is mapped on the grid that its chips lie on, in the CRS of its points.
        vector: what to compare with, unit length, from
            :meth:`~cmpagl_model.search.SearchableIndex.query_vector`.
        ground_m: only chips of this ground size count, m; ``None``: those of all.

    Returns:
        The map. Its last column and row may reach beyond the scene by less than a cell.

    Raises:
        QueryError: if the scene has no chip, or only imported ones, which lie on no grid.
    """
    table = index.table
    if not has_pixels(scene):
        raise QueryError(no_pixels(scene))
    rows = table.of_scene(scene)
    if ground_m is not None:
        rows = rows[table.ground_m[rows] == ground_m]
    if not len(rows):
        raise QueryError(
            f"{scene.path}: found no chip of this scene in the index, wanted one at least; it is "
            "empty, or of one colour; next: choose another scene"
        )
    cells = Cells.of(scene, index.info.spec)
    scores = cosine_scores(table.embeddings, rows, vector).astype(np.float64)
    maps: list[tuple[float, NDArray[np.float32]]] = []
    for size in np.unique(table.ground_m[rows]).tolist():
        own = table.ground_m[rows] == size
        means = cell_means(cells, table.windows[rows[own]], scores[own])
        maps.append((size, means.astype(np.float32)))
    total, weights = np.zeros(maps[0][1].shape), np.zeros(maps[0][1].shape)
    for size, one in maps:
        weight = np.where(np.isnan(one), 0, (maps[0][0] / size) ** 2)
        total, weights = total + weight * np.nan_to_num(one), weights + weight
    blended = np.full_like(total, np.nan)
    np.divide(total, weights, out=blended, where=weights > 0)
    a, b, c, d, e, f = scene.transform
    turned = (a * cells.step_x, b * cells.step_y, c, d * cells.step_x, e * cells.step_y, f)
    several = tuple(maps) if len(maps) > 1 else ()
    return Heatmap(blended.astype(np.float32), turned, scene.crs, scene.path, several)


def scene_named(index: SearchableIndex, name: str) -> SceneRecord:
    """A scene of an index.

    Args:
        index: the index.
        name: its path, or its file name with or without ending where only one scene has it.

    Raises:
        QueryError: if there is none, or there are several.
    """
    scenes = index.table.scenes
    found = [scene for scene in scenes if scene.path == name]
    if not found:
        names = {scene.path: (Path(scene.path).name, Path(scene.path).stem) for scene in scenes}
        found = [scene for scene in scenes if name in names[scene.path]]
    if len(found) != 1:
        known = ", ".join(scene.path for scene in scenes[:5]) or "none"
        raise QueryError(
            f"{index.name}: found {len(found)} scenes called {name!r}, wanted one; it holds "
            f"{known}{', ...' if len(scenes) > 5 else ''}; next: give the whole path"
        )
    return found[0]


def _middles(length: int, step: int) -> Doubles:
    starts = np.arange(0, length, step)
    return (starts + np.minimum(starts + step, length)) / 2


def cell_means(cells: Cells, windows: NDArray[np.int32], scores: Doubles) -> Doubles:
    """For each cell the mean of the chips that cover its middle; NaN where none does.

    Args:
        cells: the grid.
        windows: of chips of one ground size, ``(n, 4)``.
        scores: what each has, ``(n,)``.

    Returns:
        ``(rows, columns)`` of cells.
    """
    total, count = sums_over(cells, windows, scores)
    means: Doubles = np.full_like(total, np.nan)
    np.divide(total, count, out=means, where=count > 0)
    return means


def sums_over(cells: Cells, windows: NDArray[np.int32], values: Doubles) -> tuple[Doubles, Doubles]:
    """For each cell the sum and the number of the chips that cover its middle.

    Each chip is written at its four corners only; running sums then spread it over its cells.

    Args:
        cells: the grid.
        windows: of the chips, ``(n, 4)``.
        values: what is summed up, ``(n,)``.
    """
    col, row, width, height = windows.astype(np.float64).T
    left, right = np.searchsorted(cells.middles_x, [col, col + width])
    top, bottom = np.searchsorted(cells.middles_y, [row, row + height])
    sums = np.zeros((2, len(cells.middles_y) + 1, len(cells.middles_x) + 1))
    for layer, weights in zip(sums, (values, np.ones_like(values)), strict=True):
        for y, down in ((top, 1), (bottom, -1)):
            np.add.at(layer, (y, left), down * weights)
            np.add.at(layer, (y, right), -down * weights)
    total, count = sums.cumsum(axis=1).cumsum(axis=2)[:, :-1, :-1]
    return total, count.round()


def write_heatmap(heatmap: Heatmap, path: Path) -> None:
    """Write a map as a float32 GeoTIFF, whole or not at all.

    The first band is the map; where there are several ground sizes, each has a band behind it.

    Args:
        heatmap: the map.
        path: ``.tif`` or ``.tiff``; replaced if it exists.

    Raises:
        OutputError: if the ending is another, the file is the scene itself or cannot be written.
    """
    check_ending(path, RASTERS)
    refuse_scenes(path, [heatmap.scene])
    height, width = heatmap.values.shape
    sizes = ((f"similarity, {metres(size)}", values) for size, values in heatmap.of_sizes)
    bands = [("similarity", heatmap.values), *sizes]
    profile = {
        "driver": "GTiff", "width": width, "height": height, "count": len(bands),
        "dtype": "float32", "nodata": np.nan, "crs": CRS.from_user_input(heatmap.crs),
        "transform": rasterio.Affine(*heatmap.transform), "compress": "deflate",
    }  # fmt: skip
    try:
        with replacing(path) as part, rasterio.open(part, "w", **profile) as file:
            for number, (name, values) in enumerate(bands, 1):
                file.write(values, number)
                file.set_band_description(number, name)
    except (OSError, RasterioError) as error:
        raise OutputError(cannot_write_file(path, error)) from error
