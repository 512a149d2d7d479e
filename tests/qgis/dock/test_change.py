"""What has changed, and outlines, from the dock."""

from __future__ import annotations

import re

import pytest
from osgeo import ogr
from qgis.core import (
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsGraduatedSymbolRenderer,
    QgsProject,
)
from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtWidgets import QDialogButtonBox, QFileDialog

from tests.qgis.core.painted import spatial
from tests.qgis.dock.played import hit

SCENES = [
    {"path": f"/data/{name}.tif", "crs": "EPSG:32631", "chips": 9, "bounds": [4.0, 52.0, 4.6, 52.1]}
    for name in ("town_2024", "town_2015")
]  # fmt: skip


def write_layer(path, **columns):
    """As the engine writes it, a feature."""
    file = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    layer = file.CreateLayer("places", spatial("EPSG:4326"), ogr.wkbPolygon)
    for name, value in columns.items():
        kind = ogr.OFTString if isinstance(value, str) else ogr.OFTReal
        layer.CreateField(ogr.FieldDefn(name, kind))
    feature = ogr.Feature(layer.GetLayerDefn())
    for name, value in columns.items():
        feature.SetField(name, value)
    feature.SetGeometry(ogr.CreateGeometryFromWkt("POLYGON((4 52,4.1 52,4.1 52.1,4 52))"))
    layer.CreateFeature(feature)
    del feature, layer, file


@pytest.fixture
def offered(stage, monkeypatch, tmp_path):
    """The user takes the file that is offered."""
    names = []

    def save(_parent, title, path, kinds):
        names.append((title, path))
        return str(tmp_path / "new"), kinds

    monkeypatch.setattr(QFileDialog, "getSaveFileName", save)
    stage.ready(scenes=SCENES)
    return names


def ask(stage, query="houses", was=""):
    stage.dock.query.set_text(query)
    stage.controller.index_view.act("change")
    dialog = stage.controller.index_view.change.dialog
    dialog.was.setText(was)
    return dialog


def scene(name, west, chips=9):
    bounds = [west, 52.0, west + 0.1, 52.1]
    return {"path": f"/data/{name}.tif", "crs": "EPSG:4326", "chips": chips, "bounds": bounds}


@pytest.mark.parametrize(
    ("scenes", "wanted"),
    [
        ([scene("a", 4), scene("b", 7), scene("c", 4.05), scene("d", 7)], ["a", "c"]),
        ([scene("a", 4, chips=0), scene("b", 4), scene("c", 4)], ["b", "c"]),
        ([scene("a", 179.95), scene("b", 4), scene("c", -180)], ["a", "c"]),
    ],
)
def test_two_scenes_of_one_place_are_proposed(stage, scenes, wanted):
    stage.ready(scenes=scenes)
    dialog = ask(stage)
    assert [one.currentText() for one in (dialog.before, dialog.after)] == [
        f"{name}.tif" for name in wanted
    ]


def test_scenes_of_two_places_cannot_be_compared(stage):
    stage.ready(scenes=[scene("a", 4), scene("b", 7)])
    stage.controller.index_view.act("change")
    assert stage.controller.index_view.change.dialog is None
    assert "needs two scenes of one place" in stage.dock.message.text


def test_an_index_of_many_scenes_is_not_looked_through(stage):
    stage.ready(scenes=[scene(f"{number:03}", number) for number in range(150)])
    dialog = ask(stage)
    assert dialog.before.count() == 150
    assert (dialog.before.currentIndex(), dialog.after.currentIndex()) == (0, 1)


def test_the_layer_lies_under_the_places_with_pictures_in_its_tips(
    stage, client, offered, tmp_path
):
    dialog = ask(stage, was="farmland")
    assert [dialog.before.itemText(i) for i in range(2)] == ["town_2015.tif", "town_2024.tif"]
    dialog.accept()
    assert offered[0][1].endswith("town_2024_houses.gpkg")
    output = str(tmp_path / "new.gpkg")
    assert client.last("change")[1] == {
        "index": "/data/town.cmpagl", "query": "houses", "was": "farmland",
        "before": ["/data/town_2015.tif"], "after": ["/data/town_2024.tif"], "output": output,
        "pictures": str(tmp_path / "new_pictures"),
    }  # fmt: skip
    write_layer(output, rank=1.0, change=0.2, relevance_before=0.1, relevance_after=0.3,
                picture=str(tmp_path / "50% #1.png"))  # fmt: skip
    said = {"output": output, "count": 1, "compared": 9, "looked_at": 9, "notice": "",
            "problems": []}  # fmt: skip
    client.answer("change", said)
    (layer,) = QgsProject.instance().mapLayersByName("houses since town_2015")
    assert isinstance(layer.renderer(), QgsGraduatedSymbolRenderer)
    assert layer.renderer().rangeForValue(0.2) is not None
    context = QgsExpressionContext()
    context.appendScopes([QgsExpressionContextUtils.layerScope(layer)])
    context.setFeature(next(layer.getFeatures()))
    tip = QgsExpression.replaceExpressionText(layer.mapTipTemplate(), context)
    (shown,) = re.findall('<img src="([^"]*)"', tip)
    assert QUrl(shown).toLocalFile() == str(tmp_path / "50% #1.png")
    assert "1 place changed so" in stage.dock.message.text


def test_no_change_is_said_and_no_layer_made(stage, client, offered, tmp_path):
    ask(stage).accept()
    assert "was" not in client.last("change")[1]
    said = {"output": "", "count": 0, "compared": 9, "looked_at": 9,
            "notice": "no place became 'houses'", "problems": []}  # fmt: skip
    client.answer("change", said)
    assert stage.dock.message.text == "no place became 'houses'"
    assert not QgsProject.instance().mapLayers()


def test_a_layer_that_qgis_cannot_read_is_said_and_the_next_request_can_begin(
    stage, client, offered, tmp_path
):
    ask(stage).accept()
    file = tmp_path / "new.gpkg"
    file.write_text("no layer")
    said = {"output": str(file), "count": 1, "compared": 9, "looked_at": 9, "notice": "",
            "problems": []}  # fmt: skip
    client.answer("change", said)
    assert "cannot read" in stage.dock.message.text
    assert stage.dock.build.isHidden()
    ask(stage).accept()
    assert client.count("change") == 2


def test_the_dialog_wants_a_sentence_and_two_scenes(stage, offered):
    dialog = ask(stage, query="")
    ok = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok)
    assert not ok.isEnabled()
    dialog.query.setText("houses")
    assert ok.isEnabled()
    dialog.after.setCurrentIndex(0)
    assert not ok.isEnabled()
    dialog.reject()
    assert stage.controller.index_view.change.dialog is None


def test_one_scene_is_not_enough(stage, client):
    stage.ready(scenes=SCENES[:1])
    stage.controller.index_view.act("change")
    assert stage.controller.index_view.change.dialog is None
    assert "two scenes of one place" in stage.dock.message.text


def test_outlines_are_of_the_scene_of_a_place(stage, client, offered, tmp_path):
    stage.search([hit(1, scene="/data/town_2024.tif")], "a lake")
    stage.dock.hits.actionRequested.emit("outline", 1)
    assert offered[0] == ("Save outlines in town_2024", offered[0][1])
    output = str(tmp_path / "new.gpkg")
    assert client.last("objects")[1] == {
        "index": "/data/town.cmpagl", "query": "a lake", "output": output,
        "where": {"scenes": ["/data/town_2024.tif"]}, "plain": False,
    }  # fmt: skip
    write_layer(output, rank=1.0, area_m2=100.0, step_m=50.0)
    client.answer("objects", {"output": output, "count": 1, "notice": "", "problems": []})
    (layer,) = QgsProject.instance().mapLayersByName("a lake in town_2024")
    assert "step_m" in layer.mapTipTemplate()
    assert "1 outline" in stage.dock.message.text
