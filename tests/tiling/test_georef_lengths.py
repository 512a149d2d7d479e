"""How long a pixel is on the ground, and where it has no length."""

import pytest
from pyproj import Geod

from tiling.errors import NoGeoreferenceError
from tiling.georef import ground_sample_distance


def test_web_mercator_is_not_believed():
    gsd = ground_sample_distance("EPSG:3857", (1, 0, 0, 0, -1, 8_399_738), 100, 100)
    assert gsd == pytest.approx((0.5015, 0.5), abs=3e-3)  # at 60 degrees north


def test_lengths_are_rounded_so_that_machines_agree():
    gsd, _ = ground_sample_distance("EPSG:32633", (1, 0, 500_000, 0, -1, 5e6), 100, 100)
    assert gsd == float(f"{gsd:.9g}")


@pytest.mark.parametrize(
    ("crs", "transform"),
    [
        ("EPSG:4326", (10, 0, 500_000, 0, -10, 5_000_000)),
        ("EPSG:32633", (10, 0, 5e8, 0, -10, 5e6)),
        ('LOCAL_CS["my garden"]', (1, 0, 0, 0, -1, 0)),
        ("EPSG:99999", (1, 0, 0, 0, -1, 0)),
    ],
)
def test_a_scene_without_a_place_on_earth_is_refused(crs, transform):
    with pytest.raises(NoGeoreferenceError, match="gdal_translate"):
        ground_sample_distance(crs, transform, 100, 100)


def test_lengths_are_those_in_the_middle_of_a_tall_scene():
    """From 60 to 20 degrees north a pixel grows by nine tenths; what counts is 40 degrees."""
    gsd_x, gsd_y = ground_sample_distance("EPSG:4326", (0.04, 0, 10, 0, -0.04, 60), 500, 1000)
    geod = Geod(ellps="WGS84")
    _, _, across = geod.inv(19.98, 40, 20.02, 40)
    _, _, down = geod.inv(20, 39.98, 20, 40.02)
    assert gsd_x == pytest.approx(across, rel=1e-3)
    assert gsd_y == pytest.approx(down, rel=1e-3)


def test_lengths_of_a_single_long_row_are_asked_within_it():
    """Some rows further there is no Earth any more."""
    _, down = ground_sample_distance("EPSG:4326", (0.01, 0, 10, 0, -10, 85), 500, 1)
    assert down == pytest.approx(Geod(ellps="WGS84").inv(12.5, 77.5, 12.5, 82.5)[2] * 2, rel=1e-3)


@pytest.mark.parametrize("steps", [(0, 0, 0, -1), (1, 0, 0, 0)], ids=["columns", "rows"])
def test_pixels_without_length_are_refused(steps):
    a, b, d, e = steps
    with pytest.raises(NoGeoreferenceError, match="no length on the ground"):
        ground_sample_distance("EPSG:32633", (a, b, 5e5, d, e, 5e6), 100, 100)


def test_metres_from_the_middle_of_the_earth_are_no_map():
    with pytest.raises(NoGeoreferenceError, match="no place on Earth in EPSG:4978"):
        ground_sample_distance("EPSG:4978", (10, 0, 4e6, 0, -10, 4e5), 500, 400)
