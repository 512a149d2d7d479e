"""Which pixels of a scene lie in an area, against a look at all of them."""

import numpy as np
import pytest
from pyproj import Transformer

from tests.tiling.places import oracle_lon_lat, scene_in
from tiling import Window
from tiling.georef import pixels_inside


def pixels_in(record, area):
    """Rows and columns of all pixels whose middle lies in an area, one by one."""
    west, south, east, north = area
    a, b, c, d, e, f = record.transform
    col, row = np.meshgrid(np.arange(record.width) + 0.5, np.arange(record.height) + 0.5)
    way = Transformer.from_crs(record.crs, "OGC:CRS84", always_xy=True)
    lon, lat = way.transform(a * col + b * row + c, d * col + e * row + f)
    within = (lon - west) % 360 <= (east - west) % 360
    return np.nonzero(within & (lat >= south) & (lat <= north))


@pytest.mark.parametrize(
    ("crs", "transform", "area"),
    [
        ("EPSG:32633", (10, 0, 5e5, 0, -10, 5e6), (15.02, 45.13, 15.05, 45.14)),
        ("EPSG:32633", (10, 0, 5e5, 0, -10, 5e6), (14.9, 45.0, 15.01, 45.125)),  # a corner
        ("EPSG:32633", (10, 0, 5e5, 0, -10, 5e6), (15.07, 45.14, 15.5, 45.5)),  # and another
        ("EPSG:32633", (8, 6, 5e5, 6, -8, 5e6), (15.05, 45.15, 15.07, 45.16)),
        ("EPSG:4326", (0.01, 0, 177, 0, -0.01, 2), (179.5, -1, -179, 1)),
        ("EPSG:4326", (0.01, 0, 177, 0, -0.01, 2), (-179.2, 0.5, -178.8, 1)),
        ("EPSG:4326", (0.01, 0, -183, 0, -0.01, 2), (178, 0.5, 179, 1)),
        ("EPSG:4267", (0.01, 0, -183, 0, -0.01, 57), (178, 54.5, 179, 55)),
        ("EPSG:4267", (0.01, 0, 177, 0, -0.01, 57), (179.5, 54.5, -179, 55)),
        ("EPSG:4284", (0.01, 0, -183, 0, -0.01, 57), (178, 54.5, 179, 55)),
        ("EPSG:4284", (0.01, 0, 177, 0, -0.01, 57), (179.5, 54.5, -179, 55)),
        ("EPSG:32601", (500, 0, 150_000, 0, -500, 6_000_000), (-179.3, 53, -179.2, 53.2)),
        ("EPSG:32601", (500, 0, 150_000, 0, -500, 6_000_000), (179.1, 53, 179.2, 53.2)),
        ("EPSG:32601", (500, 0, 150_000, 0, -500, 6_000_000), (179.5, 53, -179.5, 53.2)),
        ("EPSG:4326", (0.6, 0, -180, 0, -0.4, 90), (100, 20, 120, 60)),
        ("EPSG:4326", (0.6, 0, -180, 0, -0.4, 90), (-120, -60, -100, -20)),
        ("EPSG:3413", (5e3, 0, -1.5e6, 0, -5e3, 1e6), (30, 84, 60, 86)),
        ("EPSG:3413", (5e3, 0, -1.5e6, 0, -5e3, 1e6), (-60, 84, -20, 86)),
        ("EPSG:3031", (5e3, 0, -1.5e6, 0, -5e3, 1e6), (170, -86, -160, -84)),
        # a pole inside a cell, whose corners all lie outside of the area
        ("EPSG:3413", (1e3, 0, -304_500, 0, -1e3, 204_500), (-170, 89.99, 170, 90)),
        ("EPSG:3031", (1e3, 0, -304_500, 0, -1e3, 204_500), (-170, -90, 170, -89.99)),
    ],
)
def test_the_pixels_of_an_area_are_those_found_one_by_one(crs, transform, area):
    """And a few cells more at each side, of a 64th of what is looked at."""
    record = scene_in(crs, transform, 600, 450)
    rows, cols = pixels_in(record, area)
    found = pixels_inside(record, area)
    assert found is not None
    sides = ((found.col, found.right, cols, 600), (found.row, found.bottom, rows, 450))
    for first, end, inside, length in sides:
        least, most = int(inside.min()), int(inside.max()) + 1
        more = 2 * (-(-(most - least) // 64)) + 2
        assert max(0, least - more) <= first <= least
        assert most <= end <= min(length, most + more)


@pytest.mark.parametrize(("crs", "sign"), [("EPSG:3413", 1), ("EPSG:3031", -1)])
def test_edges_that_bend_lose_no_pixel_of_an_area(crs, sign):
    """Round a pole an area is a disc, whose rim bulges between the corners of cells."""
    record = scene_in(crs, (1000, 0, -300_000, 0, -1000, 300_000), 600, 600)
    col, row = np.meshgrid(np.arange(600) + 0.5, np.arange(600) + 0.5)
    lat = oracle_lon_lat(record, np.stack([col.ravel(), row.ravel()], axis=-1))[:, 1] * sign
    lat = lat.reshape(600, 600)
    for rim in np.linspace(89.3, 89.97, 40):
        rows, cols = np.nonzero(lat >= rim)
        south, north = sorted([sign * rim, sign * 90.0])
        found = pixels_inside(record, (-180, south, 180, north))
        assert found is not None
        assert found.col <= cols.min()
        assert found.row <= rows.min()
        assert found.right > cols.max()
        assert found.bottom > rows.max()


@pytest.mark.parametrize(
    "area", [(16, 45, 17, 46), (14, 45.2, 16, 46), (14, 44, 16, 45), (-166, 45.1, -164, 45.15)]
)
def test_an_area_beside_a_scene_has_none_of_its_pixels(area):
    record = scene_in("EPSG:32633", (10, 0, 5e5, 0, -10, 5e6), 600, 450)
    assert pixels_inside(record, area) is None


INSIDE = [  # CRS, transform, box of degrees: plain, turned, across the antimeridian, round a pole
    ("EPSG:32633", (10, 0, 480_000, 0, -10, 5_020_000), (15.0, 45.1, 15.04, 45.12)),
    ("EPSG:32633", (8, 6, 480_000, 6, -8, 5_000_000), (15.1, 45.2, 15.3, 45.25)),
    ("EPSG:4326", (1e-3, 0, 178, 0, -1e-3, 2), (179.9, 0.1, -179.5, 0.4)),
    ("EPSG:4326", (1e-2, 0, 150, 0, -1e-2, 20), (-178, 2, -177, 3)),
    ("EPSG:4326", (1e-2, 0, -200, 0, -1e-2, 20), (170, 2, 171, 3)),
    ("EPSG:3413", (400, 0, -800_000, 0, -400, 800_000), (-180, 89.5, 180, 90)),
    ("EPSG:3413", (400, 0, -800_000, 0, -400, 800_000), (20, 86, 24, 87)),
    ("EPSG:3413", (400, 0, -790_000, 0, -400, 790_000), (20, 89.7, 40, 90)),
    ("EPSG:3031", (400, 0, -790_000, 0, -400, 790_000), (20, -90, 40, -89.7)),
    ("EPSG:3031", (400, 0, -800_000, 0, -400, 800_000), (170, -87, -170, -86.5)),
]


@pytest.mark.parametrize(("crs", "transform", "box"), INSIDE)
def test_pixels_inside_a_box_are_all_found_and_few_others(crs, transform, box):
    """Against a look at the middle of each tenth pixel."""
    scene = scene_in(crs, transform, 4000, 4000)
    cols, rows = np.meshgrid(np.arange(0.5, 4000, 10), np.arange(0.5, 4000, 10))
    lon, lat = oracle_lon_lat(scene, np.stack([cols.ravel(), rows.ravel()], axis=-1)).T
    west, south, east, north = box
    across = (lon - west) % 360 <= (east - west) % 360 if east - west < 360 else True
    inside = across & (lat >= south) & (lat <= north)
    left, right = cols.ravel()[inside].min(), cols.ravel()[inside].max()
    top, bottom = rows.ravel()[inside].min(), rows.ravel()[inside].max()
    found = pixels_inside(scene, box)
    assert found.col <= left
    assert found.row <= top
    assert found.right >= right
    assert found.bottom >= bottom
    slack = 60 + max(right - left, bottom - top) / 10
    assert found.width < right - left + slack
    assert found.height < bottom - top + slack


def test_no_pixels_lie_in_a_box_elsewhere():
    scene = scene_in("EPSG:32633", (10, 0, 480_000, 0, -10, 5_020_000), 4000, 4000)
    for box in ((14.9, 46, 15, 47), (14.9, 40, 15, 41), (16, 45, 17, 46), (10, 45, 11, 46)):
        assert pixels_inside(scene, box) is None
    everything = pixels_inside(scene, (-180, -90, 180, 90))
    assert everything == Window(0, 0, 4000, 4000)


@pytest.mark.parametrize(
    ("box", "window"),
    [
        ((10.5, 29.5, 20.5, 39.5), (9, 19, 13, 13)),
        ((10.5, 39.5, 10.5, 39.5), (9, 19, 3, 3)),  # a place alone
        ((-5, 55.5, 1.5, 65), (0, 0, 3, 6)),
        ((62.5, 10, 70, 14.5), (61, 44, 3, 4)),
        ((-1, 20, 0, 20.5), (0, 38, 2, 4)),  # no more than its edge is shared
        ((64, 20, 65, 20.5), (62, 38, 2, 4)),
        ((10.5, 60, 10.5, 61), (9, 0, 3, 2)),
        ((10.5, 11, 10.5, 12), (9, 46, 3, 2)),
    ],
)
def test_beside_an_area_one_cell_more_is_looked_at(box, window):
    """Here a pixel is a cell: none is lost at the scene's edges, none goes beyond."""
    scene = scene_in("EPSG:4326", (1, 0, 0, 0, -1, 60), 64, 48)
    assert pixels_inside(scene, box) == Window(*window)
