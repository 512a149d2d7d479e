"""Where scenes could not be read, on the map."""

from __future__ import annotations

from pathlib import Path

import pytest
from osgeo import gdal, ogr, osr
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtWidgets import QPushButton

from cmpagl_qgis.dock.build_order import BuildOrder
from cmpagl_qgis.engine.client import EngineClient
from cmpagl_qgis.flow.damage_layer import DAMAGE
from tests.qgis.core.painted import paint, spatial
from tests.qgis.dock.played import Stage
from tests.qgis.dock.test_build_flow import ORDER, REPORT, page

REASON = "IReadBlock failed at X offset 1, Y offset 2 <LZW>"


def write(path, count):
    """A file as the engine writes it."""
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(4326)
    file = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    layer = file.CreateLayer("damage", reference, ogr.wkbPolygon)
    layer.CreateField(ogr.FieldDefn("scene", ogr.OFTString))
    for name in ("col", "row", "width", "height"):
        layer.CreateField(ogr.FieldDefn(name, ogr.OFTInteger))
    layer.CreateField(ogr.FieldDefn("reason", ogr.OFTString))
    layer.StartTransaction()
    for number in range(count):
        west = 4.0 + number % 100 * 1e-3
        north = 52.0 + number // 100 * 1e-3
        feature = ogr.Feature(layer.GetLayerDefn())
        feature["scene"], feature["reason"] = "/data/town.tif", REASON
        feature["col"], feature["row"] = 224 * number, 0
        feature["width"] = feature["height"] = 224
        feature.SetGeometry(
            ogr.CreateGeometryFromWkt(
                f"POLYGON(({west} {north},{west + 1e-3} {north},{west + 1e-3} {north + 1e-3},"
                f"{west} {north + 1e-3},{west} {north}))"
            )
        )
        layer.CreateFeature(feature)
    layer.CommitTransaction()


def layers():
    return [one for one in QgsProject.instance().mapLayers().values() if one.customProperty(DAMAGE)]


def answer(stage, client, count, **more):
    """Let the engine write its file."""
    path = client.last("damage")[1]["output"]
    if count:
        write(path, count)
    client.answer("damage", {"output": path, "count": count, "problems": [], **more})


@pytest.fixture
def map_in_metres(qgis_iface):
    canvas = qgis_iface.mapCanvas()
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:32631"))
    canvas.setExtent(QgsRectangle(0, 0, 100, 100))
    return canvas


def test_a_build_that_read_in_part_leads_to_the_places(stage, client, map_in_metres, until):
    stage.ready()
    stage.controller.builds.build(ORDER)
    damaged = f"/data/a.tif: 3 chips could not be decoded (first: {REASON}); the rest is indexed"
    client.answer("index", {**REPORT, "damaged": [damaged]})
    assert "1 scene could be read in part only." in stage.dock.message.text
    stage.dock.message.findChild(QPushButton, "cmpaglMessageAction").click()
    assert "3 chips could not be decoded" in page(stage)
    dialog = stage.controller.index_view.reports.dialog
    dialog.findChild(QPushButton, "cmpaglReport_damage").click()
    assert client.last("damage")[1]["index"] == "/data/new.cmpagl"
    answer(stage, client, 3)
    (layer,) = layers()
    until(lambda: layer.featureCount() == 3)
    assert layer.name() == "new: could not be read"
    assert [field.name() for field in layer.fields()] == [
        "scene", "col", "row", "width", "height", "reason",
    ]  # fmt: skip
    assert [f["col"] for f in layer.getFeatures()] == [0, 224, 448]
    assert {feature["reason"] for feature in layer.getFeatures()} == {REASON}
    assert "3 places of new could not be read" in stage.dock.message.text
    way = osr.CoordinateTransformation(spatial("EPSG:4326"), spatial("EPSG:32631"))
    easting, northing = way.TransformPoint(4.0015, 52.0005)[:2]
    seen = map_in_metres.extent()
    assert seen.center().distance(QgsPointXY(easting, northing)) < 20
    assert 200 < seen.width() < 1000


def test_a_second_look_fills_the_same_layer(stage, client, until):
    stage.ready()
    stage.controller.index_view.act("damage")
    answer(stage, client, 60)
    (layer,) = layers()
    until(lambda: layer.featureCount() == 60)
    layer.setName("mine")
    stage.controller.index_view.act("damage")
    answer(stage, client, 2)
    until(lambda: layer.featureCount() == 2)
    assert layers() == [layer]
    stage.controller.index_view.act("damage")
    answer(stage, client, 0)
    assert layers() == []
    assert stage.dock.message.text == "Every place of town could be read."


def test_parts_that_cannot_be_read_are_told(stage, client):
    stage.ready()
    stage.controller.index_view.act("damage")
    answer(stage, client, 0, problems=["a-1.parquet: damaged part (cut)"])
    assert stage.dock.message.text == "a-1.parquet: damaged part (cut)"


def test_thousands_do_not_hold_qgis_up(stage, client, stalls, until):
    stage.ready()
    stage.controller.index_view.act("damage")
    path = client.last("damage")[1]["output"]
    write(path, 5000)
    with stalls:
        client.answer("damage", {"output": path, "count": 5000, "problems": []})
        until(lambda: layers() and layers()[0].featureCount() == 5000)
    stalls.check()


def test_removing_the_layer_while_it_is_filled_is_no_fault(stage, client):
    stage.ready()
    stage.controller.index_view.act("damage")
    answer(stage, client, 3000)
    QgsProject.instance().clear()
    for _ in range(5):
        QCoreApplication.processEvents()
    assert layers() == []
    stage.controller.index_view.act("damage")
    answer(stage, client, 1)
    assert len(layers()) == 1


def test_nothing_is_left_when_the_dock_goes(stage, client):
    stage.ready()
    stage.controller.index_view.act("damage")
    answer(stage, client, 3)
    folder = Path(client.last("damage")[1]["output"]).parent
    stage.close()
    assert layers() == []
    assert not folder.exists()


@pytest.mark.engine
@pytest.mark.slow
def test_a_cut_scene_shows_its_places(qgis_iface, qgis_new_project, real_launch, until, tmp_path):
    scene = tmp_path / "cut.tif"
    gdal.Translate(str(scene), str(paint(tmp_path / "whole.tif", size=512)), creationOptions=[
        "COMPRESS=DEFLATE", "TILED=YES", "BLOCKXSIZE=64", "BLOCKYSIZE=64",
    ])  # fmt: skip
    content = bytearray(scene.read_bytes())
    content[-20_000:-10_000] = bytes(10_000)
    scene.write_bytes(content)
    client = EngineClient(real_launch)
    stage = Stage(qgis_iface, client)
    try:
        stage.show()
        until(lambda: client.state == "ready")
        stage.controller.builds.build(
            BuildOrder(str(tmp_path / "town.cmpagl"), (str(scene),), (64.0,))
        )
        until(lambda: stage.controller.builds.order is None)
        assert "1 scene could be read in part only." in stage.dock.message.text
        stage.controller.index_view.act("damage")
        until(lambda: layers() and "hatched in red" in stage.dock.message.text)
        found = [QgsFeature(one) for one in layers()[0].getFeatures()]
        assert found
        assert all(feature["scene"] == str(scene) and feature["reason"] for feature in found)
    finally:
        stage.close()
        client.stop()
