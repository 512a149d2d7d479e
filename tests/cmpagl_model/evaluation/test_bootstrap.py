"""Bootstrap intervals: whole images are drawn, the seed decides, the width is what theory says."""

import numpy as np
import pytest

from cmpagl_model.evaluation.bootstrap import Ranks, bootstrap_interval, share_interval
from cmpagl_model.evaluation.metrics import recalls


def ranks_of(images, sentences, image_of):
    return Ranks(np.array(images), np.array(sentences), np.array(image_of))


@pytest.fixture
def mixed():
    random = np.random.default_rng(0)
    return Ranks(
        random.integers(0, 20, 200), random.integers(0, 20, 1000), np.repeat(np.arange(200), 5)
    )


def test_same_seed_same_interval(mixed):
    assert bootstrap_interval(mixed, 300, seed=4) == bootstrap_interval(mixed, 300, seed=4)
    assert bootstrap_interval(mixed, 300, seed=4) != bootstrap_interval(mixed, 300, seed=5)


def test_the_figures_lie_inside(mixed):
    found = bootstrap_interval(mixed)
    sides = ((found.low.i2t, recalls(mixed.images), found.high.i2t),
             (found.low.t2i, recalls(mixed.sentences), found.high.t2i))  # fmt: skip
    for low, value, high in sides:
        assert low.r1 < value.r1 < high.r1
        assert low.r5 < value.r5 < high.r5
        assert low.r10 < value.r10 < high.r10
    assert found.low.mean_recall < found.low_mean < found.high_mean < found.high.mean_recall


def test_perfect_and_hopeless_ranks_leave_no_doubt():
    sure = bootstrap_interval(ranks_of([0, 0, 0], [0] * 6, [0, 0, 1, 1, 2, 2]))
    assert (sure.low_mean, sure.high_mean) == (100, 100)
    never = bootstrap_interval(ranks_of([99, 99], [99, 99], [0, 1]))
    assert (never.low_mean, never.high_mean) == (0, 0)


def test_width_for_images_is_that_of_a_binomial():
    count, share = 400, 0.3
    images = np.where(np.arange(count) < share * count, 0, 50)
    found = bootstrap_interval(Ranks(images, images, np.arange(count)), 2000)
    half = 100 * 1.96 * np.sqrt(share * (1 - share) / count)
    assert found.low.i2t.r1 == pytest.approx(30 - half, abs=0.6)
    assert found.high.i2t.r1 == pytest.approx(30 + half, abs=0.6)


def test_sentences_of_an_image_rise_and_fall_together():
    images = np.where(np.arange(100) % 2, 0, 50)
    repeated = Ranks(images, images.repeat(5), np.arange(100).repeat(5))
    found = bootstrap_interval(repeated, 500)
    assert found.low.t2i == found.low.i2t  # five copies add no knowledge
    assert found.high.t2i == found.high.i2t


def test_images_count_by_their_sentences():
    ranks = ranks_of([0, 0], [0, 0, 0, 50], [0, 0, 0, 1])
    found = bootstrap_interval(ranks, 400)
    assert (found.low.t2i.r1, found.high.t2i.r1) == (0, 100)  # both draws of one image occur
    assert found.low.i2t.r1 == 100


def test_draws_beyond_one_batch_are_all_drawn(mixed):
    wide, narrow = bootstrap_interval(mixed, 1000), bootstrap_interval(mixed, 256)
    assert wide.low_mean == pytest.approx(narrow.low_mean, abs=1)
    assert bootstrap_interval(mixed, 1) is not None


def test_a_share_draws_groups_and_not_answers():
    right = np.repeat([True, False, True, False], 25)
    alone = share_interval(right, np.arange(100))
    together = share_interval(right, np.repeat(np.arange(4), 25))
    spread = 1.96 * 100 * np.sqrt(0.25 / 100)  # of a binomial share of 100 answers
    assert alone == pytest.approx((50 - spread, 50 + spread), abs=1.5)
    assert together == (0, 100)
    assert share_interval(np.ones(9, bool), np.arange(9)) == (100, 100)
