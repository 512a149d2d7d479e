"""Model folders in and out: safetensors and ``config.json``, never a pickle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from cmpagl_model.atomic import replacing, write_bytes
from cmpagl_model.config import read_config
from cmpagl_model.errors import ModelError
from cmpagl_model.model_folder import CONFIG, TOKENIZER, WEIGHTS, folder_of, known_models

from .model import CmpaglModel

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

COUNTERS = "num_batches_tracked"
READABLE = 0o644


def save_pretrained(model: CmpaglModel, folder: Path, tokenizer: Path) -> None:
    """Write a model folder.

    Matrices and kernels are kept in float16, vectors in float32: half the size, and a change of
    the embeddings (cosine above 0.9999) far below what ranks can tell.

    Args:
        model: what to write.
        folder: made if it is missing; its files are replaced by rename.
        tokenizer: the ``tokenizer.json`` that belongs to the text tower.

    Raises:
        ModelError: if the folder cannot be written.
    """
    weights = {
        name: value.detach().to(torch.float16 if value.dim() > 1 else torch.float32).contiguous()
        for name, value in _weights(model).items()
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with replacing(folder / WEIGHTS) as part:
            save_file(weights, part, metadata={"format": "pt"})
            part.chmod(READABLE)  # the library writes files that only their owner may read
        write_bytes(folder / CONFIG, model.config.to_json().encode())
        if tokenizer.resolve() != (folder / TOKENIZER).resolve():
            write_bytes(folder / TOKENIZER, tokenizer.read_bytes())
    except OSError as error:
        raise ModelError(
            f"cannot write the model to {folder} ({error.strerror}); wanted a writable folder "
            "with enough room; next: choose another one"
        ) from error


def from_pretrained(source: str | Path) -> CmpaglModel:
    """Read a model from a folder or by its name.

    Args:
        source: a folder, or a known name such as ``cmpagl_lite``.

    Returns:
        The model in evaluation mode, float32, on the CPU.

    Raises:
        ModelError: if the model is missing, damaged, or its weights are not those of its
            configuration.
        ConfigError: if its configuration does not hold.
    """
    folder = folder_of(str(source))
    if not folder.is_dir():
        raise ModelError(
            f"found no model {str(source)!r}; wanted one of {', '.join(known_models()) or 'none'}, "
            "or a model folder"
        )
    model = CmpaglModel(read_config(folder / CONFIG)).eval()
    path = folder / WEIGHTS
    if not path.is_file():
        others = sorted(
            p.name for p in path.parent.glob("*") if p.suffix in {".bin", ".pt", ".pth"}
        )
        raise ModelError(
            f"{path.parent}: found {', '.join(others) or 'no weights'}, wanted {WEIGHTS} "
            "(pickled weights are refused, they can run code); next: convert with safetensors"
        )
    try:
        stored = load_file(path)
    except (SafetensorError, OSError, ValueError) as error:
        raise ModelError(
            f"{path}: damaged weights ({error}); wanted a safetensors file; "
            "next: copy the model folder again"
        ) from error
    known = _weights(model)
    missing, foreign = sorted(set(known) - set(stored)), sorted(set(stored) - set(known))
    misshapen = [n for n in known if n in stored and known[n].shape != stored[n].shape]
    if missing or foreign or misshapen:
        first = (missing + foreign + misshapen)[0]
        raise ModelError(
            f"{folder}: found {len(missing)} tensors missing, {len(foreign)} foreign and "
            f"{len(misshapen)} misshapen (first: {first}); wanted the weights of "
            f"{model.config.name} as its {CONFIG} describes it; next: keep both files together"
        )
    model.load_state_dict({name: value.float() for name, value in stored.items()}, strict=False)
    return model


def _weights(model: CmpaglModel) -> dict[str, Tensor]:
    return {n: v for n, v in model.state_dict().items() if not n.endswith(COUNTERS)}
