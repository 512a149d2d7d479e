"""Constants of relevance, by logistic regression; nothing is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.errors import EvaluationError
from cmpagl_model.relevance.settings import RelevanceSettings, Weights
from cmpagl_model.rerank.fusion import probability

from .trials import KINDS, SCENES, TRUE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .trials import Trials

    Doubles = NDArray[np.float64]
    Mask = NDArray[np.bool_]

TRUE_SHARE = 0.75
"""Share of searches that are taken to ask for something that the index holds."""
MISSED = 0.09
"""Share of the true searches of each gallery that may come back as not found, of those fitted on; a
tenth may."""
FIRST_COUNTS = 3.0
"""How much more the first hit counts than each other: people look at it."""
RIDGE = 1e-3
STEPS, CLOSE = 60, 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Constants and what they say of all trials."""

    fits: Doubles
    """Weights of the index holding what is asked for, by the best chip."""
    right: Doubles
    """Weights of a hit being right."""
    found_from: float
    """Least probability of the first that counts as found."""

    def found(self, trials: Trials) -> Mask:
        """Which searches come back as found, ``(Q,)``."""
        return self._holds(trials) >= self.found_from

    def relevance(self, trials: Trials) -> Doubles:
        """Of each hit, NaN where there is none, ``(Q, HITS)``."""
        chances: Doubles = probability(trials.evidence @ self.right)
        return self._holds(trials)[:, None] * chances

    def _holds(self, trials: Trials) -> Doubles:
        return probability(trials.evidence[:, 0] @ self.fits)


def fit(trials: Trials, chosen: Mask) -> Fitted:
    """Fit constants to some of the searches.

    Args:
        trials: the searches.
        chosen: which to use, ``(Q,)``.

    Raises:
        EvaluationError: if chips of a higher score come out as less likely right.
    """
    first, true = trials.evidence[:, 0], trials.true
    fits = _logistic(first[chosen], true[chosen], _balanced(trials)[chosen])
    some = (chosen & true)[:, None] & ~np.isnan(trials.right)
    much = np.ones(trials.right.shape)
    much[:, 0] = FIRST_COUNTS
    right = _logistic(trials.evidence[some], trials.right[some] > 0, much[some])
    if min(fits[0], right[0]) <= 0:
        raise EvaluationError(
            f"relevance: found that it falls with the score (weights {fits[0]:.3g} and "
            f"{right[0]:.3g}), wanted both above 0; next: check the model's weights, or give more "
            "pictures"
        )
    held = probability(first @ fits)
    groups = [chosen & true & (trials.galleries == name) for name in np.unique(trials.galleries)]
    least = min(float(np.quantile(held[group], MISSED)) for group in groups if group.any())
    return Fitted(fits, right, least)


def settings_of(fitted: Fitted, model: str, words: int, error: float) -> RelevanceSettings:
    """What goes into the model folder.

    Args:
        fitted: constants of all searches.
        model: fingerprint.
        words: how many words the model knows.
        error: expected calibration error on searches not used.
    """
    fits, right = (
        Weights(*(float(f"{value:.6g}") for value in some)) for some in (fitted.fits, fitted.right)
    )
    return RelevanceSettings(
        model, fits, right, round(fitted.found_from, 6), words, round(error, 4)
    )


def _balanced(trials: Trials) -> Doubles:
    """Weights of the searches: :data:`TRUE_SHARE` for true ones, the rest alike for each kind.

    Of a kind, real scenes together weigh as much as all captioned pictures.
    """
    found = np.zeros(len(trials.kinds))
    scenes = trials.galleries == SCENES
    for kind in KINDS:
        share = TRUE_SHARE if kind == TRUE else (1 - TRUE_SHARE) / (len(KINDS) - 1)
        groups = [own for of in (~scenes, scenes) if (own := of & (trials.kinds == kind)).any()]
        for own in groups:
            found[own] = share / len(groups) / own.sum()
    return found


def _logistic(evidence: Doubles, truth: Mask, much: Doubles) -> Doubles:
    """Weights of the greatest likelihood with a light pull to 0, the offset last and not pulled.

    Args:
        evidence: ``(n, kinds)``, the last of them ones.
        truth: what came true, ``(n,)``.
        much: how much each counts, ``(n,)``.
    """
    middle, spread = evidence.mean(axis=0), evidence.std(axis=0)
    middle[-1], spread[spread < 1e-9] = 0, 1
    columns, weight = (evidence - middle) / spread, much / much.sum()
    pull = np.full(evidence.shape[1], RIDGE)
    pull[-1] = 0
    found = np.zeros(evidence.shape[1])
    for _ in range(STEPS):
        chance = probability(columns @ found)
        slope = columns.T @ (weight * (chance - truth)) + pull * found
        curve = (columns.T * (weight * chance * (1 - chance))) @ columns + np.diag(pull + 1e-12)
        step = np.linalg.solve(curve, slope)
        found -= step
        if np.abs(step).max() < CLOSE:
            break
    raw: Doubles = found / spread
    raw[-1] = found[-1] - float((raw[:-1] * middle[:-1]).sum())
    return raw
