"""Sentences are counted once and shared between pictures."""

from dataclasses import replace

import numpy as np
import pytest

from cmpagl_model.captions import CaptionedImage
from cmpagl_model.errors import DatasetError
from cmpagl_model.training.data.sentences import (
    draw_sentences,
    number_sentences,
    positive_pairs,
)
from cmpagl_model.training.settings import Batch


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


def test_positive_pairs_are_what_membership_says(items):
    known = number_sentences(items)
    rows, numbers = [0, 1, 2, 1], [0, 0, 1, 2, 2]
    wanted = [[number in known.of_image[row] for number in numbers] for row in rows]
    assert positive_pairs(rows, numbers, known).tolist() == wanted


def test_draws_follow_their_seed(items):
    known, batch = number_sentences(items), Batch(sentences_per_picture=3)
    draws = [
        draw_sentences(known, [0, 2], batch, np.random.default_rng(seed)) for seed in (1, 1, 2)
    ]
    assert draws[0] == draws[1]
    assert len(draws[0]) == 6
    assert set(draws[0][:3]) <= {0, 1}
    assert set(draws[0][3:]) == {2}


@pytest.fixture
def told(items):
    """The first two pictures have telling sentences, one of them in the words of the third's."""
    return [
        replace(items[0], telling=("Two boats beside a pier.", "huts.")),
        replace(items[1], telling=("Five huts in a row.",)),
        items[2],
    ]


def test_telling_sentences_are_numbered_with_the_others_and_match(told):
    known = number_sentences(told)
    own = [[known.texts[number] for number in row] for row in known.draws]
    assert own == [["A lake.", "Boats.", "A lake."], ["A lake.", "huts."], ["huts."]]
    texts = [[known.texts[number] for number in row] for row in known.telling]
    assert texts[0][0] == "Two boats beside a pier."
    assert texts[1:] == [["Five huts in a row."], []]
    assert known.telling[0][1] == known.draws[2][0]  # "huts." is "Huts"
    matches = positive_pairs([0, 1, 2], list(range(len(known.texts))), known)
    for row, (own, telling) in enumerate(zip(known.draws, known.telling, strict=True)):
        assert set(matches[row].nonzero().flatten().tolist()) == {*own, *telling}


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_the_telling_share_says_how_often_a_telling_sentence_is_drawn(told, share):
    known = number_sentences(told)
    batch = Batch(sentences_per_picture=1000, telling_share=share)
    drawn = draw_sentences(known, [1, 2], batch, np.random.default_rng(0))
    telling = sum(number in known.telling[1] for number in drawn[:1000])
    assert telling == pytest.approx(1000 * share, abs=0 if share in {0, 1} else 50)
    assert set(drawn[:1000]) <= {*known.draws[1], *known.telling[1]}
    assert set(drawn[1000:]) == set(known.draws[2])  # it has no telling one
