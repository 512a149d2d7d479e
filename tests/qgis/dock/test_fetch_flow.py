"""Opening an index by its address in an object store."""

from __future__ import annotations

import pytest
from qgis.PyQt.QtWidgets import QInputDialog, QPushButton

ADDRESS = "s3://maps/town.cmpagl"


@pytest.fixture
def typed(monkeypatch):
    """What is typed into the dialog, and whether OK is pressed."""
    answer = [f" {ADDRESS} ", True]
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: tuple(answer))
    return answer


def test_an_index_is_fetched_and_opened(stage, client, typed):
    stage.ready()
    stage.controller.index_view.act("fetch")
    number, params = client.last("fetch")
    assert params == {"address": ADDRESS}
    client.progressed.emit(number, 10_000_000, 40_000_000, "fetching")
    assert stage.dock.build.text() == "Fetching town fetching 25 %"
    client.answer("fetch", {"index": "/cache/0123/town.cmpagl"})
    assert client.last("open")[1] == {"index": "/cache/0123/town.cmpagl"}
    assert stage.dock.index.current == "/cache/0123/town.cmpagl"


def test_it_can_be_stopped_and_refused(stage, client, typed):
    stage.ready()
    stage.controller.index_view.act("fetch")
    stage.dock.build.findChild(QPushButton, "cmpaglBuildStop").click()
    client.obey("fetch")
    assert stage.dock.message.text == "Fetching was stopped. What is here stays for next time."
    assert stage.dock.index.current == "/data/town.cmpagl"


def test_nothing_is_asked_where_nothing_was_typed(stage, client, typed):
    stage.ready()
    for words in (["  ", True], [ADDRESS, False]):
        typed[:] = words
        stage.controller.index_view.act("fetch")
    assert client.count("fetch") == 0
