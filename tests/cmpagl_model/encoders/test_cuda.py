"""The GPU encoder beside the CPU's. Without an NVIDIA GPU these are skipped, and counted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from cmpagl_model.encoders import open_encoder, torch_backend
from cmpagl_model.encoders.cuda_graph import GRAPH_BATCH, encoded_in_range
from cmpagl_model.model_folder import find_model

needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="no NVIDIA GPU here")
SENTENCES = ["boats on a canal beside a factory", "forest", "Red roofs, and dirt roads!"]


@pytest.fixture(scope="module")
def gpu():
    return open_encoder(device="cuda", backend="torch")


@pytest.fixture(scope="module")
def eager():
    return open_encoder(device="cpu", backend="torch")


@pytest.fixture(scope="module")
def chips():
    """Smooth random pictures: blotches of colour with some grain, one and a half batches."""
    chooser = np.random.default_rng(5)
    count = GRAPH_BATCH + GRAPH_BATCH // 2
    coarse = torch.from_numpy(chooser.uniform(0, 255, (count, 3, 9, 9)).astype(np.float32))
    side = find_model().config.image.input_px
    smooth = torch.nn.functional.interpolate(coarse, size=side, mode="bicubic")
    grain = torch.from_numpy(chooser.normal(0, 12, (count, 3, side, side)).astype(np.float32))
    pictures = (smooth + grain).clamp(0, 255).to(torch.uint8)
    return np.ascontiguousarray(pictures.permute(0, 2, 3, 1).numpy())


def cosines(a, b):
    return (a * b).sum(axis=1)


@needs_gpu
def test_chips_have_the_same_vectors_as_on_the_cpu(gpu, eager, chips):
    found = gpu.encode_chips(chips)
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    assert cosines(found, eager.encode_chips(chips)).min() > 0.9999


@needs_gpu
def test_sentences_have_the_same_vectors_as_on_the_cpu(gpu, eager):
    assert cosines(gpu.encode_texts(SENTENCES), eager.encode_texts(SENTENCES)).min() > 0.9999


@needs_gpu
def test_a_chip_has_one_vector_wherever_it_lies_in_whatever_batch(gpu, chips):
    together = gpu.encode_chips(chips)
    assert np.array_equal(gpu.encode_chips(chips), together)
    assert np.array_equal(gpu.encode_chips(chips[::-1])[::-1], together)
    for place in (0, 1, GRAPH_BATCH - 1, GRAPH_BATCH, len(chips) - 1):
        assert np.array_equal(gpu.encode_chips(chips[place : place + 1])[0], together[place])


@needs_gpu
def test_tokens_and_matches_are_those_of_the_cpu(gpu, eager, chips):
    seen, wanted = gpu.chip_tokens(chips[:3]), eager.chip_tokens(chips[:3])
    assert seen.shape == wanted.shape
    assert np.abs(seen - wanted).max() < 0.1 * np.abs(wanted).max()
    found = gpu.match(gpu.word_tokens(SENTENCES), wanted)
    np.testing.assert_allclose(found, eager.match(eager.word_tokens(SENTENCES), wanted), atol=0.1)


@needs_gpu
def test_a_search_may_ask_while_chips_are_encoded(gpu, chips):
    wanted, said = gpu.encode_chips(chips), gpu.encode_texts(SENTENCES)
    with ThreadPoolExecutor(4) as pool:
        pictures = [pool.submit(gpu.encode_chips, chips) for _ in range(6)]
        words = [pool.submit(gpu.encode_texts, SENTENCES) for _ in range(6)]
        assert all(np.array_equal(done.result(), wanted) for done in pictures)
        assert all(np.array_equal(done.result(), said) for done in words)


def test_only_what_outgrows_a_short_format_is_encoded_again():
    pixels, again = np.arange(5, dtype=np.uint8).reshape(5, 1, 1, 1), []

    def short(some):
        found = some.reshape(-1, 1, 1).repeat(2, axis=2).astype(np.float32)
        found[1, 0, 1], found[3, 0, 0] = np.inf, np.nan
        return found

    def full(some):
        again.append(some.ravel().tolist())
        return np.full((len(some), 1, 2), 9, np.float32)

    found = encoded_in_range(pixels, short, full)
    assert again == [[1, 3]]
    assert found[:, 0].tolist() == [[0, 0], [9, 9], [2, 2], [9, 9], [4, 4]]


def test_a_graph_is_recorded_for_the_first_chips_and_a_finer_one_if_they_need_it(monkeypatch):
    """The wiring, where there is no GPU: in place of graphs, something that notes its format."""
    recorded, outgrown = [], []

    class StandIn:
        def __init__(self, _network, dtype):
            recorded.append(dtype)
            self.dtype = dtype

        def encode(self, pixels, what):
            assert what == "embedding"
            value = np.nan if outgrown and self.dtype == torch.float16 else 1.0
            return np.full((len(pixels), 4), value, np.float32)

    monkeypatch.setattr(torch_backend, "GraphedImageTower", StandIn)
    network = SimpleNamespace(image=SimpleNamespace(to=lambda **_: None), to=lambda _: network)
    monkeypatch.setattr(torch_backend, "from_pretrained", lambda _: network)
    encoder = torch_backend.TorchEncoder(find_model(), "cuda")
    side = encoder.model.config.image.input_px
    pixels = np.zeros((2, side, side, 3), np.uint8)
    assert recorded == []
    encoder.encode_chips(pixels)
    encoder.encode_chips(pixels)
    assert recorded == [torch.float16]
    outgrown.append(True)
    assert np.isfinite(encoder.encode_chips(pixels)).all()
    assert recorded == [torch.float16, torch.float32]
