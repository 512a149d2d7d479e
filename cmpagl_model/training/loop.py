"""The training loop of the two towers: resumable, seeded, on a CPU.

Checkpoints hold weights, averaged weights, optimiser and position; a run that was stopped goes on
from the last one as if it had not been.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from cmpagl_model.evaluation.metrics import RetrievalScores, retrieval_scores

from .augment import random_views
from .data import load_pictures
from .losses import contrastive_loss, triplet_loss
from .sentences import FrozenText, number_sentences, positive_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tokenizers import Tokenizer

    from cmpagl_model.network import CmpaglModel

    from .data import CaptionedImage
    from .settings import TrainSettings

EVALUATION_BATCH = 128
LOG_EVERY = 20


class Evaluation:
    """A validation set, decoded once."""

    def __init__(self, items: Sequence[CaptionedImage], side: int) -> None:
        self.pictures = torch.from_numpy(load_pictures([item.path for item in items], side))
        self.texts = [text for item in items for text in item.sentences]
        owners = [row for row, item in enumerate(items) for _ in item.sentences]
        self.owners = np.array(owners)

    @torch.no_grad()
    def measure(self, trainer: Trainer, text: FrozenText) -> RetrievalScores:
        """Recalls of the trainer's averaged weights (METHOD 8.1)."""
        model = trainer.average.eval()
        batches = self.pictures.split(EVALUATION_BATCH)
        images = torch.cat([model.encode_image(batch).embedding for batch in batches])
        sentences = []
        for start in range(0, len(self.texts), EVALUATION_BATCH):
            numbers = range(start, min(start + EVALUATION_BATCH, len(self.texts)))
            sentences.append(trainer.embed_text(model, *text.batch(numbers)))
        return retrieval_scores((images @ torch.cat(sentences).T).numpy(), self.owners)


class Trainer:
    """Trains the towers of a model on captioned pictures."""

    def __init__(
        self,
        model: CmpaglModel,
        average: CmpaglModel,
        settings: TrainSettings,
        tokenizer: Tokenizer,
        folder: Path,
    ) -> None:
        """Prepare a run.

        Args:
            model: trained in place.
            average: a copy of ``model`` that holds the averaged weights.
            settings: the run.
            tokenizer: of the text tower.
            folder: where checkpoints and the log go; made if it is missing.
        """
        self.model, self.average, self.settings = model, average, settings
        self.tokenizer, self.folder = tokenizer, folder
        folder.mkdir(parents=True, exist_ok=True)
        self.step = 0
        self._freeze()
        self.optimiser = torch.optim.AdamW(
            self._parameter_groups(), weight_decay=settings.weight_decay
        )

    def _freeze(self) -> None:
        stem, text, settings = self.model.image.stem, self.model.text, self.settings
        frozen = [stem.conv_stem, stem.bn1, *stem.blocks[: settings.frozen_stages]]
        frozen += [text.embeddings, *text.layers[: settings.frozen_text_layers]]
        for module in frozen:
            module.requires_grad_(False)
        if self.model.fusion is not None:
            self.model.fusion.requires_grad_(False)

    def _parameter_groups(self) -> list[dict[str, object]]:
        settings = self.settings
        rates = (settings.lr_image, settings.lr_text, settings.lr_new)
        groups: list[list[nn.Parameter]] = [[], [], []]
        for name, parameter in self.model.named_parameters():
            if parameter.requires_grad:
                groups[_group(name)].append(parameter)
        return [{"params": g, "lr": r, "top": r} for g, r in zip(groups, rates, strict=True)]

    def embed_text(self, model: CmpaglModel, tokens: Tensor, mask: Tensor) -> Tensor:
        """Unit vectors of cached tokens ``(B, T, C)``, by the layers that are not frozen."""
        first = self.settings.frozen_text_layers
        tokens = model.text.run_layers(tokens, mask, first, len(model.text.layers))
        return model.embed_text(tokens, mask)

    def embed_image(self, views: Tensor) -> Tensor:
        """Unit vectors of views ``(B, S, S, 3)``; the frozen stages run without gradients."""
        stem, frozen = self.model.image.stem, self.settings.frozen_stages
        pixels = self.model.normalise(views).contiguous(memory_format=torch.channels_last)
        with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
            early = stem.early(pixels, frozen)
        features = stem.late(early.float(), frozen)
        # Matrix products gain from bfloat16, the backward pass of depthwise convolutions loses.
        with torch.autocast("cpu", dtype=torch.bfloat16):
            tokens = self.model.image.mix(features)
        return self.model.embed_image(tokens.float())

    def fit(self, train: Sequence[CaptionedImage], val: Sequence[CaptionedImage]) -> None:
        """Train to the last epoch; one line of log every 20 steps, one of recalls an epoch."""
        settings = self.settings
        known = number_sentences(train)
        pictures = torch.from_numpy(
            load_pictures([item.path for item in train], settings.picture_px)
        ).permute(0, 3, 1, 2)
        layers = settings.frozen_text_layers
        text = FrozenText(self.model, self.tokenizer, known.texts, layers)
        evaluation = Evaluation(val, self.model.config.image.input_px)
        val_text = FrozenText(self.model, self.tokenizer, evaluation.texts, layers)
        per_epoch = len(train) // settings.batch_size
        while self.step < settings.epochs * per_epoch:
            epoch, first = divmod(self.step, per_epoch)
            started = time.monotonic()
            losses = []
            for batch in self._batches(epoch, first, len(train)):
                losses.append(
                    self._train_step(batch, pictures, known.draws, text, known, per_epoch)
                )
                if self.step % LOG_EVERY == 0:
                    self._log(step=self.step, loss=float(np.mean(losses[-LOG_EVERY:])))
            seconds = time.monotonic() - started
            scores = evaluation.measure(self, val_text)
            self._log(
                epoch=epoch + 1, seconds=seconds, mR=scores.mean_recall,
                i2t=[scores.i2t.r1, scores.i2t.r5, scores.i2t.r10],
                t2i=[scores.t2i.r1, scores.t2i.r5, scores.t2i.r10],
                temperature=float(self.model.temperature()), loss=float(np.mean(losses)),
            )  # fmt: skip
            self.save()

    def _batches(self, epoch: int, first: int, count: int) -> Iterator[tuple[list[int], int]]:
        order = np.random.default_rng((self.settings.seed, epoch)).permutation(count)
        size = self.settings.batch_size
        for number in range(first, count // size):
            rows = order[number * size : (number + 1) * size]
            yield rows.tolist(), epoch * (count // size) + number

    def _train_step(self, batch, pictures, draws, text, known, per_epoch) -> float:  # type: ignore[no-untyped-def]
        rows, number = batch
        settings = self.settings
        generator = torch.Generator().manual_seed(settings.seed * 1_000_003 + number)
        chooser = np.random.default_rng((settings.seed, 1, number))
        sentences = [
            int(s)
            for row in rows
            for s in chooser.choice(draws[row], settings.sentences_per_picture)
        ]
        side = self.model.config.image.input_px
        views = random_views(pictures[rows], side, settings.augmentation, generator)
        for group in self.optimiser.param_groups:
            group["lr"] = group["top"] * settings.rate(self.step, per_epoch)
        torch.manual_seed(settings.seed * 7_919 + number)
        self._train_mode()
        image = self.embed_image(views)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            words = self.embed_text(self.model, *text.batch(sentences))
        positive = positive_pairs(rows, sentences, known)
        similarity = image @ words.float().T
        loss = contrastive_loss(similarity, positive, self.model.temperature())
        if settings.triplet_weight:
            triplet = triplet_loss(similarity, positive, settings.margin, settings.beta)
            loss = loss + settings.triplet_weight * triplet
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), settings.clip_norm)
        self.optimiser.step()
        self.step += 1
        self._update_average()
        return float(loss)

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

    def _log(self, **values: object) -> None:
        line = json.dumps({"time": round(time.time(), 1), **values})
        print(line, flush=True)  # noqa: T201
        with (self.folder / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(line + "\n")

    def save(self) -> None:
        """Write the checkpoint by rename, so that a stop leaves the old or the new one."""
        state = {
            "step": self.step,
            "model": self.model.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
        }
        path = self.folder / "checkpoint.pt"
        torch.save(state, path.with_suffix(".tmp"))
        path.with_suffix(".tmp").replace(path)

    def resume(self) -> bool:
        """Go on from the folder's checkpoint; False if there is none."""
        path = self.folder / "checkpoint.pt"
        if not path.exists():
            return False
        state = torch.load(path, weights_only=True)
        self.step = state["step"]
        self.model.load_state_dict(state["model"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        return True


def _group(name: str) -> int:
    new = ("fine", "coarse", "norm_stem", "stage", "norm", "image_projection", "text_projection")
    if name.startswith("text."):
        return 1
    parts = name.split(".")
    stem = name.startswith("image.stem.") and parts[2] not in new
    return 0 if stem else 2
