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
from tests.cmpagl_model.training.tiny import tiny_config, write_tiny_model, write_tiny_run

ROOT = Path(__file__).parents[3]
# Dropout differs between processes by design; without it both runs must agree.
SCRIPT = """
import sys, torch
torch.set_num_threads(1)
torch.nn.functional.dropout = lambda values, *_, **__: values
torch.nn.Dropout.forward = lambda self, values: values
from cmpagl_model.cli import main
main()
"""


def launch(folder, processes, *words):
    script = folder / "undropped.py"
    script.write_text(SCRIPT)
    return launch_script(script, processes, "train", *words)


def launch_script(script, processes, *words):
    torchrun = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
    command = [sys.executable, *(torchrun if processes > 1 else []), str(script), *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


def log_lines(folder):
    return [json.loads(row) for row in (folder / "log.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("settings", [{}, {"augmentation.kept_views": 2}], ids=["read", "kept"])
def test_two_processes_learn_what_one_learns(tmp_path, settings):
    """Pictures are read in the steps, and one is damaged: in the share of one process only."""
    config = tiny_config()
    gswin = replace(config.image.gswin, drop_path=0.0)
    write_tiny_model(tmp_path / "tiny", replace(config, image=replace(config.image, gswin=gswin)))
    file = write_tiny_run(tmp_path, memory_gb=0.0, **settings)
    (tmp_path / "red_2.jpg").write_text("no picture")
    found = {}
    for processes in (1, 2):
        folder = tmp_path / f"run{processes}"
        found[processes] = launch(tmp_path, processes, str(file), "-o", str(folder))
        assert found[processes].returncode == 0, found[processes].stderr
    one, two = (log_lines(tmp_path / f"run{n}") for n in (1, 2))
    assert [row["epoch"] for row in two] == [1, 2]
    for a, b in zip(one, two, strict=True):
        # Halves of a batch round differently, and Adam amplifies it where gradients are small:
        # up to 1.6e-4 on the processors seen.
        assert b["loss"] == pytest.approx(a["loss"], abs=5e-4)
        assert b["temperature"] == pytest.approx(a["temperature"], abs=1e-6)
    names = [{p.name for p in (tmp_path / f"run{n}").iterdir()} for n in (1, 2)]
    assert names[0] == names[1]
    views = [name for name in names[1] if name.startswith("views_")]
    assert len(views) == settings.get("augmentation.kept_views", 0)
    for name in views:
        both = (np.load(tmp_path / f"run{n}" / name) for n in (1, 2))
        np.testing.assert_array_equal(*both)  # NaN of the damaged one included
    assert len(list((tmp_path / "run2" / "tensorboard").iterdir())) == 1
    weights = [load_file(tmp_path / f"run{n}" / "best.safetensors") for n in (1, 2)]
    for name, value in weights[0].items():
        apart = (weights[1][name].double() - value.double()).abs()
        assert apart.max() < 2e-3, name  # a single weight with hardly any gradient
        assert apart.mean() < 2e-5, name
    assert found[2].stdout.count("model in") == 1
    for done in found.values():
        assert done.stderr.count("red_2.jpg: no readable picture") == 1


SHARED_TOKENS = """
import json, sys, torch
from pathlib import Path
from cmpagl_model.training.config_file import read_run_config
from cmpagl_model.training.data.gather import gather_data
from cmpagl_model.training.context import RunContext
from cmpagl_model.training.distributed import join_group
from cmpagl_model.training.listener import Listener
from cmpagl_model.training.precision import choose_compute
from cmpagl_model.training.start import build_start
from cmpagl_model.training.tasks import fusion
torch.set_num_threads(1)
fusion.IMAGE_BATCH = fusion.TEXT_BATCH = 3  # several shares of so few pictures
config = read_run_config(Path(sys.argv[1]))
group = join_group(gpu=False)
start = build_start(config)
context = RunContext(config, choose_compute(config), group)
task = fusion.FusionTask(start.model, start.tokenizer, context)
task.prepare(gather_data(config.data).train, (), Listener())
losses = [task.loss(range(4 * group.size), step).item() for step in range(3)]
if group.rank == 0:  # alone: what two processes print may fall into one line
    Path(sys.argv[2]).write_text(json.dumps(losses))
group.leave()
"""


def test_tokens_are_the_same_however_many_make_them(tmp_path):
    """A process's own rows give the loss that they give one that made all tokens itself."""
    script = tmp_path / "tokens.py"
    script.write_text(SHARED_TOKENS)
    file = write_tiny_run(tmp_path, stage="fusion")
    told = []
    for processes in (1, 2):
        losses = tmp_path / f"losses{processes}.json"
        done = launch_script(script, processes, str(file), str(losses))
        assert done.returncode == 0, done.stderr
        told.append(json.loads(losses.read_text()))
    assert told[1] == pytest.approx(told[0], rel=1e-6)


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
