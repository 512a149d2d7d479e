"""The chips that a query may look at, ranked as deep as somebody wants to see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.table.halves import singles

from .shortlist import Shortlist, shortlist

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from cmpagl_model.table.chips import ChipTable
    from cmpagl_model.table.embeddings import Embeddings

    from .shortlist import Rows, Score

DEEPER = 8
"""How much deeper to look where merging left too few hits."""
FOR_EACH_HIT, LEAST = 4, 100
"""Chips ranked at first: for each hit, as overlapping ones become one hit; and at least."""

SCORE_BLOCK = 1 << 12
BEYOND = 2.0
"""No cosine is; larger numbers do not fit into single precision."""


class Ranking:
    """The chips of one query, best first; ties in the order of the index."""

    def __init__(
        self,
        table: ChipTable,
        rows: Rows | range,
        vector: NDArray[np.float32],
        score: Score,
        min_score: float | None = None,
        undated: int = 0,
    ) -> None:
        """Take what is to be ranked; nothing is compared yet.

        Args:
            table: the chips of the index.
            rows: which of them, ascending; a range from 0 for all.
            vector: the query, unit length.
            score: exact scores of some rows.
            min_score: chips below are left out; ``None``: none are.
            undated: chips that are not among them for want of a date.
        """
        self.rows, self.vector, self.undated = rows, vector, undated
        self._table, self._score = table, score
        self._least = None if min_score is None else min(max(min_score, -BEYOND), BEYOND)
        self._found: Shortlist | None = None

    def best(self, wanted: int) -> Shortlist:
        """The first ``wanted`` chips at least, or all there are."""
        found = self._found
        if found is None or (len(found.rows) < wanted and not found.complete):
            found = shortlist(self._table.coded, self.rows, self.vector, wanted, self._score)
            kept = len(found.scores)
            if self._least is not None:
                kept = int((found.scores >= self._least).sum())
            if kept < len(found.scores):
                found = Shortlist(found.rows[:kept], found.scores[:kept], complete=True)
            self._found = found
        return found

    def chosen(self, choose: Callable[[Rows, int], Rows], wanted: int) -> tuple[Rows, Shortlist]:
        """The first hits.

        Args:
            choose: takes a ranking and a number; gives that many first hits of it.
            wanted: hits.

        Returns:
            ``wanted`` hits, fewer if there are no more, and the chips they were chosen from.
        """
        depth = max(LEAST, FOR_EACH_HIT * min(wanted, len(self.rows)))
        while True:
            found = self.best(depth)
            hits = choose(found.rows[:depth], wanted)
            if len(hits) >= wanted or (found.complete and depth >= len(found.rows)):
                return hits, found
            depth *= DEEPER


def cosine_scores(
    embeddings: Embeddings | NDArray[np.float16],
    rows: NDArray[np.int64],
    vector: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Cosine of one unit vector with some rows of an embedding matrix.

    Args:
        embeddings: unit vectors ``(n, D)``.
        rows: which of them, ``(m,)``.
        vector: the query ``(D,)``.

    Returns:
        ``(m,)`` float32, -1 to 1. Exact: every row is compared, in single precision, and its score
        is the same whatever other rows are compared with it, so that equal chips stay equal. (A
        product of matrix and vector would add up the last rows in another order.)
    """
    scores = np.empty(len(rows), np.float32)
    for start in range(0, len(rows), SCORE_BLOCK):
        part = slice(start, start + SCORE_BLOCK)
        scores[part] = np.einsum("nd,d->n", singles(embeddings[rows[part]]), vector)
    return np.clip(scores, -1, 1, out=scores)  # float16 makes some vectors slightly too long
