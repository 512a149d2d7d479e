"""What the tests of the command line share."""

from __future__ import annotations

import math

import pytest

from cmpagl_model.cli import progress


@pytest.fixture(autouse=True)
def _no_line_a_minute(monkeypatch):
    """What is said does not hang on how busy the machine is."""
    monkeypatch.setattr(progress, "MINUTE_S", math.inf)
