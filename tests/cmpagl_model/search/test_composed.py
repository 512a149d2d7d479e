"""Sentences read by parts: what is understood, what is left as it stands, and what is refused."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from cmpagl_model.errors import QueryError
from cmpagl_model.search import Examples
from cmpagl_model.search.composed import (
    MOST_PARTS,
    WITHOUT,
    Composed,
    as_it_stands,
    read_parts,
    read_query,
)
from cmpagl_model.search.ranking import cosine_scores
from cmpagl_model.search.weighted import Weighted
from tests.cmpagl_model.search.paper import MODEL, paper_index, paper_scene
from tiling import ChipSpec

READ = {
    "parking lot, no cars": "parking lot - without: cars",
    "A parking lot without any cars": "A parking lot - without: cars",
    "houses and trees without a pool or cars": "houses and trees - without: a pool, cars",
    "houses with no trees": "houses - without: trees",
    "houses but not trees": "houses - without: trees",
    "harbour, no boats, yellow cranes": "harbour, yellow cranes - without: boats",
    "a road and no cars and no trees": "a road - without: cars, trees",
    "bare land, has no houses.": "bare land - without: houses",
    "a field without trees, beside a river": "a field, beside a river - without: trees",
    "no cars, a parking lot": "a parking lot - without: cars",
    "parking lot^2, trees, -cars^0.5": "parking lot (2 times), trees - without: cars (0.5 times)",
    "+harbour, -boats": "harbour - without: boats",
    "parking lot^2, no cars": "parking lot (2 times) - without: cars",
    "parking lot, -cars, no trees": "parking lot - without: cars, trees",
    "parking lot without cars^3, -trees": "parking lot (3 times) - without: cars (3 times), trees",
    "parking lot, \u2212cars, \u2013 trees": "parking lot - without: cars, trees",
    "parking lot^2e0, trees": "parking lot (2 times), trees",
    "a parking lot with no cars and without trees": "a parking lot - without: cars, trees",
    "a road with neither cars nor trees": "a road - without: cars, trees",
    "a parking lot\u2014no cars": "a parking lot - without: cars",
    "a parking lot; no cars!": "a parking lot - without: cars",
    "a parking lot (no cars)": "a parking lot - without: cars",
}
WHOLE = (
    "a road beside a river",
    "houses and trees",
    "a parking lot with cars, and a church",
    "a parking lot without cars beside a river",  # is the river wanted?
    "houses without a pool, trees or cars",  # are the trees?
    "not far from the sea",
    "there are no cars in the parking lot",
    "a known notable lake in North Dakota",
    "a re-used parking-lot",
    "a parking lot that is not without cars",  # it has some
    "a harbour, never without boats",
    "a square that isn't without trees",
)


@pytest.mark.parametrize(("sentence", "wanted"), READ.items())
def test_conditions_are_parted(sentence, wanted):
    assert str(read_parts(sentence)) == wanted


@pytest.mark.parametrize("sentence", WHOLE)
def test_what_cannot_be_parted_without_guessing_stays_whole(sentence):
    assert read_parts(sentence) is None
    assert read_query(sentence, plain=False) == sentence


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("no cars", "only what is not wanted"),
        ("-cars, -trees", "only what is not wanted"),
        ("parking lot^2,, -cars", "without words"),
        ("parking lot, -cars^0", r"weight \^0,"),
        ("parking lot^-1", r"weight \^-1,"),
        ("parking lot^nan, trees", r"weight \^nan,"),
        ("parking lot^1e400", r"weight \^1e400,"),
        ("parking lot^", r"weight \^,"),
        ("parking lot^twice, trees", r"weight \^twice,"),
        ("parking lot^2 no cars", r"weight \^2 no cars,"),
        ("parking lot^1.2.3", r"weight \^1.2.3"),
        ("a road, " + ", ".join(["-cars"] * 100), "101 parts"),
        ("a road" + ", no cars" * 100, "101 parts"),
    ],
)
def test_parts_that_make_no_question_are_refused(sentence, said):
    with pytest.raises(QueryError, match=said):
        read_parts(sentence)


def test_as_many_parts_as_allowed_are_read():
    assert len(read_parts("a road" + ", no cars" * (MOST_PARTS - 1)).without) == MOST_PARTS - 1


@pytest.mark.parametrize(
    "marks",
    [
        *('"{}"', "'{}'", "\u201c{}\u201d", "\u201e{}\u201c", "\u201e{}\u201d"),
        *("\u201d{}\u201d", "\u2018{}\u2019", "\u201a{}\u2018", "\u00ab {} \u00bb"),
        *("\u00bb{}\u00ab", "\u203a{}\u2039", "\u300c{}\u300d", "\u300e{}\u300f"),
    ],
)
def test_quotation_marks_take_a_sentence_as_it_stands(marks):
    sentence = marks.format("no cars")
    assert as_it_stands(sentence) == "no cars"
    assert read_query(f"  {sentence} ", plain=False) == "no cars"
    for plain in ('"roads" and "cars"', "'roads' and 'cars'", '""', '"'):
        assert as_it_stands(plain) == plain
    assert as_it_stands("\u2018a farmer\u2019s field\u2019") == "a farmer\u2019s field"


def test_a_blank_part_is_none():
    with pytest.raises(QueryError, match="without words"):
        Composed((Weighted("", 1.0),))


class Words:
    """An encoder on paper: every word has a direction of its own."""

    model = SimpleNamespace(name=MODEL.name, fingerprint=MODEL.fingerprint, id=MODEL)

    def encode_texts(self, texts):
        """Unit vectors of texts."""
        seeds = [sum(map(ord, text)) for text in texts]
        drawn = np.stack([np.random.default_rng(seed).normal(size=8) for seed in seeds])
        return (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def index():
    made = paper_index([paper_scene()], ChipSpec(size_px=80, ground_sizes_m=(80.0,)))
    made.use_encoder(Words())
    return made


def scores_of(index, vector):
    rows = np.arange(len(index.table))
    unit = (vector / np.linalg.norm(vector)).astype(np.float32)
    return np.sort(cosine_scores(index.table.embeddings, rows, unit))[::-1]


def test_a_search_takes_off_what_is_not_wanted(index):
    lot, cars, trees = Words().encode_texts(["a parking lot", "cars", "trees"])
    answer = index.search("a parking lot without cars", k=500, merge=False)
    assert answer.understood == "a parking lot - without: cars"
    assert answer.query == "a parking lot without cars"
    assert all(hit.relevance is None for hit in answer.hits)
    assert [hit.score for hit in answer.hits] == pytest.approx(
        scores_of(index, lot - WITHOUT * cars), abs=1e-5
    )
    weighted = index.search("a parking lot^3, trees, -cars^2", k=500, merge=False)
    wanted = scores_of(index, (3 * lot + trees) / 4 - 2 * WITHOUT * cars)
    assert [hit.score for hit in weighted.hits] == pytest.approx(wanted, abs=1e-5)


def test_a_search_by_example_reads_its_sentence_by_parts_as_well(index):
    lot, cars, trees = Words().encode_texts(["a parking lot", "cars", "trees"])
    parted = lot - WITHOUT * cars
    wanted = parted / np.linalg.norm(parted) / 2 + trees / 2
    answer = index.similar(Examples(plus=("trees",)), "a parking lot, no cars", k=500, merge=False)
    assert answer.understood == "a parking lot - without: cars"
    assert [hit.score for hit in answer.hits] == pytest.approx(scores_of(index, wanted), abs=1e-5)


@pytest.mark.parametrize("how", [{"plain": True}, {}])
def test_a_sentence_can_be_taken_as_it_stands(index, how):
    sentence = "a parking lot, no cars"
    vector = index.query_vector(Examples(), sentence if how else f'"{sentence}"', **how)
    assert vector == pytest.approx(Words().encode_texts([sentence])[0], abs=1e-6)
    answer = index.similar(Examples(), sentence if how else f'"{sentence}"', **how)
    assert answer.understood == ""


@pytest.mark.parametrize("sentence", ["----", "- - -", "a pier -- at dusk", "-, -", "+"])
def test_a_dash_without_a_word_is_no_sign(sentence):
    assert read_parts(sentence) is None
