"""Fusion: what was looked at is ordered by cosine and log-odds, the rest stays below."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmpagl_model.encoders.protocol import WordTokens
from cmpagl_model.errors import EvaluationError
from cmpagl_model.rerank import fusion
from cmpagl_model.rerank.fusion import (
    best_pairs,
    fuse,
    fused_order,
    log_odds,
    match_logits,
    probability,
)
from cmpagl_model.rerank.settings import Calibration


class SumEncoder:
    """Stands for a fusion encoder whose logit is known: sums of the tokens that are no padding."""

    def __init__(self):
        self.batches = []

    def match(self, words, chips):
        assert chips.dtype == np.float32
        self.batches.append((len(chips), words.mask.shape[1]))
        heard = (words.tokens[..., 0] * words.mask).sum(axis=1)
        return (heard + chips.sum(axis=(1, 2))).astype(np.float32)


def sentences(random, count):
    lengths = random.integers(1, 9, count)
    mask = (np.arange(8) < lengths[:, None]).astype(np.int64)
    return WordTokens(random.normal(size=(count, 8, 1)).astype(np.float32), mask)


@st.composite
def looked_at(draw):
    """A similarity matrix without ties, k, and log-odds of its best pairs, mostly below 0."""
    rows, columns = draw(st.integers(1, 7)), draw(st.integers(1, 9))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    similarity = random.permutation(rows * columns).reshape(rows, columns) / (rows * columns)
    k = draw(st.integers(1, 10))
    pairs = best_pairs(similarity, k)
    return similarity, k, pairs, random.normal(-3, 4, len(pairs))


@given(looked_at())
def test_best_pairs_are_the_union_of_both_directions(case):
    similarity, k, pairs, _ = case
    by_hand = {
        (i, j)
        for i in range(similarity.shape[0])
        for j in range(similarity.shape[1])
        if (similarity[i] > similarity[i, j]).sum() < k
        or (similarity[:, j] > similarity[i, j]).sum() < k
    }
    assert [tuple(pair) for pair in pairs.tolist()] == sorted(by_hand)


@given(looked_at(), st.floats(0, 2))
def test_pairs_looked_at_are_ordered_by_the_sum_in_rows_and_columns(case, weight):
    similarity, _, pairs, odds = case
    fused = fuse(similarity, pairs, odds, weight)
    sums = similarity[tuple(pairs.T)] + weight * odds
    got = fused[tuple(pairs.T)]
    np.testing.assert_allclose(got - got[0], sums - sums[0], atol=1e-9)


@given(looked_at(), st.floats(0, 2))
def test_nothing_unseen_overtakes_what_was_looked_at(case, weight):
    similarity, k, pairs, odds = case
    fused = fuse(similarity, pairs, odds, weight)
    seen = np.zeros(similarity.shape, bool)
    seen[tuple(pairs.T)] = True
    assert (fused[~seen] == similarity[~seen]).all()
    for before, after, looked in ((similarity, fused, seen), (similarity.T, fused.T, seen.T)):
        for old, new, marks in zip(before, after, looked, strict=True):
            for unseen in np.flatnonzero(~marks):
                assert (new[marks & (old > old[unseen])] > new[unseen]).all()
            first = np.argsort(-old)[:k]
            if (~marks).any():
                assert new[first].min() > new[~marks].max()


@given(looked_at(), st.floats(-5, 5), st.randoms(use_true_random=False))
def test_offsets_and_the_order_of_pairs_do_not_matter(case, offset, random):
    similarity, _, pairs, odds = case
    order = random.sample(range(len(pairs)), len(pairs))
    np.testing.assert_allclose(
        fuse(similarity, pairs[order], odds[order] + offset, 0.5),
        fuse(similarity, pairs, odds, 0.5),
        atol=1e-9,
    )


def test_no_pairs_and_wrong_pairs():
    similarity = np.eye(3)
    assert (fuse(similarity, np.empty((0, 2), int), np.empty(0), 1.0) == similarity).all()
    with pytest.raises(EvaluationError, match=r"found pairs of shape \(2, 2\) for 3 log-odds"):
        fuse(similarity, np.zeros((2, 2), int), np.zeros(3), 1.0)
    with pytest.raises(EvaluationError, match="wanted a pair for each and a weight of 0 or more"):
        fuse(similarity, np.zeros((1, 2), int), np.zeros(1), -1.0)


@pytest.mark.parametrize("kind", [np.float32, np.float16])
def test_batches_give_every_pair_its_own_logit(monkeypatch, kind):
    monkeypatch.setattr(fusion, "PAIR_BATCH", 5)
    random = np.random.default_rng(0)
    words, chips = sentences(random, 6), random.normal(size=(4, 3, 2)).astype(kind)
    pairs = np.stack([random.integers(0, 4, 23), random.integers(0, 6, 23)], axis=1)
    encoder, counted = SumEncoder(), []
    told = SimpleNamespace(advance=counted.append)
    logits = match_logits(encoder, words, chips, pairs, told)
    heard = (words.tokens[..., 0] * words.mask).sum(axis=1)
    seen = chips.astype(np.float32).sum(axis=(1, 2))
    np.testing.assert_allclose(logits, heard[pairs[:, 1]] + seen[pairs[:, 0]], rtol=1e-4)
    assert counted == [count for count, _ in encoder.batches] == [5, 5, 5, 5, 3]
    widths = [width for _, width in encoder.batches]
    assert widths == sorted(widths)
    assert widths[0] < widths[-1]  # short sentences are not padded to the longest of all


def test_an_exception_of_progress_stops_the_matching():
    def stop(_):
        raise KeyboardInterrupt

    random = np.random.default_rng(0)
    pairs = np.zeros((3, 2), int)
    with pytest.raises(KeyboardInterrupt):
        match_logits(
            SumEncoder(), sentences(random, 1), np.ones((1, 2, 2)), pairs,
            SimpleNamespace(advance=stop),
        )  # fmt: skip


def test_broken_weights_are_refused():
    words = WordTokens(np.full((1, 2, 1), np.nan, np.float32), np.ones((1, 2), np.int64))
    with pytest.raises(EvaluationError, match="found 1 of 1 logits that are no finite number"):
        match_logits(SumEncoder(), words, np.ones((1, 2, 2)), np.zeros((1, 2), int))


def test_probabilities_are_calibrated_log_odds():
    logits = np.array([-3.0, 0.0, 2.0, 700.0])
    odds = log_odds(logits, Calibration(scale=0.5, offset=-1.0))
    np.testing.assert_allclose(probability(odds[:3]), 1 / (1 + np.exp(-(0.5 * logits[:3] - 1))))
    assert probability(odds)[3] == 1


@given(st.lists(st.one_of(st.none(), st.integers(-5, 5)), max_size=12))
def test_candidates_not_looked_at_keep_their_places(values):
    array = np.array([np.nan if v is None else v for v in values], float)
    order = fused_order(array)
    assert sorted(order.tolist()) == list(range(len(values)))
    unseen = np.flatnonzero(np.isnan(array))
    assert (order[unseen] == unseen).all()
    rest = [place for place in order.tolist() if values[place] is not None]
    assert rest == sorted(rest, key=lambda place: (-values[place], place))
