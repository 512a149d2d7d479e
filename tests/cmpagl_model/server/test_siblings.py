"""Siblings and growth as the protocol has them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from cmpagl_model.index import build_index
from cmpagl_model.index.underway import Heartbeat
from cmpagl_model.server.messages import PROTOCOL
from cmpagl_model.server.parameters import Hello, Search
from cmpagl_model.server.session import Session
from cmpagl_model.server.work import Work


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
    with Heartbeat(Path(town.index)) as beacon:
        beacon.set_scenes(4)
        beacon.finished()
        beacon.set_scenes(4)
        growing = engine.ask("search", index=town.index, query="a road")
    assert growing["growing"] == {"scenes": 4, "done": 1, "chips": 0, "chips_done": 0}
    assert growing["version"] == found["version"]
    assert "growing" not in engine.ask("search", index=town.index, query="a road")


def test_a_build_that_ends_during_a_search_is_looked_at_once_more(town, tmp_path, make_scene):
    folder = Path(shutil.copytree(town.index, tmp_path / "x.cmpagl"))
    late = make_scene("late.tif", corner=(605_000, 5_700_000), seed=7)
    session, work = Session(), Work(0, lambda *_: None)
    session.hello(Hello(PROTOCOL, "test"), work)
    want = Search(index=str(folder), query="a road", merge=False, siblings=False, k=10_000)
    before = session.search(want, work)
    beacon = Heartbeat(folder).__enter__()
    opened = session.with_encoder(str(folder))
    search = opened.search

    def ending(*words, **options):
        build_index([str(late)], folder, opened.encoder)
        beacon.__exit__(None, None, None)
        return search(*words, **options)

    opened.search = ending
    during = session.search(want, work)
    assert (during.version, during.growing is not None) == (before.version, True)
    after = session.search(want, work)
    assert after.growing is None
    assert after.version > before.version
    assert str(late) in {hit.scene for hit in after.hits}
