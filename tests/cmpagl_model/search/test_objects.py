"""Outlines of the heat: painted places, and a heat whose outline is known."""

from __future__ import annotations

from types import SimpleNamespace

import geopandas
import numpy as np
import pytest
import shapely

from cmpagl_model.errors import QueryError
from cmpagl_model.index import build_index
from cmpagl_model.records import Hit
from cmpagl_model.search import Filter, objects, open_index
from cmpagl_model.search.heatmap import Heatmap
from cmpagl_model.search.objects import find_objects, outlines, write_objects
from tests.cmpagl_model.search.paper import paper_scene
from tests.cmpagl_model.search.test_change import LAKE, X, Y, country
from tests.conftest import make_scene
from tiling import ChipSpec, Window
from tiling.georef import footprint


@pytest.fixture(scope="module")
def lake(tmp_path_factory, encoder):
    folder = tmp_path_factory.mktemp("lake")
    make_scene.__wrapped__(folder)("lake.tif", pixels=country(lake=True), corner=(X, Y))
    index = folder / "lake.cmpagl"
    spec = ChipSpec(ground_sizes_m=(100.0, 300.0))
    build_index([str(folder / "lake.tif")], index, encoder, spec)
    return SimpleNamespace(opened=open_index(index))


def test_the_outline_lies_round_the_lake(lake):
    found = find_objects(lake.opened, "a lake")
    (scene,) = lake.opened.table.scenes
    best = found.objects[0]
    col, row = LAKE
    truth = footprint(scene, Window(col - 78, row - 62, 156, 124))
    shared = best.geometry.intersection(truth).area / best.geometry.union(truth).area
    assert shared > 0.4
    assert (best.step_m, best.ground_m) == (50.0, 100.0)
    assert best.hits >= 1
    moved = geopandas.GeoSeries([best.geometry], crs="OGC:CRS84").to_crs(32631)
    assert best.area_m2 == pytest.approx(moved.area[0], rel=2e-3)
    large = find_objects(lake.opened, "a lake", where=Filter(ground_m=(300.0, 300.0)))
    assert {one.ground_m for one in large.objects} <= {300.0}


def test_small_ones_are_left_out(lake, tmp_path):
    all_of_them = find_objects(lake.opened, "a lake").objects
    least = all_of_them[0].area_m2
    found = find_objects(lake.opened, "a lake", min_area_m2=least)
    assert [one.area_m2 for one in found.objects] == [
        one.area_m2 for one in all_of_them if one.area_m2 >= least
    ]
    none = find_objects(lake.opened, "a lake", min_area_m2=1e9)
    assert not none.objects
    assert "outline of that size" in none.notice
    write_objects(none, tmp_path / "none.fgb")
    write_objects(found, tmp_path / "some.gpkg")
    frame = geopandas.read_file(tmp_path / "some.gpkg")
    assert frame["step_m"][0] == 50
    assert frame["area_m2"][0] == pytest.approx(least, abs=0.1)
    with pytest.raises(QueryError, match="found a least area"):
        find_objects(lake.opened, "a lake", min_area_m2=float("nan"))


def test_what_is_not_there_has_no_outline(lake):
    found = find_objects(lake.opened, "a stapler on a purple sofa")
    assert not found.objects
    assert found.notice.startswith("nothing here looks like")


def test_a_sentence_with_conditions_is_read_by_parts_or_as_it_stands(lake):
    parted = find_objects(lake.opened, "a lake, no houses")
    assert parted.understood == "a lake - without: houses"
    assert parted.objects
    plain = find_objects(lake.opened, "a lake, no houses", plain=True)
    quoted = find_objects(lake.opened, '"a lake, no houses"')
    assert plain.understood == quoted.understood == ""
    assert [one.score for one in plain.objects] == [one.score for one in quoted.objects]
    assert [one.score for one in plain.objects] != [one.score for one in parted.objects]


def test_filters_that_let_nothing_pass_are_named(lake):
    found = find_objects(lake.opened, "a lake", where=Filter(scenes=("none.tif",)))
    assert not found.objects
    assert found.notice.startswith("the filters let no chip pass")


def hit(scene, col, row, size=80, rank=1):
    window = Window(col, row, size, size)
    return Hit(rank, 0.5, scene.path, window, 1.0, float(size), footprint(scene, window))


def test_parts_that_touch_are_one_object_and_far_ones_two():
    scene = paper_scene("a", 400, 400)
    values = np.zeros((10, 10), np.float32)
    values[1:4, 1:4] = 1.0
    values[7:9, 7:9] = 0.9
    heat = Heatmap(values, (40, 0, 600_000, 0, -40, 5_700_000), "EPSG:32631", scene.path)
    hits = [hit(scene, 40, 40), hit(scene, 80, 80, rank=2), hit(scene, 280, 280, rank=3)]
    found = outlines({80.0: heat}, hits, scene)
    assert [len(own) for _, own in found] == [2, 1] or [len(own) for _, own in found] == [1, 2]
    whole = footprint(scene, Window(40, 40, 120, 120))
    shared = [one.intersection(whole).area / one.union(whole).area for one, _ in found]
    assert max(shared) > 0.75
    assert all(shapely.is_valid(one) and one.exterior.is_ccw for one, _ in found)


def test_heat_without_a_peak_has_no_outline():
    scene = paper_scene("a", 400, 400)
    flat = Heatmap(np.ones((10, 10), np.float32), (40, 0, 600_000, 0, -40, 5_700_000),
                   "EPSG:32631", scene.path)  # fmt: skip
    assert outlines({80.0: flat}, [hit(scene, 0, 0)], scene) == []


def test_a_large_map_is_cut_into_fewer_parts(monkeypatch):
    scene = paper_scene("a", 400, 400)
    values = np.zeros((10, 10), np.float32)
    values[1:4, 1:4] = 1.0
    heat = Heatmap(values, (40, 0, 600_000, 0, -40, 5_700_000), "EPSG:32631", scene.path)
    whole = footprint(scene, Window(40, 40, 120, 120))
    for most in (100, 1000):
        monkeypatch.setattr(objects, "MOST_PARTS", most)
        ((found, _),) = outlines({80.0: heat}, [hit(scene, 40, 40)], scene)
        assert found.intersection(whole).area / found.union(whole).area > 0.7
