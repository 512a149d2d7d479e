"""``cmpagl search --save``, ``--query`` and ``cmpagl watch`` as a nightly run meets them."""

from __future__ import annotations

import json
import shutil

import geopandas
import pyproj
import pytest

from cmpagl_model.cli.app import run
from cmpagl_model.index import build_index
from tests.conftest import make_scene as painted
from tiling import ChipSpec


@pytest.fixture(scope="module")
def made(tmp_path_factory, encoder):
    folder = tmp_path_factory.mktemp("watch")
    make = painted.__wrapped__(folder)
    make("one.tif", seed=1)
    make("two.tif", seed=2, corner=(601_000, 5_700_000))
    spec = ChipSpec(ground_sizes_m=(200.0,))
    build_index([str(folder / "one.tif")], folder / "town.cmpagl", encoder, spec)
    return folder


@pytest.fixture
def index(made, tmp_path, monkeypatch):
    shutil.copytree(made / "town.cmpagl", tmp_path / "town.cmpagl")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "town.cmpagl"


def search(capsys, *words):
    code = run(["search", "town.cmpagl", *words, "--json"])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.usefixtures("index")
@pytest.mark.parametrize(
    "words",
    [
        ["a road", "-k", "3", "--min-relevance", "0", "--ground-size", "0,300"],
        ["a road", "--minus", "cars=2", "--like", "2.0,51.45", "--no-merge", "--scene", "one*"],
    ],
)
def test_a_saved_query_is_asked_again(words, capsys):
    lon, lat = pyproj.Transformer.from_crs(32631, 4326, always_xy=True).transform(
        600_200, 5_699_850
    )
    words = [word.replace("2.0,51.45", f"{lon},{lat}") for word in words]
    assert search(capsys, *words, "--save", "q.json") == search(capsys, "--query", "q.json")


@pytest.mark.usefixtures("index")
def test_nothing_is_asked_beside_a_file(capsys):
    assert run(["search", "town.cmpagl", "a road", "--save", "q.json"]) == 0
    capsys.readouterr()
    for words in (["a road"], ["-k", "3"], ["--minus", "x"], ["--bbox", "1,1,2,2"]):
        assert run(["search", "town.cmpagl", "--query", "q.json", *words]) == 2
        assert "found --query with" in capsys.readouterr().err
    assert run(["search", "town.cmpagl", "--query", "q.json", "-o", "hits.csv", "-q"]) == 0


@pytest.mark.usefixtures("index")
def test_a_query_is_written_over_no_other_file(capsys):
    for name in ("town.cmpagl/q.json", "q.txt"):
        assert run(["search", "town.cmpagl", "a road", "--save", name]) == 1
    said = capsys.readouterr().err
    assert "inside the index" in said
    assert "'.txt'" in said


def test_exit_codes_say_whether_there_is_news(index, made, encoder, capsys):
    assert run(["search", "town.cmpagl", "a road", "--min-relevance", "0", "--save", "q.json"]) == 0
    capsys.readouterr()
    assert run(["watch", "town.cmpagl", "q.json"]) == 0
    assert "one.tif" in capsys.readouterr().out
    assert run(["watch", "town.cmpagl", "q.json", "-o", "new.gpkg"]) == 4
    assert "0 new places" in capsys.readouterr().out
    assert not (index.parent / "new.gpkg").exists()
    build_index([str(made / "two.tif")], index, encoder)
    assert run(["watch", "town.cmpagl", "q.json", "-q", "-o", "new.gpkg"]) == 0
    assert capsys.readouterr().out == ""
    assert {scene.rsplit("/", 1)[-1] for scene in geopandas.read_file("new.gpkg")["scene"]} == {
        "two.tif"
    }
    assert run(["watch", "town.cmpagl", "q.json", "--json"]) == 4
    assert json.loads(capsys.readouterr().out)["hits"] == []


@pytest.mark.usefixtures("index")
def test_how_the_sentence_was_read_is_told(capsys):
    assert run(["search", "town.cmpagl", "a road, no cars", "--save", "q.json", "-q"]) == 0
    capsys.readouterr()
    for code in (0, 4):
        assert run(["watch", "town.cmpagl", "q.json"]) == code
        assert "read by parts: a road - without: cars\n" in capsys.readouterr().out
    assert run(["watch", "town.cmpagl", "q.json", "-q"]) == 4
    assert capsys.readouterr().out == ""


def test_what_could_not_be_written_is_shown_again(index, capsys):
    assert run(["search", "town.cmpagl", "a road", "--min-relevance", "0", "--save", "q.json"]) == 0
    assert run(["watch", "town.cmpagl", "q.json", "-o", "absent/new.gpkg"]) == 1
    assert not (index.parent / "q.watch.json").exists()
    for name in ("q.json", "q.watch.json"):
        assert run(["watch", "town.cmpagl", "q.json", "-o", name]) == 1
        assert "found the ending '.json'" in capsys.readouterr().err
    assert run(["watch", "town.cmpagl", "q.json", "-q"]) == 0


def test_refusals_are_one_line(index, capsys):
    (index.parent / "q.json").write_text('{"cmpagl_query": 1, "sentense": "a road"}')
    assert run(["watch", "town.cmpagl", "q.json"]) == 1
    said = capsys.readouterr().err
    assert "unknown setting sentense" in said
    assert said.count("\n") == 1
    assert run(["watch", "town.cmpagl", "absent.json"]) == 1
    assert "absent.json: cannot be read" in capsys.readouterr().err
    assert run(["watch", "absent.cmpagl", "q.json"]) == 1


def test_a_damaged_part_and_no_news_are_told_apart_from_no_news(index, made, encoder, capsys):
    build_index([str(made / "two.tif")], index, encoder)
    min((index / "parts").iterdir()).unlink()
    assert run(["search", "town.cmpagl", "a road", "--min-relevance", "0", "--save", "q.json"]) == 3
    assert run(["watch", "town.cmpagl", "q.json"]) == 0
    capsys.readouterr()
    assert run(["watch", "town.cmpagl", "q.json"]) == 3
    assert "searched without" in capsys.readouterr().err
