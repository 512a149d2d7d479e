"""A heat map from the dock."""

from __future__ import annotations

import numpy as np
import pytest
from osgeo import gdal
from qgis.core import QgsProject, QgsRasterLayer, QgsSingleBandPseudoColorRenderer
from qgis.PyQt.QtWidgets import QFileDialog, QToolButton

from tests.qgis.core.painted import paint, spatial
from tests.qgis.dock.played import answer, hit


def write_map(path):
    """As the engine writes it."""
    file = gdal.GetDriverByName("GTiff").Create(str(path), 8, 8, 1, gdal.GDT_Float32)
    file.SetGeoTransform((600_000, 32, 0, 5_760_000, 0, -32))
    file.SetProjection(spatial("EPSG:32631").ExportToWkt())
    file.GetRasterBand(1).WriteArray(np.linspace(0.1, 0.3, 64, dtype="f4").reshape(8, 8))
    file.FlushCache()
    return {"output": str(path), "width": 8, "height": 8, "minimum": 0.1, "maximum": 0.3}


@pytest.fixture
def asked(stage, monkeypatch, tmp_path):
    """Two scenes, the place of the second one chosen; the user takes the file that is offered."""
    offered = []

    def save(_parent, title, path, kinds):
        offered.append((title, path))
        return str(tmp_path / "heat.tif"), kinds

    monkeypatch.setattr(QFileDialog, "getSaveFileName", save)
    stage.ready()
    stage.search([hit(1), hit(2, scene="/data/port.tif")], "boats")
    stage.dock.hits.select_rank(2)
    stage.dock.header.findChild(QToolButton, "cmpaglHeat").click()
    return offered


def test_it_is_of_the_chosen_places_scene_and_lies_right_under_the_places(
    stage, client, asked, tmp_path
):
    project = QgsProject.instance()
    scene = QgsRasterLayer(str(paint(tmp_path / "port.tif")), "port")
    project.addMapLayer(scene, False)
    project.layerTreeRoot().addLayer(scene)
    ((title, path),) = asked
    assert title == "Save heat map of port"
    assert path.endswith("port_boats.tif")
    _number, params = client.last("heatmap")
    output = tmp_path / "heat.tif"
    assert params == {
        "index": "/data/town.cmpagl", "query": "boats", "scene": "/data/port.tif",
        "output": str(output),
    }  # fmt: skip
    assert stage.dock.build.isVisible()
    client.answer("heatmap", write_map(output))
    names = [node.name() for node in project.layerTreeRoot().children()]
    assert names == ["CMPAGL matches", "boats in port", "port"]
    (layer,) = project.mapLayersByName("boats in port")
    assert isinstance(layer.renderer(), QgsSingleBandPseudoColorRenderer)
    assert layer.renderer().classificationMax() == 0.3
    assert "lies under the places" in stage.dock.message.text
    stage.controller.heat.map_to(str(output))
    client.answer("heatmap", write_map(output))
    assert len(project.mapLayersByName("boats in port")) == 1  # the file is another, the layer too


def test_it_can_be_stopped(stage, client, asked):
    stage.dock.build.stop.click()
    assert client.cancelled == [client.last("heatmap")[0]]
    client.obey("heatmap")
    assert stage.dock.message.text == "Stopped."
    assert not stage.dock.build.isVisible()


def test_by_example_it_is_of_the_examples(stage, client, asked):
    client.obey("heatmap")
    stage.dock.hits.actionRequested.emit("like", 2)
    client.answer("similar", answer([hit(1)]))
    stage.controller.heat.ask()
    assert client.last("heatmap")[1]["like"][0]["scene"] == "/data/port.tif"


def test_a_file_that_qgis_cannot_read_is_said(stage, client, asked, tmp_path):
    file = tmp_path / "heat.tif"
    file.write_text("no raster")
    found = {"output": str(file), "width": 8, "height": 8, "minimum": 0.1, "maximum": 0.3}
    client.answer("heatmap", found)
    assert "cannot read" in stage.dock.message.text


def test_without_places_there_is_nothing_to_map(stage, client):
    stage.ready()
    stage.controller.heat.ask()
    assert client.count("heatmap") == 0
    assert "no scene to map" in stage.dock.message.text
