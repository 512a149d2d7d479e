"""The best chips of many, without comparing all of them in full.

All codes are compared; the chips whose codes come first are compared in full, and how far codes
were off there says how deep to look: chips are added until less than :data:`MISS_RATE` of those
wanted can be expected among the rest. Where codes are too coarse for that, all chips are compared.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .probe import scanned

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from cmpagl_model.table.codes import Coded, CodedQuery

    Products = NDArray[np.int32]
    Rows = NDArray[np.int64]
    Scores = NDArray[np.float32]
    Score = Callable[[Rows], Scores]

EXACT_UP_TO = 2_000
"""So many chips are compared in full without looking at codes."""
FIRST, FIRST_FOR_EACH = 400, 4
"""Chips compared in full at first: at least, and for each one wanted."""
MISS_RATE = 0.001
"""Share of the chips wanted that may be expected to be overlooked."""
ERROR_INFLATION = 1.5
"""How much wider than measured the errors of codes are taken to be: among the best they are less
than further down, and not quite normal."""
BINS, REACH = 96, 6.0
"""Where the rest is counted: bins, over this many standard deviations of the error."""
SAMPLE, OVERSAMPLING, FEWEST = 16_384, 8, 8
"""Products sampled to estimate where the best lie; how many times as many as wanted are gathered at
once, and at least how many of the sample."""
NO_SCORE = -2.0
EXHAUSTIVE_SHARE = 0.2
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
    """Mean of exact score less score by code, 0 at least."""
    deviation: float
    """Its standard deviation, widened by :data:`ERROR_INFLATION`."""
    query: CodedQuery
    """What products stand for."""

    def product(self, deviations: float) -> int:
        """The product of a code that reaches the limit only if it is off by so much."""
        cosine = self.limit - self.mean - deviations * self.deviation
        return math.floor((cosine - self.query.offset) / self.query.scale)

    def cut(self, found: Products, cut: int, allowed: float) -> int:
        """The lowest product to be compared in full, ``cut`` or less.

        Args:
            found: products of the chips that may matter.
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
        position = int(enough[0]) if len(enough) else BINS
        return cut if position == 0 else min(cut, self.product(float(edges[position])))


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
    seen, found = scanned(coded, rows, query, wanted, MISS_RATE * wanted)
    near = _Near(found, max(FIRST, FIRST_FOR_EACH * wanted))
    cut = near.kth
    chosen = near.positions[near.products >= cut]
    scores = _scored(score, _pick(seen, chosen))
    while len(chosen) <= EXHAUSTIVE_SHARE * total:
        errors = scores - (found[chosen] * query.scale + query.offset)
        limit = float(np.partition(scores, len(scores) - wanted)[len(scores) - wanted])
        # A thousand equal chips have one error: then what can be foreseen counts, not what was met.
        deviation = ERROR_INFLATION * max(float(errors.std()), query.deviation)
        guard = _Guard(limit, max(0.0, float(errors.mean())), deviation, query)
        near = near.down_to(guard.product(REACH))
        deeper = guard.cut(near.products, cut, MISS_RATE * wanted)
        more = near.positions[(near.products >= deeper) & (near.products < cut)]
        if not len(more):
            best_rows = _pick(seen, chosen)
            best = np.lexsort((best_rows, -scores))[:wanted]
            return Shortlist(best_rows[best], scores[best], complete=False)
        if len(chosen) + len(more) > EXHAUSTIVE_SHARE * total:
            break
        chosen, cut = np.concatenate([chosen, more]), deeper
        scores = np.concatenate([scores, _scored(score, _pick(seen, more))])
    return _everything(rows, score)


class _Near:
    """The chips whose products come first, so that what follows need not pass over all of them."""

    def __init__(self, found: Products, k: int) -> None:
        """Take the products of all chips, and how many of the largest are wanted at least."""
        k = min(k, len(found))
        every = max(1, len(found) // SAMPLE)
        sample = found[::every]
        position = len(sample) - 1 - int(OVERSAMPLING * k / every) - FEWEST
        self._found = found
        self._from(
            int(np.partition(sample, position)[position]) if position > 0 else int(found.min())
        )
        if len(self.products) < k:
            self._from(int(found.min()))
        self.kth = int(np.partition(self.products, len(self.products) - k)[len(self.products) - k])

    def _from(self, lowest: int) -> None:
        self.lowest = lowest
        self.positions: Rows = np.flatnonzero(self._found >= lowest)
        self.products: Products = self._found[self.positions]

    def down_to(self, lowest: int) -> _Near:
        """The same with all chips from a product on."""
        if lowest < self.lowest:
            self._from(lowest)
        return self


def _everything(rows: Rows | range, score: Score) -> Shortlist:
    whole = np.arange(len(rows)) if isinstance(rows, range) else rows
    scores = score(whole)
    best = np.argsort(-scores, kind="stable")
    return Shortlist(whole[best], scores[best], complete=True)


def _scored(score: Score, rows: Rows) -> Scores:
    """Scores of some rows; a stored vector that is no number comes after all others."""
    scores = score(rows)
    return np.where(np.isnan(scores), np.float32(NO_SCORE), scores)


def _pick(rows: Rows | range, positions: Rows) -> Rows:
    return positions if isinstance(rows, range) else rows[positions]
