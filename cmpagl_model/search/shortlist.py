"""The best chips of many, without comparing all of them in full.

All codes are compared; the chips whose codes come first are compared in full, and how far codes
were off there says how deep to look: chips are added until less than :data:`MISSED` of those wanted
can be expected among the rest. Where codes are too coarse for that, all chips are compared.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .scan import products

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from cmpagl_model.index.codes import Coded, CodedQuery

    Products = NDArray[np.int32]
    Rows = NDArray[np.int64]
    Scores = NDArray[np.float32]
    Score = Callable[[Rows], Scores]

EXACT_UP_TO = 10_000
"""So many chips are compared in full without looking at codes."""
FIRST, FIRST_FOR_EACH = 400, 4
"""Chips compared in full at first: so many, and so many for each one wanted."""
MISSED = 0.001
"""Share of the chips wanted that may be expected to be overlooked."""
SPREAD = 1.5
"""How much wider than measured the errors of codes are taken to be: among the best they are less
than further down, and not quite normal."""
BINS, REACH = 96, 6.0
"""Where the rest is counted: so many bins over so many standard deviations of the error."""
SAMPLE = 16_384
"""Products that say about where the best lie."""
NO_SCORE = -2.0
GIVE_UP = 0.2
"""Comparing more than this share of the chips in full takes longer than comparing all in order."""


@dataclass(frozen=True, slots=True, eq=False)
class Shortlist:
    """The best chips, best first; ties in the order of the index."""

    rows: Rows
    """Rows of the table ``(m,)``."""
    scores: Scores
    """Their scores ``(m,)``."""
    complete: bool
    """Whether these are all chips there are."""


@dataclass(frozen=True, slots=True)
class _Guard:
    """What says how deep to look: the query's scale, and how far its codes were off."""

    limit: float
    """Score of the last chip wanted, among those compared in full."""
    mean: float
    """Mean of exact score less score by code."""
    deviation: float
    """Its standard deviation, widened by :data:`SPREAD`."""
    query: CodedQuery
    """What products stand for."""

    def product(self, deviations: float) -> int:
        """The product of a code that reaches the limit only if it is off by so much."""
        cosine = self.limit - self.mean - deviations * self.deviation
        return math.floor((cosine - self.query.offset) / self.query.scale)

    def cut(self, found: Products, cut: int, allowed: float) -> int:
        """The lowest product to be compared in full, ``cut`` or less.

        Args:
            found: products of all chips.
            cut: chips from this product on have been compared.
            allowed: chips that may be expected to be overlooked.
        """
        near = found[(found >= self.product(REACH)) & (found < cut)]
        cosines = near * self.query.scale + self.query.offset
        away = (self.limit - self.mean - cosines) / self.deviation
        if away.min(initial=REACH) >= REACH:
            return cut
        counts, edges = np.histogram(away, BINS, range=(float(away.min()), REACH))
        missed = counts * [0.5 * math.erfc(edge / math.sqrt(2.0)) for edge in edges[:-1].tolist()]
        beyond = np.cumsum(missed[::-1])[::-1]
        enough = np.flatnonzero(beyond <= allowed)
        place = int(enough[0]) if len(enough) else BINS
        return cut if place == 0 else min(cut, self.product(float(edges[place])))


def shortlist(
    coded: Coded | None, rows: Rows | range, vector: NDArray[np.float32], wanted: int, score: Score
) -> Shortlist:
    """Find the best chips for a query.

    Args:
        coded: codes of the whole index; ``None``: there are none, and all rows are compared.
        rows: which chips to look at, ascending; a range from 0 for the whole index.
        vector: the query, ``(D,)``, unit length.
        wanted: how many of the best, 1 or more.
        score: exact scores of some rows.

    Returns:
        The first ``wanted``, or all rows where that is as cheap.
    """
    total = len(rows)
    if coded is None or total <= max(EXACT_UP_TO, 2 * wanted):
        return _everything(rows, score)
    query = coded.book.query(vector)
    found = _products(coded.codes, rows, query.weights)
    cut = _kth_largest(found, min(total, max(FIRST, FIRST_FOR_EACH * wanted)))
    chosen = np.flatnonzero(found >= cut)
    scores = _scored(score, _pick(rows, chosen))
    while True:
        errors = scores - (found[chosen] * query.scale + query.offset)
        limit = float(np.partition(scores, len(scores) - wanted)[len(scores) - wanted])
        deviation = max(SPREAD * float(errors.std()), query.scale)
        guard = _Guard(limit, float(errors.mean()), deviation, query)
        deeper = guard.cut(found, cut, MISSED * wanted)
        more = np.flatnonzero((found >= deeper) & (found < cut)) if deeper < cut else chosen[:0]
        if not len(more):
            break
        if len(chosen) + len(more) > GIVE_UP * total:
            return _everything(rows, score)
        chosen, cut = np.concatenate([chosen, more]), deeper
        scores = np.concatenate([scores, _scored(score, _pick(rows, more))])
    best = np.lexsort((chosen, -scores))[:wanted]
    return Shortlist(_pick(rows, chosen[best]), scores[best], complete=False)


def _everything(rows: Rows | range, score: Score) -> Shortlist:
    whole = np.arange(len(rows)) if isinstance(rows, range) else rows
    scores = score(whole)
    best = np.argsort(-scores, kind="stable")
    return Shortlist(whole[best], scores[best], complete=True)


def _scored(score: Score, rows: Rows) -> Scores:
    """Scores of some rows; a stored vector that is no number comes after all others."""
    scores = score(rows)
    return np.where(np.isnan(scores), np.float32(NO_SCORE), scores)


def _pick(rows: Rows | range, places: Rows) -> Rows:
    return places if isinstance(rows, range) else rows[places]


def _products(codes: NDArray[np.int8], rows: Rows | range, weights: NDArray[np.int8]) -> Products:
    """Products of some rows; where most are asked for, those of all are as cheap."""
    if isinstance(rows, range):
        return products(codes, weights)
    if len(rows) > len(codes) // 4:
        return products(codes, weights)[rows]
    return products(codes[rows], weights)


def _kth_largest(numbers: Products, k: int) -> int:
    """The k-th largest of many numbers; a sample says where to look for it."""
    every = max(1, len(numbers) // SAMPLE)
    sample = numbers[::every]
    expected = k / every
    place = len(sample) - 1 - int(expected + 4 * math.sqrt(expected) + 4)
    if place > 0:
        above = numbers[numbers >= np.partition(sample, place)[place]]
        if len(above) >= k:
            numbers = above
    return int(np.partition(numbers, len(numbers) - k)[len(numbers) - k])
