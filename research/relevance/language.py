"""What training sentences are made of, and writing it into a model folder with the calibration."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.atomic import replacing, write_bytes
from cmpagl_model.errors import ModelError
from cmpagl_model.model_folder import ORDER, RELEVANCE, WORDS
from cmpagl_model.relevance.words import CLASSES, KNOWN_FROM, word_classes, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from cmpagl_model.relevance.settings import Language, RelevanceSettings

SMOOTHING = 5.0
"""Times that any two classes are taken to have followed each other by chance."""


def word_counts(sentences: Iterable[str]) -> dict[str, int]:
    """Words and how often they stand in some sentences, most frequent first; rare ones are gone.

    Args:
        sentences: what a model was trained with.
    """
    counts = Counter(word for sentence in sentences for word in words_of(sentence))
    kept = [(word, count) for word, count in counts.items() if count >= KNOWN_FROM]
    return dict(sorted(kept, key=lambda pair: (-pair[1], pair[0])))


def word_order(sentences: Iterable[str]) -> NDArray[np.float32]:
    """How much more seldom than by chance one class of words follows another.

    That is the pointwise mutual information (PMI) of bigrams of classes, where it is below 0.

    Args:
        sentences: what a model was trained with.

    Returns:
        Natural logarithms, 0 where it is not more seldom, ``(CLASSES, CLASSES)``.
    """
    met = np.zeros((CLASSES, CLASSES))
    for sentence in sentences:
        classes = word_classes(sentence)
        np.add.at(met, (classes[:-1], classes[1:]), 1)
    chance = met.sum(axis=1, keepdims=True) * met.sum(axis=0) / max(1.0, met.sum())
    seldom: NDArray[np.float32] = np.log((met + SMOOTHING) / (chance + SMOOTHING))
    return np.minimum(seldom, 0).astype(np.float32)


def write_relevance(folder: Path, settings: RelevanceSettings, language: Language) -> None:
    """Put a calibration into a model folder; the model's fingerprint stays what it is.

    Raises:
        ModelError: if the folder cannot be written.
    """
    words = "".join(f"{word} {count}\n" for word, count in language.counts.items())
    try:
        write_bytes(folder / WORDS, words.encode())
        with replacing(folder / ORDER) as part:
            np.save(part, language.order.astype(np.float16))
        write_bytes(folder / RELEVANCE, settings.to_json().encode())
    except OSError as error:
        raise ModelError(
            f"{folder}: the calibration cannot be written ({error.strerror}); wanted a writable "
            "model folder; next: copy the model to one"
        ) from error
