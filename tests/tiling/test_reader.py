import os
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from rasterio.transform import from_origin

import tiling.memory
from tiling import ChipImage, ChipSpec, Window, describe_scene, plan_chips, read_chips
from tiling.chips import SkippedChip
from tiling.errors import UnreadableSceneError
from tiling.integrity import BlockSums

layouts = st.sampled_from(
    [
        {"tiled": True, "blockxsize": 16, "blockysize": 16},
        {"tiled": True, "blockxsize": 64, "blockysize": 32, "interleave": "band"},
        {"blockysize": 1},
        {"blockysize": 7, "interleave": "band"},
        {"blockysize": 1000},
        {"driver": "PNG"},
    ]
)


@st.composite
def native_scenes(draw):
    """Noise, the way to write it, and wishes for native chips."""
    width, height, count = draw(st.integers(8, 150)), draw(st.integers(8, 150)), 3
    layout = draw(layouts)
    if "driver" not in layout:
        count = draw(st.sampled_from([1, 3, 5]))
    rng = np.random.default_rng(width * height)
    pixels = rng.integers(0, 256, (count, height, width), np.uint8)
    profile = {
        "driver": "GTiff", "dtype": "uint8", "count": count, "width": width, "height": height,
        "crs": "EPSG:32633", "transform": from_origin(5e5, 5e6, 1, 1),
        "compress": draw(st.sampled_from(["none", "deflate", "lzw"])),
    } | layout  # fmt: skip
    spec = ChipSpec(
        draw(st.integers(8, 90)),
        native=True,
        overlap=draw(st.floats(0, 0.8)),
        min_valid=0,
        bands=(1,) if count == 1 else (3, 1, 2),
        stretch="none",
    )
    return pixels, profile, spec


@given(native_scenes(), st.data())
def test_native_chips_equal_rasterios_read_bit_for_bit(scene_to_write, data):
    pixels, profile, spec = scene_to_write
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "scene")
        with rasterio.open(path, "w", **profile) as scene:
            scene.write(pixels)
        record = describe_scene(path, spec)
        plan = plan_chips(record, spec)
        some = data.draw(st.lists(st.integers(0, len(plan) - 1), min_size=1, max_size=12))
        chips = [*plan[:9], *(plan[index] for index in some)]
        with rasterio.open(path) as scene:
            for chip, result in zip(chips, read_chips(record, chips, spec), strict=True):
                w = chip.window
                wanted = scene.read(
                    list(record.bands), window=((w.row, w.bottom), (w.col, w.right))
                ).transpose(1, 2, 0)
                if isinstance(result, SkippedChip):
                    assert result.reason == "uniform"
                    assert np.ptp(wanted.reshape(-1, 3), axis=0).max() <= 2
                    continue
                assert result.chip == chip
                assert (result.pixels[: w.height, : w.width] == wanted).all()
                assert result.valid_fraction == w.width * w.height / spec.size_px**2


@pytest.mark.parametrize("driver", ["PNG", "JP2OpenJPEG"])
def test_other_formats_are_read_bit_for_bit(make_scene, driver):
    pixels = np.random.default_rng(0).integers(0, 256, (3, 300, 400), dtype=np.uint8)
    options = {"QUALITY": 100, "REVERSIBLE": True, "YCBCR420": False, "blockxsize": 128}
    path = make_scene(pixels, driver=driver, **(options if driver != "PNG" else {}))
    spec = ChipSpec(100, native=True, overlap=0, stretch="none")
    scene = describe_scene(path, spec)
    for result in read_chips(scene, plan_chips(scene, spec), spec):
        w = result.chip.window
        assert (
            result.pixels == pixels[:, w.row : w.bottom, w.col : w.right].transpose(1, 2, 0)
        ).all()


def smooth_scene(width, height):
    """A picture without fine detail, so that any good way of resizing gives the same."""
    rows, cols = np.indices((height, width))
    waves = [np.sin(cols / 60), np.cos(rows / 45), np.sin((cols + rows) / 80)]
    return np.stack([127 + 120 * wave for wave in waves]).round().astype(np.uint8)


@pytest.mark.parametrize("gsd_m", [0.5, 0.77, 1.0, 1.3, 2.0, 3.0, 3.7, 6.5])
@pytest.mark.parametrize("anisotropy", [1.0, 1.45])
def test_resized_chips_look_as_they_should(make_scene, gsd_m, anisotropy):
    pixels = smooth_scene(700, 600)
    path = make_scene(
        pixels, transform=from_origin(5e5, 5e6, 1.0, anisotropy), tiled=True, blockxsize=64,
        blockysize=48,
    )  # fmt: skip
    spec = ChipSpec(64, gsd_m=gsd_m, overlap=0.3)
    scene = describe_scene(path, spec)
    plan = plan_chips(scene, spec)
    whole = [chip for chip in plan if not chip.edge]
    assert whole
    for result in read_chips(scene, whole[:: max(1, len(whole) // 9)], spec):
        w = result.chip.window
        crop = pixels[:, w.row : w.bottom, w.col : w.right].transpose(1, 2, 0)
        wanted = np.asarray(Image.fromarray(np.ascontiguousarray(crop)).resize((64, 64), Image.BOX))
        inner = slice(2, -2)  # at the rim the ways of resizing differ
        difference = np.abs(result.pixels.astype(int) - wanted)[inner, inner]
        assert difference.max() <= 12
        assert difference.mean() < 1.5


def test_a_decimated_chip_is_the_mean_of_whole_boxes(make_scene):
    pixels = np.random.default_rng(2).integers(0, 256, (3, 96, 96), dtype=np.uint8)
    path = make_scene(pixels, transform=from_origin(5e5, 5e6, 0.9997, 0.9997), blockysize=5)
    spec = ChipSpec(32, ground_sizes_m=(96.0,), stretch="none")
    scene = replace(describe_scene(path, spec), gsd_x_m=1.0, gsd_y_m=1.0)
    (result,) = read_chips(scene, plan_chips(scene, spec), spec)
    means = pixels.reshape(3, 32, 3, 32, 3).mean(axis=(2, 4)).transpose(1, 2, 0)
    assert np.abs(result.pixels - means).max() <= 0.51


def test_pixels_without_data_do_not_bleed_into_averages(make_scene):
    pixels = np.full((3, 96, 96), 200, dtype=np.uint8)
    pixels[:, ::2] = 0
    pixels[0, 1::2] = np.linspace(150, 250, 96)
    spec = ChipSpec(32, gsd_m=3.0, stretch="none")
    scene = describe_scene(make_scene(pixels, nodata=0), spec)
    result = next(iter(read_chips(scene, plan_chips(scene, spec), spec)))
    assert result.valid_fraction == pytest.approx(0.5, abs=0.03)
    assert (result.pixels[..., 1:] == 200).all()


def test_results_come_in_the_order_given(make_scene):
    spec = ChipSpec(32, ground_sizes_m=(40, 90))
    scene = describe_scene(make_scene(), spec)
    plan = plan_chips(scene, spec)
    shuffled = [plan[int(i)] for i in np.random.default_rng(0).permutation(len(plan))[:60]]
    in_order = {result.chip: result for result in read_chips(scene, plan, spec)}
    for chip, result in zip(shuffled, read_chips(scene, shuffled, spec), strict=True):
        assert result.chip == chip
        assert (result.pixels == in_order[chip].pixels).all()
        assert result.valid_fraction == in_order[chip].valid_fraction


def test_a_part_of_a_plan_reads_the_same(make_scene):
    spec = ChipSpec(32, gsd_m=2.0)
    scene = describe_scene(make_scene(size=(700, 300)), spec)
    plan = plan_chips(scene, spec)
    all_at_once = [result.pixels for result in read_chips(scene, plan, spec)]
    pieces = [plan[start : start + 7] for start in range(0, len(plan), 7)]
    piecewise = [r.pixels for piece in pieces for r in read_chips(scene, piece, spec)]
    assert all((a == b).all() for a, b in zip(all_at_once, piecewise, strict=True))


def test_the_picture_belongs_to_the_caller(make_scene):
    spec = ChipSpec(64, native=True)
    scene = describe_scene(make_scene(), spec)
    plan = plan_chips(scene, spec)
    first, second = list(read_chips(scene, plan, spec))[:2]
    first.pixels[:] = 0
    assert second.pixels.any()
    assert first.pixels.flags.c_contiguous
    assert first.pixels.flags.writeable


def test_reading_is_lazy_and_the_file_is_closed(make_scene):
    spec = ChipSpec(32, native=True)
    path = make_scene()
    scene = describe_scene(path, spec)
    results = read_chips(scene, plan_chips(scene, spec), spec)
    assert isinstance(next(results), ChipImage)
    results.close()
    if Path("/proc/self/fd").exists():
        held = {os.path.realpath(fd) for fd in Path("/proc/self/fd").iterdir()}
        assert os.path.realpath(path) not in held


def test_two_readers_side_by_side(make_scene):
    spec = ChipSpec(32, gsd_m=2.0)
    scene = describe_scene(make_scene(), spec)
    plan = plan_chips(scene, spec)
    for one, two in zip(read_chips(scene, plan, spec), read_chips(scene, plan, spec), strict=True):
        assert (one.pixels == two.pixels).all()


@pytest.mark.parametrize("change", ["gone", "other size", "moved"])
def test_a_scene_that_is_no_longer_the_one_described_is_refused(make_scene, change):
    path = make_scene()
    spec = ChipSpec()
    scene = describe_scene(path, spec)
    if change == "gone":
        Path(path).unlink()
    elif change == "other size":
        make_scene(size=(310, 200))
    else:
        make_scene(transform=from_origin(5e5 + 7, 5e6, 1, 1))
    with pytest.raises(UnreadableSceneError, match=r"does not exist|index it again"):
        list(read_chips(scene, plan_chips(scene, spec), spec))


def test_a_scene_smaller_than_a_chip_gives_one_padded_picture(make_scene, read_all):
    _, results = read_all(make_scene(size=(75, 60)))
    (result,) = results
    assert result.chip.edge
    assert result.chip.window == Window(0, 0, 75, 60)
    assert result.pixels.shape == (192, 192, 3)


def test_the_stretch_of_the_record_is_replayed(make_scene):
    pixels = np.random.default_rng(1).integers(500, 900, (3, 64, 64), dtype="uint16")
    spec = ChipSpec(64, native=True)
    scene = describe_scene(make_scene(pixels), spec)
    first = next(read_chips(scene, plan_chips(scene, spec), spec))
    brighter = replace(scene, stretch=((0.0, 1000.0),) * 3)
    second = next(read_chips(brighter, plan_chips(scene, spec), spec))
    assert np.abs(second.pixels - np.rint(pixels.transpose(1, 2, 0) * 0.255)).max() <= 1
    assert (first.pixels != second.pixels).any()


def test_any_number_of_threads_gives_the_same(make_scene, monkeypatch):
    pixels = np.random.default_rng(3).integers(0, 256, (3, 1100, 2300), dtype=np.uint8)
    path = make_scene(pixels, tiled=True, blockxsize=128, blockysize=128, compress="deflate")
    spec = ChipSpec(96, ground_sizes_m=(96.0, 250.0), overlap=0.3)
    scene = describe_scene(path, spec)
    plan = plan_chips(scene, spec)
    results = []
    for threads in (1, 4):
        monkeypatch.setattr(tiling.memory, "threads_for", lambda _, threads=threads: threads)
        results.append(list(read_chips(scene, plan, spec)))
    for one, four in zip(*results, strict=True):
        assert one.chip == four.chip
        assert (one.pixels == four.pixels).all()


@pytest.mark.parametrize("predictor", [1, 2])
@pytest.mark.parametrize("interleave", ["pixel", "band"])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_whole_deflate_blocks_are_not_inflated_again(
    make_scene, monkeypatch, predictor, interleave, dtype
):
    pixels = np.random.default_rng(3).integers(0, 256, (4, 256, 384)).astype(dtype)
    path = make_scene(
        pixels, tiled=True, blockxsize=128, blockysize=128, compress="deflate",
        predictor=predictor, interleave=interleave,
    )  # fmt: skip
    again = []
    monkeypatch.setattr(BlockSums, "inflates", lambda *place: again.append(place) or True)
    spec = ChipSpec(64, native=True)
    scene = describe_scene(path, spec)
    assert all(isinstance(r, ChipImage) for r in read_chips(scene, plan_chips(scene, spec), spec))
    assert again == []
