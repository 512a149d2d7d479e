"""An encoder that costs nothing, for tests of what is kept and not of what is in it."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from cmpagl_model.records import ModelId

SIZE = 16


class CheapEncoder:
    """Means of strips of a chip: other pixels, another embedding."""

    device = "CPU"

    def __init__(self, fingerprint: str = "a" * 64) -> None:
        config = SimpleNamespace(embedding_size=SIZE, image=SimpleNamespace(input_px=32))
        self.model = SimpleNamespace(
            name="cheap", fingerprint=fingerprint, id=ModelId("cheap", fingerprint), config=config
        )

    def encode_chips(self, pixels: np.ndarray) -> np.ndarray:
        """Unit vectors ``(n, 16)``."""
        strips = pixels.reshape(len(pixels), SIZE, -1).astype(np.float64).mean(axis=2)
        away = strips - strips.mean(axis=1, keepdims=True) * 0.9
        unit: np.ndarray = away / np.linalg.norm(away, axis=1, keepdims=True)
        return unit.astype(np.float32)
