"""What the engine keeps between requests, and what it says of places."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely.geometry import MultiPolygon, box

from cmpagl_model.errors import IndexFormatError, IndexMismatchError
from cmpagl_model.index import read_info
from cmpagl_model.server.indexes import KEPT, Indexes
from cmpagl_model.server.models import Models
from cmpagl_model.server.overview import bounds_of, overview
from tests.cmpagl_model.search.paper import paper_index, paper_scene
from tiling import ChipSpec, Window
from tiling.georef import footprint


@pytest.fixture
def copies(town, tmp_path):
    return [Path(shutil.copytree(town.index, tmp_path / f"{n}.cmpagl")) for n in range(KEPT + 1)]


def test_index_is_kept_until_it_changes(copies):
    indexes = Indexes()
    first = indexes.get(copies[0])
    assert indexes.get(copies[0]) is first
    part = sorted((copies[0] / "parts").iterdir())[0]
    os.utime(part, ns=(1, 1))
    second = indexes.get(copies[0])
    assert second is not first
    part.unlink()
    assert 0 < len(indexes.get(copies[0]).table) < len(second.table)


def test_growing_index_is_read_in_the_background(copies, tmp_path):
    indexes, parts = Indexes(), copies[0] / "parts"
    last = sorted(parts.iterdir())[-1]
    last.rename(tmp_path / last.name)
    first = indexes.get(copies[0])
    assert indexes.get(copies[0], growing=True) is first
    (tmp_path / last.name).rename(last)
    assert indexes.get(copies[0], growing=True) is first  # nobody waits
    grown = indexes.get(copies[0])
    assert len(grown.table) > len(first.table)
    assert indexes.get(copies[0], growing=True) is grown


def test_growing_index_that_went_is_refused(copies):
    indexes = Indexes()
    indexes.get(copies[0])
    shutil.rmtree(copies[0])
    with pytest.raises(IndexFormatError, match="deleted or moved"):
        indexes.get(copies[0], growing=True)


def test_indexes_used_last_are_kept(copies):
    indexes = Indexes()
    opened = [indexes.get(folder) for folder in copies]
    assert [indexes.get(folder) for folder in copies[1:]] == opened[1:]
    assert indexes.get(copies[0]) is not opened[0]


def test_forgotten_index_is_read_again(copies):
    indexes = Indexes()
    first = indexes.get(copies[0])
    indexes.forget(copies[0])
    indexes.forget(copies[0])
    assert indexes.get(copies[0]) is not first


def test_index_that_went_is_refused_once_as_such(copies):
    indexes = Indexes()
    indexes.get(copies[0])
    shutil.rmtree(copies[0])
    with pytest.raises(IndexFormatError, match="deleted or moved"):
        indexes.get(copies[0])
    with pytest.raises(IndexFormatError, match=r"found no _index\.json"):
        indexes.get(copies[0])


def test_a_model_is_loaded_once(town, fusion_model):
    info = read_info(Path(town.index))
    models = Models(None, "cpu")
    assert models.default() is models.for_index(Path(town.index), info)
    other = Models(str(fusion_model.path), "cpu")
    assert other.default().model.fingerprint == fusion_model.fingerprint
    with pytest.raises(IndexMismatchError, match=fusion_model.fingerprint):
        other.for_index(Path(town.index), info)


def halves(west, east):
    return MultiPolygon([box(west, -17, 180, -16), box(-180, -17, east, -16)])


@pytest.mark.parametrize(
    ("shapes", "wanted"),
    [
        ([box(4, 51, 5, 52), box(4.5, 50, 6, 51)], (4, 50, 6, 52)),
        ([halves(179, -179.5)], (179, -17, -179.5, -16)),
        ([box(178, -17, 179, -16), halves(179, -179.5)], (178, -17, -179.5, -16)),
        ([box(178, -17, 179, -16), box(-179, -18, -178, -17)], (178, -18, -178, -16)),
        ([box(-180, -90, 180, 90)], (-180, -90, 180, 90)),
        ([box(-100, 0, -90, 1), box(100, 0, 110, 1)], (100, 0, -90, 1)),
        ([box(-170, 0, 0, 1), box(0, 0, 170, 1)], (-170, 0, 170, 1)),
    ],
)
def test_bounds_go_the_shorter_way_round(shapes, wanted):
    assert bounds_of(shapely.bounds(shapely.get_parts(shapes))) == wanted


def test_overview_of_scenes_with_and_without_chips():
    fiji = paper_scene("fiji", crs="EPSG:4326", transform=(1e-5, 0, 179.998, 0, -1e-5, -17.0))
    bare, town = paper_scene("bare", 100, 100), paper_scene("town")
    spec = ChipSpec(size_px=80, native=True)
    index = paper_index([town, bare, fiji], spec, kept=lambda scene, _: scene != bare)
    said = overview(index, "", ())
    assert [scene.path for scene in said.scenes] == [bare.path, fiji.path, town.path]
    assert [scene.chips for scene in said.scenes] == [0, *[len(index.table) // 2] * 2]
    whole = footprint(bare, Window(0, 0, 100, 100)).bounds
    assert said.scenes[0].bounds == pytest.approx(whole)
    west, _, east, _ = said.scenes[1].bounds
    assert west == pytest.approx(179.998)
    assert east == pytest.approx(179.998 + 400e-5 - 360)
    rows = np.flatnonzero(index.table.scene_of == 0)
    wanted = shapely.total_bounds(index.table.footprints(rows))
    assert said.scenes[2].bounds == pytest.approx(wanted.tolist())


def test_overview_of_nothing():
    said = overview(paper_index([], ChipSpec()), "no model", ("broken",))
    assert (said.chips, said.scenes, said.ground_sizes_m) == (0, (), ())
    assert (said.searchable, said.why_not, said.problems) == (False, "no model", ("broken",))
