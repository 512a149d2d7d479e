"""Sentences of a training set: numbered, tokenised, and cached behind the frozen layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from cmpagl_model.captions import CaptionedImage, normalise_sentence
from cmpagl_model.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tokenizers import Tokenizer

    from cmpagl_model.network import CmpaglModel

CACHE_BATCH = 256


@dataclass(frozen=True, slots=True)
class Sentences:
    """All different sentences of a set of pictures."""

    texts: tuple[str, ...]
    """The different sentences; those that differ in case or punctuation count as one."""
    of_image: tuple[tuple[int, ...], ...]
    """Numbers of the sentences of each picture, without repeats."""
    draws: tuple[tuple[int, ...], ...]
    """Numbers of the sentences of each picture as written, repeats kept."""


def number_sentences(items: Sequence[CaptionedImage]) -> Sentences:
    """Number the different sentences of ``items`` in the order of their first use.

    Raises:
        DatasetError: if a picture has no sentence.
    """
    numbers: dict[str, int] = {}
    texts: list[str] = []
    draws = []
    for item in items:
        if not item.sentences:
            raise DatasetError(
                f"{item.path}: found no sentence, wanted at least one; "
                "next: leave the picture out of the captions file"
            )
        row = []
        for sentence in item.sentences:
            key = normalise_sentence(sentence)
            if key not in numbers:
                numbers[key] = len(texts)
                texts.append(sentence)
            row.append(numbers[key])
        draws.append(tuple(row))
    return Sentences(tuple(texts), tuple(tuple(sorted(set(row))) for row in draws), tuple(draws))


def positive_pairs(images: Sequence[int], sentences: Sequence[int], known: Sentences) -> Tensor:
    """True where a sentence of the batch was also written for the picture, ``(B, T)``."""
    owned = [set(known.of_image[image]) for image in images]
    return torch.tensor([[sentence in own for sentence in sentences] for own in owned])


def tokenise(tokenizer: Tokenizer, texts: Sequence[str], longest: int) -> tuple[Tensor, Tensor]:
    """Word-piece numbers and mask, both ``(len(texts), T)`` int64, cut at ``longest``."""
    tokenizer.enable_truncation(longest)
    tokenizer.enable_padding()
    encoded = tokenizer.encode_batch(list(texts))
    ids = torch.from_numpy(np.array([row.ids for row in encoded], np.int64))
    mask = torch.from_numpy(np.array([row.attention_mask for row in encoded], np.int64))
    return ids, mask


class FrozenText:
    """The output of the frozen text layers for every sentence, so that none is run twice."""

    def __init__(
        self, model: CmpaglModel, tokenizer: Tokenizer, texts: Sequence[str], layers: int
    ) -> None:
        """Run the first ``layers`` text layers of ``model`` once over ``texts``."""
        longest = model.config.text.max_tokens
        ids, self.mask = tokenise(tokenizer, texts, longest)
        self.tokens = torch.zeros(*ids.shape, model.config.text.dim, dtype=torch.float16)
        with torch.no_grad():
            for start in range(0, len(texts), CACHE_BATCH):
                rows = slice(start, start + CACHE_BATCH)
                width = int(self.mask[rows].sum(1).max())
                tokens = model.text.embeddings(ids[rows, :width])
                tokens = model.text.run_layers(tokens, self.mask[rows, :width], 0, layers)
                self.tokens[rows, :width] = tokens.half()

    def batch(self, numbers: Sequence[int]) -> tuple[Tensor, Tensor]:
        """Tokens ``(B, T, C)`` float32 and mask ``(B, T)`` of sentences, T the longest."""
        rows = torch.as_tensor(numbers)
        mask = self.mask[rows]
        width = int(mask.sum(1).max())
        return self.tokens[rows, :width].float(), mask[:, :width]
