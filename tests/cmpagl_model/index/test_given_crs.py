"""Scenes whose CRS is given by a user: where they lie, and that a rerun sees the same."""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
import pytest
import rasterio

from cmpagl_model.index import build_index, load_chips, read_info, rebuild_index
from cmpagl_model.index.forecast import forecast
from cmpagl_model.index.format import manifest_of, newest_number
from cmpagl_model.index.survey import recover_manifest
from cmpagl_model.index.verify import verify_index
from cmpagl_model.index.versions import commit
from tests.cmpagl_model.index.cheap import CheapEncoder
from tests.cmpagl_model.index.harm import part_files
from tests.conftest import painted_pixels
from tiling import ChipSpec, SceneRecord, describe_scene
from tiling.describe import glance_at_scene
from tiling.errors import NoGeoreferenceError

SPEC = ChipSpec(size_px=32, ground_sizes_m=(64.0,))
GIVEN, FILES = "EPSG:32633", "EPSG:32631"


@pytest.fixture
def scene(make_scene):
    """A scene that names no CRS."""
    return str(make_scene("plain.tif", 200, 160, crs=None))


def build(scene, index, crs=None, **more):
    return build_index([scene], index, CheapEncoder(), SPEC, crs_of=lambda _path: crs, **more)


def record(index):
    (one,) = load_chips(index, read_info(index)).table.scenes
    return one


def west(index):
    table = load_chips(index, read_info(index)).table
    return table.bounds(np.arange(len(table)))[:, 0].min()


def cut_in_half(path):
    os.truncate(path, path.stat().st_size // 2)


def mend_by_verifying(_scene, index):
    return verify_index(index, repair=True, encoders=lambda _info: CheapEncoder())


def mend_by_indexing(scene, index):
    return build(scene, index)


def mend_by_rebuilding(_scene, index):
    return rebuild_index([], index, CheapEncoder(), SPEC)


def test_a_given_crs_places_a_scene_as_its_own_would(scene, make_scene):
    twin = make_scene("twin.tif", 200, 160, crs=GIVEN)
    for look in (describe_scene, glance_at_scene):
        given, own = look(scene, SPEC, crs=GIVEN), look(str(twin), SPEC)
        assert (given.crs, given.gsd_x_m) == (own.crs, own.gsd_x_m)
        assert given.crs_given
        assert not own.crs_given
    again = SceneRecord.from_json(given.to_json())
    assert again == given
    assert "crs_given" not in own.to_json()


def test_wkt_is_understood_and_nonsense_is_refused(scene):
    wkt = rasterio.crs.CRS.from_string(GIVEN).to_wkt()
    assert glance_at_scene(scene, SPEC, crs=wkt).crs == GIVEN
    with pytest.raises(NoGeoreferenceError, match=r"found the CRS 'EPSG:nonsense'.*EPSG:28992"):
        glance_at_scene(scene, SPEC, crs="EPSG:nonsense")
    with pytest.raises(NoGeoreferenceError, match="--crs"):
        glance_at_scene(scene, SPEC)


def test_a_rerun_sees_the_same(scene, tmp_path, make_scene):
    index = tmp_path / "x.cmpagl"
    build(scene, index, GIVEN)
    assert record(index).crs == GIVEN
    assert build(scene, index).unchanged == 1
    assert build(scene, index, GIVEN).unchanged == 1
    make_scene("plain.tif", crs=None, pixels=painted_pixels(200, 160, seed=5))  # a new version
    assert build(scene, index).encoded
    assert record(index).crs == GIVEN
    rebuild_index([], index, CheapEncoder("b" * 64), SPEC)
    assert (record(index).crs, record(index).crs_given) == (GIVEN, True)


def test_another_crs_moves_the_scene_and_its_own_brings_it_back(make_scene, tmp_path):
    scene, index = str(make_scene("town.tif", 200, 160, crs=FILES)), tmp_path / "x.cmpagl"
    build(scene, index)
    content, place = read_info(index).content, west(index)
    build(scene, index, GIVEN)
    assert west(index) == pytest.approx(place + 12, abs=0.1)  # two zones on
    assert read_info(index).content != content
    assert len(read_info(index).parts) == 1
    build(scene, index, "")
    assert west(index) == place
    assert read_info(index).content == content


def test_a_forecast_knows_it_too(scene, tmp_path):
    index = tmp_path / "x.cmpagl"
    (one,) = forecast([scene], SPEC, crs_of={scene: GIVEN}.get)
    assert (one.crs, one.reason) == (GIVEN, "")
    build(scene, index, GIVEN)
    present = (index, read_info(index))
    (kept,) = forecast([scene], SPEC, present)
    assert (kept.crs, kept.present) == (GIVEN, sum(size.chips for size in kept.sizes))
    (moved,) = forecast([scene], SPEC, present, crs_of={scene: FILES}.get)
    assert (moved.crs, moved.present) == (FILES, 0)


def test_control_points_keep_their_crs(tmp_path):
    path = tmp_path / "scan.tif"
    points = [
        rasterio.control.GroundControlPoint(row, col, 6e5 + col, 5.7e6 - row)
        for row, col in ((0, 0), (0, 64), (64, 0), (64, 64))
    ]
    kinds = {"driver": "GTiff", "width": 64, "height": 64, "count": 3, "dtype": "uint8"}
    with rasterio.open(path, "w", **kinds) as scan:
        scan.gcps = (points, rasterio.crs.CRS.from_string(FILES))
        scan.write(painted_pixels(64, 64))
    assert glance_at_scene(str(path), SPEC).from_gcps
    with pytest.raises(NoGeoreferenceError, match="control points"):
        glance_at_scene(str(path), SPEC, crs=GIVEN)


@pytest.mark.parametrize("mend", [mend_by_verifying, mend_by_indexing, mend_by_rebuilding])
@pytest.mark.parametrize("harm", [os.remove, cut_in_half])
@pytest.mark.usefixtures("small_parts")
def test_it_is_known_where_all_parts_of_the_scene_are_damaged(scene, tmp_path, harm, mend):
    index = tmp_path / "x.cmpagl"
    build(scene, index, GIVEN)
    before, place = read_info(index), west(index)
    assert len(before.parts) > 1
    for path in part_files(index):
        harm(path)
    (told,) = forecast([scene], SPEC, (index, before))
    assert (told.crs, told.reason) == (GIVEN, "")
    assert not mend(scene, index).problems
    assert west(index) == place
    assert (record(index).crs, record(index).crs_given) == (GIVEN, True)
    assert [part.key for part in read_info(index).parts] == [part.key for part in before.parts]
    assert not verify_index(index).problems


def test_a_manifest_names_a_given_crs_and_no_other(scene, make_scene, tmp_path):
    given, own = tmp_path / "x.cmpagl", tmp_path / "y.cmpagl"
    build(scene, given, GIVEN)
    build(str(make_scene("own.tif", 200, 160, crs=FILES)), own)
    text = [manifest_of(index, newest_number(index)).read_text() for index in (given, own)]
    assert [f'"crs": "{GIVEN}"' in one for one in text] == [True, False]
    assert '"crs"' not in text[1]


def test_an_index_whose_manifest_names_no_crs_has_it_from_its_parts(scene, tmp_path):
    index = tmp_path / "x.cmpagl"
    build(scene, index, GIVEN)
    unsaid = [replace(part, crs="") for part in read_info(index).parts]
    commit(index, lambda base: replace(base, parts=tuple(unsaid)))
    assert build(scene, index).unchanged == 1
    assert record(index).crs == GIVEN


@pytest.mark.usefixtures("small_parts")
def test_a_manifest_made_anew_knows_it_of_parts_that_are_lost(scene, tmp_path):
    index = tmp_path / "x.cmpagl"
    build(scene, index, GIVEN)
    first, *rest = part_files(index)
    first.unlink()
    for part in recover_manifest(index).parts:
        assert part.crs == GIVEN
    for path in rest:
        path.unlink()
    assert not build(scene, index).problems
    assert record(index).crs == GIVEN


@pytest.mark.usefixtures("small_parts")
def test_a_box_is_known_too_where_all_parts_of_the_scene_are_damaged(scene, tmp_path):
    whole, index = tmp_path / "whole.cmpagl", tmp_path / "x.cmpagl"
    build(scene, whole, GIVEN)
    table = load_chips(whole, read_info(whole)).table
    box = tuple(table.bounds(np.array([0]))[0].tolist())
    spec = replace(SPEC, bbox=box)
    build_index([scene], index, CheapEncoder(), spec, crs_of=lambda _path: GIVEN)
    before = read_info(index)
    assert 0 < sum(part.rows for part in before.parts) < len(table)
    for path in part_files(index):
        cut_in_half(path)
    assert not mend_by_verifying(scene, index).problems
    after = read_info(index)
    assert (after.content, after.spec.bbox) == (before.content, box)
