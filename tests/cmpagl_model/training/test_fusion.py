"""The fusion task on a tiny model: towers stay, the encoder learns which colour is meant."""

from dataclasses import replace

import pytest
import torch

from cmpagl_model.errors import ConfigError
from cmpagl_model.network import create_model
from cmpagl_model.training.context import RunContext
from cmpagl_model.training.distributed import ProcessGroup
from cmpagl_model.training.listener import Listener
from cmpagl_model.training.precision import Compute
from cmpagl_model.training.settings import Augmentation, DataSource, Rates, RunConfig
from cmpagl_model.training.tasks.fusion import FusionTask, start_from_text

COMPUTE = Compute(torch.device("cpu"), torch.float32)


def context(folder):
    config = RunConfig(
        data=(DataSource("none.json"),),
        stage="fusion",
        folder=str(folder),
        picture_px=80,  # for the towers; the tokens kept are of the input size
        rates=Rates(text=5e-3, new=5e-3),
        augmentation=Augmentation(min_area=0.9, coarse_share=0.0),
    )
    return RunContext(config, COMPUTE, ProcessGroup())


def task_of(model, tokenizer, folder):
    return FusionTask(model, tokenizer, context(folder))


def test_it_learns_and_leaves_the_towers_alone(tmp_path, model, tokenizer, painted):
    start_from_text(model)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    task = task_of(model, tokenizer, tmp_path)
    prepared = task.prepare(painted, painted[:8], Listener())
    assert len(prepared.items) == 16
    assert not prepared.problems
    groups = task.parameter_groups()
    assert sum(p.numel() for g in groups for p in g.parameters) == sum(
        p.numel() for p in model.fusion.parameters()
    )
    optimiser = torch.optim.AdamW([{"params": g.parameters, "lr": g.rate} for g in groups])
    untaught = task.measure(model).mean_recall
    losses = []
    for step in range(60):
        task.train_mode()
        loss = task.loss(range(16), step)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert sum(losses[-5:]) < 0.8 * sum(losses[:5])
    moved = {name for name, value in model.state_dict().items() if (value != before[name]).any()}
    assert moved
    assert all(name.startswith("fusion.") for name in moved)
    assert task.measure(model).mean_recall > untaught + 5  # twins of a colour allow 62.5


def test_a_step_repeats_by_its_number(tmp_path, model, tokenizer, painted):
    task = task_of(model, tokenizer, tmp_path)
    task.prepare(painted, (), Listener())
    task.train_mode()
    first, other = task.loss(range(8), 3).item(), task.loss(range(8), 4).item()
    assert task.loss(range(8), 3).item() == first
    assert first != other
    assert task.measure(model) is None


def test_the_layers_start_from_the_last_text_layers(model):
    start_from_text(model)
    own, source = model.fusion.layers[0].state_dict(), model.text.layers[-1].state_dict()
    assert all(torch.equal(own[name], value) for name, value in source.items())


def test_a_model_without_fusion_is_refused(tmp_path, config, tokenizer):
    towers = create_model(replace(config, fusion_layers=0))
    with pytest.raises(ConfigError, match="fusion_layers = 2"):
        task_of(towers, tokenizer, tmp_path)
    with pytest.raises(ConfigError, match="fusion_layers: found 0"):
        start_from_text(towers)
