"""Fixtures of the dock's tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from qgis.core import QgsSettings

from cmpagl_qgis.engine.interpreter import Launch, engine_environment
from cmpagl_qgis.state_file import state_file
from tests.qgis.core.conftest import Stalls
from tests.qgis.core.waiting import wait_until
from tests.qgis.dock.played import PlayedClient, Stage

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def _clean_settings():
    QgsSettings().remove("cmpagl")
    state_file().clear()
    yield
    QgsSettings().remove("cmpagl")
    state_file().clear()


@pytest.fixture
def client():
    return PlayedClient()


@pytest.fixture
def make_stage(qgis_iface, qgis_new_project, client):
    stages = []

    def make(**options):
        stages.append(Stage(qgis_iface, client, **options))
        return stages[-1]

    yield make
    for stage in stages:
        stage.close()


@pytest.fixture
def stage(make_stage):
    return make_stage()


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
    command = (str(engine_python), "-m", "cmpagl_model.cli", "serve")
    return lambda: Launch(command, engine_environment(), device="cpu", origin="test")


@pytest.fixture
def until():
    """Let Qt work until something is so; fails after a while."""

    def wait(condition, seconds=20.0):
        assert wait_until(condition, seconds)

    return wait


@pytest.fixture
def stalls():
    return Stalls()
