"""Scenes to chips beside other ways.

A tiled DEFLATE GeoTIFF is made of pieces of a real scene and cut into chips of 256 px by us, by a
loop of ``src.read(window)`` with rasterio, and by TorchGeo's ``GridGeoSampler``. Beside them GDAL
decodes every block once, with as many threads as we use. All take turns.
"""

from __future__ import annotations

import importlib.util
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import rasterio
from rasterio.transform import from_origin

from tiling import ChipSpec, describe_scene, plan_chips, read_chips
from tiling.decoders import threads_for
from tiling.source import Raster
from tools.demo_scenes import sample_scenes

from .record import ABSENT, Row
from .timing import rate_row, times_ms

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TOPIC = "tiling"
SIDE, PIECE, BLOCK, CHIP = 8192, 512, 256, 256
ROUNDS = 7
ROWS_AT_ONCE = 512
LOOP, DECODE, TORCHGEO = "rasterio loop", "plain GDAL decode", "TorchGeo GridGeoSampler"
WANTED = {LOOP: 1.8, DECODE: 0.9, TORCHGEO: 5.0}


def measure(folder: Path, scene: Path | None = None, rounds: int = ROUNDS) -> list[Row]:
    """Measure cutting one scene into chips.

    Args:
        folder: the scene that is cut is made there, 130 MB.
        scene: GeoTIFF with three bands of bytes and 512 px or more, whose pixels are used;
            ``None``: the largest of the sample scenes.
        rounds: how often each way is timed.

    Returns:
        A row for each peer.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "tiling.tif"
    largest = lambda one: one.stat().st_size  # noqa: E731
    _make(path, scene or max(sample_scenes(folder).glob("*.tif"), key=largest))
    ways = {"cmpagl": _ours(path), LOOP: partial(_loop, path), DECODE: partial(_decode, path)}
    if importlib.util.find_spec("torchgeo"):
        ways[TORCHGEO] = _torchgeo(path)
    times = times_ms([lambda _, way=way: way() for way in ways.values()], rounds, 1)
    rows = []
    for name, wanted in WANTED.items():
        what, set_ = (
            f"{SIDE} px square, chips of {CHIP} px",
            f"{rounds} rounds, tiled DEFLATE; ours also checks each block by its sum",
        )
        if name not in ways:
            rows.append(Row(TOPIC, what, "chips/s", against=name, note=ABSENT))
            continue
        both = (SIDE // CHIP) ** 2 * 1e3 / times[[0, list(ways).index(name)]]
        rows.append(
            rate_row(
                TOPIC, what, *both, unit="chips/s", against=name, wanted_ratio=wanted, note=set_
            )
        )
    return rows


def _make(path: Path, scene: Path) -> None:
    """A large scene of pieces of a real one, so that it compresses like one."""
    with rasterio.open(scene) as source:
        pixels = source.read([1, 2, 3])
    places = np.random.default_rng(0)
    with rasterio.open(
        path, "w", driver="GTiff", width=SIDE, height=SIDE, count=3, dtype="uint8", tiled=True,
        blockxsize=BLOCK, blockysize=BLOCK, compress="deflate", interleave="pixel",
        crs="EPSG:32633", transform=from_origin(5e5, 5e6, 0.5, 0.5),
    ) as out:  # fmt: skip
        for row in range(0, SIDE, PIECE):
            for col in range(0, SIDE, PIECE):
                y, x = (int(places.integers(side - PIECE + 1)) for side in pixels.shape[1:])
                piece = pixels[:, y : y + PIECE, x : x + PIECE]
                out.write(piece, window=((row, row + PIECE), (col, col + PIECE)))


def _ours(path: Path) -> Callable[[], object]:
    spec = ChipSpec(CHIP, native=True, overlap=0, stretch="none")
    scene = describe_scene(str(path), spec)
    plan = plan_chips(scene, spec)
    return lambda: sum(1 for _ in read_chips(scene, plan, spec))


def _loop(path: Path) -> None:
    with rasterio.open(path) as source:
        for row in range(0, SIDE, CHIP):
            for col in range(0, SIDE, CHIP):
                source.read(window=((row, row + CHIP), (col, col + CHIP)))


def _decode(path: Path) -> None:
    """Every block once, a handle for each thread."""
    with Raster(str(path)) as raster:
        threads = threads_for(raster)
    own = threading.local()

    def rows(first: int) -> None:
        if not hasattr(own, "source"):
            own.source = rasterio.open(path)
        own.source.read(window=((first, first + ROWS_AT_ONCE), (0, SIDE)))

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(rows, range(0, SIDE, ROWS_AT_ONCE)))


def _torchgeo(path: Path) -> Callable[[], object]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from torchgeo.datasets import RasterDataset  # noqa: PLC0415 - slow, not always there
        from torchgeo.samplers import GridGeoSampler, Units  # noqa: PLC0415

    dataset = RasterDataset(str(path))
    sampler = GridGeoSampler(dataset, size=CHIP, stride=CHIP, units=Units.PIXELS)
    return lambda: sum(1 for place in sampler if dataset[place]["image"] is not None)
