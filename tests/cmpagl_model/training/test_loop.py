"""A run on painted pictures learns, logs, can be stopped at any step, keeps its best weights."""

import json
import signal
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from safetensors.torch import load_file

from cmpagl_model.errors import DatasetError, ModelError, TrainingError
from cmpagl_model.evaluation.metrics import Recalls, RetrievalScores
from cmpagl_model.network import create_model
from cmpagl_model.training import loop, run_logger, stop
from cmpagl_model.training.checkpoint import BEST, CHECKPOINT, read_checkpoint
from cmpagl_model.training.data import batches
from cmpagl_model.training.data.augment import draw_views
from cmpagl_model.training.loop import Trainer
from cmpagl_model.training.run_logger import LOG
from cmpagl_model.training.settings import Augmentation, Batch, Rates, Schedule
from cmpagl_model.training.tasks.towers import TowerTask
from tests.cmpagl_model.training.tiny import Heard

EPOCHS, STEPS, LOG_EVERY = 2, 4, 3
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
    "compression.",
)
SHORT = Schedule(epochs=2, decay_epochs=1, warmup_steps=2)


@pytest.fixture(autouse=True)
def _quick(request, monkeypatch):
    """Lines of the log every three steps; drawing takes longer than steps here, so few draw."""
    monkeypatch.setattr(loop, "LOG_EVERY", LOG_EVERY)
    if request.node.name != "test_without_val_nothing_is_measured":
        monkeypatch.setattr(run_logger, "plot_curve", lambda *_: None)


class KilledError(Exception):
    """Stands for the machine going down."""


@pytest.fixture(scope="module")
def make_trainer(config, tokenizer, make_context):
    """A trainer of the tiny model in a folder; the seed is that of the random weights."""

    def make(folder, listener=None, seed=0, **changes):
        torch.manual_seed(seed)
        context = make_context(folder, **changes)
        return Trainer(TowerTask(create_model(config), tokenizer, context), context, listener)

    return make


def log_lines(folder):
    rows = [json.loads(line) for line in (folder / LOG).read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if "epoch" in row], [row for row in rows if "rate" in row]


def same_weights(one, other):
    pairs = ((one.task.model, other.task.model), (one.average, other.average))
    return all(
        torch.equal(value, b.state_dict()[name])
        for a, b in pairs
        for name, value in a.state_dict().items()
    )


@pytest.fixture(scope="module")
def done(tmp_path_factory, make_trainer, painted):
    """A run that nobody stopped: folder, trainer, the weights it began with, what it said."""
    torch.set_num_threads(1)
    folder, heard, seeds = tmp_path_factory.mktemp("run"), Heard(), []
    trainer = make_trainer(folder, heard)
    start = {name: value.clone() for name, value in trainer.task.model.state_dict().items()}

    def noted(count, settings, generator):
        seeds.append(generator.initial_seed())
        return draw_views(count, settings, generator)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "LOG_EVERY", LOG_EVERY)
        patch.setattr(batches, "draw_views", noted)
        outcome = trainer.fit(painted, painted[:4])
    return SimpleNamespace(
        folder=folder, trainer=trainer, start=start, seeds=seeds, heard=heard, outcome=outcome
    )


def test_loss_falls_and_pictures_are_found(done):
    epochs, _ = log_lines(done.folder)
    assert epochs[-1]["loss"] < epochs[0]["loss"] - 0.1
    assert 50 < epochs[0]["mR"] <= epochs[-1]["mR"] <= 100  # one of four is right by chance
    assert done.outcome.best == max(row["mR"] for row in epochs)
    assert (done.outcome.steps, done.outcome.stopped) == (EPOCHS * STEPS, False)


def test_log_has_a_line_for_each_epoch_and_for_the_steps_told(done):
    epochs, steps = log_lines(done.folder)
    assert [row["epoch"] for row in epochs] == [1, 2]
    assert [row["step"] for row in steps] == [3, 6]
    losses = done.heard.losses
    assert [row["loss"] for row in steps] == pytest.approx(
        [sum(losses[n : n + 3]) / 3 for n in (0, 3)]
    )
    assert set(epochs[0]) == {
        "time", "epoch", "step", "seconds", "loss", "mR", "i2t", "t2i", "temperature",
    }  # fmt: skip


def test_going_on_takes_the_rates_of_the_settings(tmp_path, make_trainer, painted):
    trainer = make_trainer(tmp_path, schedule=SHORT)
    trainer.fit(painted, ())
    rates = replace(trainer.context.config.rates, image=1e-7, text=2e-7, new=3e-7, weight_decay=0.5)
    resumed = make_trainer(tmp_path, schedule=replace(SHORT, epochs=3), rates=rates)
    assert resumed.state.step == trainer.state.step
    groups = resumed.optimiser.param_groups
    assert [group["top"] for group in groups] == [1e-7, 2e-7, 3e-7]
    assert {group["weight_decay"] for group in groups} == {0.5}


def test_the_folder_has_curve_and_tensorboard(done):
    assert (done.folder / "curve.png").read_bytes().startswith(b"\x89PNG")
    assert list((done.folder / "tensorboard").glob("events.*"))
    assert not list(done.folder.glob(".cmpagl-*"))


def test_the_listener_hears_of_everything(done):
    assert len(done.heard.losses) == EPOCHS * STEPS
    assert [report.epoch for report in done.heard.reports] == [1, 2]
    assert ("training", EPOCHS * 16) in done.heard.phases
    assert done.heard.lines == []


def test_every_step_draws_views_of_its_own(done):
    assert len(set(done.seeds)) == len(done.seeds) == EPOCHS * STEPS


def test_frozen_layers_stay_and_the_others_move(done):
    trained, average = done.trainer.task.model.state_dict(), done.trainer.average.state_dict()
    parameters = {name for name, _ in done.trainer.task.model.named_parameters()}
    frozen = {name for name in parameters if name.startswith(FROZEN)}
    still = {name for name, value in trained.items() if torch.equal(value, done.start[name])}
    assert still & parameters == frozen
    assert still - parameters == set(trained) - parameters  # statistics of the stem's norms
    averaged = {name for name, value in average.items() if not torch.equal(value, trained[name])}
    assert averaged == parameters - frozen


@pytest.mark.parametrize(("saved_at", "killed_at"), [(2, 3), (6, 7)])
def test_killed_run_goes_on_as_if_it_had_not_been(
    done, tmp_path, make_trainer, painted, saved_at, killed_at
):
    """Killed some steps after a checkpoint, in the middle of an epoch too."""

    def after_step(steps):
        if steps == killed_at:
            raise KilledError
        if steps == saved_at:
            first.save()

    first = make_trainer(tmp_path, Heard(after_step))
    with pytest.raises(KilledError):
        first.fit(painted, painted[:4])
    assert read_checkpoint(tmp_path / CHECKPOINT).tally["step"] == saved_at
    heard = Heard()
    second = make_trainer(tmp_path, heard, seed=5)
    second.fit(painted, painted[:4])
    assert heard.lines == [f"going on after step {saved_at}"]
    assert len(heard.losses) == EPOCHS * STEPS - saved_at
    assert same_weights(second, done.trainer)
    for kind in (0, 1):
        found, wanted = log_lines(tmp_path)[kind], log_lines(done.folder)[kind]
        assert [row["step"] for row in found] == [row["step"] for row in wanted]
        assert [row["loss"] for row in found] == [row["loss"] for row in wanted]
    best, wanted = load_file(tmp_path / BEST), load_file(done.folder / BEST)
    assert all(torch.equal(best[name], value) for name, value in wanted.items())


@pytest.mark.parametrize(
    "changes",
    [
        {"batch": Batch(pictures=4, accumulate=2), "augmentation": Augmentation(kept_views=2)},
        {"batch": Batch(pictures=8), "dtype": torch.float16, "stage": "joint"},
    ],
    ids=["kept views, accumulation", "float16, joint"],
)
def test_other_killed_runs_go_on_exactly_too(tmp_path, make_trainer, painted, changes):
    changes = {"schedule": SHORT, **changes}
    whole = make_trainer(tmp_path / "whole", **changes)
    whole.fit(painted, painted[:4])

    def after_step(steps):
        if steps == 1:
            first.save()
        if steps == 2:
            raise KilledError

    first = make_trainer(tmp_path / "killed", Heard(after_step), **changes)
    with pytest.raises(KilledError):
        first.fit(painted, painted[:4])
    second = make_trainer(tmp_path / "killed", seed=5, **changes)
    second.fit(painted, painted[:4])
    assert second.state.step == whole.state.step == 4
    assert same_weights(second, whole)
    assert second.scaler.state_dict() == whole.scaler.state_dict()


def test_ctrl_c_saves_after_the_step_and_goes_on(done, tmp_path, make_trainer, painted):
    def after_step(steps):
        if steps == 6:
            signal.raise_signal(signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    first = make_trainer(tmp_path, Heard(after_step))
    outcome = first.fit(painted, painted[:4])
    assert (outcome.stopped, outcome.steps) == (True, 6)
    assert read_checkpoint(tmp_path / CHECKPOINT).tally["step"] == 6
    assert signal.getsignal(signal.SIGINT) is before
    second = make_trainer(tmp_path, seed=5)
    assert not second.fit(painted, painted[:4]).stopped
    assert same_weights(second, done.trainer)


def test_one_ctrl_c_that_comes_twice_is_one(tmp_path, make_trainer, painted):
    def after_step(_):
        for number in (signal.SIGINT, signal.SIGINT, signal.SIGTERM):
            signal.raise_signal(number)

    outcome = make_trainer(tmp_path, Heard(after_step)).fit(painted, painted[:4])
    assert (outcome.stopped, outcome.steps) == (True, 1)


def test_the_systems_polite_end_is_taken_as_ctrl_c(tmp_path, make_trainer, painted):
    def after_step(_):
        signal.raise_signal(signal.SIGTERM)

    outcome = make_trainer(tmp_path, Heard(after_step)).fit(painted, painted[:4])
    assert (outcome.stopped, outcome.steps) == (True, 1)


def test_a_second_ctrl_c_stops_at_once(tmp_path, make_trainer, painted, monkeypatch):
    monkeypatch.setattr(stop, "SAME_PRESS_S", -1.0)

    def after_step(_):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        make_trainer(tmp_path, Heard(after_step)).fit(painted, painted[:4])


def test_checkpoints_are_written_within_an_epoch_by_time(tmp_path, make_trainer, painted):
    steps = []

    def after_step(_):
        path = tmp_path / CHECKPOINT
        steps.append(read_checkpoint(path).tally["step"] if path.exists() else 0)

    trainer = make_trainer(
        tmp_path, Heard(after_step), schedule=Schedule(1, 0, 0), checkpoint_minutes=0.0
    )
    trainer.fit(painted, [])
    assert steps == [0, 1, 2, 3]  # heard after a step, before its checkpoint


def test_a_finished_run_has_nothing_left_to_do(done, make_trainer, painted):
    again = make_trainer(done.folder, seed=5)
    before = (done.folder / LOG).read_bytes()
    assert again.fit(painted, painted[:4]).steps == EPOCHS * STEPS
    assert (done.folder / LOG).read_bytes() == before
    assert same_weights(again, done.trainer)


def scores(recall):
    side = Recalls(recall, recall, recall)
    return RetrievalScores(side, side)


def test_best_weights_are_kept_and_patience_ends_the_run(tmp_path, make_trainer, painted):
    heard, batch = Heard(), Batch(pictures=16)
    schedule = Schedule(epochs=9, decay_epochs=0, warmup_steps=0, patience=2)
    trainer = make_trainer(tmp_path, heard, schedule=schedule, batch=batch)
    figures, seen = iter([10.0, 30.0, 20.0, 30.0, 99.0]), []

    def measure(model):
        seen.append({name: value.clone() for name, value in model.state_dict().items()})
        return scores(next(figures))

    trainer.task.measure = measure
    outcome = trainer.fit(painted, painted[:4])
    assert (outcome.steps, outcome.stopped, outcome.best) == (4, False, 30.0)
    assert [report.best for report in heard.reports] == [True, True, False, False]
    kept = trainer.kept_weights().state_dict()
    assert all(torch.equal(kept[name], value) for name, value in seen[1].items())
    again = make_trainer(tmp_path, schedule=schedule, batch=batch)
    assert again.fit(painted, painted[:4]).steps == 4  # the end is remembered


def test_the_last_weights_are_kept_where_they_are_asked_for(tmp_path, make_trainer, painted):
    trainer = make_trainer(tmp_path, schedule=SHORT, keep="last", batch=Batch(pictures=16))
    figures = iter([90.0, 10.0])
    trainer.task.measure = lambda _: scores(next(figures))
    trainer.fit(painted, painted[:4])
    last = trainer.average.image_projection.weight.clone()
    assert torch.equal(trainer.kept_weights().image_projection.weight, last)
    assert not torch.equal(load_file(tmp_path / BEST)["image_projection.weight"], last)


def test_without_val_nothing_is_measured(tmp_path, make_trainer, painted):
    outcome = make_trainer(tmp_path, schedule=SHORT).fit(painted, [])
    assert outcome.best is None
    assert "mR" not in log_lines(tmp_path)[0][0]
    assert not (tmp_path / BEST).exists()
    assert (tmp_path / "curve.png").exists()


def test_accumulated_micro_batches_are_one_step(tmp_path, make_trainer, painted):
    heard = Heard()
    trainer = make_trainer(tmp_path, heard, schedule=SHORT, batch=Batch(pictures=4, accumulate=3))
    rows = []
    whole = trainer.task.loss
    trainer.task.loss = lambda batch, step: (rows.append((tuple(batch), step)), whole(batch, step))[
        1
    ]
    trainer.fit(painted, [])
    assert trainer.state.step == 2  # 16 pictures hold three micro batches of four, once
    assert [step for _, step in rows] == [0, 1, 2, 3, 4, 5]
    assert len({row for batch, _ in rows[:3] for row in batch}) == 12


def test_gradients_of_micro_batches_are_added(tmp_path, make_trainer, painted):
    trainer = make_trainer(
        tmp_path, batch=Batch(pictures=4, accumulate=2), schedule=SHORT,
        rates=Rates(clip_norm=1e9),
    )  # fmt: skip
    task, gradients, batches, loss = trainer.task, [], [], trainer.task.loss
    weight = task.model.image_projection.weight
    trainer.optimiser.step = lambda *_: gradients.append(weight.grad.clone())
    task.loss = lambda rows, step: (batches.append(rows), loss(rows, step))[1]
    trainer.fit(painted, [])
    task.train_mode()
    task.model.zero_grad()
    for part, rows in enumerate(batches[:2]):
        (loss(rows, part) / 2).backward()
    torch.testing.assert_close(gradients[0], weight.grad)


def test_fewer_pictures_than_a_batch_are_refused(tmp_path, make_trainer, painted):
    said = (
        r"found 3 training pictures, wanted at least one batch of 4; next: add .* batch\.pictures"
    )
    with pytest.raises(DatasetError, match=said):
        make_trainer(tmp_path).fit(painted[:3], painted[:3])
    with pytest.raises(DatasetError, match="batch of 4 times 8"):
        make_trainer(tmp_path, batch=Batch(pictures=4, accumulate=8)).fit(painted, [])


def test_a_loss_that_is_no_number_stops_with_names_and_saves_nothing(
    tmp_path, make_trainer, painted
):
    trainer = make_trainer(tmp_path)
    whole, asked = trainer.task.loss, []

    def loss(rows, step):
        asked.append(rows)
        return whole(rows, step) * (float("nan") if step == 5 else 1.0)

    trainer.task.loss = loss
    with pytest.raises(TrainingError, match="step 6: found a loss that is no finite") as refused:
        trainer.fit(painted, painted[:4])
    for row in asked[-1]:
        assert painted[row].path.name in str(refused.value)
    kept = read_checkpoint(tmp_path / CHECKPOINT)
    assert kept.tally["step"] == STEPS
    assert all(value.isfinite().all() for value in kept.model.values())


def test_a_gradient_that_is_no_number_stops_before_the_weights_move(
    tmp_path, make_trainer, painted
):
    trainer = make_trainer(tmp_path)
    weight = trainer.task.model.image_projection.weight
    weight.register_hook(lambda gradient: gradient * float("nan"))
    before = weight.detach().clone()
    with pytest.raises(TrainingError, match="step 1: found a gradient that is no finite number"):
        trainer.fit(painted, painted[:4])
    assert torch.equal(weight, before)


def test_no_room_for_a_checkpoint_is_said_and_the_last_good_one_stays(
    tmp_path, make_trainer, painted, full_disk
):
    def after_step(steps):
        if steps == STEPS + 1:
            full_disk(1_000_000)

    heard = Heard(after_step)
    trainer = make_trainer(tmp_path, heard, schedule=SHORT)
    trainer.task.measure = lambda _: scores(50.0 + trainer.state.step)
    outcome = trainer.fit(painted, painted[:4])
    assert outcome.steps == 2 * STEPS
    said = "\n".join(heard.lines)
    assert "checkpoint.pt: checkpoint not written (" in said
    assert "the last good one stays, training goes on; next: make room" in said
    assert "best.safetensors: best weights not written" in said
    assert read_checkpoint(tmp_path / CHECKPOINT).tally["step"] == STEPS
    assert not list(tmp_path.glob(".cmpagl-*"))


def test_a_checkpoint_of_other_pictures_or_batches_is_refused(done, make_trainer, painted):
    said = "found a checkpoint of other training pictures, another seed or another batch"
    with pytest.raises(ModelError, match=said):
        make_trainer(done.folder).fit(painted[:12], painted[:4])
    with pytest.raises(ModelError, match=said):
        make_trainer(done.folder, batch=Batch(pictures=8)).fit(painted, painted[:4])


def test_a_checkpoint_of_another_model_is_refused(done, tokenizer, make_context, config):
    context = make_context(done.folder)
    other = replace(config, embedding_size=8)
    with pytest.raises(ModelError, match="found a checkpoint of another model than cmpagl_lite"):
        Trainer(TowerTask(create_model(other), tokenizer, context), context)


def test_a_checkpoint_with_other_layers_frozen_is_refused(done, make_trainer):
    freezing = replace(done.trainer.context.config.freezing, frozen_text_layers=1)
    with pytest.raises(ModelError, match=r"made with other settings.*set freezing and stage"):
        make_trainer(done.folder, freezing=freezing)


def test_a_missing_tensorboard_is_one_line(tmp_path, make_trainer, painted, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "torch.utils.tensorboard", None)
    heard = Heard()
    make_trainer(tmp_path, heard, schedule=SHORT).fit(painted, [])
    (line,) = heard.lines
    assert line.startswith("no TensorBoard here")
    assert not (tmp_path / "tensorboard").exists()
