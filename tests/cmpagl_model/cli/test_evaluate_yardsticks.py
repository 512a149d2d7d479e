"""``cmpagl evaluate --yardsticks`` as a user meets it, with the shipped weights."""

import json
import tempfile

import pytest

from cmpagl_model.cli.app import run
from cmpagl_model.cli.progress import EvaluateBar
from tests.cmpagl_model.evaluation.conftest import paint_dataset


@pytest.fixture
def data(tmp_path):
    """Six held-back pictures of UCM, and nothing else."""
    folder = tmp_path / "data" / "ucm"
    rows = [(number, "val", [f"picture {number}", "a red field"]) for number in range(6)]
    paint_dataset(folder, rows).rename(folder / "dataset_ucm.json")
    return folder.parent


def yardsticks(data, *more):
    return run(["evaluate", "cmpagl_lite", "--yardsticks", str(data), "--device", "cpu", *more])


def test_one_yardstick_alone_is_printed_and_written(data, tmp_path, capfd):
    figures, table = tmp_path / "f.json", tmp_path / "f.md"
    call = ["--only", "ucm", "--json", str(figures), "--markdown", str(table)]
    assert yardsticks(data, *call) == 0
    said = capfd.readouterr()
    assert said.err == ""
    rows = json.loads(figures.read_text(encoding="utf-8"))["rows"]
    assert [(row["yardstick"], row["rerank"]) for row in rows] == [("ucm", "none"), ("ucm", "smr")]
    for row in rows:
        value = f"{row['main']['mR']['value']:.2f}"
        assert f"mR {value}" in said.out
        assert f"mR **{value}**" in table.read_text(encoding="utf-8")
    assert max(map(len, said.out.splitlines()[:4])) <= 100


def test_what_is_missing_is_named_and_exits_3(data, capfd):
    assert yardsticks(data, "--rerank", "none", "-q") == 3
    said = capfd.readouterr()
    assert "ucm " in said.out
    lines = said.err.splitlines()
    assert all(line.startswith("cmpagl: measured without yardstick ") for line in lines)
    assert "found no" in lines[0]
    assert "dataset_rsicd.json" in lines[0]


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (["--only", "rsicd,beauty"], 2, "found 'beauty', wanted some of rsicd, other-words"),
        (["--only", "scenes"], 1, "found the data of no yardstick"),
        (["--split", "val"], 2, "found split with --yardsticks"),
        (["--prompt", "a {class}"], 2, "found prompt with --yardsticks"),
        (["--classes", "."], 2, "wanted either DATASET.json or --classes DIR or --yardsticks"),
        (["--markdown", "absent/f.md"], 1, "cannot write a file here"),
    ],
)
def test_refusals(data, capfd, more, code, said):
    assert yardsticks(data, *more) == code
    shown = capfd.readouterr()
    assert said in shown.err
    assert "Traceback" not in shown.err
    assert shown.out == ""


def test_only_belongs_to_yardsticks(data, capfd):
    file = data / "ucm" / "dataset_ucm.json"
    call = ["evaluate", "cmpagl_lite", str(file), "--split", "val", "--only", "ucm"]
    assert run(call) == 2
    assert "wanted it with --yardsticks only" in capfd.readouterr().err


@pytest.mark.scenes
def test_stopping_leaves_no_index_and_no_file(data, real_scenes, tmp_path, monkeypatch):
    (data / "scenes").mkdir()
    for path in real_scenes.glob("*.tif"):
        (data / "scenes" / path.name).symlink_to(path)
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(work))
    begun = []

    def advance(bar, count, of=""):  # noqa: ARG001 - the bar's own parameters
        begun.extend(work.iterdir())
        raise KeyboardInterrupt

    monkeypatch.setattr(EvaluateBar, "advance", advance)
    figures = tmp_path / "f.json"
    assert yardsticks(data, "--only", "scenes", "--json", str(figures)) == 130
    assert len(begun) == 1
    assert not list(work.iterdir())
    assert not figures.exists()
