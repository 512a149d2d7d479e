"""Squares and outlines: one sentence over one scene, as hits and as objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import rasterio
from PIL import Image, ImageDraw

from cmpagl_model.search import Filter
from cmpagl_model.search.objects import find_objects
from cmpagl_model.search.preview import GAP, HEADER, INK, PAPER, QUIET, write

from . import indexed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

SCENE, QUERY, WIDTH_PX, SQUARES = "naip_nd_farmland_ponds_2019_5m.tif", "a lake", 560, 8
LINE = "#ffd21f"


def draw(scenes: Path, pictures: Path) -> None:
    """Draw the scene twice: the best squares, and the outlines.

    Args:
        scenes: folder with the scene.
        pictures: where ``query-objects.jpg`` goes.
    """
    with indexed(scenes, [SCENE]) as opened:
        smallest = float(opened.table.ground_m[:].min())
        squares = opened.search(QUERY, SQUARES, where=Filter(ground_m=(smallest, smallest)))
        objects = find_objects(opened, QUERY)
    both = [
        _drawn(scenes / SCENE, shapes)
        for shapes in ([h.geometry for h in squares.hits], [o.geometry for o in objects.objects])
    ]
    size = (3 * GAP + 2 * WIDTH_PX, HEADER + both[0].height + GAP)
    sheet = Image.new("RGB", size, PAPER)
    pen = ImageDraw.Draw(sheet)
    write(pen, (GAP, 12), f"“{QUERY}”", INK, 22)
    for left, picture, text in (
        (GAP, both[0], f"squares of {smallest:.0f} m"),
        (2 * GAP + WIDTH_PX, both[1], f"outlines, as exact as {objects.objects[0].step_m:.0f} m"),
    ):
        write(pen, (left, 42), text, QUIET, 14)
        sheet.paste(picture, (left, HEADER))
    sheet.save(pictures / "query-objects.jpg", quality=88)


def _drawn(path: Path, shapes: Iterable[BaseGeometry]) -> Image.Image:
    """The scene with outlines over it."""
    from pyproj import Transformer  # noqa: PLC0415 - for pictures alone

    with rasterio.open(path) as scene:
        height = round(WIDTH_PX * scene.height / scene.width)
        pixels = scene.read([1, 2, 3], out_shape=(3, height, WIDTH_PX))
        place = Transformer.from_crs("OGC:CRS84", scene.crs, always_xy=True)
        to_pixels, factor = ~scene.transform, WIDTH_PX / scene.width
    picture = Image.fromarray(pixels.transpose(1, 2, 0))
    pen = ImageDraw.Draw(picture)
    for shape in shapes:
        x, y = place.transform(*np.array(shape.exterior.coords).T[:2])
        ring = [tuple(factor * v for v in to_pixels @ point) for point in zip(x, y, strict=True)]
        pen.line(ring, fill=LINE, width=3, joint="curve")
    return picture
