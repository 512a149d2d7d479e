"""Choosing how to re-rank with a model, on validation pictures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from cmpagl_model.captions import normalise_sentence
from cmpagl_model.evaluation.retrieval import directed_ranks
from cmpagl_model.rerank.smr import BidirectionalScores, SmrSettings, reweight_both_ways
from research.calibration import HeldOut, cross_fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cmpagl_model.evaluation.encode import EncodedSplit
    from cmpagl_model.evaluation.pairs import MatchedPairs
    from cmpagl_model.rerank.settings import Calibration, RerankSettings

    Matches = NDArray[np.bool_]

WEIGHTS = (0.0, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2)
SMR_WEIGHTS = (0.5, 1.0, 2.0)
LOSS_ALLOWED = 0.1
"""Points of mR that no data set may lose for the gain of another."""
LEAST_GAIN = 0.2
"""Points of mR, summed over what is measured, that a change has to bring. A fusion encoder of
random weights reached 0.08 by the luck of the grid."""

Setting = TypeVar("Setting")


@dataclass(frozen=True, slots=True, eq=False)
class MatchedSplit:
    """Validation pictures of one data set."""

    split: EncodedSplit
    """Their vectors."""
    matched: MatchedPairs
    """Logits of their best pairs."""

    def fused(self, calibration: Calibration, weight: float) -> NDArray[np.float64]:
        """Cosines and log-odds together, ``(images, sentences)``."""
        return self.matched.fused(calibration, weight)[:, self.split.text_of]

    def mean_recall(self, similarity: NDArray[np.floating], smr: SmrSettings | None) -> float:
        """The mR in % of scores ``(images, sentences)``; ``None``: without SMR."""
        plain = BidirectionalScores(similarity, similarity.T)
        scores = plain if smr is None else reweight_both_ways(similarity, smr)
        return directed_ranks(scores, self.split.image_of).scores.mean_recall


@dataclass(frozen=True, slots=True)
class Tried:
    """One setting and what it gave."""

    setting: str
    """In words."""
    figures: tuple[float, ...]
    """mR in %: of fusion for each data set; where SMR was varied, of smr and full for each."""


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """What was chosen, and from what."""

    settings: RerankSettings
    """To be written into the model folder."""
    held_out: HeldOut
    """Forecasts before and after calibration."""
    matches: Matches
    """Whether each calibration pair matches, ``(P,)``."""
    tried: tuple[Tried, ...]
    """Everything tried, in order."""


def choose_settings(sets: Sequence[MatchedSplit], kept: RerankSettings) -> Choice:
    """Choose calibration, weight of the fusion encoder and SMR.

    Weight and SMR are those of the greatest sum of mR over the data sets and ways of ranking,
    among those by which none loses more than 0.1: the weight against none at all, SMR against
    what is kept. Calibration is of the pairs of all sets together, so the largest counts most.

    Args:
        sets: the validation pictures with their best ``kept.k`` pairs, one data set or more.
        kept: settings so far; what serves a live query only stays.

    Returns:
        The choice.

    Raises:
        EvaluationError: if the logits cannot be calibrated.
    """
    logits, matches, pictures = _calibration_pairs(sets, kept.k)
    held = cross_fit(logits, matches, pictures)
    weights = [(weight, tuple(one.mean_recall(one.fused(held.calibration, weight), None)
                              for one in sets)) for weight in WEIGHTS]  # fmt: skip
    best = most_gained(weights)
    fused = [one.fused(held.calibration, best) for one in sets]
    varied = (replace(kept.smr, b=b, g=g) for b, g in product(SMR_WEIGHTS, SMR_WEIGHTS))
    grid = [kept.smr, SmrSettings(), *varied]
    reweighted = [
        (smr, tuple(one.mean_recall(scores, smr) for one, full in zip(sets, fused, strict=True)
                    for scores in (one.split.similarity(), full)))
        for smr in dict.fromkeys(grid)
    ]  # fmt: skip
    return Choice(
        settings=replace(
            kept, fusion_weight=best, calibration=held.calibration, smr=most_gained(reweighted)
        ),
        held_out=held,
        matches=matches,
        tried=(
            *(Tried(f"fusion_weight {w:g}", found) for w, found in weights),
            *(
                Tried(f"smr {smr.mode} a {smr.a:g}, b {smr.b:g}, g {smr.g:g}", found)
                for smr, found in reweighted
            ),
        ),
    )


def most_gained(rows: Sequence[tuple[Setting, tuple[float, ...]]]) -> Setting:
    """The setting of the greatest sum of gains by which none loses more than a tenth of a point.

    Args:
        rows: settings with their figures, as many for each; the first is what the others have to
            beat by 0.2 in sum, and is taken where none does.

    Example:
        >>> most_gained([("now", (30.0, 50.0)), ("lopsided", (35.0, 49.8)), ("fair", (31.0, 50))])
        'fair'
    """
    now = np.array(rows[0][1])
    gains = [np.array(found) - now for _, found in rows]
    fair = [gain.min() >= -LOSS_ALLOWED and gain.sum() >= LEAST_GAIN for gain in gains]
    sums = [gain.sum() if fine else -np.inf for gain, fine in zip(gains, fair, strict=True)]
    return rows[int(np.argmax(sums))][0] if any(fair) else rows[0][0]


def _calibration_pairs(
    sets: Sequence[MatchedSplit], k: int
) -> tuple[NDArray[np.float32], Matches, NDArray[np.int64]]:
    """Logits, truth and picture of each sentence's best ``k`` pairs; numbers run over all sets."""
    logits, matches, pictures, first = [], list[bool](), [], 0
    for one in sets:
        split, matched = one.split, one.matched
        best = np.zeros(matched.similarity.shape, dtype=bool)  # of the sentence, as a search asks
        for column, marks in zip(matched.similarity.T, best.T, strict=True):
            marks[np.argsort(-column, kind="stable")[:k]] = True
        asked = best[matched.pairs[:, 0], matched.pairs[:, 1]]
        pairs = matched.pairs[asked]
        said = [normalise_sentence(text) for text in split.different]
        owners = zip(split.image_of.tolist(), split.text_of.tolist(), strict=True)
        written = {(image, said[text]) for image, text in owners}
        logits.append(matched.logits[asked])
        matches += [(image, said[text]) in written for image, text in pairs.tolist()]
        pictures.append(pairs[:, 0] + first)
        first += len(split.images)
    return np.concatenate(logits), np.array(matches, dtype=bool), np.concatenate(pictures)
