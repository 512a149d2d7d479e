"""The command line on an index and scenes in an object store."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cmpagl_model.cli import app
from cmpagl_model.cli.app import run
from cmpagl_model.index.copies import copy_of
from cmpagl_model.index.store import store_at


@pytest.fixture
def index(s3):
    store_at.cache_clear()
    return f"s3://{s3.bucket}/town.cmpagl"


@pytest.mark.weights
@pytest.mark.slow
def test_the_whole_way_by_address(s3, index, make_scene, tmp_path, monkeypatch, capsys):
    scene = s3.put("scenes/a.tif", make_scene("a.tif", 300, 260).read_bytes())
    here = str(tmp_path / "here.cmpagl")
    for output in (here, index):
        assert run(["index", f"s3://{s3.bucket}/scenes/*.tif", "-o", output]) == 0
    said = capsys.readouterr().out
    assert f"{index}: 1 scene ready" in said
    assert f'next: cmpagl search {index} "' in said
    monkeypatch.setenv("CMPAGL_CACHE", str(tmp_path / "other"))
    store_at.cache_clear()
    answers = []
    for place in (here, index):
        assert run(["search", place, "red roofs", "--json"]) == 0
        answers.append(json.loads(capsys.readouterr().out)["hits"])
    assert answers[0] == answers[1]
    assert answers[0][0]["scene"] == scene
    contents = []
    for place in (here, index):
        assert run(["info", place, "--json"]) == 0
        contents.append(json.loads(capsys.readouterr().out)["content"])
    assert contents[0] == contents[1]
    before = len(s3.asked())
    assert run(["verify", index]) == 0
    assert f"{index}: whole" in capsys.readouterr().out
    assert [path for _, path, _ in s3.asked()[before:] if "/parts/" in path]
    assert run(["export", index, "-o", str(tmp_path / "chips.geojson")]) == 0
    assert run(["export", index, "-o", str(copy_of(index) / "chips.geojson")]) == 1
    assert run(["index", f"s3://{s3.bucket}/scenes/", "-o", index]) == 0
    assert "1 of them unchanged" in capsys.readouterr().out


@pytest.mark.weights
@pytest.mark.slow
def test_a_part_damaged_in_the_store_is_found_and_repaired(s3, index, make_scene, capsys):
    assert run(["index", str(make_scene("a.tif", 300, 260)), "-o", index]) == 0
    (part,) = [name for name in s3.names() if "/parts/" in name]
    raw = bytearray(s3.get(part))
    raw[len(raw) // 2] ^= 1
    s3.put(part, bytes(raw))
    assert run(["info", index]) == 0  # the copy is whole
    assert run(["verify", index]) == 3
    assert "damaged part" in capsys.readouterr().err
    assert run(["verify", index, "--repair"]) == 0
    assert part not in s3.names()
    assert run(["verify", index]) == 0


def test_every_command_that_takes_an_index_brings_its_parts():
    folder = Path(app.__file__).parent
    taking = [one for one in folder.glob("*_command.py") if "index_argument" in one.read_text()]
    assert len(taking) > 9
    bringing = ("    bring(index", " request.open()")
    assert not [one.name for one in taking if not any(way in one.read_text() for way in bringing)]


def test_what_cannot_be_opened_is_said_in_words(index, tmp_path, monkeypatch, capsys):
    for words, told in (
        (["search", index, "x"], f"{index}: found no index there"),
        (["info", "s3://no-such-bucket-of-ours/x"], "there is no bucket no-such-bucket-of-ours"),
        (["info", "s3:///x"], "names no bucket"),
        (["index", "a.tif", "-o", "s3://no-such-bucket-of-ours/x"], "there is no bucket"),
        (["info", "ftp://somewhere/x"], "wanted a folder, or s3://, gs:// or az://"),
    ):
        assert run(words) in {1, 2}
        assert told in capsys.readouterr().err
    assert not list((tmp_path / "cache").rglob("store.json"))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    assert run(["info", index]) == 1
    assert "cannot be reached" in capsys.readouterr().err


@pytest.mark.weights
@pytest.mark.slow
@pytest.mark.parametrize("how", ["--engine", "--shard"])
def test_a_cluster_and_shares_work_on_a_store(index, make_scene, how, capfd):
    if how == "--engine":
        pytest.importorskip("distributed", reason="pip install 'cmpagl-qgis[dask]'")
    scene = str(make_scene("a.tif", 300, 260))
    for said in ("1/2", "2/2") if how == "--shard" else ("dask",):
        assert run(["index", scene, "-o", index, how, said]) == 0
    capfd.readouterr()
    assert run(["index", scene, "-o", index]) == 0
    assert f"{index}: 1 scene ready, 1 of them unchanged" in capfd.readouterr().out


@pytest.mark.weights
@pytest.mark.slow
def test_whatever_is_said_of_an_index_by_address_names_the_address(
    s3, index, make_scene, tmp_path, capsys
):
    scene, csv = str(make_scene("a.tif", 300, 260)), tmp_path / "classes.csv"
    csv.write_text("houses,red roofs\nfields,a field\n", encoding="utf-8")
    assert run(["index", scene, "-o", index]) == 0
    out, one = str(tmp_path / "out.tif"), ["--before", "a.tif", "--after", "a.tif"]
    for words, said in (
        (["info", index], index),
        (["verify", index], f"{index}: whole"),
        (["overview", index, "--scene", "none"], f"{index}: found no chip there"),
        (["describe", index, "--scene", "none"], f"{index}: found no chip"),
        (["heatmap", index, "x", "--scene", "none", "-o", out], f"{index}: found 0 scenes"),
        (["change", index, "x", *one[:3], "none"], f"{index}: found no later scene"),
        (["index", scene, "-o", index, "--gsd", "1"], f"{index}: found an index cut with"),
        (["index", scene, "-o", index, "--model", "other"], "other"),
        (["search", index, "x", "--like", "a.tif@1,1"], ""),
        (["search", index, "x", "--scene", "none"], ""),
        (["where", index, "x", "--at", "0,0"], ""),
        (["classify", index, str(csv), "--scene", "none"], ""),
        (["objects", index, "x", "-o", str(copy_of(index))], ""),
    ):
        run(words)
        told = "".join(capsys.readouterr())
        assert said in told, (words, told)
        if not said:
            assert told, words
        if words[0] != "objects":  # who names the copy's folder is answered about it
            assert str(tmp_path / "cache") not in told, (words, told)
    part = next(name for name in s3.names() if "/parts/" in name)
    s3.put(part, s3.get(part)[:-1] + b"?")
    assert run(["verify", index]) == 3
    assert f"{index}: 1 problem" in capsys.readouterr().out
