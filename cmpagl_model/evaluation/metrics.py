"""Retrieval figures from similarity matrices (docs/method.md 8.1): rank first, measure second."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.floating]
    IntArray = NDArray[np.integer]

DEPTHS = (1, 5, 10)
RECALLS = ("R@1", "R@5", "R@10")


@dataclass(frozen=True, slots=True)
class Recalls:
    """Recall@k of one direction."""

    r1: float
    """Queries whose match comes first, in %."""
    r5: float
    """Queries whose match is among the first five, in %."""
    r10: float
    """Queries whose match is among the first ten, in %."""

    @property
    def values(self) -> tuple[float, float, float]:
        """All three."""
        return self.r1, self.r5, self.r10


@dataclass(frozen=True, slots=True)
class RetrievalScores:
    """Both directions and their mean."""

    i2t: Recalls
    """Images asking for sentences."""
    t2i: Recalls
    """Sentences asking for images."""

    @property
    def mean_recall(self) -> float:
        """mR: the mean of the six recalls, in %."""
        return float(np.mean([self.i2t.values, self.t2i.values]))


@dataclass(frozen=True, slots=True)
class Figure:
    """A share of answers that were right, or a mean of such shares."""

    name: str
    """``R@1``, ``mR``, ``top-1``, ``first`` ..."""
    value: float
    """In %."""
    interval: tuple[float, float] | None = None
    """95 % of the bootstrap draws lie between, in %; ``None``: not worked out."""


def match_ranks(scores: FloatArray, owners: IntArray, queries: IntArray) -> IntArray:
    """Rank, from 0, of each query's best-placed true match.

    Args:
        scores: similarity ``(queries, candidates)``.
        owners: image number of each candidate, ``(candidates,)``.
        queries: image number of each query, ``(queries,)``.

    Returns:
        Whole numbers ``(queries,)``. Candidates with the same score as the match count as placed
        before it, so that a constant matrix cannot look good; so do scores that are not a number.
    """
    truth = queries[:, None] == owners[None, :]
    best = np.where(truth, scores, -np.inf).max(axis=1, keepdims=True)
    ranks: IntArray = (~(scores < best) & ~truth).sum(axis=1)  # a NaN is below nothing
    return ranks


def recalls(ranks: IntArray) -> Recalls:
    """Recall@1, @5 and @10 of ranks that count from 0."""
    return Recalls(*(100.0 * float((ranks < k).mean()) for k in DEPTHS))


def retrieval_scores(similarity: FloatArray, caption_image: IntArray) -> RetrievalScores:
    """The six recalls of docs/method.md 8.1, by strict identity.

    Args:
        similarity: ``(images, captions)``.
        caption_image: row of the image that each caption describes, ``(captions,)``.

    Returns:
        Recalls in %: an image asks for the best-placed of its captions, a caption for its image.
    """
    images = np.arange(similarity.shape[0])
    return RetrievalScores(
        i2t=recalls(match_ranks(similarity, caption_image, images)),
        t2i=recalls(match_ranks(similarity.T, images, caption_image)),
    )
