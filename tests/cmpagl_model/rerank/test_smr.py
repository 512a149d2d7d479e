"""SMR keeps the properties of docs/method.md 5.2, and ties stay ties."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmpagl_model.errors import ConfigError, EvaluationError
from cmpagl_model.evaluation.metrics import match_ranks
from cmpagl_model.rerank.smr import (
    SmrSettings,
    range_ratio,
    reweight,
    reweight_both_ways,
    row_ranks,
)

WEIGHTS = st.floats(0.0625, 4)
SETTINGS = st.builds(
    SmrSettings,
    mode=st.sampled_from(["mul", "add"]),
    k=st.sampled_from([None, 10, 12]),
    xi_forward=st.floats(0, 1),
    xi_backward=st.floats(0, 1),
    a=WEIGHTS,
    b=WEIGHTS,
    g=WEIGHTS,
)


@st.composite
def matrices(draw, *, ties=False, least=1):
    """Scores of whole numbers, so that scale and offset are exact; without ties if asked."""
    rows, columns = draw(st.integers(1, 6)), draw(st.integers(least, 18))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    if ties:
        return random.integers(0, 6, (rows, columns)).astype(float)
    return random.permutation(rows * columns).reshape(rows, columns).astype(float)


def order_of(scores):
    return np.argsort(-scores, axis=1, kind="stable")


def places_by_counting(scores):
    return (scores[:, None, :] > scores[:, :, None]).sum(axis=2)


def smr_by_the_book(s, settings):
    """docs/method.md 5.2 line by line, for a matrix without ties and without k."""
    found = np.empty_like(s)
    for i, row in enumerate(s):
        for j, value in enumerate(row):
            column = s[:, j]
            forward = (value - row.min()) / (row.max() - row.min() + 1e-12)
            ratio = (value - column.min()) / (column.max() - column.min() + 1e-12)
            p_f, p_b = (row > value).sum(), (column > value).sum()
            weight = (
                settings.a * np.exp(-settings.xi_forward * (p_f + 1))
                + settings.b * np.exp(-settings.xi_backward * (p_b + 1))
                + settings.g * ratio
            )
            found[i, j] = forward * weight if settings.mode == "mul" else forward + weight
    return found


@given(matrices(), SETTINGS)
def test_agrees_with_the_formula_written_out(scores, settings):
    everything = dataclasses.replace(settings, k=None)
    np.testing.assert_allclose(
        reweight(scores, everything), smr_by_the_book(scores, everything), atol=1e-9
    )


def test_a_matrix_made_by_hand():
    scores = np.array([[0.8, 0.6], [0.7, 0.2]])
    settings = SmrSettings(mode="add", xi_forward=0.0, xi_backward=0.0, a=0.0, b=0.0, g=1.0)
    np.testing.assert_allclose(reweight(scores, settings), [[2.0, 1.0], [1.0, 0.0]])
    product = dataclasses.replace(settings, mode="mul", b=1.0, xi_backward=np.log(2))
    np.testing.assert_allclose(reweight(scores, product), [[1.5, 0.0], [0.25, 0.0]])


def test_a_candidate_that_everybody_likes_yields_to_the_one_that_is_ours():
    scores = np.array([[0.90, 0.85, 0.1], [0.95, 0.2, 0.3], [0.97, 0.1, 0.2]])
    assert order_of(scores)[0].tolist() == [0, 1, 2]
    assert order_of(reweight(scores))[0].tolist() == [1, 0, 2]


@given(matrices(), SETTINGS, st.randoms(use_true_random=False))
def test_follows_permutations_of_both_axes(scores, settings, random):
    rows, columns = list(range(scores.shape[0])), list(range(scores.shape[1]))
    random.shuffle(rows)
    random.shuffle(columns)
    moved = reweight(scores[np.ix_(rows, columns)], settings)
    np.testing.assert_array_equal(moved, reweight(scores, settings)[np.ix_(rows, columns)])


@given(matrices(ties=True), SETTINGS, st.integers(-8, 8), st.integers(-100, 100))
def test_scale_and_offset_change_nothing(scores, settings, power, offset):
    np.testing.assert_allclose(
        reweight(2.0**power * scores + offset, settings), reweight(scores, settings), atol=1e-12
    )


@given(matrices(ties=True), st.sampled_from([None, 10]))
def test_no_weights_in_additive_mode_keep_the_order(scores, k):
    nothing = SmrSettings(mode="add", k=k, a=0.0, b=0.0, g=0.0)
    np.testing.assert_array_equal(order_of(reweight(scores, nothing)), order_of(scores))


@given(matrices(ties=True, least=11), SETTINGS, st.integers(10, 12), st.integers(0, 2**16))
def test_re_ranking_the_first_k_leaves_recalls_from_k_on(scores, settings, k, seed):
    owners = np.random.default_rng(seed).integers(0, scores.shape[0], scores.shape[1])
    queries = np.arange(scores.shape[0])
    limited = reweight(scores, dataclasses.replace(settings, k=k))
    before = match_ranks(scores, owners, queries)
    after = match_ranks(limited, owners, queries)
    for depth in range(k, scores.shape[1] + 1):
        np.testing.assert_array_equal(before < depth, after < depth)
    np.testing.assert_array_equal(after[before >= k], before[before >= k])


def test_candidates_below_k_keep_their_order_and_those_above_change_theirs():
    scores = np.random.default_rng(1).random((30, 40))
    before, after = order_of(scores), order_of(reweight(scores, SmrSettings(k=10)))
    np.testing.assert_array_equal(before[:, 10:], after[:, 10:])
    assert (before[:, :10] != after[:, :10]).any()
    np.testing.assert_array_equal(np.sort(before[:, :10]), np.sort(after[:, :10]))


def test_k_beyond_the_candidates_is_no_limit():
    scores = np.random.default_rng(2).random((5, 12))
    np.testing.assert_array_equal(reweight(scores, SmrSettings(k=12)), reweight(scores))


@given(matrices(ties=True), SETTINGS)
def test_equal_columns_stay_equal(scores, settings):
    doubled = np.concatenate([scores, scores[:, :1]], axis=1)
    found = reweight(doubled, settings)
    np.testing.assert_array_equal(found[:, 0], found[:, -1])


@given(matrices(ties=True))
def test_places_count_the_better_ones(scores):
    np.testing.assert_array_equal(row_ranks(scores), places_by_counting(scores))


@pytest.mark.parametrize("shape", [(1, 1), (1, 12), (12, 1), (3, 4)])
@pytest.mark.parametrize("mode", ["mul", "add"])
def test_constant_scores_stay_constant(shape, mode):
    found = reweight(np.full(shape, 0.3), SmrSettings(mode=mode))
    assert np.isfinite(found).all()
    assert len(np.unique(found)) == 1


def test_constant_rows_and_columns_give_finite_scores():
    scores = np.array([[0.5, 0.5, 0.5], [0.5, 0.2, 0.9]])
    assert np.isfinite(reweight(scores)).all()
    np.testing.assert_array_equal(range_ratio(scores)[0], [0, 0, 0])


def test_computes_in_double_precision_and_leaves_its_input_alone():
    scores = np.random.default_rng(3).random((4, 6)).astype(np.float32)
    kept = scores.copy()
    assert reweight(scores).dtype == np.float64
    np.testing.assert_array_equal(scores, kept)
    np.testing.assert_array_equal(reweight(scores), reweight(scores.astype(np.float64)))


def test_both_ways_work_on_the_matrix_and_on_its_transpose():
    scores = np.random.default_rng(4).random((6, 30))
    both = reweight_both_ways(scores, SmrSettings(k=10))
    np.testing.assert_array_equal(both.i2t, reweight(scores, SmrSettings(k=10)))
    np.testing.assert_array_equal(both.t2i, reweight(scores.T, SmrSettings(k=10)))
    assert not np.allclose(reweight_both_ways(scores).i2t, reweight_both_ways(scores).t2i.T)


def test_the_other_queries_matter():
    scores = np.random.default_rng(5).random((8, 12))
    assert not np.allclose(reweight(scores)[:4], reweight(scores[:4]))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_scores_that_are_no_number_are_refused(bad):
    scores = np.ones((3, 4))
    scores[1, 2] = bad
    with pytest.raises(EvaluationError, match=r"found 1 scores that are no finite number"):
        reweight(scores)


@pytest.mark.parametrize("shape", [(5,), (0, 4), (4, 0), (2, 3, 4)])
def test_what_is_no_matrix_is_refused(shape):
    with pytest.raises(EvaluationError, match=r"wanted \(queries, candidates\)"):
        reweight(np.zeros(shape))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"mode": "divide"}, "wanted 'mul' or 'add'"),
        ({"k": 9}, "found k = 9, wanted None or at least 10"),
        ({"a": -0.1}, "wanted 0 or more"),
        ({"xi_backward": float("nan")}, "wanted 0 or more"),
        ({"mode": "mul", "a": 0.0, "b": 0.0, "g": 0.0}, "wanted one above 0"),
    ],
)
def test_settings_out_of_range_are_refused(values, said):
    with pytest.raises(ConfigError, match=said):
        SmrSettings(**values)
