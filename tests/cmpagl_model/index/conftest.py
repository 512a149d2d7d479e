"""What tests of the index share."""

from __future__ import annotations

import pytest

# First imported under the patch below, a module would keep it for all tests to come.
import cmpagl_model.index.parts  # noqa: F401


@pytest.fixture
def small_parts(monkeypatch):
    """Parts of 4 chips, so that a small scene has several."""
    for module in ("format", "parts", "build", "batches", "catalogue"):
        monkeypatch.setattr(f"cmpagl_model.index.{module}.CHIPS_PER_PART", 4)
