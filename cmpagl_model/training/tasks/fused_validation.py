"""Recalls on val with the best candidates re-scored, while a fusion encoder learns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from cmpagl_model.evaluation.metrics import RetrievalScores, retrieval_scores
from cmpagl_model.rerank.fusion import best_pairs, fuse

from .validation import Validation

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

    from cmpagl_model.captions import CaptionedImage
    from cmpagl_model.network import CmpaglModel
    from cmpagl_model.training.listener import Listener

MOST_PICTURES = 300
"""More would take longer to re-score than an epoch takes to learn."""
BEST = 20
WEIGHTS = (0.0, 0.005, 0.01, 0.02, 0.04, 0.08)
"""Cosine that one unit of the logit may be worth; the best is reported, as a search will use it."""
IMAGE_BATCH, PAIR_BATCH = 100, 512


class FusedValidation(Validation):
    """The first pictures of a validation set, behind the frozen towers."""

    @torch.no_grad()
    def __init__(
        self,
        items: Sequence[CaptionedImage],
        model: CmpaglModel,
        tokenizer: Tokenizer,
        listener: Listener,
    ) -> None:
        """Encode up to 300 of ``items`` and their different sentences.

        Raises:
            DatasetError: if no picture can be decoded.
        """
        super().__init__(items[:MOST_PICTURES], model, tokenizer, listener)
        device = model.log_temperature.device
        rows = torch.arange(self._count).split(IMAGE_BATCH)
        pixels = (self._pictures.batch(part.tolist()).pixels for part in rows)
        seen = [model.encode_image(p.permute(0, 2, 3, 1).to(device)) for p in pixels]
        words = model.encode_text(self._ids.to(device), self._mask.to(device))
        self._images = torch.cat([part.tokens.half().cpu() for part in seen])
        self._words = words.tokens.half().cpu()
        images = torch.cat([part.embedding.cpu() for part in seen])
        self._similarity: NDArray[np.float32] = (images @ words.embedding.cpu().T).numpy()
        self._pairs = best_pairs(self._similarity, BEST)

    @torch.no_grad()
    def measure(self, model: CmpaglModel) -> RetrievalScores:
        """Recalls at the best of a few weights of the logit; ``model`` stays in evaluation mode."""
        model.eval()
        device = model.log_temperature.device
        pairs = torch.from_numpy(self._pairs)
        logits = torch.empty(len(pairs))
        order = self._mask.sum(1)[pairs[:, 1]].argsort(stable=True)  # like lengths together
        for rows in order.split(PAIR_BATCH):
            images, sentences = pairs[rows].T
            mask = self._mask[sentences]
            width = int(mask.sum(1).max())
            two = model.match(
                self._words[sentences, :width].float().to(device),
                mask[:, :width].to(device),
                self._images[images].float().to(device),
            )
            logits[rows] = (two[:, 1] - two[:, 0]).float().cpu()
        odds = logits.numpy()
        found = [
            retrieval_scores(
                fuse(self._similarity, self._pairs, odds, weight)[:, self._text_of], self._owners
            )
            for weight in WEIGHTS
        ]
        return max(found, key=lambda scores: scores.mean_recall)
