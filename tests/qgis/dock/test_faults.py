"""Faults that users met, each as it was met."""

from __future__ import annotations

import sys

import pytest
from qgis.core import (
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QCoreApplication, QEvent, QPoint, QRect, QSize, Qt
from qgis.PyQt.QtGui import QColor, QHelpEvent, QPalette, QPixmap
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import (
    QApplication,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QPushButton,
)

from cmpagl_qgis.dock import strips
from cmpagl_qgis.dock.build_order import BuildOrder
from cmpagl_qgis.dock.small_widgets import ElidedLabel
from cmpagl_qgis.errors import DIED, NOT_STARTED
from cmpagl_qgis.flow.unfinished import unfinished
from cmpagl_qgis.map.scale import RAMP, TOP_COLOUR
from cmpagl_qgis.settings import Settings
from tests.qgis.core.painted import paint
from tests.qgis.core.waiting import spin
from tests.qgis.dock.played import answer, hit, opened

ORDER = BuildOrder("/data/mixed_2.cmpagl", ("/data/a.tif",), ())


def message_button(stage):
    return stage.dock.message.findChild(QPushButton, "cmpaglMessageAction")


def delete_what_is_to_be_deleted():
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_details_closed_before_quit_leave_nothing_to_close(stage):
    stage.ready()
    stage.dock.status.details.click()
    stage.controller.engine.details.close()
    delete_what_is_to_be_deleted()
    stage.close()  # as unload does: no RuntimeError of a deleted dialog
    assert stage.controller.engine.details is None


@pytest.mark.parametrize("code", [NOT_STARTED, -32000])
def test_a_build_that_could_not_begin_leaves_the_list_as_it_was(stage, client, code):
    stage.ready()
    stage.controller.builds.build(ORDER)
    client.refuse("index", "There is no engine.", code)
    client.answer("open", opened())
    assert Settings().recent_indexes == ["/data/town.cmpagl"]
    assert stage.dock.index.current == "/data/town.cmpagl"
    assert stage.dock.state == "ready"
    assert "There is no engine." in stage.dock.message.text


def test_nothing_can_be_built_without_an_engine_and_set_up_is_offered(make_stage, client):
    stage = make_stage(named=False)
    stage.show()
    client.change("died", "No engine is set up.")
    stage.dock.index.buildRequested.emit("layers")
    assert stage.controller.index_view.dialog is None
    assert "engine" in stage.dock.message.text
    assert message_button(stage).text() == "Set up…"


def test_an_engine_that_is_not_installed_is_said_in_words(stage, client, tmp_path, until):
    from cmpagl_qgis.engine.client import EngineClient  # noqa: PLC0415 - the real one, for once
    from cmpagl_qgis.engine.interpreter import Launch, engine_environment  # noqa: PLC0415

    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I "$@"\n')
    bare.chmod(0o755)
    command = (str(bare), "-m", "cmpagl_model.cli", "serve")
    real = EngineClient(lambda: Launch(command, engine_environment(), origin="test"))
    real.start()
    until(lambda: real.state == "died")
    assert real.problem.startswith(f"{bare} is a Python without cmpagl-qgis. Press Install the en")
    real.stop()


def test_an_unfinished_build_is_offered_once(make_stage, client):
    first = make_stage()
    first.ready()
    first.controller.builds.build(ORDER)
    first.close()
    client.obey("index")
    for told in (True, False):
        client.state = "stopped"
        later = make_stage()
        later.show()
        assert ("mixed_2 was not finished" in later.dock.message.text) == told
        later.close()


def test_what_another_window_builds_is_not_offered(make_stage, client, until):
    first = make_stage()
    first.ready()
    first.controller.builds.build(ORDER)
    until(lambda: unfinished() is None)
    second = make_stage()
    second.show()
    assert second.dock.message.text == ""
    assert unfinished() is None


def test_two_windows_remember_a_build_each(make_stage, client):
    other = BuildOrder("/data/other.cmpagl", ("/data/b.tif",), (100.0,))
    windows = [make_stage(), make_stage()]
    for window in windows:
        window.ready()
    for window, order in zip(windows, (ORDER, other), strict=True):
        window.controller.builds.build(order)
    for window in windows:
        window.close()
    client.state = "stopped"
    assert unfinished() == other
    make_stage().show()
    assert unfinished() == ORDER


@pytest.fixture
def setup_dialog(stage, monkeypatch):
    monkeypatch.delenv("CMPAGL_ENGINE_PYTHON", raising=False)
    stage.show()
    stage.controller.engine.show_setup()
    return stage.controller.engine.setup


def ok(dialog):
    return dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)


def test_a_wrong_python_is_not_taken(stage, setup_dialog, until, tmp_path):
    wrong = tmp_path / "python"
    wrong.write_text("#!/bin/sh\nexit 3\n")
    wrong.chmod(0o755)
    setup_dialog.path.setText(str(wrong))
    ok(setup_dialog).click()  # tests it first
    until(setup_dialog.test.isEnabled)
    assert setup_dialog.isVisible()
    assert setup_dialog.verdict.text().startswith("✗")
    assert Settings().engine_python == ""


def test_after_a_crash_every_refusal_offers_to_restart(stage, client):
    stage.ready()
    stage.search([hit(1)])
    client.change("died", "The engine ended.")
    assert message_button(stage).text() == "Restart"
    stage.dock.message.clear()
    stage.dock.query.line.returnPressed.emit()
    client.refuse("search", "The engine ended.", DIED)
    assert message_button(stage).text() == "Restart"
    stage.dock.message.clear()
    stage.controller.index_view.damage.ask("/data/town.cmpagl")
    client.refuse("damage", "The engine ended.", DIED)
    message_button(stage).click()
    assert client.restarts == 1


def test_the_keyboard_is_in_the_box_when_a_build_begins(stage, client):
    stage.ready()
    stage.window.activateWindow()
    stage.dock.index.add_button.setFocus()
    stage.controller.builds.build(ORDER)
    assert QApplication.focusWidget() is stage.dock.query.line


def subject(stage):
    return stage.dock.header.findChild(ElidedLabel, "cmpaglSubjectLabel")


def test_a_header_says_what_the_list_shows_and_greys_when_the_box_differs(stage):
    stage.ready()
    stage.search([hit(1)], "boats")
    assert subject(stage).text() == "“boats” in town"
    fresh = subject(stage).palette().color(QPalette.ColorRole.WindowText)
    stage.dock.query.set_text("boats and ships")
    assert subject(stage).palette().color(QPalette.ColorRole.WindowText) != fresh
    stage.dock.query.set_text(" boats ")
    assert subject(stage).palette().color(QPalette.ColorRole.WindowText) == fresh


def test_after_a_refused_search_no_old_places_stand_under_a_new_sentence(stage, client):
    stage.ready()
    stage.search([hit(1)], "boats")
    stage.dock.query.set_text("word " * 99)
    stage.dock.query.line.returnPressed.emit()
    client.refuse("search", "found 99 words; next: say it in one sentence")
    assert stage.dock.state == "refused"
    assert "place" not in stage.dock.status.text
    assert stage.controller.layers.layer is None
    assert stage.dock.hits.hits.rowCount() == 0


def test_a_click_outside_every_scene_says_so_and_leaves_no_example(stage, client):
    stage.ready()
    stage.search([hit(1)], "boats")
    stage.controller.examples.tool.picked.emit(0.0, 0.0)
    client.refuse("similar", "the point lies in no chip; next: choose another point")
    assert "choose another point" in stage.dock.message.text.lower()
    assert stage.controller.examples.chosen == ()
    assert stage.dock.state == "results"
    stage.dock.query.line.returnPressed.emit()
    assert "like" not in client.requests[-1][2]


def test_filters_act_on_the_sentence_in_the_box(stage, client):
    stage.ready()
    stage.search([hit(1)], "boats")
    stage.dock.query.set_text("ships")
    stage.dock.narrow.changed.emit()
    assert client.last("search")[1]["query"] == "ships"


def test_a_place_of_a_scene_that_is_not_loaded_offers_to_load_it(stage, tmp_path):
    scene = str(paint(tmp_path / "scene.tif"))
    stage.ready()
    stage.search([hit(1, scene=scene), hit(2, scene=scene)], "boats")
    stage.dock.hits.select_rank(1)
    stage.dock.hits.picked.emit(1)
    assert stage.dock.message.text.startswith("scene.tif is not in the project")
    message_button(stage).click()
    assert [one.source() for one in QgsProject.instance().mapLayers().values()
            if isinstance(one, QgsRasterLayer)] == [scene]  # fmt: skip
    assert stage.dock.message.text == ""
    stage.dock.hits.picked.emit(2)
    assert stage.dock.message.text == ""


def light(colour):
    """Relative luminance (WCAG 2)."""
    linear = [
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4
        for c in (x / 255 for x in colour)
    ]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_every_colour_of_a_score_is_seen_on_dark_grey():
    ground = light((0x33, 0x33, 0x33)) + 0.05
    assert min((light(colour) + 0.05) / ground for colour in RAMP) > 2.5


@pytest.mark.parametrize(("ground", "ink"), [("#333333", "#eeeeee"), ("#efefef", "#000000")])
def test_a_warning_is_seen_on_both_themes(stage, ground, ink):
    stage.ready()
    palette = QPalette(QColor(ground))
    palette.setColor(QPalette.ColorRole.WindowText, QColor(ink))
    stage.dock.message.tell("The disk is full.", warning=True)
    stage.dock.message.recolor(palette)
    sign = stage.dock.message.findChild(QLabel, "cmpaglMessageIcon").pixmap()
    image = QPixmap(sign).toImage()
    strip = stage.dock.message.palette().color(QPalette.ColorRole.Window)
    drawn = [
        image.pixelColor(x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() > 200
    ]
    lights = sorted((light(strip.getRgb()[:3]), light(drawn[0].getRgb()[:3])))
    assert (lights[1] + 0.05) / (lights[0] + 0.05) > 4.5


@pytest.mark.parametrize(
    ("typed", "chosen", "written"),
    [
        ("/data/all.csv", "GeoPackage (*.gpkg)", "/data/all.csv"),
        ("/data/all", "CSV (*.csv)", "/data/all.csv"),
        ("/data/v1.2", "GeoJSON (*.geojson)", "/data/v1.2.geojson"),
        ("/data/all.parquet", "GeoParquet (*.parquet)", "/data/all.parquet"),
    ],
)
def test_footprints_are_saved_in_each_format_that_is_offered(
    stage, client, monkeypatch, typed, chosen, written
):
    asked = []

    def ask(_parent, _title, _file, formats):
        asked.append(formats)
        return typed, chosen

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    stage.ready()
    stage.controller.index_view.act("footprints")
    assert chosen in asked[0].split(";;")
    assert client.last("footprints")[1] == {"index": "/data/town.cmpagl", "output": written}


def test_a_click_beside_the_completer_is_not_eaten(stage, client):
    stage.ready()
    Settings().add_to_history("boats on a canal")
    stage.controller.history.refresh()
    line, button = stage.dock.query.line, stage.dock.query.button
    line.setFocus()
    QTest.keyClicks(line, "boats")
    popup = line.completer().popup()
    line.completer().complete()
    assert popup.isVisible()
    there = popup.mapFromGlobal(button.mapToGlobal(button.rect().center()))
    QTest.mousePress(popup, Qt.MouseButton.LeftButton, pos=there)
    QCoreApplication.processEvents()
    assert not popup.isVisible()
    QTest.mouseRelease(button, Qt.MouseButton.LeftButton)
    assert client.last("search")[1]["query"] == "boats"
    line.completer().complete()
    assert popup.isVisible()
    line.returnPressed.emit()
    assert not popup.isVisible()  # nor does it lie over the index while the search runs


def test_no_control_moves_when_a_message_or_a_build_comes(stage, client):
    stage.ready()
    stage.search([hit(1)], "boats")
    dock = stage.dock
    parts = (dock.query, dock.index, dock.narrow, dock.header, dock.hits)
    QCoreApplication.processEvents()
    before = [part.mapTo(dock, QPoint(0, 0)) for part in parts]
    dock.message.tell("Two lines of it, and more than the dock is wide, so that it wraps. " * 2)
    stage.controller.builds.build(BuildOrder("/data/town.cmpagl", ("/data/b.tif",), ()))
    client.progressed.emit(client.last("index")[0], 1, 9, "town.tif")
    QCoreApplication.processEvents()
    assert dock.message.isVisible()
    assert dock.build.isVisible()
    assert [part.mapTo(dock, QPoint(0, 0)) for part in parts] == before


def hover(hits, row):
    place = hits.visualRect(hits.hits.index(row)).center()
    event = QHelpEvent(QEvent.Type.ToolTip, place, hits.viewport().mapToGlobal(place))
    QApplication.sendEvent(hits.viewport(), event)


def test_the_picture_under_the_mouse_is_shown_large(stage, client, until, tmp_path):
    stage.ready()
    stage.search([hit(1), hit(2)], "boats")
    hits, preview = stage.dock.hits, stage.dock.hits.preview
    until(lambda: client.count("thumbnails"))
    client.answer("thumbnails", {"files": [None, None]})
    hover(hits, 1)
    assert preview.isVisible()
    assert "#2" in preview.words.text()
    assert "town" in preview.words.text()
    assert "112 m on the ground" in preview.words.text()
    assert "Score 0.380" in preview.words.text()
    assert "No picture" in preview.picture.text()
    until(lambda: client.last("thumbnails")[1]["px"] == 384)
    assert [place["window"][0] for place in client.last("thumbnails")[1]["places"]] == [200]
    file = str(tmp_path / "large.png")
    picture = QPixmap(384, 384)
    picture.fill(Qt.GlobalColor.red)
    picture.save(file)
    client.answer("thumbnails", {"files": [file]})
    shown = preview.picture.pixmap()
    assert shown.toImage().pixelColor(5, 5).name() == "#ff0000"
    assert shown.width() == 384 * shown.devicePixelRatio()
    list_place = QRect(hits.mapToGlobal(QPoint(0, 0)), hits.size())
    assert not preview.geometry().intersects(list_place) or list_place.left() < preview.width()
    QApplication.sendEvent(hits.viewport(), QEvent(QEvent.Type.Leave))
    assert not preview.isVisible()
    hover(hits, 0)
    stage.search([hit(1)], "ships")
    assert not preview.isVisible()


def test_what_merely_informs_goes_by_itself_and_warnings_stay(make_stage, until, monkeypatch):
    monkeypatch.setattr(strips, "FADE_MS", 30)
    stage = make_stage()
    stage.ready()
    message = stage.dock.message
    message.tell("Copied.")
    assert message.isVisible()
    until(lambda: not message.isVisible())
    message.tell("Copied.")
    message.tell("The disk is full.", warning=True)
    spin(0.1)
    assert message.text == "The disk is full."
    message.tell("Not finished.", action=("resume", "Go on"))
    spin(0.1)
    assert message.text == "Not finished."


def test_a_refined_list_says_so(stage, client):
    stage.ready()
    stage.search([hit(1, relevance=0.8), hit(2, relevance=0.9)], "boats", cutoff=0.1)
    stage.dock.header.refine.click()
    again = [hit(1, relevance=0.8, probability=0.04), hit(2, relevance=0.9, probability=0.03)]
    client.answer("search", answer(again, "boats", cutoff=0.1))
    assert subject(stage).text() == "“boats” in town, refined"
    shown = [stage.dock.hits.hits.index(row).data() for row in (0, 1)]
    assert ["80 %" in shown[0], "90 %" in shown[1]] == [True, True]


def test_rows_find_their_places_when_their_layer_is_pinned_or_gone(stage, qgis_iface):
    stage.ready()
    stage.search([hit(1), hit(2)], "boats")
    canvas, band = qgis_iface.mapCanvas(), stage.controller.frame.band
    stage.dock.hits.setCurrentIndex(stage.dock.hits.hits.index(1))
    stage.dock.header.keep.click()
    assert band.numberOfVertices() > 0  # its row is still the chosen one
    for row, lose in enumerate((stage.dock.header.keep.click, QgsProject.instance().clear)):
        lose()
        spin(0.05)
        canvas.setExtent(QgsRectangle(0, 0, 1, 1))
        stage.dock.hits.setCurrentIndex(stage.dock.hits.hits.index(row))
        assert band.numberOfVertices() > 0
        assert not QgsRectangle(0, 0, 1, 1).contains(canvas.extent())


def test_a_pin_says_where_it_is(stage, tmp_path):
    stage.ready()
    stage.search([hit(1)], "boats")
    stage.dock.header.keep.click()
    assert "save the project first" in stage.dock.message.text
    QgsProject.instance().write(str(tmp_path / "town.qgz"))
    stage.search([hit(1)], "ships")
    stage.dock.header.keep.click()
    assert stage.dock.message.text == "Kept as layer ships, in town_matches.gpkg."


@pytest.mark.parametrize("relevance", [None, 0.9])
def test_what_is_saved_is_a_layer_of_the_project(stage, tmp_path, relevance):
    stage.ready()
    more = {} if relevance is None else {"cutoff": 0.1}
    stage.search([hit(1, relevance=relevance) if relevance else hit(1)], "boats", **more)
    stage.controller.actions.export_to(str(tmp_path / "boats.gpkg"))
    found = [one for one in QgsProject.instance().mapLayersByName("boats")
             if one.providerType() == "ogr"]  # fmt: skip
    assert len(found) == 1
    assert found[0].featureCount() == 1
    settings = QgsMapSettings()
    settings.setLayers(found)
    settings.setDestinationCrs(found[0].crs())
    settings.setExtent(found[0].extent().buffered(100))
    settings.setOutputSize(QSize(200, 200))
    settings.setBackgroundColor(QColor("white"))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    assert image.pixelColor(100, 100).name() == "#ffffff"  # in full view
    assert TOP_COLOUR.name() in {image.pixelColor(x, 100).name() for x in range(200)}


def test_a_grey_square_says_why(stage, client, until):
    stage.ready()
    stage.search([hit(1), hit(2)], "boats")
    tips = [stage.dock.hits.hits.index(row).data(Qt.ItemDataRole.ToolTipRole) for row in (0, 1)]
    assert not any("No picture" in tip for tip in tips)  # it may come
    until(lambda: client.count("thumbnails"))
    before = stage.dock.hits.grab().toImage()
    client.answer("thumbnails", {"files": [None, None]})
    assert "has changed" in stage.dock.hits.hits.index(0).data(Qt.ItemDataRole.ToolTipRole)
    assert stage.dock.hits.grab().toImage() != before
