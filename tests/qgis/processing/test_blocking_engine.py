"""The engine of Processing: progress, refusals, misbehaviour, cancelling, nothing left running."""

import sys
import threading
from pathlib import Path

import pytest
from qgis.core import QgsApplication, QgsTask

from cmpagl_qgis.engine import client
from cmpagl_qgis.engine.blocking import BlockingEngine
from cmpagl_qgis.engine.interpreter import Launch, engine_environment
from cmpagl_qgis.errors import DIED, NOT_STARTED, REFUSED, EngineError
from tests.qgis.core.waiting import alive, wait_until

from .conftest import Feedback

SCRIPT = Path(__file__).resolve().parents[1] / "core" / "scripted_engine.py"


@pytest.fixture
def pids(tmp_path):
    file = tmp_path / "starts"

    def read():
        return [int(line) for line in file.read_text().split()] if file.exists() else []

    yield read
    assert wait_until(lambda: not any(alive(pid) for pid in read()))


def scripted(tmp_path, greeting="well", **changes):
    command = (sys.executable, str(SCRIPT), greeting, str(tmp_path / "starts"))
    return Launch(command=command, environment=engine_environment(), origin="test", **changes)


def test_a_request_is_answered_and_the_engine_leaves(qgis_app, tmp_path, pids):
    feedback = Feedback()
    with BlockingEngine(scripted(tmp_path), feedback) as engine:
        assert engine.ask("echo", {"text": "Łódź"}) == {"text": "Łódź"}
        assert engine.ask("pieces", {}) == "in pieces"
        assert engine.ask("stranger", {}) == "asked"
        assert engine.ask("junk", {}) == "after junk"
        assert engine.ask("long", {"bytes": 9_000_000}) == "after a long line"
        assert engine.ask("flood", {"lines": 50_000}) == "after noise"
    assert "Engine 9.9" in feedback.lines[0]
    assert len(pids()) == 1


def test_progress_reaches_the_feedback(qgis_app, tmp_path, pids):
    feedback = Feedback()
    with BlockingEngine(scripted(tmp_path), feedback) as engine:
        assert engine.ask("progress", {}) is None
    assert feedback.percents == pytest.approx([100 / 3, 200 / 3])
    assert feedback.lines.count("counting") == 1


def test_model_and_device_are_named_in_the_greeting(qgis_app, tmp_path, pids):
    feedback = Feedback()
    with BlockingEngine(scripted(tmp_path, "mirror", model="big", device="cuda"), feedback):
        pass
    assert "model big, device cuda" in feedback.lines[0]


@pytest.mark.parametrize(
    ("method", "code", "words"),
    [
        ("refuse", REFUSED, "found a, wanted b"),
        ("exit", DIED, "ended with code 3. Its last words: Traceback of the scripted engine"),
        ("killed", DIED, "crashed"),
        ("half", DIED, "message broke off"),
    ],
)
def test_why_a_request_has_no_result(qgis_app, tmp_path, pids, method, code, words):
    with pytest.raises(EngineError, match=words) as caught:
        with BlockingEngine(scripted(tmp_path), Feedback()) as engine:
            engine.ask(method, {})
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("greeting", "words"),
    [
        ("die", "ended with code 4. Its last words: ImportError: no such library"),
        ("refuse", "found protocol 1, wanted 2"),
        ("other", "speaks protocol 2, this plugin 1"),
        ("odd", "greeting cannot be read: device"),
    ],
)
def test_an_engine_that_does_not_fit_is_refused(qgis_app, tmp_path, pids, greeting, words):
    with (
        pytest.raises(EngineError, match=words),
        BlockingEngine(scripted(tmp_path, greeting), Feedback()),
    ):
        pass


def test_an_engine_that_never_answers_is_ended(qgis_app, tmp_path, pids, monkeypatch):
    monkeypatch.setattr(client, "STARTUP_MS", 1000)
    with pytest.raises(EngineError, match="did not answer within 1 s") as caught:
        BlockingEngine(scripted(tmp_path, "never"), Feedback()).__enter__()
    assert caught.value.code == NOT_STARTED


def test_an_engine_that_does_not_leave_is_killed(qgis_app, tmp_path, pids):
    with BlockingEngine(scripted(tmp_path, "stay"), Feedback()) as engine:
        assert engine.ask("echo", {}) == {}
    assert len(pids()) == 1


@pytest.mark.parametrize("method", ["forever", "polite"])
def test_cancelling_ends_the_request_soon(qgis_app, tmp_path, pids, method):
    feedback = Feedback()
    threading.Timer(0.5, feedback.stop).start()
    with pytest.raises(EngineError) as caught:
        with BlockingEngine(scripted(tmp_path), feedback) as engine:
            engine.ask(method, {})
    assert caught.value.cancelled


def test_it_works_in_a_thread_without_an_event_loop(qgis_app, tmp_path, pids):
    answers = []

    def work(_task):
        with BlockingEngine(scripted(tmp_path), Feedback()) as engine:
            answers.append(engine.ask("echo", {"from": "thread"}))

    task = QgsTask.fromFunction("echo", work)
    QgsApplication.taskManager().addTask(task)
    assert wait_until(lambda: answers)
    assert answers == [{"from": "thread"}]
