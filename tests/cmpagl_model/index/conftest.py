"""What tests of the index share."""

from __future__ import annotations

import pytest


@pytest.fixture
def small_parts(monkeypatch):
    """Parts of 4 chips, so that a small scene has several."""
    monkeypatch.setattr("cmpagl_model.index.format.CHIPS_PER_PART", 4)
