"""The sample in two clicks: a folder of its own, a project that opens, an index that is built."""

import pytest
from qgis.core import QgsProject
from qgis.PyQt.QtWidgets import QFileDialog, QPushButton

from cmpagl_qgis.engine.client import EngineClient
from cmpagl_qgis.flow import sample
from tests.qgis.core.waiting import alive
from tests.qgis.dock.played import Stage


def click(stage):
    stage.dock.notice.findChild(QPushButton, "cmpaglNotice_sample").click()


@pytest.fixture
def chosen(monkeypatch, tmp_path):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    return tmp_path


@pytest.fixture
def empty(stage):
    stage.show()
    stage.client.change("ready")
    assert stage.dock.state == "no_index"
    return stage


def test_two_clicks_make_a_project_and_begin_its_index(empty, chosen):
    click(empty)
    place = chosen / "CMPAGL sample"
    names = {path.name for path in place.iterdir()}
    scenes = {path.name for path in sample.SCENES.iterdir()}
    assert {"sample.qgz", "SOURCES.txt"} < names
    assert scenes <= names
    number, params = empty.client.last("index")
    assert number
    assert params["index"] == str(place / "sample.cmpagl")
    assert sorted(params["inputs"]) == sorted(str(path) for path in place.glob("*.tif"))
    assert empty.dock.query.text == "a winding road between trees"
    project = QgsProject()
    assert project.read(str(place / "sample.qgz"))
    layers = list(project.mapLayers().values())
    assert len(layers) == 3
    assert all(layer.isValid() for layer in layers)
    assert project.crs().authid() == "EPSG:32612"


def test_a_second_sample_replaces_nothing(empty, chosen):
    (chosen / "CMPAGL sample").mkdir()
    (chosen / "CMPAGL sample" / "mine.txt").write_text("mine")
    click(empty)
    assert [path.name for path in (chosen / "CMPAGL sample").iterdir()] == ["mine.txt"]
    assert (chosen / "CMPAGL sample 2" / "sample.qgz").is_file()


def test_who_keeps_the_project_keeps_it(empty, chosen, monkeypatch, qgis_iface):
    monkeypatch.setattr(qgis_iface, "newProject", lambda _ask: False)
    monkeypatch.setattr(qgis_iface, "addProject", pytest.fail)
    click(empty)
    assert "Your project stays open" in empty.dock.message.text
    assert empty.client.count("index") == 1


def test_a_folder_that_takes_nothing_is_named(empty, monkeypatch, tmp_path):
    gone = tmp_path / "gone"
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(gone))
    click(empty)
    assert str(gone) in empty.dock.message.text
    assert "Choose another folder" in empty.dock.message.text
    assert empty.client.count("index") == 0


def test_nobody_chooses_a_folder(empty, monkeypatch, tmp_path):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    click(empty)
    assert empty.client.count("index") == 0


@pytest.mark.engine
@pytest.mark.slow
def test_the_sample_is_searched_with_the_real_engine(
    qgis_iface, qgis_new_project, real_launch, until, chosen
):
    client = EngineClient(real_launch)
    stage = Stage(qgis_iface, client)
    try:
        stage.show()
        until(lambda: client.state == "ready" and stage.dock.state == "no_index")
        click(stage)
        until(lambda: stage.controller.builds.order is None)
        until(lambda: stage.controller.index.info is not None)
        assert len(stage.controller.index.info.scenes) == 3
        stage.dock.query.line.returnPressed.emit()
        until(lambda: not stage.dock.query.busy)
        assert stage.dock.state == "results"
        assert "yellowstone_road.tif" in stage.controller.results.hit(1).scene
    finally:
        pid = client.pid
        stage.close()
        client.stop()
        until(lambda: not pid or not alive(pid))
