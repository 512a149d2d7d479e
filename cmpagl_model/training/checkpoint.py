"""A run's checkpoint: everything that the next step depends on, in one file.

It is read with ``weights_only``, so a file that holds code is refused, never run.
"""

from __future__ import annotations

import dataclasses
import pickle
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from cmpagl_model.atomic import replacing
from cmpagl_model.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

CHECKPOINT, BEST = "checkpoint.pt", "best.safetensors"
FORMAT = "cmpagl-run-1"
UNREADABLE = (pickle.UnpicklingError, RuntimeError, EOFError, OSError, ValueError, KeyError)


@dataclass(slots=True)
class TrainState:
    """Where a run is, and what it will report next. The one record here that changes."""

    step: int = 0
    """Steps made."""
    epoch_loss: float = 0.0
    """Sum of the losses of this epoch's steps."""
    window_loss: float = 0.0
    """Sum of the losses since the last line of the log."""
    window_steps: int = 0
    """Steps since the last line of the log."""
    seconds: float = 0.0
    """Time that this epoch's steps took."""
    best: float = -1.0
    """Best mR on val so far, %; -1: none was measured."""
    stale: int = 0
    """Epochs since then."""
    log_bytes: int = 0
    """Length of the log; what stands behind it was written after the checkpoint."""


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """What a run goes on from."""

    model_config: str
    """The model's configuration as JSON."""
    data_key: str
    """Changes with the training pictures and the way they are cut into batches."""
    tally: dict[str, Any]
    """Fields of :class:`TrainState`."""
    model: dict[str, Tensor]
    """Weights that are trained."""
    average: dict[str, Tensor]
    """Their exponential moving average."""
    optimiser: dict[str, Any]
    """State of AdamW."""
    scaler: dict[str, Any]
    """State of the gradient scaler; empty unless in float16."""


def write_checkpoint(checkpoint: Checkpoint, path: Path) -> None:
    """Write by rename, so that a stop leaves the old or the new one whole.

    Args:
        checkpoint: what to write.
        path: the file; replaced if it exists.

    Raises:
        OSError: if it cannot be written; the old one stays.
    """
    values = {f.name: getattr(checkpoint, f.name) for f in dataclasses.fields(checkpoint)}
    try:
        with replacing(path) as part:
            torch.save({"format": FORMAT, **values}, part)
    except RuntimeError as error:  # torch's own writer reports a full disk so
        raise OSError(f"{path}: {error}") from error


def read_checkpoint(path: Path) -> Checkpoint:
    """Read a run's checkpoint onto the CPU.

    Args:
        path: the file.

    Returns:
        What it holds.

    Raises:
        ModelError: if it is damaged, holds code, or is something else.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a refusal is one line
            values = torch.load(path, weights_only=True, map_location="cpu")
    except UNREADABLE as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise ModelError(
            f"{path}: found a damaged file or one that holds code ({reason[0][:120]}); wanted a "
            "checkpoint that cmpagl train wrote; next: remove it to begin anew, or choose another "
            "folder"
        ) from error
    wanted = {f.name for f in dataclasses.fields(Checkpoint)}
    if not isinstance(values, dict) or values.pop("format", None) != FORMAT:
        raise ModelError(
            f"{path}: found no checkpoint of this version of cmpagl train, wanted {FORMAT}; "
            "next: remove it to begin anew, or choose another folder"
        )
    if not wanted <= set(values):
        raise ModelError(f"{path}: found an incomplete checkpoint; next: remove it to begin anew")
    return Checkpoint(**{name: values[name] for name in wanted})
