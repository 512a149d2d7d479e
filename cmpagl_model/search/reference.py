"""The sentences that may be said of a place: those that ship, or a list of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from cmpagl_model.errors import QueryError

from .classes import small_text
from .composed import checked_query

if TYPE_CHECKING:
    from collections.abc import Hashable

    from numpy.typing import NDArray

    from cmpagl_model.encoders import Encoder

    Floats = NDArray[np.float32]

SHIPPED = Path(__file__).with_name("reference_sentences.txt")
MOST_SENTENCES, BATCH = 2_000, 64


@dataclass(frozen=True, slots=True)
class Reference:
    """What may be said."""

    kinds: tuple[str, ...]
    """Plain kinds of places, by which clusters are called."""
    sentences: tuple[str, ...]
    """All that may be said of a place, the kinds first."""


def read_reference(path: Path | None = None) -> Reference:
    """The sentences of a file.

    Args:
        path: UTF-8, one sentence a line; empty lines, and lines that begin with ``#``, say nothing.
            ``None``: the list that ships.

    Returns:
        The sentences; of one's own list each may name a cluster.

    Raises:
        QueryError: if the file cannot be read, has no sentence or too many, or a line is wrong: its
            number is told.
    """
    text = small_text(path or SHIPPED, "a list of sentences")
    said: dict[str, int] = {}
    sentences: list[str] = []
    kinds = 0
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            kinds = kinds or len(sentences)
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            sentence = checked_query(line)
        except QueryError as error:
            raise QueryError(f"{path}: line {number}: {error}") from error
        if sentence.lower() in said:
            raise QueryError(
                f"{path}: line {number}: found the sentence of line {said[sentence.lower()]} "
                "again, wanted each once"
            )
        said[sentence.lower()] = number
        sentences.append(sentence)
    if not 1 <= len(sentences) <= MOST_SENTENCES:
        raise QueryError(
            f"{path}: found {len(sentences):,} sentences, wanted 1 to {MOST_SENTENCES:,}, one a "
            "line, such as: boats in a harbour"
        )
    return Reference(tuple(sentences[: kinds if path is None else None]), tuple(sentences))


def encoded(encoder: Encoder, sentences: tuple[str, ...]) -> Floats:
    """Sentences as a model embeds them, kept for the next question.

    Args:
        encoder: of the model.
        sentences: n of them.

    Returns:
        Unit vectors ``(n, D)``.
    """
    return _encoded(cast("Hashable", encoder), sentences)


@lru_cache(maxsize=4)
def _encoded(encoder: Encoder, sentences: tuple[str, ...]) -> Floats:
    batches = [sentences[start : start + BATCH] for start in range(0, len(sentences), BATCH)]
    return np.concatenate([encoder.encode_texts(list(batch)) for batch in batches])
