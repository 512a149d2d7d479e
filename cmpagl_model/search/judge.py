"""Says how likely the hits of one index are right, and whether anything there fits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.errors import ModelError
from cmpagl_model.model_folder import RELEVANCE
from cmpagl_model.records import Problem, percent
from cmpagl_model.relevance.calibration import (
    Background,
    Judgement,
    Relevance,
    alike,
    read_relevance,
)
from cmpagl_model.relevance.notice import nothing_like, shown
from cmpagl_model.table.halves import singles

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cmpagl_model.model_folder import ModelFolder
    from cmpagl_model.table.chips import ChipTable
    from cmpagl_model.table.embeddings import Embeddings

    from .answer import Answer

    Floats = NDArray[np.float32]

SAMPLE, RUN = 2048, 32
"""Chips that stand for an index, and how many of them lie side by side: scattered ones would each
have to be fetched from the disk."""


class Judge:
    """Knows an index's background and its model's calibration. Made by :func:`read_judge`."""

    def __init__(
        self, relevance: Relevance | None, table: ChipTable, problems: tuple[Problem, ...] = ()
    ) -> None:
        """Take a calibration and the chips of an index.

        Args:
            relevance: the calibration; ``None``: there is none.
            table: the chips.
            problems: why there is none, where something is wrong.
        """
        self.problems = problems
        self._relevance, self._chips = relevance, len(table)
        self._sample = None if relevance is None else background(table.embeddings)
        self._alike = 0.0 if self._sample is None else alike(self._sample)

    @property
    def known(self) -> bool:
        """Whether it can tell."""
        return self._relevance is not None

    def judgement(self, sentence: str, vector: Floats, scores: Floats) -> Judgement | None:
        """What is thought of some chips, of the index or like those of the index.

        Args:
            sentence: what is asked for.
            vector: the sentence as the model embeds it, unit length.
            scores: its cosines with the best chip, then with each, ``(1 + m,)``.

        Returns:
            ``None`` if it cannot tell.
        """
        if self._relevance is None or self._sample is None:
            return None
        behind = Background.of(self._sample @ vector, self._chips, self._alike)
        return self._relevance.of_hits(sentence, vector, behind, scores)

    def judged(self, answer: Answer, vector: Floats, best: float, least: float | None) -> Answer:
        """An answer whose hits have their relevance.

        Args:
            answer: to a sentence alone.
            vector: the sentence as the model embeds it, unit length.
            best: its cosine with the chip that comes first by cosine.
            least: hits that are right with a lower probability are left out; ``None``: none are.
        """
        relevance = self._relevance
        siblings = [one for hit in answer.hits for one in hit.siblings]
        scored = (hit.score for hit in answer.hits)
        scores = np.array([best, *scored, *(one.score for one in siblings)], np.float32)
        found = self.judgement(answer.query, vector, scores)
        if relevance is None or found is None:
            return answer
        chances: list[float] = found.relevance[: len(answer.hits)].tolist()
        theirs = iter(found.relevance[len(answer.hits) :].tolist())
        judged = [
            tuple(replace(one, relevance=next(theirs)) for one in hit.siblings)
            for hit in answer.hits
        ]
        hits = [
            replace(hit, relevance=chance, siblings=own)
            for hit, chance, own in zip(answer.hits, chances, judged, strict=True)
            if least is None or chance >= least
        ]
        most, notice = max(chances), ""
        if most < found.cutoff:
            unknown = relevance.evidence.vocabulary.unknown(answer.query)
            notice = nothing_like(answer.query, unknown)
        elif not hits and least is not None:
            notice = (
                f"no place is right for {shown(answer.query)} with {100 * least:g} % or more; the "
                f"best has {percent(most)}"
            )
        ranked = tuple(replace(hit, rank=place + 1) for place, hit in enumerate(hits))
        return replace(answer, hits=ranked, found=not notice, notice=notice, cutoff=found.cutoff)


def read_judge(model: ModelFolder, table: ChipTable) -> Judge:
    """The judge of an index; one that cannot tell where the model has no whole calibration."""
    try:
        return Judge(read_relevance(model), table)
    except ModelError as error:
        return Judge(None, table, (Problem(str(model.path / RELEVANCE), str(error)),))


def background(embeddings: Embeddings | NDArray[np.float16]) -> Floats:
    """Chips from all over an index, always the same: all, or :data:`SAMPLE` if there are more.

    Args:
        embeddings: of the index, ``(n, D)``.

    Returns:
        Those that are numbers, ``(m, D)``; a row of zeros if none is.
    """
    sample = singles(embeddings[spread_over(len(embeddings), SAMPLE)])
    whole: Floats = sample[np.isfinite(sample).all(axis=1)]
    return whole if len(whole) else np.zeros((1, embeddings.shape[1]), np.float32)


def spread_over(count: int, most: int) -> NDArray[np.int64]:
    """Places from all over ``count`` of them, always the same: all, or about ``most`` in runs."""
    if count <= most:
        return np.arange(count)
    starts = np.linspace(0, count - RUN, most // RUN).astype(np.int64)
    found: NDArray[np.int64] = (starts[:, None] + np.arange(RUN)).ravel()
    return found
