"""Losses of the two towers: pre-alignment and the triplet with an intra-class term.

Letters: B images, T sentences of a batch (several sentences may belong to one image).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F

if TYPE_CHECKING:
    from torch import Tensor


def soft_cross_entropy(
    logits: Tensor, positive: Tensor, soft: Tensor | None = None, share: float = 0.0
) -> Tensor:
    """Cross-entropy of each row against evenly shared positives, mixed with soft targets.

    Args:
        logits: ``(N, M)``.
        positive: True where a column is right for the row, ``(N, M)``.
        soft: logits of a teacher for the same pairs, ``(N, M)``; their softmax is a target too.
        share: of the teacher's target, 0 to 1.

    Returns:
        Mean over the rows.
    """
    target = positive.float()
    target = target / target.sum(1, keepdim=True)
    if soft is not None:
        target = (1 - share) * target + share * soft.softmax(dim=1)
    return F.cross_entropy(logits, target)


def contrastive_loss(
    similarity: Tensor,
    positive: Tensor,
    temperature: Tensor,
    soft: Tensor | None = None,
    share: float = 0.0,
) -> Tensor:
    """Image-text contrastive loss with several positives (docs/method.md 3).

    Args:
        similarity: cosines ``(B, T)``.
        positive: True where the sentence describes the image, ``(B, T)``; identical sentences of
            other images count, so they are never negatives.
        temperature: divides the cosines.
        soft: logits of a teacher (cosines over its own temperature), ``(B, T)``; ``None``: none.
        share: of the teacher's softmax in the targets of either direction, 0 to 1.

    Returns:
        Mean cross-entropy of both directions.
    """
    logits = similarity / temperature
    rows = soft_cross_entropy(logits, positive, soft, share)
    columns = soft_cross_entropy(logits.T, positive.T, None if soft is None else soft.T, share)
    return (rows + columns) / 2


def triplet_loss(similarity: Tensor, positive: Tensor, margin: float, beta: float) -> Tensor:
    """Triplet loss with the intra-class distance term (docs/method.md 4).

    With distance d = 1 - cosine, every matched pair must be closer than the closest unmatched
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
