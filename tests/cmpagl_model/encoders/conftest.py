"""Here encoders are what is tested: each is opened anew and encodes all it is given."""

from __future__ import annotations

import onnxruntime
import pytest

from cmpagl_model.encoders import onnx_runtime, open_encoder
from tests.shipped_once import REAL_SESSION, REAL_TOKENIZER


@pytest.fixture(autouse=True)
def _as_users_have_them(monkeypatch):
    monkeypatch.setattr(onnxruntime, "InferenceSession", REAL_SESSION)
    monkeypatch.setattr(onnx_runtime, "load_tokenizer", REAL_TOKENIZER)


@pytest.fixture(scope="module")
def encoder():
    """One that the other folders' tests have not opened."""
    return open_encoder(device="cpu", backend="onnx")
