"""Scenes put together of pictures, for studies that have to know what lies where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import rasterio
from PIL import Image
from rasterio.transform import from_origin

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]


def square(path: Path, side_px: int) -> Pixels:
    """A picture drawn out to a square, ``(side, side, 3)``."""
    return np.asarray(Image.open(path).convert("RGB").resize((side_px, side_px)))


def mosaic(pictures: Sequence[Pixels], across: int) -> Pixels:
    """Squares of one size row by row, ``(3, height, width)``; 0 where none is left."""
    side = len(pictures[0])
    pixels = np.zeros((3, -(-len(pictures) // across) * side, across * side), np.uint8)
    for number, picture in enumerate(pictures):
        row, col = (side * place for place in divmod(number, across))
        pixels[:, row : row + side, col : col + side] = picture.transpose(2, 0, 1)
    return pixels


def write_scene(
    pixels: Pixels, path: Path, corner: tuple[float, float], gsd_m: float, **more: Any
) -> None:
    """Write pixels as a GeoTIFF.

    Args:
        pixels: ``(3, height, width)``.
        path: the file.
        corner: upper left, in EPSG:32631 unless ``more`` says otherwise.
        gsd_m: ground sample distance, m/px.
        more: further settings of the file, as rasterio calls them.
    """
    profile = {
        "driver": "GTiff", "width": pixels.shape[2], "height": pixels.shape[1], "count": 3,
        "dtype": "uint8", "crs": "EPSG:32631", "transform": from_origin(*corner, gsd_m, gsd_m),
        **more,
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as scene:
        scene.write(pixels)
