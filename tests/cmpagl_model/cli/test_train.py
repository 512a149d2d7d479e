"""``cmpagl train`` as a user meets it: a run from captions to a model that indexes scenes."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time

import pytest
import torch
from safetensors.torch import load_file

from cmpagl_model.cli.app import run
from cmpagl_model.training import finish, run_logger
from tests.cmpagl_model.training.tiny import write_tiny_run


@pytest.fixture(autouse=True)
def _one_thread():
    torch.set_num_threads(1)


@pytest.fixture
def no_curve(monkeypatch):
    """Drawing takes longer than the steps here."""
    monkeypatch.setattr(run_logger, "plot_curve", lambda *_: None)


@pytest.fixture
def no_graphs(monkeypatch, no_curve):  # noqa: ARG001 - what is not looked at is not made
    """Neither the curve nor the model's graphs, for tests that look at neither."""
    monkeypatch.setattr(finish, "export_towers", lambda _: None)


def one_line(text):
    assert text.count("\n") == 1, text
    assert "Traceback" not in text
    return text


def test_from_captions_to_a_model_that_finds_places(tmp_path, make_scene, capfd):
    """Train, go on without anything to do, index and search with what came out."""
    file = write_tiny_run(tmp_path / "a")
    assert run(["train", str(file)]) == 0
    said = capfd.readouterr()
    model = tmp_path / "a" / "run" / "model"
    steps, following = said.out.splitlines()
    assert steps.startswith("8 steps, best mR on val ")
    assert steps.endswith(f"; model in {model}")
    assert following.startswith(f"next: cmpagl index SCENES/ -o town.cmpagl --model {model}, and")
    told = [line.split(":")[0] for line in said.err.splitlines()]  # no terminal: lines, no bar
    assert told[0] == "reading pictures"
    assert told[-3:] == ["training", "epoch 1", "epoch 2"]
    assert "val mR" in said.err
    names = {path.name for path in (tmp_path / "a" / "run").iterdir()}
    assert names == {
        "best.safetensors", "checkpoint.pt", "curve.png", "log.jsonl", "model", "tensorboard",
    }  # fmt: skip
    fitted = load_file(model / "model.safetensors")["compression.weight"].float()
    torch.testing.assert_close(fitted @ fitted.T, torch.eye(len(fitted)), atol=2e-2, rtol=0)
    assert not fitted.equal(load_file(tmp_path / "a/tiny/model.safetensors")["compression.weight"])
    scene, index = make_scene("town.tif", gsd=0.5), tmp_path / "town.cmpagl"
    arguments = ["index", str(scene), "-o", str(index), "--model", str(model), "--device", "cpu"]
    assert run(arguments) == 0
    assert run(["search", str(index), "red land", "-k", "2", "--model", str(model)]) == 0
    capfd.readouterr()
    assert run(["train", str(file), "-q"]) == 0
    said = capfd.readouterr()
    assert said.out.startswith("8 steps, best mR on val ")
    assert said.err == "cmpagl: going on after step 8\n"


@pytest.mark.usefixtures("no_curve")
@pytest.mark.parametrize("stage", ["joint", "fusion"])
def test_a_trained_fusion_encoder_stays_in_the_model(tmp_path, capfd, stage):
    file = write_tiny_run(tmp_path / "a", stage=stage, picture_px=64)
    assert run(["train", str(file), "--epochs", "1", "-q"]) == 0
    assert capfd.readouterr().out.startswith("4 steps, best mR")
    config = json.loads((tmp_path / "a/run/model/config.json").read_text())
    assert config["fusion_layers"] == 1
    trained = load_file(tmp_path / "a/run/model/model.safetensors")
    before = load_file(tmp_path / "a/tiny/model.safetensors")
    moved = {name for name, value in trained.items() if not value.equal(before[name])}
    assert "fusion.head.weight" in moved
    assert ("text_projection.weight" in moved) == (stage == "joint")


@pytest.mark.usefixtures("no_graphs")
def test_options_go_before_the_file(tmp_path, capfd):
    file = write_tiny_run(tmp_path / "a")
    before = json.loads((tmp_path / "a/tiny/config.json").read_text())
    out = tmp_path / "elsewhere"
    more = ["-o", str(out), "--epochs", "1", "--device", "cpu", "--init", str(tmp_path / "a/tiny")]
    assert run(["train", str(file), "-q", *more]) == 0
    assert capfd.readouterr().out.startswith("4 steps")
    assert json.loads((out / "model/config.json").read_text()) == {**before, "fusion_layers": 0}
    assert not (tmp_path / "a" / "run").exists()


@pytest.mark.usefixtures("no_graphs")
def test_missing_and_damaged_pictures_are_named_and_the_run_ends(tmp_path, capfd):
    file = write_tiny_run(tmp_path / "a")
    (tmp_path / "a" / "red_3.jpg").unlink()
    (tmp_path / "a" / "blue_3.jpg").write_text("no picture")
    (tmp_path / "a" / "val_grey_0.jpg").write_text("no picture")
    assert run(["train", str(file), "--epochs", "1"]) == 3
    said = capfd.readouterr()
    assert said.out.startswith("3 steps")
    assert "1 picture left out" in said.err
    assert "red_3.jpg: found no such picture" in said.err
    for name in ("blue_3.jpg", "val_grey_0.jpg"):
        assert f"{name}: no readable picture" in said.err


@pytest.mark.usefixtures("no_graphs")
def test_without_val_the_last_weights_are_kept(tmp_path, capfd):
    file = write_tiny_run(tmp_path / "a")
    captions = tmp_path / "a" / "captions.csv"
    rows = [row for row in captions.read_text().splitlines() if not row.startswith("val_")]
    captions.write_text("\n".join(rows) + "\n")
    assert run(["train", str(file), "--epochs", "1"]) == 0
    said = capfd.readouterr()
    assert "found no picture with split val, so nothing is measured" in said.err
    assert "mR" not in said.out + said.err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"epoch": 3}, "run.toml: unknown setting epoch; known are"),
        ({"init": "nowhere"}, "nowhere"),
        ({"variant": "cmpagl_base"}, "found weights of cmpagl_lite"),
        ({"stage": "joint", "fusion_layers": 0}, 'found "joint" and a model without fusion'),
        ({"gswin": {"block": "replace"}}, "set [gswin] as those weights have it"),
        ({"init": "", "start": {"text": "tiny"}}, "found one of image and text, wanted both"),
        ({"init": "", "start": {"text": "tiny", "image": "captions.csv"}}, "no readable image wei"),
    ],
)
def test_refusals_are_one_line(tmp_path, capfd, change, said):
    file = write_tiny_run(tmp_path / "a", **{k: v for k, v in change.items() if k not in TABLES})
    tables = [f"[{k}]\n" + "".join(f'{a} = "{b}"\n' for a, b in v.items())
              for k, v in change.items() if k in TABLES]  # fmt: skip
    file.write_text(file.read_text() + "".join(tables))
    assert run(["train", str(file)]) == 1
    assert said in one_line(capfd.readouterr().err)


TABLES = {"gswin", "start"}


def test_no_picture_at_all_is_refused(tmp_path, capfd):
    file = write_tiny_run(tmp_path / "a")
    for path in (tmp_path / "a").glob("*.jpg"):
        path.unlink()
    assert run(["train", str(file)]) == 1
    assert "found none of its 20 pictures" in one_line(capfd.readouterr().err)


def test_a_damaged_checkpoint_is_refused(tmp_path, capfd):
    file = write_tiny_run(tmp_path / "a")
    (tmp_path / "a" / "run").mkdir()
    (tmp_path / "a" / "run" / "checkpoint.pt").write_bytes(b"\x80\x04 not a checkpoint")
    assert run(["train", str(file)]) == 1
    said = one_line(capfd.readouterr().err)
    assert "checkpoint.pt: found a damaged file" in said
    assert "remove it to begin anew" in said


def test_without_torch_the_extras_are_named(tmp_path, capfd, monkeypatch):
    whole = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *a: None if name == "torch" else whole(name, *a)
    )
    assert run(["train", str(tmp_path / "run.toml")]) == 1
    said = one_line(capfd.readouterr().err)
    assert "found no torch" in said
    assert "pip install 'cmpagl-qgis[torch,train]'" in said


def test_help_needs_no_torch():
    code = (
        "import sys; from cmpagl_model.cli.app import run; run(['--help']); run(['train', '-h']);"
        "sys.exit('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "train" in done.stdout
    assert "CONFIG.toml" in done.stdout


@pytest.mark.usefixtures("no_graphs")
def test_ctrl_c_saves_and_the_same_command_goes_on(tmp_path):
    """The real thing: a process of its own, stopped while it steps."""
    file = write_tiny_run(tmp_path / "a")
    text = file.read_text().replace("epochs = 2", "epochs = 400")
    file.write_text(text)
    command = [sys.executable, "-m", "cmpagl_model.cli", "train", str(file)]
    log = tmp_path / "a" / "run" / "log.jsonl"
    child = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"}
    )
    deadline = time.monotonic() + 300
    while not log.exists() and time.monotonic() < deadline and child.poll() is None:
        time.sleep(0.2)
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=300)
    assert child.returncode == 130, said
    last = said.splitlines()[-1]
    assert last.startswith("cmpagl: stopped after step ")
    assert f"checkpoint saved in {tmp_path / 'a' / 'run'}; to go on: cmpagl train {file}" in last
    step = int(last.split()[4].rstrip(",").replace(",", ""))
    assert step >= 4
    epochs = -(-(step + 1) // 4)
    file.write_text(text.replace("epochs = 400", f"epochs = {epochs}"))
    assert run(["train", str(file), "-q"]) == 0
    rows = [json.loads(row) for row in log.read_text().splitlines()]
    assert [row["epoch"] for row in rows if "epoch" in row] == list(range(1, epochs + 1))
