"""The towers as a task: pre-alignment, triplet, and matching where fusion is trained along."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from cmpagl_model.errors import ConfigError
from cmpagl_model.network.heads import ProjectionHeads
from cmpagl_model.network.image import LiteImageEncoder
from cmpagl_model.training.data.batches import BatchInputs, TrainingSet, make_batch
from cmpagl_model.training.data.forward import TrainingTowers
from cmpagl_model.training.data.kept_views import KeptViews, keep_views
from cmpagl_model.training.data.pictures import GIGABYTE, open_pictures
from cmpagl_model.training.data.sentences import number_sentences, positive_pairs
from cmpagl_model.training.data.teacher import teach
from cmpagl_model.training.data.words import TrainingWords

from .compression import fit_compression
from .losses import contrastive_loss, triplet_loss
from .matching import PairTokens, matching_loss, sample_pairs
from .task import ParameterGroup, Prepared, Task
from .validation import Validation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tokenizers import Tokenizer

    from cmpagl_model.captions import CaptionedImage
    from cmpagl_model.evaluation.metrics import RetrievalScores
    from cmpagl_model.network import CmpaglModel
    from cmpagl_model.network.model import Encoded
    from cmpagl_model.training.context import RunContext
    from cmpagl_model.training.data.pictures import Pictures
    from cmpagl_model.training.listener import Listener

NEW_STEM_PARTS = {"fine", "coarse"}
NEW_PARTS = {"cross", "norm_cross", "gamma", "pools", "crossattention", "head", "adapter"}
MARGIN_OF_VIEWS = 1.1


class TowerTask(Task):
    """Trains both towers; in stage ``joint`` fusion learns along (docs/method.md 4)."""

    def __init__(self, model: CmpaglModel, tokenizer: Tokenizer, context: RunContext) -> None:
        """Freeze what is to be kept.

        Args:
            model: trained in place, on the device of the run.
            tokenizer: of its text tower.
            context: the run.

        Raises:
            ConfigError: if the settings do not fit the model or each other.
        """
        config = context.config
        self.model, self._tokenizer, self.context = model, tokenizer, context
        self._joint = config.stage == "joint"
        if self._joint and model.fusion is None:
            raise ConfigError(
                'stage: found "joint" and a model without fusion encoder; '
                "next: set fusion_layers to 1 or more"
            )
        if config.stage == "towers" and not config.losses.contrastive and not config.losses.triplet:
            raise ConfigError(
                'losses: found contrastive and triplet both 0 at stage "towers", wanted one above 0'
            )
        if config.batch.pictures % context.group.size:
            raise ConfigError(
                f"batch.pictures: found {config.batch.pictures} for {context.group.size} "
                "processes, wanted a multiple of them"
            )
        self._towers = TrainingTowers(config.freezing, context.compute)
        self._towers.freeze(model)
        for heads, share in ((model.image_projection, 1.0), (model.text_projection, 0.5)):
            if isinstance(heads, ProjectionHeads):
                heads.dropout.p = config.head_dropout * share
        if model.fusion is not None and not self._joint:
            model.fusion.requires_grad_(requires_grad=False)
        self.data: TrainingSet | None = None
        """What it learns from; ``None`` before :meth:`prepare`."""
        self._validation: Validation | None = None

    def parameter_groups(self) -> list[ParameterGroup]:
        """Pretrained image layers, text layers, and layers that started at random."""
        rates = self.context.config.rates
        groups: list[list[nn.Parameter]] = [[], [], []]
        lite = isinstance(self.model.image, LiteImageEncoder)
        for name, parameter in self.model.named_parameters():
            if parameter.requires_grad:
                groups[_group_of(name, lite=lite)].append(parameter)
        pairs = zip(groups, (rates.image, rates.text, rates.new), strict=True)
        return [ParameterGroup(tuple(group), rate) for group, rate in pairs]

    def train_mode(self) -> None:
        """See the protocol."""
        self._towers.train_mode(self.model)

    def prepare(
        self, train: Sequence[CaptionedImage], val: Sequence[CaptionedImage], listener: Listener
    ) -> Prepared:
        """Decode pictures, number sentences, run frozen text layers, ask the teachers."""
        config, group = self.context.config, self.context.group
        most = config.memory_gb * GIGABYTE
        side = config.picture_px or round(self.model.config.image.input_px * MARGIN_OF_VIEWS)
        opened = open_pictures(train, side, most, listener)
        known = number_sentences(opened.items)
        words = TrainingWords(self.model, self._tokenizer, known.texts)
        layers = config.freezing.frozen_text_layers
        if layers and words.cache_bytes(self.model) <= most:
            words.cache(self.model.eval(), layers, listener)
        teacher = None
        if config.teachers:
            if not group.is_main:
                group.wait()  # the first process encodes, the others read its files
            teacher = teach(opened.items, known, self.context, listener)
            if group.is_main:
                group.wait()
        pictures: Pictures | KeptViews = opened.pictures
        if config.augmentation.kept_views:
            model = self.model.eval()
            pictures = keep_views(
                opened.pictures, opened.items, model, self._towers, self.context, listener
            )
        self.data = TrainingSet(pictures, known, words, teacher)
        problems = opened.problems
        if val and group.is_main:
            self._validation = Validation(val, self.model, self._tokenizer, listener)
            problems += self._validation.problems
        return Prepared(opened.items, problems)

    def prefetch(self, rows: Sequence[int]) -> None:
        """Begin to read this process's share."""
        if self.data is not None and not isinstance(self.data.pictures, KeptViews):
            self.data.pictures.prefetch(rows[self.context.group.share(len(rows))])

    def loss(self, rows: Sequence[int], step: int) -> Tensor:
        """See the protocol.

        Raises:
            ConfigError: if :meth:`prepare` was not called.
            DatasetError: if fewer than two of the pictures can be decoded.
        """
        if self.data is None:
            raise ConfigError("found no data, wanted prepare() before loss()")
        config, data = self.context.config, self.data
        batch = make_batch(data, rows, step, self.model.config.image.input_px, self.context)
        torch.manual_seed(config.seed * 7_919 + step + 104_729 * self.context.group.rank)
        seen = isinstance(data.pictures, KeptViews)
        image = self._towers.image(self.model, batch.views, seen=seen)
        words = self._towers.words(self.model, batch.words)
        loss = self._alignment(image, words, batch, data)
        if self._joint and config.losses.matching:
            loss = loss + config.losses.matching * self._matching(image, words, batch, step)
        return loss

    def _alignment(
        self, image: Encoded, words: Encoded, batch: BatchInputs, data: TrainingSet
    ) -> Tensor:
        """Contrastive and triplet loss of each head over the batch of all processes; the mean."""
        gather, whole = self.context.group.gather, batch.whole
        images, sentences = batch.usable(gather(image.heads), gather(words.heads))
        positive = positive_pairs(whole.rows, whole.numbers, data.sentences).to(images.device)
        soft = None
        if data.teacher is not None:
            soft = data.teacher.logits(whole.rows, whole.numbers).to(images.device)
        parts = self.context.config.losses
        losses = []
        for head in range(images.shape[1]):
            similarity = images[:, head] @ sentences[:, head].T  # B, T
            loss = similarity.new_zeros(())
            if parts.contrastive:
                loss = parts.contrastive * contrastive_loss(
                    similarity, positive, self.model.temperature(), soft, parts.distillation
                )
            if parts.triplet:
                loss = loss + parts.triplet * triplet_loss(
                    similarity, positive, parts.margin, parts.beta
                )
            losses.append(loss)
        return torch.stack(losses).mean()

    def _matching(self, image: Encoded, words: Encoded, batch: BatchInputs, step: int) -> Tensor:
        """ITM over this process's own pictures and sentences."""
        data, local, config = self.data, batch.local, self.context.config
        images, sentences = batch.usable(image.together, words.together)
        positive = positive_pairs(local.rows, local.numbers, data.sentences)  # type: ignore[union-attr]
        seed = (config.seed * 1_009 + step) * self.context.group.size + self.context.group.rank
        pairs = sample_pairs(
            images @ sentences.T,
            positive,
            self.model.temperature().item(),
            torch.Generator().manual_seed(seed),
        )
        image_tokens, word_tokens = batch.usable(image.tokens, words.tokens)
        _, mask = batch.usable(image.together, batch.words.mask)
        with self.context.compute.autocast():
            return matching_loss(self.model, PairTokens(image_tokens, word_tokens, mask), pairs)

    def finish(self, model: CmpaglModel) -> None:
        """Fit the map from all heads to one embedding."""
        if model.config.heads and self.data is not None:
            fit_compression(model, self.data, self._towers)

    def measure(self, model: CmpaglModel) -> RetrievalScores | None:
        """See the protocol."""
        return None if self._validation is None else self._validation.measure(model)


def _group_of(name: str, *, lite: bool) -> int:
    """0 pretrained image layers, 1 pretrained text layers, 2 layers that start at random."""
    parts = name.split(".")
    if parts[0] == "text":
        return 1
    if lite and parts[0] == "image":
        return 0 if parts[1] == "stem" and parts[2] not in NEW_STEM_PARTS else 2
    if NEW_PARTS & set(parts) or parts[0] not in {"image", "fusion"}:
        return 2
    return 0 if parts[0] == "image" else 1
