"""A model as an item of STAC with the extension for machine learning models (MLM) 1.6.0."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from .model_folder import CONFIG, IMAGE_GRAPH, PAIR, TEXT_GRAPH, TOKENIZER, WEIGHTS, shipped_models
from .pair import PairConfig

if TYPE_CHECKING:
    from .model_folder import ModelFolder

MLM = "https://stac-extensions.github.io/mlm/v1.6.0/schema.json"
VERSION = "1.1.0"
COLOURS = ("red", "green", "blue")
SEARCH = ["similarity-search"]
ONNX = "application/octet-stream; framework=onnx"
EVERYWHERE = (-180.0, -90.0, 180.0, 90.0)
EVER = ("1900-01-01T00:00:00Z", "9999-12-31T23:59:59Z")
"""MLM's own ends for a model that is of no time."""
OWN_LICENCE = "GPL-3.0-or-later"


def model_item(model: ModelFolder) -> dict[str, Any]:
    """What a model is, what it reads and what it gives, as a STAC item.

    Args:
        model: a shipped model or any other; its assets are the files of its folder.

    Returns:
        The item as JSON has it. Its geometry is the whole Earth and its time is any, for a model
        is of neither.
    """
    config = model.config
    west, south, east, north = EVERYWHERE
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    if isinstance(config, PairConfig):
        licence, source = config.licence, config.source
        architecture = "two towers, picture and sentence, as ONNX graphs"
    else:  # the package's licence holds for the models in it; of others none is known
        licence = OWN_LICENCE if model.name in shipped_models() else ""
        source, layers = config.text.source, config.text.layers
        architecture = f"{config.image.backbone} with Gswin stages, and {layers} layers of BERT"
    sentence = {
        "name": "sentence",
        "bands": [],
        "input": {"shape": [-1, -1], "dim_order": ["batch", "token"], "data_type": "int64"},
        "description": f"tokens by {TOKENIZER}, {config.text.max_tokens} at most",
    }
    return {
        "type": "Feature",
        "stac_version": VERSION,
        "stac_extensions": [MLM],
        "id": f"{_plain(model.name)}-{model.fingerprint[:12]}",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "bbox": list(EVERYWHERE),
        "properties": {
            "datetime": None,
            "start_datetime": EVER[0],
            "end_datetime": EVER[1],
            "description": "Brings pictures from above and sentences into one space.",
            **({"license": licence} if licence else {}),
            "bands": [{"name": colour} for colour in COLOURS],
            "mlm:name": _plain(model.name),
            "mlm:architecture": architecture,
            "mlm:tasks": SEARCH,
            "mlm:framework": "ONNX",
            "mlm:accelerator": None,
            "mlm:accelerator_constrained": False,
            "mlm:pretrained": True,
            **({"mlm:pretrained_source": source} if source else {}),
            "mlm:input": [_picture(model), sentence],
            "mlm:output": [
                {
                    "name": "embedding",
                    "tasks": SEARCH,
                    "result": {
                        "shape": [-1, config.embedding_size],
                        "dim_order": ["batch", "embedding"],
                        "data_type": "float32",
                    },
                    "description": "a unit vector for each picture or sentence",
                }
            ],
            "cmpagl:fingerprint": model.fingerprint,
        },
        "links": [],
        "assets": _assets(model),
    }


def _plain(name: str) -> str:
    """A name of letters, digits, dots and dashes, as MLM wants it: a letter first."""
    kept = re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-._") or "model"
    return kept if kept[0].isalpha() and len(kept) > 2 else f"model-{kept}"


def _picture(model: ModelFolder) -> dict[str, Any]:
    """What the graph for pictures reads: CMPAGL's own take bytes and scale them themselves."""
    image, own = model.config.image, not isinstance(model.config, PairConfig)
    side = image.input_px
    scaled = [
        {"type": "z-score", "mean": 255 * mean, "stddev": 255 * std}
        for mean, std in zip(image.mean, image.std, strict=True)
    ]
    return {
        "name": "picture",
        "bands": list(COLOURS),
        "input": {
            "shape": [-1, side, side, 3] if own else [-1, 3, side, side],
            "dim_order": ["batch", *(("height", "width", "bands") if own else
                                     ("bands", "height", "width"))],
            "data_type": "uint8" if own else "float32",
        },
        **({} if own else {"value_scaling": scaled}),
        "resize_type": "interpolation-area",
    }  # fmt: skip


def _assets(model: ModelFolder) -> dict[str, Any]:
    """The files of the folder that make the answers."""
    graph = {"type": ONNX, "mlm:artifact_type": "ONNX"}
    known: dict[str, dict[str, Any]] = {
        IMAGE_GRAPH: {
            **graph,
            "title": "graph for pictures",
            "roles": ["mlm:model", "data"],
            "bands": [{"name": colour} for colour in COLOURS],
        },
        TEXT_GRAPH: {**graph, "title": "graph for sentences", "roles": ["mlm:model", "data"]},
        WEIGHTS: {
            "type": "application/octet-stream; application=safetensors",
            "title": "tensors of the graphs",
            "roles": ["mlm:weights", "data"],
        },
        TOKENIZER: {"type": "application/json", "title": "tokenizer", "roles": ["metadata"]},
        CONFIG: {"type": "application/json", "title": "configuration", "roles": ["metadata"]},
        PAIR: {"type": "application/json", "title": "settings", "roles": ["metadata"]},
    }
    return {
        PurePath(name).stem if name != PAIR else "settings": {
            "href": (model.path / name).absolute().as_uri(), **about
        }
        for name, about in known.items()
        if (model.path / name).is_file()
    }  # fmt: skip
