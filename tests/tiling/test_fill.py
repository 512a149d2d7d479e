"""Undeclared fill is left out; what merely looks like it stays."""

import numpy as np
import pytest

from tiling import ChipImage
from tiling.fill import find_fill

F32 = float(np.finfo("float32").max)


@pytest.fixture
def ground():
    """Three bands of 300 x 300 px that vary as ground does, reflectance 0 to 1."""
    rng = np.random.default_rng(5)
    y, x = np.mgrid[:300, :300]
    waves = [np.sin(x / (9 + band)) * np.cos(y / (11 + band)) for band in range(3)]
    noise = rng.normal(0, 0.03, (3, 300, 300))
    return (0.35 + 0.15 * np.stack(waves) + noise).clip(0.04, 0.9)


def cornered(pixels, value):
    """A third of the picture, cut off aslant, has one value."""
    y, x = np.mgrid[: pixels.shape[1], : pixels.shape[2]]
    out = pixels.copy()
    out[:, x + y < 220] = value
    return out


@pytest.mark.parametrize(
    ("dtype", "scale", "fill"),
    [
        ("uint16", 10_000, 0), ("uint16", 10_000, 1), ("uint16", 10_000, 65_535),
        ("int16", 10_000, -9999), ("int16", 10_000, -32_767), ("int16", 10_000, -32_768),
        ("int16", 10_000, 0), ("float32", 1, 0), ("float32", 1, -9999), ("float32", 1, F32),
        ("float32", 1, -F32), ("float32", 1, 1e20), ("float64", 1, -1e32), ("float32", 255, -9999),
    ],
)  # fmt: skip
def test_fill_changes_neither_colours_nor_what_is_shown(
    make_scene, read_all, ground, dtype, scale, fill
):
    pixels = (ground * scale).astype(dtype)
    holed = cornered(pixels, fill)
    wishes = {"native": True, "size_px": 64, "min_valid": 0.0}
    told, wanted = read_all(make_scene(holed, name="told.tif", nodata=fill), **wishes)
    scene, chips = read_all(make_scene(holed, name="bare.tif"), **wishes)
    assert scene.fill == pytest.approx((fill,))
    assert scene.stretch == told.stretch
    for one, other in zip(chips, wanted, strict=True):
        assert type(one) is type(other)
        if isinstance(one, ChipImage):
            assert (one.pixels == other.pixels).all()


def test_the_brightest_of_large_numbers_are_no_fill():
    counts = np.random.default_rng(3).integers(1, 255, 60_000).clip(20, 230).astype("uint64")
    assert find_fill([counts * 10**15]) == ()


def test_several_kinds_of_fill_at_once(ground):
    pixels = (ground * 10_000).reshape(3, -1)
    pixels[:, :9000], pixels[:, 9000:12_000] = 0, 65_535
    assert set(find_fill(pixels.astype("uint16"))) == {0, 65_535}


def test_fill_that_one_band_has_alone_does_not_pull_its_stretch(make_scene, read_all, ground):
    holed = ground.astype("float32")
    holed[1, :40] = 1e20
    scene, _ = read_all(make_scene(holed))
    assert scene.stretch[1][1] < 1


@pytest.mark.parametrize("dtype", ["int16", "uint16", "float32"])
@pytest.mark.parametrize("top", [40, 500, 4000])
def test_sea_level_is_data(dtype, top):
    rng = np.random.default_rng(2)
    heights = rng.gamma(1.2, top / 4, 60_000)
    heights[:25_000] = 0
    assert find_fill([heights.astype(dtype)]) == ()


def test_a_shore_of_cliffs_is_data():
    heights = np.random.default_rng(2).uniform(30, 400, 60_000).astype("int16")
    heights[:25_000] = 0
    assert find_fill([heights]) == ()


def test_saturated_clouds_and_clipped_shadows_are_data(ground):
    pixels = ground.reshape(3, -1)
    bright = (pixels * 90_000).clip(0, 65_535).astype("uint16")
    bright[:, (pixels.min(axis=0) > 0.5)] = 65_535
    assert find_fill(bright) == ()
    dark = ((pixels - 0.2) * 10_000).clip(0, None).astype("uint16")
    assert find_fill(dark) == ()


def test_a_picture_of_bytes_is_left_alone(make_scene, read_all, ground):
    pixels = (ground * 250).astype("uint8")
    pixels[:, :60, :60] = 0
    assert read_all(make_scene(pixels))[0].fill == ()


@pytest.mark.parametrize("values", [[], [7] * 500, [0] * 400 + [9] * 400])
def test_what_tells_nothing_has_no_fill(values):
    assert find_fill([np.array(values, "uint16")]) == ()
