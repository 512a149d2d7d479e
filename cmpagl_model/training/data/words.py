"""What the text tower reads of a training set: tokenised, and cached behind the frozen layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tokenizers import Tokenizer

    from cmpagl_model.network import CmpaglModel
    from cmpagl_model.training.listener import Listener

CACHE_BATCH = 256
HALF_BYTES = 2


@dataclass(frozen=True, slots=True, eq=False)
class WordBatch:
    """Some sentences, cut to the longest of them."""

    values: Tensor
    """Word-piece numbers ``(T, L)`` int64, or the output of frozen layers ``(T, L, C)``."""
    mask: Tensor
    """1 for a word piece, 0 for padding, ``(T, L)``."""
    layers: int
    """Text layers that these values have passed; 0: they are numbers."""

    def to(self, device: torch.device) -> WordBatch:
        """The same on another device."""
        return WordBatch(self.values.to(device), self.mask.to(device), self.layers)


def tokenise(tokenizer: Tokenizer, texts: Sequence[str], longest: int) -> tuple[Tensor, Tensor]:
    """Word-piece numbers and mask, both ``(len(texts), T)`` int64, cut at ``longest``."""
    tokenizer.enable_truncation(longest)
    tokenizer.enable_padding()
    encoded = tokenizer.encode_batch(list(texts))
    ids = torch.from_numpy(np.array([row.ids for row in encoded], np.int64))
    mask = torch.from_numpy(np.array([row.attention_mask for row in encoded], np.int64))
    return ids, mask


class TrainingWords:
    """Every different sentence as the text tower reads it."""

    def __init__(self, model: CmpaglModel, tokenizer: Tokenizer, texts: Sequence[str]) -> None:
        """Tokenise ``texts`` for ``model``."""
        self._ids, self._mask = tokenise(tokenizer, texts, model.config.text.max_tokens)
        self._tokens: Tensor | None = None
        self._layers = 0

    def cache_bytes(self, model: CmpaglModel) -> int:
        """What :meth:`cache` will take, bytes."""
        return self._ids.numel() * model.config.text.dim * HALF_BYTES

    @torch.no_grad()
    def cache(self, model: CmpaglModel, layers: int, listener: Listener) -> None:
        """Run the first ``layers`` text layers of ``model`` once over all sentences.

        Args:
            model: in evaluation mode, on any device.
            layers: how many of its layers are frozen, with the word embeddings.
            listener: hears how far it is.
        """
        count, device = len(self._ids), model.log_temperature.device
        kept = torch.zeros(*self._ids.shape, model.config.text.dim, dtype=torch.float16)
        listener.start(count, "reading sentences")
        for rows in self._mask.sum(1).argsort(stable=True).split(CACHE_BATCH):  # like lengths
            width = int(self._mask[rows].sum(1).max())
            ids, mask = (part[rows, :width].to(device) for part in (self._ids, self._mask))
            tokens = model.text.run_layers(model.text.embeddings(ids), mask, 0, layers)
            kept[rows, :width] = tokens.half().cpu()
            listener.advance(len(rows))
        self._tokens, self._layers = kept, layers

    def batch(self, numbers: Sequence[int]) -> WordBatch:
        """The sentences of ``numbers``, in that order."""
        rows = torch.as_tensor(numbers)
        mask = self._mask[rows]
        width = int(mask.sum(1).max())
        if self._tokens is None:
            return WordBatch(self._ids[rows, :width], mask[:, :width], 0)
        return WordBatch(self._tokens[rows, :width].float(), mask[:, :width], self._layers)
