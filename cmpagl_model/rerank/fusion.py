"""The fusion encoder's second look at the best pairs (docs/method.md 5.3).

ALBEF adds the probability of a match to the cosine of the pairs looked at. Ours adds the log-odds
of the calibrated probability times a weight instead: a probability is 0.00 for most pairs, which
leaves their order to the cosine, while log-odds tell hopeless from doubtful.

Log-odds are mostly below 0, so a plain sum would sink a pair below those never looked at. In a
matrix (:func:`fuse`) every pair looked at therefore gains the distance of its log-odds from the
lowest of all, never less than 0, as a probability would; one lift for the whole matrix keeps both
directions comparable, which SMR on the result needs. For one query (:func:`fused_order`) those
looked at trade places among themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.errors import EvaluationError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cmpagl_model.encoders import Encoder
    from cmpagl_model.encoders.protocol import WordTokens
    from cmpagl_model.progress import Progress

    from .settings import Calibration

    Floats = NDArray[np.floating]
    Doubles = NDArray[np.float64]
    Integers = NDArray[np.int64]

PAIR_BATCH = 32
"""Pairs matched at a time; each has some 100 kB of chip tokens."""


def match_logits(
    encoder: Encoder,
    words: WordTokens,
    chips: Floats,
    pairs: Integers,
    progress: Progress | None = None,
) -> NDArray[np.float32]:
    """Score pairs with the fusion encoder, a few at a time.

    Pairs of like length go together, since the shorter sentence is padded to the longer.

    Args:
        encoder: of a model with a fusion encoder.
        words: tokens of the sentences.
        chips: tokens of the chips, ``(chips, 1 + R, C)``; half precision and memory maps will do.
        pairs: chip and sentence of each pair, rows of ``chips`` and of ``words``, ``(P, 2)``.
        progress: called after every batch; ``None``: nothing is.

    Returns:
        Logits of a match ``(P,)``, not calibrated, in the order of ``pairs``.

    Raises:
        ModelError: if the model has no fusion encoder.
        EvaluationError: if a logit is no finite number.
    """
    logits = np.empty(len(pairs), np.float32)
    by_length = np.argsort(words.mask.sum(axis=1)[pairs[:, 1]], kind="stable")
    for start in range(0, len(pairs), PAIR_BATCH):
        batch = by_length[start : start + PAIR_BATCH]
        seen = np.asarray(chips[pairs[batch, 0]], np.float32)
        logits[batch] = encoder.match(words.rows(pairs[batch, 1]), seen)
        if progress:
            progress.advance(len(batch))
    if not np.isfinite(logits).all():
        raise EvaluationError(
            f"fusion: found {np.count_nonzero(~np.isfinite(logits))} of {len(logits)} logits that "
            "are no finite number, wanted none; next: check the model's weights"
        )
    return logits


def log_odds(logits: Floats, calibration: Calibration) -> Doubles:
    """Log-odds of a match, any shape: logits after temperature and offset."""
    found: Doubles = calibration.scale * np.asarray(logits, np.float64) + calibration.offset
    return found


def probability(odds: Floats) -> Doubles:
    """The probability, 0 to 1, that log-odds of any shape stand for.

    Example:
        >>> probability(np.array([-1000.0, 0.0, 1000.0])).tolist()
        [0.0, 0.5, 1.0]
    """
    # By tanh, which does not overflow where exp does.
    found: Doubles = 0.5 * (1.0 + np.tanh(0.5 * np.asarray(odds, np.float64)))
    return found


def best_pairs(similarity: Floats, k: int) -> Integers:
    """The pairs worth a second look: the best ``k`` of each row and of each column.

    Args:
        similarity: ``(images, sentences)``.
        k: how many of each, 1 or more; among equal scores the first in order.

    Returns:
        Image and sentence of each pair, ``(P, 2)``, each once, ascending.

    Example:
        >>> best_pairs(np.array([[0.9, 0.8, 0.1], [0.5, 0.6, 0.2]]), 1).tolist()
        [[0, 0], [0, 1], [1, 1], [1, 2]]
    """
    wanted = np.zeros(similarity.shape, dtype=bool)
    for scores, marks in ((similarity, wanted), (similarity.T, wanted.T)):
        for row, mark in zip(scores, marks, strict=True):  # one by one: no second matrix
            mark[np.argsort(-row, kind="stable")[:k]] = True
    return np.argwhere(wanted)


def fuse(similarity: Floats, pairs: Integers, odds: Floats, weight: float) -> Doubles:
    """Add what the fusion encoder found to a similarity matrix.

    Within a row or a column the pairs looked at are ordered by cosine plus weight times log-odds.
    A pair not looked at keeps its cosine and so stays below every pair looked at that it was below
    before; with the pairs of :func:`best_pairs` that is below the first ``k`` of its row and
    of its column.

    Args:
        similarity: cosines ``(images, sentences)``.
        pairs: image and sentence of the pairs looked at, ``(P, 2)``, each once.
        odds: their log-odds, ``(P,)``, finite.
        weight: cosine that one unit of log-odds is worth, 0 or more.

    Returns:
        Scores of both directions ``(images, sentences)``.

    Raises:
        EvaluationError: if pairs and log-odds do not belong together, or the weight is below 0.
    """
    if pairs.shape != (len(odds), 2) or weight < 0:
        raise EvaluationError(
            f"fusion: found pairs of shape {pairs.shape} for {len(odds)} log-odds and the weight "
            f"{weight:g}, wanted a pair for each and a weight of 0 or more"
        )
    fused = np.array(similarity, np.float64)
    if len(odds):
        found = np.asarray(odds, np.float64)
        fused[pairs[:, 0], pairs[:, 1]] += weight * (found - found.min())
    return fused


def fused_order(values: Floats) -> Integers:
    """The new order of the best candidates of one query.

    Args:
        values: ranking values of the candidates, best by cosine first, ``(n,)``; NaN: not looked
            at.

    Returns:
        The candidate at each new place, ``(n,)``. One not looked at keeps its place, for nothing
        is known that would move it; the others share their places among themselves, equal ones
        in the old order.

    Example:
        >>> fused_order(np.array([0.1, np.nan, 0.3, 0.2])).tolist()
        [2, 1, 3, 0]
    """
    order = np.arange(len(values))
    seen = np.flatnonzero(~np.isnan(values))
    order[seen] = seen[np.argsort(-values[seen], kind="stable")]
    return order
