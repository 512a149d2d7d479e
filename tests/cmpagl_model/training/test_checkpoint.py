"""Checkpoints come back whole, or are refused in one message that says what to do."""

import dataclasses
import os
import pickle

import pytest
import torch

from cmpagl_model.errors import ModelError
from cmpagl_model.training.checkpoint import (
    Checkpoint,
    TrainState,
    read_checkpoint,
    write_checkpoint,
)


class Evil:
    """Runs code when it is unpickled."""

    def __reduce__(self):
        return (print, ("this code must not run",))


def checkpoint(step=7):
    weights = {"layer.weight": torch.arange(3000.0).reshape(30, 100)}
    return Checkpoint(
        model_config="{}",
        data_key="abc",
        tally=dataclasses.asdict(TrainState(step=step, best=12.5)),
        model=weights,
        average=weights,
        optimiser={"state": {0: {"exp_avg": torch.ones(2)}}, "param_groups": [{"lr": 0.1}]},
        scaler={},
    )


def test_a_checkpoint_comes_back(tmp_path):
    path = tmp_path / "checkpoint.pt"
    write_checkpoint(checkpoint(), path)
    found = read_checkpoint(path)
    assert TrainState(**found.tally) == TrainState(step=7, best=12.5)
    assert torch.equal(found.model["layer.weight"], checkpoint().model["layer.weight"])
    assert found.optimiser["param_groups"] == [{"lr": 0.1}]
    assert [p.name for p in tmp_path.iterdir()] == ["checkpoint.pt"]


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.999])
def test_a_cut_one_is_refused(tmp_path, share):
    path = tmp_path / "checkpoint.pt"
    write_checkpoint(checkpoint(), path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(ModelError, match=r"checkpoint\.pt: found a damaged file or one that holds"):
        read_checkpoint(path)


@pytest.mark.parametrize("writer", ["pickle", "torch"])
def test_code_is_refused_and_not_run(tmp_path, capsys, writer):
    path = tmp_path / "checkpoint.pt"
    if writer == "pickle":
        path.write_bytes(pickle.dumps({"format": Evil()}))
    else:
        torch.save({"format": Evil()}, path)
    with pytest.raises(ModelError, match=r"or one that holds code .* remove it to begin anew") as e:
        read_checkpoint(path)
    assert "\n" not in str(e.value)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("content", [{"state_dict": {}}, {"format": "cmpagl-run-0"}, [1, 2]])
def test_something_else_is_refused(tmp_path, content):
    path = tmp_path / "checkpoint.pt"
    torch.save(content, path)
    with pytest.raises(ModelError, match="found no checkpoint of this version of cmpagl train"):
        read_checkpoint(path)


def test_an_incomplete_one_is_refused(tmp_path):
    path = tmp_path / "checkpoint.pt"
    write_checkpoint(checkpoint(), path)
    values = torch.load(path, weights_only=True)
    del values["average"]
    torch.save(values, path)
    with pytest.raises(ModelError, match="found an incomplete checkpoint"):
        read_checkpoint(path)


def test_a_disk_that_takes_no_file_is_an_os_error_and_the_old_one_stays(tmp_path, monkeypatch):
    path = tmp_path / "checkpoint.pt"
    write_checkpoint(checkpoint(step=1), path)

    def refuse(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="No space"):
        write_checkpoint(checkpoint(step=2), path)
    assert read_checkpoint(path).tally["step"] == 1
