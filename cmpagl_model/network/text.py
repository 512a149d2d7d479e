"""Text tower and multimodal encoder, from BERT layers (docs/method.md 2.3, docs/method.md 2.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from transformers.models.bert.configuration_bert import BertConfig
from transformers.models.bert.modeling_bert import BertEmbeddings, BertLayer

if TYPE_CHECKING:
    from cmpagl_model.config import TextConfig

MATCH_CLASSES = 2
MASKED = -1e4


def bert_config(config: TextConfig, *, crossing: bool) -> BertConfig:
    """The settings of one BERT layer; ``crossing`` adds cross-attention to the image."""
    settings = BertConfig(
        vocab_size=config.vocabulary,
        hidden_size=config.dim,
        num_attention_heads=config.heads,
        intermediate_size=config.intermediate,
        add_cross_attention=crossing,
        is_decoder=crossing,
    )
    # Eager attention: the one form that exports to ONNX as plain matrix products.
    settings._attn_implementation = "eager"  # noqa: SLF001
    return settings


def additive_mask(mask: Tensor) -> Tensor:
    """Turn a token mask ``(B, T)``, 1 = word and 0 = padding, into ``(B, 1, 1, T)`` to be added."""
    return (1.0 - mask[:, None, None, :].float()) * MASKED


class TextEncoder(nn.Module):
    """The first layers of a BERT: word-piece numbers to one vector for each token."""

    def __init__(self, config: TextConfig) -> None:
        super().__init__()
        settings = bert_config(config, crossing=False)
        self.dim, self.pooling = config.dim, config.pooling
        self.embeddings = BertEmbeddings(settings)
        self.layers = nn.ModuleList(BertLayer(settings, layer_idx=i) for i in range(config.layers))

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Tokens ``(B, T, C)`` of word-piece numbers ``(B, T)`` int64 under ``mask (B, T)``."""
        return self.run_layers(self.embeddings(ids), mask, 0, len(self.layers))

    def run_layers(self, tokens: Tensor, mask: Tensor, first: int, last: int) -> Tensor:
        """Layers ``first`` up to (not including) ``last`` on tokens ``(B, T, C)``."""
        added = additive_mask(mask).to(tokens.dtype)
        for layer in self.layers[first:last]:
            tokens = layer(tokens, added)
        return tokens

    def pool(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """One vector ``(B, C)`` for each sentence."""
        if self.pooling == "cls":
            return tokens[:, 0]
        weights = mask[:, :, None].to(tokens.dtype)
        return (tokens * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1.0)


class FusionEncoder(nn.Module):
    """The multimodal encoder: words look at image tokens; a head says whether both match.

    Direction and head follow docs/method.md 2.4 (inferred from the paper's ancestors).
    """

    def __init__(self, config: TextConfig, layers: int, image_dim: int) -> None:
        super().__init__()
        settings = bert_config(config, crossing=True)
        same = image_dim == config.dim
        self.adapter = nn.Identity() if same else nn.Linear(image_dim, config.dim)
        self.layers = nn.ModuleList(BertLayer(settings, layer_idx=i) for i in range(layers))
        self.head = nn.Linear(config.dim, MATCH_CLASSES)

    def forward(self, words: Tensor, mask: Tensor, image: Tensor) -> Tensor:
        """Logits ``(B, 2)``, no match and match, of words ``(B, T, C)`` and image tokens."""
        added = additive_mask(mask).to(words.dtype)
        seen = self.adapter(image)
        everything = torch.zeros(1, 1, 1, 1, dtype=words.dtype, device=words.device)
        for layer in self.layers:
            words = layer(words, added, seen, everything)
        return self.head(words[:, 0])
