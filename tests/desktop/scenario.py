"""From the zip to a plugin loaded anew, faults included, in a real QGIS; given to ``qgis --code``.

Every step looks at what the user sees. What is found goes into a report, which the test reads.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

TASKS = json.loads(Path(os.environ["CMPAGL_DESKTOP_TASKS"]).read_text(encoding="utf-8"))
sys.path.insert(0, TASKS["here"])

import pyplugin_installer  # noqa: E402 - part of QGIS
from hands import (  # noqa: E402 - beside this file
    alive,
    dock,
    file_dialog,
    later,
    matches,
    name_in_dialog,
    part,
    plugin,
    state,
    traces,
    windows,
)
from in_qgis import Pause, Run, Wait, pause  # noqa: E402 - beside this file
from qgis.core import (  # noqa: E402
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsProject,
    QgsRasterLayer,
)
from qgis.PyQt.QtCore import Qt, QTimer  # noqa: E402
from qgis.PyQt.QtTest import QTest  # noqa: E402
from qgis.PyQt.QtWidgets import QApplication, QWidget  # noqa: E402
from qgis.utils import iface, loadPlugin, plugins, startPlugin, unloadPlugin  # noqa: E402

PROJECT_CRS = "EPSG:3857"


def scenario(run):
    """From the zip to the export."""
    run.note("qgis", Qgis.QGIS_VERSION)
    iface.mainWindow().resize(1560, 960)
    yield pause(1.5)
    yield from install(run)
    yield from set_up(run)
    yield from load_scenes(run)
    yield from build(run)
    yield from search(run)
    yield from choose(run)
    yield from export(run)
    yield from search_by_example(run)
    yield from cancel_a_build(run)
    yield from survive_a_crash(run)
    yield from reload(run)


def install(run):
    """Through QGIS's own "Install from ZIP"."""
    before = windows()
    pyplugin_installer.instance().installFromZipFile(TASKS["zip"])
    yield Wait("the plugin", lambda: "cmpagl_qgis" in plugins)
    run.note("new_windows_of_install", sorted(windows() - before))
    plugin().action.trigger()
    yield Wait("the dock", lambda: dock().isVisible())
    dock().setMinimumWidth(400)
    yield pause(0.8)
    run.note("state_without_engine", dock().state)
    run.picture("no-engine")


def set_up(run):
    """Name the engine's Python, test it, use it."""
    later(part(QWidget, "cmpaglNotice_setup").click)
    yield Wait("Set up", lambda: plugin().controller.engine.setup)
    dialog = plugin().controller.engine.setup
    dialog.path.clear()
    QTest.keyClicks(dialog.path, TASKS["python"])
    later(dialog.test.click)
    yield Wait("a verdict", lambda: TASKS["version"] in dialog.verdict.text(), 60)
    run.note("verdict", dialog.verdict.text())
    run.picture("set-up", dialog)
    later(dialog.accept)
    yield Wait("the engine", lambda: plugin().client.state == "ready", 60)
    run.note("engine_pids", [plugin().client.pid])
    run.note("state_without_index", dock().state)


def load_scenes(run):
    """Scenes in a project of another CRS."""
    layers = [QgsRasterLayer(path, Path(path).stem) for path in TASKS["scenes"].split("\n")]
    QgsProject.instance().addMapLayers(layers)
    yield pause(0.3)
    later(lambda: QgsProject.instance().setCrs(QgsCoordinateReferenceSystem(PROJECT_CRS)))
    yield pause(1.5)
    question = QApplication.activeModalWidget()
    if question is not None:  # which transformation: QGIS asks it for Dutch scenes
        later(question.accept)
        yield pause(0.5)
    iface.setActiveLayer(layers[0])
    iface.zoomToActiveLayer()
    yield pause(1.5)
    run.note("scenes_valid", all(layer.isValid() for layer in layers))


def build(run):
    """An index of the project's layers, from the dock."""
    menu = dock().index.build_menu
    action = next(a for a in menu.actions() if a.objectName() == "cmpaglBuild_layers")
    later(action.trigger)
    yield Wait("the build dialog", lambda: plugin().controller.index_view.dialog)
    dialog = plugin().controller.index_view.dialog
    dialog.index.setText(TASKS["index"])
    yield Wait("the count of chips", lambda: not dialog.scenes.table.totals().uncounted)
    run.picture("build", dialog)
    told = []
    plugin().client.progressed.connect(lambda _number, *step: told.append(step))
    run.heart.fresh()
    later(dialog.accept)
    yield Wait("the build", lambda: plugin().controller.builds.order is not None)
    while plugin().controller.builds.order is not None:
        yield pause(0.1)
    run.note("pause_building", run.heart.worst())
    run.note("progress_steps", len(set(told)))
    yield Wait("the index", lambda: plugin().controller.index.info)
    run.note("index_chips", plugin().controller.index.info.chips)
    yield pause(0.5)
    run.picture("ready")


def search(run):
    """A sentence, key by key, and Enter."""
    line = dock().query.line
    line.setFocus(Qt.FocusReason.OtherFocusReason)
    QTest.keyClicks(line, TASKS["query"])
    yield pause(0.3)
    run.heart.fresh()
    began = time.perf_counter()
    later(lambda: QTest.keyClick(line, Qt.Key.Key_Return))
    yield Wait("places", lambda: dock().state in {"results", "no_match"}, 60)
    run.note("search_s", round(time.perf_counter() - began, 3))
    yield pause(1.5)
    run.note("pause_searching", run.heart.worst())
    answer = plugin().controller.results.answer
    run.note("cutoff", answer.cutoff)
    run.note("slider_at", plugin().controller.results.min_strength)
    fitting = sum(hit.relevance >= answer.cutoff for hit in answer.hits)
    run.note("rows_that_fit", [fitting, dock().hits.model().rowCount()])
    plugin().controller.results.show_all()
    yield pause(0.5)
    layer = matches()
    run.note("list_rows", dock().hits.model().rowCount())
    run.note("features", layer.featureCount())
    run.note("layer_crs", layer.crs().authid())
    group = QgsProject.instance().layerTreeRoot().children()[0]
    run.note("group", group.name())
    run.note("scores_fall", scores() == sorted(scores(), reverse=True))
    warm = time.perf_counter()
    yield new_answer(
        "the answer to the same sentence", lambda: QTest.keyClick(line, Qt.Key.Key_Return)
    )
    plugin().controller.results.show_all()
    run.note("warm_search_s", round(time.perf_counter() - warm, 3))
    yield pause(1.0)
    run.picture("results")


def choose(run):
    """A row selects and zooms; a feature selects its row; the slider hides without a search."""
    dock().hits.setFocus(Qt.FocusReason.OtherFocusReason)
    dock().hits.select_rank(1)
    yield pause(0.3)
    QTest.keyClick(dock().hits, Qt.Key.Key_Down)
    yield pause(1.5)
    run.note("row_after_down", dock().hits.current_rank())
    selected = [feature["rank"] for feature in matches().selectedFeatures()]
    run.note("selected_on_map", selected)
    box = matches().boundingBoxOfSelected()
    crs = iface.mapCanvas().mapSettings().destinationCrs()
    way = QgsCoordinateTransform(matches().crs(), crs, QgsProject.instance())
    seen = way.transformBoundingBox(box)
    run.note("canvas_crs", crs.authid())
    run.note("zoomed_to_it", iface.mapCanvas().extent().contains(seen))
    run.note("zoom_width_ratio", iface.mapCanvas().extent().width() / seen.width())
    run.picture("selected")
    third = next(f.id() for f in matches().getFeatures() if f["rank"] == 3)
    matches().selectByIds([third])
    yield pause(0.5)
    run.note("row_after_feature", dock().hits.current_rank())
    slider = dock().header.slider
    slider.setValue((slider.minimum() + slider.maximum()) // 2)
    yield pause(0.6)
    run.note("rows_above_middle", dock().hits.model().rowCount())
    run.note("features_above_middle", matches().featureCount())
    slider.setValue(slider.minimum())
    yield pause(0.5)
    dock().hits.set_grid(grid=True)
    yield pause(1.0)
    run.picture("tiles")
    dock().hits.set_grid(grid=False)


def export(_run):
    """Save the places through the file dialog."""
    action = next(
        a for a in dock().header.export.menu().actions() if a.objectName() == "cmpaglExport_gpkg"
    )
    later(action.trigger)
    yield Wait("the file dialog", lambda: file_dialog() is not None)
    name_in_dialog().setText(TASKS["export"])
    later(file_dialog().accept)
    yield Wait("the file", lambda: Path(TASKS["export"]).is_file() and file_dialog() is None, 20)
    yield pause(1.0)


def search_by_example(run):
    """More like the best place."""
    yield new_answer("the answer by example", lambda: dock().hits.actionRequested.emit("like", 1))
    yield pause(0.8)
    run.note("examples", len(plugin().controller.examples.chosen))
    run.picture("like")
    run.note("rows_by_example", dock().hits.model().rowCount())


def cancel_a_build(run):
    """Stop a build in the middle: at once, and QGIS lives."""
    run.heart.fresh()
    build_large()
    yield Wait("progress", lambda: dock().build.bar.value() > 0, 60)
    began = time.perf_counter()
    QTest.mouseClick(dock().build.stop, Qt.MouseButton.LeftButton)
    yield Wait("the end of the build", lambda: plugin().controller.builds.order is None, 10)
    run.note("cancel", Pause.between(began, time.perf_counter())._asdict())
    run.note("pause_cancelling", run.heart.worst())
    yield Wait("the engine", lambda: plugin().client.state == "ready", 60)


def survive_a_crash(run):
    """The engine is killed while it works; the dock says so, and Restart mends it."""
    build_large()
    yield Wait("progress", lambda: dock().build.bar.value() > 0, 60)
    run.heart.fresh()
    killed = plugin().client.pid
    os.kill(killed, signal.SIGKILL)
    yield Wait("word of it", lambda: plugin().client.state == "died", 10)
    yield pause(0.6)
    run.note("pause_crash", run.heart.worst())
    run.note("said_after_crash", dock().message.text or dock().notice.notice.title)
    run.picture("engine-died")
    plugin().client.restart()
    yield Wait("the engine", lambda: plugin().client.state == "ready", 60)
    run.found["engine_pids"].append(plugin().client.pid)
    dock().index.chosen.emit(TASKS["index"])
    yield Wait("the index", lambda: plugin().controller.index.info)
    line = dock().query.line
    line.clear()
    QTest.keyClicks(line, "a factory")
    yield new_answer("an answer after the restart", lambda: QTest.keyClick(line, Qt.Key.Key_Return))
    plugin().controller.results.show_all()
    yield pause(0.5)
    run.picture("restarted")
    run.note("rows_after_restart", dock().hits.model().rowCount())


def reload(run):
    """Unload and load again leaves nothing behind."""
    pid = plugin().client.pid
    unloadPlugin("cmpagl_qgis")
    yield Wait("the engine to leave", lambda: not alive(pid), 5)
    run.note("left_by_unload", sorted(traces() - {"CMPAGL"}))  # QGIS keeps an emptied menu hidden
    run.note("matches_after_unload", len(match_layers()))
    loadPlugin("cmpagl_qgis")
    startPlugin("cmpagl_qgis")
    yield Wait("the plugin", lambda: "cmpagl_qgis" in plugins)
    yield pause(0.5)
    run.note("back_after_loading", {"CmpaglSearchDock", "cmpaglAction"} <= traces())
    if plugin().client.state == "stopped":
        plugin().client.start()
    yield Wait("the engine", lambda: plugin().client.state == "ready", 60)
    run.found["engine_pids"].append(plugin().client.pid)


def build_large():
    """Begin an index that takes a while."""
    from cmpagl_qgis.dock.build_order import BuildOrder  # noqa: PLC0415 - installed by the script

    plugin().controller.builds.build(BuildOrder(TASKS["second_index"], (TASKS["large"],), ()))


def new_answer(what, ask):
    """Ask, and wait for another answer than the one shown, which may say the very same."""
    results = plugin().controller.results
    before = results.answer
    later(ask)
    return Wait(what, lambda: results.answer is not None and results.answer is not before, 60)


def match_layers():
    layers = QgsProject.instance().mapLayers().values()
    return [layer for layer in layers if layer.customProperty("cmpagl/matches")]


def scores():
    by_rank = sorted((f["rank"], f["score"]) for f in matches().getFeatures())
    return [score for _, score in by_rank]


QTimer.singleShot(2500, lambda: sys.modules.__setitem__("cmpagl_run", Run(TASKS, scenario, state)))
