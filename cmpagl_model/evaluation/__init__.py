"""Measuring retrieval. Start at :func:`evaluate`; :func:`reweight` re-ranks a score matrix."""

from cmpagl_model.rerank.smr import SmrSettings, reweight, reweight_both_ways

from .retrieval import Evaluation, EvaluationSettings, choose_split, evaluate

__all__ = [
    "Evaluation",
    "EvaluationSettings",
    "SmrSettings",
    "choose_split",
    "evaluate",
    "reweight",
    "reweight_both_ways",
]
