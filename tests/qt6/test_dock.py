"""The dock builds, draws and hears keys under Qt 6."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

pytest.importorskip("PyQt6", reason="PyQt6 is not in this Python; see tests/qt6/conftest.py")

from qgis.PyQt.QtCore import QT_VERSION_STR, QPoint, Qt
from qgis.PyQt.QtGui import QColor, QPalette, QPixmap
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QMainWindow, QToolButton

from cmpagl_qgis.dock.build_dialog import BuildDialog
from cmpagl_qgis.dock.build_table import Candidate
from cmpagl_qgis.dock.dialogs import TextDialog, ask
from cmpagl_qgis.dock.index_bar import IndexEntry
from cmpagl_qgis.dock.install_dialog import InstallChoice, InstallDialog
from cmpagl_qgis.dock.search_dock import SearchDock
from cmpagl_qgis.dock.setup_dialog import SetupDialog
from cmpagl_qgis.engine.interpreter import install_command
from cmpagl_qgis.engine.records import Answer, Hit, Model
from cmpagl_qgis.flow import notices
from cmpagl_qgis.map.scale import RELEVANCES


def hits(count):
    geometry = {"type": "Polygon", "coordinates": []}
    return tuple(
        Hit(n, 0.5 - n / 100, None, "/a.tif", (n, 0, 9, 9), 1.0, 9.0, "EPSG:4326", geometry)
        for n in range(1, count + 1)
    )


ANSWER = Answer("boats", Model("cmpagl_lite", "f" * 64), hits(3), 3, 0.1, ())

NOTHING = Qt.KeyboardModifier.NoModifier
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture(scope="session")
def app():
    assert QT_VERSION_STR.startswith("6.")
    return QApplication.instance() or QApplication([])


@pytest.fixture
def dock(app):
    window = QMainWindow()
    dock = SearchDock(window)
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
    window.resize(380, 720)
    window.show()
    app.processEvents()
    yield dock
    window.close()


def colours(widget):
    image = widget.grab().toImage()
    return {
        image.pixelColor(x, y).name()
        for x in range(0, image.width(), 3)
        for y in range(0, image.height(), 3)
    }


@pytest.mark.parametrize(
    "notice",
    [
        notices.no_engine(), notices.starting(), notices.no_index(), notices.ready(),
        notices.died("signal 11"), notices.no_match(ANSWER, 0.5),
        notices.nothing_there(narrowed=True),
    ],
    ids=lambda notice: notice.state,
)  # fmt: skip
def test_every_notice_draws(app, dock, notice):
    dock.show_notice(notice)
    app.processEvents()
    assert dock.state == notice.state
    assert len(colours(dock.notice)) > 2


@pytest.mark.parametrize("grid", [False, True])
def test_hits_draw_with_thumbnail_and_bar(app, dock, grid):
    picture = QPixmap(64, 64)
    picture.fill(QColor("#123456"))
    dock.hits.set_pictures(lambda _hit: picture)
    dock.hits.set_hits(hits(3), -1.0, keep_current=False)
    dock.header.grid.setChecked(grid)
    dock.show_results()
    app.processEvents()
    found = colours(dock.hits)
    assert "#123456" in found
    assert RELEVANCES.colour(hits(1)[0].strength).name() in found


def test_keys_search_stop_and_choose(app, dock):
    asked, stopped, picked = [], [], []
    dock.query.searchRequested.connect(asked.append)
    dock.query.stopRequested.connect(lambda: stopped.append(1))
    dock.hits.picked.connect(picked.append)
    QTest.keyClicks(dock.query.line, "boats")
    QTest.keyClick(dock.query.line, Qt.Key.Key_Return)
    assert asked == ["boats"]
    dock.set_busy(busy=True)
    QTest.keyClick(dock.query.line, Qt.Key.Key_Escape)
    assert stopped == [1]
    dock.hits.set_hits(hits(3), -1.0, keep_current=False)
    dock.show_results()
    app.processEvents()
    QTest.keyClick(dock.hits, Qt.Key.Key_Down)
    QTest.keyClick(dock.hits, Qt.Key.Key_Down)
    assert picked == [1, 2]
    acts = []
    dock.hits.actionRequested.connect(lambda key, rank: acts.append((key, rank)))
    QTest.keyClick(dock.hits, "+")
    assert acts == [("like", 2)]
    reviews = []
    dock.hits.reviewRequested.connect(reviews.append)
    for key, held in (("k", NOTHING), ("n", SHIFT), (Qt.Key.Key_Z, CONTROL), ("k", CONTROL)):
        QTest.keyClick(dock.hits, key, held)
    assert reviews == ["keep", "previous", "undo"]


def test_mouse_on_rows_and_pieces(app, dock):
    dock.hits.set_hits(hits(3), -1.0, keep_current=False)
    dock.show_results()
    app.processEvents()
    opened, removed = [], []
    dock.hits.activatedHit.connect(opened.append)
    where = dock.hits.visualRect(dock.hits.hits.index(1)).center()
    QTest.mouseClick(dock.hits.viewport(), Qt.MouseButton.LeftButton, pos=where)
    QTest.mouseDClick(dock.hits.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert opened == [2]
    dock.examples.removed.connect(removed.append)
    dock.examples.set_examples([("#1 a", True), ("#2 b", False)])
    app.processEvents()
    dock.examples.findChild(QToolButton, "cmpaglExample1").click()
    assert removed == [1]


def test_score_slider_and_count(dock):
    dock.hits.set_hits(hits(10), -1.0, keep_current=False)
    dock.header.set_strengths(0.4, 0.49, -1.0)
    dock.header.minStrengthChanged.connect(dock.hits.set_min_strength)
    dock.header.slider.setValue(100)
    assert 1 < dock.hits.hits.rowCount() < 10


def test_a_dark_palette_turns_icons_and_text_light(app, dock):
    before, install = dock.palette(), InstallDialog((("look", "Look"),), parent=dock)
    dark = QPalette(QColor("#333333"))
    dark.setColor(QPalette.ColorRole.WindowText, QColor("#eeeeee"))
    dark.setColor(QPalette.ColorRole.ButtonText, QColor("#eeeeee"))
    app.setPalette(dark)
    app.processEvents()
    image = dock.header.clear.icon().pixmap(16, 16).toImage()
    inks = [image.pixelColor(QPoint(x, y)) for x in range(16) for y in range(16)]
    lightest = max(ink.lightness() for ink in inks if ink.alpha() > 200)
    faint = [
        label.palette().color(QPalette.ColorRole.WindowText).lightness()
        for label in (dock.status.engine, install.python)
    ]
    app.setPalette(before)
    assert lightest > 180
    assert min(faint) > 120


def test_dialogs_draw_and_tell(app):
    build = BuildDialog([Candidate("A", "/a.tif"), Candidate("", "", "no file")], "/i.cmpagl")
    assert build.order().inputs == ("/a.tif",)
    setup = SetupDialog("/usr/bin/python3", "named in the options", install_command())
    setup.show_verdict("fit", good=True)
    details = TextDialog("Details", "text")
    install = InstallDialog((("look", "Look"), ("test", "Test")), update=True)
    install.show_card("NVIDIA L4")
    install.begin()
    install.show_progress(SimpleNamespace(stage="look", text="", done_mb=2, total_mb=3))
    install.show_outcome(SimpleNamespace(python="", text="no network", stopped=False))
    assert install.choice() == InstallChoice("", gpu=False)
    question = ask(setup, "Remove", "Remove it?", "Remove", lambda: None)
    for dialog in (build, setup, details, install, question):
        dialog.show()
        app.processEvents()
        assert len(colours(dialog)) > 2
        dialog.close()


def test_indexes_and_menus(dock):
    chosen = []
    dock.index.chosen.connect(chosen.append)
    dock.index.set_entries(
        [IndexEntry("/a.cmpagl", "1 scene"), IndexEntry("/b.cmpagl")], "/a.cmpagl"
    )
    dock.index.combo.setCurrentIndex(1)
    dock.index.combo.activated.emit(1)
    assert chosen == ["/b.cmpagl"]
    dock.query.set_history(["boats"], ["farms"])
    dock.query.menu.aboutToShow.emit()
    assert any(action.text() == "boats" for action in dock.query.menu.actions())
