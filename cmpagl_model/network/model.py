"""The CMPAGL model: two towers, aligned before a fusion encoder (METHOD 2.1)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .image import build_image_encoder
from .text import FusionEncoder, TextEncoder

if TYPE_CHECKING:
    from cmpagl_model.config import ModelConfig

MAX_BYTE = 255.0
TEMPERATURE_RANGE = (0.001, 0.5)


class Encoded(NamedTuple):
    """What a tower makes of a batch."""

    tokens: Tensor
    """For the fusion encoder, ``(B, R or T, C)``."""
    embedding: Tensor
    """Unit vectors ``(B, D)``."""


class CmpaglModel(nn.Module):
    """Image tower, text tower and (when ``fusion_layers`` > 0) the multimodal encoder."""

    mean: Tensor
    std: Tensor

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.image = build_image_encoder(config.image)
        self.text = TextEncoder(config.text)
        self.image_projection = nn.Linear(self.image.dim, config.embedding_size)
        self.text_projection = nn.Linear(config.text.dim, config.embedding_size)
        self.log_temperature = nn.Parameter(torch.tensor(math.log(config.temperature)))
        self.fusion = (
            FusionEncoder(config.text, config.fusion_layers, self.image.dim)
            if config.fusion_layers
            else None
        )
        self._initialise()
        for name, values in (("mean", config.image.mean), ("std", config.image.std)):
            constant = torch.tensor(values).reshape(1, 3, 1, 1) * MAX_BYTE
            self.register_buffer(name, constant, persistent=False)

    def _initialise(self) -> None:
        for part in (self.text, self.fusion, self.image_projection, self.text_projection):
            for module in part.modules() if part is not None else ():
                if isinstance(module, nn.Linear | nn.Embedding):
                    nn.init.normal_(module.weight, std=0.02)
                if isinstance(module, nn.Linear) and module.bias is not None:
                    nn.init.zeros_(module.bias)

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
        tokens = self.image(self.normalise(pixels))
        return Encoded(tokens, self.embed_image(tokens))

    def embed_image(self, tokens: Tensor) -> Tensor:
        """Unit vectors ``(B, D)`` of image tokens ``(B, 1 + R, C)``, from the first token."""
        return F.normalize(self.image_projection(tokens[:, 0]).float(), dim=-1)

    def encode_text(self, ids: Tensor, mask: Tensor) -> Encoded:
        """Encode sentences.

        Args:
            ids: word-piece numbers, int64, ``(B, T)``.
            mask: 1 for a word piece, 0 for padding, ``(B, T)``.

        Returns:
            Tokens ``(B, T, C)`` and unit vectors ``(B, D)``.
        """
        tokens = self.text(ids, mask)
        return Encoded(tokens, self.embed_text(tokens, mask))

    def embed_text(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """Unit vectors ``(B, D)`` of word tokens ``(B, T, C)``."""
        return F.normalize(self.text_projection(self.text.pool(tokens, mask)).float(), dim=-1)

    def match(self, words: Tensor, mask: Tensor, image: Tensor) -> Tensor:
        """Logits ``(B, 2)``, no match and match, of pairs (METHOD 2.4).

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
        """The learnable temperature, kept in [0.001, 0.5] (METHOD 3)."""
        return self.log_temperature.exp().clamp(*TEMPERATURE_RANGE)
