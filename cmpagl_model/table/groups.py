"""Codes in groups of neighbours, so that a search scans only the groups that may hold the best.

An inverted file (IVF), each group one of its inverted lists: codes lie group by group, and of each
group the centroid and the variance along every direction of the code are known. Outliers, codes
far from the centroid of their group, are the last group, which every search scans. Why, and what it
gains: docs/decisions/0051-groups-of-codes.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from .checked import ChecksummedArray

    Labels = NDArray[np.uint16]

GROUPED_FROM = 400_000
"""An index of fewer chips has no groups: scanning all codes takes a millisecond or two."""
LEARNT_FROM, ROUNDS = 32, 8
"""Codes for each group that its centroid is learnt from, and how often centroids are moved."""
OUTLIER_SHARE = 0.01
"""Share of the codes that are furthest from their centroids, counted in standard deviations."""
ROUNDING = 1 / 12
"""Least variance of a coordinate that was rounded to a whole number."""
AT_A_TIME, MORE_AT_A_TIME = 1 << 12, 1 << 17


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """The groups of an index, and which chip lies where in them."""

    starts: NDArray[np.int64]
    """Where the codes of each group begin, then the outliers, then how many codes there are,
    ``(g + 2,)``."""
    centroids: NDArray[np.float32]
    """Mean of the codes of each group, ``(g, d)``."""
    variances: NDArray[np.float32]
    """Variance of the codes of each group along each direction, ``(g, d)``."""
    order: NDArray[np.int32] | ChecksummedArray
    """Row of the table of each code, ascending within a group, ``(n,)``."""
    places: NDArray[np.int32] | ChecksummedArray
    """Place among the codes of each row, ``(n,)``."""


def count_of_groups(chips: int) -> int:
    """How many groups so many chips have: as many as a group has chips, about."""
    return 1 << round(math.log2(max(1, chips)) / 2)


def fit_centroids(codes: NDArray[np.int8], groups: int) -> NDArray[np.float32]:
    """Centroids of groups by k-means; the same codes give the same ones.

    Args:
        codes: from all over the index, ``(m, d)``, m no less than ``groups``.
        groups: how many.

    Returns:
        ``(groups, d)``.
    """
    every = max(1, len(codes) // (LEARNT_FROM * groups))
    sample = codes[::every].astype(np.float32)
    random = np.random.default_rng(0)
    centroids = sample[np.sort(random.permutation(len(sample))[:groups])]
    for _ in range(ROUNDS):
        labels = nearest(sample, centroids)
        counts, sums = _sums(sample, labels, groups)
        there = counts > 0
        centroids[there] = sums[there] / counts[there, None]
    return centroids


def nearest(
    codes: NDArray[np.int8] | NDArray[np.float32], centroids: NDArray[np.float32]
) -> Labels:
    """The group of each code: that whose centroid is nearest, ``(m,)``."""
    # Product less half the square of the centroid: a column of ones makes one product of both, and
    # room that is used again asks the system for no page.
    wide = np.vstack([centroids.T, -(centroids**2).sum(axis=1) / 2])
    some = np.ones((AT_A_TIME, len(wide)), np.float32)
    near = np.empty((AT_A_TIME, len(centroids)), np.float32)
    found = np.empty(len(codes), np.uint16)
    for start in range(0, len(codes), AT_A_TIME):
        own = codes[start : start + AT_A_TIME]
        some[: len(own), :-1] = own
        np.matmul(some[: len(own)], wide, out=near[: len(own)])
        found[start : start + AT_A_TIME] = near[: len(own)].argmax(axis=1)
    return found


def grouped(codes: NDArray[np.int8], labels: Labels, groups: int) -> Groups:
    """Put codes into groups.

    Args:
        codes: in the order of the table, ``(n, d)``.
        labels: the group of each, as :func:`nearest` gives it.
        groups: how many there are.
    """
    counts, sums = np.zeros(groups, np.int64), np.zeros((2, groups, codes.shape[1]))
    for some, own in _pieces(codes, labels):
        more, first = _sums(some, own, groups)
        counts += more
        sums += [first, _sums(some**2, own, groups)[1]]
    means, squares = sums / np.maximum(counts, 1)[:, None]
    centroids = means.astype(np.float32)
    variances = np.maximum(squares - means**2, ROUNDING).astype(np.float32)
    away = [
        ((some - centroids[own]) ** 2 / variances[own]).sum(axis=1)
        for some, own in _pieces(codes, labels)
    ]
    far = np.concatenate(away) if away else np.empty(0, np.float32)
    own = labels.copy()
    own[np.argsort(-far, kind="stable")[: int(OUTLIER_SHARE * len(codes))]] = groups
    order = np.argsort(own, kind="stable").astype(np.int32)
    places = np.empty_like(order)
    places[order] = np.arange(len(order), dtype=np.int32)
    starts = np.concatenate([[0], np.cumsum(np.bincount(own, minlength=groups + 1))])
    return Groups(starts, centroids, variances, order, places)


def _pieces(
    codes: NDArray[np.int8], labels: Labels
) -> Iterator[tuple[NDArray[np.float32], Labels]]:
    for start in range(0, len(codes), MORE_AT_A_TIME):
        part = slice(start, start + MORE_AT_A_TIME)
        yield codes[part].astype(np.float32), labels[part]


def _sums(
    codes: NDArray[np.float32], labels: Labels, groups: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """How many codes each group has, and their sums ``(groups, d)``; exact: whole numbers."""
    counts = np.bincount(labels, minlength=groups)
    columns = [np.bincount(labels, column, groups) for column in codes.T]
    return counts, np.stack(columns, axis=1)
