"""A cache of sentence embeddings: a query that is repeated, as an index grows, need not wait."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .protocol import Encoder

    Known = dict[str, NDArray[np.float32]]

MOST_KEPT = 256
"""Sentences of an encoder, the ones asked last."""
_KNOWN: WeakKeyDictionary[Encoder, Known] = WeakKeyDictionary()


def sentence_vector(encoder: Encoder, sentence: str) -> NDArray[np.float32]:
    """A sentence as an encoder embeds it, unit length, ``(D,)``, not to be written into.

    Args:
        encoder: asked once for each sentence, as long as that is kept.
        sentence: one that was checked.
    """
    known = _KNOWN.setdefault(encoder, {})
    vector = known.pop(sentence, None)
    if vector is None:
        vector = encoder.encode_texts([sentence])[0]
        vector.flags.writeable = False
    known[sentence] = vector
    for old in list(known)[:-MOST_KEPT]:
        known.pop(old, None)
    return vector
