"""Models by name, and starting weights from stock networks.

Start at :func:`create_model`. Where a network exists, :func:`load_hub_weights` fetches from the
hubs of timm and transformers; :func:`load_image_weights` and :func:`load_text_weights` take state
dictionaries from local files.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import timm
import torch

from cmpagl_model.config import ModelConfig, variant
from cmpagl_model.errors import ModelError
from tiling.errors import translate_errors

from .image import LiteImageEncoder
from .model import CmpaglModel

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor, nn

SWIN_NAMES = (
    (r"^layers\.(\d+)\.downsample\.", lambda m: f"merges.{int(m[1]) - 1}."),
    (r"^layers\.(\d+)\.", lambda m: f"stages.{m[1]}."),
    (r"relative_position_bias_table$", lambda _: "bias.table"),
)
CLASSIFIER = re.compile(r"^(head|classifier|fc)\b")


def create_model(name: str | ModelConfig = "cmpagl_lite") -> CmpaglModel:
    """A CMPAGL model with random weights.

    Args:
        name: a variant (``cmpagl_lite``, ``cmpagl_base``) or a whole configuration.

    Returns:
        The model in evaluation mode, float32, on the CPU.

    Raises:
        ConfigError: if the name is unknown.
    """
    config = variant(name) if isinstance(name, str) else name
    return CmpaglModel(config).eval()


def load_image_weights(model: CmpaglModel, weights: Mapping[str, Tensor]) -> None:
    """Start the image tower from a stock timm network (Swin, or EfficientNet-Lite for the stem).

    Args:
        model: changed in place; Gswin's own parts keep their values.
        weights: state dictionary with timm's names.

    Raises:
        ModelError: if a weight that the tower needs is missing or has another shape.
    """
    if isinstance(model.image, LiteImageEncoder):
        kept = {"fine", "coarse"}
        _load(model.image.stem, _without_classifier(weights), kept, "image stem")
        return
    renamed = {}
    for name, value in _without_classifier(weights).items():
        for pattern, replacement in SWIN_NAMES:
            name = re.sub(pattern, replacement, name)  # noqa: PLW2901
        renamed[name] = value
    kept = {"cross", "norm_cross", "gamma", "pools"}
    if model.config.image.gswin.block == "replace":
        renamed |= _as_cross_attention(renamed)
        kept = {"place", "pools"}
    _load(model.image, renamed, kept, "image tower")


def load_image_weights_in_order(model: CmpaglModel, path: Path) -> None:
    """Start the convolutional stem from EfficientNet-Lite weights with names of their own.

    The published files hold the tensors of timm's ``tf_efficientnet_lite*`` in the same order.

    Args:
        model: changed in place.
        path: a state dictionary, read with ``weights_only``.

    Raises:
        ModelError: if number or shapes of the tensors differ.
    """
    stored = list(torch.load(path, weights_only=True, map_location="cpu").values())
    names = timm.create_model(model.config.image.backbone).state_dict()
    if [value.shape for value in stored] != [value.shape for value in names.values()]:
        raise ModelError(
            f"{path}: found {len(stored)} tensors that do not fit, wanted the {len(names)} of "
            f"{model.config.image.backbone}; next: give the file of that network"
        )
    load_image_weights(model, dict(zip(names, stored, strict=True)))


def load_text_weights(model: CmpaglModel, weights: Mapping[str, Tensor]) -> None:
    """Start the text tower, and the fusion encoder from the layers above it, from a BERT.

    Args:
        model: changed in place; cross-attention keeps its values.
        weights: state dictionary with the names of transformers' ``BertModel``.

    Raises:
        ModelError: if a weight that the tower needs is missing or has another shape.
    """
    plain = {name.removeprefix("bert."): value for name, value in weights.items()}
    text, fusion = {}, {}
    own = model.config.text.layers
    for name, value in plain.items():
        match = re.match(r"encoder\.layer\.(\d+)\.(.*)", name)
        if name.startswith("embeddings."):
            text[name] = value
        elif match and int(match[1]) < own:
            text[f"layers.{match[1]}.{match[2]}"] = value
        elif match:
            fusion[f"layers.{int(match[1]) - own}.{match[2]}"] = value
    _load(model.text, text, set(), "text tower")
    if model.fusion is not None and fusion:
        _load(model.fusion, fusion, {"crossattention", "head", "adapter"}, "fusion encoder")


def load_hub_weights(model: CmpaglModel) -> None:
    """Start both towers from the hubs of timm and transformers (needs a network).

    Args:
        model: changed in place.

    Raises:
        ModelError: if the weights cannot be fetched.
    """
    from transformers import BertModel  # noqa: PLC0415

    config = model.config

    def refused(error: Exception) -> ModelError:
        return ModelError(
            f"cannot fetch the starting weights {config.image.backbone} and {config.text.source} "
            f"({type(error).__name__}); wanted a network connection to the model hub; "
            "next: connect and try again, or give files at hand to load_image_weights and "
            "load_text_weights"
        )

    with translate_errors(refused):
        image = timm.create_model(config.image.backbone, pretrained=True)
        text = BertModel.from_pretrained(config.text.source, add_pooling_layer=False)
    load_image_weights(model, image.state_dict())
    load_text_weights(model, text.state_dict())


def _as_cross_attention(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The attention of every Swin block under the names of the GLW-CA that may replace it."""
    crossing = {}
    for name, value in weights.items():
        cross = name.replace(".attn.", ".cross.")
        if ".qkv." in cross:
            dim = value.shape[0] // 3
            crossing[cross.replace(".qkv.", ".q.")] = value[:dim]
            crossing[cross.replace(".qkv.", ".kv.")] = value[dim:]
        else:
            crossing[cross] = value
            crossing[cross.replace(".bias.", ".local_bias.")] = value  # mode concat has two
    return crossing


def _without_classifier(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: value for name, value in weights.items() if not CLASSIFIER.match(name)}


def _load(part: nn.Module, weights: Mapping[str, Tensor], may_miss: set[str], what: str) -> None:
    known = part.state_dict()
    usable = {name: value for name, value in weights.items() if name in known}
    wrong = [name for name, value in usable.items() if value.shape != known[name].shape]
    missing = [n for n in known if n not in usable and not may_miss & set(n.split("."))]
    if wrong or missing:
        raise ModelError(
            f"{what}: found weights with {len(missing)} missing and {len(wrong)} misshapen "
            f"tensors (first: {(missing + wrong)[0]}); wanted those of the network that the "
            "configuration names"
        )
    part.load_state_dict(usable, strict=False)
