"""``cmpagl overview``, ``describe`` and ``classify --map`` as a user meets them."""

from __future__ import annotations

import csv
import json

import geopandas
import pytest

from cmpagl_model.cli.app import run
from cmpagl_model.index import build_index
from cmpagl_model.search import Filter, open_index
from cmpagl_model.search.describe import describe
from cmpagl_model.search.overview import overview
from tests.conftest import make_scene as painted
from tiling import ChipSpec


@pytest.fixture(scope="module")
def index(tmp_path_factory, encoder):
    folder = tmp_path_factory.mktemp("look")
    scene = painted.__wrapped__(folder)("town.tif", width=400, height=400)
    build_index([str(scene)], folder / "town.cmpagl", encoder, ChipSpec(ground_sizes_m=(100.0,)))
    return folder / "town.cmpagl"


def test_a_first_look_is_told_and_written(index, tmp_path, capsys):
    words = ["overview", str(index), "--groups", "3", "-o", str(tmp_path / "x.gpkg")]
    assert run([*words, "--areas", str(tmp_path / "a.csv")]) == 0
    want = overview(open_index(index), 3)
    told = capsys.readouterr().out
    assert all(one.name in told for one in want.groups)
    assert set(geopandas.read_file(tmp_path / "x.gpkg")["class"]) <= {
        one.name for one in want.groups
    }
    assert (tmp_path / "x.qml").is_file()
    with (tmp_path / "a.csv").open() as file:
        assert [row["class"] for row in csv.DictReader(file)] == [one.name for one in want.groups]
    assert run(["overview", str(index), "--groups", "3", "--json"]) == 0
    page = json.loads(capsys.readouterr().out)
    assert [one["chips"] for one in page["groups"]] == [one.chips for one in want.groups]


def test_a_place_and_an_area_are_described(index, tmp_path, capsys):
    (tmp_path / "w.txt").write_text("a road\na lake\n")
    assert run(["describe", str(index), "town@0,0", "--sentences", str(tmp_path / "w.txt")]) == 0
    assert "a lake" in capsys.readouterr().out
    assert run(["describe", str(index), "--scene", "town*", "--json"]) == 0
    page = json.loads(capsys.readouterr().out)
    want = describe(open_index(index), Filter(scenes=("town*",)))
    assert [one["sentence"] for one in page["said"]] == [one.sentence for one in want.said]
    assert page["chips"] == want.chips


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["describe", "INDEX"], "neither a place nor an area"),
        (["describe", "INDEX", "1,2", "--scene", "town"], "a place and an area"),
        (["describe", "INDEX", "1,2"], "found no chip at longitude 1"),
        (["describe", "INDEX", "-1.5,2"], "found no chip at longitude -1.5"),
        (["describe", "INDEX", "here"], "wanted LON,LAT in degrees"),
        (["describe", "INDEX", "town@0,0", "--sentences", "none.txt"], "cannot be read"),
        (["overview", "INDEX", "--groups", "1"], "wanted 2 to 50"),
        (["overview", "INDEX", "-o", "x.tif"], "found the ending '.tif'"),
        (["overview", "INDEX", "-o", "x.csv", "--areas", "x.csv"], "of the same command"),
        (["classify", "INDEX", "c.csv", "--map", "x.tif"], "found the ending '.tif'"),
    ],
)
def test_wrong_words_are_refused_in_one_line(index, tmp_path, monkeypatch, capsys, words, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "c.csv").write_text("road,a road\n")
    assert run([str(index) if word == "INDEX" else word for word in words]) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert said in err
    assert not list(tmp_path.glob("x.*"))


def test_classes_become_the_ground_by_class(index, tmp_path, capsys):
    (tmp_path / "c.csv").write_text("road,a road\nlake,a lake\n")
    words = ["classify", str(index), str(tmp_path / "c.csv"), "--map", str(tmp_path / "m.geojson")]
    assert run([*words, "--min-relevance", "0"]) == 0
    assert "m.geojson" in capsys.readouterr().out
    assert set(geopandas.read_file(tmp_path / "m.geojson")["class"]) <= {"road", "lake"}
    assert (tmp_path / "m.qml").is_file()
