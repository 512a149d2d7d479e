"""Made sentences: other words, shorter, longer; the same for the same seed."""

import numpy as np
import pytest

from cmpagl_model.training.data.rephrase import ALIKE, other_words, rephrase, shorter

PICTURE = [
    "many green trees are around a pond .",
    "there is a large piece of farmland near two houses .",
]


def chooser(seed=0):
    return np.random.default_rng(seed)


def test_known_words_are_replaced_by_their_like_and_others_kept():
    found = other_words("Two houses near a pond and a zebra .", chooser(), share=1.0)
    assert "houses" not in found
    assert any(word in found for word in ("homes", "dwellings", "residences"))
    assert any(word in found for word in ("small lake", "pool of water"))
    assert found.endswith("and a zebra .")
    assert found.startswith("Two ")


def test_the_longest_known_words_win():
    found = other_words("a dense residential area", chooser(), share=1.0)
    assert "area" not in found or "housing area" in found
    assert "dense residential" not in found


def test_no_share_changes_nothing():
    assert other_words(PICTURE[0], chooser(), share=0.0) == PICTURE[0]


def test_words_inside_other_words_are_left_alone():
    assert other_words("carpets in a seaport museum", chooser(), share=1.0) == (
        "carpets in a seaport museum"
    )


@pytest.mark.parametrize("seed", range(8))
def test_a_shorter_sentence_is_shorter_and_keeps_its_subject(seed):
    found = shorter(PICTURE[0], chooser(seed))
    assert found.startswith("green trees")
    assert len(found) < len(PICTURE[0])


def test_what_remains_is_never_a_single_word_cut_from_a_clause():
    assert all(len(shorter("boats and a pier", chooser(s)).split()) > 1 for s in range(8))


def test_made_sentences_name_their_sources_and_repeat_with_the_seed():
    made = rephrase(PICTURE, chooser(5))
    assert made == rephrase(PICTURE, chooser(5))
    assert made
    assert all(row.text not in PICTURE for row in made)
    assert all(0 <= source < len(PICTURE) for row in made for source in row.sources)
    joined = [rephrase(PICTURE, chooser(seed)) for seed in range(20)]
    assert any(len(row.sources) == 2 for rows in joined for row in rows)


def test_equal_sentences_are_not_joined():
    rows = rephrase([PICTURE[0], PICTURE[0].upper()], chooser(1))
    assert all(len(row.sources) == 1 for row in rows)


def test_no_row_lists_a_word_twice():
    assert all(len(set(row)) == len(row) > 1 for row in ALIKE)
