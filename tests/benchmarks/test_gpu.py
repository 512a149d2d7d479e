"""The GPU topic: what it says without a GPU, and its arithmetic on the CPU."""

import numpy as np
import pytest

from benchmarks import gpu
from benchmarks.encoding import shared_best
from cmpagl_model.encoders import open_encoder
from cmpagl_model.model_folder import find_model

pytestmark = pytest.mark.weights

SIDE = find_model().config.image.input_px


@pytest.mark.skipif(gpu.gpu_there(), reason="this machine has a GPU")
def test_without_a_gpu_the_row_says_so(tmp_path):
    (row,) = gpu.measure(tmp_path)
    assert row.median is None
    assert "no NVIDIA GPU" in row.note


def test_peers_are_timed_in_turn_on_the_same_chips(monkeypatch):
    """On the CPU, for there the same code runs; figures of it mean nothing."""
    monkeypatch.setattr(gpu, "QUESTIONS", 1)
    chips = np.random.default_rng(0).integers(0, 255, (3, SIDE, SIDE, 3), np.uint8)
    rows = gpu.beside_peers(open_encoder(device="cpu", backend="torch"), chips, "cpu", 3)
    names = [row.against for row in rows]
    assert names == ["its own eager PyTorch", "timm Swin-T", "timm ViT-B/32"]
    assert all(row.median > 0 and row.ratio > 0 for row in rows)


def test_rankings_of_an_encoder_are_its_own(encoder):
    chips = np.random.default_rng(0).integers(0, 255, (120, SIDE, SIDE, 3), np.uint8)
    assert shared_best([encoder, encoder], chips) == 1.0
    turned = chips[::-1]
    assert shared_best([encoder, Turned(encoder, turned)], chips) < 1.0


class Turned:
    """Gives other chips' vectors."""

    def __init__(self, encoder, chips):
        self.encoder, self.vectors, self.place = encoder, encoder.encode_chips(chips), 0

    def encode_chips(self, pixels):
        self.place += len(pixels)
        return self.vectors[self.place - len(pixels) : self.place]

    def encode_texts(self, texts):
        return self.encoder.encode_texts(texts)
