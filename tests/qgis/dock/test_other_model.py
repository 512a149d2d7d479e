"""Models that are not ours in the dock: offered, chosen, built with, searched with."""

from __future__ import annotations

import os
import subprocess

import pytest
from osgeo import ogr
from qgis.PyQt.QtTest import QTest

from cmpagl_qgis.dock.build_order import BuildOrder
from cmpagl_qgis.dock.build_table import Candidate
from cmpagl_qgis.engine.client import EngineClient
from cmpagl_qgis.flow.unfinished import remember, unfinished
from cmpagl_qgis.settings import Settings
from tests.qgis.core.painted import paint
from tests.qgis.core.waiting import alive
from tests.qgis.dock.played import Stage
from tests.qgis.dock.test_build_flow import plan, planned

OFFERED = {
    "models": [
        {"name": "cmpagl_lite", "input_px": 192, "embedding_size": 512, "licence": ""},
        {"name": "remoteclip", "input_px": 224, "embedding_size": 768, "licence": "MIT"},
    ],
    "default": "cmpagl_lite", "problems": [],
}  # fmt: skip
MAKE_CLIP = """
import sys
from pathlib import Path
from cmpagl_model.conversion import convert
from tests.cmpagl_model.clips import write_clip
convert(str(write_clip(Path(sys.argv[1]))), Path(sys.argv[2]), name="tiny")
"""


@pytest.fixture
def town(stage, client):
    """The dialog with a scene that was looked at."""
    stage.ready()
    stage.controller.index_view.ask_build("layers")
    dialog = stage.controller.index_view.dialog
    dialog.index.setText("/data/new.cmpagl")
    dialog.add(Candidate("West", "/data/a.tif"))
    client.answer("plan", plan(planned("/data/a.tif", 12_400)))
    client.answer("speed", {"chips_per_s": 40.0})
    return dialog


def choose(dialog, name):
    place = dialog.model.findText(name)
    dialog.model.setCurrentIndex(place)
    dialog.model.activated.emit(place)


def test_without_a_choice_there_is_no_list(town, client):
    assert not town.model.isVisible()
    client.answer("models", {**OFFERED, "models": OFFERED["models"][:1]})
    assert not town.model.isVisible()
    assert not town.model.label.isVisible()
    assert town.order().model == ""


def test_an_engine_that_knows_no_models_leaves_its_own_choice(town, client):
    client.refuse("models", "unknown method models", -32601)
    assert not town.model.isVisible()
    town.accept()
    assert "model" not in client.last("index")[1]


def test_the_chosen_model_is_counted_and_built_with(town, client):
    client.answer("models", OFFERED)
    assert town.model.isVisible()
    assert town.model.label.isVisible()
    assert town.model.currentText() == "cmpagl_lite"
    assert town.order().model == ""
    choose(town, "remoteclip")
    assert client.last("plan")[1]["model"] == "remoteclip"
    client.answer("plan", plan(planned("/data/a.tif", 12_400)))
    assert "min" not in town.totals.text()  # what is known of the other's speed says nothing
    assert client.last("speed")[1]["model"] == "remoteclip"
    client.answer("speed", {"chips_per_s": 4.0})
    assert "about 52 min" in town.totals.text()
    assert Settings().chips_per_s == 40.0
    choose(town, "cmpagl_lite")
    client.answer("plan", plan(planned("/data/a.tif", 12_400)))
    assert "about 5 min" in town.totals.text()
    assert "model" not in client.last("plan")[1]
    choose(town, "remoteclip")
    client.answer("plan", plan(planned("/data/a.tif", 300)))
    town.accept()
    assert client.last("index")[1]["model"] == "remoteclip"


def test_an_index_that_is_there_keeps_its_model(stage, client):
    stage.ready()
    stage.controller.index_view.act("extend")
    client.answer("models", OFFERED)
    assert not stage.controller.index_view.dialog.model.isVisible()


def test_a_build_that_was_cut_short_goes_on_with_its_model():
    order = BuildOrder("/data/new.cmpagl", ("/data/a.tif",), (), model="remoteclip")
    remember(order).release()
    assert unfinished() == order


@pytest.fixture
def clip(engine_python, tmp_path, monkeypatch):
    """A CLIP made at random and converted; known to the engine as ``tiny``."""
    kept = tmp_path / "kept"
    make = [str(engine_python), "-c", MAKE_CLIP, str(tmp_path / "hub"), str(kept / "tiny")]
    made = subprocess.run(make, capture_output=True, text=True, check=False)
    if "ModuleNotFoundError" in made.stderr:
        pytest.skip(f"the engine cannot convert: {made.stderr.splitlines()[-1]}")
    assert made.returncode == 0, made.stderr
    monkeypatch.setitem(os.environ, "CMPAGL_MODELS", str(kept))


@pytest.mark.engine
@pytest.mark.slow
@pytest.mark.usefixtures("clip", "qgis_new_project")
def test_a_clip_of_2_m_parameters_in_the_dock(qgis_iface, real_launch, until, tmp_path):
    client = EngineClient(real_launch)
    stage = Stage(qgis_iface, client)
    try:
        whole_way(stage, until, tmp_path)
    finally:
        pid = client.pid
        stage.close()
        client.stop()
        until(lambda: not pid or not alive(pid))


def whole_way(stage, until, folder):
    scene = paint(folder / "scene.tif", size=256)
    stage.show()
    until(lambda: stage.client.state == "ready")
    stage.controller.index_view.ask_build("layers")
    dialog = stage.controller.index_view.dialog
    dialog.index.setText(str(folder / "town.cmpagl"))
    dialog.sizes.setText("64")
    dialog.add(Candidate("Scene", str(scene)))
    until(dialog.model.isVisible)
    choose(dialog, "tiny")
    until(lambda: not dialog.scenes.table.totals().uncounted)
    dialog.accept()
    until(lambda: stage.controller.builds.order is None)
    until(lambda: stage.controller.index.info is not None)
    assert stage.controller.index.info.model.name == "tiny"
    QTest.keyClicks(stage.dock.query.line, "a red roof")
    stage.dock.query.line.returnPressed.emit()
    until(lambda: not stage.dock.query.busy)
    answer = stage.controller.results.answer
    assert answer.model.name == "tiny"
    assert len(answer.hits) > 1
    assert answer.cutoff is None  # relevance is fitted for our own model
    path = folder / "out.gpkg"
    stage.controller.actions.export_to(str(path))
    until(lambda: path.exists() and stage.controller.jobs.job is None)
    assert ogr.Open(str(path)).GetLayer(0).GetFeatureCount() == stage.dock.hits.hits.rowCount()
