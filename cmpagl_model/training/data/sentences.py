"""Sentences of a training set: numbered, drawn, compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from cmpagl_model.captions import normalise_sentence
from cmpagl_model.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmpagl_model.captions import CaptionedImage
    from cmpagl_model.training.settings import Batch


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
