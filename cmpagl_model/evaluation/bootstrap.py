"""How far retrieval figures would move with other images: percentile bootstrap intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .metrics import DEPTHS, Recalls, RetrievalScores, recalls

if TYPE_CHECKING:
    from numpy.typing import NDArray

    IntArray = NDArray[np.integer]

LEVEL = 0.95
DRAWS_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Ranks:
    """Where the true match of every query came, from 0."""

    images: IntArray
    """Of each image's best-placed sentence, ``(images,)``."""
    sentences: IntArray
    """Of each sentence's image, ``(sentences,)``."""
    image_of: IntArray
    """Row of the image that each sentence describes, ``(sentences,)``."""

    @property
    def scores(self) -> RetrievalScores:
        """Recalls of both directions."""
        return RetrievalScores(i2t=recalls(self.images), t2i=recalls(self.sentences))


@dataclass(frozen=True, slots=True)
class Interval:
    """Lower and upper end of all six recalls and their mean, each by itself."""

    low: RetrievalScores
    """2.5 % of the draws lie below, in %."""
    high: RetrievalScores
    """2.5 % of the draws lie above, in %."""
    low_mean: float
    """Lower end of mR, in %; not the mean of the lower ends."""
    high_mean: float
    """Upper end of mR, in %; not the mean of the upper ends."""


def bootstrap_interval(ranks: Ranks, draws: int = 1000, seed: int = 0) -> Interval:
    """Intervals that hold 95 % of what other images of the same kind would have given.

    Images are drawn with replacement, as many as there are, each with all its sentences, for
    sentences of one image rise and fall together. The candidates stay those of the whole set:
    the draws say how sure the figures are for this set's size, and nothing about a larger one.

    Args:
        ranks: of every query; each image has at least one sentence.
        draws: how many sets are drawn.
        seed: the same seed gives the same interval.

    Returns:
        Percentiles 2.5 and 97.5 of each figure over the draws.
    """
    random = np.random.default_rng(seed)
    count = len(ranks.images)
    chances = np.full(count, 1.0 / count)
    sentences = np.bincount(ranks.image_of, minlength=count)
    parts = []
    for done in range(0, draws, DRAWS_AT_ONCE):
        times = random.multinomial(count, chances, size=min(DRAWS_AT_ONCE, draws - done))
        columns = [times @ (ranks.images < k) / times.sum(axis=1) for k in DEPTHS]
        for k in DEPTHS:
            found = np.bincount(ranks.image_of, ranks.sentences < k, minlength=count)
            columns.append(times @ found / (times @ sentences))
        six = 100.0 * np.stack(columns, axis=1)  # draws, 6
        parts.append(np.concatenate([six, six.mean(axis=1, keepdims=True)], axis=1))  # and mR
    ends = np.quantile(np.concatenate(parts), [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    low, high = ends.tolist()
    return Interval(_scores(low), _scores(high), low[6], high[6])


def share_interval(
    right: NDArray[np.bool_], group: IntArray, draws: int = 1000
) -> tuple[float, float]:
    """The interval of a share, over groups whose members rise and fall together.

    Args:
        right: whether each answer was right, ``(answers,)``.
        group: the group of each, from 0, none empty, ``(answers,)``.
        draws: how many sets of groups are drawn, always the same.

    Returns:
        Percentiles 2.5 and 97.5 of the share over the draws, in %.
    """
    count = int(group.max()) + 1
    times = np.random.default_rng(0).multinomial(count, np.full(count, 1 / count), size=draws)
    shares = 100.0 * (times @ np.bincount(group, right)) / (times @ np.bincount(group))
    low, high = np.quantile(shares, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _scores(six: list[float]) -> RetrievalScores:
    return RetrievalScores(i2t=Recalls(*six[:3]), t2i=Recalls(*six[3:6]))
