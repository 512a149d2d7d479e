"""``cmpagl evaluate`` as a user meets it, with the shipped weights on painted pictures."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest
import torch
from PIL import Image

from cmpagl_model.cli.app import run
from cmpagl_model.config import variant
from cmpagl_model.model_folder import TOKENIZER, find_model
from cmpagl_model.network import create_model, save_pretrained
from cmpagl_model.network.export import export_towers
from tests.cmpagl_model.evaluation.conftest import paint_dataset
from tests.conftest import painted_pixels

WORDS = {"layers": 1, "dim": 24, "heads": 4, "intermediate": 40}
SENTENCES = ["a red field", "a dark red place", "A red field."]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    """Six pictures of val and two of train, with shared sentences."""
    folder = tmp_path_factory.mktemp("evaluate")
    rows = [(number, "val", [*SENTENCES, f"picture {number}"]) for number in range(6)]
    path = paint_dataset(folder, [*rows, (7, "train", ["x"]), (8, "train", ["y"])])
    for number in range(6):
        pixels = painted_pixels(90, 70, seed=number).transpose(1, 2, 0)
        Image.fromarray(pixels).save(folder / "images" / f"{number:03}.png")
    return path


@pytest.fixture(scope="module")
def fusion_model(tmp_path_factory):
    """A model folder: real shape, little width, random weights, with a fusion encoder."""
    folder = tmp_path_factory.mktemp("model") / "small_lite"
    torch.manual_seed(3)
    config = variant("cmpagl_lite", name="small_lite", fusion_layers=1, embedding_size=16)
    gswin = replace(config.image.gswin, dims=(32,), heads=(4,), window=2)
    image = replace(config.image, input_px=64, gswin=gswin)
    model = create_model(replace(config, image=image, text=replace(config.text, **WORDS)))
    save_pretrained(model, folder, find_model().file(TOKENIZER))
    export_towers(folder)
    return folder


def evaluate(dataset, *more, model="cmpagl_lite", split="val"):
    return run(["evaluate", model, str(dataset), "--split", split, "--device", "cpu", *more])


def one_line(text):
    assert text.count("\n") == 1, text
    assert "Traceback" not in text
    return text


def copied(dataset, folder):
    """A copy to damage."""
    (folder / "images").mkdir()
    for path in (dataset, *(dataset.parent / "images").iterdir()):
        (folder / path.relative_to(dataset.parent)).write_bytes(path.read_bytes())
    return folder / dataset.name


def test_table_json_and_markdown_agree(dataset, two_towers, tmp_path, capfd):
    figures, table = tmp_path / "figures.json", tmp_path / "figures.md"
    more = ["--json", str(figures), "--markdown", str(table), "--ceilings"]
    more += ["--images", str(dataset.parent / "images")]
    assert evaluate(dataset, *more, model=str(two_towers)) == 0
    said = capfd.readouterr()
    assert said.err == ""
    assert "dataset.json, split val: 6 images, 24 sentences; model cmpagl_lite" in said.out
    page = json.loads(figures.read_text())
    assert page["images"] == 6
    for way in ("none", "smr"):
        assert set(page[way]) == {"i2t", "t2i", "mR"}
        assert set(page[way]["i2t"]) == set(page[way]["t2i"]) == {"R@1", "R@5", "R@10"}
        assert f"{page[way]['mR']:.2f}" in said.out
        assert f"{page[way]['mR']:.2f}" in table.read_text(encoding="utf-8")
    assert page["none"]["t2i"]["R@10"] == 100.0
    lines = said.out.splitlines()[1:6]
    rows = {line.split()[0]: line.split()[1:] for line in lines}
    assert [len(rows[name]) for name in ("none", "smr", "ceiling")] == [8, 8, 3]
    assert rows["ceiling"][0] == f"{page['ceilings']['t2i']['R@1']:.2f}"
    assert "These weights hold no fusion encoder" in said.out
    assert max(map(len, said.out.splitlines()[1:6])) <= 80


def test_the_same_call_gives_the_same_figures(dataset, tmp_path):
    pages = []
    for name in ("a.json", "b.json"):
        assert evaluate(dataset, "--json", str(tmp_path / name)) == 0
        pages.append((tmp_path / name).read_text())
    assert pages[0] == pages[1]


def test_a_model_with_fusion_is_measured_four_ways(dataset, fusion_model, tmp_path, capsys):
    figures = tmp_path / "figures.json"
    more = ["--json", str(figures), "-k", "2"]
    assert evaluate(dataset, *more, model=str(fusion_model)) == 0
    said = capsys.readouterr().out
    page = json.loads(figures.read_text())
    for way in ("none", "smr", "fusion", "full"):
        assert set(page[way]) == {"i2t", "t2i", "mR"}
        assert f"{page[way]['mR']:.2f}" in said
    assert page["settings"]["rerank"]["k"] == 2
    assert "the best 2 of each direction" in said
    assert max(map(len, said.splitlines()[1:7])) <= 80


def test_ways_are_chosen_by_name(dataset, fusion_model, two_towers, tmp_path, capsys):
    figures = tmp_path / "figures.json"
    more = ["--json", str(figures), "--rerank", "none,fusion", "--rerank", "none"]
    assert evaluate(dataset, *more, model=str(fusion_model)) == 0
    page = json.loads(figures.read_text())
    assert {"none", "fusion"} <= set(page)
    assert not {"smr", "full"} & set(page)
    capsys.readouterr()
    towers = str(two_towers)
    assert evaluate(dataset, "--rerank", "full", model=towers) == 1
    assert "wanted a model with a fusion encoder" in one_line(capsys.readouterr().err)
    assert evaluate(dataset, "--rerank", "best") == 2
    assert evaluate(dataset, "--rerank", "all", "--json", str(figures), model=towers) == 0
    page = json.loads(figures.read_text())
    assert {"none", "smr"} <= set(page)
    assert not {"fusion", "full"} & set(page)


def test_matching_that_is_stopped_leaves_no_file(dataset, fusion_model, tmp_path, monkeypatch):
    from cmpagl_model.cli.progress import EvaluateBar  # noqa: PLC0415

    started = []

    def start(bar, total, what=""):  # noqa: ARG001 - the bar's own parameters
        started.append(what)
        if what == "matching pairs":
            raise KeyboardInterrupt

    monkeypatch.setattr(EvaluateBar, "start", start)
    figures = tmp_path / "figures.json"
    assert evaluate(dataset, "--json", str(figures), model=str(fusion_model)) == 130
    assert started[-1] == "matching pairs"
    assert list(tmp_path.iterdir()) == []


def test_limit_is_said_aloud(dataset, capsys):
    assert evaluate(dataset, "--limit", "2") == 0
    said = capsys.readouterr().out
    assert "2 images, 8 sentences" in said
    assert "Only the first 2 images" in said


def test_unreadable_pictures_are_listed_and_exit_3(dataset, tmp_path, capfd):
    broken = copied(dataset, tmp_path)
    (tmp_path / "images" / "001.png").unlink()
    whole = (tmp_path / "images" / "003.png").read_bytes()
    (tmp_path / "images" / "003.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "images" / "004.png").write_bytes(b"")
    assert evaluate(broken, "--json", str(tmp_path / "f.json")) == 3
    said = capfd.readouterr()
    assert "3 images, 12 sentences" in said.out
    lines = said.err.splitlines()
    assert len(lines) == 3
    for name, line in zip(("001.png", "003.png", "004.png"), lines, strict=True):
        assert line.startswith("cmpagl: measured without")
        assert line.count(name) == 1
    assert len(json.loads((tmp_path / "f.json").read_text())["problems"]) == 3


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"split": "test"}, "found no split 'test' in the captions file; wanted one of train, val"),
        ({"model": "clip"}, "found no model 'clip'; wanted one of"),
        ({"dataset": "absent.json"}, "absent.json: no readable captions file"),
        ({"dataset": "no json"}, 'wanted {"images": [{"filename"'),
        ({"dataset": '{"images": []}'}, "found no picture in the captions file"),
        ({"more": ["--images", "absent"]}, "absent: found no such folder"),
        ({"more": ["--images", "."]}, "next: check --images"),
        ({"more": ["--json", "absent/f.json"]}, "absent/f.json: cannot write a file here"),
        ({"more": ["--markdown", "."]}, "cannot write a file here"),
    ],
)
def test_refusals_are_one_line_and_exit_1(dataset, tmp_path, monkeypatch, capfd, change, said):
    monkeypatch.chdir(tmp_path)
    given = change.pop("dataset", None)
    if given and not given.endswith(".json"):
        (tmp_path / "given.json").write_text(given)
        given = "given.json"
    assert evaluate(given or dataset, *change.pop("more", []), **change) == 1
    shown = capfd.readouterr()
    assert said in one_line(shown.err)
    assert shown.out == ""


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["cmpagl_lite", "x.json"],
        ["cmpagl_lite", "x.json", "--split", "val", "--limit", "0"],
        ["cmpagl_lite", "x.json", "--split", "val", "--device", "tpu"],
    ],
)
def test_wrong_usage_exits_2(arguments, capsys):
    assert run(["evaluate", *arguments]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_classes_are_measured_by_sentence(dataset, tmp_path, capsys):
    for name, number in (("StorageTanks", 0), ("river", 1)):
        (tmp_path / name).mkdir()
        whole = (dataset.parent / "images" / f"{number:03}.png").read_bytes()
        (tmp_path / name / "a.png").write_bytes(whole)
    figures, table = tmp_path / "figures.json", tmp_path / "figures.md"
    call = ["evaluate", "cmpagl_lite", "--classes", str(tmp_path), "--device", "cpu"]
    assert run([*call, "--json", str(figures), "--markdown", str(table)]) == 0
    page = json.loads(figures.read_text())
    said = capsys.readouterr().out
    assert page["top5"] == 100
    assert f"top-1 {page['top1']:.2f} %" in said
    assert "StorageTanks" in said
    assert "| river | 1 |" in table.read_text(encoding="utf-8")
    (tmp_path / "river" / "b.png").write_bytes(b"")
    assert run(call) == 3
    assert "river/b.png" in one_line(capsys.readouterr().err)
    assert run([*call, "--split", "val"]) == 2
    assert run(["evaluate", "cmpagl_lite", "--classes", str(tmp_path / "river")]) == 1
    assert "wanted two classes or more" in capsys.readouterr().err


def test_the_base_install_is_enough(dataset):
    code = (
        "import sys\n"
        "from cmpagl_model.cli.app import run\n"
        f"assert run(['evaluate', 'cmpagl_lite', {str(dataset)!r}, '--split', 'val', "
        "'--device', 'cpu', '--limit', '2']) == 0\n"
        "heavy = {'torch', 'timm', 'transformers', 'geopandas', 'pandas', 'matplotlib'}\n"
        "print(*sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.split() == []


def test_help_says_what_is_measured(capsys):
    assert run(["evaluate", "--help"]) == 0
    said = capsys.readouterr().out
    for word in ("--split NAME", "--ceilings", "--limit N", "bootstrap", "cmpagl evaluate"):
        assert word in said
    assert "\\b" not in said


def test_a_csv_beside_its_pictures_needs_no_folder_of_images(dataset, tmp_path, capfd):
    lines = ["filename,caption,split"]
    for number in range(3):
        name = f"{number:03}.png"
        (tmp_path / name).write_bytes((dataset.parent / "images" / name).read_bytes())
        lines.append(f"{name},picture {number},val")
    (tmp_path / "captions.csv").write_text("\n".join(lines), encoding="utf-8")
    assert evaluate(tmp_path / "captions.csv", "--rerank", "none", "-q") == 0
    assert "3 images, 3 sentences" in capfd.readouterr().out
