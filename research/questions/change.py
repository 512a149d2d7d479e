"""False alarms between copies of real scenes, and changed buildings against masks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
import numpy as np
import rasterio
from PIL import Image
from rasterio.transform import Affine
from rasterio.warp import Resampling, reproject

from cmpagl_model.encoders import open_encoder
from cmpagl_model.errors import QueryError
from cmpagl_model.index import build_index
from cmpagl_model.search import open_index
from cmpagl_model.search.change import LEAST_DIFFERENCE, LEAST_RISE, find_changes
from research.scenes import write_scene
from tiling import ChipSpec

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from cmpagl_model.search import SearchableIndex

COPIED = (
    ("nl_waterfront_industry_025m", 1.13), ("ch_residential_050m", 0.9),
    ("kampala_residential_007m", 1.13), ("indonesia_vegetable_plots_035m", 1.13),
    ("naip_nd_farmland_ponds_2019_5m", 1.13), ("naip_va_forest_farm_1m", 1.13),
    ("landsat_rocky_mountains_rgb", 0.9), ("rotterdam_ms_float64_1m", 0.9),
)  # fmt: skip
"""Scenes, and how much larger the pixels of their copies are."""
YEARS = ("naip_nd_farmland_ponds_2019_5m", "naip_nd_farmland_ponds_2020_5m")
SENTENCES = (
    "buildings", "houses", "farmland", "trees", "a lake", "a road", "bare land",
    "a parking lot with cars", "factory buildings", "a river", "boats",
    "many buildings and some trees", "a green field", "a pond", "a bridge", "dense forest",
    "red roofs", "ploughed fields",
)  # fmt: skip
CHANGED, UNCHANGED = 0.1, 0.0005
"""Share of changed pixels above which a chip has changed, and up to which it has not."""
PLACES = 60


def measure_copies(scenes: Path, place: Path) -> None:
    """Print what is reported between scenes and their copies, and between two summers.

    Args:
        scenes: folder with the real scenes.
        place: for copies and indexes.
    """
    encoder = open_encoder()
    jobs = [("copies", scenes / f"{name}.tif", place / f"{name}_copy.tif") for name, _ in COPIED]
    jobs.append(("two summers", scenes / f"{YEARS[0]}.tif", scenes / f"{YEARS[1]}.tif"))
    for name, step in COPIED:
        _copy(scenes / f"{name}.tif", place / f"{name}_copy.tif", step)
    tallies = {kind: [0, 0] for kind, _, _ in jobs}
    for number, (kind, one, two) in enumerate(jobs):
        index = place / f"{number}.cmpagl"
        build_index([str(one), str(two)], index, encoder)
        opened = open_index(index)
        for before, after in ((one, two), (two, one)):
            for sentence in SENTENCES:
                try:
                    found = find_changes(
                        opened, sentence, before=[str(before)], after=[str(after)], k=1000
                    )
                except QueryError:
                    break  # no chip of the larger scene lies wholly in its copy
                tallies[kind][0] += found.looked_at
                tallies[kind][1] += len(found.changes)
    for kind, (looked, reported) in tallies.items():
        click.echo(f"{kind}: {reported} of {looked:,} places and sentences reported")


def measure_masks(pictures: Path, place: Path) -> None:
    """Print how well "buildings" finds changed buildings: chips of 256 m of GF-1.

    Args:
        pictures: folder with ``NN_gf1_a.webp``, ``NN_gf1_b.webp`` and ``NN_gf1_mask.png``.
        place: for scenes and the index. Both dates share a grid, so no scene is read again.
    """
    for number in range(PLACES):
        for date in "ab":
            pixels = np.asarray(Image.open(pictures / f"{number:02d}_gf1_{date}.webp"))
            path, corner = place / f"{number:02d}_{date}.tif", (500_000 + 2000 * number, 4_000_000)
            write_scene(pixels.transpose(2, 0, 1)[:3], path, corner, 2, crs="EPSG:32650")
    index = place / "masks.cmpagl"
    build_index([str(place / "??_?.tif")], index, open_encoder(),
                ChipSpec(size_px=192, ground_sizes_m=(256.0,)))  # fmt: skip
    opened = open_index(index)
    table = opened.table
    rows: dict[tuple[str, ...], int] = {}
    for row in range(len(table)):
        name = table.scenes[table.scene_of[row]].path[-8:-4]  # NN_a
        rows[name[:2], name[3:], str(table.windows[row].tolist())] = row
    keys = [key for key in rows if key[1] == "a" and (key[0], "b", key[2]) in rows]
    one = np.array([rows[key] for key in keys])
    two = np.array([rows[key[0], "b", key[2]] for key in keys])
    share = np.empty(len(keys))
    for number, (key, before) in enumerate(zip(keys, one, strict=True)):
        col, row, width, height = table.windows[before].tolist()
        mask = np.asarray(Image.open(pictures / f"{key[0]}_gf1_mask.png")) > 0
        share[number] = mask[row : row + height, col : col + width].mean()
    _report(opened, one, two, share)


def _report(
    index: SearchableIndex, one: NDArray[np.int64], two: NDArray[np.int64], share: NDArray[Any]
) -> None:
    """Print the figures of chips ``one`` (before) and ``two`` (after)."""
    kept = (share > CHANGED) | (share <= UNCHANGED)
    truth = share[kept] > CHANGED
    before, after = (np.asarray(index.table.embeddings[rows], np.float32) for rows in (one, two))
    difference = (1 - np.einsum("nd,nd->n", before, after))[kept]
    (vector,) = index.encoder.encode_texts(["buildings"])
    scores = np.concatenate([before @ vector, after @ vector])
    judgement = index.judge.judgement(
        "buildings", vector, np.concatenate([scores.max(keepdims=True), scores])
    )
    if judgement is None:
        click.echo("the model has no calibration of relevance")
        return
    rise = (after @ vector - before @ vector)[kept]
    earlier, later = (half[kept] for half in np.split(judgement.relevance, 2))
    gates = (difference >= LEAST_DIFFERENCE) & (rise >= LEAST_RISE)
    reported = gates & (later >= judgement.cutoff)
    click.echo(f"{truth.sum()} changed chips, {(~truth).sum()} others")
    for name, values in (
        ("rise of the cosine", rise),
        ("rise of relevance", later - earlier),
        ("difference of the views", difference),
        ("rise of relevance where both gates are open", np.where(gates, later - earlier, -1.0)),
    ):
        above = values[truth][:, None] - values[~truth][None]
        area = (above > 0).mean() + (above == 0).mean() / 2  # under the ROC; ties count half
        ranked = truth[np.argsort(-values, kind="stable")]  # ties in the order of the index
        precision = (np.cumsum(ranked) / np.arange(1, len(ranked) + 1))[ranked].mean()
        click.echo(f"{name}: area {area:.2f}, precision {precision:.2f}")
    share, others = reported[truth].mean(), reported[~truth].mean()
    click.echo(f"reported: {share:.3f} of the changed, {others:.3f} of the others")


def _copy(path: Path, target: Path, step: float) -> None:
    """A copy on another grid: a twentieth is cut off, pixels are larger or smaller."""
    with rasterio.open(path) as scene:
        cut_x, cut_y = 0.043 * scene.width, 0.057 * scene.height
        shift = Affine.translation(cut_x + 0.4, cut_y + 0.3)
        transform = scene.transform * shift * Affine.scale(step, step)
        width, height = (
            int((scene.width - 2 * cut_x) / step),
            int((scene.height - 2 * cut_y) / step),
        )
        profile = {
            "driver": "GTiff", "width": width, "height": height, "count": scene.count,
            "dtype": scene.dtypes[0], "crs": scene.crs, "transform": transform,
            "nodata": scene.nodata,
        }  # fmt: skip
        with rasterio.open(target, "w", **profile) as copy:
            copy.colorinterp = scene.colorinterp
            for band in range(1, scene.count + 1):
                pixels = np.zeros((height, width), scene.dtypes[0])
                how = Resampling.cubic if band <= 3 else Resampling.nearest
                reproject(
                    scene.read(band), pixels, src_transform=scene.transform, src_crs=scene.crs,
                    dst_transform=transform, dst_crs=scene.crs, resampling=how,
                )  # fmt: skip
                copy.write(pixels, band)
