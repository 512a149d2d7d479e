import json
import os
import threading

import pytest

from cmpagl_qgis import state_file as module
from cmpagl_qgis.state_file import StateFile


@pytest.fixture
def path(tmp_path):
    return tmp_path / "cmpagl.json"


def test_values_count_at_once_and_are_on_disk_after_flush(path):
    notes = StateFile(path)
    assert notes.value("history") is None
    notes.put("history", ["boats, ships", "Ä"])
    notes.put("top_k", 7)
    assert notes.value("history") == ["boats, ships", "Ä"]
    notes.flush()
    again = StateFile(path)
    assert again.value("history") == ["boats, ships", "Ä"]
    assert again.value("top_k") == 7
    again.put("top_k", None)
    again.flush()
    assert json.loads(path.read_text()) == {"history": ["boats, ships", "Ä"]}
    assert list(path.parent.iterdir()) == [path]


def test_a_slow_disk_holds_nobody_up(path, monkeypatch):
    go_on = threading.Event()
    fsync = os.fsync
    monkeypatch.setattr(module.os, "fsync", lambda number: (go_on.wait(300), fsync(number)))
    notes = StateFile(path)
    for n in range(50):
        notes.put("history", [f"query {n}"])
    assert notes.value("history") == ["query 49"]
    assert not path.exists()  # the writer still waits, and nobody with it
    go_on.set()
    notes.flush()
    assert json.loads(path.read_text()) == {"history": ["query 49"]}


def test_two_windows_keep_each_others_names(path):
    first, second = StateFile(path), StateFile(path)
    first.put("history", ["boats"])
    first.flush()
    second.put("recent_indexes", ["/data/a.cmpagl"])
    second.flush()
    third = StateFile(path)
    assert third.value("history") == ["boats"]
    assert third.value("recent_indexes") == ["/data/a.cmpagl"]


@pytest.mark.parametrize("text", ["", "{", "[1]", "null", "\x00"])
def test_a_damaged_file_counts_as_empty_and_is_replaced(path, text):
    path.write_text(text)
    notes = StateFile(path)
    assert notes.value("history") is None
    notes.put("history", ["boats"])
    notes.flush()
    assert StateFile(path).value("history") == ["boats"]


def test_a_file_that_cannot_be_written_is_known_until_the_end(tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr(module, "warn", said.append)
    notes = StateFile(tmp_path / "missing" / "cmpagl.json")
    notes.put("top_k", 7)
    notes.flush()
    assert notes.value("top_k") == 7
    assert "missing" in said[0]
    assert "until QGIS is closed" in said[0]
