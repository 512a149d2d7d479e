"""Scenes to load in QGIS: real ones where they are here, else painted."""

from __future__ import annotations

import numpy as np
import rasterio
from rasterio.transform import from_origin

from tools.package_plugin import ROOT


def painted_scene(path, side, seed):
    """Fields, roads and ponds in random colours: a scene for machines without the real ones."""
    draw = np.random.default_rng(seed)
    coarse = draw.integers(40, 200, (3, side // 50, side // 50), np.uint8)
    pixels = np.kron(coarse, np.ones((1, 50, 50), np.uint8))
    pixels = np.clip(pixels + draw.integers(-12, 12, pixels.shape), 0, 255).astype(np.uint8)
    where = from_origin(500_000, 5_700_000, 0.5, 0.5)
    with rasterio.open(
        path, "w", driver="GTiff", width=pixels.shape[2], height=pixels.shape[1], count=3,
        dtype="uint8", crs="EPSG:32631", transform=where, tiled=True,
    ) as scene:  # fmt: skip
        scene.write(pixels)
    return path


def demo_scenes():
    """What `make demo` fetched: a forest road in Wyoming and the Rocky Mountains."""
    folder = ROOT / ".cache" / "demo" / "scenes"
    return [folder / "2019_YELL_2_541000_4977000_image_crop.tif", folder / "rmnp-rgb.tif"]


def real_scenes():
    return [ROOT.parent / "shared" / "scenes" / "nl_waterfront_industry_025m.tif"]
