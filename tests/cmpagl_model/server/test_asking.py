"""Saved queries, watches and classes through the protocol."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas
import pytest

from cmpagl_model import open_index, read_query
from cmpagl_model.search import ChipPlace
from cmpagl_model.search.classes import ClassSentences
from cmpagl_model.search.classify import classify
from cmpagl_model.search.describe import describe
from cmpagl_model.search.overview import overview
from cmpagl_model.search.reference import read_reference
from tests.cmpagl_model.server.client import RefusedError
from tiling import Window

PAGE = {"cmpagl_query": 1, "sentence": "a road", "k": 5, "min_relevance": 0.0}


def test_a_query_is_saved_read_and_watched(engine, town, tmp_path):
    file = str(tmp_path / "q.json")
    assert engine.ask("save_query", file=file, query=PAGE) == {"file": file, "query": PAGE}
    assert read_query(file).min_relevance == 0
    assert engine.ask("load_query", file=file)["query"] == PAGE
    look = engine.ask("watch", index=town.index, file=file, keep=False)
    want = open_index(town.index).search("a road", 10_000, min_relevance=0, siblings=False)
    assert len(look["answer"]["hits"]) == len(want.hits)
    assert look["known"] == 0
    assert engine.ask("watch", index=town.index, file=file) == {
        **look, "answer": {**look["answer"], "seconds": pytest.approx(0, abs=100)},
    }  # fmt: skip
    again = engine.ask("watch", index=town.index, file=file)
    assert (again["answer"]["hits"], again["answer"]["found"]) == ([], False)
    assert again["known"] == len(want.hits)


@pytest.mark.parametrize(
    ("method", "params", "said"),
    [
        ("save_query", {"file": "q.json", "query": PAGE}, "wanted an absolute path"),
        ("save_query", {"file": "TMP/q.json", "query": {**PAGE, "kk": 1}}, "unknown setting kk"),
        ("save_query", {"file": "TMP/q.txt", "query": PAGE}, "found the ending '.txt'"),
        ("load_query", {"file": "TMP/none.json"}, "cannot be read"),
        ("watch", {"index": "TOWN", "file": "TMP/none.json"}, "cannot be read"),
        ("classify", {"index": "TOWN", "classes": "TMP/c.csv", "output": "x.gpkg"}, "absolute"),
        ("classify", {"index": "TOWN", "classes": "TMP/c.csv", "output": "TMP/x.gpkg"}, "line 1"),
        ("classify", {"index": "TOWN", "classes": "TMP/c.csv", "map": "TMP/x.txt"}, "ending"),
        ("describe", {"index": "TOWN"}, "both or neither"),
        (
            "describe",
            {"index": "TOWN", "place": {"lon": 0, "lat": 0}, "sentences": "TMP/c.csv"},
            "no chip at longitude",
        ),
        ("describe", {"index": "TOWN", "place": {"lon": 0}}, "lat"),
        ("describe", {"index": "TOWN", "where": {"scenes": ["w*"]}, "k": 0}, "found k = 0"),
        ("overview", {"index": "TOWN", "output": "TMP/x.tif"}, "ending '.tif'"),
        ("overview", {"index": "TOWN", "areas": "TMP/x.gpkg"}, "ending '.gpkg'"),
        ("overview", {"index": "TOWN", "groups": 1}, "wanted 2 to 50"),
        ("overview", {"index": "TOWN", "sentences": "TMP/none.txt"}, "cannot be read"),
    ],
)
def test_refusals(engine, town, tmp_path, method, params, said):
    (tmp_path / "c.csv").write_text("road")
    places = {"TOWN": town.index}
    asked = {
        name: places.get(value, value.replace("TMP", str(tmp_path)))
        if isinstance(value, str) else value
        for name, value in params.items()
    }  # fmt: skip
    with pytest.raises(RefusedError, match=said):
        engine.ask(method, **asked)


def test_classes_are_those_of_the_library(engine, town, tmp_path):
    (tmp_path / "c.csv").write_text("road,a road,cars on a road\nwater,a lake\n")
    want = classify(
        open_index(town.index),
        [
            ClassSentences("road", ("a road", "cars on a road")),
            ClassSentences("water", ("a lake",)),
        ],
        min_relevance=0.0,
    )
    output = str(tmp_path / "x.geojson")
    said = engine.ask(
        "classify", index=town.index, classes=str(tmp_path / "c.csv"), output=output,
        min_relevance=0.0, areas=str(tmp_path / "a.csv"),
    )  # fmt: skip
    assert said["count"] == len(want.rows)
    assert "accuracy" not in said
    frame = geopandas.read_file(output)
    assert frame["class"].tolist() == [want.names[kind] for kind in want.class_of]
    assert [one["name"] for one in said["classes"]] == ["road", "water", "none"]
    assert Path(tmp_path, "a.csv").read_text().count("\n") == 4
    labels = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"class": "road"},
             "geometry": json.loads(frame.geometry[:1].to_json())["features"][0]["geometry"]},
        ],
    }  # fmt: skip
    (tmp_path / "known.geojson").write_text(json.dumps(labels))
    said = engine.ask(
        "classify", index=town.index, classes=str(tmp_path / "c.csv"), output=output,
        labels=str(tmp_path / "known.geojson"), accuracy=str(tmp_path / "how.csv"),
    )  # fmt: skip
    assert said["accuracy"]["samples"] > 0
    assert Path(tmp_path, "how.csv").is_file()


def test_a_place_is_described_as_by_the_library(engine, town, tmp_path):
    (tmp_path / "words.txt").write_text("a road\na lake\nhouses\n")
    words, index = str(tmp_path / "words.txt"), open_index(town.index)
    hit = engine.ask("search", index=town.index, query="a road", k=1)["hits"][0]
    found = engine.ask("describe", index=town.index, place=hit, sentences=words, k=2)
    place = ChipPlace(hit["scene"], Window(*hit["window"]), hit["ground_m"])
    want = describe(index, place, 2, reference=read_reference(Path(words)))
    assert [one["sentence"] for one in found["said"]] == [one.sentence for one in want.said]
    assert (found["chips"], found["found"], found["notice"]) == (1, want.found, want.notice)
    area = engine.ask("describe", index=town.index, where={"scenes": ["west*"]}, sentences=words)
    assert area["chips"] > 1
    assert len(area["said"]) == 3
    with pytest.raises(RefusedError, match="of unknown date") as refused:
        engine.ask("describe", index=town.index, where={"scenes": ["west*"], "from_date": "2020"})
    assert refused.value.data == {"kind": "NoPlaceError", "undated": area["chips"]}


def test_a_first_look_is_that_of_the_library(engine, town, tmp_path):
    (tmp_path / "words.txt").write_text("a road\na lake\nhouses\n")
    words, output = str(tmp_path / "words.txt"), str(tmp_path / "look.gpkg")
    found = engine.ask(
        "overview", index=town.index, groups=3, output=output, areas=str(tmp_path / "a.csv"),
        sentences=words,
    )  # fmt: skip
    want = overview(open_index(town.index), 3, reference=read_reference(Path(words)))
    assert found["count"] == len(want.found.rows)
    assert [one["name"] for one in found["groups"]] == [one.name for one in want.groups]
    assert set(geopandas.read_file(output)["class"]) <= {one.name for one in want.groups}
    assert (tmp_path / "look.qml").is_file()
    assert (tmp_path / "a.csv").read_text().count("\n") == len(want.groups) + 1
    (tmp_path / "c.csv").write_text("road,a road\nwater,a lake\n")
    mapped = engine.ask(
        "classify", index=town.index, classes=str(tmp_path / "c.csv"), map=str(tmp_path / "m.gpkg")
    )
    assert "output" not in mapped
    shares = geopandas.read_file(mapped["map"]).groupby("class")["area_m2"].sum()
    for one in mapped["classes"]:
        assert shares.get(one["name"], 0) == pytest.approx(one["area_m2"], abs=1)
