"""One row for one place: its siblings are counted, listed and jumped to."""

from qgis.core import QgsProject, QgsRasterLayer, QgsRectangle
from qgis.PyQt.QtCore import Qt

from cmpagl_qgis.dock.hit_model import SPOKEN_ROLE, sibling_line
from cmpagl_qgis.engine.question import Question
from cmpagl_qgis.flow.saved_search import document_of, question_of
from cmpagl_qgis.settings import Settings
from tests.qgis.core.painted import paint
from tests.qgis.dock.played import answer, hit


def sibling(scene="/data/summer.tif", **more):
    return {
        "scene": scene, "window": [0, 0, 448, 448], "gsd_m": 1.0, "ground_m": 594.0,
        "score": 0.31, "overlap": 0.8, "datetime": "2021-07-01", "geometry": hit(1)["geometry"],
        **more,
    }  # fmt: skip


def found(stage):
    stage.search([hit(1, siblings=[sibling(relevance=0.31), sibling("/data/town.tif")]), hit(2)])
    return stage.dock.hits


def entries(hits, row):
    index = hits.hits.index(row)
    hits.customContextMenuRequested.emit(hits.visualRect(index).center())
    hits.menu.hide()
    assert hits.siblings.menuAction() in hits.menu.actions()
    return hits.siblings


def test_a_row_says_how_many_and_which(stage):
    stage.ready()
    hits = found(stage)
    first, second = (hits.hits.index(row) for row in range(2))
    assert "2 more of this ground" in first.data(SPOKEN_ROLE)
    assert "more of this ground" not in second.data(SPOKEN_ROLE)
    one = hits.hits.hit_at(0).siblings[0]
    assert sibling_line(one) == "summer · 2021-07-01 · 594 m · 31 %"
    assert sibling_line(one) in first.data(Qt.ItemDataRole.ToolTipRole)


def test_the_badge_is_drawn_where_there_are_siblings(stage):
    stage.ready()
    for grid in (False, True):
        pictures = []
        for siblings in ([], [sibling()], [sibling()] * 3):
            stage.search([hit(1, siblings=siblings)])
            stage.dock.hits.set_grid(grid=grid)
            pictures.append(stage.dock.hits.viewport().grab().toImage())
        assert pictures[0] != pictures[1] != pictures[2]


def test_the_layer_has_a_column(stage):
    stage.ready()
    found(stage)
    texts = [feature["siblings"] for feature in stage.controller.layers.layer.getFeatures()]
    assert texts[0] == "summer.tif 2021-07-01 594 m 31 %; 2021-07-01 594 m 0.310"
    assert not texts[1]


def test_the_menu_jumps_to_a_sibling(stage, qgis_iface, tmp_path):
    stage.ready()
    scenes = [str(paint(tmp_path / name)) for name in ("town.tif", "summer.tif")]
    town = QgsRasterLayer(scenes[0], "town", "gdal")
    QgsProject.instance().addMapLayer(town)
    stage.search([hit(1, scene=scenes[0], siblings=[sibling(scenes[1])]), hit(2)])
    assert entries(stage.dock.hits, 1).isEmpty()
    menu = entries(stage.dock.hits, 0)
    (action,) = menu.actions()
    qgis_iface.mapCanvas().setExtent(QgsRectangle(0, 0, 1, 1))  # not where a test before left it
    before = qgis_iface.mapCanvas().extent().toString()
    action.trigger()
    order = QgsProject.instance().layerTreeRoot().findLayers()
    rasters = [node.layer().name() for node in order if isinstance(node.layer(), QgsRasterLayer)]
    assert rasters == ["summer", "town"]
    assert qgis_iface.mapCanvas().extent().toString() != before
    # The layer that was moved is the one it was, and can be shown again.
    menu.actions()[0].trigger()
    assert len(QgsProject.instance().mapLayers()) == 3


def test_a_sibling_whose_scene_is_gone_says_so(stage):
    stage.ready()
    stage.controller.actions.siblings.show(found(stage).hits.hit_at(0).siblings[0])
    assert "is not there any more" in stage.dock.message.text


def test_the_menu_of_the_line_turns_them_off_and_asks_again(stage, client):
    stage.ready()
    found(stage)
    query = stage.dock.query
    query.menu.aboutToShow.emit()
    once = next(one for one in query.menu.actions() if one.objectName() == "cmpaglOnePlace")
    assert once.isChecked()
    once.trigger()
    assert client.last("search")[1]["siblings"] is False
    assert Settings().siblings is False
    client.answer("search", answer([hit(1), hit(2), hit(3)]))
    query.menu.aboutToShow.emit()
    once = next(one for one in query.menu.actions() if one.objectName() == "cmpaglOnePlace")
    once.trigger()
    assert "siblings" not in client.last("search")[1]


def test_a_saved_search_keeps_them_off():
    question = Question("/data/town.cmpagl", "boats", 20, siblings=False)
    assert document_of(question)["siblings"] is False
    assert question_of(document_of(question)).siblings is False
    assert "siblings" not in document_of(Question("/data/town.cmpagl", "boats", 20))


def test_what_is_written_by_the_engine_has_them(stage):
    stage.ready()
    (record, other) = (one.to_json() for one in found(stage).hits.shown())
    assert [one["scene"] for one in record["siblings"]] == ["/data/summer.tif", "/data/town.tif"]
    assert record["siblings"][0]["window"] == [0, 0, 448, 448]
    assert "relevance" not in record["siblings"][1]
    assert "siblings" not in other
