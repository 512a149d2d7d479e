"""Calibration finds known constants and says honestly how far off probabilities are."""

import numpy as np
import pytest

from cmpagl_model.errors import EvaluationError
from cmpagl_model.rerank.fusion import probability
from research.calibration import (
    calibration_error,
    cross_fit,
    fit_calibration,
    reliability,
)


def draws(scale, offset, count=60_000):
    random = np.random.default_rng(0)
    logits = random.normal(-1, 3, count)
    return logits, random.random(count) < probability(scale * logits + offset)


@pytest.mark.parametrize(("scale", "offset"), [(0.4, -2.0), (1.0, 0.0), (2.5, 1.5)])
def test_known_constants_are_found(scale, offset):
    found = fit_calibration(*draws(scale, offset))
    assert found.scale == pytest.approx(scale, rel=0.05)
    assert found.offset == pytest.approx(offset, abs=0.08)
    assert found == fit_calibration(*draws(scale, offset))


def test_temperature_alone_has_no_offset():
    found = fit_calibration(*draws(0.5, 0.0), offset=False)
    assert found.scale == pytest.approx(0.5, rel=0.03)
    assert found.offset == 0


def test_calibrated_draws_have_next_to_no_error():
    logits, matches = draws(1.0, 0.0)
    assert calibration_error(probability(logits), matches) < 0.01
    assert calibration_error(probability(3 * logits + 2), matches) > 0.1


def test_bins_hold_equal_numbers_and_all_pairs():
    logits, matches = draws(1.0, 0.0, 1000)
    rows = reliability(probability(logits), matches)
    assert len(rows) == 15
    assert sum(row.pairs for row in rows) == 1000
    assert {row.pairs for row in rows} == {66, 67}
    forecasts = [row.forecast for row in rows]
    assert forecasts == sorted(forecasts)
    assert len(reliability(np.array([0.1, 0.2]), np.array([True, False]))) == 2


def test_cross_fit_measures_pairs_by_the_other_half():
    logits, matches = draws(0.5, -2.0, 20_000)
    found = cross_fit(logits, matches, np.arange(20_000) // 20)
    assert found.calibration.error_before > 0.1
    assert found.calibration.error_after < 0.02
    assert found.calibration.scale == fit_calibration(logits, matches).scale
    by_all = probability(found.calibration.scale * logits + found.calibration.offset)
    assert not np.array_equal(found.after, by_all)
    np.testing.assert_allclose(found.after, by_all, atol=0.05)


def test_a_perfect_split_stays_finite():
    found = fit_calibration(np.array([-2.0, -1.0, 1.0, 2.0]), np.array([False, False, True, True]))
    assert 1 < found.scale < 100


@pytest.mark.parametrize(
    ("logits", "matches", "said"),
    [
        ([1.0, 1.0, 1.0], [True, False, True], "the logit 1 for all 3 pairs"),
        ([1.0, 2.0], [True, True], "2 matches among 2 pairs"),
        ([1.0, 2.0], [False, False], "0 matches among 2 pairs"),
        ([1.0, np.nan], [False, True], "all finite"),
        ([3.0, 2.0, 1.0, 0.0] * 9, [False, False, True, True] * 9, "fall where pairs match"),
    ],
)
def test_what_cannot_be_calibrated_is_refused(logits, matches, said):
    with pytest.raises(EvaluationError, match=said):
        fit_calibration(np.array(logits), np.array(matches))
