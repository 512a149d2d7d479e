"""Choosing how to re-rank with a model, on validation pictures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.captions import normalise_sentence
from cmpagl_model.rerank.calibration import HeldOut, cross_fit
from cmpagl_model.rerank.smr import BothWays, SmrSettings, reweight_both_ways

from .metrics import RetrievalScores, recalls
from .retrieval import directed_ranks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cmpagl_model.rerank.settings import RerankSettings

    from .encode import EncodedSplit
    from .pairs import MatchedPairs

    Matches = NDArray[np.bool_]

WEIGHTS = (0.0, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2)
SMR_WEIGHTS = (0.5, 1.0, 2.0)


@dataclass(frozen=True, slots=True)
class Tried:
    """One setting and what it gave."""

    setting: str
    """In words."""
    figures: tuple[float, ...]
    """mR in %: of fusion; of smr and full where SMR was varied."""


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


def choose_settings(split: EncodedSplit, matched: MatchedPairs, kept: RerankSettings) -> Choice:
    """Choose calibration, weight of the fusion encoder and SMR.

    Args:
        split: the validation pictures.
        matched: their best ``kept.k`` pairs.
        kept: settings so far; what serves a live query only stays, and SMR does unless another
            is better both on the cosines and on the fused scores.

    Returns:
        The choice.

    Raises:
        EvaluationError: if the logits cannot be calibrated.
    """
    asked = _best_of_sentences(matched, kept.k)
    matches = _written_for(split, matched.pairs[asked])
    held = cross_fit(matched.logits[asked], matches, matched.pairs[asked, 0])
    weights = [(weight, _mean_recall(split, _fused(split, matched, held, weight), None))
               for weight in WEIGHTS]  # fmt: skip
    best = max(weights, key=lambda row: row[1])[0]
    fused = _fused(split, matched, held, best)
    smr, tried = _choose_smr(split, fused, kept.smr)
    return Choice(
        settings=replace(kept, fusion_weight=best, calibration=held.calibration, smr=smr),
        held_out=held,
        matches=matches,
        tried=(*(Tried(f"fusion_weight {w:g}", (value,)) for w, value in weights), *tried),
    )


def _choose_smr(
    split: EncodedSplit, fused: NDArray[np.float64], kept: SmrSettings
) -> tuple[SmrSettings, list[Tried]]:
    grid = [kept, *(replace(kept, b=b, g=g) for b, g in product(SMR_WEIGHTS, SMR_WEIGHTS))]
    cosines = split.similarity()
    rows = [
        (smr, (_mean_recall(split, cosines, smr), _mean_recall(split, fused, smr)))
        for smr in dict.fromkeys(grid)
    ]
    now = rows[0][1]
    better = [row for row in rows if row[1][0] > now[0] and row[1][1] > now[1]]
    chosen = max(better, key=lambda row: sum(row[1]))[0] if better else kept
    return chosen, [Tried(f"smr a {s.a:g}, b {s.b:g}, g {s.g:g}", found) for s, found in rows]


def _best_of_sentences(matched: MatchedPairs, k: int) -> Matches:
    """The pairs whose picture is among the best ``k`` of the sentence, as a search asks."""
    best = np.zeros(matched.similarity.shape, dtype=bool)
    for column, marks in zip(matched.similarity.T, best.T, strict=True):
        marks[np.argsort(-column, kind="stable")[:k]] = True
    found: Matches = best[matched.pairs[:, 0], matched.pairs[:, 1]]
    return found


def _written_for(split: EncodedSplit, pairs: NDArray[np.int64]) -> Matches:
    """Whether each pair's sentence, case and punctuation aside, was written for its picture."""
    said = [normalise_sentence(text) for text in split.different]
    owners = zip(split.image_of.tolist(), split.text_of.tolist(), strict=True)
    written = {(image, said[text]) for image, text in owners}
    return np.array([(image, said[text]) in written for image, text in pairs.tolist()], dtype=bool)


def _fused(
    split: EncodedSplit, matched: MatchedPairs, held: HeldOut, weight: float
) -> NDArray[np.float64]:
    return matched.fused(held.calibration, weight)[:, split.text_of]


def _mean_recall(
    split: EncodedSplit, similarity: NDArray[np.floating], smr: SmrSettings | None
) -> float:
    """MR in %; ``None``: without SMR."""
    plain = BothWays(similarity, similarity.T)
    scores = plain if smr is None else reweight_both_ways(similarity, smr)
    ranks = directed_ranks(scores, split.image_of)
    return RetrievalScores(recalls(ranks.images), recalls(ranks.sentences)).mean_recall
