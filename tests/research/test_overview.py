"""Which sentences ship, and when one counts as right."""

from __future__ import annotations

import numpy as np
import pytest

from cmpagl_model.search.reference import read_reference
from research.overview.choose import COMMON, general, source_of
from research.overview.measure import Fits, mutual_information


def test_only_general_sentences_of_training_pictures_ship():
    shipped, own = read_reference(), source_of()
    sentences = set(shipped.sentences) - set(shipped.kinds)
    assert sentences <= set(general(list(own)))
    assert {own[sentence][0] for sentence in sentences} <= {
        "rsicd", "ucm", "vhr10", "nwpu", "sydney", "eurosat",
    }  # fmt: skip


def test_what_only_one_picture_shows_is_left_out():
    often = ["a green field by a river"] * COMMON
    given = [f"{text} {'and ' * n}trees" for n, text in enumerate(often)]
    odd = [
        "a green field at left",
        "two green fields",
        "a green red field",
        "field",
        "a green obelisk by a river",
        "a greenish field by a river",
        "runway 29 by a field",
    ]
    kept = general([*given, *odd])
    assert kept
    assert not set(kept) & set(odd)


def test_a_sentence_fits_a_class_by_a_whole_word():
    fits = Fits()
    assert fits("A lake park", "pond")
    assert not fits("a snowflake", "pond")
    assert fits("storage tanks", "storagetanks")
    assert not fits("storage tanks", "pond")


def test_mutual_information_of_the_same_and_of_nothing():
    assert mutual_information(np.diag([3, 4, 5])) == pytest.approx(1)
    assert mutual_information(np.full((2, 3), 4)) == pytest.approx(0, abs=1e-9)
