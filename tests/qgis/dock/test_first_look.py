"""What is here, a first look, and classes by sentences, from the dock."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtWidgets import QDialogButtonBox, QFileDialog, QLabel, QPushButton

from cmpagl_qgis.errors import EngineError
from tests.qgis.dock.played import hit
from tests.qgis.dock.test_change import write_layer

STYLE = """<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22.0" styleCategories="Symbology">
<renderer-v2 type="categorizedSymbol" attr="class"><categories>
<category symbol="0" value="a lake" label="a lake (60 %)" type="string" render="true"/>
</categories><symbols><symbol type="fill" name="0" alpha="1"><layer class="SimpleFill">
<Option type="Map"><Option type="QString" name="color" value="1,2,3,255"/></Option>
</layer></symbol></symbols></renderer-v2></qgis>"""
GROUPS = [
    {"name": "a lake", "chips": 6, "area_m2": 60_000.0, "says": ["blue lake in hills"]},
    {"name": "a forest?", "chips": 4, "area_m2": 40_000.0, "says": []},
]


@pytest.fixture
def offered(stage, monkeypatch, tmp_path):
    names = []

    def save(_parent, title, path, kinds):
        names.append((title, path))
        return str(tmp_path / "new"), kinds

    monkeypatch.setattr(QFileDialog, "getSaveFileName", save)
    stage.ready()
    return names


def written(tmp_path):
    write_layer(tmp_path / "new.gpkg", **{"class": "a lake", "area_m2": 60_000.0})
    (tmp_path / "new.qml").write_text(STYLE)


def test_a_first_look_is_a_layer_in_colours_with_its_areas(stage, client, offered, tmp_path):
    stage.controller.index_view.act("overview")
    assert offered[0][1].endswith("town_first_look.gpkg")
    output = str(tmp_path / "new.gpkg")
    assert client.last("overview")[1] == {"index": "/data/town.cmpagl", "output": output}
    written(tmp_path)
    client.answer("overview", {"output": output, "count": 10, "groups": GROUPS, "notice": "",
                               "problems": []})  # fmt: skip
    (layer,) = QgsProject.instance().mapLayersByName("First look: town")
    assert isinstance(layer.renderer(), QgsCategorizedSymbolRenderer)
    assert [one.label() for one in layer.renderer().categories()] == ["a lake (60 %)"]
    assert "a lake 60 %, a forest? 40 %" in stage.dock.message.text
    stage.dock.message.findChild(QPushButton, "cmpaglMessageAction").click()
    QCoreApplication.processEvents()
    sections = stage.controller.index_view.reports.dialog.sections
    assert sections[0].lines == ("a lake: 6.0 ha, 60 % (blue lake in hills)",
                                 "a forest?: 4.0 ha, 40 %")  # fmt: skip


def test_looks_and_classes_follow_the_switches_and_say_so(stage, client, offered, tmp_path):
    stage.ready(dates=["2019-06-01", "2021-09-30"])
    narrow, view = stage.dock.narrow, stage.controller.index_view
    narrow.sizes.setCurrentIndex(2)
    narrow.dates.click()
    where = {"ground_m": [448.0, 448.0], "from_date": "2019-06-01", "to_date": "2021-09-30"}
    words = f"{narrow.sizes.currentText()}, 2019-06-01 – 2021-09-30"  # noqa: RUF001
    view.act("overview")
    assert client.last("overview")[1]["where"] == where
    written(tmp_path)
    client.answer("overview", {"output": str(tmp_path / "new.gpkg"), "count": 10, "groups": GROUPS,
                               "notice": "", "problems": [], "undated": 1240})  # fmt: skip
    assert f"only what the switches say: {words}." in stage.dock.message.text
    assert "1,240 chips of unknown date left out." in stage.dock.message.text
    view.act("classify")
    dialog = view.classes.dialog
    assert words in dialog.findChild(QLabel, "cmpaglClassifyAbout").text()
    narrow.search_everywhere()  # what the dialog says holds
    dialog.classes.setPlainText("a lake")
    dialog.accept()
    assert client.last("classify")[1]["where"] == where
    client.answer("classify", {"map": str(tmp_path / "new.gpkg"), "count": 10, "classes": GROUPS,
                               "problems": [], "undated": 1})  # fmt: skip
    assert words in stage.dock.message.text
    assert "1 chip of unknown date left out." in stage.dock.message.text
    view.act("overview")
    assert "where" not in client.last("overview")[1]


def test_a_switch_without_a_map_for_it_is_told_before_any_dialog(stage, client, offered):
    stage.dock.narrow.selected_polygons.click()
    for act in ("overview", "classify"):
        stage.controller.index_view.act(act)
        assert "Selection" in stage.dock.message.text
    assert not offered
    assert stage.controller.index_view.classes.dialog is None
    assert not client.count("overview")


def test_groups_without_names_say_why(stage, client, offered, tmp_path):
    stage.controller.index_view.act("overview")
    written(tmp_path)
    client.answer("overview", {"output": str(tmp_path / "new.gpkg"), "count": 10, "groups": GROUPS,
                               "notice": "found model clay", "problems": []})  # fmt: skip
    assert "no names: found model clay" in stage.dock.message.text


def test_classes_of_the_dialog_become_a_layer(stage, client, offered, tmp_path):
    stage.dock.query.set_text("a lake; houses")
    stage.controller.index_view.act("classify")
    dialog = stage.controller.index_view.classes.dialog
    assert dialog.classes.toPlainText() == "a lake\nhouses"
    dialog.classes.setPlainText("a lake\n\n# mine\nwood, a forest, trees\n")
    dialog.none.setChecked(False)
    dialog.accept()
    asked = client.last("classify")[1]
    assert (asked["map"], asked["min_relevance"]) == (str(tmp_path / "new.gpkg"), 0.0)
    with Path(asked["classes"]).open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows == [["a lake", "a lake"], [], [], ["wood", "a forest", "trees"]]
    written(tmp_path)
    client.answer("classify", {"map": str(tmp_path / "new.gpkg"), "count": 10, "classes": GROUPS,
                               "problems": []})  # fmt: skip
    assert QgsProject.instance().mapLayersByName("Classes: town")
    assert stage.controller.index_view.classes.dialog is None


def test_the_dialog_of_classes_wants_one_and_reads_a_file(stage, offered, tmp_path):
    stage.dock.query.set_text("")
    stage.controller.index_view.act("classify")
    dialog = stage.controller.index_view.classes.dialog
    ok = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok)
    assert not ok.isEnabled()
    (tmp_path / "c.csv").write_text("wood;a forest;trees, tall\nlake;a lake\n")
    dialog.load(str(tmp_path / "c.csv"))
    assert ok.isEnabled()
    assert dialog.rows == [["wood", "a forest", "trees, tall"], ["lake", "a lake"]]
    dialog.classes.setPlainText("# a, b\nsep=;\nlake;a lake, blue")
    assert dialog.rows == [[], [], ["lake", "a lake, blue"]]
    dialog.classes.setPlainText('"wood; old"\ta forest, green')
    assert dialog.rows == [["wood; old", "a forest, green"]]
    (tmp_path / "bad.csv").write_bytes(b"\xff\xfe\xff")
    dialog.load(str(tmp_path / "bad.csv"))
    assert "bad.csv is no small text" in dialog.findChild(QLabel, "cmpaglClassifySaid").text()
    dialog.reject()


SAID = [
    {"sentence": "a lake", "score": 0.5, "relevance": 0.81, "share": 1.0},
    {"sentence": "a pond", "score": 0.4, "relevance": 0.6, "share": 1.0},
    {"sentence": "the sea", "score": 0.3, "relevance": 0.1, "share": 0.0},
]


def described(found, said=SAID):
    return {"said": said, "chips": 1, "found": found, "notice": "" if found else "none",
            "problems": []}  # fmt: skip


def test_a_click_asks_what_is_there_and_the_answer_can_be_searched(stage, client, qgis_canvas):
    stage.ready()
    qgis_canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    stage.controller.index_view.act("here")
    here = stage.controller.index_view.here
    assert qgis_canvas.mapTool() is here.tool
    here.tool.extentChanged.emit(QgsRectangle(4.3, 52.05, 4.3, 52.05))
    asked = client.last("describe")[1]
    assert asked["index"] == "/data/town.cmpagl"
    assert asked["place"] == {"lon": 4.3, "lat": 52.05}
    client.answer("describe", described(True))
    assert stage.dock.message.text == "A lake (81 %); a pond (60 %)."
    stage.dock.message.findChild(QPushButton, "cmpaglMessageAction").click()
    assert client.last("search")[1]["query"] == "a lake"


def described_area(shares):
    said = [{**one, "share": share} for one, share in zip(SAID, shares, strict=True)]
    return {**described(True, said), "chips": 1200}


def test_an_area_is_told_by_the_shares_of_its_chips(stage, client, qgis_canvas):
    stage.ready()
    qgis_canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    qgis_canvas.setExtent(QgsRectangle(4.0, 51.9, 4.6, 52.2))  # a click is told by the scale
    stage.controller.index_view.act("here")
    assert not stage.dock.message.findChild(QPushButton, "cmpaglMessageAction").isVisible()
    tool = stage.controller.index_view.here.tool
    tool.extentChanged.emit(QgsRectangle(4.2, 52.0, 4.4, 52.1))
    asked = client.last("describe")[1]
    assert asked["where"]["bbox"] == pytest.approx([4.2, 52.0, 4.4, 52.1])
    assert "place" not in asked
    client.answer("describe", described_area([0.6, 0.25, 0.0]))
    assert stage.dock.message.text == "Of 1,200 chips: a lake (60 %); a pond (25 %)."
    qgis_canvas.setDestinationCrs(QgsCoordinateReferenceSystem())
    tool.extentChanged.emit(QgsRectangle(0, 0, 9e9, 9e9))
    assert stage.dock.message.text == "The map shows no place on earth there."
    tool.extentChanged.emit(QgsRectangle(1, 1, 1, 1))
    assert "no CRS" in stage.dock.message.text


def test_selected_polygons_are_offered_and_asked_about_together(stage, client, qgis_canvas):
    stage.ready()
    layer = QgsVectorLayer("Polygon?crs=EPSG:4326", "areas", "memory")
    for west in (4.0, 4.2):
        feature = QgsFeature()
        feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(west, 52.0, west + 0.1, 52.1)))
        layer.dataProvider().addFeatures([feature])
    QgsProject.instance().addMapLayer(layer)
    qgis_canvas.setCurrentLayer(layer)
    here = stage.controller.index_view.here
    here.ask_selected()
    assert stage.dock.message.text == "Select polygons of the active layer first."
    layer.selectAll()
    here.start()
    button = stage.dock.message.findChild(QPushButton, "cmpaglMessageAction")
    assert button.text() == "Selected polygons"
    button.click()
    assert client.last("describe")[1]["where"]["within"]["type"] == "MultiPolygon"
    client.answer("describe", described_area([1.0, 0.0, 0.0]))
    assert stage.dock.message.text == "Of 1,200 chips: a lake (100 %)."


def test_a_place_of_the_list_is_told_where_nothing_fits(stage, client):
    stage.ready()
    stage.search([hit(1), hit(2)], "a road")
    stage.dock.hits.select_rank(2)
    stage.dock.hits.actionRequested.emit("describe", 2)
    assert client.last("describe")[1]["place"]["scene"] == hit(2)["scene"]
    client.answer("describe", described(False))
    assert stage.dock.message.text.startswith("Nothing in the list describes this place well.")
    assert "a lake (81 %)" in stage.dock.message.text


def test_what_is_refused_is_said(stage, client):
    stage.ready()
    stage.controller.index_view.here.ask({"lon": 0.0, "lat": 0.0})
    number = client.last("describe")[0]
    client.failed.emit(number, EngineError(-32000, "found no chip there", "NoPlaceError"))
    assert stage.dock.message.text == "found no chip there"
