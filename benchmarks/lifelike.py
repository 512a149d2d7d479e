"""Many vectors that lie as real embeddings do, from some thousand real ones.

A new vector lies between a real one and one of its ten nearest, moved by a random sum of the
differences among its twenty nearest: along the cloud, not off it. With :data:`NOISE` a sample of as
many new vectors as there are real ones has the same distances to nearest neighbours and the same
scores under real sentences; docs/decisions/0006-search-codes.md has the figures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

NOISE = 0.8
"""Length of the random move, in standard deviations of the neighbourhood."""
BETWEEN, AROUND = 10, 20
BLOCK = 8192


def neighbours(vectors: Floats, count: int) -> NDArray[np.int64]:
    """The ``count`` nearest of each vector, nearest first, ``(n, count)``; itself left out."""
    found = np.empty((len(vectors), count), np.int64)
    for start in range(0, len(vectors), BLOCK // 16):
        rows = np.arange(start, min(start + BLOCK // 16, len(vectors)))
        scores = vectors[rows] @ vectors.T
        scores[np.arange(len(rows)), rows] = -2.0
        best = np.argpartition(-scores, count, axis=1)[:, :count]
        order = np.argsort(-np.take_along_axis(scores, best, axis=1), axis=1)
        found[rows] = np.take_along_axis(best, order, axis=1)
    return found


def lifelike(seeds: Floats, count: int) -> Iterator[NDArray[np.float16]]:
    """Make vectors, some thousand at a time, always the same.

    Args:
        seeds: real embeddings, unit length, ``(m, D)``, m above 20.
        count: how many to make.

    Yields:
        Unit vectors ``(8192, D)``, the last time fewer.
    """
    random = np.random.default_rng(0)
    near = neighbours(seeds, AROUND)
    for start in range(0, count, BLOCK):
        size = min(BLOCK, count - start)
        one = random.integers(0, len(seeds), size)
        other = near[one, random.integers(0, BETWEEN, size)]
        share = random.random((size, 1), np.float32)
        made = seeds[one] + share * (seeds[other] - seeds[one])
        weights = random.standard_normal((size, AROUND), np.float32)
        weights -= weights.mean(axis=1, keepdims=True)
        moves = np.einsum("nk,nkd->nd", weights, seeds[near[one]], optimize=True)
        made += NOISE / np.sqrt(AROUND) * moves
        yield (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float16)
