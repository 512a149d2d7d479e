"""The training loop of the two towers: resumable, seeded, made for a CPU.

A checkpoint holds weights, averaged weights, optimiser and position. All randomness of a step
follows from the seed and the step's number, so a stopped run goes on as if it had not been.
"""

from __future__ import annotations

import json
import time
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from cmpagl_model.captions import load_pictures
from cmpagl_model.errors import ConfigError, DatasetError
from cmpagl_model.network.image import LiteImageEncoder

from .augment import random_views
from .losses import contrastive_loss, triplet_loss
from .sentences import FrozenText, Sentences, number_sentences, positive_pairs
from .validation import Validation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tokenizers import Tokenizer

    from cmpagl_model.captions import CaptionedImage
    from cmpagl_model.evaluation.metrics import RetrievalScores
    from cmpagl_model.network import CmpaglModel

    from .settings import TrainSettings

LOG_EVERY = 20
CHECKPOINT, LOG = "checkpoint.pt", "log.jsonl"
NEW_STEM_PARTS = {"fine", "coarse"}


@dataclass(frozen=True, slots=True, eq=False)
class TrainingSet:
    """Training pictures and sentences, decoded and cached once."""

    pictures: Tensor
    """``(n, 3, P, P)`` uint8."""
    sentences: Sentences
    """What was written about them."""
    text: FrozenText
    """The sentences behind the frozen text layers."""


class Trainer:
    """Trains the towers of a model on captioned pictures."""

    def __init__(
        self, model: CmpaglModel, settings: TrainSettings, tokenizer: Tokenizer, folder: Path
    ) -> None:
        """Prepare a run.

        Args:
            model: trained in place; its averaged weights gather in :attr:`average`.
            settings: the run.
            tokenizer: of the text tower.
            folder: where checkpoint and log go; made if it is missing.

        Raises:
            ConfigError: if the model has no convolutional stem to freeze.
        """
        if not isinstance(model.image, LiteImageEncoder):
            raise ConfigError(
                f"found {model.config.name}, wanted cmpagl_lite: only its training is here"
            )
        self.model, self.settings, self._tower = model, settings, model.image
        self.average = deepcopy(model).requires_grad_(requires_grad=False)
        self.tokenizer, self.folder = tokenizer, folder
        folder.mkdir(parents=True, exist_ok=True)
        self.step = 0
        self._freeze()
        self.optimiser = torch.optim.AdamW(
            self._parameter_groups(), weight_decay=settings.weight_decay
        )

    def _freeze(self) -> None:
        stem, text, settings = self._tower.stem, self.model.text, self.settings
        frozen = [stem.conv_stem, stem.bn1, *stem.blocks[: settings.frozen_stages]]
        frozen += [text.embeddings, *text.layers[: settings.frozen_text_layers]]
        frozen += [self.model.fusion] if self.model.fusion is not None else []
        for module in frozen:
            module.requires_grad_(requires_grad=False)

    def _parameter_groups(self) -> list[dict[str, object]]:
        settings = self.settings
        rates = (settings.lr_image, settings.lr_text, settings.lr_new)
        groups: list[list[nn.Parameter]] = [[], [], []]
        for name, parameter in self.model.named_parameters():
            if parameter.requires_grad:
                groups[_group_of(name)].append(parameter)
        return [{"params": g, "lr": r, "top": r} for g, r in zip(groups, rates, strict=True)]

    def fit(self, train: Sequence[CaptionedImage], val: Sequence[CaptionedImage]) -> None:
        """Train to the last epoch: a line of log every 20 steps, recalls every epoch.

        Args:
            train: training pictures.
            val: validation pictures, never trained on.

        Raises:
            DatasetError: if a picture cannot be decoded, or they are too few for one batch.
        """
        if len(train) < self.settings.batch_size:
            raise DatasetError(
                f"found {len(train)} training pictures, wanted at least one batch of "
                f"{self.settings.batch_size}; next: add pictures or lower batch_size"
            )
        prepared = self._prepare(train)
        validation = Validation(val, self.model, self.tokenizer)
        steps = len(train) // self.settings.batch_size
        while self.step < self.settings.epochs * steps:
            epoch, first = divmod(self.step, steps)
            started, losses = time.monotonic(), []
            for rows in self._batches(epoch, first, len(train)):
                losses.append(self._train_step(rows, prepared, self._rate(steps)))
                if self.step % LOG_EVERY == 0:
                    self._log(step=self.step, loss=float(np.mean(losses[-LOG_EVERY:])))
            seconds = time.monotonic() - started
            self._log_epoch(epoch + 1, seconds, losses, validation.measure(self.average))
            self.save()

    def _prepare(self, train: Sequence[CaptionedImage]) -> TrainingSet:
        pictures = load_pictures([item.path for item in train], self.settings.picture_px)
        sentences = number_sentences(train)
        layers = self.settings.frozen_text_layers
        text = FrozenText(self.model.eval(), self.tokenizer, sentences.texts, layers)
        return TrainingSet(torch.from_numpy(pictures).permute(0, 3, 1, 2), sentences, text)

    def _rate(self, steps_per_epoch: int) -> float:
        return self.settings.rate(self.step, steps_per_epoch)

    def _batches(self, epoch: int, first: int, count: int) -> Iterator[list[int]]:
        order = np.random.default_rng((self.settings.seed, epoch)).permutation(count)
        size = self.settings.batch_size
        for number in range(first, count // size):
            yield order[number * size : (number + 1) * size].tolist()

    def _train_step(self, rows: list[int], data: TrainingSet, rate: float) -> float:
        settings = self.settings
        chooser = np.random.default_rng((settings.seed, 1, self.step))
        numbers = [
            int(number)
            for row in rows
            for number in chooser.choice(data.sentences.draws[row], settings.sentences_per_picture)
        ]
        generator = torch.Generator().manual_seed(settings.seed * 1_000_003 + self.step)
        side = self.model.config.image.input_px
        views = random_views(data.pictures[rows], side, settings.augmentation, generator)
        torch.manual_seed(settings.seed * 7_919 + self.step)
        self._train_mode()
        image = self._embed_image(views)
        words = self._embed_text(*data.text.batch(numbers))
        loss = self._loss(image @ words.T, positive_pairs(rows, numbers, data.sentences))
        self._descend(loss, rate)
        return loss.item()

    def _loss(self, similarity: Tensor, positive: Tensor) -> Tensor:
        settings = self.settings
        loss = contrastive_loss(similarity, positive, self.model.temperature())
        if settings.triplet_weight:
            triplet = triplet_loss(similarity, positive, settings.margin, settings.beta)
            loss = loss + settings.triplet_weight * triplet
        return loss

    def _embed_image(self, views: Tensor) -> Tensor:
        stem, frozen = self._tower.stem, self.settings.frozen_stages
        pixels = self.model.normalise(views).contiguous(memory_format=torch.channels_last)
        with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
            early = stem.early(pixels, frozen)
        features = stem.late(early.float(), frozen)
        # Matrix products gain from bfloat16, the backward pass of depthwise convolutions loses.
        with torch.autocast("cpu", dtype=torch.bfloat16):
            tokens = self._tower.mix(features)
        return self.model.embed_image(tokens.float())

    def _embed_text(self, tokens: Tensor, mask: Tensor) -> Tensor:
        text, first = self.model.text, self.settings.frozen_text_layers
        with torch.autocast("cpu", dtype=torch.bfloat16):
            tokens = text.run_layers(tokens, mask, first, len(text.layers))
            return self.model.embed_text(tokens, mask).float()

    def _descend(self, loss: Tensor, rate: float) -> None:
        for group in self.optimiser.param_groups:
            group["lr"] = group["top"] * rate
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), self.settings.clip_norm)
        self.optimiser.step()
        self.step += 1
        self._update_average()

    def _train_mode(self) -> None:
        self.model.train()
        for module in self.model.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval()  # the pretrained statistics hold better than those of small batches

    @torch.no_grad()
    def _update_average(self) -> None:
        decay = min(self.settings.ema, (1 + self.step) / (10 + self.step))
        pairs = zip(self.average.parameters(), self.model.parameters(), strict=True)
        for average, current in pairs:
            if current.requires_grad:
                average.lerp_(current, 1 - decay)

    def _log_epoch(
        self, epoch: int, seconds: float, losses: list[float], scores: RetrievalScores
    ) -> None:
        self._log(
            epoch=epoch,
            seconds=seconds,
            loss=float(np.mean(losses)),
            mR=scores.mean_recall,
            i2t=[scores.i2t.r1, scores.i2t.r5, scores.i2t.r10],
            t2i=[scores.t2i.r1, scores.t2i.r5, scores.t2i.r10],
            temperature=self.model.temperature().item(),
        )

    def _log(self, **values: object) -> None:
        line = json.dumps({"time": round(time.time(), 1), **values})
        print(line, flush=True)  # noqa: T201 - the run's own standard output
        with (self.folder / LOG).open("a", encoding="utf-8") as log:
            log.write(line + "\n")

    def save(self) -> None:
        """Write the checkpoint by rename, so that a stop leaves the old or the new one whole."""
        state = {
            "step": self.step,
            "model": self.model.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
        }
        path = self.folder / CHECKPOINT
        torch.save(state, path.with_suffix(".tmp"))
        path.with_suffix(".tmp").replace(path)

    def resume(self) -> bool:
        """Go on from the folder's checkpoint; False if there is none."""
        path = self.folder / CHECKPOINT
        if not path.exists():
            return False
        state = torch.load(path, weights_only=True)
        self.step = state["step"]
        self.model.load_state_dict(state["model"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        return True


def _group_of(name: str) -> int:
    """0 pretrained image layers, 1 text layers, 2 layers that start at random."""
    if name.startswith("text."):
        return 1
    pretrained = name.startswith("image.stem.") and name.split(".")[2] not in NEW_STEM_PARTS
    return 0 if pretrained else 2
