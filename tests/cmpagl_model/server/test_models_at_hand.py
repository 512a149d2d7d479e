"""The engine offers the models at hand, and makes an index with the one that is chosen."""

from __future__ import annotations

import os

import pytest

from tests.cmpagl_model.encoders.pairs import SIDE, SIZE, write_pair
from tests.cmpagl_model.server.client import Client, RefusedError


@pytest.fixture
def kept(tmp_path):
    """Where models are known by name: a toy and a folder that is torn."""
    write_pair(tmp_path / "kept" / "toy")
    (tmp_path / "kept" / "torn").mkdir()
    (tmp_path / "kept" / "torn" / "model.json").write_text("{")
    return tmp_path / "kept"


@pytest.fixture
def engine(kept):
    client = Client(env={**os.environ, "CMPAGL_MODELS": str(kept)})
    yield client
    client.kill()


def test_models_at_hand_are_offered_and_the_chosen_one_makes_the_index(
    engine, make_scene, tmp_path
):
    offered = engine.ask("models")
    assert [model["name"] for model in offered["models"]] == ["cmpagl_lite", "toy"]
    toy = {"name": "toy", "input_px": SIDE, "embedding_size": SIZE, "licence": "CC0-1.0"}
    assert offered["models"][1] == toy
    assert offered["default"] == "cmpagl_lite"
    assert [problem.split(":")[0] for problem in offered["problems"]] == ["torn"]

    index, inputs = str(tmp_path / "t.cmpagl"), [str(make_scene())]
    counted = engine.ask("plan", index=index, inputs=inputs, model="toy")
    with_ours = engine.ask("plan", index=index, inputs=inputs)
    assert counted["bytes_per_chip"] < with_ours["bytes_per_chip"]
    assert engine.ask("index", index=index, inputs=inputs, model="toy")["encoded"] > 0
    opened = engine.ask("open", index=index)
    assert (opened["model"]["name"], opened["searchable"]) == ("toy", True)
    assert engine.ask("search", index=index, query="a road", k=1)["model"]["name"] == "toy"

    with pytest.raises(RefusedError, match="found embeddings of toy"):
        engine.ask("index", index=index, inputs=inputs, model="cmpagl_lite")
    with pytest.raises(RefusedError, match="found no model 'none'"):
        engine.ask("index", index=str(tmp_path / "n.cmpagl"), inputs=inputs, model="none")


def test_a_client_with_a_model_of_its_own_is_offered_that_alone(kept):
    client = Client(greet=False)
    try:
        client.ask("hello", protocol=1, client="tests", model=str(kept / "toy"))
        offered = client.ask("models")
        assert [model["name"] for model in offered["models"]] == [str(kept / "toy")]
        assert offered["default"] == str(kept / "toy")
    finally:
        client.kill()
