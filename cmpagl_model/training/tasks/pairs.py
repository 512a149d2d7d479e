"""Which pairs a fusion encoder on frozen towers learns from, and its loss (docs/method.md 4).

With frozen towers all similarities are known beforehand. So negatives are drawn from the best of
the whole training set, which is what re-ranking will show the encoder, and not from the few
pictures of one batch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F

from cmpagl_model.training.data.sentences import draw_sentences
from cmpagl_model.training.settings import Batch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from cmpagl_model.training.data.sentences import Sentences

    Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class PairBatch:
    """Pairs of a step: ``n`` matches, then ``n`` with a wrong picture, ``n`` a wrong sentence."""

    images: Rows
    """Row of the picture of each pair, ``(3 n,)``."""
    sentences: Rows
    """Number of the sentence of each pair, ``(3 n,)``."""


class HardPairs:
    """Draws matches and hard negatives by the similarity of two frozen towers."""

    def __init__(
        self, images: Tensor, texts: Tensor, known: Sentences, *, share: float, telling: float
    ) -> None:
        """List the likeliest confusions once.

        Args:
            images: unit vectors of the pictures, ``(I, D)``.
            texts: unit vectors of the different sentences, ``(S, D)``.
            known: which sentence belongs to which picture.
            share: part of all pictures (sentences) from which negatives are drawn, 0 to 1.
            telling: share of draws that take a telling sentence, 0 to 1.
        """
        self._batch = Batch(sentences_per_picture=1, telling_share=telling)
        self._known = known
        self._own = [set(numbers) for numbers in known.of_image]
        similarity = images @ texts.T
        self._images = _best(similarity.T, share)  # S, k
        self._texts = _best(similarity, share)  # I, k

    def draw(self, rows: Sequence[int], chooser: np.random.Generator) -> PairBatch:
        """Pairs for the pictures ``rows``.

        A sentence that also belongs to the other picture is never drawn as its negative; where
        only such are left, the pair is one more match.
        """
        own = draw_sentences(self._known, rows, self._batch, chooser)
        wrong_image = []
        for row, sentence in zip(rows, own, strict=True):
            likely = chooser.permutation(self._images[sentence]).tolist()
            wrong_image.append(next((n for n in likely if sentence not in self._own[n]), row))
        wrong_text = []
        for row in rows:
            likely = chooser.permutation(self._texts[row]).tolist()
            wrong_text.append(
                next((n for n in likely if n not in self._own[row]), min(self._own[row]))
            )
        return PairBatch(
            images=np.array([*rows, *wrong_image, *rows], np.int64),
            sentences=np.array([*own, *own, *wrong_text], np.int64),
        )

    def matches(self, pairs: PairBatch) -> Tensor:
        """1.0 where the sentence of a pair was written for its picture, ``(3 n,)``."""
        both = zip(pairs.images.tolist(), pairs.sentences.tolist(), strict=True)
        return torch.tensor([sentence in self._own[image] for image, sentence in both]).float()


def pair_loss(logits: Tensor, matches: Tensor) -> Tensor:
    """Binary matching loss with a ranking term.

    The binary part is ITM (docs/method.md 4); the negatives together weigh as much as the
    matches. The ranking part (ours) asks that a match beat its own two negatives, for order
    is what re-ranking needs.

    Args:
        logits: match minus no match, ``(3 n,)`` in the order of :class:`PairBatch`.
        matches: 1 for a match, ``(3 n,)``.

    Returns:
        The mean loss.
    """
    weight = torch.where(matches > 0, 1.0, 0.5)
    binary = F.binary_cross_entropy_with_logits(logits, matches, weight=weight)
    match, wrong_image, wrong_text = logits.chunk(3)
    ranking = F.softplus(wrong_image - match) + F.softplus(wrong_text - match)
    return binary + 0.5 * ranking.mean()


def _best(similarity: Tensor, share: float) -> NDArray[np.int32]:
    """The most similar columns of each row, ``(rows, k)``."""
    count = min(max(2, round(share * similarity.shape[1])), similarity.shape[1])
    found: NDArray[np.int32] = similarity.topk(count, dim=1).indices.int().numpy()
    return found
