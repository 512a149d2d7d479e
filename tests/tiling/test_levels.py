"""Which level is read, how often each block is decoded, and what is kept in memory."""

import subprocess
import sys
import time
import tracemalloc
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.enums import Resampling
from rasterio.transform import from_origin

import tiling.levels
import tiling.memory
from tests.tiling.conftest import block_offsets
from tiling import ChipImage, ChipSpec, describe_scene, plan_chips, read_chips
from tiling.blocks import BlockMap
from tiling.chips import PlannedChip
from tiling.grid import Window
from tiling.levels import open_level
from tiling.scales import chip_scale
from tiling.source import Raster


def add_overviews(path, factors, **environment):
    with rasterio.Env(**environment), rasterio.open(path, "r+") as scene:
        scene.build_overviews(factors, Resampling.average)
    return path


@pytest.mark.parametrize("external", [False, True])
@pytest.mark.parametrize(
    ("factor", "width"), [(1, 1000), (2, 500), (3, 500), (4, 250), (7, 250), (8, 125), (99, 125)]
)
def test_the_smallest_overview_with_enough_pixels_is_opened(make_scene, factor, width, external):
    path = add_overviews(make_scene(size=(1000, 800)), [2, 4, 8], TIFF_USE_OVR=external)
    scene = describe_scene(path, ChipSpec())
    with open_level(scene, factor) as raster:
        assert raster.dataset.width == width


@pytest.mark.parametrize("internal", [True, False])
def test_an_overview_without_the_mask_is_not_used(make_scene, internal):
    mask = np.full((800, 1000), 255, dtype=np.uint8)
    mask[:400] = 0
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=internal):
        path = add_overviews(make_scene(size=(1000, 800), mask=mask), [2, 4])
    spec = ChipSpec(100, gsd_m=4.1)
    scene = describe_scene(path, spec)
    upper = next(read_chips(scene, plan_chips(scene, spec), spec))
    assert getattr(upper, "valid_fraction", 0) < 0.05 or upper.reason == "empty"


def test_native_chips_are_not_read_from_an_overview(make_scene):
    path = add_overviews(make_scene(size=(1000, 800)), [2, 4])
    with rasterio.open(path, "r+") as scene:
        wanted = scene.read()[:, :64, :64].transpose(1, 2, 0)
    spec = ChipSpec(64, native=True, stretch="none")
    scene = describe_scene(path, spec)
    first = next(read_chips(scene, plan_chips(scene, spec), spec))
    assert (first.pixels == wanted).all()


@pytest.mark.parametrize("size", [(1001, 803), (640, 480)])
def test_overviews_of_odd_sizes_show_the_same_places(make_scene, size):
    rows, cols = np.indices(size[::-1])
    pixels = np.stack([cols / 4, rows / 4, (cols + rows) / 8]).astype(np.uint8)
    plain = make_scene(pixels, name="plain.tif")
    path = add_overviews(make_scene(pixels, name="pyramid.tif"), [2, 4, 8])
    spec = ChipSpec(32, ground_sizes_m=(70, 150, 400), stretch="none")
    one, two = describe_scene(plain, spec), describe_scene(path, spec)
    for a, b in zip(
        read_chips(one, plan_chips(one, spec), spec),
        read_chips(two, plan_chips(two, spec), spec), strict=True,
    ):  # fmt: skip
        if isinstance(a, ChipImage) and not a.chip.edge:
            assert np.abs(a.pixels.astype(int) - b.pixels).max() <= 3


LAYOUTS = {
    "tiles": {"tiled": True, "blockxsize": 64, "blockysize": 64},
    "odd tiles": {"tiled": True, "blockxsize": 112, "blockysize": 48, "interleave": "band"},
    "strips": {"blockysize": 3},
    "tall strips": {"blockysize": 200, "interleave": "band"},
    "one strip": {"blockysize": 700},
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("wishes", [{"native": True}, {"gsd_m": 2.6}, {"gsd_m": 7.0}])
@pytest.mark.parametrize("overlap", [0.0, 0.5, 0.8])
def test_each_block_is_decoded_once_whatever_the_overlap(
    make_scene, read_places, monkeypatch, layout, wishes, overlap
):
    monkeypatch.setattr(tiling.blocks, "UNIT_SIDE", 128)  # several units in a small scene
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (3, 700, 600), dtype=np.uint8)
    path = make_scene(pixels, compress="lzw", **LAYOUTS[layout])
    spec = ChipSpec(48, overlap=overlap, **wishes)
    scene = describe_scene(path, spec)
    offsets = block_offsets(path)
    read_places.clear()
    assert sum(1 for _ in read_chips(scene, plan_chips(scene, spec), spec)) > 1
    assert offsets <= set(read_places), "the counter sees every block"
    assert {read_places[offset] for offset in offsets} == {1}


def test_a_column_of_chips_reads_only_its_blocks(make_scene, read_places):
    pixels = np.random.default_rng(0).integers(0, 256, (3, 600, 6000), dtype=np.uint8)
    path = make_scene(pixels, compress="lzw", tiled=True, blockxsize=256, blockysize=256)
    spec = ChipSpec(100, native=True, overlap=0)
    scene = describe_scene(path, spec)
    read_places.clear()
    chips = [chip for chip in plan_chips(scene, spec) if chip.window.col == 0]
    assert len(list(read_chips(scene, chips, spec))) == 6
    assert len(read_places) < 20


def test_what_is_kept_is_a_band_of_the_scene(make_scene):
    path = make_scene(size=(512, 2500), tiled=True, blockxsize=256, blockysize=256)
    spec = ChipSpec(128, native=True)
    scene = describe_scene(path, spec)
    plan, kept = plan_chips(scene, spec), []
    with tiling.levels.Level(scene, plan.scales[0]) as level:
        for chip in plan:
            list(level.patches([chip]))
            kept.append(level.held_bytes)
    assert 512 * 4 * 512 <= max(kept) <= 512 * 4 * (512 + 512)


def test_a_wide_scene_stays_within_the_bytes_to_keep(make_scene, monkeypatch):
    monkeypatch.setattr(tiling.memory, "KEPT_BYTES", 600_000)
    path = make_scene(size=(2000, 300), tiled=True, blockxsize=128, blockysize=128)
    spec = ChipSpec(64, native=True, stretch="none")
    scene = describe_scene(path, spec)
    small = list(read_chips(scene, plan_chips(scene, spec), spec))
    monkeypatch.undo()
    large = list(read_chips(scene, plan_chips(scene, spec), spec))
    assert all((a.pixels == b.pixels).all() for a, b in zip(small, large, strict=True))


# --- sparse and giant -------------------------------------------------------------


def write_sparse(path, side, *, fill=None, **profile):
    with rasterio.open(
        path, "w", **({
            "driver": "GTiff", "width": side, "height": side, "count": 3, "dtype": "uint8",
            "tiled": True, "blockxsize": 512, "blockysize": 512, "compress": "deflate",
            "SPARSE_OK": True, "BIGTIFF": "YES", "crs": "EPSG:32633",
            "transform": from_origin(3e5, 6e6, 0.5, 0.5),
        } | profile),
    ) as scene:  # fmt: skip
        if fill is not None:
            pixels = np.random.default_rng(0).integers(0, 256, (3, 512, 512), dtype=np.uint8)
            scene.write(pixels, window=((fill, fill + 512), (fill, fill + 512)))
    return str(path)


def test_a_sparse_scene_of_ten_thousand_million_pixels_takes_seconds(tmp_path):
    path = write_sparse(tmp_path / "sparse.tif", 100_000)
    start = time.process_time()
    spec = ChipSpec(256, native=True)
    scene = describe_scene(path, spec)
    plan = plan_chips(scene, spec)
    tracemalloc.start()
    reasons = Counter(result.reason for result in read_chips(scene, plan[:50_000], spec))
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()
    reasons.update(result.reason for result in read_chips(scene, plan[50_000:], spec))
    assert reasons == {"empty": len(plan)}
    assert len(plan) > 600_000
    assert time.process_time() - start < 15


def test_the_one_block_of_a_sparse_scene_is_found(tmp_path):
    path = write_sparse(tmp_path / "one.tif", 20_000, fill=10_240)
    spec = ChipSpec(256, native=True, overlap=0)
    scene = describe_scene(path, spec)
    results = list(read_chips(scene, plan_chips(scene, spec), spec))
    pictures = [result for result in results if isinstance(result, ChipImage)]
    assert {(p.chip.window.col, p.chip.window.row) for p in pictures} == {
        (10_240, 10_240), (10_496, 10_240), (10_240, 10_496), (10_496, 10_496),
    }  # fmt: skip


def test_blocks_never_written_are_no_data(tmp_path):
    path = write_sparse(tmp_path / "part.tif", 1500, fill=512)
    spec = ChipSpec(512, native=True, overlap=0.5, min_valid=0.1)
    scene = describe_scene(path, spec)
    results = list(read_chips(scene, plan_chips(scene, spec), spec))
    shares = {r.chip.window: r.valid_fraction for r in results if isinstance(r, ChipImage)}
    assert shares[Window(512, 512, 512, 512)] == 1
    assert shares[Window(256, 256, 512, 512)] == 0.25


MEMORY_TEST = """
import pathlib, re, sys
import tiling
spec = tiling.ChipSpec(gsd_m=2.0)
scene = tiling.describe_scene(sys.argv[1], spec)
count = sum(1 for r in tiling.read_chips(scene, tiling.plan_chips(scene, spec), spec))
peak = re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())
print(count, int(peak[1]) // 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
@pytest.mark.parametrize("compress", ["deflate", "none"])
def test_one_giant_strip_is_read_in_bounded_memory(tmp_path, compress):
    side = 3000
    path = tmp_path / "strip.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=side, height=side, count=3, dtype="uint8", zlevel=1,
        blockysize=side, interleave="pixel", compress=compress, crs="EPSG:32633",
        transform=from_origin(3e5, 6e6, 1, 1),
    ) as scene:  # fmt: skip
        line = np.random.default_rng(0).integers(0, 256, (3, 500, side), dtype=np.uint8) // 32
        for row in range(0, side, 500):
            scene.write(line, window=((row, row + 500), (0, side)))
    done = subprocess.run(  # a process of its own, for a high-water mark of its own
        [sys.executable, "-c", MEMORY_TEST, str(path)], capture_output=True, text=True, check=True
    )
    chips, megabytes = map(int, done.stdout.split())
    assert done.stderr == ""
    assert chips > 200
    assert megabytes < 400  # Python 100, GDAL's cache 128, the strip 27


def test_units_are_whole_blocks_each_in_one_unit(make_scene):
    for layout in LAYOUTS.values():
        path = make_scene(size=(600, 700), **layout)
        with Raster(path) as raster:
            blocks = BlockMap(raster, (1, 2, 3))
            whole = Window(0, 0, 600, 700)
            found = [
                block for unit in blocks.units_touching(whole) for block in blocks.blocks_in(unit)
            ]
            assert len(found) == len(set(found))
            assert sum(block.width * block.height for block in found) == 600 * 700
            assert blocks.written_units() == list(blocks.units_touching(whole))


def test_factors_without_an_overview_are_averaged(make_scene):
    path = add_overviews(make_scene(size=(900, 900)), [3])
    spec = ChipSpec(32, gsd_m=7.0)
    scene = replace(describe_scene(path, spec), gsd_x_m=1.0, gsd_y_m=1.0)
    scale = chip_scale(scene, spec, 32 * 7.0)
    with tiling.levels.Level(scene, scale) as level:
        chip = PlannedChip(0, Window(0, 0, 224, 224), 224.0, 7.0, edge=False)
        ((_, patch),) = level.patches([chip])
        assert patch.box[2] == pytest.approx(224 / 6)
