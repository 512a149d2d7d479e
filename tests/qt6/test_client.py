"""The engine client's own tests once more, on Qt 6: processes, pipes and timers are Qt's."""

import importlib.util

import pytest

if not importlib.util.find_spec("PyQt6"):
    pytest.skip("PyQt6 is not in this Python (see conftest.py)", allow_module_level=True)

from qgis.PyQt.QtWidgets import QApplication

from tests.qgis.core.conftest import (  # noqa: F401 - pytest finds fixtures by their names
    make_client,
    qtlog_messages,
    scripted,
    stalls,
)
from tests.qgis.core.test_client import *  # noqa: F403 - every test of it


@pytest.fixture(scope="session", autouse=True)
def application():
    """Qt's own; the tests on Qt 5 get it from pytest-qgis."""
    return QApplication.instance() or QApplication([])
