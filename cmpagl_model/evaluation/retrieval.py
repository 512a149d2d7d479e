"""Retrieval figures on captioned pictures (docs/method.md 8.1), before and after re-ranking.

Start at :func:`evaluate`. The whole split is one gallery, a match is the picture's own sentence
and no identical one of another picture, and equal scores count against us.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.encoders.tokens import check_fusion
from cmpagl_model.errors import DatasetError, EvaluationError
from cmpagl_model.rerank.settings import RerankSettings
from cmpagl_model.rerank.smr import BidirectionalScores, reweight_both_ways

from .bootstrap import Interval, Ranks, bootstrap_interval
from .ceilings import sentence_ceilings
from .encode import encode_split
from .metrics import RECALLS, Figure, Recalls, RetrievalScores, match_ranks
from .pairs import match_split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cmpagl_model.captions import CaptionedImage
    from cmpagl_model.encoders import Encoder
    from cmpagl_model.progress import Progress
    from cmpagl_model.records import ModelId, Problem, Rerank


WAYS: tuple[Rerank, ...] = ("none", "smr", "fusion", "full")
NEED_SMR: frozenset[Rerank] = frozenset({"smr", "full"})
NEED_FUSION: frozenset[Rerank] = frozenset({"fusion", "full"})


@dataclass(frozen=True, slots=True)
class EvaluationSettings:
    """What is measured besides the recalls."""

    ways: tuple[Rerank, ...] | None = None
    """Ways of ranking to measure; ``None``: all that the model can."""
    rerank: RerankSettings = field(default_factory=RerankSettings)
    """Of SMR and the fusion encoder; what serves a live query only is not used."""
    ceilings: bool = False
    """Whether to work out what shared sentences allow at most."""
    draws: int = 1000
    """Sets drawn for the intervals."""
    seed: int = 0
    """Of the draws."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures of one way of ranking."""

    way: Rerank
    """Which; ``full`` is SMR on what fusion gives."""
    scores: RetrievalScores
    """Recalls of both directions."""
    interval: Interval
    """95 % bootstrap interval of each, over images."""

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Recalls of images asking for sentences, of sentences asking for images, and mR."""
        ends = self.interval
        values, low, high = (
            (*of.i2t.values, *of.t2i.values) for of in (self.scores, ends.low, ends.high)
        )
        six = zip(2 * RECALLS, values, zip(low, high, strict=True), strict=True)
        mean = Figure("mR", self.scores.mean_recall, (ends.low_mean, ends.high_mean))
        return (*(Figure(*one) for one in six), mean)


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
    measured: tuple[Measured, ...]
    """Each way of ranking once, in the order none, smr, fusion, full."""
    settings: EvaluationSettings
    """How it was measured."""
    ceilings: Recalls | None
    """Highest possible recalls of sentences asking for images; ``None``: not asked for."""
    problems: tuple[Problem, ...]
    """Pictures that were left out."""
    taught: tuple[str, ...] = ()
    """Parts of data sets that the model learned from."""

    @property
    def ways(self) -> tuple[Rerank, ...]:
        """The ways of ranking that were measured."""
        return tuple(found.way for found in self.measured)

    def by(self, way: Rerank) -> Measured:
        """Figures of one way of ranking.

        Raises:
            EvaluationError: if it was not measured.
        """
        for found in self.measured:
            if found.way == way:
                return found
        raise EvaluationError(
            f"evaluation: found no figures for {way}, wanted one of {', '.join(self.ways)}"
        )


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
        Recalls of every way of ranking that was asked for. Pictures that cannot be read or have
        no sentence are left out, as queries and as candidates, and named in ``problems``.

    Raises:
        DatasetError: if no picture is left.
        EvaluationError: if the model gives scores that are no finite numbers.
        ModelError: if a way needs a fusion encoder and the model has none.
    """
    chosen = settings or EvaluationSettings()
    wanted = frozenset(WAYS if chosen.ways is None else chosen.ways)
    if chosen.ways is None and not encoder.model.config.fusion_layers:
        wanted -= NEED_FUSION
    if not NEED_FUSION.isdisjoint(wanted):
        check_fusion(encoder.model)
    ways = [way for way in WAYS if way in wanted]
    encoded = encode_split(items, encoder, progress)
    cosines = encoded.similarity()
    fused: NDArray[np.floating] = cosines
    if not NEED_FUSION.isdisjoint(ways):
        matched = match_split(encoded, encoder, chosen.rerank.k, progress)
        by_text = matched.fused(chosen.rerank.calibration, chosen.rerank.fusion_weight)
        fused = by_text[:, encoded.text_of]
    measured = []
    for way in ways:
        similarity = fused if way in NEED_FUSION else cosines
        scores = BidirectionalScores(similarity, similarity.T)
        if way in NEED_SMR:
            scores = reweight_both_ways(similarity, chosen.rerank.smr)
        ranks = directed_ranks(scores, encoded.image_of)
        interval = bootstrap_interval(ranks, chosen.draws, chosen.seed)
        measured.append(Measured(way, ranks.scores, interval))
    ceilings = None
    if chosen.ceilings:
        ceilings = sentence_ceilings(encoded.sentences, encoded.image_of.tolist())
    return Evaluation(
        model=encoder.model.id,
        device=encoder.device,
        images=len(encoded.images),
        sentences=len(encoded.sentences),
        measured=tuple(measured),
        settings=chosen,
        ceilings=ceilings,
        problems=encoded.problems,
        taught=encoder.model.taught,
    )


def directed_ranks(scores: BidirectionalScores, image_of: NDArray[np.integer]) -> Ranks:
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
