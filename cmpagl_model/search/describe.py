"""What is here? The sentences of a list that are nearest to a place. Start at :func:`describe`.

A sentence that lies nearest need not be right. Where the model is calibrated, each has the share of
the place's chips that reach its cut-off, as a search would have it, and a place that none is found
at says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.errors import QueryError
from cmpagl_model.table.halves import singles

from .examples import row_of
from .filters import Filter
from .judge import spread_over
from .query import retry_if_damaged
from .reference import encoded, read_reference

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cmpagl_model.records import ModelId

    from .examples import Place
    from .query import SearchableIndex
    from .reference import Reference

    Floats = NDArray[np.float32]

MOST_CHIPS, NEAREST = 2048, 50
"""Chips looked at in an area (of more, a sample), and sentences nearest to all of them that are
judged, besides the nearest of each."""


@dataclass(frozen=True, slots=True)
class SaidOf:
    """A sentence, and how it fits a place."""

    sentence: str
    """What it says."""
    score: float
    """Mean cosine with the chips of the place, -1 to 1."""
    relevance: float | None
    """Probability that a person would call it right, 0 to 1, mean of the chips; as if nothing in
    the index fitted it better. ``None``: the model has no calibration."""
    share: float | None
    """Share of the chips that reach the sentence's cut-off, 0 to 1; of one chip 0 or 1. ``None``:
    the model has no calibration."""


@dataclass(frozen=True, slots=True)
class Description:
    """What can be said of a place."""

    model: ModelId
    """The model that compared."""
    said: tuple[SaidOf, ...]
    """What fits most of the chips first, then what is nearest."""
    chips: int
    """Chips of the place."""
    found: bool
    """Whether a sentence reaches its cut-off; without calibration: whether there are chips."""
    notice: str
    """One line for a person where none does; else empty."""


@retry_if_damaged
def describe(
    index: SearchableIndex,
    place: Place | Filter,
    k: int = 5,
    *,
    reference: Reference | None = None,
) -> Description:
    """Say what a place shows, by the nearest sentences of a list.

    Args:
        index: the index; only stored embeddings are used, no scene is read.
        place: a chip, the chip at a point, or all chips that a filter lets pass.
        k: sentences at most.
        reference: what may be said; ``None``: the list that ships.

    Raises:
        QueryError: if ``k`` is below 1.
        NoPlaceError: if the index has no chip there.
        IndexMismatchError: if the index is from another model.
    """
    if k < 1:
        raise QueryError(f"found k = {k}, wanted 1 or more sentences")
    if isinstance(place, Filter):
        rows = place.rows_or_refuse(index.table, index.name)
    else:
        rows = np.array([row_of(index.table, place)], np.int64)
    sentences = (reference or read_reference()).sentences
    vectors = encoded(index.encoder, sentences)
    some = rows if len(rows) <= MOST_CHIPS else rows[spread_over(len(rows), MOST_CHIPS)]
    cosines = np.clip(singles(index.table.embeddings[some]) @ vectors.T, -1, 1)
    if not np.isfinite(cosines).all():
        raise QueryError(
            "found chips whose stored embedding is no number, wanted whole ones; next: run "
            "'cmpagl index' on their scenes again"
        )
    scores = cosines.mean(axis=0)
    near = np.argsort(-scores, kind="stable")[: max(NEAREST, k)]
    said: list[SaidOf] = []
    for number in np.union1d(near, cosines.argmax(axis=1)).tolist():
        sentence, vector, own = sentences[number], vectors[number], cosines[:, number]
        judged = index.judge.judgement(sentence, vector, np.append(own.max(), own))
        chance = share = None
        if judged is not None:
            chance = float(judged.relevance.mean())
            share = float((judged.relevance >= judged.cutoff).mean())
        said.append(SaidOf(sentence, float(scores[number]), chance, share))
    said.sort(key=lambda one: (-(one.share or 0.0), -one.score))
    found = said[0].share != 0
    notice = "" if found else (
        f"none of the {len(sentences):,} sentences describes this well; the nearest is "
        f"{said[0].sentence!r}"
    )  # fmt: skip
    return Description(index.info.model, tuple(said[:k]), len(rows), found, notice)
