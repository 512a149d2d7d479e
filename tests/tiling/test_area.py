"""Chips of an area alone: those of the whole scene that touch it, each where it was."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer
from shapely.geometry import box

from tiling import ChipSpec, OutsideAreaError, footprints, plan_chips
from tiling.errors import ChipSpecError
from tiling.georef import pixels_inside
from tiling.grid import ChipGrid, Window


@settings(max_examples=25)
@given(st.data())
def test_chips_that_touch_a_window_are_found_by_looking_at_all(data):
    whole = st.integers(1, 60)
    width, height, chip_width, chip_height = (data.draw(whole) for _ in range(4))
    strides = [data.draw(st.integers(1, chip)) for chip in (chip_width, chip_height)]
    grid = ChipGrid(width, height, chip_width, chip_height, *strides)
    col, row = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    area = Window(
        col, row, data.draw(st.integers(1, width - col)), data.draw(st.integers(1, height - row))
    )
    part = grid.touching(area)
    wanted = [one for one in grid.windows(0, len(grid)) if one.touches(area)]
    assert list(part.windows(0, len(part))) == wanted
    assert [part.window(number) for number in range(len(part))] == wanted


def both(record, area):
    """Windows of the whole plan that touch an area, and those of the plan of the area."""
    sizes = tuple(size * record.gsd_x_m for size in (64.0, 160.0))
    whole = plan_chips(record, ChipSpec(32, ground_sizes_m=sizes))
    part = plan_chips(record, ChipSpec(32, ground_sizes_m=sizes, bbox=area))
    west, south, east, north = area
    boxes = [box(west, south, east, north)]
    if east < west:
        boxes = [box(west, south, 180, north), box(-180, south, east, north)]
    shapes = footprints(record, [chip.window for chip in whole])
    touching = shapely.intersects(shapes, shapely.union_all(boxes))
    key = [(chip.window, chip.ground_m) for chip in whole]
    return [one for one, near in zip(key, touching, strict=True) if near], part, set(key)


@pytest.mark.parametrize(
    ("changes", "area"),
    [
        ({}, (14.995, 45.147, 15.005, 45.153)),
        (
            {"transform": (0.8, 0.6, 500_000.0, 0.6, -0.8, 5_000_000.0)},
            (15.0, 45.15, 15.01, 45.155),
        ),
        (
            {"crs": "EPSG:4326", "transform": (1e-4, 0, 179.95, 0, -1e-4, 0.05), "gsd_x_m": 11.0,
             "gsd_y_m": 11.0},
            (179.99, 0.0, -179.99, 0.01),
        ),
        (
            {"crs": "EPSG:3413", "transform": (50.0, 0, -25_000.0, 0, -50.0, 20_000.0),
             "gsd_x_m": 50.0, "gsd_y_m": 50.0},
            (-180.0, 89.9, 180.0, 90.0),
        ),
    ],
)  # fmt: skip
def test_nothing_that_touches_the_area_is_lost_and_little_is_added(make_record, changes, area):
    record = make_record(**changes)
    wanted, part, all_of_them = both(record, area)
    found = [(chip.window, chip.ground_m) for chip in part]
    assert wanted
    assert set(wanted) <= set(found) <= all_of_them
    assert len(found) < len(all_of_them)
    assert [chip.number for chip in part] == list(range(len(part)))


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
        ("EPSG:4326", (0.6, 0, -180, 0, -0.4, 90), (100, 20, 120, 60)),
        ("EPSG:4326", (0.6, 0, -180, 0, -0.4, 90), (-120, -60, -100, -20)),
        ("EPSG:3413", (5e3, 0, -1.5e6, 0, -5e3, 1e6), (30, 84, 60, 86)),
        ("EPSG:3413", (5e3, 0, -1.5e6, 0, -5e3, 1e6), (-60, 84, -20, 86)),
        ("EPSG:3031", (5e3, 0, -1.5e6, 0, -5e3, 1e6), (170, -86, -160, -84)),
    ],
)
def test_the_pixels_of_an_area_are_those_found_one_by_one(make_record, crs, transform, area):
    """And a few cells more at each side, of a 64th of what is looked at."""
    record = make_record(crs=crs, transform=transform, width=600, height=450)
    rows, cols = pixels_in(record, area)
    found = pixels_inside(record, area)
    assert found is not None
    sides = ((found.col, found.right, cols, 600), (found.row, found.bottom, rows, 450))
    for first, end, inside, length in sides:
        least, most = int(inside.min()), int(inside.max()) + 1
        more = 2 * (-(-(most - least) // 64)) + 2
        assert max(0, least - more) <= first <= least
        assert most <= end <= min(length, most + more)


@pytest.mark.parametrize(
    "area", [(16, 45, 17, 46), (14, 45.2, 16, 46), (14, 44, 16, 45), (-166, 45.1, -164, 45.15)]
)
def test_an_area_beside_a_scene_has_none_of_its_pixels(make_record, area):
    record = make_record(transform=(10, 0, 5e5, 0, -10, 5e6), width=600, height=450)
    assert pixels_inside(record, area) is None


def test_an_area_in_the_middle_of_a_large_scene_costs_what_it_shows(make_record):
    record = make_record(width=400_000, height=400_000)
    spec = ChipSpec(64, ground_sizes_m=(64.0,), bbox=(16.0, 44.0, 16.02, 44.02))
    assert len(plan_chips(record, spec)) < 15_000  # 1.6 by 2.2 km, of 156 million
    assert len(plan_chips(record, ChipSpec(64, ground_sizes_m=(64.0,)))) > 10**8


def test_a_scene_outside_is_refused(make_record):
    with pytest.raises(OutsideAreaError, match=r"nowhere\.tif lies outside the area"):
        plan_chips(make_record(), ChipSpec(bbox=(3.0, 50.0, 4.0, 51.0)))


@pytest.mark.parametrize(
    "area", [(1, 2, 3), (4, 52, 5, 51), (4, 51, 4, 52), (-200, 0, 5, 1), (0, 0, 1, float("nan"))]
)
def test_no_area_is_refused(area):
    with pytest.raises(ChipSpecError, match="area"):
        ChipSpec(bbox=area)


def test_a_specification_without_area_is_written_as_before():
    assert "bbox" not in ChipSpec().to_json()
    spec = ChipSpec(bbox=(4, 51, 5, 52))
    assert ChipSpec.from_json(spec.to_json()) == spec
    assert spec != ChipSpec()
