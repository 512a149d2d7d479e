"""A captions file with painted pictures, and an encoder that knows what was painted."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from cmpagl_model.encoders.protocol import WordTokens
from cmpagl_model.records import ModelId

NUMBERS = 24


class PaintEncoder:
    """Sees the number that a picture is painted with and reads the one that ends a sentence.

    With noise, it sees other numbers too; its fusion encoder never does.
    """

    device = "CPU (paint)"

    def __init__(self, noise=0.0, fusion=0):
        image = SimpleNamespace(input_px=8)
        config = SimpleNamespace(image=image, fusion_layers=fusion)
        self.model = SimpleNamespace(
            name="paint", fingerprint="f" * 64, id=ModelId("paint", "f" * 64), config=config,
            path=Path("paint"), taught=(),
        )  # fmt: skip
        self.texts_seen, self.pairs_seen = [], 0
        self.texts = np.eye(NUMBERS, dtype=np.float32)
        blurred = self.texts + noise * np.random.default_rng(0).random((NUMBERS, NUMBERS))
        norms = np.linalg.norm(blurred, axis=1, keepdims=True)
        self.pictures = (blurred / norms).astype(np.float32)

    def encode_chips(self, pixels):
        return self.pictures[pixels[:, 0, 0, 0] // 10]

    def encode_texts(self, texts):
        self.texts_seen += texts
        return self.texts[[int(text.strip(" .").split()[-1]) for text in texts]]

    def chip_tokens(self, pixels):
        return (pixels[:, :1, :1, 0] // 10).astype(np.float32)

    def word_tokens(self, texts):
        widths = [len(text.split()) for text in texts]
        mask = (np.arange(max(widths)) < np.array(widths)[:, None]).astype(np.int64)
        numbers = [int(text.strip(" .").split()[-1]) for text in texts]
        tokens = np.array(numbers, np.float32)[:, None, None] * mask[:, :, None]
        return WordTokens(tokens.astype(np.float32), mask)

    def match(self, words, chips):
        self.pairs_seen += len(chips)
        return np.where(words.tokens[:, 0, 0] == chips[:, 0, 0], 4, -4).astype(np.float32)


def paint_dataset(folder, rows):
    """Write ``(number, split, sentences)`` rows as pictures and captions; returns the file."""
    (folder / "images").mkdir(parents=True, exist_ok=True)
    page = []
    for place, (number, split, sentences) in enumerate(rows):
        name = f"{place:03}.png"
        Image.new("RGB", (12, 10), (number * 10, 0, 0)).save(folder / "images" / name)
        page.append(
            {"filename": name, "split": split, "sentences": [{"raw": s} for s in sentences]}
        )
    path = folder / "dataset.json"
    path.write_text(json.dumps({"images": page}), encoding="utf-8")
    return path


@pytest.fixture
def paint(tmp_path):
    """Paint a data set into the test's folder."""
    return lambda rows: paint_dataset(tmp_path, rows)
