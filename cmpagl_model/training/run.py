"""A whole training run, from settings to a model folder. Start at :func:`train`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cmpagl_model.atomic import can_write_in
from cmpagl_model.errors import OutputError

from .context import RunContext
from .data.gather import gather_data
from .distributed import join_group
from .finish import write_model
from .listener import Listener
from .loop import Trainer
from .precision import choose_compute
from .start import build_start
from .tasks.fusion import FusionTask
from .tasks.towers import TowerTask

if TYPE_CHECKING:
    from cmpagl_model.records import Problem

    from .loop import Outcome
    from .settings import RunConfig

PROBLEMS_TOLD = 5


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run left behind."""

    model: Path | None
    """The model folder; ``None``: the run was stopped, or another process writes it."""
    outcome: Outcome
    """How training ended."""
    problems: tuple[Problem, ...]
    """Pictures that were left out."""
    speaks: bool = True
    """Whether this process is the one that reports; the others have nothing to say."""


def train(config: RunConfig, listener: Listener | None = None) -> RunResult:
    """Train as the settings say; go on where the run's folder has a checkpoint.

    Args:
        config: the run.
        listener: hears how it goes; of several processes only the first speaks.

    Returns:
        The model folder and how training ended.

    Raises:
        ConfigError: if the settings do not fit together.
        OutputError: if the run's folder cannot be written in.
        DatasetError: if there is nothing to train on.
        ModelError: if weights cannot be read, or the folder's checkpoint is of another run.
        TrainingError: if the loss is no finite number.
    """
    if not can_write_in(Path(config.folder)):
        raise OutputError(
            f"{config.folder}: found a place that you may not write in, wanted one for the run; "
            "next: choose another -o"
        )
    data = gather_data(config.data, teach_val=config.teach_val)
    compute = choose_compute(config)
    group = join_group(gpu=compute.device.type == "cuda")
    try:
        if group.local_rank:
            compute = choose_compute(config, group.local_rank)
        heard = listener if listener is not None and group.is_main else Listener()
        if data.problems:
            noun = "picture" if len(data.problems) == 1 else "pictures"
            first = "; ".join(str(problem) for problem in data.problems[:PROBLEMS_TOLD])
            more = len(data.problems) - PROBLEMS_TOLD
            heard.say(
                f"{len(data.problems):,} {noun} left out: {first}"
                + (f"; and {more:,} more" if more > 0 else "")
            )
        if not data.val:
            heard.say(
                "found no picture with split val, so nothing is measured and the last weights are "
                "kept"
            )
        start = build_start(config)
        start.model.to(compute.device)
        kind = FusionTask if config.stage == "fusion" else TowerTask
        context = RunContext(config, compute, group)
        trainer = Trainer(kind(start.model, start.tokenizer, context), context, heard)
        outcome = trainer.fit(data.train, data.val)
        model = None
        if group.is_main and not outcome.stopped:
            kept = trainer.kept_weights()
            trainer.task.finish(kept)
            fusion = config.stage != "towers"
            model = write_model(kept, start.tokenizer_file, context.folder, fusion=fusion)
        return RunResult(model, outcome, data.problems + outcome.problems, group.is_main)
    finally:
        group.leave()
