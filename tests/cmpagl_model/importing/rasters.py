"""Small rasters with the layouts of published pixel embeddings; places and numbers are invented."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import rasterio
from rasterio.transform import Affine

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

NO_DATA = -128
NORTH_UP = Affine(10, 0, 172_320, 0, -10, 4_014_080)
BOTTOM_UP = Affine(10, 0, 172_320, 0, 10, 3_932_160)
"""As the copy at Source Cooperative has it: its first row is its southernmost."""


def alpha_earth(
    path: Path, size: tuple[int, int] = (100, 90), *, transform: Affine = BOTTOM_UP,
    interleave: str = "band", seed: int = 0, block: int = 64,
) -> NDArray[np.float64]:  # fmt: skip
    """AlphaEarth: 64 bands of int8 called A00 to A63, -128 for no data, UTM, pixels of 10 m.

    Returns:
        The embeddings, ``(rows, columns, 64)``, NaN where there is none.
    """
    random = np.random.default_rng(seed)
    smooth = random.normal(size=(64, -(-size[0] // 16), -(-size[1] // 16)))
    wanted = smooth.repeat(16, axis=1).repeat(16, axis=2)[:, : size[0], : size[1]]
    wanted = wanted + random.normal(size=wanted.shape)
    wanted /= np.linalg.norm(wanted, axis=0)
    kept = np.rint(127.5 * np.sign(wanted) * np.sqrt(np.abs(wanted))).clip(-127, 127)
    kept = kept.astype(np.int8)
    kept[:, 20:70, 5:40] = NO_DATA
    height, width = size
    profile = {
        "driver": "GTiff", "count": 64, "dtype": "int8", "height": height, "width": width,
        "crs": "EPSG:32617", "transform": transform, "nodata": NO_DATA, "tiled": True,
        "blockxsize": block, "blockysize": block, "compress": "zstd", "interleave": interleave,
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as file:
        file.write(kept)
        for band in range(64):
            file.set_band_description(band + 1, f"A{band:02d}")
    numbers = np.moveaxis(kept, 0, -1).astype(np.float64)
    vectors = ((numbers / 127.5) ** 2) * np.sign(numbers)  # as published
    vectors[(numbers == NO_DATA).any(axis=-1)] = np.nan
    return vectors


def tessera_tiff(path: Path, size: tuple[int, int] = (80, 70)) -> NDArray[np.float64]:
    """TESSERA as geotessera exports it: 128 bands of float32, NaN where there is none, tags."""
    random = np.random.default_rng(3)
    vectors = random.normal(size=(*size, 128)).astype(np.float32)
    vectors[10:30, 10:60] = np.nan
    profile = {
        "driver": "GTiff", "count": 128, "dtype": "float32", "height": size[0], "width": size[1],
        "crs": "EPSG:32631", "transform": Affine(10, 0, 290872.408, 0, -10, 5698579.145),
        "nodata": np.nan, "tiled": True, "blockxsize": 256, "blockysize": 256, "compress": "lzw",
        "interleave": "pixel",
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as file:
        file.write(np.moveaxis(vectors, -1, 0))
        file.update_tags(
            TESSERA_DATASET_VERSION="1.1", TESSERA_DATASET_VARIANT="cambridge", TESSERA_YEAR="2024"
        )
    return vectors.astype(np.float64)


def tessera_tile(
    base: Path, name: str = "grid_0.15_52.05", *, tree: str = "global_0.1_degree_representation",
    masks: str = "global_0.1_degree_tiff_all", each: bool = False,
) -> tuple[Path, NDArray[np.float64]]:  # fmt: skip
    """A tile of TESSERA as geotessera fetches it: whole numbers, scales, and its landmask.

    Args:
        base: where the folders are made.
        name: of the tile, its middle.
        tree: the folder of the years.
        masks: the folder of the landmasks.
        each: whether every number has its scale; otherwise every pixel.
    """
    random = np.random.default_rng(4)
    height, width = 60, 75
    kept = random.integers(-127, 128, (height, width, 128)).astype(np.int8)
    shape = (height, width, 128) if each else (height, width)
    scales = random.uniform(0.01, 0.1, shape).astype(np.float32)
    scales[:15, :20] = np.nan
    folder = base / tree / "2024" / name
    folder.mkdir(parents=True)
    np.save(folder / f"{name}.npy", kept)
    np.save(folder / f"{name}_scales.npy", scales)
    (base / masks).mkdir(parents=True)
    with rasterio.open(
        base / masks / f"{name}.tiff", "w", driver="GTiff", count=1, dtype="uint8", height=height,
        width=width, crs="EPSG:32631", transform=Affine(10, 0, 301_000, 0, -10, 5_771_000),
    ) as file:  # fmt: skip
        file.write(np.ones((1, height, width), np.uint8))
    vectors = kept.astype(np.float64) * (scales if each else scales[..., None])
    return folder / f"{name}.npy", vectors
