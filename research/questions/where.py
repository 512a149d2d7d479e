"""Where in a chip, and heat maps, against places that are known: four pictures put together.

The measures are those of Yuan et al., "Learning to evaluate performance of multimodal semantic
localization" (TGRS 2022): Rsu, how much of the heat lies where it should; Ras, how far its peaks
lie off (less is better); Rda, whether it has one peak there; Rmi, 0.4 Rsu + 0.35 (1 - Ras)
+ 0.25 Rda. Their filters of 50 and 1,000 px are for a picture of 2,048 px.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

import click
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from PIL import Image
from rasterio.features import shapes
from shapely.geometry import shape

from cmpagl_model.encoders import open_encoder
from cmpagl_model.index import build_index
from cmpagl_model.model_folder import find_model
from cmpagl_model.search import ChipPlace, Examples, open_index
from cmpagl_model.search.heatmap import similarity_map
from cmpagl_model.search.where import where_in_chip
from research.scenes import mosaic, square, write_scene
from tiling import ChipSpec

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from cmpagl_model.search import SearchableIndex
    from cmpagl_model.search.heatmap import Heatmap

    Doubles = NDArray[np.float64]
    Box = tuple[float, float, float, float]

PICTURE, SIDE, SEED, COMPOSITES = 224, 256, 18, 60
"""The last: scenes of 2 x 2 pictures, and as many of 4 x 4."""
SCALE = SIDE / 2048
NAMES = ("Rsu", "Ras", "Rda", "Rmi", "best cell inside")


def measure_where(folder: Path, place: Path, model: str) -> None:
    """Print how well a chip's heat, and a scene's heat map, show the picture that is meant.

    Args:
        folder: RSICD with captions, of which ``val`` counts.
        place: for scenes and indexes.
        model: a known name or a folder.
    """
    page = json.loads((folder / "dataset_rsicd.json").read_text(encoding="utf-8"))
    by_class: dict[str, list[dict[str, Any]]] = {}
    for one in page["images"]:
        if one["split"] == "val" and not one["filename"][0].isdigit():
            by_class.setdefault(one["class"], []).append(one)
    encoder, dice = open_encoder(find_model(model), device="cpu"), np.random.default_rng(SEED)
    for across, large in ((2, 1), (4, 1), (4, 2)):
        rows: dict[str, list[tuple[float, ...]]] = {}
        for number in range(COMPOSITES if large == 1 else COMPOSITES // 2):
            path = place / f"{across}{large}{number:03d}.tif"
            sentence, box = _composite(folder, by_class, (across, large), dice, path)
            size = (
                ChipSpec(ground_sizes_m=(float(across * PICTURE),)) if across == 2 else ChipSpec()
            )
            build_index([str(path)], path.with_suffix(".cmpagl"), encoder, size)
            opened = open_index(path.with_suffix(".cmpagl"))
            opened.use_encoder(encoder)
            for name, heat in _heats(opened, sentence, whole=across == 2).items():
                cells = heat.transform[0] / (across * PICTURE)
                drawn = _drawn(heat.values, cells)
                above = _spread(np.maximum(drawn, np.median(drawn)))  # as it is painted
                for how, map_ in ((name, drawn), (f"{name}, above its median", above)):
                    rows.setdefault(how, []).append(measured(map_, box))
        for name, found in rows.items():
            figures = zip(NAMES, np.mean(found, axis=0), strict=True)
            said = ", ".join(f"{what} {figure:.3f}" for what, figure in figures)
            click.echo(f"{across} x {across}, {large} x {large} meant, {name}: {said}")


def _heats(opened: SearchableIndex, sentence: str, *, whole: bool) -> dict[str, Heatmap]:
    """What is measured of a scene: the heat in its one chip, or its heat maps."""
    (scene,), table = opened.table.scenes, opened.table
    if whole:
        chip = ChipPlace(scene.path, table.window(0), float(table.ground_m[0]))
        return {"in the chip": where_in_chip(opened, chip, sentence).heat}
    vector = opened.query_vector(Examples(), sentence, plain=True)
    heats = {"blended": similarity_map(opened, scene, vector)}
    for size_m in np.unique(table.ground_m[:]).tolist():
        heats[f"{size_m:.0f} m"] = similarity_map(opened, scene, vector, size_m)
    return heats


def _composite(
    folder: Path, by_class: dict[str, list[dict[str, Any]]], shape_: tuple[int, int],
    dice: np.random.Generator, path: Path,
) -> tuple[str, Box]:  # fmt: skip
    """Write a scene of pictures, 1 m a pixel; a caption of one of them, and where it lies."""
    across, large = shape_
    name, *others = dice.choice(sorted(by_class), len(by_class), replace=False).tolist()
    own = dice.choice(len(by_class[name]), large**2, replace=False).tolist()
    row, col = dice.integers(0, across - large + 1, 2).tolist()
    chosen = []
    meant = [by_class[name][number] for number in own]
    for place in range(across**2):
        y, x = divmod(place, across)
        one = by_class[others[place]][int(dice.integers(len(by_class[others[place]])))]
        if row <= y < row + large and col <= x < col + large:
            one = meant[(y - row) * large + x - col]
        chosen.append(square(folder / "images" / one["filename"], PICTURE))
    write_scene(mosaic(chosen, across), path, (500_000, 5_000_000), 1)
    sentences = meant[0]["sentences"]
    sentence = sentences[int(dice.integers(len(sentences)))]["raw"].strip(" .")
    left, top, step = col / across, row / across, large / across
    return sentence, (left * SIDE, top * SIDE, (left + step) * SIDE, (top + step) * SIDE)


def _drawn(values: NDArray[np.float32], cells: float) -> Doubles:
    """Heat from 0 to 1 over ``(SIDE, SIDE)``; ``cells``: share of the scene in a cell."""
    filled = np.where(np.isnan(values), np.nanmin(values), values).astype(np.float32)
    height, width = (max(SIDE, round(count * cells * SIDE)) for count in values.shape)
    picture = Image.fromarray(filled).resize((width, height), Image.Resampling.BILINEAR)
    return _spread(np.asarray(picture, np.float64)[:SIDE, :SIDE])


def _spread(heat: Doubles) -> Doubles:
    return np.asarray((heat - heat.min()) / (np.ptp(heat) + 1e-9))


def measured(heat: Doubles, box: Box) -> tuple[float, ...]:
    """The figures of :data:`NAMES`.

    Args:
        heat: 0 to 1, ``(SIDE, SIDE)``.
        box: where it should be: left, top, right, bottom, px.
    """
    left, top, right, bottom = box
    mask = np.zeros_like(heat)
    mask[round(top) : round(bottom), round(left) : round(right)] = 1
    inside, area = float((heat * mask).sum()), float(mask.sum())
    ratio = inside / (float(heat.sum()) - inside + 1e-7) * (mask.size - area) / area
    significant = 1 - np.exp(-0.707 * ratio)
    middle, reach = (
        np.array([left + right, top + bottom]) / 2,
        0.75 * np.hypot(*np.subtract(box[2:], box[:2])),
    )
    near = [peak for peak in _peaks(heat) if np.linalg.norm(peak - middle) <= reach]
    offset = np.mean([np.linalg.norm(peak - middle) for peak in near]) / reach if near else 1.0
    shift = (np.exp(3 * offset) - 1) / (np.exp(3) - 1)
    single = float(len(near))
    if len(near) > 1:
        apart = np.mean([np.linalg.norm(peak - np.mean(near, axis=0)) for peak in near]) / reach
        single = 0.5 * (1 - apart) + np.exp(-0.5 * (len(near) + 2))
    row, column = np.unravel_index(int(heat.argmax()), heat.shape)
    hit = bool(left <= column < right and top <= row < bottom)
    mean = 0.4 * significant + 0.35 * (1 - shift) + 0.25 * single
    return tuple(float(one) for one in (significant, shift, single, mean, hit))


def _peaks(heat: Doubles) -> list[Doubles]:
    """Middles of what is highest far around, softened five times, where heat is half or more."""
    soft = np.floor(heat * 255)
    for _ in range(5):
        soft = np.rint(_filtered(soft, round(50 * SCALE), "reflect", mean=True))
    top = (_filtered(soft, round(1000 * SCALE), "edge", mean=False) == soft) & (soft > 0)
    found = [
        np.array([shape(one).centroid.x - 0.5, shape(one).centroid.y - 0.5])
        for one, _ in shapes(top.astype(np.uint8), mask=top, connectivity=8)
    ]
    return [peak for peak in found if heat[round(peak[1]), round(peak[0])] >= 0.5]


def _filtered(
    values: Doubles, width: int, edges: Literal["edge", "reflect"], *, mean: bool
) -> Doubles:
    """Mean or maximum over squares."""
    for axis in (0, 1):
        around = [(width // 2, width - 1 - width // 2) if axis == own else (0, 0) for own in (0, 1)]
        views = sliding_window_view(np.pad(values, around, mode=edges), width, axis=axis)
        values = views.mean(axis=-1) if mean else views.max(axis=-1)
    return values
