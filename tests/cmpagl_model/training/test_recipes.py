"""The recipes in ``configs/`` run with what they say, on painted pictures and narrow models."""

from dataclasses import replace
from pathlib import Path

import torch

from cmpagl_model.model_folder import find_model
from cmpagl_model.network import from_pretrained
from cmpagl_model.training.config_file import read_run_config
from cmpagl_model.training.run import train
from cmpagl_model.training.settings import DataSource, Schedule
from tests.cmpagl_model.training.tiny import Heard, write_tiny_model, write_tiny_run

CONFIGS = Path(__file__).parents[3] / "configs"


def test_the_recipe_of_base_trains_both_towers_and_fusion_from_random_weights(
    base_config, tmp_path
):
    """Its own stage, losses, rates and views; two steps of a narrow cmpagl_base."""
    recipe = read_run_config(CONFIGS / "cmpagl_base.toml")
    write_tiny_run(tmp_path / "a")
    start = write_tiny_model(tmp_path / "base", base_config)
    run = replace(
        recipe,
        data=(DataSource(str(tmp_path / "a" / "captions.csv")),),
        init=str(start),
        folder=str(tmp_path / "run"),
        device="cpu",
        picture_px=40,
        schedule=Schedule(epochs=1, decay_epochs=1, warmup_steps=0),
        batch=replace(recipe.batch, pictures=8),
    )
    heard = Heard()
    result = train(run, heard)
    assert (result.outcome.steps, result.problems) == (2, ())
    assert len(heard.losses) == 2
    model, before = from_pretrained(result.model), from_pretrained(start)
    assert find_model(str(result.model)).config == base_config
    for part in ("image", "text", "fusion"):
        pairs = zip(
            getattr(model, part).parameters(), getattr(before, part).parameters(), strict=True
        )
        assert any(not torch.equal(*pair) for pair in pairs), part
