"""The engine with a model that is not ours: what the dock does with ``model`` in its hello."""

from __future__ import annotations

import pytest

from cmpagl_model.encoders import open_encoder
from cmpagl_model.index import build_index
from tests.cmpagl_model.encoders.pairs import SIZE, write_pair
from tests.cmpagl_model.server.client import RefusedError
from tests.conftest import make_scene as painted


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    return write_pair(tmp_path_factory.mktemp("models") / "toy")


@pytest.fixture(scope="module")
def index(tmp_path_factory, toy):
    folder = tmp_path_factory.mktemp("town")
    scene = painted.__wrapped__(folder)("west.tif", seed=1)
    build_index([str(scene)], folder / "t.cmpagl", open_encoder(str(toy), device="cpu"))
    return str(folder / "t.cmpagl")


def hello(client, **said):
    return client.ask("hello", protocol=1, client="tests", device="cpu", **said)


def test_it_is_searched_grown_and_compared(start, index, toy, make_scene):
    engine = start(greet=False)
    greeting = hello(engine, model=str(toy))
    assert greeting["model"]["name"] == "toy"
    assert greeting["rerank"] == ["none"]
    opened = engine.ask("open", index=index)
    assert opened["searchable"]
    assert opened["embedding_size"] == SIZE
    east = make_scene("east.tif", corner=(601_000, 5_700_000), seed=2)
    planned = engine.ask("plan", index=index, inputs=[str(east)])
    assert engine.ask("speed", index=index)["chips_per_s"] > 0
    grown = engine.ask("index", index=index, inputs=[str(east)])
    assert grown["encoded"] == sum(size["chips"] for size in planned["scenes"][0]["sizes"])
    found = engine.ask("search", index=index, query="a road", k=5)
    assert len(found["hits"]) == 5
    assert found["found"]
    assert "cutoff" not in found
    assert "relevance" not in found["hits"][0]
    like = engine.ask("similar", index=index, query="a road", like=[found["hits"][0]], k=1)
    assert like["hits"][0]["window"] == found["hits"][0]["window"]
    with pytest.raises(RefusedError, match="relevance"):
        engine.ask("search", index=index, query="a road", min_relevance=0.5)
    with pytest.raises(RefusedError, match="bank"):
        engine.ask("search", index=index, query="a road", rerank="smr")


def test_the_shipped_model_does_not_search_it_and_says_why(start, index):
    engine = start(greet=False)
    hello(engine, model="cmpagl_lite")
    opened = engine.ask("open", index=index)
    assert not opened["searchable"]
    assert "found embeddings of toy" in opened["why_not"]


def test_a_model_kept_in_its_place_is_found_by_the_name_in_the_index(
    start, index, toy, monkeypatch
):
    monkeypatch.setenv("CMPAGL_MODELS", str(toy.parent))
    engine = start(greet=False)
    assert hello(engine)["model"]["name"] == "cmpagl_lite"
    assert engine.ask("open", index=index)["searchable"]
    assert engine.ask("search", index=index, query="a road", k=1)["hits"]


def test_hello_with_a_model_that_is_not_whole_is_refused_in_one_line(start, tmp_path):
    (write_pair(tmp_path / "torn") / "text.onnx").unlink()
    with pytest.raises(RefusedError, match=r"no text\.onnx in this model folder") as refusal:
        hello(start(greet=False), model=str(tmp_path / "torn"))
    assert "\n" not in str(refusal.value)
