"""The fusion encoder as a task: learns to tell matches from their likeliest confusions.

The towers are aligned before and frozen here, so that their tokens are computed once for each
sentence and for a few views of each picture, each process a share of them; a step costs the fusion
encoder alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from cmpagl_model.errors import ConfigError
from cmpagl_model.training.data.augment import draw_views, make_views
from cmpagl_model.training.data.pictures import GIGABYTE, Pictures, open_pictures
from cmpagl_model.training.data.sentences import number_sentences
from cmpagl_model.training.data.words import tokenise

from .fused_validation import FusedValidation
from .pairs import HardPairs, pair_loss
from .task import ParameterGroup, Prepared, Task

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tokenizers import Tokenizer

    from cmpagl_model.captions import CaptionedImage
    from cmpagl_model.evaluation.metrics import RetrievalScores
    from cmpagl_model.network import CmpaglModel
    from cmpagl_model.training.context import RunContext
    from cmpagl_model.training.listener import Listener

VIEWS = 2
"""Views of each picture whose tokens are kept: upright and whole, and others drawn once."""
IMAGE_BATCH, TEXT_BATCH = 128, 256
HARD_SHARE = 0.05
"""Negatives come from this part of all pictures and sentences, most similar first: as far down as
the 50 best of a gallery of a thousand reach."""
NEW_PARTS = {"crossattention", "adapter", "head"}


@dataclass(frozen=True, slots=True, eq=False)
class TokenCache:
    """Tokens of a training set behind the frozen towers, float16."""

    views: tuple[Tensor, ...]
    """For each view, image tokens ``(I, 1 + R, C)``."""
    words: Tensor
    """Word tokens ``(S, T, C)``."""
    mask: Tensor
    """``(S, T)``."""
    pairs: HardPairs
    """Which pairs to learn from."""


def start_from_text(model: CmpaglModel) -> None:
    """Start the fusion layers from the last text layers, as ALBEF's start from BERT's.

    Cross-attention and head keep their random weights.

    Raises:
        ConfigError: if the model has no fusion encoder, or one deeper than its text tower.
    """
    if model.fusion is None or len(model.fusion.layers) > len(model.text.layers):
        depth = 0 if model.fusion is None else len(model.fusion.layers)
        raise ConfigError(
            f"fusion_layers: found {depth}, wanted 1 to {len(model.text.layers)}: the layers "
            f"of the text tower of {model.config.name} that they start from"
        )
    last = list(model.text.layers)[-len(model.fusion.layers) :]
    for layer, source in zip(model.fusion.layers, last, strict=True):
        layer.load_state_dict(source.state_dict(), strict=False)


class FusionTask(Task):
    """Trains the fusion encoder on finished towers (``two_stage``, docs/method.md 3)."""

    def __init__(self, model: CmpaglModel, tokenizer: Tokenizer, context: RunContext) -> None:
        """Freeze the towers.

        Args:
            model: trained in place, on the device of the run.
            tokenizer: of its text tower.
            context: the run.

        Raises:
            ConfigError: if the model has no fusion encoder.
        """
        if model.fusion is None:
            raise ConfigError(
                "stage: found fusion for a model without a fusion encoder; "
                "next: set fusion_layers = 2"
            )
        self.model, self._tokenizer, self.context = model, tokenizer, context
        self._fusion = model.fusion
        model.requires_grad_(requires_grad=False)
        self._fusion.requires_grad_(requires_grad=True)
        self._cache: TokenCache | None = None
        self._validation: FusedValidation | None = None

    def parameter_groups(self) -> list[ParameterGroup]:
        """Layers that come from text layers, and those that started at random."""
        rates = self.context.config.rates
        known: list[nn.Parameter] = []
        new: list[nn.Parameter] = []
        for name, parameter in self._fusion.named_parameters():
            (new if NEW_PARTS & set(name.split(".")) else known).append(parameter)
        return [ParameterGroup(tuple(known), rates.text), ParameterGroup(tuple(new), rates.new)]

    def train_mode(self) -> None:
        """Dropout in the fusion encoder only."""
        self.model.eval()
        self._fusion.train()

    def prepare(
        self, train: Sequence[CaptionedImage], val: Sequence[CaptionedImage], listener: Listener
    ) -> Prepared:
        """Run the towers once over sentences and views, and list the likeliest confusions."""
        config = self.context.config
        side = self.model.config.image.input_px  # view 0 is the picture as a search sees it
        opened = open_pictures(train, side, config.memory_gb * GIGABYTE, listener)
        known = number_sentences(opened.items)
        self.model.eval()
        words, mask, texts = self._word_tokens(known.texts, listener)
        count = len(opened.items)
        seen = [self._image_tokens(opened.pictures, count, n, listener) for n in range(VIEWS)]
        pairs = HardPairs(
            seen[0][1], texts, known, share=HARD_SHARE, telling=config.batch.telling_share
        )
        self._cache = TokenCache(tuple(tokens for tokens, _ in seen), words, mask, pairs)
        problems = opened.problems
        if val and self.context.group.is_main:
            self._validation = FusedValidation(val, self.model, self._tokenizer, listener)
            problems += self._validation.problems
        return Prepared(opened.items, problems)

    def loss(self, rows: Sequence[int], step: int) -> Tensor:
        """Matching loss of this process's share of ``rows`` and their hard negatives.

        Raises:
            RuntimeError: if :meth:`prepare` was not called.
        """
        if self._cache is None:
            raise RuntimeError("found loss() called first, wanted prepare() before it")
        cache, context = self._cache, self.context
        own = list(rows)[context.group.share(len(rows))]
        seed = (context.config.seed, 3, step, context.group.rank)
        chooser = np.random.default_rng(seed)
        pairs = cache.pairs.draw(own, chooser)
        view = cache.views[int(chooser.integers(len(cache.views)))]
        torch.manual_seed(int(chooser.integers(2**31)))
        device = self.model.log_temperature.device
        mask = cache.mask[pairs.sentences]
        width = int(mask.sum(1).max())
        words = cache.words[pairs.sentences, :width].to(device).float()
        chips = view[pairs.images].to(device).float()
        with context.compute.autocast():
            logits = self.model.match(words, mask[:, :width].to(device), chips).float()
        matches = cache.pairs.matches(pairs).to(device)
        return pair_loss(logits[:, 1] - logits[:, 0], matches)

    def measure(self, model: CmpaglModel) -> RetrievalScores | None:
        """Recalls on val with the best re-scored by ``model``'s fusion encoder."""
        return self._validation.measure(model) if self._validation else None

    @torch.no_grad()
    def _word_tokens(
        self, texts: Sequence[str], listener: Listener
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Tokens, mask and unit vectors of all sentences."""
        config, device = self.model.config, self.model.log_temperature.device
        ids, mask = tokenise(self._tokenizer, texts, config.text.max_tokens)
        tokens = torch.zeros(*ids.shape, config.text.dim, dtype=torch.float16)
        vectors = torch.zeros(len(texts), config.embedding_size)
        listener.start(len(texts), "tokens of sentences")
        by_length = mask.sum(1).argsort(stable=True)
        for rows in self._own_share(by_length.split(TEXT_BATCH), listener):
            width = int(mask[rows].sum(1).max())
            found = self.model.encode_text(
                ids[rows, :width].to(device), mask[rows, :width].to(device)
            )
            tokens[rows, :width], vectors[rows] = found.tokens.half().cpu(), found.embedding.cpu()
        group = self.context.group
        return group.sum(tokens), mask, group.sum(vectors)

    @torch.no_grad()
    def _image_tokens(
        self, pictures: Pictures, count: int, view: int, listener: Listener
    ) -> tuple[Tensor, Tensor]:
        """Tokens and unit vectors of one view of all pictures; view 0 is the picture itself."""
        config, device = self.context.config, self.model.log_temperature.device
        side = self.model.config.image.input_px
        listener.start(count, f"tokens of pictures, view {view + 1} of {VIEWS}")
        blank = torch.zeros(1, side, side, 3, device=device)
        shape = self.model.encode_image(blank).tokens.shape[1:]
        tokens = torch.zeros(count, *shape, dtype=torch.float16)
        vectors = torch.zeros(count, self.model.config.embedding_size)
        for rows in self._own_share(torch.arange(count).split(IMAGE_BATCH), listener):
            pixels = pictures.batch(rows.tolist()).pixels
            generator = torch.Generator().manual_seed(
                config.seed * 999_983 + view * count + int(rows[0])
            )
            if view:
                drawn = draw_views(len(rows), config.augmentation, generator)
                seen = make_views(pixels, side, drawn)
            else:
                seen = pixels.permute(0, 2, 3, 1)
            found = self.model.encode_image(seen.to(device))
            tokens[rows], vectors[rows] = found.tokens.half().cpu(), found.embedding.cpu()
        group = self.context.group
        return group.sum(tokens), group.sum(vectors)

    def _own_share(self, batches: Sequence[Tensor], listener: Listener) -> Iterator[Tensor]:
        """Every ``size``-th batch, this process's; the sum over the processes holds them all."""
        group = self.context.group
        for number, rows in enumerate(batches):
            if number % group.size == group.rank:
                yield rows
            listener.advance(len(rows))
