"""Sentences to word-piece numbers, by the model's own ``tokenizer.json``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from tokenizers import Tokenizer

from cmpagl_model.errors import ModelError, first_line
from cmpagl_model.model_folder import TOKENIZER
from cmpagl_model.pair import PairText
from tiling.errors import translate_errors

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from cmpagl_model.model_folder import ModelFolder


@dataclass(frozen=True, slots=True)
class Words:
    """A batch of sentences as the text tower reads them."""

    ids: NDArray[np.int64]
    """Word-piece numbers ``(n, T)``, padded as the model wants it."""
    mask: NDArray[np.int64]
    """1 for a word piece, 0 for padding, ``(n, T)``."""


def read_tokenizer(path: Path) -> Tokenizer:
    """A tokenizer as its file has it.

    Raises:
        ModelError: if the file is missing or damaged.
    """

    def refused(error: Exception) -> ModelError:
        return ModelError(
            f"{path}: no readable tokenizer ({first_line(error)}), wanted the {TOKENIZER} of the "
            "text tower; next: copy the whole model folder again"
        )

    with translate_errors(refused):
        return Tokenizer.from_file(str(path))


def load_tokenizer(model: ModelFolder) -> Tokenizer:
    """The tokenizer of a model, cutting and padding as its text tower needs.

    Raises:
        ModelError: if the file is missing or damaged.
    """
    tokenizer = read_tokenizer(model.file(TOKENIZER))
    text = model.config.text
    tokenizer.enable_truncation(text.max_tokens)
    if isinstance(text, PairText):
        length = text.max_tokens if text.padding == "max_tokens" else None
        tokenizer.enable_padding(direction=text.padding_side, pad_id=text.pad_id, length=length)
    else:
        tokenizer.enable_padding()
    return tokenizer


def tokenise(tokenizer: Tokenizer, texts: Sequence[str]) -> Words:
    """Word-piece numbers of ``texts``; T is the longest of them, or what the model wants."""
    rows = tokenizer.encode_batch(list(texts))
    return Words(
        ids=np.array([row.ids for row in rows], np.int64),
        mask=np.array([row.attention_mask for row in rows], np.int64),
    )


def check_fusion(model: ModelFolder) -> None:
    """Refuse a model of two towers only.

    Raises:
        ModelError: if it has no fusion encoder.
    """
    if not model.config.fusion_layers:
        raise ModelError(
            f"{model.path}: found the two towers of {model.name} only, wanted a model with a "
            "fusion encoder; next: re-rank with none or smr, or train the fusion encoder"
        )
