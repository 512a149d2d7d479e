"""The CMPAGL model: two towers, aligned before a fusion encoder (docs/method.md 2.1)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .heads import ProjectionHeads
from .image import build_image_encoder
from .text import FusionEncoder, TextEncoder

if TYPE_CHECKING:
    from cmpagl_model.config import ModelConfig

    from .image import ImageFeatures

MAX_BYTE = 255.0
TEMPERATURE_RANGE = (0.001, 0.5)


class Encoded(NamedTuple):
    """What a tower makes of a batch."""

    tokens: Tensor
    """For the fusion encoder, ``(B, R or T, C)``."""
    embedding: Tensor
    """Unit vectors ``(B, D)``."""
    heads: Tensor
    """Unit vectors of each projection head, ``(B, K, D)``: what training compares."""

    @property
    def together(self) -> Tensor:
        """All heads side by side, unit vectors ``(B, K D)``; their cosine is the heads' mean."""
        return self.heads.flatten(1) / self.heads.shape[1] ** 0.5


class CmpaglModel(nn.Module):
    """Image tower, text tower and (when ``fusion_layers`` > 0) the multimodal encoder."""

    mean: Tensor
    std: Tensor

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.image = build_image_encoder(config.image)
        self.text = TextEncoder(config.text)
        size = config.embedding_size
        if config.heads:
            many, width = config.heads, config.head_width
            self.image_projection: ProjectionHeads | nn.Linear = ProjectionHeads(
                self.image.pooled_parts, many, width, size
            )
            self.text_projection: ProjectionHeads | nn.Linear = ProjectionHeads(
                (config.text.dim,), many, width, size
            )
            self.compression = nn.Linear(many * size, size, bias=False)
            nn.init.orthogonal_(self.compression.weight)
            self.compression.requires_grad_(requires_grad=False)  # fitted once, not learnt
        else:
            self.image_projection = nn.Linear(self.image.dim, size)
            self.text_projection = nn.Linear(config.text.dim, size)
        self.log_temperature = nn.Parameter(torch.tensor(math.log(config.temperature)))
        self.fusion = (
            FusionEncoder(config.text, config.fusion_layers, self.image.dim)
            if config.fusion_layers
            else None
        )
        linear = () if self.config.heads else (self.image_projection, self.text_projection)
        for part in (self.text, self.fusion, *linear):
            for module in part.modules() if part is not None else ():
                if isinstance(module, nn.Linear | nn.Embedding):
                    nn.init.normal_(module.weight, std=0.02)
                if isinstance(module, nn.Linear) and module.bias is not None:
                    nn.init.zeros_(module.bias)
        for name, values in (("mean", config.image.mean), ("std", config.image.std)):
            constant = torch.tensor(values).reshape(1, 3, 1, 1) * MAX_BYTE
            self.register_buffer(name, constant, persistent=False)

    def normalise(self, pixels: Tensor) -> Tensor:
        """Pixels ``(B, S, S, 3)``, 0 to 255, any dtype, to the network's ``(B, 3, S, S)``."""
        return (pixels.permute(0, 3, 1, 2).float() - self.mean) / self.std

    def encode_image(self, pixels: Tensor) -> Encoded:
        """Encode chips.

        Args:
            pixels: red, green, blue, 0 to 255, uint8 or float, ``(B, S, S, 3)`` with S the
                ``input_px`` of the configuration.

        Returns:
            Tokens ``(B, 1 + R, C)`` and unit vectors ``(B, D)``.
        """
        return self.embed_image(self.image(self.normalise(pixels)))

    def embed_image(self, seen: ImageFeatures) -> Encoded:
        """What :meth:`encode_image` gives, of the image tower's features."""
        pooled = seen.pooled if self.config.heads else seen.tokens[:, 0]
        return self._embedded(seen.tokens, self.image_projection(pooled))

    def encode_text(self, ids: Tensor, mask: Tensor) -> Encoded:
        """Encode sentences.

        Args:
            ids: word-piece numbers, int64, ``(B, T)``.
            mask: 1 for a word piece, 0 for padding, ``(B, T)``.

        Returns:
            Tokens ``(B, T, C)`` and unit vectors ``(B, D)``.
        """
        return self.embed_text(self.text(ids, mask), mask)

    def embed_text(self, tokens: Tensor, mask: Tensor) -> Encoded:
        """What :meth:`encode_text` gives, of word tokens ``(B, T, C)``."""
        return self._embedded(tokens, self.text_projection(self.text.pool(tokens, mask)))

    def _embedded(self, tokens: Tensor, projected: Tensor) -> Encoded:
        if not self.config.heads:
            one = F.normalize(projected.float(), dim=-1)
            return Encoded(tokens, one, one[:, None])
        heads = projected.float()  # B, K, D
        together = self.compression(heads.flatten(1))  # B, D
        return Encoded(tokens, F.normalize(together, dim=-1), heads)

    def match(self, words: Tensor, mask: Tensor, image: Tensor) -> Tensor:
        """Logits ``(B, 2)``, no match and match, of pairs (docs/method.md 2.4).

        Args:
            words: text tokens ``(B, T, C)``.
            mask: their mask ``(B, T)``.
            image: image tokens ``(B, 1 + R, C')``.

        Returns:
            The logits.

        Raises:
            ValueError: if the model was built without a fusion encoder.
        """
        if self.fusion is None:
            raise ValueError("this model has no fusion encoder (fusion_layers = 0)")
        return self.fusion(words, mask, image)

    def temperature(self) -> Tensor:
        """The learnable temperature, kept in [0.001, 0.5] (docs/method.md 3)."""
        return self.log_temperature.exp().clamp(*TEMPERATURE_RANGE)
