"""The end of a run: a model folder that can be used at once."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from cmpagl_model.network import CmpaglModel, create_model, save_pretrained
from cmpagl_model.network.export import export_towers

if TYPE_CHECKING:
    from pathlib import Path

MODEL = "model"


def write_model(model: CmpaglModel, tokenizer: Path, folder: Path, *, fusion: bool) -> Path:
    """Write a trained model with its ONNX graphs.

    Args:
        model: the weights to keep.
        tokenizer: file of its tokenizer.
        folder: folder of the run; the model goes into ``model/``.
        fusion: whether the fusion encoder was trained; else it is left out.

    Returns:
        The model folder.

    Raises:
        ModelError: if it cannot be written.
    """
    kept = model.cpu()
    if not fusion and model.fusion is not None:
        kept = create_model(dataclasses.replace(model.config, fusion_layers=0))
        trained = model.state_dict().items()
        kept.load_state_dict({n: v for n, v in trained if not n.startswith("fusion.")})
    save_pretrained(kept, folder / MODEL, tokenizer)
    export_towers(folder / MODEL)
    return folder / MODEL
