"""What tests of the index share."""

from __future__ import annotations

import pytest


@pytest.fixture
def small_parts(monkeypatch):
    """Parts of 4 chips, so that a small scene has several."""
    for module in ("format", "parts", "build", "batches", "catalogue"):
        monkeypatch.setattr(f"cmpagl_model.index.{module}.CHIPS_PER_PART", 4)
