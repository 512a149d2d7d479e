"""Make the sample of the plugin, ``cmpagl_qgis/sample/*.tif``, from the scenes of ``make demo``."""

from __future__ import annotations

from pathlib import Path

import rasterio

from tools.demo_scenes import ROAD_SCENE, sample_scenes

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "cmpagl_qgis" / "sample"
NAMES = {
    ROAD_SCENE: "yellowstone_road.tif",
    "OSBS_029.tif": "florida_pines.tif",
    "rmnp-rgb.tif": "rocky_mountains.tif",
}
"""Name in the demo → name in the plugin."""
SMALL = {
    **{"driver": "GTiff", "compress": "JPEG", "photometric": "YCBCR", "jpeg_quality": 80},
    **{"tiled": True, "blockxsize": 256, "blockysize": 256},
}


def main() -> None:
    """Write the three scenes, replacing those that are there."""
    scenes = sample_scenes(ROOT / ".cache" / "demo")
    SAMPLE.mkdir(exist_ok=True)
    for source, name in NAMES.items():
        with rasterio.open(scenes / source) as scene:
            place = {"crs": scene.crs, "transform": scene.transform}
            size = {"width": scene.width, "height": scene.height, "count": 3, "dtype": "uint8"}
            pixels = scene.read((1, 2, 3))
        with rasterio.open(SAMPLE / name, "w", **SMALL, **place, **size) as small:
            small.write(pixels)
        print(f"{name}: {(SAMPLE / name).stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
