"""What reading takes where blocks are large, and that bounding it changes no chip."""

import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

import tiling.blocks
import tiling.memory
import tiling.source
from tiling import ChipImage, ChipSpec, describe_scene, plan_chips, read_chips
from tiling.blocks import BlockMap
from tiling.chips import DamagedChip
from tiling.decoders import Decoder
from tiling.errors import UnreadableSceneError
from tiling.integrity import BlockSums
from tiling.memory import handles_for, kept_bytes
from tiling.source import Raster

READING = """
import os, pathlib, re, sys
import tiling
os.cpu_count = lambda: 2
try:
    import tiling.memory
    tiling.memory.READING_BYTES = int(sys.argv[2]) << 20
except ImportError:
    pass
def peak():
    found = re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())
    return int(found[1]) // 1024
before, spec = peak(), tiling.ChipSpec()
scene = tiling.describe_scene(sys.argv[1], spec)
count = sum(1 for r in tiling.read_chips(scene, tiling.plan_chips(scene, spec), spec))
print(count, peak() - before)
"""


def write_noise(path, width, height, *, coarse=16, **profile):
    """A scene of 0.1 m pixels, written in rows; the coarser its values, the smaller it gets."""
    settings = {
        "driver": "GTiff", "width": width, "height": height, "count": 3, "dtype": "uint8",
        "compress": "deflate", "zlevel": 1, "interleave": "pixel", "photometric": "RGB",
        "crs": "EPSG:32633", "transform": from_origin(3e5, 6e6, 0.1, 0.1),
    } | profile  # fmt: skip
    shape = (settings["count"], 500, width)
    rows = np.random.default_rng(0).integers(0, 256, shape, np.uint8) // coarse * coarse
    with rasterio.open(path, "w", **settings) as scene:
        for top in range(0, height, 500):
            part = rows[:, : min(500, height - top)].astype(settings["dtype"])
            scene.write(part, window=((top, top + part.shape[1]), (0, width)))
    return path


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
@pytest.mark.parametrize(
    ("profile", "reading", "limit"),
    [
        # GDAL reads it in rows, but each handle holds it as it is in the file: 94 MB
        pytest.param({"blockysize": 6000, "coarse": 1}, 256, 400, id="one strip"),
        # each handle holds one of 72 MB, and its copies
        pytest.param({"blockysize": 4000}, 720, 400, id="few strips"),
        pytest.param({"blockysize": 4000, "interleave": "band"}, 720, 400, id="few, by band"),
        pytest.param({"blockysize": 2000, "dtype": "uint16"}, 720, 400, id="few, 16 bit"),
    ],
)
def test_giant_strips_are_read_in_bounded_memory(tmp_path, profile, reading, limit):
    path = write_noise(tmp_path / "strips.tif", 6000, 6000, **profile)
    done = subprocess.run(  # a process of its own, for a high-water mark of its own
        [sys.executable, "-c", READING, str(path), str(reading)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    chips, megabytes = map(int, done.stdout.split())
    assert done.stderr == ""
    assert chips > 100
    assert megabytes < limit


LAYOUTS = {
    "by pixel": {},
    "by band": {"interleave": "band"},
    "differences": {"predictor": 2},
    "16 bit": {"dtype": "uint16"},
    "alpha": {"count": 4, "photometric": "RGB", "alpha": "unspecified"},
    "lzw": {"compress": "lzw"},
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("harm", ["none", "first byte", "late byte"])
def test_parts_of_strips_give_the_chips_that_whole_strips_give(tmp_path, monkeypatch, layout, harm):
    profile = {"zlevel": 6} | LAYOUTS[layout]
    if layout == "lzw":
        del profile["zlevel"]
    path = str(write_noise(tmp_path / "s.tif", 700, 900, blockysize=400, **profile))
    if harm != "none":
        harm_strip(path, 1, 2 if harm == "first byte" else -300)
    spec = ChipSpec(64, ground_sizes_m=(7.0, 20.0))
    whole = everything(path, spec)
    monkeypatch.setattr(tiling.blocks, "PART_BYTES", 100 * 700 * 3)
    monkeypatch.setattr(tiling.blocks, "UNIT_BYTES", 90 * 700 * 3)
    with Raster(path) as raster:
        assert BlockMap(raster, (1, 2, 3)).unit_height <= 90
    assert everything(path, spec) == whole
    damaged = sum(kind is DamagedChip for kind, *_ in whole[1])
    assert bool(damaged) == (harm != "none") or layout == "lzw"  # which carries no sum
    assert damaged < len(whole[1])


def harm_strip(path, number, at):
    """Flip bits of a strip of the first band."""
    with Raster(path) as raster:
        offset, size = raster.block_places([f"0_{number}"], 1)[0]
    with Path(path).open("r+b") as file:
        file.seek(offset + at % size)
        byte = file.read(1)[0]
        file.seek(offset + at % size)
        file.write(bytes([byte ^ 0x5A]))


def everything(path, spec):
    """The record of a scene, and what became of each chip."""
    scene = describe_scene(path, spec)
    reads = read_chips(scene, plan_chips(scene, spec), spec)
    told = [
        (type(read), read.chip, read.pixels.tobytes(), read.valid_fraction)
        if isinstance(read, ChipImage)
        else (type(read), read.chip, read.reason)
        for read in reads
    ]
    return scene, told


def test_handles_share_what_reading_may_take(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    monkeypatch.setattr(tiling.memory, "AHEAD_BYTES", 0)
    path = str(write_noise(tmp_path / "s.tif", 3000, 3000, coarse=1, blockysize=3000))
    stored = Path(path).stat().st_size
    with Raster(path) as raster:
        blocks = BlockMap(raster, (1, 2, 3), 2)
        assert handles_for(raster, blocks) == 4
        one = tiling.memory.handle_bytes(raster, blocks)
        assert stored < one < 2.5 * stored
        monkeypatch.setattr(tiling.memory, "LEAST_KEPT_BYTES", stored)
        shared = stored + raster.cache_bytes
        for handles in (1, 2, 3):
            monkeypatch.setattr(tiling.memory, "READING_BYTES", shared + handles * one + 9)
            assert handles_for(raster, blocks) == handles
            assert kept_bytes(raster, blocks, handles) == stored + 9
        assert handles_for(raster, blocks, stored + 10) == 2  # the third leaves no room to keep it


def test_a_giant_strip_has_one_handle_and_a_small_cache(tmp_path):
    path = write_noise(tmp_path / "s.tif", 5000, 8000, blockysize=4000)
    with Raster(str(path)) as raster:
        blocks = BlockMap(raster, (1, 2, 3), 2)
        assert handles_for(raster, blocks) == 1
        assert raster.block_bytes > 4 * 5000 * 4000  # decoded, and a band of it in the cache
        assert raster.cache_bytes < 64 << 20


@pytest.mark.parametrize(
    ("limit", "refused"), [(100_000, False), (60_000, True)], ids=["room", "no room"]
)
def test_what_finds_no_room_is_refused(make_scene, monkeypatch, limit, refused):
    monkeypatch.setattr(tiling.source, "BLOCK_BUDGET_BYTES", limit)
    path = make_scene(blockysize=100, size=(160, 200), interleave="pixel", compress="deflate")
    if not refused:
        describe_scene(path, ChipSpec())
        return
    with pytest.raises(UnreadableSceneError, match="gdal_translate -co TILED=YES"):
        describe_scene(path, ChipSpec())


def test_a_tile_counts_with_its_copies(make_scene, monkeypatch):
    monkeypatch.setattr(tiling.source, "BLOCK_BUDGET_BYTES", 160 * 160 * 8)
    strips = make_scene(size=(160, 320), blockysize=160, name="a.tif", compress="deflate")
    describe_scene(strips, ChipSpec())
    tiles = make_scene(
        size=(320, 320), tiled=True, blockxsize=160, blockysize=160, name="b.tif",
        compress="deflate",
    )  # fmt: skip
    with pytest.raises(UnreadableSceneError, match="160 x 160 px in one piece"):
        describe_scene(tiles, ChipSpec())


def test_a_strip_of_one_colour_is_checked_in_bounded_memory(make_scene):
    pixels = np.full((1, 3000, 4000), 7, dtype=np.uint8)
    path = make_scene(pixels, blockysize=3000, compress="deflate", zlevel=9)
    with Raster(path) as raster:
        sums = BlockSums(raster, (1,))
        offset, size = raster.block_places(["0_0"], 1)[0]
        tracemalloc.start()
        assert sums.inflates(offset, size)
        assert not sums.inflates(offset, size - 5)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        sums.close()
    assert size < 100_000
    assert peak < 9 << 20  # the strip is 12 MB


def test_large_tiles_are_decoded_once_where_a_row_of_them_can_be_kept(make_scene, monkeypatch):
    """Several handles must not take the room that a row of tiles needs."""
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    monkeypatch.setattr(tiling.memory, "AHEAD_BYTES", 0)
    path = make_scene(
        size=(1500, 1024), tiled=True, blockxsize=512, blockysize=512, compress="deflate"
    )
    monkeypatch.setattr(tiling.blocks, "UNIT_SIDE", 128)
    monkeypatch.setattr(tiling.memory, "LEAST_KEPT_BYTES", 1 << 20)
    with Raster(path) as raster:
        blocks = BlockMap(raster, (1, 2, 3), 2)
        one = tiling.memory.handle_bytes(raster, blocks)
        room = one + raster.cache_bytes + 4 * 1500 * 1024 + 1000
    monkeypatch.setattr(tiling.memory, "READING_BYTES", room)
    windows = []
    units = Decoder.units

    def counted(decoder, window, averages):
        windows.append(window)
        return units(decoder, window, averages)

    monkeypatch.setattr(Decoder, "units", counted)
    spec = ChipSpec(64, native=True, stretch="none")
    scene = describe_scene(path, spec)
    assert len(list(read_chips(scene, plan_chips(scene, spec), spec))) > 1000
    assert len(windows) == len(set(windows)) == 6
