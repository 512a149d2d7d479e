"""The fusion encoder's logits of the best pairs of a split (docs/method.md 5.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.captions import load_pictures
from cmpagl_model.encoders.protocol import WordTokens
from cmpagl_model.progress import NoProgress
from cmpagl_model.rerank.fusion import best_pairs, fuse, log_odds, match_logits

from .encode import IMAGE_BATCH, TEXT_BATCH, pieces

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cmpagl_model.encoders import Encoder
    from cmpagl_model.progress import Progress
    from cmpagl_model.rerank.settings import Calibration

    from .encode import EncodedSplit


@dataclass(frozen=True, slots=True, eq=False)
class MatchedPairs:
    """What the fusion encoder found; every different sentence was matched once per picture."""

    similarity: NDArray[np.float32]
    """Cosines ``(images, texts)``."""
    pairs: NDArray[np.int64]
    """Picture and different sentence of each pair looked at, ``(P, 2)``."""
    logits: NDArray[np.float32]
    """Of a match, not calibrated, ``(P,)``."""

    def fused(self, calibration: Calibration, weight: float) -> NDArray[np.float64]:
        """Cosines and log-odds together, ``(images, texts)``.

        Args:
            calibration: of the logits.
            weight: cosine that one unit of log-odds is worth, 0 or more.
        """
        return fuse(self.similarity, self.pairs, log_odds(self.logits, calibration), weight)


def match_split(
    split: EncodedSplit, encoder: Encoder, k: int, progress: Progress | None = None
) -> MatchedPairs:
    """Match the best ``k`` of every picture and of every different sentence.

    Args:
        split: vectors of the same encoder.
        encoder: of a model with a fusion encoder.
        k: pairs of each query, best by cosine first, 1 or more.
        progress: called after every batch; ``None``: nothing is.

    Returns:
        The logits. Tokens of all pictures and sentences are in memory meanwhile: for 1,000
        pictures and 4,500 sentences some 0.4 GB.

    Raises:
        ModelError: if the model has no fusion encoder.
        EvaluationError: if a logit is no finite number.
    """
    told = progress or NoProgress()
    similarity = split.images @ split.texts.T
    pairs = best_pairs(similarity, k)
    told.start(len(split.paths), "encoding tokens of pictures")
    chips = []
    for paths in pieces(split.paths, IMAGE_BATCH):
        pixels = load_pictures(paths, encoder.model.config.image.input_px)
        chips.append(encoder.chip_tokens(pixels).astype(np.float16))  # half the memory
        told.advance(len(paths))
    told.start(len(split.different), "encoding tokens of sentences")
    words = []
    for some in pieces(split.different, TEXT_BATCH):
        words.append(encoder.word_tokens(some))
        told.advance(len(some))
    longest = max(part.mask.shape[1] for part in words)
    whole = WordTokens(
        tokens=np.concatenate([_padded(part.tokens, longest) for part in words]),
        mask=np.concatenate([_padded(part.mask, longest) for part in words]),
    )
    told.start(len(pairs), "matching pairs")
    logits = match_logits(encoder, whole, np.concatenate(chips), pairs, told)
    return MatchedPairs(similarity, pairs, logits)


def _padded(values: NDArray[np.generic], width: int) -> NDArray[np.generic]:
    """``(n, T, ...)`` with zeros behind, so that T is ``width``."""
    missing = [(0, 0), (0, width - values.shape[1]), *[(0, 0)] * (values.ndim - 2)]
    return np.pad(values, missing)
