"""Many sentences in batches of like length, for the shorter are padded to the longest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from .protocol import Encoder


def encode_by_length(
    encoder: Encoder,
    texts: Sequence[str],
    batch: int,
    told: Callable[[int], object] | None = None,
    length: Callable[[str], int] = len,
) -> NDArray[np.float32]:
    """Embed sentences.

    Args:
        encoder: the model.
        texts: one or more.
        batch: how many at a time.
        told: called with the number of sentences of each batch; ``None``: nothing is.
        length: what sentences are sorted by.

    Returns:
        Unit vectors ``(len(texts), D)``, in the order given.
    """
    order = sorted(range(len(texts)), key=lambda row: length(texts[row]))
    vectors = []
    for start in range(0, len(order), batch):
        rows = order[start : start + batch]
        vectors.append(encoder.encode_texts([texts[row] for row in rows]))
        if told:
            told(len(rows))
    found: NDArray[np.float32] = np.concatenate(vectors)[np.argsort(order)]
    return found
