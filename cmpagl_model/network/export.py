"""ONNX graphs of the encoders, next to the safetensors file whose tensors they use.

Each graph names its tensors by offset in ``model.safetensors`` (ONNX external data), so one copy of
the weights serves torch and ONNX Runtime. Half-precision tensors are cast up in the graph; ONNX
Runtime folds the casts when it loads.
"""

from __future__ import annotations

import io
import json
import struct
import warnings
from typing import TYPE_CHECKING, Any

import onnx
import torch
from onnx import TensorProto, external_data_helper, helper
from torch import Tensor, nn

from cmpagl_model.atomic import write_bytes
from cmpagl_model.model_folder import FUSION_GRAPH, IMAGE_GRAPH, TEXT_GRAPH, WEIGHTS

from .checkpoint import from_pretrained

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .model import Encoded

OPSET = 17
EXAMPLE_BATCH, EXAMPLE_WORDS = 2, 9
Axes = dict[int, str]
ROWS: Axes = {0: "batch"}
WORDS: Axes = {0: "batch", 1: "words"}
ONNX_TYPES = {"F16": TensorProto.FLOAT16, "F32": TensorProto.FLOAT}


class Traced(nn.Module):
    """One function of a model, to be traced with its weights."""

    def __init__(self, model: nn.Module, run: Callable[..., Any]) -> None:
        super().__init__()
        self.model, self.run = model, run

    def forward(self, *inputs: Tensor) -> Any:  # noqa: ANN401 - a tensor or some of them
        """What the function makes of the inputs."""
        return self.run(*inputs)


def export_towers(folder: Path) -> None:
    """Write ``image.onnx`` and ``text.onnx`` into a model folder, and ``fusion.onnx`` if it fuses.

    With a fusion encoder the towers give their tokens as a second output.

    Args:
        folder: a folder written by :func:`~cmpagl_model.network.save_pretrained`.

    Raises:
        ModelError: if the folder holds no usable model.
    """
    model = from_pretrained(folder)
    side = model.config.image.input_px
    pixels = torch.zeros(EXAMPLE_BATCH, side, side, 3, dtype=torch.uint8)
    ids = torch.ones(EXAMPLE_BATCH, EXAMPLE_WORDS, dtype=torch.int64)
    mask = ids.clone()

    def outputs(found: Encoded) -> tuple[Tensor, ...]:
        return (found.embedding, found.tokens) if model.fusion else (found.embedding,)

    def logit(*inputs: Tensor) -> Tensor:
        logits = model.match(*inputs)
        return logits[:, 1] - logits[:, 0]

    image = Traced(model, lambda pixels: outputs(model.encode_image(pixels)))
    text = Traced(model, lambda ids, mask: outputs(model.encode_text(ids, mask)))
    of_image, of_text = {"embedding": ROWS}, {"embedding": ROWS}
    if model.fusion is not None:
        of_image["tokens"], of_text["tokens"] = ROWS, WORDS
    both = {"ids": WORDS, "mask": WORDS}
    graphs = {
        IMAGE_GRAPH: _trace(image, {"pixels": pixels}, {"pixels": ROWS}, of_image),
        TEXT_GRAPH: _trace(text, {"ids": ids, "mask": mask}, both, of_text),
    }
    if model.fusion is not None:
        with torch.no_grad():
            chips = model.encode_image(pixels).tokens
        words = torch.zeros(EXAMPLE_BATCH, EXAMPLE_WORDS, model.config.text.dim)
        inputs = {"words": words, "mask": mask, "chips": chips}
        axes = {"words": WORDS, "mask": WORDS, "chips": ROWS}
        graphs[FUSION_GRAPH] = _trace(Traced(model, logit), inputs, axes, {"logit": ROWS})
    offsets = _tensor_offsets(folder / WEIGHTS)
    for name, graph in graphs.items():
        _pad_in_convolutions(graph.graph)
        _use_external_data(graph, offsets)
        write_bytes(folder / name, graph.SerializeToString())


def _trace(
    tower: nn.Module, inputs: dict[str, Tensor], axes: dict[str, Axes], outputs: dict[str, Axes]
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
            output_names=list(outputs),
            dynamic_axes={**axes, **outputs},
            opset_version=OPSET,
            do_constant_folding=False,
            training=torch.onnx.TrainingMode.PRESERVE,
            dynamo=False,
        )
    return onnx.load_from_string(written.getvalue())


def _pad_in_convolutions(graph: onnx.GraphProto) -> None:
    """Let strided convolutions pad for themselves, as ``SAME_UPPER`` does.

    A padding of its own before a convolution makes ONNX Runtime copy the whole picture out of its
    blocked layout and back, which took a fifth of the time of the image tower.
    """
    pads = {node.output[0]: node for node in graph.node if node.op_type == "Pad"}
    for node in graph.node:
        if node.op_type == "Conv" and node.input[0] in pads:
            # timm's "same" padding of zeros: half before, the rest behind
            node.input[0] = pads[node.input[0]].input[0]
            others = [one for one in node.attribute if one.name not in {"pads", "auto_pad"}]
            del node.attribute[:]
            node.attribute.extend([*others, helper.make_attribute("auto_pad", "SAME_UPPER")])
    needed, kept = {output.name for output in graph.output}, []
    for node in reversed(graph.node):  # without the padding, from which no output follows now
        if needed.intersection(node.output):
            kept.append(node)
            needed.update(node.input)
    del graph.node[:]
    graph.node.extend(reversed(kept))


def _tensor_offsets(path: Path) -> dict[str, tuple[str, int, int]]:
    with path.open("rb") as stream:
        (size,) = struct.unpack("<Q", stream.read(8))
        header = json.loads(stream.read(size))
    header.pop("__metadata__", None)
    start = 8 + size
    offsets = {}
    for name, row in header.items():
        first, last = row["data_offsets"]
        offsets[name] = (row["dtype"], start + first, last - first)
    return offsets


def _use_external_data(model: onnx.ModelProto, offsets: dict[str, tuple[str, int, int]]) -> None:
    """Take tensors from the file of weights, half ones cast up where they are used."""
    graph = model.graph
    casts = []
    for tensor in graph.initializer:
        name = tensor.name.removeprefix("model.")
        if name not in offsets:
            continue
        dtype, offset, length = offsets[name]
        original = tensor.name
        tensor.ClearField("raw_data")
        tensor.ClearField("float_data")
        tensor.raw_data = b""
        tensor.data_type = ONNX_TYPES[dtype]
        external_data_helper.set_external_data(tensor, WEIGHTS, offset=offset, length=length)
        tensor.ClearField("raw_data")
        if dtype != "F16":
            continue
        tensor.name = original + ".half"
        users = [node for node in graph.node if original in node.input]
        if len(users) == 1 and users[0].op_type == "Gather":  # cast what is looked up, not all
            gather = users[0]
            found = gather.output[0]
            gather.input[0], gather.output[0] = tensor.name, found + ".half"
            cast = helper.make_node("Cast", [found + ".half"], [found], to=TensorProto.FLOAT)
            graph.node.insert(list(graph.node).index(gather) + 1, cast)
        else:
            casts.append(helper.make_node("Cast", [tensor.name], [original], to=TensorProto.FLOAT))
    for cast in reversed(casts):
        graph.node.insert(0, cast)
