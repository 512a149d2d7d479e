"""Sentences of a training set: numbered, joined by made ones, drawn, compared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from cmpagl_model.captions import normalise_sentence
from cmpagl_model.errors import DatasetError

from .rephrase import rephrase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmpagl_model.captions import CaptionedImage
    from cmpagl_model.training.settings import Batch

REPHRASE_SEED = 7


@dataclass(frozen=True, slots=True)
class Sentences:
    """All different sentences of a set of pictures."""

    texts: tuple[str, ...]
    """The different sentences; those that differ in case or punctuation count as one."""
    of_image: tuple[tuple[int, ...], ...]
    """Numbers of the sentences of each picture, without repeats."""
    draws: tuple[tuple[int, ...], ...]
    """Numbers of the sentences of each picture as written, repeats kept."""
    telling: tuple[tuple[int, ...], ...]
    """Numbers of the telling sentences of each picture; many pictures have none."""
    written: tuple[tuple[str, ...], ...]
    """The sentences of each picture as written."""
    sources: tuple[tuple[int, ...], ...]
    """For each different sentence, those it was made from; of an original, itself."""


def number_sentences(items: Sequence[CaptionedImage]) -> Sentences:
    """Number the different sentences of ``items`` in the order of their first use.

    Raises:
        DatasetError: if a picture has no sentence.
    """
    numbers: dict[str, int] = {}
    texts: list[str] = []
    draws, telling = [], []

    def numbered(sentences: Sequence[str]) -> tuple[int, ...]:
        row = []
        for sentence in sentences:
            key = normalise_sentence(sentence)
            if key not in numbers:
                numbers[key] = len(texts)
                texts.append(sentence)
            row.append(numbers[key])
        return tuple(row)

    for item in items:
        if not item.sentences:
            raise DatasetError(
                f"{item.path}: found no sentence, wanted at least one; "
                "next: leave the picture out of the captions file"
            )
        draws.append(numbered(item.sentences))
        telling.append(numbered(item.telling))
    pairs = list(zip(draws, telling, strict=True))
    return Sentences(
        texts=tuple(texts),
        of_image=tuple(tuple(sorted({*own, *more})) for own, more in pairs),
        draws=tuple(draws),
        telling=tuple(telling),
        written=tuple(item.sentences for item in items),
        sources=tuple((number,) for number in range(len(texts))),
    )


def with_rephrased(known: Sentences) -> Sentences:
    """Add sentences made by rule from each picture's own.

    They are the same for every seed of a run, so that runs and a teacher's cached vectors compare.

    Args:
        known: as :func:`number_sentences` made it.

    Returns:
        The same sentences with the same numbers, and the made ones behind them.
    """
    numbers = {normalise_sentence(text): number for number, text in enumerate(known.texts)}
    texts, sources = list(known.texts), list(known.sources)
    draws = []
    for row, own in enumerate(known.draws):
        made = []
        chooser = np.random.default_rng((REPHRASE_SEED, 2, row))
        for new in rephrase(known.written[row], chooser):
            key = normalise_sentence(new.text)
            if not key:
                continue
            if key not in numbers:
                numbers[key] = len(texts)
                texts.append(new.text)
                sources.append(tuple(own[place] for place in new.sources))
            made.append(numbers[key])
        draws.append((*own, *made))
    return replace(
        known,
        texts=tuple(texts),
        sources=tuple(sources),
        draws=tuple(draws),
        of_image=tuple(
            tuple(sorted({*own, *row})) for own, row in zip(known.of_image, draws, strict=True)
        ),
    )


def draw_sentences(
    known: Sentences, images: Sequence[int], batch: Batch, chooser: np.random.Generator
) -> list[int]:
    """Numbers of the sentences of a batch, one picture after the other."""
    drawn = []
    for image in images:
        tells = chooser.random(batch.sentences_per_picture) < batch.telling_share
        for telling in tells.tolist():
            pool = (known.telling[image] if telling else ()) or known.draws[image]
            drawn.append(int(chooser.choice(pool)))
    return drawn


def positive_pairs(images: Sequence[int], sentences: Sequence[int], known: Sentences) -> Tensor:
    """True where a sentence of the batch was also written for the picture, ``(B, T)``."""
    asked = np.asarray(sentences)
    rows = [np.isin(asked, known.of_image[image]) for image in images]
    return torch.from_numpy(np.stack(rows))
