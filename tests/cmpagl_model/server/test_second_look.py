"""Re-ranking through the engine, with a model of the client's choice that has a fusion encoder."""

from __future__ import annotations

import pytest

from cmpagl_model import open_index
from tests.cmpagl_model.server.client import Client, RefusedError

QUERY = "a road beside a river"


@pytest.fixture(scope="module")
def client(fusion_model):
    engine = Client(greet=False)
    engine.greeting = engine.ask(
        "hello", protocol=1, client="tests", model=str(fusion_model.path), device="cpu"
    )
    yield engine
    engine.kill()


def test_hello_tells_what_the_model_can_do(client, fusion_model):
    assert client.greeting["rerank"] == ["none", "smr", "fusion", "full"]
    assert client.greeting["model"]["fingerprint"] == fusion_model.fingerprint


@pytest.mark.parametrize("rerank", ["fusion", "full"])
def test_looked_at_hits_have_probabilities(client, fusion_model, fusion_town, rerank):
    index = open_index(fusion_town.folder, model=str(fusion_model.path))
    wanted = index.search(QUERY, k=4, rerank=rerank)
    number = client.send("search", index=str(fusion_town.folder), query=QUERY, k=4, rerank=rerank)
    said = client.answer(number)
    assert [hit["window"][:2] for hit in said["hits"]] == [
        [hit.window.col, hit.window.row] for hit in wanted.hits
    ]
    for hit, one in zip(said["hits"], wanted.hits, strict=True):
        assert hit["probability"] == pytest.approx(one.probability, abs=1e-5)
    assert client.told(number)[0].total > 0


def test_second_look_can_be_cancelled(client, fusion_town):
    wishes = {"index": str(fusion_town.folder), "query": QUERY, "k": 200, "merge": False}
    number = client.send("search", rerank="fusion", **wishes)
    client.cancel(number)
    with pytest.raises(RefusedError, match="cancelled"):
        client.answer(number)
    assert client.ask("search", **wishes)["hits"]


def test_index_of_the_shipped_model_is_not_searchable_with_another(client, town):
    assert client.ask("open", index=town.index)["searchable"] is False
    with pytest.raises(RefusedError, match="found embeddings of cmpagl_lite"):
        client.ask("index", index=town.index, inputs=[town.west])
