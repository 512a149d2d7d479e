"""Hard pairs: never a match passed off as a negative; the loss asks for order."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from cmpagl_model.captions import CaptionedImage
from cmpagl_model.training.data.sentences import number_sentences
from cmpagl_model.training.tasks.pairs import HardPairs, pair_loss

ITEMS = [
    CaptionedImage(Path("0.png"), "train", ("a pond", "water")),
    CaptionedImage(Path("1.png"), "train", ("a lake", "Water!")),
    CaptionedImage(Path("2.png"), "train", ("a wood",)),
    CaptionedImage(Path("3.png"), "train", ("a town",)),
]


@pytest.fixture
def known():
    return number_sentences(ITEMS)


def unit(*rows):
    return F.normalize(torch.tensor(rows, dtype=torch.float32), dim=1)


def hard(known, share=0.6, telling=0.0):
    images = unit([1, 0, 0], [0.9, 0.1, 0], [0, 1, 0], [0, 0, 1])
    texts = unit([1, 0, 0], [0.95, 0.05, 0], [0.9, 0.1, 0], [0, 1, 0], [0, 0, 1])
    return HardPairs(images, texts, known, share=share, telling=telling)


def test_negatives_are_likely_ones_and_never_matches(known):
    pairs = hard(known)
    for seed in range(30):
        drawn = pairs.draw([0, 2], np.random.default_rng(seed))
        images, sentences = drawn.images.reshape(3, 2), drawn.sentences.reshape(3, 2)
        assert images[0].tolist() == images[2].tolist() == [0, 2]
        assert sentences[0].tolist() == sentences[1].tolist()
        assert pairs.matches(drawn)[:2].tolist() == [1, 1]
        own = known.texts[sentences[0, 0]]
        if own == "water":  # both pictures that look like it have it: one more match
            assert images[1, 0] == 0
        else:
            assert images[1, 0] == 1
        assert known.texts[sentences[2, 0]] == "a lake"


def test_telling_sentences_are_drawn_as_often_as_asked_and_never_as_negatives():
    items = [replace(ITEMS[0], sentences=("water",), telling=("a pond",)), *ITEMS[1:]]
    known = number_sentences(items)
    said = {"own": set(), "all": set(), "telling": set()}
    for share, name in ((0.0, "own"), (0.5, "all"), (1.0, "telling")):
        pairs = hard(known, telling=share)
        for seed in range(20):
            drawn = pairs.draw([0], np.random.default_rng(seed))
            said[name].add(known.texts[drawn.sentences[0]])
            assert known.texts[drawn.sentences[2]] not in {"water", "a pond"}
    assert said == {"own": {"water"}, "all": {"water", "a pond"}, "telling": {"a pond"}}


def test_the_same_chooser_draws_the_same(known):
    first, again = (hard(known).draw([3, 1], np.random.default_rng(4)) for _ in range(2))
    assert first.images.tolist() == again.images.tolist()
    assert first.sentences.tolist() == again.sentences.tolist()


def test_the_loss_falls_when_matches_rise_and_negatives_fall():
    matches = torch.tensor([1.0, 0.0, 0.0])
    flat = pair_loss(torch.zeros(3), matches)
    right = pair_loss(torch.tensor([2.0, -2.0, -2.0]), matches)
    wrong = pair_loss(torch.tensor([-2.0, 2.0, 2.0]), matches)
    assert right < flat < wrong
    # log 2 for each pair at weights 1, 1/2, 1/2, and half of two ranking terms of log 2
    assert flat.item() == pytest.approx(np.log(2) * (2 / 3 + 1))


def test_only_the_order_of_a_pair_moves_the_ranking_part():
    matches = torch.tensor([1.0, 0.0, 0.0])
    logits = torch.tensor([5.0, 4.0, 4.0], requires_grad=True)
    pair_loss(logits, matches).backward()
    assert logits.grad[0] < 0 < logits.grad[1]
