"""The model that a run begins with, and its tokenizer. Start at :func:`build_start`."""

from __future__ import annotations

import dataclasses
import json
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from cmpagl_model.config import VARIANTS, ModelConfig, record_from_dict, variant
from cmpagl_model.encoders.tokens import read_tokenizer
from cmpagl_model.errors import ConfigError, ModelError, first_line
from cmpagl_model.model_folder import (
    CONFIG,
    DEFAULT_MODEL,
    SHIPPED,
    TOKENIZER,
    WEIGHTS,
    shipped_models,
)
from cmpagl_model.network import CmpaglModel, create_model, from_pretrained
from cmpagl_model.network.image import LiteImageEncoder
from cmpagl_model.network.pretrained import (
    load_hub_weights,
    load_image_weights,
    load_image_weights_in_order,
    load_text_weights,
)

from .checkpoint import CHECKPOINT, read_checkpoint
from .tasks.fusion import start_from_text

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import Tensor

    from .settings import RunConfig


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """What a run begins with."""

    model: CmpaglModel
    """The model, on the CPU."""
    tokenizer: Tokenizer
    """Of its text tower."""
    tokenizer_file: Path
    """Where that was read."""


def build_start(config: RunConfig) -> Start:
    """Build the model of a run and give it its starting weights.

    Args:
        config: the run; ``init`` goes before ``start``.

    Returns:
        The model; parts without starting weights are random, by the run's seed.

    Raises:
        ModelError: if the weights are missing, damaged, of another variant, or cannot be fetched.
        ConfigError: if the variant is unknown.
    """
    torch.manual_seed(config.seed)
    model = _from_init(config) if config.init else _from_stock(config)
    candidates = [SHIPPED / DEFAULT_MODEL / TOKENIZER]  # which is BERT's too
    if config.init:
        folders = (SHIPPED / config.init, Path(config.init), Path(config.init) / "model")
        candidates = [folder / TOKENIZER for folder in folders] + candidates
    elif config.start.text:
        candidates.insert(0, Path(config.start.text) / TOKENIZER)
    path = next(path for path in candidates if path.is_file() or path is candidates[-1])
    return Start(model, read_tokenizer(path), path)


def model_config(config: RunConfig, base: ModelConfig) -> ModelConfig:
    """``base`` with the switches of a run.

    Args:
        config: the run.
        base: configuration of the variant, or of the model to go on from.

    Returns:
        The configuration to build. Without ``fusion_layers`` in the run, stage ``towers`` keeps
        none, and the other stages have those of ``base`` or, where it has none, of the variant.
    """
    switches = dataclasses.asdict(config.gswin).items()
    changes = {name: value for name, value in switches if value is not None}
    gswin = dataclasses.replace(base.image.gswin, **changes)
    layers = config.fusion_layers
    if layers is None:
        known = base.fusion_layers or VARIANTS[config.variant].fusion_layers
        layers = 0 if config.stage == "towers" else known
    return dataclasses.replace(
        base,
        image=dataclasses.replace(base.image, gswin=gswin),
        fusion_layers=layers,
        heads=base.heads if config.heads is None else config.heads,
        taught=("train", "val") if config.teach_val else base.taught,
    )


def _from_stock(config: RunConfig) -> CmpaglModel:
    """A model with stock weights: of the image tower by timm's names, or a ``.pth`` in its order.

    Raises:
        ConfigError: if one tower has starting weights and the other has not.
        ModelError: if they cannot be fetched or read, or do not fit.
    """
    model = create_model(model_config(config, variant(config.variant)))
    start = config.start
    if not start.image and not start.text:
        load_hub_weights(model)
        return model
    if not start.image or not start.text:
        raise ConfigError(
            "start: found one of image and text, wanted both, or none to fetch both from the hubs"
        )
    image = Path(start.image)
    if image.suffix == ".safetensors":
        load_image_weights(model, _safetensors(image))
    else:
        try:
            load_image_weights_in_order(model, image)
        except (pickle.UnpicklingError, RuntimeError, OSError, EOFError, AttributeError) as error:
            raise ModelError(
                f"{image}: no readable image weights ({first_line(error)[:120]}); wanted "
                "a plain state dictionary, .pth or .safetensors; files that hold code are refused"
            ) from error
    load_text_weights(model, _safetensors(Path(start.text) / WEIGHTS))
    if model.fusion is not None and isinstance(model.image, LiteImageEncoder):
        start_from_text(model)  # MiniLM has no layers beyond those of the text tower
    return model


def _safetensors(path: Path) -> dict[str, Tensor]:
    try:
        return load_file(path)
    except (SafetensorError, OSError) as error:
        raise ModelError(
            f"{path}: no readable safetensors file ({error}); pickled weights are refused, they "
            "can run code; next: convert them with safetensors"
        ) from error


def _from_init(config: RunConfig) -> CmpaglModel:
    """A model like that of ``init``, a model or the checkpoint of a run, with its weights.

    Raises:
        ModelError: if they are of another variant or shape.
    """
    path = Path(config.init)
    checkpoint = path if path.is_file() else path / CHECKPOINT
    a_model = config.init in shipped_models() or (path / CONFIG).is_file()
    if not a_model and checkpoint.is_file():
        found = read_checkpoint(checkpoint)
        base = record_from_dict(ModelConfig, json.loads(found.model_config), str(checkpoint))
        weights = found.average
    else:
        given = from_pretrained(config.init)
        base, weights = given.config, given.state_dict()
    if base.name != config.variant:
        raise ModelError(
            f"init: found weights of {base.name} in {config.init}, wanted {config.variant}; "
            f'next: set variant = "{base.name}", or give other weights'
        )
    model = create_model(model_config(config, base))
    known = model.state_dict()
    usable = {n: v for n, v in weights.items() if n in known and v.shape == known[n].shape}
    differing = {n for n in {*known, *weights} if n not in usable}
    wrong = sorted(n for n in differing if not n.startswith("fusion."))
    if wrong:
        raise ModelError(
            f"init: found {len(wrong)} tensors in {config.init} missing, foreign or of another "
            f"shape (first: {wrong[0]}), wanted those of {config.variant} with these switches; "
            "next: set [gswin] as those weights have it"
        )
    model.load_state_dict(usable, strict=False)
    if model.fusion is not None and not any(n.startswith("fusion.") for n in usable):
        start_from_text(model)
    return model
