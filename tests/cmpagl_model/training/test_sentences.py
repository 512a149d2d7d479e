"""Sentences are counted once, shared between pictures, and cached behind the frozen layers."""

import pytest
import torch

from cmpagl_model.errors import DatasetError
from cmpagl_model.training import sentences as module
from cmpagl_model.training.data import CaptionedImage
from cmpagl_model.training.sentences import (
    FrozenText,
    number_sentences,
    positive_pairs,
    tokenise,
)

TEXTS = ["a red field", "a field of blue ground", "grey land", "green", "a green field of land"]


@pytest.fixture
def items(tmp_path):
    """Three pictures; the first two share a sentence up to case and full stop."""
    said = [("A lake.", "Boats.", "a lake"), ("a  LAKE", "Huts."), ("Huts",)]
    return [CaptionedImage(tmp_path / f"{n}.png", "train", texts) for n, texts in enumerate(said)]


def test_sentences_are_numbered_by_first_use(items):
    known = number_sentences(items)
    assert known.texts == ("A lake.", "Boats.", "Huts.")
    assert known.draws == ((0, 1, 0), (0, 2), (2,))
    assert known.of_image == ((0, 1), (0, 2), (2,))


def test_pictures_without_sentences_are_refused_by_name(items, tmp_path):
    with pytest.raises(DatasetError, match=r"bare\.png: found no sentence"):
        number_sentences([*items, CaptionedImage(tmp_path / "bare.png", "train", ())])


def test_shared_sentences_are_positive_for_both_pictures(items):
    known = number_sentences(items)
    found = positive_pairs([2, 0, 1], [2, 1, 0, 2], known)
    assert found.tolist() == [
        [True, False, False, True],
        [False, True, True, False],
        [True, False, True, True],
    ]


def test_tokens_are_padded_to_the_longest_and_cut(tokenizer):
    ids, mask = tokenise(tokenizer, ["red land", "a field of red ground"], 5)
    assert ids.dtype == mask.dtype == torch.int64
    assert ids.tolist() == [[2, 7, 12, 3, 0], [2, 4, 5, 6, 3]]  # the last word piece is kept [SEP]
    assert mask.tolist() == [[1, 1, 1, 1, 0], [1, 1, 1, 1, 1]]


@torch.no_grad()
@pytest.mark.parametrize("batch", [2, 256])
def test_cached_layers_give_what_running_them_gives(model, tokenizer, monkeypatch, batch):
    monkeypatch.setattr(module, "CACHE_BATCH", batch)
    frozen = FrozenText(model, tokenizer, TEXTS, 2)
    tokens, mask = frozen.batch([4, 0, 2])
    assert tokens.shape == (3, 7, 24)
    assert tokens.dtype == torch.float32
    ids, wanted_mask = tokenise(tokenizer, [TEXTS[n] for n in (4, 0, 2)], 8)
    assert torch.equal(mask, wanted_mask)
    real = mask.bool()
    early = model.text.run_layers(model.text.embeddings(ids), mask, 0, 2)
    torch.testing.assert_close(tokens[real], early[real], atol=2e-3, rtol=2e-3)
    late = model.text.run_layers(tokens, mask, 2, 4)
    wanted = model.encode_text(ids, wanted_mask).embedding
    torch.testing.assert_close(model.embed_text(late, mask), wanted, atol=3e-3, rtol=0)


def test_short_sentences_make_a_narrow_batch(model, tokenizer):
    tokens, mask = FrozenText(model, tokenizer, TEXTS, 1).batch([3, 2])
    assert tokens.shape[:2] == mask.shape == (2, 4)
    assert mask.tolist() == [[1, 1, 1, 0], [1, 1, 1, 1]]
