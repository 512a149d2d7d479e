"""Arguments in the wrong order, halves of a point, and addresses where a file is wanted."""

from __future__ import annotations

import pytest

from cmpagl_model.cli.app import run
from cmpagl_model.index import build_index
from tiling import ChipSpec


@pytest.fixture(scope="module")
def index(tmp_path_factory, encoder):
    from tests.conftest import make_scene  # noqa: PLC0415 - one scene for all tests here

    folder = tmp_path_factory.mktemp("arguments")
    scene = make_scene.__wrapped__(folder)("a.tif", seed=1)
    build_index([str(scene)], folder / "town.cmpagl", encoder, ChipSpec(native=True))
    (folder / "q.json").write_text('{"cmpagl_query": 1, "sentence": "boats"}')
    (folder / "c.csv").write_text("roofs,coloured roofs\n")
    return folder / "town.cmpagl"


@pytest.mark.parametrize(
    "words",
    [
        ["search", "a road", "INDEX"],
        ["search", "q.json", "INDEX"],
        ["watch", "q.json", "INDEX"],
        ["classify", "c.csv", "INDEX", "-o", "x.gpkg"],
        ["objects", "a road", "INDEX", "-o", "x.gpkg"],
        ["heatmap", "a road", "INDEX", "--scene", "a", "-o", "x.tif"],
        ["where", "a road", "INDEX", "--at", "4,51"],
        ["change", "a road", "INDEX", "--before", "a", "--after", "b"],
        ["describe", "4.31,51.92", "INDEX"],
        ["search", "a road", "s3://bucket/town.cmpagl"],
    ],
)
def test_an_index_that_does_not_stand_first_is_told(index, monkeypatch, capsys, words):
    monkeypatch.chdir(index.parent)
    files = sorted(index.parent.iterdir())
    assert run([str(index) if word == "INDEX" else word for word in words]) == 2
    told = " ".join(capsys.readouterr().err.split())
    assert f"found {words[1]}, which is no index, before" in told
    assert "wanted INDEX first; next: swap them" in told
    assert sorted(index.parent.iterdir()) == files


def test_a_file_alone_is_told_from_a_damaged_index(index, monkeypatch, capsys):
    monkeypatch.chdir(index.parent)
    assert run(["search", "q.json", "a road"]) == 1
    assert "q.json: found a file, wanted the folder of an index" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "step"),
    [
        (["watch", "INDEX", "s3://bucket/q.json"], "give INDEX first, or copy the file here"),
        (["watch", "q.json", "s3://bucket/town.cmpagl"], "give INDEX first"),
        (["classify", "INDEX", "https://x.org/c.csv", "-o", "x.gpkg"], "give INDEX first, or copy"),
        (["search", "INDEX", "a road", "-o", "gs://bucket/x.gpkg"], "name one"),
        (["search", "INDEX", "a road", "--within", "az://bucket/x.geojson"], "name one"),
        (["overview", "INDEX", "--areas", "s3://bucket/a.csv"], "name one"),
        (["evaluate", "model", "s3://bucket/dataset.json"], "name one"),
        (["evaluate", "model", "--classes", "s3://bucket/eurosat"], "name one"),
    ],
)
def test_an_address_is_no_file(index, monkeypatch, capsys, words, step):
    monkeypatch.chdir(index.parent)
    assert run([str(index) if word == "INDEX" else word for word in words]) == 2
    told = " ".join(capsys.readouterr().err.split())
    assert "found the address " in told
    kind = "folder" if "--classes" in words else "file"
    assert f"wanted a {kind} on this machine; next: {step}" in told


@pytest.mark.parametrize(
    "place", [["4.31"], ["4.31", "51.92"], ["-77.5"], ["-.5"], ["51.92N,4.31E"]]
)
def test_half_a_point_says_what_a_point_is(index, capsys, place):
    assert run(["describe", str(index), *place]) == 1
    told = capsys.readouterr().err
    assert f"found '{' '.join(place)}', wanted LON,LAT" in told
    assert "next: give both numbers, longitude first, and a comma between" in told


def test_a_point_with_a_blank_behind_the_comma_is_one(index, capsys):
    assert run(["describe", str(index), "-77.5,", "39"]) == 1
    assert "found no chip at longitude -77.5, latitude 39" in capsys.readouterr().err
