"""Which words are known, how they stand, and in what language."""

from __future__ import annotations

import random

import pytest

from cmpagl_model.model_folder import find_model
from cmpagl_model.relevance.notice import nothing_like
from cmpagl_model.relevance.settings import read_language, read_settings
from cmpagl_model.relevance.words import (
    Vocabulary,
    disorder,
    script_of,
    stem,
    words_of,
)
from research.relevance.language import word_counts, word_order

SENTENCES = [
    f"{many} {thing} are {where} the {place}"
    for many in ("many", "some", "two", "several white")
    for thing in ("boats", "grey houses", "planes", "round tanks")
    for where in ("near", "beside", "in", "around")
    for place in ("river", "church", "harbour", "runway")
]


@pytest.fixture(scope="module")
def vocabulary():
    return Vocabulary(word_counts(SENTENCES))


@pytest.mark.parametrize(
    "forms",
    [
        ("church", "churches"), ("house", "houses"), ("city", "cities"), ("bus", "buses"),
        ("park", "parks", "parked", "parking"), ("grey", "gray"), ("harbour", "harbors", "harbor"),
        ("crop", "crops", "cropped"), ("centre", "center", "centres"), ("box", "boxes"),
    ],
)  # fmt: skip
def test_forms_of_a_word_have_one_stem(forms):
    assert len({stem(word) for word in forms}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("love", "lovely"), ("tower", "tow"), ("pond", "ponder"), ("grass", "gras"), ("sea", "see")],
)
def test_different_words_stay_apart(one, other):
    assert stem(one) != stem(other)


def test_known_are_words_of_the_training_sentences_in_any_form(vocabulary):
    assert vocabulary.unknown("A BOAT beside the gray house; two harbors") == ()
    assert vocabulary.unknown("a red telephone beside a boat and a violin") == (
        "red", "telephone", "violin",
    )  # fmt: skip
    assert vocabulary.knowledge("boats") == 1.0
    assert vocabulary.knowledge("telephone") == 0.0


def test_a_word_met_once_or_twice_is_not_known():
    counts = word_counts([*SENTENCES, "a zeppelin", "one zeppelin", "a kite", "a kite", "a kite"])
    vocabulary = Vocabulary(counts)
    assert vocabulary.unknown("a zeppelin and a kite") == ("zeppelin",)
    assert 0 < vocabulary.knowledge("kite") < 1


def test_words_thrown_together_are_in_disorder_sentences_and_lists_are_not():
    things = ["boats", "grey round tanks", "white houses"]
    order = word_order([*SENTENCES, *things * 40] * 20)
    said = [disorder(sentence, order) for sentence in SENTENCES]
    assert max(said) == 0.0
    assert disorder("boats", order) == disorder("grey round tanks", order) == 0.0
    mixed = []
    for number, sentence in enumerate(SENTENCES):
        words = ["of", "the", *sentence.split(), "is", "and"]
        random.Random(number).shuffle(words)
        mixed.append(disorder(" ".join(words), order))
    assert sum(value > 0 for value in mixed) > 0.8 * len(mixed)


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("boats, été, Straße", "Latin"), ("一座桥横跨河流", "Chinese"),
        ("мост через реку", "Cyrillic"),
        ("강 위의 다리", "Korean"), ("γέφυρα", "Greek"), ("جسر فوق نهر", "Arabic"), ("12 ?!", ""),
        ("תחנת רכבת", "Hebrew"), ("रेलवे स्टेशन", "Devanagari"),
    ],
)  # fmt: skip
def test_scripts_have_names(text, script):
    assert script_of(text) == script


def test_digits_and_signs_are_no_words():
    assert words_of("2 x 0xff, a_b!") == ("x", "xff", "a", "b")
    assert words_of("?! 12 🏠") == ()


@pytest.mark.weights
@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("eine Kirche neben einem Park", "German"), ("un étang dans la forêt", "French"),
        ("los coches en la carretera", "Spanish"), ("een boerderij langs het water", "Dutch"),
        ("станция метро", "Cyrillic script"), ("駅のホーム", "script"), ("!!!", "no words"),
        ("a stapler and a toothbrush", "does not know: stapler, toothbrush"),
    ],
)  # fmt: skip
def test_the_notice_says_why(sentence, said):
    model = find_model()
    settings = read_settings(model)
    assert settings is not None
    vocabulary = Vocabulary(read_language(model, settings.words).counts)
    line = nothing_like(sentence, vocabulary.unknown(sentence))
    assert sentence in line
    assert said in line
    assert "\n" not in line


def test_the_notice_of_a_known_sentence_names_no_words():
    said = nothing_like("a grey church", ())
    assert said.startswith("nothing here looks like 'a grey church'; next: say it in other words")


def test_a_long_sentence_is_cut_in_the_notice():
    line = nothing_like("word " * 150, ())
    assert "word…'" in line
    assert line.count("word ") < 20
