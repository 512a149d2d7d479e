"""These tests run inside QGIS's own Python (``make test-qgis``); elsewhere each folder is skipped.

The skip is counted and says why: a run without QGIS must not look like a whole one.
"""

from __future__ import annotations

import importlib.util

import pytest

REASON = "QGIS is not in this Python; make test-qgis runs these with the Python of QGIS"


class Skipped(pytest.Directory):
    """A folder of tests that cannot run here."""

    def collect(self):
        pytest.skip(REASON)


def pytest_collect_directory(path, parent):
    if importlib.util.find_spec("qgis") is None:
        return Skipped.from_parent(parent, path=path)
    return None
