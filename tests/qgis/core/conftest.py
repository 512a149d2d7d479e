"""Engines of the tests, scripted and real, and what waits for them without blocking Qt."""

from __future__ import annotations

import gc
import os
import sys
import time
from pathlib import Path

import pytest
from qgis.core import QgsSettings
from qgis.PyQt.QtCore import QTimer, qInstallMessageHandler

from cmpagl_qgis.engine.client import EngineClient
from cmpagl_qgis.engine.interpreter import Launch, engine_environment
from cmpagl_qgis.state_file import state_file
from tests.qgis.core.waiting import alive, unqueued, wait_until

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]


class Recorder:
    """Everything a client tells."""

    def __init__(self, client):
        self.states, self.progress = [], []
        self.answers, self.failures = {}, {}
        client.stateChanged.connect(self.states.append)
        client.answered.connect(self._answer)
        client.failed.connect(self._failure)
        client.progressed.connect(lambda *values: self.progress.append(values))

    def _answer(self, number, result):
        assert number not in self.answers
        assert number not in self.failures
        self.answers[number] = result

    def _failure(self, number, error):
        assert number not in self.answers
        assert number not in self.failures
        self.failures[number] = error

    def done(self, *numbers):
        """Whether all these requests have ended."""
        return all(number in self.answers or number in self.failures for number in numbers)

    def wait(self, *numbers):
        """Let Qt work until all these requests have ended."""
        assert wait_until(lambda: self.done(*numbers))


class Stalls:
    """The longest time in which a timer of 5 ms got no turn, as far as that was our doing."""

    def __init__(self):
        self.blocked = self.cpu = 0.0
        self._timer = QTimer()
        self._timer.setInterval(5)
        self._timer.timeout.connect(self._tick)

    def __enter__(self):
        gc.collect()
        gc.freeze()  # to look through what other tests left is no work of ours
        self._last = (unqueued(), time.thread_time())
        self._timer.start()
        return self

    def __exit__(self, *_):
        self._tick()
        self._timer.stop()
        gc.unfreeze()

    def _tick(self):
        now = (unqueued(), time.thread_time())
        own, cpu = (one - before for one, before in zip(now, self._last, strict=True))
        self.blocked = max(self.blocked, own - cpu)
        self.cpu = max(self.cpu, cpu)
        self._last = now

    def check(self):
        """Below 50 ms. On a busy machine a wait for the processor is no stall of ours."""
        assert self.cpu < 0.050, f"{self.cpu * 1000:.0f} ms of our own work at one go"
        assert self.blocked < 0.050, f"{self.blocked * 1000:.0f} ms without a turn"


@pytest.fixture
def stalls():
    return Stalls()


@pytest.fixture
def scripted(tmp_path):
    """Make a launch of the scripted engine; ``pids`` gives all processes it started."""

    def launch(greeting="well"):
        script = str(HERE / "scripted_engine.py")
        command = (sys.executable, script, greeting, str(tmp_path / "starts"))
        return lambda: Launch(command=command, environment=engine_environment(), origin="test")

    def pids():
        file = tmp_path / "starts"
        return [int(line) for line in file.read_text().split()] if file.exists() else []

    launch.pids = pids
    return launch


@pytest.fixture
def make_client(scripted):
    """Make clients; afterwards each is stopped and no process may be left."""
    clients = []

    def make(greeting="well", launch=None):
        client = EngineClient(launch or scripted(greeting))
        clients.append(client)
        return client, Recorder(client)

    yield make
    for client in clients:
        client.stop()
    assert wait_until(lambda: not any(alive(pid) for pid in scripted.pids()))


@pytest.fixture
def qtlog_messages():
    """What Qt itself says while the test runs."""
    said = []
    before = qInstallMessageHandler(lambda *parts: said.append(parts[2]))
    yield said
    qInstallMessageHandler(before)


@pytest.fixture
def clean_settings():
    """The plugin's settings, empty before and after."""
    QgsSettings().remove("cmpagl")
    state_file().clear()
    yield
    QgsSettings().remove("cmpagl")
    state_file().clear()


@pytest.fixture(scope="session")
def engine_python():
    """The Python with the real engine in it."""
    named = os.environ.get("CMPAGL_TEST_ENGINE_PYTHON")
    path = Path(named) if named else ROOT / ".venv" / "bin" / "python"
    if not path.is_file():
        pytest.skip(f"no engine at {path}; make setup makes it")
    return path


@pytest.fixture
def real_launch(engine_python):
    """Start the real engine."""
    command = (str(engine_python), "-m", "cmpagl_model.cli", "serve")
    return lambda: Launch(command, engine_environment(), device="cpu", origin="test")
