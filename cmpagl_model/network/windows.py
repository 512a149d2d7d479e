"""Cutting feature maps into windows.

Letters: B batch, H W map, C channels, M window side, N windows in a map, R = M * M tokens.
"""

from __future__ import annotations

import torch
from torch import Tensor


def window_partition(x: Tensor, side: int) -> Tensor:
    """Cut a feature map ``(B, H, W, C)`` into windows ``(B*N, R, C)``, row by row."""
    _, h, w, c = x.shape
    x = x.reshape(-1, h // side, side, w // side, side, c)  # B, H/M, M, W/M, M, C
    return x.permute(0, 1, 3, 2, 4, 5).reshape(-1, side * side, c)  # B*N, R, C


def window_merge(windows: Tensor, side: int, height: int, width: int) -> Tensor:
    """Undo :func:`window_partition`: ``(B*N, R, C)`` to ``(B, H, W, C)``."""
    c = windows.shape[-1]
    x = windows.reshape(-1, height // side, width // side, side, side, c)
    return x.permute(0, 1, 3, 2, 4, 5).reshape(-1, height, width, c)


def shift_mask(side: int, shift: int, height: int, width: int) -> Tensor:
    """Additive mask ``(N, R, R)`` that keeps rolled-in neighbours from seeing each other.

    Args:
        side: M, in tokens.
        shift: how far the map was rolled, in tokens, below ``side``.
        height: H, in tokens, a multiple of ``side``.
        width: W, in tokens, a multiple of ``side``.

    Returns:
        0 where attention is allowed, -100 where not; float32.
    """
    regions = torch.zeros(1, height, width, 1)
    cuts = (slice(0, -side), slice(-side, -shift), slice(-shift, None))
    for number, (rows, cols) in enumerate((r, c) for r in cuts for c in cuts):
        regions[:, rows, cols] = number
    flat = window_partition(regions, side).squeeze(-1)  # N, R
    return (flat[:, None, :] != flat[:, :, None]).float() * -100.0
