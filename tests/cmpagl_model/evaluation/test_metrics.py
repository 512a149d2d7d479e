"""docs/method.md 8.1: best of an image's sentences, strict identity, ties against us."""

import numpy as np
import pytest

from cmpagl_model.evaluation.metrics import (
    Recalls,
    RetrievalScores,
    match_ranks,
    recalls,
    retrieval_scores,
)


def test_ranks_of_a_matrix_made_by_hand():
    scores = np.array([[0.9, 0.1, 0.5, 0.3], [0.2, 0.8, 0.7, 0.6], [0.4, 0.6, 0.1, 0.5]])
    ranks = match_ranks(scores, owners=np.arange(4), queries=np.array([0, 3, 2]))
    assert ranks.tolist() == [0, 2, 3]


def test_images_are_served_by_the_best_of_their_five_sentences():
    owners = np.repeat([0, 1], 5)
    scores = np.array([
        [0.1, 0.2, 0.9, 0.3, 0.0, 0.8, 0.7, 0.6, 0.5, 0.4],
        [0.9, 0.8, 0.7, 0.1, 0.0, 0.2, 0.3, 0.6, 0.5, 0.4],
    ])  # fmt: skip
    found = retrieval_scores(scores, owners)
    assert match_ranks(scores, owners, np.arange(2)).tolist() == [0, 3]
    assert found.i2t == Recalls(50.0, 100.0, 100.0)
    assert found.t2i == Recalls(20.0, 100.0, 100.0)  # sentences 2 and 3; 4 and 7 to 9 are ties


def test_recalls_count_ranks_below_k():
    assert recalls(np.array([0, 1, 4, 5, 9, 10])) == Recalls(
        pytest.approx(100 / 6), pytest.approx(300 / 6), pytest.approx(500 / 6)
    )


def test_mean_recall_is_the_mean_of_six():
    scores = RetrievalScores(i2t=Recalls(1.0, 2.0, 3.0), t2i=Recalls(4.0, 5.0, 12.0))
    assert scores.mean_recall == pytest.approx(4.5)


def test_perfect_scores_are_perfect():
    owners = np.repeat(np.arange(12), 5)
    truth = (np.arange(12)[:, None] == owners).astype(np.float32)
    assert retrieval_scores(truth, owners).mean_recall == 100.0


@pytest.mark.parametrize("value", [0.0, np.nan])
def test_scores_that_tell_nothing_earn_nothing(value):
    owners = np.repeat(np.arange(12), 5)
    assert retrieval_scores(np.full((12, 60), value), owners).mean_recall == 0.0


def test_ties_count_against_us():
    scores = np.array([[0.5, 0.5, 0.1], [0.1, 0.5, 0.5]])
    assert match_ranks(scores, np.arange(3), np.array([0, 0])).tolist() == [1, 2]


def test_own_sentences_of_the_same_score_are_no_ties():
    assert match_ranks(np.array([[0.5, 0.5, 0.1]]), np.array([0, 0, 1]), np.array([0])) == [0]


def test_identical_sentences_of_other_images_do_not_count():
    same = np.array([[0.9, 0.9], [0.2, 0.2]])  # one sentence, written for both images
    found = retrieval_scores(same, np.array([0, 1]))
    assert found.i2t.r1 == 0.0
    assert found.t2i.r1 == 50.0


def test_queries_without_a_match_are_never_found():
    assert match_ranks(np.ones((1, 3)), np.array([1, 2, 3]), np.array([0])).tolist() == [3]


def test_random_scores_are_near_chance():
    owners = np.repeat(np.arange(452), 5)  # RSITMD's test set
    scores = np.random.default_rng(0).standard_normal((452, 2260), np.float32)
    found = retrieval_scores(scores, owners)
    for side in (found.i2t, found.t2i):
        assert [side.r1, side.r5, side.r10] == pytest.approx([0.22, 1.1, 2.2], abs=1.2)
    assert found.mean_recall == pytest.approx(1.2, abs=0.5)
    grid = np.array([found.i2t.r1, found.i2t.r5, found.i2t.r10]) * 452 / 100
    assert grid == pytest.approx(np.round(grid))
