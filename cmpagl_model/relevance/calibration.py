"""Evidence that a hit is right, and the probability that follows from it.

A cosine alone says little: every sentence has a nearest chip. What counts besides is how far the
chip stands above the rest of its index, how near the sentence lies to those that the model knows,
and whether the model ever learned its words.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.reference_bank import read_bank

from .settings import Language, RelevanceSettings, read_language, read_settings
from .words import FUNCTION_WORDS, Vocabulary, disorder, words_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cmpagl_model.model_folder import ModelFolder

    Floats = NDArray[np.float32]
    Doubles = NDArray[np.float64]

NEAREST = 5
"""Sentences of the bank whose mean cosine says how near they are."""
SIZES = (30, 3000)
"""Chips between which the size of an index counts: the calibration has seen no others."""


def probability(odds: Doubles) -> Doubles:
    """The probability, 0 to 1, that log-odds stand for; by tanh, which does not overflow."""
    found: Doubles = 0.5 * (1.0 + np.tanh(0.5 * odds))
    return found


@dataclass(frozen=True, slots=True)
class Background:
    """The cosines of a sentence with chips from all over an index."""

    mean: float
    """Their mean."""
    deviation: float
    """Their standard deviation."""
    chips: int
    """Chips of the whole index."""
    alike: float
    """How alike its chips are, see :func:`alike`."""

    @classmethod
    def of(cls, cosines: NDArray[np.floating], chips: int, alike: float) -> Background:
        """Take the cosines of a sample, one at least, and what is known of the whole index."""
        mean, deviation = cosines.mean(dtype=np.float64), cosines.std(dtype=np.float64)
        return cls(float(mean), float(deviation), chips, alike)


def alike(vectors: Floats) -> float:
    """How alike chips are: 1 if all are the same, near 0 if they point everywhere.

    Where all chips are alike, all come near to a sentence for their common ground, whether or not
    one of them holds what it says.

    Args:
        vectors: their unit vectors, ``(n, D)``, one at least.

    Returns:
        The mean resultant length: the norm of their mean.
    """
    return float(np.linalg.norm(vectors.mean(axis=0, dtype=np.float64)))


class Evidence:
    """What speaks for hits of sentences being right; knows nothing of weights."""

    def __init__(self, language: Language, bank: Floats) -> None:
        """Take what the model's training sentences were made of, and its bank of sentences."""
        self.vocabulary = Vocabulary(language.counts)
        self._order, self._bank = language.order, bank

    def of_hits(
        self, sentence: str, vector: Floats, background: Background, scores: Floats
    ) -> Doubles:
        """Evidence for some chips.

        Args:
            sentence: what was asked for.
            vector: as the model embeds it, unit length, ``(D,)``.
            background: its cosines with the index.
            scores: its cosines with the chips, ``(m,)``.

        Returns:
            ``(m, kinds)`` in the order of :class:`~.settings.Weights`, ones for the offset.
        """
        size = math.log(min(max(background.chips, SIZES[0]), SIZES[1]))
        words = [word for word in words_of(sentence) if word not in FUNCTION_WORDS]
        knowledge = [self.vocabulary.knowledge(word) for word in words] or [0.0]
        unknown = sum(not much for much in knowledge)
        near = np.sort(self._bank @ vector)[-NEAREST:].mean()
        of_sentence = (
            background.mean, background.deviation, size, background.alike, near,
            unknown / len(knowledge), unknown > 0, min(knowledge), disorder(sentence, self._order),
        )  # fmt: skip
        repeated = np.tile(np.array(of_sentence, np.float64), (len(scores), 1))
        ones = np.ones((len(scores), 1))
        return np.concatenate([np.asarray(scores, np.float64)[:, None], repeated, ones], axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """What is thought of the hits of one sentence."""

    relevance: Doubles
    """The probability that a person would call each right, ``(m,)``; falls where the score does."""
    cutoff: float
    """Relevance from which a hit of this sentence counts as found."""


class Relevance:
    """A model's calibration: how likely hits of a sentence are right.

    The probability that the index holds what the sentence says, by its best chip, times the
    probability that a chip is right if it does. A hit counts as found if it would do as the best.
    """

    def __init__(self, settings: RelevanceSettings, evidence: Evidence) -> None:
        """Take constants, and what finds the evidence that they weigh."""
        self.settings, self.evidence = settings, evidence

    def of_hits(
        self, sentence: str, vector: Floats, background: Background, scores: Floats
    ) -> Judgement:
        """Judge the hits of a sentence.

        Args:
            sentence: what was asked for.
            vector: as the model embeds it, unit length, ``(D,)``.
            background: its cosines with the index.
            scores: its cosines with the best chip, then with each hit, ``(1 + m,)``.
        """
        settings = self.settings
        fits, right = settings.fits.vector(), settings.right.vector()
        found = self.evidence.of_hits(sentence, vector, background, scores)
        best = float(found[0] @ fits)
        # The score of a chip that would be just enough, and how likely such a chip is right.
        short = (math.log(settings.found_from / (1 - settings.found_from)) - best) / fits[0]
        odds = np.append(found @ right, found[0] @ right + short * right[0])
        chances = probability(np.array([best]))[0] * probability(odds)
        return Judgement(chances[1:-1], float(chances[-1]))


def read_relevance(model: ModelFolder) -> Relevance | None:
    """The calibration of a model.

    Returns:
        ``None`` if the folder has none, or has that of other weights.

    Raises:
        ModelError: if its files are damaged or incomplete.
    """
    settings = read_settings(model)
    if settings is None:
        return None
    return Relevance(
        settings, Evidence(read_language(model, settings.words), read_bank(model).vectors)
    )
