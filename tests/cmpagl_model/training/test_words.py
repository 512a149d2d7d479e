"""Sentences for the text tower: padded, cut, and cached behind the frozen layers."""

import pytest
import torch

from cmpagl_model.training.data import words as module
from cmpagl_model.training.data.words import TrainingWords, tokenise
from cmpagl_model.training.listener import Listener

TEXTS = ["a red field", "a field of blue ground", "grey land", "green", "a green field of land"]


def test_tokens_are_padded_to_the_longest_and_cut(tokenizer):
    ids, mask = tokenise(tokenizer, ["red land", "a field of red ground"], 5)
    assert ids.dtype == mask.dtype == torch.int64
    assert ids.tolist() == [[2, 7, 12, 3, 0], [2, 4, 5, 6, 3]]  # the last word piece is kept [SEP]
    assert mask.tolist() == [[1, 1, 1, 1, 0], [1, 1, 1, 1, 1]]


@torch.no_grad()
@pytest.mark.parametrize("batch", [2, 256])
def test_cached_layers_give_what_running_them_gives(model, tokenizer, monkeypatch, batch):
    monkeypatch.setattr(module, "CACHE_BATCH", batch)
    words = TrainingWords(model, tokenizer, TEXTS)
    plain = words.batch([4, 0, 2])
    assert plain.layers == 0
    words.cache(model, 2, Listener())
    cached = words.batch([4, 0, 2])
    assert cached.layers == 2
    assert cached.values.shape == (3, 7, 24)
    assert cached.values.dtype == torch.float32
    assert torch.equal(cached.mask, plain.mask)
    real = cached.mask.bool()
    early = model.text.run_layers(model.text.embeddings(plain.values), plain.mask, 0, 2)
    torch.testing.assert_close(cached.values[real], early[real], atol=2e-3, rtol=2e-3)
    late = model.text.run_layers(cached.values, cached.mask, 2, 4)
    wanted = model.encode_text(plain.values, plain.mask).embedding
    torch.testing.assert_close(
        model.embed_text(late, cached.mask).embedding, wanted, atol=3e-3, rtol=0
    )


def test_the_cache_takes_what_it_says(model, tokenizer):
    words = TrainingWords(model, tokenizer, TEXTS)
    words.cache(model, 1, Listener())
    values = words.batch(range(len(TEXTS))).values  # read as float32, kept as float16
    assert words.cache_bytes(model) == values.nbytes // 2


def test_short_sentences_make_a_narrow_batch(model, tokenizer):
    words = TrainingWords(model, tokenizer, TEXTS)
    words.cache(model, 1, Listener())
    found = words.batch([3, 2])
    assert found.values.shape[:2] == found.mask.shape == (2, 4)
    assert found.mask.tolist() == [[1, 1, 1, 0], [1, 1, 1, 1]]
