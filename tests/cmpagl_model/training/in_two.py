"""What a process does that torchrun starts: several jobs, one after another, for a start is dear.

``torchrun in_two.py JOBS.json``, where a job is the name of a function below and what it is given.
"""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import torch
import torch.distributed as dist

from cmpagl_model.cli.app import run
from cmpagl_model.training.config_file import read_run_config
from cmpagl_model.training.context import RunContext
from cmpagl_model.training.data.gather import gather_data
from cmpagl_model.training.distributed import join_group
from cmpagl_model.training.listener import Listener
from cmpagl_model.training.precision import choose_compute
from cmpagl_model.training.start import build_start
from cmpagl_model.training.tasks import fusion


@contextmanager
def undropped():
    """Dropout differs between processes by design; without it both runs must agree."""
    with (
        patch("torch.nn.functional.dropout", lambda values, *_, **__: values),
        patch("torch.nn.Dropout.forward", lambda _, values: values),
    ):
        yield


def train(file, folder):
    """Train, as the command does; of a damaged picture knows who was to read it."""
    with undropped():
        assert run(["train", file, "-o", folder]) in {0, 3}


def token_losses(file, told):
    """The first losses of the fusion encoder on tokens that all processes made together."""
    config = read_run_config(Path(file))
    group = join_group(gpu=False)
    start = build_start(config)
    context = RunContext(config, choose_compute(config), group)
    task = fusion.FusionTask(start.model, start.tokenizer, context)
    with patch.multiple(fusion, IMAGE_BATCH=3, TEXT_BATCH=3):  # several shares of so few pictures
        task.prepare(gather_data(config.data).train, (), Listener())
    losses = [task.loss(range(4 * group.size), step).item() for step in range(3)]
    if group.is_main:
        Path(told).write_text(json.dumps(losses))
    group.leave()


@contextmanager
def one_group():
    """All jobs are done by the group that the first of them joined."""
    join, leave = dist.init_process_group, dist.destroy_process_group
    with (
        patch.object(
            dist, "init_process_group", lambda *a, **k: dist.is_initialized() or join(*a, **k)
        ),
        patch.object(dist, "destroy_process_group"),
    ):
        yield
    leave()


if __name__ == "__main__":
    torch.set_num_threads(1)
    with one_group():
        for name, *words in json.loads(Path(sys.argv[1]).read_text()):
            globals()[name](*words)
