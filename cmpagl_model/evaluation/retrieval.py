"""Retrieval figures of a model on captioned pictures (METHOD 8.1), before and after SMR.

Start at :func:`evaluate`. The whole split is one gallery, a match is the picture's own sentence
and no identical one of another picture, and equal scores count against us.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.errors import DatasetError
from cmpagl_model.records import ModelId
from cmpagl_model.rerank.smr import BothWays, SmrSettings, reweight_both_ways

from .bootstrap import Interval, Ranks, bootstrap_interval
from .ceilings import sentence_ceilings
from .encode import encode_split
from .metrics import Recalls, RetrievalScores, match_ranks, recalls

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cmpagl_model.captions import CaptionedImage
    from cmpagl_model.encoders import Encoder
    from cmpagl_model.records import Problem

    from .encode import EncodedSplit, Progress


@dataclass(frozen=True, slots=True)
class EvaluationSettings:
    """What is measured beside the recalls."""

    smr: SmrSettings = field(default_factory=SmrSettings)
    """Weights of the re-ranking."""
    ceilings: bool = False
    """Whether to work out what shared sentences allow at most."""
    draws: int = 1000
    """Sets drawn for the intervals."""
    seed: int = 0
    """Of the draws."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures of one way of ranking."""

    scores: RetrievalScores
    """Recalls of both directions."""
    interval: Interval
    """95 % bootstrap interval of each, over images."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a model reaches on one split."""

    model: ModelId
    """The model."""
    device: str
    """Where it computed, in words."""
    images: int
    """Pictures that were ranked."""
    sentences: int
    """Sentences that were ranked, repeats counted."""
    none: Measured
    """Ranked by cosine alone."""
    smr: Measured
    """Re-ranked by SMR, which looks at all queries at once."""
    settings: EvaluationSettings
    """How it was measured."""
    ceilings: Recalls | None
    """Highest possible recalls of sentences asking for images; ``None``: not asked for."""
    problems: tuple[Problem, ...]
    """Pictures that were left out."""


def choose_split(
    items: Sequence[CaptionedImage], split: str, limit: int | None = None
) -> list[CaptionedImage]:
    """The pictures of one split, in the order of their file.

    Args:
        items: pictures of all splits.
        split: name of the wanted one.
        limit: how many to take from its beginning; ``None``: all, as the protocol has it.

    Raises:
        DatasetError: if there is no picture at all or none of that split.
    """
    chosen = [item for item in items if item.split == split]
    if not items:
        raise DatasetError("found no picture in the captions file, wanted some to rank")
    if not chosen:
        names = ", ".join(sorted({item.split for item in items}))
        raise DatasetError(f"found no split {split!r} in the captions file; wanted one of {names}")
    return chosen[:limit]


def evaluate(
    items: Sequence[CaptionedImage],
    encoder: Encoder,
    settings: EvaluationSettings | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Encode pictures and sentences and measure how well they find each other.

    Args:
        items: the split, one or more pictures.
        encoder: the model; either backend.
        settings: what is measured; ``None``: the defaults.
        progress: told of every batch.

    Returns:
        Recalls with and without SMR. Pictures that cannot be read or have no sentence are left
        out, as queries and as candidates, and named in ``problems``.

    Raises:
        DatasetError: if no picture is left.
        EvaluationError: if the model gives scores that are no finite numbers.
    """
    chosen = settings or EvaluationSettings()
    encoded = encode_split(items, encoder, progress)
    similarity = encoded.similarity()
    return Evaluation(
        model=ModelId(encoder.model.name, encoder.model.fingerprint),
        device=encoder.device,
        images=len(encoded.images),
        sentences=len(encoded.sentences),
        smr=_measured(reweight_both_ways(similarity, chosen.smr), encoded, chosen),
        none=_measured(BothWays(similarity, similarity.T), encoded, chosen),
        settings=chosen,
        ceilings=_ceilings(encoded) if chosen.ceilings else None,
        problems=encoded.problems,
    )


def directed_ranks(scores: BothWays, image_of: NDArray[np.integer]) -> Ranks:
    """Ranks of both directions by strict identity, equal scores against us.

    Args:
        scores: of both directions.
        image_of: row of the image that each sentence describes, ``(sentences,)``.
    """
    images = np.arange(scores.i2t.shape[0])
    return Ranks(
        images=match_ranks(scores.i2t, image_of, images),
        sentences=match_ranks(scores.t2i, images, image_of),
        image_of=image_of,
    )


def _ceilings(encoded: EncodedSplit) -> Recalls:
    return sentence_ceilings(encoded.sentences, encoded.image_of.tolist())


def _measured(scores: BothWays, encoded: EncodedSplit, settings: EvaluationSettings) -> Measured:
    ranks = directed_ranks(scores, encoded.image_of)
    return Measured(
        scores=RetrievalScores(i2t=recalls(ranks.images), t2i=recalls(ranks.sentences)),
        interval=bootstrap_interval(ranks, settings.draws, settings.seed),
    )
