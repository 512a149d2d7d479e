"""ONNX graphs of both towers, beside the safetensors file whose tensors they use.

Each graph names its tensors by place in ``model.safetensors`` (ONNX external data), so one copy of
the weights serves torch and ONNX Runtime. Half-precision tensors are cast up in the graph; ONNX
Runtime folds the casts when it loads.
"""

from __future__ import annotations

import io
import json
import struct
import warnings
from typing import TYPE_CHECKING

import onnx
import torch
from onnx import TensorProto, external_data_helper, helper
from torch import Tensor, nn

from cmpagl_model.model_folder import IMAGE_GRAPH, TEXT_GRAPH, WEIGHTS

from .checkpoint import from_pretrained

if TYPE_CHECKING:
    from pathlib import Path

    from .model import CmpaglModel

OPSET = 17
EXAMPLE_BATCH, EXAMPLE_WORDS = 2, 9
ONNX_TYPES = {"F16": TensorProto.FLOAT16, "F32": TensorProto.FLOAT}


class _ImageTower(nn.Module):
    def __init__(self, model: CmpaglModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, pixels: Tensor) -> Tensor:
        return self.model.encode_image(pixels).embedding


class _TextTower(nn.Module):
    def __init__(self, model: CmpaglModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        return self.model.encode_text(ids, mask).embedding


def export_towers(folder: Path) -> None:
    """Write ``image.onnx`` and ``text.onnx`` into a model folder.

    Args:
        folder: a folder written by :func:`~cmpagl_model.network.save_pretrained`.

    Raises:
        ModelError: if the folder holds no usable model.
    """
    model = from_pretrained(folder)
    side = model.config.image.input_px
    pixels = torch.zeros(EXAMPLE_BATCH, side, side, 3, dtype=torch.uint8)
    ids = torch.ones(EXAMPLE_BATCH, EXAMPLE_WORDS, dtype=torch.int64)
    image = _trace(_ImageTower(model), {"pixels": pixels}, {"pixels": {0: "batch"}})
    words = {0: "batch", 1: "words"}
    text = _trace(
        _TextTower(model), {"ids": ids, "mask": ids.clone()}, {"ids": words, "mask": words}
    )
    places = _tensor_places(folder / WEIGHTS)
    for graph, name in ((image, IMAGE_GRAPH), (text, TEXT_GRAPH)):
        _point_to_weights(graph, places)
        (folder / name).write_bytes(graph.SerializeToString())


def _trace(
    tower: nn.Module, inputs: dict[str, Tensor], axes: dict[str, dict[int, str]]
) -> onnx.ModelProto:
    written = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tracing warns of shapes that are constant by design
        # The older exporter keeps parameters whole and under their names, as the file has them.
        torch.onnx.export(
            tower.eval(),
            tuple(inputs.values()),
            written,  # type: ignore[arg-type]  # a stream is taken too, the stub forgets it
            input_names=list(inputs),
            output_names=["embedding"],
            dynamic_axes={**axes, "embedding": {0: "batch"}},
            opset_version=OPSET,
            do_constant_folding=False,
            training=torch.onnx.TrainingMode.PRESERVE,
            dynamo=False,
        )
    return onnx.load_from_string(written.getvalue())


def _tensor_places(path: Path) -> dict[str, tuple[str, int, int]]:
    with path.open("rb") as stream:
        (size,) = struct.unpack("<Q", stream.read(8))
        header = json.loads(stream.read(size))
    header.pop("__metadata__", None)
    start = 8 + size
    places = {}
    for name, row in header.items():
        first, last = row["data_offsets"]
        places[name] = (row["dtype"], start + first, last - first)
    return places


def _point_to_weights(model: onnx.ModelProto, places: dict[str, tuple[str, int, int]]) -> None:
    graph = model.graph
    casts = []
    for tensor in graph.initializer:
        name = tensor.name.removeprefix("model.")
        if name not in places:
            continue
        kind, offset, length = places[name]
        original = tensor.name
        tensor.ClearField("raw_data")
        tensor.ClearField("float_data")
        tensor.raw_data = b""
        tensor.data_type = ONNX_TYPES[kind]
        external_data_helper.set_external_data(tensor, WEIGHTS, offset=offset, length=length)
        tensor.ClearField("raw_data")
        if kind == "F16":
            tensor.name = original + ".half"
            casts.append(_cast_up(graph, original))
    for cast in reversed([cast for cast in casts if cast is not None]):
        graph.node.insert(0, cast)


def _cast_up(graph: onnx.GraphProto, name: str) -> onnx.NodeProto | None:
    """Cast a half tensor up where it is used; behind the look-up if it is only looked up in."""
    users = [node for node in graph.node if name in node.input]
    if len(users) == 1 and users[0].op_type == "Gather":
        gather = users[0]
        gather.input[0] = name + ".half"
        found = gather.output[0]
        gather.output[0] = found + ".half"
        place = list(graph.node).index(gather)
        graph.node.insert(
            place + 1, helper.make_node("Cast", [found + ".half"], [found], to=TensorProto.FLOAT)
        )
        return None
    return helper.make_node("Cast", [name + ".half"], [name], to=TensorProto.FLOAT)
