import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiling import ChipSpec, SceneRecord
from tiling.scales import automatic_ground_sizes, chip_scale, ground_sizes


def sizes_of(make_record, side_px, gsd_m):
    scene = make_record(width=side_px, height=side_px, gsd_x_m=gsd_m, gsd_y_m=gsd_m)
    return automatic_ground_sizes(scene, 160)


def test_a_large_scene_gets_three_sizes_in_steps_of_two(make_record):
    assert sizes_of(make_record, 10_000, 0.25) == (100.0, 200.0, 400.0)


def test_a_coarse_scene_is_not_upsampled_when_it_is_large(make_record):
    assert sizes_of(make_record, 10_000, 10.0) == (1600.0, 3200.0, 6400.0)


def test_a_coarse_small_scene_is_upsampled_twofold_at_most(make_record):
    assert sizes_of(make_record, 180, 10.0) == (900.0, 1800.0)
    assert sizes_of(make_record, 140, 10.0) == (800.0, 1400.0)


def test_a_middling_scene_gets_two_sizes(make_record):
    assert sizes_of(make_record, 600, 0.25) == (100.0, 150.0)


def test_a_small_scene_gets_its_short_side(make_record):
    assert sizes_of(make_record, 200, 0.25) == (50.0,)
    assert sizes_of(make_record, 480, 0.25) == (120.0,)


def test_a_tiny_scene_is_padded_rather_than_blown_up(make_record):
    assert sizes_of(make_record, 10, 1.0) == (80.0,)


@given(st.integers(1, 50_000), st.integers(1, 50_000), st.floats(0.01, 2000), st.floats(0.3, 3))
def test_automatic_sizes_keep_their_promises(width, height, gsd, shape):
    scene = SceneRecord(
        "x", "", 0, 0, "EPSG:32633", (1.0, 0, 0, 0, -1, 0), width, height, "uint8", (1, 2, 3),
        ((0, 1),) * 3, gsd, gsd * shape, palette=False, from_gcps=False,
    )  # fmt: skip
    sizes = automatic_ground_sizes(scene, 160)
    coarsest = max(scene.gsd_x_m, scene.gsd_y_m)
    assert list(sizes) == sorted(set(sizes))
    assert 160 * coarsest / sizes[0] <= 2.0 + 1e-6
    short_side = min(width * scene.gsd_x_m, height * scene.gsd_y_m)
    if len(sizes) > 1:
        assert sizes[0] >= 100
        assert sizes[-1] <= short_side * 1.01
        assert all(b / a >= 1.2 for a, b in itertools.pairwise(sizes))
    else:
        scale = chip_scale(scene, ChipSpec(), sizes[0])
        across = (scale.grid.cols, scale.grid.rows)
        assert 1 in across, "the chip reaches across the short side"


def test_each_mode_has_its_sizes(make_record):
    scene = make_record(gsd_x_m=0.5, gsd_y_m=0.5)
    assert ground_sizes(scene, ChipSpec(100, gsd_m=2)) == (200.0,)
    assert ground_sizes(scene, ChipSpec(ground_sizes_m=(300, 50))) == (50.0, 300.0)
    assert ground_sizes(scene, ChipSpec(100, native=True)) == (50.0,)


def test_chips_are_square_on_the_ground(make_record):
    scene = make_record(gsd_x_m=0.5, gsd_y_m=0.8)
    scale = chip_scale(scene, ChipSpec(160, gsd_m=1.0), 160.0)
    assert (scale.factor_x, scale.factor_y) == (2, 1)
    assert (scale.grid.chip_width, scale.grid.chip_height) == (320, 200)


def test_native_chips_are_native(make_record):
    scale = chip_scale(make_record(gsd_x_m=0.5, gsd_y_m=0.8), ChipSpec(96, native=True), 1.0)
    assert (scale.grid.chip_width, scale.grid.chip_height) == (96, 96)
    assert (scale.grid.stride_x, scale.factor_x, scale.factor_y) == (48, 1, 1)


@given(
    st.floats(0.01, 1000), st.floats(0.3, 3), st.floats(0.01, 5000), st.integers(1, 512),
    st.floats(0, 0.95),
)  # fmt: skip
def test_sides_and_strides_fall_on_averaged_pixels(gsd, shape, wanted, size_px, overlap):
    scene = SceneRecord(
        "x", "", 0, 0, "EPSG:32633", (1.0, 0, 0, 0, -1, 0), 5000, 5000, "uint8", (1, 2, 3),
        ((0, 1),) * 3, gsd, gsd * shape, palette=False, from_gcps=False,
    )  # fmt: skip
    spec = ChipSpec(size_px, gsd_m=wanted, overlap=overlap)
    scale = chip_scale(scene, spec, size_px * wanted)
    grid = scale.grid
    assert grid.chip_width % scale.factor_x == grid.stride_x % scale.factor_x == 0
    assert grid.chip_height % scale.factor_y == grid.stride_y % scale.factor_y == 0
    assert 1 <= grid.stride_x <= grid.chip_width
    assert 1 <= grid.stride_y <= grid.chip_height
    assert grid.chip_width * gsd >= size_px * wanted * (1 - 1e-5)
    assert grid.chip_width * gsd < size_px * wanted + scale.factor_x * gsd * (1 + 1e-5)


@pytest.mark.parametrize("name", ["gsd_x_m", "gsd_y_m"])
def test_a_hair_does_not_change_the_plan(make_record, name):
    exact = chip_scale(make_record(), ChipSpec(gsd_m=2.0), 320.0)
    nearly = chip_scale(make_record(**{name: 1.0 - 1e-10}), ChipSpec(gsd_m=2.0), 320.0)
    assert exact == nearly
