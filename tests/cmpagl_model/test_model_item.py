"""Models as STAC items: valid for pystac and stac-model, and true of the graphs."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import onnxruntime
import pytest

from cmpagl_model.cli.app import run
from cmpagl_model.model_folder import IMAGE_GRAPH, TEXT_GRAPH, find_model
from cmpagl_model.model_item import MLM, model_item
from tests.cmpagl_model.encoders.pairs import write_pair


@pytest.fixture(params=["shipped", "pair"])
def model(request, tmp_path):
    """The shipped model, and one of another kind with a name that is no name for MLM."""
    if request.param == "shipped":
        return find_model()
    write_pair(tmp_path / "pair", "9 a pair/of graphs")
    return find_model(str(tmp_path / "pair"))


def test_it_is_true_of_the_graphs(model):
    item = model_item(model)
    said = item["properties"]
    picture, sentence = said["mlm:input"]
    graph = onnxruntime.InferenceSession(str(model.file(IMAGE_GRAPH)))
    (read,) = graph.get_inputs()
    fixed = [one if isinstance(one, int) else -1 for one in read.shape]
    assert fixed[1:] == picture["input"]["shape"][1:]
    kinds = {"tensor(uint8)": "uint8", "tensor(float)": "float32"}
    assert kinds[read.type] == picture["input"]["data_type"]
    words = onnxruntime.InferenceSession(str(model.file(TEXT_GRAPH))).get_inputs()[0]
    assert len(words.shape) == len(sentence["input"]["shape"])
    assert said["mlm:output"][0]["result"]["shape"] == [-1, model.config.embedding_size]
    assert said["cmpagl:fingerprint"] == model.fingerprint
    for asset in item["assets"].values():
        assert Path(url2pathname(urlsplit(asset["href"]).path)).is_file()
    assert "mlm:model" in item["assets"]["image"]["roles"]


def test_pystac_and_stac_model_find_it_valid(model):
    pystac = pytest.importorskip("pystac", reason="pystac is not installed ([standards])")
    schema = pytest.importorskip("stac_model.schema", reason="stac-model is not installed")
    page = model_item(model)
    assert page["stac_extensions"] == [schema.SCHEMA_URI] == [MLM]
    item = pystac.Item.from_dict(page)
    read = schema.MLModelProperties(**page["properties"])
    schema.MLModelExtension.ext(item).apply(read)
    assert item.properties["mlm:name"] == page["properties"]["mlm:name"]
    assert json.loads(read.model_dump_json(by_alias=True))["mlm:input"][0]["name"] == "picture"
    item.stac_extensions = []  # its schema lies on the network; stac-model has read the fields
    assert item.validate()


def test_stac_model_refuses_what_is_not(model):
    schema = pytest.importorskip("stac_model.schema", reason="stac-model is not installed")
    said = model_item(model)["properties"]
    said["mlm:tasks"] = ["find things"]
    with pytest.raises(ValueError, match="find things"):
        schema.MLModelProperties(**said)


def test_the_command(tmp_path, capsys):
    assert run(["models", "stac", "cmpagl_lite"]) == 0
    assert json.loads(capsys.readouterr().out) == model_item(find_model())
    assert run(["models", "stac", "cmpagl_lite", "-o", str(tmp_path / "m.json")]) == 0
    assert json.loads((tmp_path / "m.json").read_text()) == model_item(find_model())
    assert run(["models", "stac", "nobody"]) == 1
