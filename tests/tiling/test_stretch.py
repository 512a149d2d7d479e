import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiling import ChipSpec, describe_scene
from tiling.spec import parse_stretch
from tiling.stretch import Stretcher, find_limits

AUTO = parse_stretch("auto")
BYTES = np.dtype("uint8")


def ramp(low, high, dtype="uint8"):
    return np.linspace(low, high, 1001).astype(dtype)


def test_a_lively_8_bit_scene_is_left_alone():
    samples = [ramp(0, 200), ramp(20, 120), ramp(0, 90)]
    assert find_limits(samples, BYTES, AUTO) == ((0.0, 255.0),) * 3


def test_a_dark_8_bit_scene_is_stretched_halfway_to_each_band():
    red, _, blue = find_limits([ramp(10, 70), ramp(10, 70), ramp(30, 90)], BYTES, AUTO)
    assert red == pytest.approx((11, 79), abs=1.5)
    assert blue == pytest.approx((21, 89), abs=1.5)


def test_sensor_values_are_always_stretched():
    limits = find_limits([ramp(0, 10_000, "uint16")] * 3, np.dtype("uint16"), AUTO)
    assert limits == ((200.0, 9800.0),) * 3


def test_the_users_stretch_is_taken():
    samples = [ramp(0, 100)] * 3
    assert find_limits(samples, BYTES, parse_stretch("none")) == ((0.0, 255.0),) * 3
    assert find_limits(samples, BYTES, parse_stretch("-5,7")) == ((-5.0, 7.0),) * 3
    assert find_limits(samples, BYTES, parse_stretch("percentile")) == ((2.0, 98.0),) * 3


@pytest.mark.parametrize("values", [[], [7], [7, 7, 7], [1e300, 1e300], [-1e-300], [0] * 99 + [5]])
def test_limits_are_never_empty(values):
    samples = [np.array(values, dtype="float64")] * 3
    for low, high in find_limits(samples, np.dtype("float64"), AUTO):
        assert low < high


@given(
    st.sampled_from(["uint8", "int8", "uint16", "int16", "int32", "uint32", "float32", "float64"]),
    st.floats(-1e5, 1e5),
    st.floats(1e-2, 1e5),
    st.integers(0, 2**32 - 1),
)
def test_stretching_is_rounding_a_straight_line(dtype, low, span, seed):
    rng = np.random.default_rng(seed)
    if np.dtype(dtype).kind == "f":
        values = rng.normal(low, span, (3, 50)).astype(dtype)
    else:
        limits = np.iinfo(dtype)
        values = rng.integers(limits.min, limits.max, (3, 50), dtype=dtype, endpoint=True)
    found = Stretcher(((low, low + span),) * 3, np.dtype(dtype)).band(values, 1)
    wanted = np.interp(values.astype("float64"), [low, low + span], [0, 255])
    assert found.dtype == np.uint8
    assert np.abs(found - wanted).max() <= 0.5 + 1e-6


def test_bytes_stay_bytes_where_nothing_is_to_do():
    values = np.arange(256, dtype=np.uint8)
    assert Stretcher(((0.0, 255.0),) * 3, BYTES).band(values, 0) is values


def test_what_is_not_a_number_becomes_black_and_infinity_white():
    values = np.array([np.nan, np.inf, -np.inf, 1e39])
    found = Stretcher(((0.0, 1.0),) * 3, values.dtype).band(values, 0)
    assert found.tolist() == [0, 255, 0, 255]


def test_big_numbers_keep_their_small_differences():
    values = (10**9 + np.arange(0, 256)).astype("int32")
    found = Stretcher(((1e9, 1e9 + 255),) * 3, values.dtype).band(values, 0)
    assert found.tolist() == list(range(256))


def test_the_stretch_of_a_scene_leaves_out_what_is_no_data(make_scene):
    pixels = np.full((4, 100, 100), -9999.0, dtype="float32")
    pixels[:, :, 50:] = np.linspace(0.1, 0.5, 50)
    pixels[0, 0, 60] = np.nan
    scene = describe_scene(make_scene(pixels, nodata=-9999.0), ChipSpec())
    for low, high in scene.stretch:
        assert low == pytest.approx(0.1, abs=0.02)
        assert high == pytest.approx(0.5, abs=0.02)


def test_a_band_without_data_in_places_does_not_pull_the_stretch(make_scene):
    pixels = np.tile(np.linspace(100, 200, 100, dtype="uint16"), (3, 100, 1))
    pixels[1, :50] = 0
    limits = describe_scene(make_scene(pixels, nodata=0), ChipSpec(stretch="percentile")).stretch
    assert limits[1][0] == pytest.approx(102, abs=1)


def test_a_scene_without_data_has_a_stretch_all_the_same(make_scene):
    pixels = np.zeros((3, 50, 50), dtype="uint16")
    scene = describe_scene(make_scene(pixels, nodata=0), ChipSpec())
    assert scene.stretch == ((0.0, 255.0),) * 3


def test_the_sample_of_a_large_scene_is_taken_here_and_there(make_scene):
    rng = np.random.default_rng(5)
    pixels = rng.integers(1000, 3000, (3, 4096, 4096), dtype="uint16")
    path = make_scene(pixels, tiled=True, blockxsize=256, blockysize=256, name="large.tif")
    limits = describe_scene(path, ChipSpec()).stretch
    assert np.allclose(limits, (1040, 2960), atol=8)
    assert describe_scene(path, ChipSpec()).stretch == limits


def test_data_in_one_corner_of_a_large_scene_is_found(make_scene):
    pixels = np.zeros((1, 8192, 8192), dtype="uint16")
    pixels[:, 7000:7100, 300:400] = np.arange(100, dtype="uint16") + 500
    path = make_scene(pixels, nodata=0, tiled=True, blockxsize=256, blockysize=256, compress="lzw")
    assert np.allclose(describe_scene(path, ChipSpec()).stretch, (502, 597), atol=6)
