"""A newcomer's first minutes: QGIS as it comes, the plugin's zip, a folder of wheels, a scene.

Given to ``qgis --code``. All is done by mouse and keys; what is read is what stands on the screen.
"""

import json
import os
import re
import sys
import time
from pathlib import Path

TASKS = json.loads(Path(os.environ["CMPAGL_DESKTOP_TASKS"]).read_text(encoding="utf-8"))
sys.path.insert(0, TASKS["here"])

from hands import (  # noqa: E402 - beside this file
    button,
    button_of,
    click,
    click_in_menu,
    click_mark,
    dock,
    file_dialog,
    in_sight,
    layers_named,
    matches,
    name_in_dialog,
    part,
    plugin,
    press,
    question,
    state,
    type_in,
)
from in_qgis import Run, Wait, pause  # noqa: E402
from qgis.core import Qgis, QgsProject  # noqa: E402
from qgis.PyQt.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl  # noqa: E402
from qgis.PyQt.QtGui import QDragEnterEvent, QDropEvent  # noqa: E402
from qgis.PyQt.QtWidgets import (  # noqa: E402
    QApplication,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QMenu,
    QMessageBox,
    QPushButton,
    QWidget,
)
from qgis.utils import iface, plugins  # noqa: E402

LONG_S = 600
"""For what a busy machine may need minutes for."""


def scenario(run):
    """From the zip to a reviewed layer in a saved project; how long each stage takes is noted."""
    run.note("qgis", Qgis.QGIS_VERSION)
    iface.mainWindow().resize(1560, 960)
    yield pause(1.5)
    took = run.found["stages_s"] = {}
    for stage in (
        install_plugin, open_dock, install_engine, load_scene, build, search, review, save_kept,
        save_project, say_goodbye,
    ):  # fmt: skip
        began = time.monotonic()
        yield from stage(run)
        took[stage.__name__] = round(time.monotonic() - began, 1)


def install_plugin(run):
    """Plugins > Manage and Install Plugins > Install from ZIP."""
    menu = iface.pluginMenu()
    click_in_menu(iface.mainWindow().menuBar(), menu.menuAction())
    yield Wait("the menu Plugins", menu.isVisible)
    click_in_menu(menu, iface.actionManagePlugins())
    yield Wait("the plugin manager", lambda: modal("QgsPluginManager"), 60)
    manager = modal("QgsPluginManager")
    pages = manager.findChild(QListWidget, "mOptionsListWidget")
    (page,) = pages.findItems("ZIP", Qt.MatchFlag.MatchContains)
    click(pages.viewport(), pages.visualItemRect(page).center())
    install = manager.findChild(QPushButton, "buttonInstallFromZip")
    yield Wait("its page for a zip", install.isVisible)
    line = manager.findChild(QWidget, "mZipFileWidget").findChild(QLineEdit)
    type_in(line, TASKS["zip"])
    yield Wait("the button Install", lambda: in_sight(install) and line.text() == TASKS["zip"])
    click(install)
    yield Wait("QGIS's warning of strangers", question)
    click(question().button(QMessageBox.StandardButton.Yes))
    yield Wait("the plugin", lambda: "cmpagl_qgis" in plugins, 60)
    yield pause(0.3)
    run.heart.fresh()
    yield Wait("the greeting", lambda: iface.messageBar().currentItem())
    yield pause(0.5)
    run.note("pause_greeting", run.heart.worst())
    run.note("greeting", iface.messageBar().currentItem().text())
    run.screen("1-plugin-installed")
    run.note("dock_before_it_is_asked_for", dock().isVisible())
    press(manager, Qt.Key.Key_Escape)
    yield Wait("the manager to go", lambda: not manager.isVisible())


def open_dock(run):
    """The button of the greeting."""
    click(button("cmpaglGreetingOpen"))
    yield Wait("the dock", dock().isVisible)
    yield Wait("the greeting to go", lambda: iface.messageBar().currentItem() is None)
    yield Wait("what it says", lambda: button("cmpaglNotice_install"))
    yield pause(0.5)
    run.note("empty_title", title())
    bar = iface.pluginToolBar()
    run.note("tool_bar", bar.windowTitle() if bar.isAncestorOf(button_of(plugin().action)) else "")
    with_keys = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    for way, shows in (("away", False), ("back", True)):
        press(iface.mainWindow(), Qt.Key.Key_I, with_keys)
        yield Wait(
            f"the dock to go {way} by its keys", lambda shows=shows: dock().isVisible() == shows
        )
    run.screen("2-no-engine")


def install_engine(run):
    """Install, from a folder of wheels, until the engine answers."""
    click(button("cmpaglNotice_install"))
    yield Wait("the dialog", lambda: shown(QDialog, "cmpaglInstall"))
    dialog = shown(QDialog, "cmpaglInstall")
    python = dialog.findChild(QWidget, "cmpaglInstallPython")
    yield Wait("word of a Python", lambda: TASKS["python"] in python.text(), 120)
    click_mark(dialog.findChild(QWidget, "cmpaglInstallFolder"))
    line = dialog.findChild(QLineEdit, "cmpaglInstallPath")
    yield Wait("the line for the folder", lambda: in_sight(line))
    type_in(line, TASKS["wheels"])
    yield Wait("the folder", lambda: line.text() == TASKS["wheels"])
    run.note("room", dialog.findChild(QLabel, "cmpaglInstallRoom").text())
    run.screen("3-install")
    verdict = dialog.findChild(QLabel, "cmpaglInstallVerdict")
    stage = part(QLabel, "cmpaglNoticeText")
    details = [one for one in dialog.findChildren(QLabel) if type(one).__name__ == "ElidedLabel"]
    told, detailed = Told(), Told()

    def over():
        told.add(stage.text())
        for detail in details:
            detailed.add(detail.text())
        return verdict.isVisible()

    heading = part(QLabel, "cmpaglNoticeTitle")
    run.heart.fresh()
    click(dialog.findChild(QPushButton, "cmpaglInstallMain"))
    yield Wait("the installation", lambda: heading.text() == "Installing the engine…")
    yield Wait("a place for it", lambda: over() or len(told.texts) > 3, LONG_S)
    run.screen("4-installing")
    yield Wait("the end of the installation", over, LONG_S)
    run.note("pause_installing", run.heart.worst())
    run.note("install_told", told.texts)
    run.note("install_details", detailed.texts)
    run.note("verdict", verdict.text())
    yield pause(0.3)
    run.screen("5-installed")
    close = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Close)
    click(close)
    yield Wait("the engine", lambda: dock().state == "no_index", 120)
    yield Wait("the dialog to go", lambda: shown(QDialog, "cmpaglInstall") is None)
    run.note("engine_said", part(QWidget, "cmpaglStatusEngine").text())
    run.note("engine_pids", [plugin().client.pid])
    run.note("no_index_title", title())
    run.screen("6-engine-ready")


def load_scene(run):
    """Files are dragged into QGIS's window."""
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile(path) for path in TASKS["scenes"].split("\n")])
    with_left = (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    how = (Qt.DropAction.CopyAction, files, *with_left)
    window = iface.mainWindow()
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(500, 500), *how))
    QApplication.sendEvent(window, QDropEvent(QPointF(500, 500), *how))
    wanted = len(TASKS["scenes"].split("\n"))
    yield Wait("the scenes", lambda: len(QgsProject.instance().mapLayers()) == wanted, 60)
    yield pause(1.0)
    run.note(
        "scenes_valid", all(one.isValid() for one in QgsProject.instance().mapLayers().values())
    )


def build(run):
    """An index of the project's scenes, as the table proposes it."""
    click(button("cmpaglNotice_build_layers"))
    yield Wait("the table", lambda: shown(QDialog, "cmpaglBuild"))
    dialog = shown(QDialog, "cmpaglBuild")
    totals = dialog.findChild(QLabel, "cmpaglBuildTotals")
    ok = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok)
    counted = re.compile(r"[^;]*chips, [^;]*")  # and nothing is still being looked at
    yield Wait("how long it takes", lambda: counted.fullmatch(totals.text()), 120)
    run.note("totals", totals.text())
    run.note("index", dialog.findChild(QLineEdit, "cmpaglBuildIndex").text())
    run.screen("7-build")
    strip, count = part(QWidget, "cmpaglBuildStrip"), part(QLabel, "cmpaglBuildCount")
    told, messages = Told(), Told()

    def over():
        told.add(count.text() if strip.isVisible() else "")
        messages.add(dock().message.text)
        return bool(told.texts) and not strip.isVisible()

    def invited():
        messages.add(dock().message.text)
        return dock().state == "ready"

    run.heart.fresh()
    click(ok)
    yield Wait("the index", over, LONG_S)
    began = time.monotonic()
    yield Wait("an invitation to search", invited, 120)
    run.note("opened_s", round(time.monotonic() - began, 1))
    run.note("pause_building", run.heart.worst())
    run.note("build_told", told.texts)
    run.note("build_messages", messages.texts)
    run.note("ready_title", title())
    yield pause(0.5)
    run.screen("8-index-built")


def search(run):
    """A sentence, key by key, and Enter."""
    line = part(QLineEdit, "cmpaglQueryLine")
    type_in(line, TASKS["query"])
    yield Wait("the sentence", lambda: line.text() == TASKS["query"])
    active = iface.activeLayer()
    run.heart.fresh()
    press(line, Qt.Key.Key_Return)
    yield Wait("places", lambda: dock().state in {"results", "no_match"}, 120)
    yield pause(1.5)
    run.note("pause_searching", run.heart.worst())
    run.note("active_layer_stays", active is not None and iface.activeLayer() is active)
    run.note("searched_state", dock().state)
    run.note("searched_title", title() if dock().state == "no_match" else "")
    run.screen("9-places")
    if dock().state == "no_match":
        click(button("cmpaglNotice_show_all"))
        yield Wait("all places", lambda: dock().state == "results")
    if len(places()) < 3:
        press(part(QWidget, "cmpaglScoreSlider"), Qt.Key.Key_Home)
        yield Wait("weaker places", lambda: len(places()) >= 3)
    began = time.monotonic()
    model = dock().hits.hits
    yield Wait("pictures of the first", lambda: all(map(model.picture, places()[:3])), 120)
    run.note("pictures_s", round(time.monotonic() - began, 1))
    yield pause(0.3)
    run.screen("10-pictures")
    run.note("list_rows", len(places()))
    run.note("found_message", part(QLabel, "cmpaglStatusFound").text())
    first = places()[0]
    run.note("first", {"rank": first.rank, "scene": first.scene, "relevance": first.relevance})
    run.note("features", matches().featureCount())


def review(run):
    """Keys alone, but for the click on the first row: keep, reject, on to the next, undo."""
    hits = dock().hits
    run.heart.fresh()
    click(hits.viewport(), hits.visualRect(hits.model().index(0, 0)).center())
    yield Wait("the first row", lambda: hits.current_rank() == 1)

    def after(tally, rank):
        return Wait(
            f"{tally} and row {rank}",
            lambda: tally in dock().header.review.tally.text() and hits.current_rank() == rank,
        )

    press(hits, Qt.Key.Key_K)
    yield after("1 kept, 0 rejected", 1)
    press(hits, Qt.Key.Key_Down)
    yield after("1 kept, 0 rejected", 2)
    press(hits, Qt.Key.Key_R)
    yield after("1 kept, 1 rejected", 2)
    yield pause(0.5)
    run.screen("11-rejected")
    press(hits, Qt.Key.Key_N)
    yield after("1 kept, 1 rejected", 3)
    press(hits, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    yield after("1 kept, 0 rejected", 2)
    yield pause(0.8)
    run.note("pause_reviewing", run.heart.worst())
    run.note("tally", dock().header.review.tally.text())
    run.note("selected_on_map", [one["rank"] for one in matches().selectedFeatures()])
    run.screen("12-reviewed")


def save_kept(run):
    """Save > Kept places only > GeoPackage, under the name that is proposed."""
    click(button("cmpaglExport"))
    menu = part(QMenu, "cmpaglExportMenu")
    yield Wait("the menu", menu.isVisible)
    kept = next(one for one in menu.actions() if one.text().startswith("Kept places only"))
    run.note("kept_entry", kept.text())
    click_in_menu(menu, kept)
    yield Wait("what can be written", kept.menu().isVisible)
    run.screen("13-save")
    as_gpkg = next(one for one in kept.menu().actions() if one.text().startswith("GeoPackage"))
    click_in_menu(kept.menu(), as_gpkg)
    yield Wait("the file dialog", file_dialog)
    yield pause(0.5)
    (path,) = file_dialog().selectedFiles()
    run.note("saved_as", path)
    run.screen("14-save-as")
    press(name_in_dialog(), Qt.Key.Key_Return)
    yield Wait("the file's layer", lambda: layers_named(Path(path).stem), 60)
    yield pause(0.8)
    run.note("saved_message", dock().message.text)
    (layer,) = layers_named(Path(path).stem)
    run.note("saved_layer", [layer.isValid(), layer.featureCount()])
    top = QgsProject.instance().layerTreeRoot().children()[0]
    run.note("layer_on_top", top.name())
    run.screen("15-saved")


def save_project(run):
    """The project, by QGIS's own button."""
    click(button_of(iface.actionSaveProject()))
    yield Wait("the file dialog", file_dialog)
    name = Path(TASKS["project"]).stem  # in the home folder, which QGIS proposes
    type_in(name_in_dialog(), name)
    yield Wait("the name", lambda: name_in_dialog().text() == name)
    yield pause(0.3)
    save = QDialogButtonBox.StandardButton.Save
    click(file_dialog().findChild(QDialogButtonBox).button(save))
    yield Wait(
        "the project", lambda: file_dialog() is None and not QgsProject.instance().isDirty(), 60
    )
    run.note("window_title", iface.mainWindow().windowTitle())


def say_goodbye(run):
    """Ctrl+Q; QGIS says of the layer of matches that it lies in memory."""
    press(iface.mainWindow(), Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    yield Wait("QGIS's question", question)
    yield pause(0.3)
    run.note("asked_at_the_end", question().text())
    run.screen("16-leave")


def leave():
    click(question().button(QMessageBox.StandardButton.Yes))


class Told:
    """What was said one after the other, each once."""

    def __init__(self):
        self.texts = []

    def add(self, text):
        """Note it unless it was said before."""
        if text and text not in self.texts:
            self.texts.append(text)


def title():
    return part(QLabel, "cmpaglNoticeTitle").text()


def places():
    """The hits whose rows are in the list."""
    return dock().hits.hits.shown()


def shown(kind, name):
    found = part(kind, name)
    return found if found is not None and found.isVisible() else None


def modal(kind):
    """The modal window of a class of QGIS; ``None``: there is none."""
    found = QApplication.activeModalWidget()
    return found if found is not None and found.metaObject().className() == kind else None


def begin():
    sys.modules["cmpagl_run"] = Run(TASKS, scenario, state, leave)


QTimer.singleShot(2500, begin)
