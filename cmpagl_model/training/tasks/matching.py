"""Image-text matching, ITM: the fusion encoder tells pairs that look alike (docs/method.md 4).

Start at :func:`matching_loss`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F

if TYPE_CHECKING:
    from torch import Tensor

    from cmpagl_model.network import CmpaglModel


@dataclass(frozen=True, slots=True, eq=False)
class PairTokens:
    """What the towers made of a batch, before projection."""

    image: Tensor
    """Image tokens ``(B, 1 + R, C')``."""
    words: Tensor
    """Word tokens ``(T, L, C)``."""
    mask: Tensor
    """1 for a word piece, 0 for padding, ``(T, L)``."""


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs to be told apart."""

    images: Tensor
    """Row of the image of each pair, ``(N,)``."""
    sentences: Tensor
    """Row of the sentence of each pair, ``(N,)``."""
    match: Tensor
    """1 where they match, 0 where they do not, ``(N,)`` int64."""


def sample_pairs(
    similarity: Tensor, positive: Tensor, temperature: float, generator: torch.Generator
) -> Pairs:
    """For each image a matching sentence, and for both a negative that is hard to tell.

    Negatives are drawn with probability softmax(s / temperature) over what does not match.

    Args:
        similarity: cosines ``(B, T)``, on any device.
        positive: True where the sentence describes the image, ``(B, T)``; identical sentences of
            other images count, so they are never negatives.
        temperature: divides the cosines; lower draws harder ones.
        generator: source of all randomness, on the CPU.

    Returns:
        Up to ``3 B`` pairs; an image or sentence that matches all of the batch has no negative.
    """
    scores, own = similarity.detach().float().cpu() / temperature, positive.cpu()
    rows = torch.arange(own.shape[0])
    chosen = torch.multinomial(own.float(), 1, generator=generator)[:, 0]
    other_text, has_text = _draw(scores, own, generator)
    other_image, has_image = _draw(scores.T[chosen], own.T[chosen], generator)
    images = torch.cat([rows, rows[has_text], other_image[has_image]])
    sentences = torch.cat([chosen, other_text[has_text], chosen[has_image]])
    match = torch.zeros(len(images), dtype=torch.int64)
    match[: len(rows)] = 1
    return Pairs(images, sentences, match)


def _draw(scores: Tensor, own: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """One column of each row that is not its own, and whether there is any."""
    some = ~own.all(dim=1)
    chances = scores.masked_fill(own, -torch.inf)
    chances[~some] = 0.0
    return torch.multinomial(chances.softmax(dim=1), 1, generator=generator)[:, 0], some


def matching_loss(model: CmpaglModel, tokens: PairTokens, pairs: Pairs) -> Tensor:
    """Cross-entropy of the fusion encoder over sampled pairs.

    Args:
        model: a model with a fusion encoder.
        tokens: of the batch.
        pairs: from :func:`sample_pairs` on the same batch.

    Returns:
        Mean over the pairs.
    """
    device = tokens.image.device
    sentences = pairs.sentences.to(device)
    logits = model.match(
        tokens.words[sentences], tokens.mask[sentences], tokens.image[pairs.images.to(device)]
    )
    return F.cross_entropy(logits.float(), pairs.match.to(device))
