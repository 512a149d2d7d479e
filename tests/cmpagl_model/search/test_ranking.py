"""How deep a ranking is looked into: as deep as k hits need, and no deeper than it must."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from cmpagl_model.search import ranking
from cmpagl_model.search.ranking import DEEPER, FOR_EACH_HIT, LEAST, Ranking, cosine_scores
from cmpagl_model.search.shortlist import shortlist
from cmpagl_model.table.codes import Coded, fit_codes
from tests.cmpagl_model.index.embedded import clustered

COUNT, SIZE = 12_000, 24


def units(vectors):
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float16)


@pytest.fixture(scope="module")
def embeddings():
    return units(clustered(COUNT, SIZE))


@pytest.fixture(scope="module")
def coded(embeddings):
    book = fit_codes(embeddings)
    return Coded(book, book.encode(embeddings))


@pytest.fixture(scope="module")
def query(embeddings):
    vector = embeddings[17].astype(np.float32)
    return vector / np.linalg.norm(vector)


@pytest.fixture(scope="module")
def order(embeddings, query):
    scores = cosine_scores(embeddings, np.arange(COUNT), query)
    best = np.argsort(-scores, kind="stable")
    return best, scores[best]


@pytest.fixture
def asked(monkeypatch):
    """How many of the best were asked for, time after time."""
    depths = []

    def counting(coded, rows, vector, wanted, score):
        depths.append(wanted)
        return shortlist(coded, rows, vector, wanted, score)

    monkeypatch.setattr(ranking, "shortlist", counting)
    return depths


@pytest.fixture
def rank(embeddings, coded, query):
    def make(rows=range(COUNT), min_score=None):
        return Ranking(
            SimpleNamespace(coded=coded), rows, query,
            lambda some: cosine_scores(embeddings, some, query), min_score,
        )  # fmt: skip

    return make


def first(rows, wanted):
    return rows[:wanted]


def one_in(share):
    """A choice that merging makes: of so many neighbours in a ranking one is left."""
    return lambda rows, wanted: rows[::share][:wanted]


@pytest.mark.parametrize(("wanted", "depth"), [(1, 100), (25, 100), (26, 104), (300, 1200)])
def test_four_chips_are_ranked_for_each_hit_and_a_hundred_at_least(rank, asked, wanted, depth):
    hits, found = rank().chosen(first, wanted)
    assert asked == [depth]
    assert (LEAST, FOR_EACH_HIT, DEEPER) == (100, 4, 8)
    assert len(hits) == wanted
    assert len(found.rows) >= depth


@pytest.mark.parametrize(
    ("share", "wanted", "depths"),
    [
        (4, 25, [100]),
        (5, 25, [100, 800]),
        (32, 25, [100, 800]),
        (33, 25, [100, 800, 6400]),
        (150, 50, [200, 1600, 12_800]),
        (100, 1000, [4000, 32_000]),
    ],
)
def test_where_merging_leaves_too_few_it_looks_eight_times_as_deep(
    rank, asked, order, share, wanted, depths
):
    hits, found = rank().chosen(one_in(share), wanted)
    assert asked == depths[: len(asked)]
    assert len(asked) == len(depths) or found.complete  # all were compared before their turn
    there = -(-COUNT // share)
    assert len(hits) == min(wanted, there)
    best, scores = order
    # codes may overlook one in a thousand; scores are exact, and at most so much off in place
    np.testing.assert_allclose(
        found.scores[: 25 * share : share][:5], scores[: 25 * share : share][:5], atol=2e-3
    )
    assert set(hits.tolist()) <= set(best.tolist())


def test_all_chips_are_looked_at_before_fewer_hits_are_given(rank):
    hits, found = rank().chosen(one_in(5000), 5)
    assert len(hits) == 3
    assert found.complete
    assert len(found.rows) == COUNT


def test_more_hits_than_chips_are_asked_for_once(rank, asked):
    hits, found = rank(rows=np.arange(0, 600, 2)).chosen(first, 10**18)
    assert asked == [1200]
    assert len(hits) == 300
    assert found.complete


def test_what_was_ranked_deep_enough_is_not_ranked_again(rank, asked):
    ranked = rank()
    assert ranked.best(500) is ranked.best(500)
    assert ranked.best(20) is ranked.best(500)
    assert ranked.best(len(ranked.best(500).rows)) is ranked.best(500)
    assert asked == [500]
    assert len(ranked.best(501).rows) >= 501
    assert asked == [500, 501]
    whole = ranked.best(COUNT)
    assert whole.complete
    assert ranked.best(10 * COUNT) is whole


@pytest.mark.parametrize("place", [0, 7, 99, 4000])
def test_the_least_score_itself_is_good_enough(rank, order, place):
    _, scores = order
    hits, found = rank(min_score=float(scores[place])).chosen(first, 10**6)
    wanted = int((scores >= scores[place]).sum())
    assert len(hits) == len(found.rows) == len(found.scores) == wanted
    assert found.complete
    assert (found.scores >= scores[place]).all()


def test_a_least_score_below_all_cuts_nothing(rank):
    hits, found = rank(min_score=-1.0).chosen(first, 20)
    assert len(hits) == 20
    assert not found.complete
    assert len(found.rows) >= 100


def test_a_least_score_above_all_leaves_nothing_and_asks_once(rank, asked):
    hits, found = rank(min_score=1.5).chosen(first, 20)
    assert len(hits) == len(found.rows) == 0
    assert found.complete
    assert asked == [100]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("least", "hits"), [(1e308, 0), (-1e308, 20), (2**1023, 0)])
def test_least_scores_beyond_all_numbers_of_single_precision(rank, least, hits):
    assert len(rank(min_score=least).chosen(first, 20)[0]) == hits


def test_only_the_rows_that_may_be_looked_at_are(rank, order):
    rows = np.arange(5, COUNT, 3)
    hits, _ = rank(rows=rows).chosen(first, 30)
    best = [row for row in order[0].tolist() if row % 3 == 2 and row >= 5][:30]
    assert len(set(hits.tolist()) & set(best)) >= 29
    assert rank(rows=rows).rows is rows
