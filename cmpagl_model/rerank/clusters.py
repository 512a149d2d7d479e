"""Representative vectors: spherical k-means, and farthest-first traversal (k-centre)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

ROUNDS = 15
LEAST_MEMBERS = 3
"""Smaller clusters are left out: the centre of one sentence would be that sentence."""


def spread_rows(vectors: Floats, count: int, first: int | None = None) -> NDArray[np.int64]:
    """Farthest-first traversal: rows far from each other, after the first always the farthest.

    Args:
        vectors: unit vectors ``(n, D)``.
        count: how many, 1 up to n.
        first: the first; ``None``: the most typical.

    Returns:
        Rows ``(count,)`` in the order of their choice; ties go to the first.
    """
    chosen = [int(np.argmax(vectors @ vectors.mean(axis=0))) if first is None else first]
    nearest = np.full(len(vectors), -np.inf, np.float32)
    while len(chosen) < count:
        nearest = np.maximum(nearest, vectors @ vectors[chosen[-1]])
        nearest[chosen[-1]] = np.inf  # not twice, even where sentences coincide
        chosen.append(int(np.argmin(nearest)))
    return np.array(chosen)


def cluster_centres(vectors: Floats, count: int) -> Floats:
    """Centres of clusters by spherical k-means.

    Args:
        vectors: unit vectors ``(n, D)``.
        count: clusters to begin with.

    Returns:
        Unit vectors of the clusters with three members or more, ``(count at most, D)``.
    """
    centres = vectors[np.linspace(0, len(vectors) - 1, min(count, len(vectors))).astype(int)]
    members = np.empty(0, np.int64)
    for _ in range(ROUNDS):
        nearest = (vectors @ centres.T).argmax(axis=1)
        members = np.bincount(nearest, minlength=len(centres))
        sums = np.zeros_like(centres)
        np.add.at(sums, nearest, vectors)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(lengths > 0, sums / np.where(lengths > 0, lengths, 1), centres)
    found: Floats = centres[members >= LEAST_MEMBERS]
    return found
