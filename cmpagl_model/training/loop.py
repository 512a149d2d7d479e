"""The training loop: resumable, seeded, for one process or several.

A checkpoint holds weights, their exponential moving average (EMA), optimiser and position. All
randomness of a step follows from the seed and the step's number, so a stopped run goes on as if it
had not been.
"""

from __future__ import annotations

import dataclasses
import hashlib
import math
import time
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from cmpagl_model.atomic import replacing
from cmpagl_model.errors import DatasetError, ModelError, TrainingError, first_line

from .checkpoint import (
    BEST,
    CHECKPOINT,
    Checkpoint,
    TrainState,
    read_checkpoint,
    write_checkpoint,
)
from .listener import EpochReport, Listener
from .run_logger import RunLogger
from .stop import StopRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmpagl_model.captions import CaptionedImage
    from cmpagl_model.evaluation.metrics import RetrievalScores
    from cmpagl_model.network import CmpaglModel
    from cmpagl_model.records import Problem

    from .context import RunContext
    from .tasks.task import Prepared, Task

LOG_EVERY = 20
MINUTE_S = 60.0
NAMES_TOLD = 6


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended."""

    steps: int
    """Steps made in all."""
    stopped: bool
    """Whether it was stopped by hand and can go on."""
    best: float | None
    """Best mR on val, %; ``None``: none was measured."""
    problems: tuple[Problem, ...]
    """Pictures left out."""


class Trainer:
    """Drives a task to the last epoch."""

    def __init__(self, task: Task, context: RunContext, listener: Listener | None = None) -> None:
        """Prepare a run.

        Args:
            task: what is trained; the averaged weights of its model gather in :attr:`average`.
            context: settings and place of the run; its folder is made if it is missing.
            listener: is called back as it goes; ``None``: nothing is.

        Raises:
            ModelError: if the folder holds a checkpoint that this run cannot go on from.
        """
        self.task, self.context = task, context
        self.listener = listener or Listener()
        self.average = deepcopy(task.model).requires_grad_(requires_grad=False)
        groups = [group for group in task.parameter_groups() if group.parameters]
        self._trained = [p for group in groups for p in group.parameters]
        self.optimiser = torch.optim.AdamW(
            [{"params": g.parameters, "lr": g.rate, "top": g.rate} for g in groups],
            weight_decay=context.config.rates.weight_decay,
        )
        self.scaler = context.compute.scaler()
        self.state = TrainState()
        self._logger = RunLogger(context.folder, self.listener)
        self._data_key = ""
        if context.group.is_main:
            context.folder.mkdir(parents=True, exist_ok=True)
        context.group.wait()
        self._resume()
        context.group.share_weights(task.model)

    def fit(self, train: Sequence[CaptionedImage], val: Sequence[CaptionedImage]) -> Outcome:
        """Train to the last epoch, or until val gets no better, or until Ctrl-C.

        Args:
            train: training pictures.
            val: validation pictures, never trained on; may be empty.

        Returns:
            How it ended; after Ctrl-C a checkpoint is written.

        Raises:
            DatasetError: if the pictures are too few for one step.
            TrainingError: if the loss is no finite number.
            ModelError: if the checkpoint is of other pictures.
        """
        config = self.context.config
        prepared = self.task.prepare(train, val, self.listener)
        batch, count = config.batch, len(prepared.items)
        steps = count // (batch.pictures * batch.accumulate)
        if not steps:
            more = f" times {batch.accumulate}" if batch.accumulate > 1 else ""
            raise DatasetError(
                f"found {count} training pictures, wanted at least one batch of "
                f"{batch.pictures}{more}; next: add pictures or lower batch.pictures in the "
                "run's file"
            )
        self._check_data(prepared)
        if self.context.group.is_main:
            self._logger.open(self.state.log_bytes, self.state.step)
        seen = batch.pictures * batch.accumulate
        self.listener.begin(self.state.step * seen, config.schedule.epochs * steps * seen)
        with StopRequest() as stop:
            patience = config.schedule.patience
            while self.state.step < config.schedule.epochs * steps:
                exhausted = 0 < patience <= self.state.stale
                if exhausted or not self._epoch(prepared, steps, stop):
                    break
        stopped = stop.asked and self.state.step < config.schedule.epochs * steps
        self._logger.close()
        best = self.state.best if self.state.best >= 0 else None
        return Outcome(self.state.step, stopped, best, prepared.problems)

    def kept_weights(self) -> CmpaglModel:
        """The averaged model as the settings keep it: its best weights on val, or its last."""
        path = self.context.folder / BEST
        if self.context.config.keep == "best" and self.state.best >= 0:
            try:
                self.average.load_state_dict(load_file(path))
            except (SafetensorError, OSError, RuntimeError) as error:
                self.listener.say(f"{path}: best weights not readable ({error}); the last are kept")
        return self.average

    def _epoch(self, prepared: Prepared, steps: int, stop: StopRequest) -> bool:
        """Make the rest of an epoch; False when it was stopped."""
        config, state, group = self.context.config, self.state, self.context.group
        epoch, first = divmod(state.step, steps)
        count, size, parts = len(prepared.items), config.batch.pictures, config.batch.accumulate
        order = np.random.default_rng((config.seed, epoch)).permutation(count).tolist()
        batches = [
            [order[n * size : (n + 1) * size] for n in range(step * parts, (step + 1) * parts)]
            for step in range(first, steps)
        ]
        began = saved = time.monotonic()
        for position, micro in enumerate(batches):
            rate = config.schedule.rate(state.step, steps)
            following = batches[position + 1] if position + 1 < len(batches) else []
            loss = self._step(micro, following, rate, prepared)
            state.epoch_loss += loss
            state.window_loss += loss
            state.window_steps += 1
            if state.step % LOG_EVERY == 0:
                if group.is_main:
                    self._logger.steps(state.step, state.window_loss / state.window_steps, rate)
                state.window_loss, state.window_steps = 0.0, 0
            self.listener.step(sum(map(len, micro)), loss)
            now = time.monotonic()
            state.seconds, began = state.seconds + now - began, now
            last = position + 1 == len(batches)
            stop.asked = group.any(stop.asked, self.context.compute.device)
            if stop.asked and not last:
                self.save()
                return False
            if not last and now - saved > config.checkpoint_minutes * MINUTE_S:
                self.save()
                saved = time.monotonic()
        self._end_epoch(epoch + 1, steps)
        return not stop.asked

    def _step(
        self, micro: list[list[int]], following: list[list[int]], rate: float, prepared: Prepared
    ) -> float:
        """One step of the optimiser; returns the loss."""
        for group in self.optimiser.param_groups:
            group["lr"] = group["top"] * rate
        self.optimiser.zero_grad(set_to_none=True)
        self.task.train_mode()
        total, upcoming = 0.0, [*micro[1:], *following[:1]]
        for part, rows in enumerate(micro):
            self.task.prefetch(rows)
            if part < len(upcoming):
                self.task.prefetch(upcoming[part])
            loss = self.task.loss(rows, self.state.step * len(micro) + part) / len(micro)
            self._refuse_if(not math.isfinite(loss.item()), "loss", rows, prepared)
            self.scaler.scale(loss).backward()
            total += loss.item()
        self.context.group.average_gradients(self._trained)
        self.scaler.unscale_(self.optimiser)
        norm = nn.utils.clip_grad_norm_(self._trained, self.context.config.rates.clip_norm)
        if not self.scaler.is_enabled():  # a scaler leaves such a step out and goes on
            rows = [row for part in micro for row in part]
            self._refuse_if(not math.isfinite(norm.item()), "gradient", rows, prepared)
        self.scaler.step(self.optimiser)
        self.scaler.update()
        self.state.step += 1
        decay = min(self.context.config.rates.ema, (1 + self.state.step) / (10 + self.state.step))
        pairs = zip(self.average.parameters(), self.task.model.parameters(), strict=True)
        with torch.no_grad():  # the exponential moving average
            for average, current in pairs:
                if current.requires_grad:
                    average.lerp_(current, 1 - decay)
        return total

    def _refuse_if(self, bad: bool, what: str, rows: list[int], prepared: Prepared) -> None:  # noqa: FBT001
        if self.context.group.any(bad, self.context.compute.device):
            names = [str(prepared.items[row].path) for row in rows]
            more = f" and {len(names) - NAMES_TOLD} more" if len(names) > NAMES_TOLD else ""
            raise TrainingError(
                f"step {self.state.step + 1}: found a {what} that is no finite number, so nothing "
                f"of this step is kept; its pictures: {', '.join(names[:NAMES_TOLD])}{more}; "
                'next: lower the learning rates, or set precision = "float32", and give the same '
                "command again to go on from the last checkpoint"
            )

    def _end_epoch(self, epoch: int, steps: int) -> None:
        state, group = self.state, self.context.group
        scores: RetrievalScores | None = None
        if group.is_main:
            scores = self.task.measure(self.average)
        recall = -1.0 if scores is None else scores.mean_recall
        recall = group.from_first(recall, self.context.compute.device)
        better = recall > state.best
        state.stale = 0 if better or recall < 0 else state.stale + 1
        state.best = max(state.best, recall)
        report = EpochReport(
            epoch=epoch,
            seconds=state.seconds,
            loss=state.epoch_loss / steps,
            temperature=self.task.model.temperature().item(),
            scores=scores,
            best=better,
        )
        state.epoch_loss = state.seconds = 0.0
        if not group.is_main:
            return
        self._logger.epoch(state.step, report)
        if better:
            path = self.context.folder / BEST
            try:
                with replacing(path) as part:
                    save_file(self.average.state_dict(), part)
            except (OSError, SafetensorError) as error:
                self.listener.say(f"{path}: best weights not written ({error}); training goes on")
        self.save()
        self._logger.curve(f"{self.task.model.config.name}: training")
        self.listener.epoch(report)

    def save(self) -> None:
        """Write the checkpoint; where it cannot be, say so and go on with the last good one."""
        if not self.context.group.is_main:
            return
        self.state.log_bytes = self._logger.size()
        checkpoint = Checkpoint(
            model_config=self.task.model.config.to_json(),
            data_key=self._data_key,
            tally=dataclasses.asdict(self.state),
            model=self.task.model.state_dict(),
            average=self.average.state_dict(),
            optimiser=self.optimiser.state_dict(),
            scaler=self.scaler.state_dict(),
        )
        path = self.context.folder / CHECKPOINT
        try:
            write_checkpoint(checkpoint, path)
        except OSError as error:
            kept = "the last good one stays" if path.exists() else "there is none yet"
            self.listener.say(
                f"{path}: checkpoint not written ({error.strerror or error}); {kept}, training "
                "goes on; next: make room on that disk"
            )

    def _resume(self) -> None:
        """Go on from the folder's checkpoint, if there is one.

        Raises:
            ModelError: if it is of another run.
        """
        path = self.context.folder / CHECKPOINT
        if not path.exists():
            return
        found, config = read_checkpoint(path), self.task.model.config
        if found.model_config != config.to_json():
            raise ModelError(
                f"{path}: found a checkpoint of another model than {config.name} with these "
                "settings; wanted one of the same variant, layers and switches; next: choose "
                "another folder for this run, or remove the old one"
            )
        try:
            self.task.model.load_state_dict(found.model)
            self.average.load_state_dict(found.average)
            asked = [group["top"] for group in self.optimiser.param_groups]
            self.optimiser.load_state_dict(found.optimiser)
            for group, top in zip(self.optimiser.param_groups, asked, strict=True):
                group["top"] = top  # rates may be changed on the way
                group["weight_decay"] = self.context.config.rates.weight_decay
            if found.scaler:
                self.scaler.load_state_dict(found.scaler)
            self.state = TrainState(**found.tally)
        except (RuntimeError, ValueError, KeyError, TypeError) as error:
            raise ModelError(
                f"{path}: found a checkpoint made with other settings ({type(error).__name__}: "
                f"{first_line(error)[:120]}); next: set freezing and stage as they "
                "were, or choose another folder"
            ) from error
        self._data_key = found.data_key
        self.listener.say(f"going on after step {self.state.step:,}")

    def _check_data(self, prepared: Prepared) -> None:
        batch, seed = self.context.config.batch, self.context.config.seed
        names = [str(item.path.name) for item in prepared.items]
        text = "\0".join([repr(batch), str(seed), *names])
        key = hashlib.sha256(text.encode()).hexdigest()[:16]
        if self._data_key not in {"", key}:
            raise ModelError(
                f"{self.context.folder / CHECKPOINT}: found a checkpoint of other training "
                "pictures, another seed or another batch; next: restore them, or choose another "
                "folder for this run and give this one as init"
            )
        self._data_key = key
