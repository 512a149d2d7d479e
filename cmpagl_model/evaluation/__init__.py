"""Measuring retrieval. Start at :func:`evaluate`; :func:`reweight` re-ranks a score matrix."""

from .retrieval import Evaluation, EvaluationSettings, choose_split, evaluate
from .smr import SmrSettings, reweight, reweight_both_ways

__all__ = [
    "Evaluation",
    "EvaluationSettings",
    "SmrSettings",
    "choose_split",
    "evaluate",
    "reweight",
    "reweight_both_ways",
]
