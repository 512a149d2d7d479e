"""From a sentence to rows and polygons, and on from there."""

import gc

import pytest
from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsRectangle
from qgis.PyQt.QtCore import QEvent, QPoint, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QLabel, QToolButton

from cmpagl_qgis.engine.question import example_of_place
from cmpagl_qgis.settings import Settings, saved_queries
from tests.qgis.core.waiting import spin
from tests.qgis.dock.played import answer, hit, opened


def ranks(stage):
    return [one.rank for one in stage.dock.hits.hits.shown()]


def test_keys_alone_lead_from_the_sentence_to_a_place(stage, client):
    stage.ready()
    line, hits = stage.dock.query.line, stage.dock.hits
    line.setFocus()
    QTest.keyClicks(line, "boats on a canal")
    QTest.keyClick(line, Qt.Key.Key_Return)
    _number, params = client.last("search")
    assert params == {"index": "/data/town.cmpagl", "query": "boats on a canal", "k": 50}
    client.answer("search", answer([hit(1), hit(2), hit(3)]))
    hits.setFocus()
    QTest.keyClick(hits, Qt.Key.Key_Down)
    QTest.keyClick(hits, Qt.Key.Key_Down)
    layer = stage.controller.layers.layer
    assert hits.current_rank() == 2
    assert [feature["rank"] for feature in layer.getSelectedFeatures()] == [2]
    assert Settings().history == ["boats on a canal"]


def test_a_key_press_of_no_key_event_passes_by(stage):
    query = stage.dock.query
    assert not query.eventFilter(query.line, QEvent(QEvent.Type.KeyPress))


def test_escape_stops_a_search_from_anywhere_in_the_dock(stage, client):
    stage.ready()
    stage.dock.query.set_text("boats")
    QTest.keyClick(stage.dock.query.line, Qt.Key.Key_Return)
    QTest.keyClick(stage.dock.query.line, Qt.Key.Key_Escape)
    QTest.keyClick(stage.dock.narrow.count, Qt.Key.Key_Escape)
    number, _ = client.last("search")
    assert client.cancelled == [number, number]
    client.obey("search")
    assert stage.dock.state == "stopped"
    QTest.keyClick(stage.dock.query.line, Qt.Key.Key_Escape)
    assert client.cancelled == [number, number]  # nothing runs, nothing to stop


def test_tab_goes_through_the_dock_in_the_order_of_use(stage):
    stage.ready()
    stage.search([hit(1)])
    names, widget = [], stage.dock.query.line
    for _ in range(200):
        names.append(widget.objectName())
        widget = widget.nextInFocusChain()
    order = [
        "cmpaglQueryLine", "cmpaglHistoryButton", "cmpaglSearchButton", "cmpaglIndexCombo",
        "cmpaglSizes", "cmpaglBuildButton", "cmpaglCount", "cmpaglOnlyMapView", "cmpaglScoreSlider",
        "cmpaglRefine", "cmpaglHits", "cmpaglDetails",
    ]  # fmt: skip
    places = [names.index(name) for name in order]
    assert places == sorted(places)


@pytest.mark.parametrize("text", ["", "   ", "\t"])
def test_a_blank_sentence_asks_nothing_and_says_what_to_do(stage, client, text):
    stage.ready()
    stage.dock.query.set_text(text)
    stage.dock.query.button.click()
    assert client.count("search") == 0
    assert "Describe a place" in stage.dock.message.text


def test_a_sentence_too_long_is_refused_in_the_engines_words(stage, client):
    stage.ready()
    stage.dock.query.set_text("boat " * 2000)
    stage.dock.query.button.click()
    assert len(client.last("search")[1]["query"]) == 9999
    client.refuse("search", "the query has 9999 characters; 1000 at most: shorten it")
    assert stage.dock.state == "refused"
    assert "shorten it" in stage.dock.notice.notice.text
    assert stage.window.width() == 380  # nothing grew


def test_an_answer_to_an_earlier_sentence_is_never_shown(stage, client):
    stage.ready()
    stage.dock.query.set_text("boats")
    stage.dock.query.line.returnPressed.emit()
    first, _ = client.last("search")
    stage.dock.query.set_text("farms")
    stage.dock.query.line.returnPressed.emit()
    client.answered.emit(first, answer([hit(7, scene="/data/old.tif")]))
    assert stage.dock.state == "searching"
    client.answer("search", answer([hit(1), hit(2)], "farms"))
    client.answered.emit(first, answer([hit(7, scene="/data/old.tif")]))
    assert ranks(stage) == [1, 2]
    assert stage.controller.layers.answer.query == "farms"


def test_an_answer_after_the_index_changed_is_not_shown(stage, client):
    stage.ready()
    stage.search([hit(1)])
    stage.controller.index.choose("/data/other.cmpagl")
    assert stage.dock.state != "results"
    assert stage.controller.layers.layer is None


def test_nonsense_from_the_engine_is_a_refusal_not_a_crash(stage, client):
    stage.ready()
    stage.dock.query.set_text("boats")
    stage.dock.query.button.click()
    client.answer("search", {"hits": [{"rank": "first"}]})
    assert not stage.dock.query.busy
    assert "wanted" in (stage.dock.message.text + stage.dock.notice.notice.text)


def test_the_slider_hides_without_a_new_search(stage, client, until):
    stage.ready()
    stage.search([hit(rank, 0.4 - 0.1 * rank) for rank in (1, 2, 3)])
    stage.dock.header.slider.setValue(120)
    assert ranks(stage) == [1]
    assert stage.dock.header.findChild(QLabel, "cmpaglCountLabel").text() == "1 of 3"
    until(lambda: stage.controller.layers.layer.featureCount() == 1)
    assert client.count("search") == 1
    stage.dock.header.slider.setValue(0)
    assert ranks(stage) == [1, 2, 3]
    until(lambda: stage.controller.layers.layer.featureCount() == 3)


def test_a_threshold_holds_for_one_sentence_only(stage):
    stage.ready()
    stage.search([hit(rank, 0.4 - 0.1 * rank) for rank in (1, 2, 3)])
    stage.dock.header.slider.setValue(120)
    stage.search([hit(1, 0.1), hit(2, 0.05)], "farms")
    assert ranks(stage) == [1, 2]


def test_selecting_a_polygon_selects_the_row_and_not_in_circles(stage):
    stage.ready()
    stage.search([hit(1), hit(2), hit(3)])
    picked = []
    stage.dock.hits.picked.connect(picked.append)
    stage.controller.layers.rankSelected.emit(3)
    assert stage.dock.hits.current_rank() == 3
    assert picked == []


def test_a_frame_shows_which_place_is_chosen(stage, qgis_iface):
    qgis_iface.mapCanvas().setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:32631"))
    stage.ready()
    stage.search([hit(1), hit(2)])
    band = stage.controller.frame.band
    assert band.numberOfVertices() == 0
    stage.dock.hits.setCurrentIndex(stage.dock.hits.hits.index(1))
    framed = band.asGeometry().boundingBox()
    layer = stage.controller.layers.layer
    assert framed.intersects(next(layer.getSelectedFeatures()).geometry().boundingBox())
    QgsProject.instance().removeMapLayer(layer.id())
    qgis_iface.mapCanvas().layersChanged.emit()
    assert band.numberOfVertices() == 0


def test_following_zooms_unless_it_is_turned_off(stage, qgis_iface):
    stage.ready()
    stage.search([hit(1), hit(2)])
    canvas = qgis_iface.mapCanvas()
    canvas.setExtent(QgsRectangle(0, 0, 1, 1))
    stage.dock.header.follow.setChecked(False)
    before = canvas.extent()
    stage.dock.hits.setCurrentIndex(stage.dock.hits.hits.index(0))
    assert canvas.extent() == before
    stage.dock.header.follow.setChecked(True)
    stage.dock.hits.setCurrentIndex(stage.dock.hits.hits.index(1))
    assert canvas.extent() != before


def test_refining_updates_in_place_and_keeps_the_chosen_chip(stage, client):
    stage.ready()
    stage.search([hit(1), hit(2), hit(3)])
    stage.dock.hits.setCurrentIndex(stage.dock.hits.hits.index(1))  # the chip at column 200
    stage.dock.header.refine.click()
    assert client.last("search")[1]["rerank"] == "fusion"
    assert ranks(stage) == [1, 2, 3]  # still there while the engine looks closer
    again = [
        {**hit(1, 0.9, probability=0.9), "window": [200, 0, 224, 224]},
        {**hit(2, 0.5, probability=0.5), "window": [100, 0, 224, 224]},
    ]
    client.answer("search", answer(again))
    assert stage.dock.hits.current_rank() == 1
    assert "refined" in stage.dock.status.text
    assert "90 %" in stage.dock.hits.hits.index(0).data()
    stage.search([hit(1)], "farms")  # the switch stays on: shown at once, then refined
    assert client.last("search")[1] == {
        "index": "/data/town.cmpagl", "query": "farms", "k": 50, "rerank": "fusion",
    }  # fmt: skip
    assert ranks(stage) == [1]


def test_stopping_a_refinement_keeps_the_quick_results(stage, client):
    stage.ready()
    stage.search([hit(1), hit(2)])
    stage.dock.header.refine.click()
    stage.dock.query.button.click()
    client.obey("search")
    assert ranks(stage) == [1, 2]
    assert not stage.dock.header.refine.isChecked()


def test_a_new_sentence_cancels_a_refinement_that_runs(stage, client):
    stage.ready()
    stage.search([hit(1)])
    stage.dock.header.refine.click()
    number, _ = client.last("search")
    stage.dock.query.set_text("farms")
    stage.dock.query.line.returnPressed.emit()
    assert client.cancelled == [number]


def test_more_and_less_like_this_then_without(stage, client):
    stage.ready()
    stage.search([hit(1), hit(2)])
    hits = stage.dock.hits
    hits.setCurrentIndex(hits.hits.index(0))
    QTest.keyClick(hits, "+")
    _, params = client.last("similar")
    assert params["query"] == "boats"
    assert params["like"] == [
        {"scene": "/data/town.tif", "window": [100, 0, 224, 224], "ground_m": 112.0}
    ]
    client.answer("similar", answer([hit(1), hit(2)]))
    assert not stage.dock.header.refine.isEnabled()
    assert "by example" in stage.dock.header.refine.toolTip()
    hits.setCurrentIndex(hits.hits.index(1))
    QTest.keyClick(hits, "-")
    _, params = client.last("similar")
    assert len(params["like"]) == len(params["unlike"]) == 1
    client.answer("similar", answer([hit(1)]))
    QApplication.processEvents()
    pieces = stage.dock.examples.findChildren(QToolButton)
    assert [piece.text()[:2] for piece in pieces if not piece.isHidden()] == ["#1", "#2"]
    stage.dock.examples.findChild(QToolButton, "cmpaglExample0").click()
    _, params = client.last("similar")
    assert "like" not in params or params["like"] == []
    assert params["unlike"][0]["window"] == [200, 0, 224, 224]
    assert params["query"] == "boats"


def test_a_place_on_the_map_alone_is_enough(stage, client):
    stage.ready()
    stage.controller.examples.add(example_of_place(4.5, 52.1))
    assert client.last("similar")[1] == {
        "index": "/data/town.cmpagl", "k": 50, "like": [{"lon": 4.5, "lat": 52.1}],
    }  # fmt: skip
    client.answer("similar", answer([hit(1)], ""))
    stage.dock.examples.findChild(QToolButton, "cmpaglExample0").click()
    assert stage.dock.state == "ready"
    assert stage.controller.layers.layer is None


def test_saved_queries_and_history(stage):
    stage.ready()
    stage.search([hit(1)], "boats")
    stage.dock.query.saveRequested.emit("boats")
    assert saved_queries(QgsProject.instance()) == ["boats"]
    stage.dock.query.menu.aboutToShow.emit()
    texts = [action.text() for action in stage.dock.query.menu.actions()]
    assert texts.count("boats") == 2  # saved, and earlier
    stage.dock.query.removeSavedRequested.emit("boats")
    stage.dock.query.clearHistoryRequested.emit()
    stage.dock.query.menu.aboutToShow.emit()
    texts = [action.text() for action in stage.dock.query.menu.actions()]
    assert "boats" not in texts


def test_number_of_places_asks_again_and_is_remembered(stage, client):
    stage.ready()
    stage.search([hit(1)])
    stage.dock.narrow.count.setValue(7)
    assert client.last("search")[1]["k"] == 7
    assert Settings().top_k == 7


@pytest.mark.parametrize(
    ("switch", "said"),
    [("visible_layers", "No visible layer"), ("selected_polygons", "layer of polygons")],
)
def test_a_switch_without_anything_on_the_map_says_so(stage, client, switch, said):
    stage.ready()
    getattr(stage.dock.narrow, switch).click()
    stage.dock.query.set_text("boats")
    stage.dock.query.button.click()
    assert client.count("search") == 0
    assert said in stage.dock.message.text


def test_a_project_without_crs_has_no_map_view(stage, client, qgis_iface):
    qgis_iface.mapCanvas().setDestinationCrs(QgsCoordinateReferenceSystem())
    stage.ready()
    stage.dock.narrow.map_view.click()
    stage.dock.query.set_text("boats")
    stage.dock.query.button.click()
    assert client.count("search") == 0
    assert "CRS" in stage.dock.message.text
    stage.dock.narrow.map_view.click()
    stage.search([hit(1)], "boats")
    stage.dock.narrow.map_view.click()
    assert stage.dock.state == "results"  # the sentence is still that of the places
    stage.dock.query.set_text("a canal")
    stage.dock.query.button.click()
    assert "CRS" in stage.dock.message.text
    assert stage.dock.hits.hits.rowCount() == 0  # nothing old under a new sentence
    assert stage.controller.layers.layer is None


def test_copy_puts_the_middle_on_the_clipboard(stage):
    stage.ready()
    stage.search([hit(1)])
    stage.dock.hits.setCurrentIndex(stage.dock.hits.hits.index(0))
    QTest.keyClick(stage.dock.hits, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "4.012500, 52.002000"


def test_a_scene_that_is_gone_is_named(stage):
    stage.ready()
    stage.search([hit(1)])
    stage.dock.hits.setCurrentIndex(stage.dock.hits.hits.index(0))
    QTest.keyClick(stage.dock.hits, Qt.Key.Key_Return)
    assert "/data/town.tif" in stage.dock.message.text


def test_clear_leaves_nothing_and_keep_leaves_the_layer(stage):
    stage.ready()
    stage.search([hit(1)])
    stage.dock.header.keep.click()
    stage.search([hit(1), hit(2)], "farms")
    assert len(QgsProject.instance().mapLayers()) == 2
    stage.dock.header.clear.click()
    assert [layer.name() for layer in QgsProject.instance().mapLayers().values()] == ["boats"]
    assert stage.dock.state == "ready"
    assert not stage.dock.header.isVisible()


def test_thumbnails_are_asked_for_what_is_in_view(stage, client, until):
    stage.ready()
    stage.search([hit(rank, 0.9 - rank * 0.001) for rank in range(1, 501)])
    until(lambda: client.count("thumbnails") == 1)
    places = client.last("thumbnails")[1]["places"]
    assert places[0]["window"] == [100, 0, 224, 224]
    assert len(places) <= 30


def test_a_long_answer_is_shown_in_pieces_and_none_of_a_dropped_one(stage, client, stalls, until):
    stage.ready()
    many = answer([hit(rank, 0.9 - rank * 1e-4) for rank in range(1, 2001)])
    stage.dock.query.set_text("boats")
    gc.collect()
    gc.freeze()  # what earlier tests left behind must not be gone through in this one's time
    with stalls:
        stage.dock.query.line.returnPressed.emit()
        spin(0.02)  # an answer never comes in the turn of its question
        client.answer("search", many)
        until(lambda: stage.dock.hits.hits.rowCount() == 2000)
        until(lambda: stage.controller.layers.layer is not None)
        until(lambda: stage.controller.layers.layer.featureCount() == 2000)
    gc.unfreeze()
    stalls.check()
    stage.dock.query.line.returnPressed.emit()
    client.answer("search", many)
    stage.dock.header.clear.click()
    QApplication.processEvents()
    assert stage.dock.hits.hits.rowCount() == 0
    assert stage.controller.layers.layer is None


def test_a_refused_sentence_is_not_remembered(stage, client):
    stage.ready()
    stage.dock.query.set_text("boat " * 2000)
    stage.dock.query.button.click()
    client.refuse("search", "too long")
    assert Settings().history == []


def test_nonsense_at_the_end_of_a_long_answer_is_a_refusal(stage, client, until):
    stage.ready()
    stage.dock.query.set_text("boats")
    stage.dock.query.button.click()
    client.answer("search", answer([*(hit(rank) for rank in range(1, 900)), {"rank": 900}]))
    until(lambda: not stage.dock.query.busy)
    assert stage.dock.state == "refused"
    assert stage.dock.hits.hits.rowCount() == 0


def test_to_look_at_a_hit_does_not_narrow_the_next_search(stage, client, qgis_iface):
    canvas = qgis_iface.mapCanvas()
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    canvas.setExtent(QgsRectangle(3, 51, 6, 53))
    stage.ready()
    stage.dock.narrow.map_view.click()
    stage.search([hit(1), hit(2)])
    first = client.last("search")[1]["where"]["bbox"]
    assert not stage.dock.narrow.here.isEnabled()
    list_at = stage.dock.hits.mapTo(stage.dock, QPoint())
    stage.dock.hits.setCurrentIndex(stage.dock.hits.hits.index(0))
    canvas.setExtent(QgsRectangle(4.01, 52, 4.02, 52.01))
    assert stage.dock.narrow.here.isEnabled()
    spin(0.05)
    assert stage.dock.hits.mapTo(stage.dock, QPoint()) == list_at
    stage.search([hit(1)], "a canal")
    assert client.last("search")[1]["where"]["bbox"] == first
    stage.dock.narrow.here.click()
    west, south, east, north = client.last("search")[1]["where"]["bbox"]
    assert west > first[0]
    assert south > first[1]
    assert east < first[2]
    assert north < first[3]
    assert client.last("search")[1]["query"] == "a canal"
    assert not stage.dock.narrow.here.isEnabled()
    client.answer("search", answer([hit(1)], "a canal"))
    stage.dock.narrow.map_view.click()
    canvas.setExtent(QgsRectangle(1, 51, 2, 52))
    assert stage.dock.narrow.here.isHidden()
    assert "where" not in client.last("search")[1]


def test_places_of_one_size(stage, client):
    stage.ready()
    sizes = stage.dock.narrow.sizes
    assert [sizes.itemText(row) for row in range(sizes.count())] == ["All sizes", "112 m", "448 m"]
    stage.dock.narrow.set_sizes([0.998, 300.0, 1000.0])
    assert [sizes.itemText(row) for row in range(1, 4)] == ["1 m", "300 m", "1 km"]
    stage.dock.narrow.set_sizes([112.0, 448.0])
    stage.search([hit(1)])
    assert "where" not in client.last("search")[1]
    sizes.setCurrentIndex(1)
    sizes.activated.emit(1)
    assert client.last("search")[1]["where"] == {"ground_m": [112.0, 112.0]}
    client.answer("search", answer([hit(1)]))
    stage.controller.index.choose("/data/other.cmpagl")
    client.answer("open", opened("/data/other.cmpagl", ground_sizes_m=[64.0]))
    assert stage.dock.narrow.narrowing().ground_m is None
    assert sizes.isHidden()
