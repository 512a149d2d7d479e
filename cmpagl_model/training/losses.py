"""Losses of the two towers: pre-alignment and the triplet with an intra-class term.

Letters: B images, T sentences of a batch (several sentences may belong to one image).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F

if TYPE_CHECKING:
    from torch import Tensor


def contrastive_loss(similarity: Tensor, positive: Tensor, temperature: Tensor) -> Tensor:
    """Image-text contrastive loss with several positives (METHOD 3).

    Args:
        similarity: cosines ``(B, T)``.
        positive: True where the sentence describes the image, ``(B, T)``; identical sentences of
            other images count, so they are never negatives.
        temperature: divides the cosines.

    Returns:
        Mean cross-entropy of both directions against evenly shared targets.
    """
    logits = similarity / temperature
    target = positive.float()
    rows = F.cross_entropy(logits, target / target.sum(1, keepdim=True))
    columns = F.cross_entropy(logits.T, (target / target.sum(0, keepdim=True)).T)
    return (rows + columns) / 2


def triplet_loss(similarity: Tensor, positive: Tensor, margin: float, beta: float) -> Tensor:
    """Triplet loss with hardest negatives and the intra-class distance term (METHOD 4).

    With distance d = 1 - cosine, every matched pair must be closer than the hardest unmatched
    sentence and image by ``margin``; ``beta`` times the matched distance keeps pulling when the
    margin holds.

    Args:
        similarity: cosines ``(B, T)``.
        positive: True where the sentence describes the image, ``(B, T)``.
        margin: alpha, in cosine distance.
        beta: weight of the intra-class distance; 0 gives the plain triplet.

    Returns:
        Mean over the matched pairs.
    """
    distance = 1.0 - similarity
    unmatched = distance.masked_fill(positive, torch.inf)
    hard_text = unmatched.min(dim=1, keepdim=True).values  # B, 1
    hard_image = unmatched.min(dim=0, keepdim=True).values  # 1, T
    pair = (
        F.relu(margin + distance - hard_text)
        + F.relu(margin + distance - hard_image)
        + beta * distance
    )
    return pair[positive].mean()
