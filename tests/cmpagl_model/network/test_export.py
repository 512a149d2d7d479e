"""ONNX graphs compute what torch computes, with the weights of the one safetensors file."""

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from safetensors import safe_open

from cmpagl_model.config import variant
from cmpagl_model.errors import ModelError
from cmpagl_model.model_folder import (
    DEFAULT_MODEL,
    FUSION_GRAPH,
    IMAGE_GRAPH,
    SHIPPED,
    TEXT_GRAPH,
    WEIGHTS,
)
from cmpagl_model.network import create_model, from_pretrained, save_pretrained
from cmpagl_model.network.export import export_towers

LARGEST_CONSTANT = 20_000
"""Bytes; the masks and index tables of small models stay below, their weight matrices do not."""
MEGABYTE = 1_000_000


@pytest.fixture
def exported(tmp_path, small_model, tokenizer_file):
    """A model folder of either shape with its graphs."""
    save_pretrained(small_model, tmp_path / "model", tokenizer_file)
    export_towers(tmp_path / "model")
    return tmp_path / "model"


def run(folder, graph, **inputs):
    session = onnxruntime.InferenceSession(str(folder / graph), providers=["CPUExecutionProvider"])
    return session.run(None, {name: value.numpy() for name, value in inputs.items()})[0]


def check_agreement(found, wanted):
    assert found.dtype == np.float32
    assert np.linalg.norm(found, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert (found * wanted.numpy()).sum(axis=1).min() > 0.9999


def check_weights(folder, graph, towers):
    """Every stored tensor of ``towers`` is used from its place; nothing large is kept twice."""
    model = onnx.load(folder / graph, load_external_data=False)
    outside = {t.name for t in model.graph.initializer if t.data_location == t.EXTERNAL}
    for tensor in model.graph.initializer:
        facts = {entry.key: entry.value for entry in tensor.external_data}
        if tensor.name in outside:
            assert facts["location"] == WEIGHTS
        else:
            assert len(tensor.raw_data) < LARGEST_CONSTANT, tensor.name
    with safe_open(folder / WEIGHTS, "pt") as stored:
        wanted = {name for name in stored.keys() if name.startswith(towers)}  # noqa: SIM118
    assert {name.removeprefix("model.").removesuffix(".half") for name in outside} == wanted
    onnx.checker.check_model(folder / graph)


def test_shipped_image_tower_pads_inside_its_convolutions():
    """A padding of its own costs a fifth of the tower's time in ONNX Runtime."""
    graph = onnx.load(SHIPPED / DEFAULT_MODEL / IMAGE_GRAPH, load_external_data=False).graph
    kinds = [node.op_type for node in graph.node]
    assert "Pad" not in kinds
    strided = [node for node in graph.node if any(a.s == b"SAME_UPPER" for a in node.attribute)]
    assert {node.op_type for node in strided} == {"Conv"}
    assert len(strided) == 5


def test_towers_agree_with_torch_and_hold_no_weights(exported, chips):
    network = from_pretrained(exported)
    pixels = chips(3, network.config.image.input_px)
    ids = torch.tensor([[2, 17, 30, 5, 3], [2, 44, 3, 0, 0], [2, 9, 9, 3, 0]])
    mask = (ids > 0).long()
    with torch.no_grad():
        image = network.encode_image(pixels).embedding
        text = network.encode_text(ids, mask).embedding
    assert (image[0] * image[1]).sum() < 0.999  # else agreement would say little
    check_agreement(run(exported, IMAGE_GRAPH, pixels=pixels), image)
    check_agreement(run(exported, IMAGE_GRAPH, pixels=pixels[1:2]), image[1:2])
    check_agreement(run(exported, TEXT_GRAPH, ids=ids, mask=mask), text)
    check_agreement(run(exported, TEXT_GRAPH, ids=ids[1:2, :3], mask=mask[1:2, :3]), text[1:2])
    check_weights(exported, IMAGE_GRAPH, ("image.", "image_projection.", "compression."))
    check_weights(exported, TEXT_GRAPH, ("text.", "text_projection.", "compression."))


def test_fusion_agrees_with_torch_and_holds_no_weights(exported, chips):
    network = from_pretrained(exported)
    pixels = chips(2, network.config.image.input_px)
    ids = torch.tensor([[2, 17, 30, 5, 3], [2, 44, 3, 0, 0]])
    mask = (ids > 0).long()
    with torch.no_grad():
        image, text = network.encode_image(pixels).tokens, network.encode_text(ids, mask).tokens
        logits = network.match(text, mask, image)
        crossed = network.match(text, mask, image.flip(0))
    wanted = (logits[:, 1] - logits[:, 0]).numpy()
    assert not np.allclose(wanted, (crossed[:, 1] - crossed[:, 0]).numpy(), atol=1e-4)
    found = run(exported, FUSION_GRAPH, words=text, mask=mask, chips=image)
    np.testing.assert_allclose(found, wanted, atol=1e-4)
    check_weights(exported, FUSION_GRAPH, ("fusion.",))


def test_real_graphs_are_small(tmp_path, tokenizer_file):
    lite = create_model(variant("cmpagl_lite", fusion_layers=0))
    save_pretrained(lite, tmp_path, tokenizer_file)
    export_towers(tmp_path)
    assert (tmp_path / WEIGHTS).stat().st_size > 50 * MEGABYTE
    assert (tmp_path / IMAGE_GRAPH).stat().st_size < MEGABYTE
    assert (tmp_path / TEXT_GRAPH).stat().st_size < MEGABYTE


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(ModelError, match="found no model"):
        export_towers(tmp_path / "nowhere")
