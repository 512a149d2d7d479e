"""Saved queries, watches and classes through the protocol."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas
import pytest

from cmpagl_model import open_index, read_query
from cmpagl_model.search.classes import ClassSentences
from cmpagl_model.search.classify import classify
from tests.cmpagl_model.server.client import RefusedError

PAGE = {"cmpagl_query": 1, "sentence": "a road", "k": 5, "min_relevance": 0.0}


def test_a_query_is_saved_read_and_watched(engine, town, tmp_path):
    file = str(tmp_path / "q.json")
    assert engine.ask("save_query", file=file, query=PAGE) == {"file": file, "query": PAGE}
    assert read_query(file).min_relevance == 0
    assert engine.ask("load_query", file=file)["query"] == PAGE
    look = engine.ask("watch", index=town.index, file=file, keep=False)
    want = open_index(town.index).search("a road", 10_000, min_relevance=0)
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
