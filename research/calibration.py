"""From logits to probabilities that come true: Platt scaling, and how far off they are.

Platt 1999, "Probabilistic outputs for support vector machines"; the temperature of Guo et al.
2017, "On calibration of modern neural networks", is the case without an offset.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.errors import EvaluationError
from cmpagl_model.rerank.fusion import log_odds, probability
from cmpagl_model.rerank.settings import Calibration

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.floating]
    Doubles = NDArray[np.float64]
    Matches = NDArray[np.bool_]

BINS = 15
RIDGE = 1e-3
"""Pull towards scale 1 and offset 0; keeps the constants of a perfect fit finite."""
STEPS, HALVINGS, CLOSE = 100, 40, 1e-10


@dataclass(frozen=True, slots=True)
class ReliabilityRow:
    """One bin of pairs with like probabilities."""

    pairs: int
    """How many."""
    forecast: float
    """Mean probability, 0 to 1."""
    observed: float
    """Share that did match, 0 to 1."""


@dataclass(frozen=True, slots=True, eq=False)
class HeldOut:
    """A calibration with its errors, and the forecasts that they were measured on."""

    calibration: Calibration
    """Constants from all pairs, errors from held-out ones."""
    before: Doubles
    """Probabilities without scale and offset, ``(P,)``."""
    after: Doubles
    """Each pair's probability by constants from the other half of the pictures, ``(P,)``."""


def fit_calibration(logits: Floats, matches: Matches, *, offset: bool = True) -> Calibration:
    """Scale and offset of the greatest likelihood, by Newton's method; nothing is drawn.

    Args:
        logits: of the pairs, finite, ``(P,)``.
        matches: whether each matches, ``(P,)``.
        offset: whether to fit an offset; without, this is temperature scaling.

    Returns:
        The constants, no errors.

    Raises:
        EvaluationError: if the logits are all equal or not finite, if all pairs match or none, or
            if matches have the lower logits.
    """
    values, truth = _validated(logits, matches)
    columns = np.stack([values, np.ones_like(values)], axis=1)[:, : 1 + offset]
    start = np.array([1.0, 0.0])[: 1 + offset]
    found, loss = start, _loss(columns, truth, start, start)
    for _ in range(STEPS):
        chance = probability(columns @ found)
        slope = columns.T @ (chance - truth) + RIDGE * (found - start)
        curve = (columns.T * (chance * (1 - chance))) @ columns + RIDGE * np.eye(len(start))
        step = np.linalg.solve(curve, slope)
        before, found, loss = found, *_line_search(columns, truth, found, step, loss)
        if np.abs(found - before).max() < CLOSE:
            break
    scale = float(found[0])
    if scale <= 0:
        raise EvaluationError(
            f"calibration: found logits that fall where pairs match (scale {scale:.3g}), wanted a "
            "scale above 0; next: train the fusion encoder"
        )
    return Calibration(scale, float(found[1]) if offset else 0.0)


def cross_fit(logits: Floats, matches: Matches, pictures: NDArray[np.integer]) -> HeldOut:
    """Constants from all pairs; their error from two halves of the pictures, each by the other.

    Args:
        logits: as for :func:`fit_calibration`.
        matches: whether each pair matches, ``(P,)``.
        pictures: number of each pair's picture, ``(P,)``; pairs of one stay together.

    Returns:
        The constants with the expected calibration errors before and after.

    Raises:
        EvaluationError: as :func:`fit_calibration`, also for either half.
    """
    whole = fit_calibration(logits, matches)
    numbers = np.unique(pictures)
    first = np.random.default_rng(0).permutation(numbers)[: len(numbers) // 2]
    half = np.isin(pictures, first)
    after = np.empty(len(logits))
    for held in (half, ~half):
        after[held] = probability(
            log_odds(logits[held], fit_calibration(logits[~held], matches[~held]))
        )
    before = probability(logits)
    errors = (calibration_error(before, matches), calibration_error(after, matches))
    return HeldOut(Calibration(whole.scale, whole.offset, *errors), before, after)


def reliability(chances: Floats, matches: Matches, bins: int = BINS) -> tuple[ReliabilityRow, ...]:
    """How often pairs matched that were given like probabilities.

    Args:
        chances: probabilities, 0 to 1, ``(P,)``.
        matches: whether each pair matches, ``(P,)``.
        bins: of equal numbers of pairs.

    Returns:
        The bins, from the least likely on; no empty ones.
    """
    order = np.argsort(chances, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return tuple(
        ReliabilityRow(len(part), float(chances[part].mean()), float(matches[part].mean()))
        for part in parts
    )


def calibration_error(chances: Floats, matches: Matches, bins: int = BINS) -> float:
    """Expected calibration error, 0 to 1: mean distance of forecast and observed over the bins.

    Args:
        chances: as for :func:`reliability`.
        matches: as for :func:`reliability`.
        bins: of equal numbers of pairs.

    Example:
        >>> calibration_error(np.array([0.5, 0.5]), np.array([True, False]), bins=1)
        0.0
    """
    rows = reliability(chances, matches, bins)
    return sum(row.pairs * abs(row.forecast - row.observed) for row in rows) / len(chances)


def _line_search(
    columns: Doubles, truth: Doubles, found: Doubles, step: Doubles, loss: float
) -> tuple[Doubles, float]:
    """Backtracking: the point after a step, halved until the loss does not rise, and its loss."""
    start = np.array([1.0, 0.0])[: len(found)]
    for _ in range(HALVINGS):
        point = found - step
        new = _loss(columns, truth, point, start)
        if new <= loss:
            return point, new
        step = step / 2
    return found, loss


def _loss(columns: Doubles, truth: Doubles, point: Doubles, start: Doubles) -> float:
    """Negative log-likelihood with the pull towards ``start``."""
    odds = columns @ point
    pull = 0.5 * RIDGE * ((point - start) ** 2).sum()
    return float((np.logaddexp(0, odds) - truth * odds).sum() + pull)


def _validated(logits: Floats, matches: Matches) -> tuple[Doubles, Doubles]:
    values, truth = np.asarray(logits, np.float64), np.asarray(matches, np.float64)
    if values.shape != truth.shape or values.ndim != 1 or not np.isfinite(values).all():
        raise EvaluationError(
            f"calibration: found logits of shape {values.shape} and matches of shape "
            f"{truth.shape}, wanted as many of both, all finite; next: check the model's weights"
        )
    right = int(truth.sum())
    if right in {0, len(truth)}:
        raise EvaluationError(
            f"calibration: found {right:,} matches among {len(truth):,} pairs, wanted some of "
            "both kinds; next: take more pictures"
        )
    if np.ptp(values) == 0:
        raise EvaluationError(
            f"calibration: found the logit {values[0]:.3g} for all {len(values):,} pairs, wanted "
            "logits that differ; next: train the fusion encoder"
        )
    return values, truth
