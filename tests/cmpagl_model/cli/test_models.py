"""``cmpagl models``, and the whole way from scenes to a layer with a model that is not ours."""

from __future__ import annotations

import hashlib
import json

import geopandas
import pytest

from cmpagl_model import open_index
from cmpagl_model.cli.app import run
from cmpagl_model.model_folder import find_model
from cmpagl_model.search.examples import ChipPlace, Examples
from tests.cmpagl_model.encoders.pairs import SIZE, write_pair


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """A model folder; nothing is known by name but the shipped models."""
    monkeypatch.setenv("CMPAGL_MODELS", str(tmp_path / "kept"))
    return write_pair(tmp_path / "toy")


@pytest.fixture
def index(make_scene, toy, tmp_path):
    scene = make_scene("west.tif", seed=1)
    assert run(["index", str(scene), "-o", str(tmp_path / "t.cmpagl"), "--model", str(toy)]) == 0
    return tmp_path / "t.cmpagl"


def refused(capsys, *words):
    """What is said of a command that is refused, one line."""
    assert run([str(word) for word in words]) != 0
    said = capsys.readouterr().err
    assert said.count("\n") == 1, said
    assert said.startswith("cmpagl: ")
    return said


def test_whole_way_with_a_model_that_is_not_ours(make_scene, toy, tmp_path, capsys):
    index = tmp_path / "t.cmpagl"
    assert run(["index", str(make_scene()), "-o", str(index), "--model", str(toy)]) == 0
    said = capsys.readouterr().out
    assert f'next: cmpagl search {index} "boats on a canal beside a factory" --model {toy}' in said
    hits, all_chips = tmp_path / "hits.geojson", tmp_path / "chips.gpkg"
    assert run(["search", str(index), "a road", "--model", str(toy), "-k", "3", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["model"] == {"name": "toy", "fingerprint": find_model(str(toy)).fingerprint}
    scores = [hit["score"] for hit in found["hits"]]
    assert len(scores) == 3
    assert scores == sorted(scores, reverse=True)
    assert all(hit.get("relevance") is None for hit in found["hits"])
    assert run(["search", str(index), "a road", "--model", str(toy), "-o", str(hits)]) == 0
    assert len(geopandas.read_file(hits)) > 0
    assert run(["export", str(index), "-o", str(all_chips)]) == 0
    assert len(geopandas.read_file(all_chips)) == len(open_index(index, model=str(toy)).table)
    assert run(["verify", str(index), "--sample", "5", "--model", str(toy)]) == 0
    capsys.readouterr()
    assert run(["info", str(index)]) == 0
    assert (
        f"model toy, fingerprint {found['model']['fingerprint'][:16]}, {SIZE} numbers a chip"
        in (capsys.readouterr().out)
    )


def test_it_is_searched_by_picture(index, toy):
    opened = open_index(index, model=str(toy))
    first = opened.search("a road", k=1).hits[0]
    place = ChipPlace(first.scene, first.window, first.ground_m)
    again = opened.similar(Examples((place,)), k=1).hits[0]
    assert again.window == first.window
    assert again.score == pytest.approx(1, abs=1e-3)


def test_what_it_cannot_do_is_refused_in_one_line(index, toy, capsys):
    search = ("search", index, "a road")
    assert "found embeddings of toy" in refused(capsys, *search)
    assert "--model FOLDER" in refused(capsys, *search)
    mine = (*search, "--model", toy)
    assert "bank" in refused(capsys, *mine, "--rerank", "smr")
    assert "fusion encoder" in refused(capsys, *mine, "--rerank", "fusion")
    assert "relevance" in refused(capsys, *mine, "--min-relevance", "0.5")
    other = write_pair(toy.parent / "other", seed=1)
    assert "found embeddings of toy" in refused(capsys, *search, "--model", other)
    assert "found no model" in refused(capsys, *search, "--model", toy / "none")


def test_a_model_kept_in_its_place_is_found_by_the_name_in_the_index(index, toy, capsys):
    (toy.parent / "kept").mkdir()
    toy.rename(toy.parent / "kept" / "of mine")
    assert run(["search", str(index), "a road", "-k", "1"]) == 0
    assert run(["verify", str(index), "--sample", "2"]) == 0
    capsys.readouterr()
    assert run(["models"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in said[:-1]] == ["cmpagl_lite", "of mine"]
    assert f"32 px, {SIZE} numbers a chip" in said[1]


def test_a_checkpoint_that_was_converted_is_a_name_of_its_model(make_scene, toy, tmp_path, capsys):
    """Every command takes it; one that was not, or is another file, is refused in one line."""
    kept = toy.parent / "kept" / "of mine"
    kept.parent.mkdir()
    toy.rename(kept)
    checkpoint = tmp_path / "tiny.pt"
    checkpoint.write_bytes(b"weights")
    page = json.loads((kept / "model.json").read_text())
    page["source"] = "open_clip Tiny: tiny.pt"
    page["origin"] = {"repository": "", "revision": "",
                      "checksums": {"tiny.pt": hashlib.sha256(b"weights").hexdigest()}}  # fmt: skip
    (kept / "model.json").write_text(json.dumps(page))
    index, model = str(tmp_path / "t.cmpagl"), f"open_clip:Tiny@{checkpoint}"
    assert run(["index", str(make_scene()), "-o", index, "--model", model]) == 0
    assert run(["search", index, "a road", "--model", model]) == 0
    capsys.readouterr()
    assert "cmpagl models convert" in refused(
        capsys, "search", index, "a road", "--model", f"open_clip:Other@{checkpoint}"
    )
    checkpoint.write_bytes(b"other weights")
    assert "cmpagl models convert" in refused(capsys, "search", index, "a", "--model", model)
    assert "found no" in refused(capsys, "index", tmp_path, "-o", index, "--model", model)


def test_check_says_what_a_model_is_and_tries_it_out(toy, capsys):
    assert run(["models", "check", str(toy)]) == 0
    said = capsys.readouterr().out
    assert f"toy: 32 px, {SIZE} numbers a chip" in said
    assert "licence CC0-1.0; from painted" in said
    assert find_model(str(toy)).fingerprint in said
    assert said.splitlines()[-1] == "whole"


def test_check_finds_towers_that_give_nothing(tmp_path, capsys):
    assert run(["models", "check", str(write_pair(tmp_path / "toy", seed=None))]) == 3
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 4
    assert said[0].endswith("gives what is no unit vector for pictures")
    assert said[3].endswith("gives the same vector for two sentences")


def test_a_damaged_model_does_not_hide_the_others(toy, capsys):
    (toy.parent / "kept" / "torn").mkdir(parents=True)
    (toy.parent / "kept" / "torn" / "model.json").write_text("{")
    assert run(["models"]) == 3
    said = capsys.readouterr()
    assert "cmpagl_lite: " in said.out
    assert said.err.startswith("cmpagl: torn: ")


def test_an_import_says_whether_sentences_find_it(index, toy, tmp_path, capsys):
    file = tmp_path / "x.parquet"
    assert run(["export", str(index), "--embeddings", "-o", str(file)]) == 0

    def said(out, *more):
        assert run(["import", str(file), "-o", str(tmp_path / out), *more]) == 0
        return capsys.readouterr().out.strip()

    assert said("a.cmpagl").endswith("searchable by example")
    mine = said("b.cmpagl", "--model", str(toy))
    assert mine.endswith(f"searchable by example, by sentence with --model {toy}")
    (toy.parent / "kept").mkdir()
    toy.rename(toy.parent / "kept" / "of mine")
    assert said("c.cmpagl").endswith("searchable by sentence and by example")
    assert run(["search", str(tmp_path / "c.cmpagl"), "a road", "-k", "1"]) == 0
