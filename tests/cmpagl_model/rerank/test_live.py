"""Live SMR is the query's row of the whole matrix, at the cost of one comparison each."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmpagl_model.errors import EvaluationError
from cmpagl_model.rerank.live import backward_of, live_values
from cmpagl_model.rerank.smr import SmrSettings, reweight

SETTINGS = st.builds(
    SmrSettings,
    mode=st.sampled_from(["mul", "add"]),
    k=st.sampled_from([None, 10]),
    a=st.floats(0, 2),
    b=st.floats(0.0625, 2),
    g=st.floats(0, 2),
)


@st.composite
def queries(draw, least=0):
    """Scores of whole numbers with ties, of one query and of a bank."""
    count, width = draw(st.integers(least, 8)), draw(st.integers(1, 16))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return random.integers(0, 9, width).astype(float), random.integers(0, 9, (count, width)) * 1.0


def live(scores, bank, settings):
    return live_values(scores, backward_of(scores, bank), settings)


@given(queries(), SETTINGS)
def test_it_is_the_row_of_the_query(case, settings):
    scores, bank = case
    whole = reweight(np.vstack([scores, bank]), settings)
    np.testing.assert_allclose(live(scores, bank, settings), whole[0], atol=1e-12)


@given(queries(), SETTINGS, st.sampled_from([0.5, 2.0, 8.0]), st.integers(-9, 9))
def test_scale_and_offset_change_nothing(case, settings, scale, offset):
    scores, bank = case
    moved = live(scores * scale + offset, bank * scale + offset, settings)
    np.testing.assert_allclose(moved, live(scores, bank, settings), atol=1e-12)


@given(queries(), SETTINGS)
def test_a_bank_of_the_query_itself_keeps_the_order(case, settings):
    """The query beats nobody and loses to nobody, everywhere alike."""
    scores, _ = case
    copies = np.tile(scores, (5, 1))
    values = live(scores, copies, settings)
    assert (values == live(scores, copies[:0], settings)).all()
    for better, worse in np.argwhere(scores[:, None] > scores[None, :]):
        assert values[better] > values[worse]


@given(queries(least=1), SETTINGS, st.randoms(use_true_random=False))
def test_the_order_of_the_bank_does_not_matter(case, settings, random):
    scores, bank = case
    mixed = bank[random.sample(range(len(bank)), len(bank))]
    assert (live(scores, mixed, settings) == live(scores, bank, settings)).all()


def test_a_candidate_that_everybody_likes_falls_behind_one_that_only_the_query_likes():
    scores = np.array([0.61, 0.60, 0.10])
    bank = np.array([[0.9, 0.2, 0.1], [0.8, 0.3, 0.2], [0.7, 0.1, 0.0]])
    values = live(scores, bank, SmrSettings(b=0.3))
    assert values[1] > values[0] > values[2]


def test_nothing_and_misfits():
    assert len(live(np.empty(0), np.empty((3, 0)), SmrSettings())) == 0
    with pytest.raises(EvaluationError, match=r"of references \(2, 4\)"):
        backward_of(np.zeros(3), np.zeros((2, 4)))


def test_five_hundred_references_and_a_thousand_candidates_cost_little():
    random = np.random.default_rng(0)
    chips = random.normal(size=(1000, 256)).astype(np.float32)
    bank, query = chips[:512] + 1, chips[0]
    times = []
    for _ in range(5):
        start = time.process_time()  # how busy the machine is does not count
        live(chips @ query, bank @ chips.T, SmrSettings(k=50))
        times.append(time.process_time() - start)
    assert min(times) < 0.1
