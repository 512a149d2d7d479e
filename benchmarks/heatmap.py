"""The similarity map of one large indexed scene, from the sentence to the array and to the file.

The scene is painted and its chips are cut as always; their embeddings are made lifelike instead of
encoded, for a map reads stored embeddings whatever they say.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import click
import numpy as np
import rasterio
from rasterio import Affine
from rasterio.windows import Window

from cmpagl_model.encoders.onnx_runtime import OnnxEncoder
from cmpagl_model.index.build import build_index
from cmpagl_model.model_folder import DEFAULT_MODEL, find_model
from cmpagl_model.search import open_index
from cmpagl_model.search.examples import Examples
from cmpagl_model.search.heatmap import similarity_map, write_heatmap

from .lifelike import lifelike
from .seeds import seeds
from .timing import paired, timed_row

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from .record import Row
    from .settings import Settings

TOPIC = "heatmap"
LIMIT_MS = 200.0
GSD_M, BLOCK, QUESTIONS, POOL = 0.5, 512, 20, 8192


def measure(folder: Path, settings: Settings) -> list[Row]:
    """Time maps of one scene.

    Args:
        folder: where scene and index go; those that are there are used.
        settings: inputs, and the side of the scene.

    Returns:
        Sentence to array, and sentence to GeoTIFF.
    """
    found = seeds(folder, settings)
    index = open_index(_indexed(folder, found.images, settings.scene_px))
    sentences, (scene,) = found.asked(QUESTIONS)[0], index.table.scenes
    target = folder / "heatmap.tif"

    def array(n: int) -> object:
        return similarity_map(index, scene, index.query_vector(Examples(), sentences[n]))

    def file(n: int) -> None:
        vector = index.query_vector(Examples(), sentences[n])
        write_heatmap(similarity_map(index, scene, vector), target)

    click.echo(f"  maps of {len(index.table):,} chips")
    to_array, to_file = paired([array, file], len(sentences))
    side = settings.scene_px
    note = f"{len(index.table):,} chips of {side:,} x {side:,} px, text encoding included"
    return [
        timed_row(TOPIC, f"sentence to {what}", timing, limit=LIMIT_MS, note=note)
        for what, timing in (("map as an array", to_array), ("map as a GeoTIFF", to_file))
    ]


def _indexed(folder: Path, images: NDArray[np.float32], side: int) -> Path:
    """The index of the painted scene, made unless it is there."""
    index, done = folder / f"scene-{side}.cmpagl", folder / f"scene-{side}.done"
    model = find_model(DEFAULT_MODEL).fingerprint
    if done.exists() and done.read_text() == model:
        return index
    done.unlink(missing_ok=True)
    shutil.rmtree(index, ignore_errors=True)
    scene = folder / f"scene-{side}.tif"
    click.echo(f"  painting and cutting a scene of {side:,} x {side:,} px")
    paint(scene, side)
    build_index([str(scene)], index, Lifelike(images))
    scene.unlink()
    done.write_text(model)
    return index


def paint(path: Path, side: int) -> None:
    """Write a scene of coarse and fine random texture: three bands, tiled, UTM 32N, 0.5 m/px."""
    random = np.random.default_rng(0)
    coarse = random.integers(0, 160, (-(-side // 64), -(-side // 64), 3), np.uint8)
    profile = {
        "driver": "GTiff", "width": side, "height": side, "count": 3, "dtype": "uint8",
        "crs": "EPSG:32632", "transform": Affine(GSD_M, 0, 500_000, 0, -GSD_M, 5_600_000),
        "tiled": True, "blockxsize": BLOCK, "blockysize": BLOCK,
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as scene:
        for top in range(0, side, BLOCK):
            rows = np.arange(top, min(top + BLOCK, side))
            strip = coarse[rows // 64][:, np.arange(side) // 64]
            strip = strip + random.integers(0, 96, strip.shape, np.uint8)
            scene.write(strip.transpose(2, 0, 1), window=Window(0, top, side, len(rows)))


class Lifelike(OnnxEncoder):
    """The shipped encoder, but chips get lifelike embeddings."""

    def __init__(self, images: NDArray[np.float32]) -> None:
        super().__init__(find_model(DEFAULT_MODEL))
        self._pool = np.concatenate(list(lifelike(images, POOL))).astype(np.float32)
        self._random = np.random.default_rng(0)

    def encode_chips(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Unit vectors ``(n, D)``, whatever the pixels show."""
        return self._pool[self._random.integers(0, POOL, len(pixels))]
