"""The GPU encoder beside the CPU's. Without an NVIDIA GPU these are skipped, and counted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from cmpagl_model.encoders import open_encoder
from cmpagl_model.encoders.cuda_graph import GRAPH_BATCH

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="no NVIDIA GPU here")
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
    smooth = torch.nn.functional.interpolate(coarse, size=160, mode="bicubic")
    grain = torch.from_numpy(chooser.normal(0, 12, (count, 3, 160, 160)).astype(np.float32))
    pictures = (smooth + grain).clamp(0, 255).to(torch.uint8)
    return np.ascontiguousarray(pictures.permute(0, 2, 3, 1).numpy())


def cosines(a, b):
    return (a * b).sum(axis=1)


def test_chips_have_the_same_vectors_as_on_the_cpu(gpu, eager, chips):
    found = gpu.encode_chips(chips)
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    assert cosines(found, eager.encode_chips(chips)).min() > 0.999


def test_sentences_have_the_same_vectors_as_on_the_cpu(gpu, eager):
    assert cosines(gpu.encode_texts(SENTENCES), eager.encode_texts(SENTENCES)).min() > 0.9999


def test_a_chip_has_one_vector_wherever_it_lies_in_whatever_batch(gpu, chips):
    together = gpu.encode_chips(chips)
    assert np.array_equal(gpu.encode_chips(chips), together)
    assert np.array_equal(gpu.encode_chips(chips[::-1])[::-1], together)
    for place in (0, 1, GRAPH_BATCH - 1, GRAPH_BATCH, len(chips) - 1):
        assert np.array_equal(gpu.encode_chips(chips[place : place + 1])[0], together[place])


def test_tokens_and_matches_are_those_of_the_cpu(gpu, eager, chips):
    seen, wanted = gpu.chip_tokens(chips[:3]), eager.chip_tokens(chips[:3])
    assert seen.shape == wanted.shape
    assert np.abs(seen - wanted).max() < 0.1 * np.abs(wanted).max()
    found = gpu.match(gpu.word_tokens(SENTENCES), wanted)
    np.testing.assert_allclose(found, eager.match(eager.word_tokens(SENTENCES), wanted), atol=0.1)


def test_a_search_may_ask_while_chips_are_encoded(gpu, chips):
    wanted, said = gpu.encode_chips(chips), gpu.encode_texts(SENTENCES)
    with ThreadPoolExecutor(4) as pool:
        pictures = [pool.submit(gpu.encode_chips, chips) for _ in range(6)]
        words = [pool.submit(gpu.encode_texts, SENTENCES) for _ in range(6)]
        assert all(np.array_equal(done.result(), wanted) for done in pictures)
        assert all(np.array_equal(done.result(), said) for done in words)
