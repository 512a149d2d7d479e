"""Random views of training pictures, a whole batch at once, on tensors."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor

if TYPE_CHECKING:
    from cmpagl_model.training.settings import Augmentation


@dataclass(frozen=True, slots=True, eq=False)
class ViewDraws:
    """How each picture of a batch is seen."""

    affine: Tensor
    """Turn, flip, size and place, ``(B, 2, 3)``, as ``affine_grid`` takes them."""
    coarse: float
    """Share of the side to which the whole batch is lowered and raised again; 1: it is not."""
    contrast: Tensor
    """Factor of the distance from the mean, ``(B, 1, 1, 1)``."""
    gains: Tensor
    """Factor of each channel, ``(B, 3, 1, 1)``."""

    def part(self, rows: slice) -> ViewDraws:
        """The draws of some pictures of the batch."""
        return ViewDraws(self.affine[rows], self.coarse, self.contrast[rows], self.gains[rows])


def draw_views(count: int, settings: Augmentation, generator: torch.Generator) -> ViewDraws:
    """Draw how ``count`` pictures are seen.

    Overhead pictures have no upright, so all eight turns and flips are drawn alike.

    Args:
        count: B, pictures of the batch.
        settings: how far views may depart.
        generator: source of all randomness, on the CPU.

    Returns:
        The draws.
    """
    drawn = torch.rand(count, 4, generator=generator)
    scale = (settings.min_area + (1 - settings.min_area) * drawn[:, 0]).sqrt()
    angle = (drawn[:, 1] * 4).floor() * (math.pi / 2)
    flip = torch.where(drawn[:, 2] < 0.5, -1.0, 1.0)
    shift = (torch.rand(count, 2, generator=generator) * 2 - 1) * (1 - scale)[:, None]
    cos, sin = angle.cos() * scale, angle.sin() * scale
    affine = torch.stack([cos * flip, -sin, shift[:, 0], sin * flip, cos, shift[:, 1]], dim=1)
    chance, amount = torch.rand(2, generator=generator).tolist()
    lowered = settings.coarsest + (1 - settings.coarsest) * amount
    colour = torch.rand(count, 5, 1, 1, generator=generator) * 2 - 1
    return ViewDraws(
        affine=affine.reshape(count, 2, 3),
        coarse=lowered if chance < settings.coarse_share else 1.0,
        contrast=1 + settings.gain * colour[:, :1],
        gains=(1 + settings.gain * colour[:, 1:2]) * (1 + settings.tint * colour[:, 2:]),
    )


def make_views(pictures: Tensor, side: int, draws: ViewDraws) -> Tensor:
    """See each picture of a batch as drawn.

    Args:
        pictures: ``(B, 3, P, P)``, 0 to 255, on any device.
        side: S, side of the views in px.
        draws: of B pictures.

    Returns:
        Views ``(B, S, S, 3)``, float32, 0 to 255.
    """
    device = pictures.device
    size = [pictures.shape[0], 3, side, side]
    grid = F.affine_grid(draws.affine.to(device), size, align_corners=False)
    views = F.grid_sample(pictures.float(), grid, padding_mode="reflection", align_corners=False)
    if draws.coarse < 1:
        down = F.interpolate(views, size=int(side * draws.coarse), mode="area")
        views = F.interpolate(down, size=side, mode="bilinear")
    mean = views.mean(dim=(1, 2, 3), keepdim=True)
    contrasted = (views - mean) * draws.contrast.to(device) + mean
    return (contrasted * draws.gains.to(device)).clamp(0, 255).permute(0, 2, 3, 1)


def whole_views(pictures: Tensor, side: int) -> Tensor:
    """Each picture ``(B, 3, P, P)`` whole, upright and untinted, as a search sees it.

    Args:
        pictures: 0 to 255.
        side: S, side of the views in px.

    Returns:
        Views ``(B, S, S, 3)``, float32, 0 to 255.
    """
    size = (side, side)
    views = F.interpolate(pictures.float(), size=size, mode="bilinear", antialias=True)
    return views.permute(0, 2, 3, 1)
