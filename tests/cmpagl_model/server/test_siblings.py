"""Siblings and growth as the protocol has them."""

from __future__ import annotations

import json
from pathlib import Path

from cmpagl_model.index.underway import Beacon


def test_hits_have_siblings_that_come_back_in_a_file(engine, town, tmp_path):
    found = engine.ask("search", index=town.index, query="a road", k=50)
    listed = [one for hit in found["hits"] for one in hit["siblings"]]
    apart = engine.ask("search", index=town.index, query="a road", k=50, siblings=False)
    assert not any(hit["siblings"] for hit in apart["hits"])
    assert len(apart["hits"]) >= len(found["hits"])
    for one in listed:
        assert set(one) >= {"scene", "window", "gsd_m", "ground_m", "score", "overlap", "geometry"}
    output = str(tmp_path / "x.geojson")
    engine.ask("export", index=town.index, hits=found["hits"], query="a road", output=output)
    page = json.loads(Path(output).read_text("utf-8"))
    texts = [one["properties"].get("siblings", "") for one in page["features"]]
    assert [bool(text) for text in texts] == [bool(hit["siblings"]) for hit in found["hits"]]
    like = engine.ask("similar", index=town.index, like=[found["hits"][0]], k=5, siblings=False)
    assert not any(hit["siblings"] for hit in like["hits"])


def test_answers_say_of_which_version_and_that_there_is_more_to_come(engine, town):
    found = engine.ask("search", index=town.index, query="a road")
    assert found["version"] > 0
    assert "growing" not in found
    with Beacon(Path(town.index)) as beacon:
        beacon.given(4)
        beacon.finished()
        beacon.given(4)
        growing = engine.ask("search", index=town.index, query="a road")
    assert growing["growing"] == {"scenes": 4, "done": 1, "chips": 0, "chips_done": 0}
    assert growing["version"] == found["version"]
    assert "growing" not in engine.ask("search", index=town.index, query="a road")
