"""What a step reads: views of pictures and words, drawn by the seed and the step's number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from cmpagl_model.errors import DatasetError

from .augment import draw_views, make_views
from .kept_views import KeptViews
from .sentences import draw_sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmpagl_model.training.context import RunContext

    from .pictures import Pictures
    from .sentences import Sentences
    from .teacher import Teacher
    from .words import TrainingWords, WordBatch

FEWEST = 2


@dataclass(frozen=True, slots=True)
class BatchRows:
    """Which pictures and sentences a batch holds."""

    rows: tuple[int, ...]
    """Training pictures, B."""
    numbers: tuple[int, ...]
    """Different sentences, T."""


@dataclass(frozen=True, slots=True, eq=False)
class TrainingSet:
    """Training pictures and sentences, ready for steps."""

    pictures: Pictures | KeptViews
    """Pixels by row, or features of views in their place."""
    sentences: Sentences
    """What was written about them, and made of that."""
    words: TrainingWords
    """The same for the text tower."""
    teacher: Teacher | None
    """Soft targets; ``None``: none."""


@dataclass(frozen=True, slots=True, eq=False)
class BatchInputs:
    """One micro batch; B pictures of all processes, views and words of this one's share."""

    whole: BatchRows
    """Readable pictures of all processes, and their sentences."""
    local: BatchRows
    """This process's part of them."""
    readable: Tensor
    """False where a picture cannot be decoded, ``(B,)`` bool, of all processes."""
    share: slice
    """This process's places among the B."""
    views: Tensor
    """Views ``(b, S, S, 3)``, 0 to 255, black where a picture cannot be decoded; or what the
    frozen stages made of kept ones, ``(b, C, H, W)``."""
    words: WordBatch
    """Sentences of the views, ``sentences_per_picture`` for each."""

    def usable(self, images: Tensor, sentences: Tensor) -> tuple[Tensor, Tensor]:
        """Rows of what can be decoded, of all processes' images and sentences or of this one's."""
        if bool(self.readable.all()):
            return images, sentences
        mask = self.readable if len(images) == len(self.readable) else self.readable[self.share]
        keep = mask.to(images.device)
        each = len(sentences) // len(images)
        return images[keep], sentences[keep.repeat_interleave(each)]


def make_batch(
    data: TrainingSet, rows: Sequence[int], step: int, side: int, context: RunContext
) -> BatchInputs:
    """Draw views and sentences of a micro batch.

    Args:
        data: the training set.
        rows: pictures of all processes.
        step: number of the micro batch.
        side: S, input of the image tower, px.
        context: the run.

    Returns:
        The inputs, on the device of the run.

    Raises:
        DatasetError: if fewer than two of the pictures can be decoded.
    """
    config, group, device = context.config, context.group, context.compute.device
    each = config.batch.sentences_per_picture
    chooser = np.random.default_rng((config.seed, 1, step))
    numbers = draw_sentences(data.sentences, rows, config.batch, chooser)
    share = group.share(len(rows))
    if isinstance(data.pictures, KeptViews):
        drawn = chooser.integers(len(data.pictures), size=len(rows)).tolist()
        seen = data.pictures.batch(rows[share], drawn[share])
        views, own = seen.pixels.to(device), seen.readable
    else:
        generator = torch.Generator().manual_seed(config.seed * 1_000_003 + step)
        draws = draw_views(len(rows), config.augmentation, generator)
        pictures = data.pictures.batch(rows[share])
        views = make_views(pictures.pixels.to(device), side, draws.part(share))
        own = pictures.readable
    readable = group.gather(own.to(device, torch.uint8)).bool().cpu()
    if not isinstance(data.pictures, KeptViews):
        data.pictures.exclude([row for row, fine in zip(rows, readable, strict=True) if not fine])
    if int(readable.sum()) < FEWEST:
        raise DatasetError(
            f"found {int(readable.sum())} of {len(rows)} pictures of a batch readable, wanted "
            f"{FEWEST} at least; next: check the disk that holds them, and give the command again"
        )
    sentence_share = slice(share.start * each, share.stop * each)
    return BatchInputs(
        whole=_batch_rows(rows, numbers, readable),
        local=_batch_rows(rows[share], numbers[sentence_share], readable[share]),
        readable=readable,
        share=share,
        views=views,
        words=data.words.batch(numbers[sentence_share]).to(device),
    )


def _batch_rows(rows: Sequence[int], numbers: Sequence[int], readable: Tensor) -> BatchRows:
    each = len(numbers) // len(rows)
    keep = readable.tolist()
    return BatchRows(
        rows=tuple(row for row, fine in zip(rows, keep, strict=True) if fine),
        numbers=tuple(number for n, number in enumerate(numbers) if keep[n // each]),
    )
