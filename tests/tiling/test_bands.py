import numpy as np
import pytest
from rasterio.enums import ColorInterp

from tiling import BandError, ChipSpec, describe_scene


@pytest.fixture
def bands_of(make_scene):
    """The bands chosen for a file of so many bands."""

    def find(count, dtype="uint8", *, colours=None, names=None, wanted=()):
        def finish(scene):
            if colours:
                scene.colorinterp = [getattr(ColorInterp, colour) for colour in colours.split()]
            if names:
                scene.descriptions = names

        rng = np.random.default_rng(1)
        pixels = rng.integers(0, 255, (count, 40, 50)).astype(dtype)
        path = make_scene(pixels, finish=finish, photometric="minisblack")
        return describe_scene(path, ChipSpec(bands=wanted)).bands

    return find


@pytest.mark.parametrize(
    ("count", "dtype", "bands"),
    [
        (1, "uint8", (1, 1, 1)),
        (2, "uint16", (1, 1, 1)),
        (3, "uint8", (1, 2, 3)),
        (3, "float32", (1, 2, 3)),
        (4, "uint8", (1, 2, 3)),
        (4, "uint16", (3, 2, 1)),
        (4, "int16", (3, 2, 1)),
        (8, "float64", (3, 2, 1)),
    ],
)
def test_bare_bands_are_guessed_by_their_number_and_type(bands_of, count, dtype, bands):
    assert bands_of(count, dtype) == bands


def test_colour_interpretation_decides(bands_of):
    assert bands_of(4, "uint16", colours="undefined blue green red") == (4, 3, 2)
    assert bands_of(4, "uint16", colours="alpha red green blue") == (2, 3, 4)
    assert bands_of(2, colours="gray alpha") == (1, 1, 1)
    assert bands_of(5, "uint16", colours="gray undefined undefined undefined alpha") == (3, 2, 1)


def test_band_names_decide_next(bands_of):
    s2 = ("B02", "B03", "B04", "B08", "B8A", "SCL")
    assert bands_of(6, "uint16", names=s2) == (3, 2, 1)
    words = ("Near infrared", "Red (665 nm)", "Green", "sur_refl_blue", "Red Edge 1")
    assert bands_of(5, "uint16", names=words) == (2, 3, 4)


def test_names_that_leave_a_doubt_are_not_used(bands_of):
    assert bands_of(4, names=("red", "red 2", "green", "blue")) == (1, 2, 3)
    assert bands_of(3, names=("B4", "B3", "B2")) == (1, 2, 3)


def test_the_user_decides_first(bands_of):
    assert bands_of(4, wanted=(4, 1, 2)) == (4, 1, 2)
    assert bands_of(4, wanted=(4,)) == (4, 4, 4)


def test_a_band_that_is_not_there_is_refused_with_the_count(bands_of):
    with pytest.raises(BandError, match=r"3 band\(s\), band 5 .* from 1 to 3"):
        bands_of(3, wanted=(1, 2, 5))
