"""Where in a place the sentence fits, from the dock."""

from __future__ import annotations

import pytest
from qgis.PyQt.QtCore import QEvent, QPoint, QPointF, Qt
from qgis.PyQt.QtGui import QColor, QMouseEvent, QPixmap
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication

from tests.qgis.core.painted import paint
from tests.qgis.dock.played import hit

WORDS = [
    {"word": "boats", "fall": 0.31, "telling": True},
    {"word": "canal", "fall": -0.02, "telling": False},
]


@pytest.fixture
def asked(stage, client, tmp_path):
    """A place whose scene is there and one whose scene is not; the first is looked into."""
    scene = str(paint(tmp_path / "port.tif"))
    stage.ready()
    stage.search([hit(1, scene=scene), hit(2, scene="/data/gone.tif")], "Boats on a <canal>")
    stage.dock.hits.select_rank(1)
    stage.dock.hits.actionRequested.emit("where", 1)
    return client.last("where")[1]


def answered(client, asked, words=WORDS):
    picture = QPixmap(96, 96)
    picture.fill(QColor("#c02030"))
    assert picture.save(asked["picture"])
    client.answer(
        "where",
        {"query": asked["query"], "score": 0.7, "minimum": 0.1, "maximum": 0.6, "words": words},
    )


def entry(stage):
    menu = stage.dock.hits.menu
    menu.aboutToShow.emit()
    return next(one for one in menu.actions() if one.objectName() == "cmpaglHit_where")


def test_the_heat_and_the_words_stand_beside_the_row(stage, client, asked, tmp_path):
    assert asked["index"] == "/data/town.cmpagl"
    assert asked["place"]["scene"] == str(tmp_path / "port.tif")
    assert (asked["query"], asked["plain"]) == ("Boats on a <canal>", False)
    assert stage.dock.message.text == "Looking into place 1…"
    answered(client, asked)
    preview = stage.dock.hits.preview
    assert preview.isVisible()
    assert not stage.dock.message.text
    shown = preview.picture.pixmap().toImage().pixelColor(10, 10)
    assert (shown.red(), shown.green(), shown.blue()) == (0xC0, 0x20, 0x30)
    assert "<b>Boats</b> on a &lt;canal&gt;" in preview.words.text()
    assert "boats -0.31, canal +0.02" in preview.words.text()


def test_it_stays_while_the_mouse_moves_and_goes_with_a_click(stage, client, asked):
    answered(client, asked)
    hits, preview = stage.dock.hits, stage.dock.hits.preview
    view = hits.viewport()
    button, none = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    place = QPointF(20, 90)
    moved = QMouseEvent(QEvent.Type.MouseMove, place, place, button, button, none)
    QApplication.sendEvent(view, moved)
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    hits.large_came(preview.hit.key)
    assert preview.isVisible()
    assert preview.picture.pixmap().toImage().pixelColor(10, 10).red() == 0xC0
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    assert not preview.isVisible()


def test_a_scene_that_is_gone_and_examples_alone_are_grey(stage, client, asked):
    assert entry(stage).isEnabled()
    assert entry(stage).text() == "Show where it fits\tW"
    stage.dock.hits.select_rank(2)
    assert not entry(stage).isEnabled()
    assert "Its scene is not there" in entry(stage).text()
    before = client.count("where")
    stage.dock.hits.actionRequested.emit("where", 2)
    assert client.count("where") == before
    assert stage.dock.message.text == "Its scene is not there."


def test_another_answer_meanwhile_shows_nothing_of_the_old(stage, client, asked):
    stage.search([hit(1)], "roofs")
    answered(client, asked)
    assert not stage.dock.hits.preview.isVisible()


def test_what_the_engine_refuses_is_said(stage, client, asked):
    client.refuse("where", "port.tif has changed since it was indexed")
    assert "has changed" in stage.dock.message.text


def test_a_word_alone_has_no_fall(stage, client, asked):
    answered(client, asked, [{"word": "boats", "fall": None, "telling": True}])
    text = stage.dock.hits.preview.words.text()
    assert "<b>Boats</b>" in text
    assert "without a word" not in text
