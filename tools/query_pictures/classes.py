"""Draws what ``cmpagl classify`` makes of a scene: the scene, its chips by class, the areas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import rasterio
from PIL import Image, ImageDraw
from rasterio.enums import Resampling

from cmpagl_model.records import percent
from cmpagl_model.search.classes import NONE, ClassSentences
from cmpagl_model.search.classify import class_areas, classify, ground_of
from cmpagl_model.search.fonts import with_font

from . import indexed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from cmpagl_model.search.classify import ClassArea, Classified

    Colour = tuple[int, ...]

SCENE = "naip_va_forest_farm_1m.tif"
CLASSES = (
    ClassSentences("forest", ("a forest", "many green trees")),
    ClassSentences("pond", ("a pond", "a lake")),
    ClassSentences("meadow", ("a meadow", "a piece of grassland")),
    ClassSentences("houses", ("houses among trees",)),
)
COLOURS = {
    "forest": (48, 122, 70), "pond": (38, 113, 178), "meadow": (240, 190, 60),
    "houses": (204, 66, 55), NONE: (130, 130, 130),
}  # fmt: skip
"""Told apart by people who see few colours, too."""
GROUND_M, PANEL_PX, GAP, LINE, COLUMNS = 60.0, 600, 20, 32, 3
HECTARE_M2, AVERAGE = 10_000.0, Resampling.average


def draw(scenes: Path, pictures: Path) -> None:
    """Draw ``query-classes.jpg``.

    Args:
        scenes: folder with :data:`SCENE`.
        pictures: where it goes.
    """
    with indexed(scenes, [SCENE], GROUND_M) as index:
        found = classify(index, CLASSES)
        picture = _sheet(found, class_areas(found), scenes / SCENE)
    picture.save(pictures / "query-classes.jpg", quality=86, optimize=True)


def _sheet(found: Classified, areas: tuple[ClassArea, ...], path: Path) -> Image.Image:
    """Scene and classes side by side, the legend with areas below."""
    scene = found.index.table.scenes[0]
    shown, grey = scene_picture(path, scene.stretch)
    (ground,) = ground_of(found)
    kinds = ground.cell_classes
    colours = np.array([COLOURS[name] for name in found.names], np.uint8)
    step = ground.cells.step_x * shown.width / scene.width
    blended = Image.blend(grey, painted(colours[np.maximum(kinds, 0)], step, shown), 0.55)
    whole = sum(area.area_m2 for area in areas)
    shares = [percent(area.area_m2 / whole) if area.area_m2 else "0 %" for area in areas]
    legend = [
        (COLOURS[area.name], f"{area.name}  {area.area_m2 / HECTARE_M2:.1f} ha, {share}")
        for area, share in zip(areas, shares, strict=True)
    ]
    return side_by_side(shown, blended, legend, COLUMNS)


def painted(colours: NDArray[np.uint8], step: float, shown: Image.Image) -> Image.Image:
    """Cells of a ground over a picture of its scene.

    Args:
        colours: of the cells, ``(rows, columns, 3)``.
        step: side of a cell in px of the picture.
        shown: the picture.
    """
    size = (round(step * colours.shape[1]), round(step * colours.shape[0]))
    cells = Image.fromarray(colours).resize(size, Image.Resampling.NEAREST)
    return cells.crop((0, 0, *shown.size))  # the last ones may reach beyond


def side_by_side(
    one: Image.Image, other: Image.Image, legend: Sequence[tuple[Colour, str]], columns: int,
    left: int = GAP,
) -> Image.Image:  # fmt: skip
    """Two pictures of one size, and a legend below.

    Args:
        one: stands left.
        other: stands right.
        legend: colours and what they mean.
        columns: of the legend.
        left: where it begins, px.
    """
    lines = -(-len(legend) // columns)
    size = (2 * one.width + 3 * GAP, one.height + 2 * GAP + lines * LINE + GAP)
    sheet = Image.new("RGB", size, "white")
    sheet.paste(one, (GAP, GAP))
    sheet.paste(other, (one.width + 2 * GAP, GAP))
    pen = ImageDraw.Draw(sheet)
    for number, (colour, said) in enumerate(legend):
        row, column = divmod(number, columns)
        x = left + column * (sheet.width - left) // columns
        y = one.height + 2 * GAP + row * LINE
        pen.rectangle((x, y + 4, x + 22, y + 22), fill=colour)
        words, face = with_font(said, 19)
        pen.text((x + 32, y + 1), words, fill=(30, 30, 30), font=face)
    return sheet


def scene_picture(
    path: Path, stretch: tuple[tuple[float, float], ...]
) -> tuple[Image.Image, Image.Image]:
    """The scene in colour and in grey, as wide as a panel."""
    with rasterio.open(path) as scene:
        height = round(PANEL_PX * scene.height / scene.width)
        pixels = scene.read((1, 2, 3), out_shape=(3, height, PANEL_PX), resampling=AVERAGE)
    low, high = (np.array(side, np.float32)[:, None, None] for side in zip(*stretch, strict=True))
    bright = np.clip((pixels - low) / (high - low) * 255, 0, 255).astype(np.uint8)
    shown = Image.fromarray(bright.transpose(1, 2, 0))
    return shown, shown.convert("L").convert("RGB")
