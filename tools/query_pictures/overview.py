"""A first look at a scene: the scene, its groups in the layer's own colours, their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from cmpagl_model.records import percent
from cmpagl_model.search.class_style import OPACITY, colours_of
from cmpagl_model.search.classify import ground_of
from cmpagl_model.search.describe import describe
from cmpagl_model.search.examples import ChipPlace
from cmpagl_model.search.fonts import with_font
from cmpagl_model.search.overview import overview

from . import indexed
from .classes import GAP, painted, scene_picture, side_by_side

if TYPE_CHECKING:
    from pathlib import Path

    from cmpagl_model.search import SearchableIndex
    from cmpagl_model.search.overview import Overview

SCENE, GROUND_M, GROUPS, COLUMNS = "naip_va_forest_farm_1m.tif", 80.0, 6, 2
INK, QUIET, FRAME = (30, 30, 30), (95, 104, 115), "#ffffff"


def draw(scenes: Path, pictures: Path) -> None:
    """Draw ``query-overview.jpg``.

    Args:
        scenes: folder with :data:`SCENE`.
        pictures: where it goes.
    """
    with indexed(scenes, [SCENE], GROUND_M) as index:
        picture = _sheet(index, overview(index, GROUPS), scenes / SCENE)
    picture.save(pictures / "query-overview.jpg", quality=86, optimize=True)


def _sheet(index: SearchableIndex, seen: Overview, path: Path) -> Image.Image:
    """Scene and groups side by side, the legend below, and what is said of one chip."""
    scene = index.table.scenes[0]
    shown, _ = scene_picture(path, scene.stretch)
    (ground,) = ground_of(seen.found)
    colours = [tuple(bytes.fromhex(one[1:])) for one in colours_of(seen.found.names)]
    scale = shown.width / scene.width
    kinds = np.array(colours, np.uint8)[np.maximum(ground.cell_classes, 0)]
    blended = Image.blend(shown, painted(kinds, ground.cells.step_x * scale, shown), OPACITY)
    row = int(np.argmax(seen.found.score))  # the chip that is most like its group
    window = index.table.window(row)
    place = ChipPlace(scene.path, window, float(index.table.ground_m[row]))
    said = describe(index, place, 1).said[0].sentence
    box = np.array([window.col, window.row, window.right, window.bottom]) * scale
    frame = ImageDraw.Draw(shown)
    frame.rectangle(tuple(box.tolist()), outline=FRAME, width=3)
    whole = sum(one.area_m2 for one in seen.groups)
    legend = [
        (colour, f"{one.name}  {percent(one.area_m2 / whole)}")
        for one, colour in zip(seen.groups, colours, strict=True)
    ]
    sheet = side_by_side(shown, blended, legend, COLUMNS, shown.width + 2 * GAP)
    pen = ImageDraw.Draw(sheet)
    words, face = with_font(f"What is in the frame?  {said}", 19)
    pen.text((GAP, shown.height + 2 * GAP + 1), words, fill=INK, font=face)
    return sheet
