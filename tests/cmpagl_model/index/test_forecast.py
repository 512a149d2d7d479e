"""What a build would come to, compared with what it came to."""

from __future__ import annotations

import os

import pytest

from cmpagl_model.index import build_index, load_chips, read_info
from cmpagl_model.index.forecast import forecast
from cmpagl_model.progress import NoProgress
from tests.cmpagl_model.index.cheap import CheapEncoder
from tests.conftest import painted_pixels
from tiling import ChipSpec, Window, describe_scene
from tiling.georef import footprint

SPEC = ChipSpec(size_px=32, ground_sizes_m=(40.0, 80.0))


def test_chips_and_facts_are_those_of_the_build(make_scene, tmp_path):
    path = make_scene("town.tif", 400, 300, gsd=2.0)
    (scene,) = forecast([str(path)], SPEC)
    build_index([str(path)], tmp_path / "x.cmpagl", CheapEncoder(), SPEC)
    table = load_chips(tmp_path / "x.cmpagl", read_info(tmp_path / "x.cmpagl")).table
    assert sum(size.chips for size in scene.sizes) == len(table)
    assert [size.ground_m for size in scene.sizes] == [40.0, 80.0]
    assert scene.gsd_m == pytest.approx(2.0, rel=1e-3)
    assert (scene.path, scene.crs, scene.bands) == (str(path), "EPSG:32631", (1, 2, 3))
    assert (scene.width, scene.height, scene.size_bytes) == (400, 300, path.stat().st_size)
    assert (scene.present, scene.reason) == (0, "")


def test_a_scene_that_cannot_be_used_costs_its_line(make_scene, tmp_path):
    good = make_scene("good.tif")
    nowhere = make_scene("nowhere.tif", crs=None)
    broken = tmp_path / "broken.tif"
    broken.write_bytes(good.read_bytes()[:300])
    gone = tmp_path / "gone.tif"
    found = {scene.path: scene for scene in forecast([str(tmp_path), str(gone)], SPEC)}
    assert not found[str(good)].reason
    assert found[str(good)].sizes
    assert "no coordinate reference system" in found[str(nowhere)].reason
    assert found[str(broken)].reason
    assert not found[str(broken)].sizes
    assert "does not exist" in found[str(gone)].reason


def test_a_packed_scene_beside_others_is_told_by_forecast_and_build(make_scene, tmp_path):
    make_scene("good.tif")
    (tmp_path / "S2B_MSIL2A.SAFE.zip").write_bytes(b"PK")
    said = [scene.reason for scene in forecast([str(tmp_path)], SPEC) if scene.reason]
    report = build_index([str(tmp_path)], tmp_path / "x.cmpagl", CheapEncoder(), SPEC)
    assert report.scenes == 1
    assert [note.reason for note in report.notes] == said
    assert "S2B_MSIL2A.SAFE.zip; unpack it" in said[0]


def test_no_pixel_is_read(make_scene):
    """A file whose pixels are gone is told from its header alone."""
    path = make_scene("cut.tif", pixels=painted_pixels(600, 600), compress=None)
    whole = forecast([str(path)], SPEC)
    os.truncate(path, path.stat().st_size // 2)
    (cut,) = forecast([str(path)], SPEC)
    assert cut.sizes == whole[0].sizes


def test_what_an_index_has_already_is_told(make_scene, tmp_path):
    index = tmp_path / "x.cmpagl"
    old, new = make_scene("old.tif"), make_scene("new.tif", seed=1, corner=(700_000, 5_700_000))
    build_index([str(old)], index, CheapEncoder(), SPEC)
    there, missing = forecast([str(old), str(new)], SPEC, (index, read_info(index)))
    assert there.present == sum(size.chips for size in there.sizes) > 0
    assert missing.present == 0
    old.write_bytes(new.read_bytes())
    (changed,) = forecast([str(old)], SPEC, (index, read_info(index)))
    assert changed.present == 0


def test_it_can_be_stopped(make_scene):
    paths = [str(make_scene(f"{number}.tif")) for number in range(3)]
    told = []

    class Stop(NoProgress):
        def start(self, total, what=""):
            told.append((total, what))

        def advance(self, count, of=""):  # noqa: ARG002 - as a progress has it
            told.append(count)
            if count:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        forecast(paths, SPEC, progress=Stop())
    assert told == [(3, "looking at scenes"), 0, 1]


def test_an_area_cuts_the_build_as_it_cut_the_forecast(make_scene, tmp_path):
    town = make_scene("town.tif", 400, 300, gsd=2.0)
    far = make_scene("far.tif", corner=(900_000, 5_700_000))
    west, south, _, _ = footprint(describe_scene(str(town), SPEC), Window(0, 0, 400, 300)).bounds
    spec = ChipSpec(
        32, ground_sizes_m=(40.0, 80.0), bbox=(west, south, west + 0.003, south + 0.002)
    )
    here, there = forecast([str(town), str(far)], spec)
    assert there.reason.endswith("lies outside the area")
    index = tmp_path / "x.cmpagl"
    report = build_index([str(town), str(far)], index, CheapEncoder(), spec)
    whole = build_index([str(town)], tmp_path / "whole.cmpagl", CheapEncoder(), SPEC)
    assert sum(size.chips for size in here.sizes) == report.encoded < whole.encoded / 2
    assert (report.scenes, report.problems) == (1, ())
    (note,) = report.notes
    assert note.reason == "left out what lies outside the area: far.tif"
    assert build_index([str(town)], index, CheapEncoder()).unchanged == 1
    assert not load_chips(index, read_info(index)).problems
