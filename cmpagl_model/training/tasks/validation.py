"""Recalls on a validation set while training (docs/method.md 8.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from cmpagl_model.evaluation.metrics import RetrievalScores, retrieval_scores
from cmpagl_model.training.data.pictures import open_pictures
from cmpagl_model.training.data.words import tokenise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tokenizers import Tokenizer

    from cmpagl_model.captions import CaptionedImage
    from cmpagl_model.network import CmpaglModel
    from cmpagl_model.records import Problem
    from cmpagl_model.training.listener import Listener

BATCH = 128


class Validation:
    """A validation set, decoded and tokenised once."""

    def __init__(
        self,
        items: Sequence[CaptionedImage],
        model: CmpaglModel,
        tokenizer: Tokenizer,
        listener: Listener,
    ) -> None:
        """Prepare ``items`` at the input size of ``model``, all in memory.

        Pictures that cannot be decoded are left out and stand in :attr:`problems`.

        Raises:
            DatasetError: if none can be decoded.
        """
        opened = open_pictures(items, model.config.image.input_px, np.inf, listener)
        self.problems: tuple[Problem, ...] = opened.problems
        self._pictures, self._count = opened.pictures, len(opened.items)
        written = [text for item in opened.items for text in item.sentences]
        number = {text: row for row, text in enumerate(dict.fromkeys(written))}
        self._text_of = np.array([number[text] for text in written])
        self._ids, self._mask = tokenise(tokenizer, list(number), model.config.text.max_tokens)
        counts = [len(item.sentences) for item in opened.items]
        self._owners = np.repeat(np.arange(self._count), counts)

    @torch.no_grad()
    def measure(self, model: CmpaglModel) -> RetrievalScores:
        """Recalls of ``model`` over the whole set at once; leaves it in evaluation mode.

        Compared are all heads side by side, for the map to one embedding is fitted at the end.
        """
        model.eval()
        device = model.log_temperature.device
        images = []
        for rows in torch.arange(self._count).split(BATCH):
            pixels = self._pictures.batch(rows.tolist()).pixels.permute(0, 2, 3, 1)
            images.append(model.encode_image(pixels.to(device)).together.cpu())
        sentences = [
            model.encode_text(ids.to(device), mask.to(device)).together.cpu()
            for ids, mask in zip(self._ids.split(BATCH), self._mask.split(BATCH), strict=True)
        ]
        similarity = (torch.cat(images) @ torch.cat(sentences).T)[:, self._text_of]
        return retrieval_scores(similarity.numpy(), self._owners)
