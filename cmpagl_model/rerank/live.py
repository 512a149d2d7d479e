"""SMR for one live query (docs/method.md 5.2): reference sentences stand for the other queries.

The rows of the matrix are the query and the bank, its columns the candidates; only the row of the
query is worked out, so the cost is one comparison for each reference and candidate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.errors import EvaluationError

from .smr import Backward, combine

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .smr import SmrSettings

    Floats = NDArray[np.floating]
    Doubles = NDArray[np.float64]


def backward_of(scores: Floats, references: Floats) -> Backward:
    """What the candidates think of one query among reference sentences.

    Args:
        scores: of the query, ``(candidates,)``, finite.
        references: of the reference sentences, ``(references, candidates)``, finite, on the same
            scale; no reference leaves every rank at 0 and every range ratio at 0.

    Returns:
        Ranks and range ratios of the one query, ``(1, candidates)``.

    Raises:
        EvaluationError: if the shapes do not fit together.
    """
    if references.ndim != 2 or references.shape[1:] != scores.shape:
        raise EvaluationError(
            f"live SMR: found scores of shape {scores.shape} and of references "
            f"{references.shape}, wanted (candidates,) and (references, candidates)"
        )
    least = references.min(axis=0, initial=np.inf)
    most = references.max(axis=0, initial=-np.inf)
    least, most = np.minimum(least, scores), np.maximum(most, scores)
    span = np.asarray(most - least, np.float64)
    return Backward(
        places=(references > scores).sum(axis=0)[None],
        ratio=((scores - least) / np.where(span > 0, span, 1.0))[None],
    )


def live_values(forward: Floats, backward: Backward, settings: SmrSettings) -> Doubles:
    """Ranking values of the candidates of one query.

    Args:
        forward: scores by which the query chooses, ``(candidates,)``: cosines, or what the
            fusion encoder made of them.
        backward: from :func:`backward_of`, by cosines.
        settings: weights.

    Returns:
        ``(candidates,)``, higher is better; the row that
        :func:`~cmpagl_model.rerank.smr.reweight` gives the query among the references.
    """
    if not len(forward):
        return np.empty(0)
    values: Doubles = combine(np.asarray(forward, np.float64)[None], backward, settings)[0]
    return values
