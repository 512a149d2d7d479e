"""Random views of training pictures, a whole batch at once, on tensors."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How far a view may depart from its picture."""

    min_area: float = 0.45
    """Smallest share of the picture that a crop keeps, 0 to 1."""
    gain: float = 0.2
    """Largest change of brightness and of contrast, as a share."""
    tint: float = 0.06
    """Largest change of one channel against the others, as a share."""
    coarse_share: float = 0.25
    """Share of batches whose resolution is lowered and raised again, 0 to 1."""
    coarsest: float = 0.5
    """Lowest such resolution, as a share of the side."""


def random_views(
    pictures: Tensor, side: int, settings: Augmentation, generator: torch.Generator
) -> Tensor:
    """Turn, flip, crop and recolour each picture of a batch.

    Overhead pictures have no upright, so all eight turns and flips are drawn alike.

    Args:
        pictures: ``(B, 3, P, P)``, 0 to 255.
        side: S, side of the views in px.
        settings: how far views may depart.
        generator: source of all randomness.

    Returns:
        Views ``(B, S, S, 3)``, float32, 0 to 255.
    """
    count = pictures.shape[0]
    grid = F.affine_grid(
        _views(count, settings, generator), [count, 3, side, side], align_corners=False
    )
    views = F.grid_sample(pictures.float(), grid, padding_mode="reflection", align_corners=False)
    views = _coarsen(views, settings, generator)
    return _recolour(views, settings, generator).permute(0, 2, 3, 1)


def _views(count: int, settings: Augmentation, generator: torch.Generator) -> Tensor:
    draw = torch.rand(count, 4, generator=generator)
    scale = (settings.min_area + (1 - settings.min_area) * draw[:, 0]).sqrt()
    angle = (draw[:, 1] * 4).floor() * (math.pi / 2)
    flip = torch.where(draw[:, 2] < 0.5, -1.0, 1.0)
    shift = (torch.rand(count, 2, generator=generator) * 2 - 1) * (1 - scale)[:, None]
    cos, sin = angle.cos() * scale, angle.sin() * scale
    rows = torch.stack([cos * flip, -sin, shift[:, 0], sin * flip, cos, shift[:, 1]], dim=1)
    return rows.reshape(count, 2, 3)


def _coarsen(views: Tensor, settings: Augmentation, generator: torch.Generator) -> Tensor:
    draw, amount = torch.rand(2, generator=generator).tolist()
    if draw >= settings.coarse_share:
        return views
    side = views.shape[-1]
    small = int(side * (settings.coarsest + (1 - settings.coarsest) * amount))
    down = F.interpolate(views, size=small, mode="area")
    return F.interpolate(down, size=side, mode="bilinear")


def _recolour(views: Tensor, settings: Augmentation, generator: torch.Generator) -> Tensor:
    count = views.shape[0]
    draw = torch.rand(count, 5, 1, 1, generator=generator) * 2 - 1
    mean = views.mean(dim=(1, 2, 3), keepdim=True)
    contrast = 1 + settings.gain * draw[:, :1]
    gains = (1 + settings.gain * draw[:, 1:2]) * (1 + settings.tint * draw[:, 2:])
    return (((views - mean) * contrast + mean) * gains).clamp(0, 255)
