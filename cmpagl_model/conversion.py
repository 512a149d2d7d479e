"""Models of PyTorch, once, to a folder that searches without it; docs/other-models.md.

A checkpoint of open_clip (a file) or a folder of transformers becomes two ONNX graphs, a
``tokenizer.json`` and a ``model.json``. Nothing is fetched here (:mod:`~cmpagl_model.hub` does), no
code of a model is run, and what comes out is compared with what went in before the folder gets its
name.
"""

from __future__ import annotations

import json
import tempfile
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from cmpagl_model.atomic import making_folder
from cmpagl_model.encoders import open_encoder
from cmpagl_model.encoders.pair import normalised
from cmpagl_model.encoders.tokens import load_tokenizer, read_tokenizer, tokenise
from cmpagl_model.errors import MissingExtraError, ModelError, first_line
from cmpagl_model.hub_models import OPEN_CLIP, called_after
from cmpagl_model.model_folder import (
    CONFIG,
    IMAGE_GRAPH,
    PAIR,
    TEXT_GRAPH,
    TOKENIZER,
    find_model,
    models_home,
    new_folder,
    sha256_of,
    source_of,
)
from cmpagl_model.network.export import Traced
from cmpagl_model.pair import PairConfig, PairImage, PairOrigin, PairText
from tiling.errors import translate_errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from cmpagl_model.model_folder import ModelFolder

OPSET = 17
WITHIN = 1e-4
"""Largest difference of a number of a unit vector before and after."""
KINDS = ("clip", "siglip")
"""What transformers calls CLIP, SigLIP, and SigLIP 2 of one input size."""
SAMPLES = (
    "boats on a canal beside a factory",
    "Red roofs, and dirt roads; it's 30 m wide!",
    "forest",
    "many planes are parked next to a long building in an airport . " * 20,
)


@dataclass(frozen=True, slots=True, eq=False)
class _Towers:
    """A model of PyTorch, whoever made it."""

    image: nn.Module
    """Normalised pictures ``(n, 3, S, S)`` to vectors."""
    text: nn.Module
    """Token numbers ``(n, T)`` to vectors."""
    settings: PairConfig
    """Of the folder to be written."""
    tokenizer: Tokenizer
    """The one to be written."""
    ids: Callable[[list[str]], Tensor]
    """The token numbers that the model's own library finds."""


def convert(
    source: str,
    folder: Path | None = None,
    *,
    name: str | None = None,
    licence: str = "",
    origin: PairOrigin | None = None,
) -> ModelFolder:
    """Write a model of PyTorch as a folder for ``--model``.

    Args:
        source: ``open_clip:NAME@CHECKPOINT``, or a folder of transformers with CLIP or SigLIP.
        folder: where to; ``None``: under its name in :func:`~.model_folder.models_home`.
        name: what to call the model; ``None``: as the checkpoint's file or the folder.
        licence: of the weights, to be shown; empty: not known.
        origin: where the source was fetched, to be kept; ``None``: it was not.

    Returns:
        The folder.

    Raises:
        ModelError: if the source is no such model, the folder is there or cannot be made, or the
            graphs do not give what the model gives.
        MissingExtraError: if open_clip is wanted and is not installed.
    """
    of_open_clip = source.startswith(OPEN_CLIP)
    called = name or called_after(source)
    target = new_folder(folder or models_home() / called)
    towers = _of_open_clip(source) if of_open_clip else _of_transformers(source)
    origin = origin or towers.settings.origin
    settings = replace(towers.settings, name=called, licence=licence, origin=origin)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with making_folder(target) as part:
            part.mkdir()
            _trace(towers.image, _pictures(settings), part / IMAGE_GRAPH)
            _trace(towers.text, towers.ids(list(SAMPLES)), part / TEXT_GRAPH)
            (part / TOKENIZER).write_text(towers.tokenizer.to_str(), encoding="utf-8")
            checksums = {file.name: sha256_of([file]) for file in sorted(part.iterdir())}
            page = replace(settings, checksums=checksums).to_json()
            (part / PAIR).write_text(page, encoding="utf-8")
            _compare(towers, find_model(str(part)))
    except OSError as error:
        raise ModelError(
            f"{target}: cannot write ({error.strerror or error}); wanted a writable place with "
            "twice the room of the checkpoint; next: choose another -o"
        ) from error
    return find_model(str(target))


def _of_transformers(source: str) -> _Towers:
    """CLIP and SigLIP in a folder as transformers writes it.

    Raises:
        ModelError: if it is something else, incomplete or damaged.
    """
    from transformers import AutoModel, AutoTokenizer  # noqa: PLC0415 - seconds

    folder = Path(source)
    kind = _page(folder, CONFIG).get("model_type")
    if kind not in KINDS:
        raise ModelError(
            f"{source}: found a model of type {kind!r}, wanted one of {', '.join(KINDS)} (SigLIP 2 "
            "of one input size is siglip); next: convert another model"
        )
    pictures = _preprocessing(folder)
    offline = {"local_files_only": True, "trust_remote_code": False}

    def refused(error: Exception) -> ModelError:
        return ModelError(
            f"{source}: transformers cannot load it ({first_line(error)}); next: copy the whole "
            "folder again, weights as safetensors"
        )

    with translate_errors(refused):
        model: Any = AutoModel.from_pretrained(
            folder,
            dtype=torch.float32,
            attn_implementation="eager",
            weights_only=True,
            **offline,
        ).eval()
        words: Any = AutoTokenizer.from_pretrained(folder, **offline)
    of_image, of_text = model.config.vision_config, model.config.text_config
    longest = of_text.max_position_embeddings
    settings = PairConfig(
        name=folder.name,
        embedding_size=getattr(model.config, "projection_dim", 0) or of_text.projection_size,
        image=PairImage(
            of_image.image_size, tuple(pictures["image_mean"]), tuple(pictures["image_std"])
        ),
        text=PairText(longest, pad_id=words.pad_token_id, padding_side=words.padding_side),
        source=f"transformers {kind}: {folder.name}",
    )
    plain = nn.Identity()  # SigLIP's towers project for themselves
    project = getattr(model, "visual_projection", plain)
    describe = getattr(model, "text_projection", plain)
    backend = getattr(words, "backend_tokenizer", None)
    return _Towers(
        Traced(model, lambda pixels: project(model.vision_model(pixels).pooler_output)),
        Traced(model, lambda ids: describe(model.text_model(ids).pooler_output)),
        settings,
        Tokenizer.from_str(backend.to_str()) if backend else read_tokenizer(folder / TOKENIZER),
        lambda texts: (
            words(
                texts,
                padding="max_length",
                max_length=longest,
                truncation=True,
                return_tensors="pt",
            ).input_ids
        ),
    )


def _preprocessing(folder: Path) -> dict[str, Any]:
    """Mean and deviation, of a preprocessor's page of either generation of transformers.

    Raises:
        ModelError: if there is no such page, or it has not both.
    """
    alone = (folder / "preprocessor_config.json").is_file()
    name = "preprocessor_config.json" if alone else "processor_config.json"
    page = _page(folder, name)
    found: dict[str, Any] = page if alone else page.get("image_processor", {})
    if not {"image_mean", "image_std"} <= set(found):
        raise ModelError(
            f"{folder / name}: found no image_mean or no image_std, wanted both; next: copy the "
            "whole folder"
        )
    return found


def _page(folder: Path, name: str) -> dict[str, Any]:
    try:
        return dict(json.loads((folder / name).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise ModelError(
            f"{folder}: found no readable {name} ({error}), wanted a folder as transformers writes "
            f"it, or {OPEN_CLIP}NAME@CHECKPOINT; next: copy the whole folder"
        ) from error


def _of_open_clip(source: str) -> _Towers:
    """A checkpoint of open_clip whose text tower reads CLIP's own tokens.

    Raises:
        ModelError: if it is something else, or damaged.
        MissingExtraError: if open_clip is not installed.
    """
    try:
        import open_clip  # noqa: PLC0415 - an extra of its own
        from open_clip.tokenizer import SimpleTokenizer  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError(
            "found no open_clip in this environment, wanted it to read its checkpoints; next: "
            "pip install 'cmpagl-qgis[convert]'"
        ) from error
    from transformers import CLIPTokenizer  # noqa: PLC0415 - seconds

    kind, _, file = source.removeprefix(OPEN_CLIP).partition("@")
    if kind not in open_clip.list_models() or not Path(file).is_file():
        raise ModelError(
            f"{source}: found no such model or file, wanted {OPEN_CLIP}NAME@CHECKPOINT, "
            "NAME as open_clip.list_models() has it; next: correct the name, fetch the file"
        )
    words = open_clip.get_tokenizer(kind)
    if not isinstance(words, SimpleTokenizer):
        raise ModelError(
            f"{source}: found a text tower with the tokens of {type(words).__name__}, wanted "
            "CLIP's own; next: convert the folder of transformers of this model"
        )

    def refused(error: Exception) -> ModelError:
        return ModelError(
            f"{file}: open_clip cannot load it as {kind} ({first_line(error)}); next: give the "
            "name that its makers name, and weights without pickled code"
        )

    with translate_errors(refused):
        model = open_clip.create_model(kind, pretrained=file, weights_only=True).eval()
    page = open_clip.get_model_preprocess_cfg(model)
    start, end = (words.decoder[number] for number in words.all_special_ids)
    own = CLIPTokenizer(
        words.encoder, list(words.bpe_ranks), end, bos_token=start, eos_token=end, pad_token=end
    )
    settings = PairConfig(
        name=kind,
        embedding_size=open_clip.get_model_config(kind)["embed_dim"],
        image=PairImage(np.ravel(page["size"])[0].item(), tuple(page["mean"]), tuple(page["std"])),
        text=PairText(model.context_length),
        source=source_of(kind, Path(file).name),
        origin=PairOrigin("", "", {Path(file).name: sha256_of([Path(file)])}),
    )
    return _Towers(
        Traced(model, model.encode_image),
        Traced(model, model.encode_text),
        settings,
        Tokenizer.from_str(own.backend_tokenizer.to_str()),
        lambda texts: words(texts, context_length=model.context_length),
    )


def _chips(settings: PairConfig) -> NDArray[np.uint8]:
    """Four chips of noise, always the same."""
    side = settings.image.input_px
    return np.random.default_rng(0).integers(0, 256, (4, side, side, 3), np.uint8)


def _pictures(settings: PairConfig) -> Tensor:
    """The same as the image tower reads them, ``(4, 3, S, S)``."""
    return torch.from_numpy(normalised(_chips(settings), settings.image))


def _trace(tower: nn.Module, inputs: Tensor, path: Path) -> None:
    """One graph, its tensors in a file next to it: a graph itself holds 2 GB at most."""
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tracing warns of shapes that are constant by design
        torch.onnx.export(
            tower,
            (inputs,),
            str(Path(scratch) / path.name),
            input_names=["inputs"],
            output_names=["embedding"],
            dynamic_axes={"inputs": {0: "batch"}, "embedding": {0: "batch"}},
            opset_version=OPSET,
            dynamo=False,
        )
        graph = onnx.load(Path(scratch) / path.name)
    onnx.save(graph, path, save_as_external_data=True, location=f"{path.name}.data")


def _compare(towers: _Towers, folder: ModelFolder) -> None:
    """Refuse a folder that does not give what the model gives.

    Raises:
        ModelError: if it does not.
    """
    texts = list(SAMPLES)
    wanted_ids = towers.ids(texts)
    if not np.array_equal(tokenise(load_tokenizer(folder), texts).ids, wanted_ids.numpy()):
        raise ModelError(f"{towers.settings.source}: its {TOKENIZER} gives other tokens than it")
    encoder = open_encoder(folder, device="cpu")
    with torch.inference_mode():
        pairs = (
            (encoder.encode_texts(texts), towers.text(wanted_ids)),
            (
                encoder.encode_chips(_chips(towers.settings)),
                towers.image(_pictures(towers.settings)),
            ),
        )
    for found, given in pairs:
        wanted = nn.functional.normalize(given.float(), dim=-1).numpy()
        error = float(np.abs(found - wanted).max())
        if not error <= WITHIN:
            raise ModelError(
                f"{towers.settings.source}: its graphs give vectors {error:.2g} off, wanted "
                f"{WITHIN:g} at most; next: convert another model, and report this one"
            )
