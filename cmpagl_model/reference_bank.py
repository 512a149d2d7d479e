"""The bank of reference sentences of a model: read without what makes one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from .errors import ModelError
from .model_folder import BANK

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .model_folder import ModelFolder

    Floats = NDArray[np.float32]

MARK = "# of the weights "
LIST_ENDING, VECTOR_ENDING = ".txt", ".npy"


@dataclass(frozen=True, slots=True, eq=False)
class Bank:
    """Reference sentences as a model embeds them."""

    vectors: Floats
    """Unit vectors ``(N, D)``."""
    sentences: tuple[str, ...] = ()
    """What they say, N; empty if they are centres of clusters."""


def read_bank(model: ModelFolder) -> Bank:
    """The bank of a model.

    Raises:
        ModelError: if there is none, it is damaged, or it was made with other weights.
    """
    path = model.path / (BANK + VECTOR_ENDING)
    remedy = f"next: run 'python -m cmpagl_model.rerank.bank {model.path}'"
    try:
        text = (model.path / (BANK + LIST_ENDING)).read_text(encoding="utf-8")
        vectors = np.load(path, allow_pickle=False)
    except FileNotFoundError as error:
        raise ModelError(
            f"{model.path}: found no {Path(error.filename or path).name}, wanted the bank of "
            f"reference sentences, which smr and full need for a single query; {remedy}"
        ) from error
    except (OSError, ValueError, EOFError) as error:
        raise ModelError(f"{path}: found a damaged bank ({error}); {remedy}") from error
    first, *sentences = text.splitlines() or [""]
    if first != MARK + model.weights_hash:
        raise ModelError(
            f"{model.path}: found a bank {first[2:][:40]!r}, wanted one of the weights "
            f"{model.weights_hash[:12]}; {remedy}"
        )
    width = model.config.embedding_size
    if vectors.ndim != 2 or vectors.shape[1] != width or not np.isfinite(vectors).all():
        raise ModelError(
            f"{path}: found an array of shape {vectors.shape}, wanted finite numbers of shape "
            f"(N, {width}); {remedy}"
        )
    return Bank(vectors.astype(np.float32), tuple(sentences))
