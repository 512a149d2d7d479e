"""Projection heads: several small networks side by side, behind one linear map.

One head is a noisy reading of a tower's features; the mean of several is better, and costs little
compared with the tower. Their vectors, side by side, are brought to the length of one embedding by
a linear map that both towers share (:func:`principal_directions`).
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class ProjectionHeads(nn.Module):
    """K two-layer perceptrons on the same features."""

    def __init__(self, parts: tuple[int, ...], heads: int, width: int, size: int) -> None:
        """Build with random weights.

        Args:
            parts: channels of each part of the features; each part is normalised for itself.
            heads: K.
            width: W, hidden channels of a head.
            size: D, length of a head's vector.
        """
        super().__init__()
        self._parts = list(parts)
        self.norms = nn.ModuleList(nn.LayerNorm(channels) for channels in parts)
        self.dropout = nn.Dropout(0.0)
        self.hidden = nn.Linear(sum(parts), heads * width)
        self.weight = nn.Parameter(torch.empty(heads, width, size))
        self.bias = nn.Parameter(torch.zeros(heads, 1, size))
        nn.init.kaiming_uniform_(self.hidden.weight, a=math.sqrt(5))
        nn.init.normal_(self.weight, std=width**-0.5)

    def forward(self, features: Tensor) -> Tensor:
        """Unit vectors ``(B, K, D)`` of features ``(B, C)``, C the sum of the parts."""
        parts = zip(self.norms, features.split(self._parts, dim=1), strict=True)
        x = self.dropout(torch.cat([norm(part) for norm, part in parts], dim=1))  # B, C
        x = self.dropout(F.gelu(self.hidden(x)))  # B, K * W
        heads, width, _ = self.weight.shape
        x = x.reshape(-1, heads, width).transpose(0, 1)  # K, B, W
        x = torch.matmul(x, self.weight) + self.bias  # K, B, D
        return F.normalize(x.transpose(0, 1), dim=-1)  # B, K, D


@torch.no_grad()
def principal_directions(images: Tensor, sentences: Tensor, size: int) -> Tensor:
    """The linear map that keeps most of the cosines of both towers' side-by-side vectors.

    Images and sentences count alike, however many there are of each. Nothing is centred: what
    all share matters for cosines.

    Args:
        images: ``(n, K D)``.
        sentences: ``(m, K D)``.
        size: how many directions are kept.

    Returns:
        ``(size, K D)`` with orthonormal rows, strongest first.
    """
    moments = [rows.double().T @ rows.double() / len(rows) for rows in (images, sentences)]
    vectors = torch.linalg.eigh(moments[0] + moments[1]).eigenvectors  # columns, weakest first
    return vectors.flip(1)[:, :size].T.to(images.dtype).contiguous()
