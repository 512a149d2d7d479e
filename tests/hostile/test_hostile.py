"""Hundreds of hostile and damaged rasters: refused in one line, or read as rasterio reads them.

`make soak` runs all of them; `make test` each twelfth.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

import numpy as np
import pytest
import rasterio

from cmpagl_model.index import load_chips, read_info
from tests.conftest import painted_pixels
from tiling import (
    ChipImage,
    ChipSpec,
    TilingError,
    Window,
    describe_scene,
    footprints,
    plan_chips,
    read_chips,
)
from tiling.chips import DamagedChip

from .cases import all_cases

CASES = all_cases()
SAMPLE = CASES if os.environ.get("CMPAGL_SOAK") else CASES[::12]
SPEC = ChipSpec(256, native=True, overlap=0.0, stretch="none", bands=(1, 2, 3))
COARSE = ChipSpec(256, gsd_m=2.0, stretch="none", bands=(1, 2, 3))  # reads overviews
PATIENCE_S = 30
CAP_BYTES = 1_500_000_000
WITH_PEAK = """
import pathlib, re, sys
from cmpagl_model.cli.app import run
code = run(sys.argv[1:])
print(re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())[1])
sys.exit(code)
"""
"""The command line; its last word is the most memory it held, KiB."""
ONE_THREAD = {"GDAL_NUM_THREADS": "1", "GDAL_ERROR_ON_LIBJPEG_WARNING": True}


def oracle(path, spec):
    """Which windows rasterio cannot read on one thread from a fresh handle, and the pixels."""
    options = {"overview_level": 0} if spec is COARSE else {}
    bad = []
    with rasterio.Env(**ONE_THREAD):
        with rasterio.open(path, **options) as file:
            blocks = [window for _, window in file.block_windows(1)]
            whole = np.zeros((3, file.height, file.width), np.uint8)
        for block in blocks:
            with rasterio.open(path, **options) as file:
                part = Window(block.col_off, block.row_off, block.width, block.height)
                try:
                    read = file.read((1, 2, 3), window=block)
                except rasterio.errors.RasterioIOError:
                    bad.append(part)
                else:
                    whole[:, part.row : part.bottom, part.col : part.right] = read
    return bad, whole


def use(path, spec):
    """All that indexing does with a scene, but for the encoder; ``None`` if it is refused."""
    started = time.process_time()
    try:
        scene = describe_scene(str(path), spec)
        results = list(read_chips(scene, plan_chips(scene, spec), spec))
        shapes = footprints(scene, [result.chip.window for result in results])
    except TilingError as refused:
        assert "\n" not in str(refused)  # noqa: PT017 - either is right
        assert str(path.name) in str(refused)  # noqa: PT017
        return None
    finally:
        assert time.process_time() - started < PATIENCE_S
    assert all(shape.is_valid for shape in shapes)
    return scene, results


@pytest.mark.parametrize("case", SAMPLE, ids=lambda case: case.name)
def test_a_hostile_raster_is_refused_or_read_as_it_is(tmp_path, case):
    path = tmp_path / "case.tif"
    case.write(path)
    read = use(path, SPEC)
    if read is not None:
        scene, results = read
        with rasterio.open(path) as file:
            assert scene.transform == tuple(file.transform)[:6]
    if case.blocks_only:
        bad, whole = oracle(path, SPEC)
        assert read is not None
        compare(results, bad, whole, more_is_found="deflate" in case.name)
    if "overview" in case.name:
        bad, _ = oracle(path, COARSE)
        wanted = bool(bad)
        read = use(path, COARSE)
        assert read is None or wanted <= any(isinstance(r, DamagedChip) for r in read[1])


def compare(results, bad, whole, *, more_is_found):
    """Chips that touch what cannot be decoded are damaged; the others are those very pixels.

    Args:
        results: of reading.
        bad: windows that rasterio cannot read.
        whole: what it read of the rest.
        more_is_found: whether sums in the file tell of damage that decoders let through.
    """
    for result in results:
        window = result.chip.window
        touched = any(window.touches(block) for block in bad)
        is_damaged = isinstance(result, DamagedChip)
        assert is_damaged or not touched, window
        assert is_damaged == touched or more_is_found, window
        if is_damaged:
            assert result.reason
        if isinstance(result, ChipImage):
            wanted = whole[:, window.row : window.bottom, window.col : window.right]
            found = result.pixels[: window.height, : window.width]
            assert (found == wanted.transpose(1, 2, 0)).all(), window


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells the memory")
def test_a_good_scene_among_them_is_indexed_whole_in_little_memory(make_scene, tmp_path):
    """One run of the command over a folder of all kinds."""
    folder = tmp_path / "scenes"
    good = make_scene("good.tif", folder=folder, pixels=painted_pixels(384, 384))
    for number, case in enumerate(SAMPLE[::2]):
        case.write(folder / f"case{number}.tif")
    index = tmp_path / "x.cmpagl"
    command = [sys.executable, "-c", WITH_PEAK, "index", str(folder), "-o", str(index), "-q"]
    command += ["--gsd", "native", "--overlap", "0"]  # a quarter of the chips to encode
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    assert "good.tif" not in done.stderr
    assert 0 < int(done.stdout.split()[-1]) * 1024 < CAP_BYTES
    table = load_chips(index, read_info(index)).table
    number = [scene.path for scene in table.scenes].index(str(good))
    spec = read_info(index).spec
    scene = describe_scene(str(good), spec)
    assert int((table.scene_of == number).sum()) == len(plan_chips(scene, spec))
