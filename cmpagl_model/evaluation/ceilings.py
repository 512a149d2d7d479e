"""What no ranking can exceed where images share their sentences (docs/method.md 8.3)."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from cmpagl_model.captions import normalise_sentence

from .metrics import DEPTHS, Recalls

if TYPE_CHECKING:
    from collections.abc import Sequence


def sentence_ceilings(sentences: Sequence[str], image_of: Sequence[int]) -> Recalls:
    """The highest recalls that sentences asking for their images can reach.

    Sentences that differ in case, punctuation or blanks only are one query with one answer, and
    under strict identity that answer serves one image after the other. At best it lists the
    images in the order of how often the sentence was written for them.

    Args:
        sentences: as written, one or more.
        image_of: row of the image that each describes.

    Returns:
        The largest possible text-to-image recalls, in %, whatever the model.

    Example:
        >>> sentence_ceilings(["A lake.", "a lake", "A port."], [0, 1, 1]).r1
        66.66666666666667
    """
    written: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for sentence, image in zip(sentences, image_of, strict=True):
        written[normalise_sentence(sentence)][image] += 1
    best = [[times for _, times in images.most_common(max(DEPTHS))] for images in written.values()]
    return Recalls(*(100.0 * sum(sum(row[:k]) for row in best) / len(sentences) for k in DEPTHS))
