"""Chips of an area alone: those of the whole scene that touch it, each where it was."""

from __future__ import annotations

import pytest
import shapely
from shapely.geometry import box

from tiling import ChipSpec, footprints, plan_chips
from tiling.errors import ChipSpecError, OutsideAreaError


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
