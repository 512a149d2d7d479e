"""The image towers: ``cmpagl_base`` (Swin shape) and ``cmpagl_lite`` (convolutional stem).

Both turn pixels ``(B, 3, S, S)`` into tokens ``(B, 1 + R, C)`` whose first is the mean of the
others (docs/method.md 2.2), and into pooled features for the embedding. Start at
:func:`build_image_encoder`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import timm
import torch
from timm.models.swin_transformer import PatchMerging
from torch import Tensor, nn

from cmpagl_model.errors import ConfigError

from .gswin import GswinStage, upsample_twice

if TYPE_CHECKING:
    from cmpagl_model.config import ImageConfig

STEM_STRIDE, COARSE_STRIDE = 16, 32
FINE_CHANNELS, COARSE_CHANNELS = 112, 1280
FINE_STAGES = 5


class ImageFeatures(NamedTuple):
    """What an image tower makes of pixels."""

    tokens: Tensor
    """For the fusion encoder, ``(B, 1 + R, C)``; the first is the mean of the others."""
    pooled: Tensor
    """For the embedding, ``(B, P)``: the parts of ``pooled_parts`` side by side."""


class StemFeatures(NamedTuple):
    """What the convolutional stem makes of pixels."""

    map: Tensor
    """For the Gswin blocks, ``(B, S/16, S/16, C)``."""
    pooled: Tensor
    """Mean and maximum of its last features, ``(B, 2 * 1280)``."""


def with_mean_token(tokens: Tensor) -> Tensor:
    """Put the mean of ``(B, R, C)`` before the tokens: ``(B, 1 + R, C)``."""
    return torch.cat([tokens.mean(dim=1, keepdim=True), tokens], dim=1)


class ConvolutionalStem(nn.Module):
    """EfficientNet-Lite as a stem at stride 16.

    The last features at stride 32 are brought up to stride 16 and added to the finer ones, so
    that no pretrained layer is lost and a token still covers only 16 px.
    """

    conv_stem: nn.Conv2d
    blocks: nn.Sequential
    conv_head: nn.Conv2d
    bn1: nn.Module
    bn2: nn.Module

    def __init__(self, backbone: str, dim: int) -> None:
        super().__init__()
        network: Any = timm.create_model(backbone, num_classes=0)
        self.conv_stem, self.bn1 = network.conv_stem, network.bn1
        self.blocks = network.blocks
        self.conv_head, self.bn2 = network.conv_head, network.bn2
        self.fine = nn.Conv2d(FINE_CHANNELS, dim, kernel_size=1)
        self.coarse = nn.Conv2d(COARSE_CHANNELS, dim, kernel_size=1)

    def forward(self, pixels: Tensor) -> StemFeatures:
        """See normalised pixels ``(B, 3, S, S)``."""
        return self.late(self.early(pixels, 0), 0)

    def early(self, pixels: Tensor, stages: int) -> Tensor:
        """The first ``stages`` stages only, ``(B, C', H', W')``: what training may freeze."""
        return self.blocks[:stages](self.bn1(self.conv_stem(pixels)))

    def first_modules(self, stages: int) -> list[nn.Module]:
        """What :meth:`early` runs."""
        return [self.conv_stem, self.bn1, *self.blocks[:stages]]

    def late(self, features: Tensor, stages: int) -> StemFeatures:
        """What follows :meth:`early`."""
        fine = self.blocks[stages:FINE_STAGES](features)  # B, 112, S/16, S/16
        coarse = self.bn2(self.conv_head(self.blocks[FINE_STAGES:](fine)))  # B, 1280, S/32, S/32
        x = self.fine(fine) + upsample_twice(self.coarse(coarse))  # B, C, S/16, S/16
        pooled = torch.cat([coarse.mean(dim=(2, 3)), coarse.amax(dim=(2, 3))], dim=1)
        return StemFeatures(x.permute(0, 2, 3, 1), pooled)


class LiteImageEncoder(nn.Module):
    """EfficientNet-Lite stem feeding Gswin blocks at stride 16: made for a laptop's CPU."""

    def __init__(self, config: ImageConfig) -> None:
        """Build the tower with random weights.

        Raises:
            ConfigError: if the stem cannot halve the input down to its coarsest map.
        """
        super().__init__()
        if config.input_px % COARSE_STRIDE:
            raise ConfigError(
                f"found input_px {config.input_px}, wanted a multiple of {COARSE_STRIDE} px: "
                f"the stride of the last features of {config.backbone}"
            )
        self.dim = config.gswin.dims[0]
        self.pooled_parts = (COARSE_CHANNELS, COARSE_CHANNELS, self.dim)
        self.stem = ConvolutionalStem(config.backbone, self.dim)
        self.norm_stem = nn.LayerNorm(self.dim)
        self.stage = GswinStage(config.gswin, 0, config.input_px // STEM_STRIDE)
        self.norm = nn.LayerNorm(self.dim)

    def forward(self, pixels: Tensor) -> ImageFeatures:
        """See normalised pixels ``(B, 3, S, S)``."""
        return self.mix(self.stem(pixels))

    def mix(self, stem: StemFeatures) -> ImageFeatures:
        """The Gswin part, behind the stem.

        What is pooled keeps the stem's own mean and maximum next to the mean token: a network that
        has seen a million pictures tells more than blocks that have seen some thousands.
        """
        x = self.norm(self.stage(self.norm_stem(stem.map)))
        tokens = with_mean_token(x.flatten(1, 2))
        return ImageFeatures(tokens, torch.cat([stem.pooled, tokens[:, 0]], dim=1))


class PatchEmbedding(nn.Module):
    """Swin's 4 x 4 px patches."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.proj = nn.Conv2d(3, dim, kernel_size=4, stride=4)
        self.norm = nn.LayerNorm(dim)

    def forward(self, pixels: Tensor) -> Tensor:
        """Map normalised pixels ``(B, 3, S, S)`` to ``(B, S/4, S/4, C)``."""
        return self.norm(self.proj(pixels).permute(0, 2, 3, 1))


class BaseImageEncoder(nn.Module):
    """Swin shape with Gswin blocks (docs/method.md 2.2); loads a stock Swin's weights."""

    def __init__(self, config: ImageConfig) -> None:
        super().__init__()
        dims = config.gswin.dims
        self.dim = dims[-1]
        self.pooled_parts = (self.dim,)
        sides = [config.input_px // 4 // 2**stage for stage in range(len(dims))]
        self.patch_embed = PatchEmbedding(dims[0])
        self.stages = nn.ModuleList(
            GswinStage(config.gswin, stage, side) for stage, side in enumerate(sides)
        )
        self.merges = nn.ModuleList(PatchMerging(a, b) for a, b in pairwise(dims))
        self.norm = nn.LayerNorm(self.dim)

    def forward(self, pixels: Tensor) -> ImageFeatures:
        """See normalised pixels ``(B, 3, S, S)``."""
        x = self.patch_embed(pixels)
        for number, stage in enumerate(self.stages):
            x = stage(self.merges[number - 1](x) if number else x)
        tokens = with_mean_token(self.norm(x).flatten(1, 2))
        return ImageFeatures(tokens, tokens[:, 0])


def build_image_encoder(config: ImageConfig) -> LiteImageEncoder | BaseImageEncoder:
    """The image tower that ``config`` describes, with random weights."""
    single = len(config.gswin.dims) == 1
    return LiteImageEncoder(config) if single else BaseImageEncoder(config)
