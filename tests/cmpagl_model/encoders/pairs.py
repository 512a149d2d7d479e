"""Makes a pair of ONNX graphs whose vectors can be computed by hand."""

from __future__ import annotations

import dataclasses
import hashlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers

from cmpagl_model.pair import PairConfig, PairImage, PairText

SIDE, SIZE, BLOCK, TOKENS, PAD = 32, 12, 8, 6, 3
MEAN, STD = (0.5, 0.4, 0.3), (0.2, 0.25, 0.5)
WORDS = ["[UNK]", "road", "river", "[PAD]", "boats", "canal", "a", "forest", "on"]
INT, FLOAT = TensorProto.INT64, TensorProto.FLOAT


def weights(seed=0, size=SIZE):
    """Of the pictures' blocks ``(blocks, size)``, and of the words; zeros for no ``seed``."""
    random = np.random.default_rng(seed or 0)
    spread = 0 if seed is None else 1
    blocks = 3 * (SIDE // BLOCK) ** 2
    return (
        random.normal(0, spread, (blocks, size)).astype(np.float32),
        random.normal(0, spread, (len(WORDS), size)).astype(np.float32),
    )


def by_hand(pixels, seed=0):
    """What the graph for pictures shall give, unit length."""
    scaled = (pixels / 255.0 - MEAN) / STD
    count = len(pixels)
    parts = scaled.reshape(count, SIDE // BLOCK, BLOCK, SIDE // BLOCK, BLOCK, 3).mean(axis=(2, 4))
    found = parts.transpose(0, 3, 1, 2).reshape(count, -1) @ weights(seed)[0]
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def words_by_hand(ids, seed=0):
    """What the graph for sentences shall give for token numbers, unit length."""
    found = np.stack([weights(seed)[1][row].sum(axis=0) for row in ids])
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def save(path, nodes, inputs, tensors, size, *, beside=False):
    graph = helper.make_graph(
        nodes,
        "tower",
        [helper.make_tensor_value_info(name, kind, shape) for name, kind, shape in inputs],
        [helper.make_tensor_value_info("embedding", FLOAT, ["n", size])],
        [numpy_helper.from_array(value, name) for name, value in tensors.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    outside = {"save_as_external_data": True, "location": "tensors.bin", "size_threshold": 0}
    onnx.save(model, path, **(outside if beside else {}))


def write_pair(  # noqa: PLR0913 - each a property that some test varies
    folder, name="toy", *, seed=0, size=SIZE, mask=False, ids=INT, pictures=FLOAT, padding=None,
    checksums=False, batch="n",
):  # fmt: skip
    """Write a model folder; the picture's tensors lie in a file of their own."""
    folder.mkdir(parents=True, exist_ok=True)
    of_blocks, of_words = weights(seed, size)
    save(
        folder / "image.onnx",
        [
            helper.make_node("Cast", ["pixel_values"], ["single"], to=FLOAT),
            helper.make_node(
                "AveragePool", ["single"], ["pooled"], kernel_shape=[BLOCK] * 2, strides=[BLOCK] * 2
            ),
            helper.make_node("Flatten", ["pooled"], ["flat"]),
            helper.make_node("MatMul", ["flat", "w"], ["embedding"]),
        ],
        [("pixel_values", pictures, [batch, 3, SIDE, SIDE])],
        {"w": of_blocks},
        size,
        beside=True,
    )
    said = [helper.make_node("Gather", ["w", "input_ids"], ["words"])]
    if mask:
        said += [
            helper.make_node("Cast", ["attention_mask"], ["real"], to=FLOAT),
            helper.make_node("Unsqueeze", ["real", "last"], ["each"]),
            helper.make_node("Mul", ["words", "each"], ["kept"]),
        ]
    save(
        folder / "text.onnx",
        [
            *said,
            helper.make_node(
                "ReduceSum", ["kept" if mask else "words", "middle"], ["embedding"], keepdims=0
            ),
        ],
        [(one, ids, ["n", "t"]) for one in ["input_ids", *(["attention_mask"] if mask else [])]],
        {"w": of_words, "middle": np.array([1]), "last": np.array([2])},
        size,
    )
    tokenizer = Tokenizer(models.WordLevel({w: n for n, w in enumerate(WORDS)}, "[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    config = PairConfig(
        name, SIZE, PairImage(SIDE, MEAN, STD),
        PairText(TOKENS, padding or "max_tokens", pad_id=PAD), licence="CC0-1.0", source="painted",
    )  # fmt: skip
    if checksums:
        sums = {
            file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()
        }
        config = dataclasses.replace(config, checksums=sums)
    (folder / "model.json").write_text(config.to_json(), encoding="utf-8")
    return folder
