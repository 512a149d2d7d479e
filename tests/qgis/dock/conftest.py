"""Fixtures of the dock's tests."""

from __future__ import annotations

import pytest

from cmpagl_qgis.engine.client import EngineClient
from tests.qgis.core.conftest import (  # noqa: F401 - fixtures
    clean_settings,
    engine_python,
    real_launch,
    stalls,
)
from tests.qgis.core.waiting import alive, wait_until
from tests.qgis.dock.played import PlayedClient, Stage


@pytest.fixture(autouse=True)
def _clean_settings(clean_settings):  # noqa: F811
    """Before and after each."""


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


@pytest.fixture
def until():
    """Let Qt work until something is so; fails after a while."""

    def wait(condition):
        assert wait_until(condition)

    return wait


@pytest.fixture
def live(qgis_iface, qgis_new_project, real_launch, until):  # noqa: F811
    """A dock with the real engine."""
    client = EngineClient(real_launch)
    stage = Stage(qgis_iface, client)
    yield stage
    pid = client.pid
    stage.close()
    client.stop()
    until(lambda: not pid or not alive(pid))
