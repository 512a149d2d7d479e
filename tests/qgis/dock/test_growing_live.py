"""Results that grow while another process adds to the index: real engine, real build."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from qgis.PyQt.QtCore import QItemSelectionModel

from cmpagl_qgis.flow import growing
from tests.qgis.core.conftest import ROOT
from tests.qgis.core.painted import paint
from tests.qgis.core.waiting import PATIENCE, spin

pytestmark = [pytest.mark.engine, pytest.mark.slow]
BUILDER = Path(__file__).with_name("slow_builder.py")


class Builder:
    """Another process that adds scenes to an index, one when it is told to."""

    def __init__(self, python, folder, first, scenes):
        self.folder = Path(folder)
        self.process = subprocess.Popen(
            [str(python), str(BUILDER), str(folder), str(first), str(scenes)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert self.process.stdout.readline().strip() == "begun"

    def add(self, scene):
        self.process.stdin.write(f"{scene}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline().strip() == "done"

    def end(self):
        self.process.stdin.close()
        assert self.process.wait(PATIENCE) == 0

    def kill(self):
        """Without a word, and long ago."""
        self.process.kill()
        self.process.wait(PATIENCE)
        for mark in (self.folder / "versions").glob(".building-*"):
            os.utime(mark, (1, 1))


@pytest.fixture
def scenes(tmp_path):
    return [
        paint(tmp_path / f"{n}.tif", transform=(600_000 + 5_000 * n, 1.0, 0, 5_760_000, 0, -1.0))
        for n in range(4)
    ]


@pytest.fixture
def build(engine_python, tmp_path, scenes):
    begun = []

    def begin(count=2):
        begun.append(Builder(engine_python, tmp_path / "town.cmpagl", scenes[0], count))
        return begun[-1]

    yield begin
    for one in begun:
        one.process.kill()
        one.process.wait()
        one.process.stdout.close()


@pytest.fixture
def shown(live, until, tmp_path, monkeypatch):
    """All places of a sentence, from an index that somebody else adds to."""
    monkeypatch.setattr(growing, "PAUSE_MS", 100)
    monkeypatch.setattr(growing, "SHARE_OF_TIME", 1000)

    def show():
        live.show()
        until(lambda: live.client.state == "ready")
        live.controller.index.choose(str(tmp_path / "town.cmpagl"))
        until(lambda: live.controller.index.info is not None)
        live.dock.query.set_text("a field")
        live.dock.query.line.returnPressed.emit()
        until(lambda: live.controller.results.answer is not None)
        live.controller.results.show_all()
        until(lambda: live.controller.layers.layer is not None)
        return live

    return show


def scenes_of(stage):
    return {Path(one.scene).name for one in stage.dock.hits.hits.shown()}


def on_map(stage):
    return {Path(one["scene"]).name for one in stage.controller.layers.layer.getFeatures()}


def test_the_list_grows_with_each_scene_and_is_whole_in_the_end(build, scenes, shown, until):
    builder = build(2)
    stage = shown()
    assert "0 of 2 scenes so far" in stage.dock.status.text
    assert scenes_of(stage) == {"0.tif"}
    model, select = stage.dock.hits.hits, stage.dock.hits.selectionModel()
    select.setCurrentIndex(model.index(2), QItemSelectionModel.SelectionFlag.ClearAndSelect)
    chosen = [one.key for one in stage.dock.hits.selected_hits()]
    layer = stage.controller.layers.layer
    builder.add(scenes[1])
    until(lambda: "1 of 2 scenes so far" in stage.dock.status.text)
    until(lambda: scenes_of(stage) == {"0.tif", "1.tif"})
    builder.add(scenes[2])
    builder.end()
    until(lambda: "so far" not in stage.dock.status.text)
    assert scenes_of(stage) == on_map(stage) == {"0.tif", "1.tif", "2.tif"}
    assert stage.controller.layers.layer is layer
    assert [one.key for one in stage.dock.hits.selected_hits()] == chosen
    until(lambda: len(stage.controller.index.info.scenes) == 3)
    assert "3 scenes" in stage.dock.index.combo.currentText()


def test_a_builder_that_was_killed_leaves_what_it_made(build, scenes, shown, until):
    builder = build(3)
    stage = shown()
    builder.add(scenes[1])
    builder.kill()
    until(lambda: "so far" not in stage.dock.status.text)
    assert scenes_of(stage) == {"0.tif", "1.tif"}


def test_two_builders_are_added_up(build, scenes, shown, until):
    one, other = build(2), build(1)
    stage = shown()
    assert "0 of 3 scenes so far" in stage.dock.status.text
    one.add(scenes[1])
    one.end()
    until(lambda: "0 of 1 scenes so far" in stage.dock.status.text)
    other.add(scenes[2])
    other.end()
    until(lambda: "so far" not in stage.dock.status.text)
    assert scenes_of(stage) == {"0.tif", "1.tif", "2.tif"}


def test_an_index_that_goes_and_comes_again_goes_on_growing(build, scenes, shown, until):
    builder = build(3)
    stage = shown()
    builder.kill()
    before = [one.key for one in stage.dock.hits.hits.shown()]
    shutil.rmtree(builder.folder)
    spin(1.0)
    assert [one.key for one in stage.dock.hits.hits.shown()] == before
    again = build(1)
    again.add(scenes[3])
    again.end()
    until(lambda: scenes_of(stage) == {"0.tif", "3.tif"})
