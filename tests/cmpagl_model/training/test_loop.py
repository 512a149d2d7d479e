"""A run on painted pictures learns, logs, can be stopped, and ends as a model folder."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch

from cmpagl_model.config import variant
from cmpagl_model.errors import ConfigError, DatasetError
from cmpagl_model.model_folder import TOKENIZER
from cmpagl_model.network import create_model, from_pretrained
from cmpagl_model.training import loop
from cmpagl_model.training.__main__ import finish
from cmpagl_model.training.augment import random_views
from cmpagl_model.training.loop import CHECKPOINT, LOG, Trainer
from cmpagl_model.training.settings import TrainSettings

EPOCHS, STEPS = 6, 4
SETTINGS = TrainSettings(
    epochs=EPOCHS,
    decay_epochs=1,
    warmup_steps=2,
    batch_size=4,
    lr_image=3e-4,
    lr_text=1e-3,
    lr_new=1e-3,
    picture_px=72,
)
FROZEN = (
    "image.stem.conv_stem.",
    "image.stem.bn1.",
    "image.stem.blocks.0.",
    "image.stem.blocks.1.",
    "text.embeddings.",
    "text.layers.0.",
    "text.layers.1.",
    "text.layers.2.",
    "fusion.",
)


class StoppedError(Exception):
    """Stands for the machine going down."""


def trainer_in(folder, config, tokenizer, seed=0):
    torch.manual_seed(seed)
    return Trainer(create_model(config), SETTINGS, tokenizer, folder)


def epoch_lines(folder):
    rows = [json.loads(line) for line in (folder / LOG).read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if "epoch" in row], [row for row in rows if "step" in row]


@pytest.fixture(scope="module")
def done(tmp_path_factory, config, tokenizer, painted):
    """A run that nobody stopped: folder, trainer, the weights it began with, its seeds."""
    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("run")
    trainer = trainer_in(folder, config, tokenizer)
    start = {name: value.clone() for name, value in trainer.model.state_dict().items()}
    seeds = []

    def noted_views(pictures, side, settings, generator):
        seeds.append(generator.initial_seed())
        return random_views(pictures, side, settings, generator)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "LOG_EVERY", 8)
        patch.setattr(loop, "random_views", noted_views)
        trainer.fit(painted, painted[:4])
    return SimpleNamespace(folder=folder, trainer=trainer, start=start, seeds=seeds)


def test_loss_falls_and_pictures_are_found(done):
    epochs, _ = epoch_lines(done.folder)
    assert epochs[-1]["loss"] < epochs[0]["loss"] - 0.4
    assert 0 <= epochs[0]["mR"] < epochs[-1]["mR"] <= 100


def test_log_has_a_line_for_each_epoch_and_for_the_steps_told(done):
    epochs, steps = epoch_lines(done.folder)
    assert [row["epoch"] for row in epochs] == [1, 2, 3, 4, 5, 6]
    assert [row["step"] for row in steps] == [8, 16, 24]
    assert set(epochs[0]) == {"time", "epoch", "seconds", "loss", "mR", "i2t", "t2i", "temperature"}


def test_every_step_draws_views_of_its_own(done):
    assert len(set(done.seeds)) == len(done.seeds) == EPOCHS * STEPS


def test_frozen_layers_stay_and_the_others_move(done):
    trained, average = (getattr(done.trainer, part).state_dict() for part in ("model", "average"))
    parameters = {name for name, _ in done.trainer.model.named_parameters()}
    frozen = {name for name in parameters if name.startswith(FROZEN)}
    still = {name for name, value in trained.items() if torch.equal(value, done.start[name])}
    assert still & parameters == frozen
    assert still - parameters == set(trained) - parameters  # statistics of the stem's norms
    averaged = {name for name, value in average.items() if not torch.equal(value, trained[name])}
    assert averaged == parameters - frozen


def test_stopped_run_goes_on_as_if_it_had_not_been(done, tmp_path, config, tokenizer, painted):
    first = trainer_in(tmp_path, config, tokenizer)
    whole_save = first.save

    def save_and_stop():
        whole_save()
        raise StoppedError

    first.save = save_and_stop
    with pytest.raises(StoppedError):
        first.fit(painted, painted[:4])
    assert first.step == STEPS
    assert {path.name for path in tmp_path.iterdir()} == {CHECKPOINT, LOG}

    second = trainer_in(tmp_path, config, tokenizer, seed=5)
    assert second.resume()
    second.fit(painted, painted[:4])
    assert second.step == done.trainer.step == EPOCHS * STEPS
    for part in ("model", "average"):
        found, wanted = (getattr(t, part).state_dict() for t in (second, done.trainer))
        assert all(torch.equal(found[name], value) for name, value in wanted.items())
    pairs = zip(epoch_lines(tmp_path)[0], epoch_lines(done.folder)[0], strict=True)
    assert all(row["loss"] == same["loss"] for row, same in pairs)


def test_a_finished_run_has_nothing_left_to_do(done, config, tokenizer, painted):
    again = trainer_in(done.folder, config, tokenizer, seed=5)
    assert again.resume()
    again.fit(painted, painted[:4])
    assert again.step == EPOCHS * STEPS
    assert len(epoch_lines(done.folder)[0]) == EPOCHS


def test_the_first_run_has_nothing_to_go_on_from(tmp_path, config, tokenizer):
    trainer = trainer_in(tmp_path / "new", config, tokenizer)
    assert not trainer.resume()
    assert trainer.step == 0


def test_the_end_is_a_model_folder_of_both_towers(done, tmp_path, tokenizer):
    tokenizer.save(str(tmp_path / TOKENIZER))
    finish(done.trainer.average, tmp_path / TOKENIZER, done.folder)
    names = {path.name for path in (done.folder / "model").iterdir()}
    assert names == {"config.json", "model.safetensors", TOKENIZER, "image.onnx", "text.onnx"}
    assert (done.folder / "curve.png").read_bytes().startswith(b"\x89PNG")
    kept = from_pretrained(done.folder / "model")
    assert kept.config == replace(done.trainer.model.config, fusion_layers=0)
    wanted = done.trainer.average.image_projection.weight.half().float()
    assert torch.equal(kept.image_projection.weight, wanted)


def test_fewer_pictures_than_a_batch_are_refused(tmp_path, config, tokenizer, painted):
    with pytest.raises(DatasetError, match="found 3 training pictures, wanted at least one batch"):
        trainer_in(tmp_path, config, tokenizer).fit(painted[:3], painted[:3])


def test_only_the_lite_variant_is_trained_here(tmp_path, tokenizer):
    config = variant("cmpagl_base", fusion_layers=0)
    gswin = replace(config.image.gswin, dims=(16, 32), depths=(1, 1), heads=(2, 4), window=4)
    image = replace(config.image, input_px=32, gswin=gswin)
    text = replace(config.text, layers=1, vocabulary=60)
    model = create_model(replace(config, image=image, text=text))
    with pytest.raises(ConfigError, match="found cmpagl_base, wanted cmpagl_lite"):
        Trainer(model, SETTINGS, tokenizer, tmp_path)


def test_rates_rise_stay_and_fall_to_zero():
    settings = TrainSettings(epochs=10, decay_epochs=4, warmup_steps=50)
    rates = [settings.rate(step, 100) for step in range(1001)]
    assert rates[:50] == pytest.approx([(step + 1) / 50 for step in range(50)])
    assert set(rates[50:601]) == {1.0}
    assert rates[600:] == pytest.approx([(1000 - step) / 400 for step in range(600, 1001)])
    assert rates[-1] == 0.0
    assert TrainSettings(epochs=1, decay_epochs=0, warmup_steps=0).rate(0, 5) == 1.0
    assert settings.rate(2000, 100) == 0.0
