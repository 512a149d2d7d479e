"""Two real processes, started by torchrun and talking by Gloo, learn what one alone learns."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from cmpagl_model.training.distributed import ProcessGroup, join_group
from tests.cmpagl_model.training import in_two
from tests.cmpagl_model.training.tiny import tiny_config, write_tiny_model, write_tiny_run

ROOT = Path(__file__).parents[3]
SETTINGS = {"read": {}, "kept": {"augmentation.kept_views": 2}}


def write_run(folder, **settings):
    """A run whose pictures are read in the steps; one is damaged: in the share of one process."""
    config = tiny_config()
    gswin = replace(config.image.gswin, drop_path=0.0)
    write_tiny_model(folder / "tiny", replace(config, image=replace(config.image, gswin=gswin)))
    file = write_tiny_run(folder, memory_gb=0.0, **settings)
    (folder / "red_2.jpg").write_text("no picture")
    return file


@pytest.fixture(scope="module")
def in_twos(tmp_path_factory):
    """A folder with what two processes learnt of each run, and what they said meanwhile."""
    folder = tmp_path_factory.mktemp("twos")
    jobs = [
        ("train", str(write_run(folder / name, **settings)), str(folder / name / "run2"))
        for name, settings in SETTINGS.items()
    ]
    file = write_tiny_run(folder / "fusion", stage="fusion")
    jobs.append(("token_losses", str(file), str(folder / "fusion" / "losses2.json")))
    (folder / "jobs.json").write_text(json.dumps(jobs))
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    done = subprocess.run(
        [sys.executable, *torchrun, in_two.__file__, str(folder / "jobs.json")],
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder, done


def log_lines(folder):
    return [json.loads(row) for row in (folder / "log.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("kind", SETTINGS)
def test_two_processes_learn_what_one_learns(in_twos, kind, capfd):
    folder, together = in_twos[0] / kind, in_twos[1]
    in_two.train(str(folder / "run.toml"), str(folder / "run1"))
    alone = capfd.readouterr()
    one, two = (log_lines(folder / f"run{n}") for n in (1, 2))
    assert [row["epoch"] for row in two] == [1, 2]
    for a, b in zip(one, two, strict=True):
        # Halves of a batch round differently, and Adam amplifies it where gradients are small:
        # up to 1.6e-4 on the processors seen.
        assert b["loss"] == pytest.approx(a["loss"], abs=5e-4)
        assert b["temperature"] == pytest.approx(a["temperature"], abs=1e-6)
    names = [{p.name for p in (folder / f"run{n}").iterdir()} for n in (1, 2)]
    assert names[0] == names[1]
    views = [name for name in names[1] if name.startswith("views_")]
    assert len(views) == SETTINGS[kind].get("augmentation.kept_views", 0)
    for name in views:
        both = (np.load(folder / f"run{n}" / name) for n in (1, 2))
        np.testing.assert_array_equal(*both)  # NaN of the damaged one included
    assert len(list((folder / "run2" / "tensorboard").iterdir())) == 1
    weights = [load_file(folder / f"run{n}" / "best.safetensors") for n in (1, 2)]
    for name, value in weights[0].items():
        apart = (weights[1][name].double() - value.double()).abs()
        assert apart.max() < 2e-3, name  # a single weight with hardly any gradient
        assert apart.mean() < 2e-5, name
    assert together.stdout.count(f"model in {folder / 'run2'}") == 1
    for said in (alone.err, together.stderr):
        assert said.count(f"{folder / 'red_2.jpg'}: no readable picture") == 1


def test_tokens_are_the_same_however_many_make_them(in_twos):
    """A process's own rows give the loss that they give one that made all tokens itself."""
    folder = in_twos[0] / "fusion"
    in_two.token_losses(str(folder / "run.toml"), str(folder / "losses1.json"))
    one, two = (json.loads((folder / f"losses{n}.json").read_text()) for n in (1, 2))
    assert two == pytest.approx(one, rel=1e-6)


def test_alone_nothing_travels():
    group, values = join_group(gpu=False), torch.ones(3)
    assert group == ProcessGroup(0, 1, 0)
    assert group.gather(values) is values
    assert group.sum(values) is values
    assert group.share(8) == slice(0, 8)
    assert group.from_first(0.5, torch.device("cpu")) == 0.5
    group.wait()
    group.leave()


def test_shares_are_equal_and_cover_the_batch():
    shares = [ProcessGroup(rank, 4).share(12) for rank in range(4)]
    assert [row for share in shares for row in range(12)[share]] == list(range(12))
    assert {share.stop - share.start for share in shares} == {3}
