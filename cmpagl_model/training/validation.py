"""Recalls on a validation set while training (METHOD 8.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from cmpagl_model.captions import load_pictures
from cmpagl_model.evaluation.metrics import RetrievalScores, retrieval_scores

from .sentences import tokenise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tokenizers import Tokenizer

    from cmpagl_model.captions import CaptionedImage
    from cmpagl_model.network import CmpaglModel

BATCH = 128


class Validation:
    """A validation set, decoded and tokenised once."""

    def __init__(
        self, items: Sequence[CaptionedImage], model: CmpaglModel, tokenizer: Tokenizer
    ) -> None:
        """Prepare ``items`` at the input size of ``model``.

        Raises:
            DatasetError: if a picture cannot be decoded.
        """
        side = model.config.image.input_px
        self.pictures = torch.from_numpy(load_pictures([item.path for item in items], side))
        texts = [text for item in items for text in item.sentences]
        self.ids, self.mask = tokenise(tokenizer, texts, model.config.text.max_tokens)
        self.owners = np.array([row for row, item in enumerate(items) for _ in item.sentences])

    @torch.no_grad()
    def measure(self, model: CmpaglModel) -> RetrievalScores:
        """Recalls of ``model`` over the whole set at once; leaves it in evaluation mode."""
        model.eval()
        images = torch.cat([model.encode_image(p).embedding for p in self.pictures.split(BATCH)])
        pairs = zip(self.ids.split(BATCH), self.mask.split(BATCH), strict=True)
        sentences = torch.cat([model.encode_text(ids, mask).embedding for ids, mask in pairs])
        return retrieval_scores((images @ sentences.T).numpy(), self.owners)
