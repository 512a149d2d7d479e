"""Scenes whose names go round: each chip is found, under the name that its scene has now."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from cmpagl_model.index import build_index, read_info
from cmpagl_model.index.verify import verify_index
from tests.cmpagl_model.index.campaign import SPEC, rows_of, write_scene
from tests.cmpagl_model.index.cheap import CheapEncoder
from tests.cmpagl_model.index.chips_told import ChipsTold


@pytest.fixture
def scenes(tmp_path):
    """Three scenes of 6 chips."""
    return [Path(write_scene(tmp_path / f"{name}.tif", seed)) for seed, name in enumerate("abc")]


def turned(scenes):
    """Give each scene the name of the next, and the first that of the last."""
    away = [scene.rename(f"{scene}.away") for scene in scenes]
    for old, new in zip(away, [*scenes[1:], scenes[0]], strict=True):
        old.rename(new)


def indexed(scenes, index):
    return build_index([str(scene) for scene in scenes], index, CheapEncoder(), SPEC)


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("at_once", [True, False])
def test_scenes_that_changed_names_are_all_found(scenes, tmp_path, count, at_once):
    index, fresh = tmp_path / "x.cmpagl", tmp_path / "fresh.cmpagl"
    indexed(scenes, index)
    content = read_info(index).content
    turned(scenes[:count])
    for some in [scenes] if at_once else [[scene] for scene in scenes]:
        indexed(some, index)
    indexed(scenes, fresh)
    assert rows_of(index) == rows_of(fresh)
    assert len(rows_of(index)) == 18
    assert read_info(index).content == content
    assert not verify_index(index, sample=99, encoders=lambda _: CheapEncoder()).problems


def test_names_that_turn_encode_nothing(scenes, tmp_path):
    index = tmp_path / "x.cmpagl"
    indexed(scenes, index)
    turned(scenes)
    report = indexed(scenes, index)
    assert (report.encoded, report.unchanged, report.notes) == (0, 3, ())


def test_a_scene_moved_over_another_and_a_new_one_in_its_place(scenes, tmp_path):
    index, fresh = tmp_path / "x.cmpagl", tmp_path / "fresh.cmpagl"
    indexed(scenes, index)
    scenes[0].replace(scenes[1])
    write_scene(scenes[0], 9)
    indexed(scenes, index)
    indexed(scenes, fresh)
    assert rows_of(index) == rows_of(fresh)


def test_a_copy_over_another_scene_is_found_once_as_the_first(scenes, tmp_path):
    index = tmp_path / "x.cmpagl"
    indexed(scenes, index)
    shutil.copyfile(scenes[0], scenes[1])
    report = indexed(scenes, index)
    assert [str(scenes[1])] == [note.path for note in report.notes]
    assert len(rows_of(index)) == 12


class Meanwhile(ChipsTold):
    """Does something after the second batch."""

    def __init__(self, act):
        self.left, self.act = 2, act

    def done(self, chips, scene):  # noqa: ARG002 - as a progress has it
        self.left -= 1
        if not self.left:
            self.act()


def test_a_scene_that_is_written_while_it_is_indexed_is_told_and_not_kept(scenes, tmp_path):
    """Else the old content would be named, and chips of the new one stand in its place."""
    scene, other, index = scenes[0], scenes[1], tmp_path / "x.cmpagl"
    os.utime(scene, (1e9, 1e9))

    def build(**more):
        given = [str(scene)]
        return build_index(given, index, CheapEncoder(), SPEC, batch_size=2, **more)

    report = build(progress=Meanwhile(lambda: scene.write_bytes(other.read_bytes())))
    assert report.scenes == 0
    assert "has changed while it was read; index it again" in report.problems[0].reason
    assert not read_info(index).parts
    assert build().scenes == 1
    indexed([other], tmp_path / "y.cmpagl")
    assert read_info(index).content == read_info(tmp_path / "y.cmpagl").content
    assert not verify_index(index).problems


def test_a_scene_that_is_moved_away_while_it_is_read_is_kept(scenes, tmp_path):
    scene, index = scenes[0], tmp_path / "x.cmpagl"
    act = Meanwhile(lambda: scene.rename(tmp_path / "later.tif"))
    report = build_index([str(scene)], index, CheapEncoder(), SPEC, batch_size=2, progress=act)
    assert (report.scenes, report.problems) == (1, ())
