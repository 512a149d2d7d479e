"""What the dock says in each state."""

import re

import pytest
from qgis.core import QgsCoordinateReferenceSystem, QgsRectangle
from qgis.PyQt.QtCore import QPoint
from qgis.PyQt.QtWidgets import QAbstractButton, QApplication, QLabel, QPushButton

from cmpagl_qgis.dock.setup_dialog import CommandBox
from cmpagl_qgis.engine.interpreter import install_command
from cmpagl_qgis.errors import DIED
from cmpagl_qgis.settings import Settings
from tests.qgis.core.waiting import spin
from tests.qgis.dock.played import answer, hit, opened


def press(dock, key):
    dock.notice.findChild(QPushButton, f"cmpaglNotice_{key}").click()


def words(dock):
    """All that the notice says."""
    labels = dock.notice.findChildren(QLabel)
    return " ".join(label.text() for label in labels)


def test_nothing_is_started_before_the_dock_is_seen(stage, client):
    assert client.state == "stopped"
    stage.show()
    assert client.state == "starting"
    assert stage.dock.state == "starting"


def test_no_engine_says_one_sentence_and_offers_to_install_and_set_up(make_stage, client):
    stage = make_stage(named=False)
    stage.show()
    client.change("died", "No engine is set up.")
    assert stage.dock.state == "no_engine"
    assert [key for key, _label in stage.dock.notice.notice.actions] == ["install", "setup"]
    press(stage.dock, "setup")
    setup = stage.controller.engine.setup
    assert setup.isVisible()
    setup.findChild(CommandBox).copy_button.click()
    assert QApplication.clipboard().text() == install_command()
    assert "No engine" in stage.dock.status.text


def test_an_engine_that_does_not_start_tells_why(stage, client):
    stage.show()
    client.change("died", "There is no file /nowhere/python.")
    assert stage.dock.state == "not_started"
    assert "/nowhere/python" in words(stage.dock)
    press(stage.dock, "restart")
    assert client.restarts == 1


def test_details_opened_twice_are_two_and_each_is_kept_while_it_is_open(stage):
    engine = stage.controller.engine
    engine.show_details()
    first = engine.details
    engine.show_details()
    second = engine.details
    first.close()
    assert engine.details is second
    second.close()
    assert engine.details is None


def test_no_index_offers_to_build_and_to_open(stage, client):
    stage.show()
    client.change("ready")
    assert stage.dock.state == "no_index"
    press(stage.dock, "build_layers")
    assert stage.controller.index_view.dialog.isVisible()


def test_opening_then_ready_with_sentences_to_try(stage, client):
    stage.show()
    client.change("ready")
    stage.controller.index.choose("/data/town.cmpagl")
    assert stage.dock.state == "opening"
    client.answer("open", opened())
    assert stage.dock.state == "ready"
    assert stage.dock.index.combo.currentText() == "town (3 scenes, 12,480 chips)"
    suggestion = stage.dock.notice.findChild(QPushButton, "cmpaglSuggestion")
    suggestion.click()
    assert client.last("search")[1]["query"] == suggestion.text().strip("“”")


def test_an_index_that_is_gone_or_newer_is_named_with_the_engines_words(stage, client):
    stage.show()
    client.change("ready")
    stage.controller.index.choose("/data/gone.cmpagl")
    client.refuse("open", "there is no index at /data/gone.cmpagl; build it again")
    assert stage.dock.state == "not_opened"
    assert "build it again" in words(stage.dock)
    press(stage.dock, "retry_index")
    client.answer("open", opened("/data/gone.cmpagl"))
    assert stage.dock.state == "ready"


def test_an_index_of_another_model_is_refused_before_any_search(stage):
    stage.ready(searchable=False, why_not="made by model other 1234; wanted cmpagl_lite ffff")
    assert stage.dock.state == "not_searchable"
    assert "made by model other 1234" in words(stage.dock)


def test_searching_then_results(stage, client):
    stage.ready()
    stage.dock.query.set_text("boats")
    stage.dock.query.button.click()
    assert stage.dock.state == "searching"
    assert stage.dock.query.button.text() == "Stop"
    assert stage.dock.busy.isVisible()
    client.answer("search", answer([hit(1), hit(2)]))
    assert stage.dock.state == "results"
    assert stage.dock.query.button.text() == "Search"
    assert not stage.dock.busy.isVisible()
    assert stage.dock.status.text.startswith("2 places in 0.12 s\nCPU, cmpagl_lite")


def test_no_match_above_the_threshold_tells_the_best_score(stage):
    Settings().min_score = 0.5
    stage.ready()
    stage.search([hit(1, 0.31), hit(2, 0.3)])
    assert stage.dock.state == "no_match"
    assert "0.500" in words(stage.dock)
    assert "0.310" in words(stage.dock)
    press(stage.dock, "show_all")
    assert stage.dock.state == "results"
    assert stage.dock.hits.hits.rowCount() == 2


def test_nothing_inside_the_filters_offers_to_search_everywhere(stage, client, qgis_iface):
    canvas = qgis_iface.mapCanvas()
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    canvas.setExtent(QgsRectangle(10, 50, 11, 51))
    stage.ready()
    stage.dock.narrow.map_view.click()
    stage.search([])
    west, south, east, north = client.last("search")[1]["where"]["bbox"]
    assert west <= 10
    assert south <= 50
    assert east >= 11
    assert north >= 51
    assert stage.dock.state == "nothing_there"
    press(stage.dock, "everywhere")
    assert "where" not in client.last("search")[1]


def test_the_engine_dies_with_nothing_shown(stage, client):
    stage.ready()
    client.change("died", "The engine crashed (signal 11).")
    assert stage.dock.state == "died"
    assert "signal 11" in words(stage.dock)
    press(stage.dock, "details")
    text = stage.controller.engine.details.text.toPlainText()
    assert "last words" in text
    assert "/data/town.cmpagl" in text
    press(stage.dock, "restart")
    client.change("ready")
    client.answer("open", opened())
    assert stage.dock.state == "ready"


def test_the_engine_dies_in_a_search_and_results_stay(stage, client):
    stage.ready()
    stage.search([hit(1)])
    stage.dock.query.button.click()
    client.change("died", "The engine ended.")
    client.refuse("search", "The engine ended.", DIED)
    assert stage.dock.state == "results"
    assert "The engine ended." in stage.dock.message.text
    assert not stage.dock.query.busy
    assert not stage.dock.header.refine.isEnabled()


@pytest.mark.parametrize(("methods", "enabled"), [(["none"], False), (["none", "smr"], True)])
def test_refine_is_off_with_a_reason_where_the_model_cannot(stage, client, methods, enabled):
    stage.ready()
    client.change("ready", rerank=methods)
    stage.search([hit(1)])
    assert stage.dock.header.refine.isEnabled() == enabled
    assert ("cannot refine" in stage.dock.header.refine.toolTip()) != enabled


def test_details_name_everything(stage):
    stage.ready()
    stage.dock.status.details.click()
    text = stage.controller.engine.details.text.toPlainText()
    for word in ("QGIS", "Qt, PyQt", "cmpagl_lite", "4711", "Plugin: 0.1.0", "last words"):
        assert word in text


def ranks(stage):
    model = stage.dock.hits.hits
    return [model.hit_at(row).rank for row in range(model.rowCount())]


def measure(dock):
    return dock.findChild(QLabel, "cmpaglMeasureLabel").text()


def judged(number, relevance, score=0.3):
    return {**hit(number, score), "relevance": relevance}


def test_the_slider_starts_at_the_cutoff_and_shows_relevance(stage):
    stage.ready()
    hits = [judged(1, 0.8), judged(2, 0.45), judged(3, 0.2), judged(4, 0.004)]
    stage.search(hits, cutoff=0.4, notice="", found=True)
    dock = stage.dock
    assert ranks(stage) == [1, 2]
    assert 0 < dock.header.slider.value() < dock.header.slider.maximum()
    assert "80 %" in dock.hits.hits.index(0).data()
    assert measure(dock) == "Relevance"
    assert stage.controller.layers.layer.featureCount() == 2
    dock.header.slider.setValue(0)
    assert ranks(stage) == [1, 2, 3, 4]
    assert "<1 %" in dock.hits.hits.index(3).data()
    stage.search([hit(1, 0.31)], "farms")  # an older engine: scores only
    assert ranks(stage) == [1]
    assert "0.310" in dock.hits.hits.index(0).data()
    assert measure(dock) == "Score"


def test_where_nothing_fits_the_notice_says_so_and_the_nearest_can_be_shown(stage):
    notice = "nothing here looks like 'a red telephone'; the model does not know: telephone"
    stage.ready()
    hits = [judged(1, 0.05), judged(2, 0.02)]
    stage.search(hits, "a red telephone", cutoff=0.3, notice=notice, found=False)
    assert stage.dock.state == "no_match"
    sentence = "Nothing here looks like 'a red telephone'; the model does not know: telephone."
    assert sentence in words(stage.dock)
    press(stage.dock, "show_all")
    assert ranks(stage) == [1, 2]
    assert stage.dock.message.text == sentence


@pytest.mark.parametrize(
    ("relevances", "cutoff", "shown", "said"),
    [
        ((0.9, 0.4), 0.0, 2, "all"),
        ((0.9, 0.001), 0.0012, 1, "≥ 0.1 %"),  # far less than a step of the slider
        ((0.9, 0.01), 0.014, 1, "≥ 1 %"),
        ((0.2, 0.2), 0.3, 0, "≥ 30 %"),
    ],
)
def test_the_slider_never_says_all_where_places_are_hidden(stage, relevances, cutoff, shown, said):
    stage.ready()
    hits = [judged(rank, chance) for rank, chance in enumerate(relevances, 1)]
    stage.search(hits, cutoff=cutoff, notice="", found=True)
    assert len(ranks(stage)) == shown
    assert stage.dock.header.findChild(QLabel, "cmpaglScoreLabel").text() == said


def sticking_out(root):
    """Names of buttons and labels that a person sees cut off at a side."""
    parts = [*root.findChildren(QAbstractButton), *root.findChildren(QLabel)]
    cut = []
    for part in (one for one in parts if one.isVisible()):
        left = part.mapTo(root, QPoint(0, 0)).x()
        if left < 0 or left + part.width() > root.width():
            cut.append(part.objectName())
    return cut


def test_a_dock_of_280_px_shows_all_of_every_state(make_stage, client, until):
    stage = make_stage(named=False)
    stage.show()
    states = []

    def look():
        stage.window.resize(280, 720)
        spin(0.05)
        assert stage.window.width() == 280
        assert sticking_out(stage.dock) == [], states
        states.append(stage.dock.state)

    client.change("died", "No engine is set up.")
    look()
    client.change("ready")
    look()
    stage.ready()
    look()
    stage.search([hit(n + 1, relevance=0.8) for n in range(1200)], "boats on a long canal")
    until(lambda: stage.dock.state == "results")
    look()
    path = "/data/a_folder_of_somebody_who_gives_long_names/harbour_2024_index.cmpagl"
    stage.dock.message.tell(f"{path} is gone.", warning=True)
    look()
    label = stage.dock.message.findChild(QLabel, "cmpaglMessageText")
    assert (label.text(), label.toolTip()) == (f"{path} is gone.", f"{path} is gone.")
    seen = QLabel.text(label)
    assert re.fullmatch("/data.*….*cmpagl is gone.", seen)
    stage.window.resize(900, 720)
    spin(0.05)
    assert QLabel.text(label) == f"{path} is gone."
    assert label.toolTip() == ""
    stage.controller.index.choose(path)
    client.refuse("open", f"{path}: found no index.json")
    look()
    assert states[:4] == ["no_engine", "no_index", "ready", "results"]
    assert states[4:] == ["results", "not_opened"]


def test_words_that_cost_a_line_are_left_out_beside_the_switches(stage):
    stage.ready()
    bar = stage.dock.narrow
    assert bar.sizes.isVisible()
    seen = []
    for width in range(280, 720, 10):
        stage.window.resize(width, 720)
        spin(0.02)
        lines = round(bar.heightForWidth(bar.width()) / bar.count.sizeHint().height())
        assert bar.height() == bar.heightForWidth(bar.width())
        seen.append((lines, bar.count.text()))
    assert (1, "50") in seen
    assert seen[-1] == (1, "Best 50")
    assert seen == sorted(seen, key=lambda one: -one[0])  # wider: never more lines
