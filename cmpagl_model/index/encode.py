"""The encoding side of a build: batches in, whole parts out."""

from __future__ import annotations

import sys
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import chain, repeat
from typing import TYPE_CHECKING

import numpy as np

from tiling import footprints

from .batches import ReadChips, UnreadScene, read_batches
from .part_records import PartArrays, PartRecord
from .prefetch import prefetched

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from numpy.typing import NDArray

    from cmpagl_model.encoders import Encoder
    from cmpagl_model.progress import Progress

    from .batches import Batch, SceneJob
    from .format import IndexInfo

AHEAD_BYTES, MOST_AHEAD = 64 << 20, 64
"""How far the reader may be ahead of the encoder: pixels, and batches, which are small in small
scenes."""


PAUSES_S = (10.0, 20.0, 60.0)
"""After which what is begun of a part is written, so that it can be searched; the last one again
and again."""


@dataclass(slots=True, eq=False)
class EncodedPart(ReadChips):
    """A part whose chips all have their embeddings; ``sources`` are rows of ``vectors``."""

    vectors: list[NDArray[np.float16]] = field(default_factory=list)
    """Embeddings of the chips encoded, batch by batch ``(n, D)``."""
    taken: int = 0
    """Embeddings among ``vectors`` that a stopped run had made."""

    @property
    def encoded(self) -> int:
        """How many chips have an embedding of their own; the others that of one of equal pixels."""
        return sum(len(vectors) for vectors in self.vectors)

    def add(self, batch: Batch, encoder: Encoder) -> None:
        """Encode a batch, unless a stopped run had done so."""
        if len(batch.pixels):
            begun, first = self.job.begun.get(self.number, {}), dict[int, int]()
            for chip, source in zip(batch.chips, batch.sources, strict=True):
                first.setdefault(source, chip.number)
            numbers = [first[self.encoded + n] for n in range(len(batch.pixels))]
            if begun.keys() >= {*numbers}:
                self.vectors.append(np.stack([begun[number] for number in numbers]))
                self.taken += len(numbers)
            else:
                self.vectors.append(embed(encoder, np.stack(batch.pixels)))
        self.chips += batch.chips
        self.sources += batch.sources
        self.valid += batch.valid
        self.skipped += batch.skipped
        self.damage += batch.damage
        self.last = batch.last

    def so_far(self) -> EncodedPart:
        """What there is of it now; it may go on meanwhile."""
        return replace(
            self,
            chips=list(self.chips),
            sources=list(self.sources),
            valid=list(self.valid),
            vectors=list(self.vectors),
            skipped=Counter(self.skipped),
            damage=list(self.damage),
        )

    def record(self, info: IndexInfo) -> PartRecord:
        """Its footer."""
        return PartRecord(
            scene=self.job.scene,
            model=info.model,
            plan_chips=len(self.job.plan),
            number=self.number,
            skipped=tuple(sorted(self.skipped.items())),
            damage=tuple(self.damage),
            upto=0 if self.last else self.planned,
        )

    def rows(self, info: IndexInfo) -> PartArrays:
        """Its rows."""
        nothing = np.empty((0, info.embedding_size), np.float16)
        return PartArrays.of(
            chips=self.chips,
            footprints=footprints(self.job.scene, [chip.window for chip in self.chips]),
            valid=np.array(self.valid, np.float32),
            embeddings=np.concatenate([nothing, *self.vectors])[np.array(self.sources, np.int64)],
        )


class CheckpointTimer:
    """Says when what is begun of a part is to be written: soon at first, later once a minute."""

    def __init__(self) -> None:
        self._pauses = chain(PAUSES_S, repeat(PAUSES_S[-1]))
        self._rest()

    def _rest(self) -> None:
        self._due_s = time.monotonic() + next(self._pauses)

    def is_due(self) -> bool:
        """Whether it is time; then the next pause begins."""
        due = time.monotonic() >= self._due_s
        if due:
            self._rest()
        return due


def encode_parts(
    jobs: Sequence[SceneJob],
    info: IndexInfo,
    encoder: Encoder,
    batch_size: int,
    progress: Progress,
) -> Generator[EncodedPart | UnreadScene, None, None]:
    """Make the missing parts of scenes, one after the other.

    A thread reads ahead, from one scene into the next.

    Args:
        jobs: the scenes and their missing parts.
        info: the index.
        encoder: embeds the chips.
        batch_size: chips encoded at a time.
        progress: told of every batch.

    Yields:
        Parts ready to be written; in their place, scenes that cannot be read. From time to time,
        and when it is stopped, what there is of a part that is not whole.
    """
    side = encoder.model.config.image.input_px
    depth = AHEAD_BYTES // (batch_size * side * side * 3)
    batches = prefetched(
        read_batches(jobs, info.spec, side, batch_size), min(max(depth, 1), MOST_AHEAD)
    )
    with closing(batches):
        timer, part = CheckpointTimer(), None
        try:
            for batch in batches:
                if isinstance(batch, UnreadScene):
                    part = None
                    yield batch
                    continue
                part = part or EncodedPart(batch.job, batch.number)
                part.add(batch, encoder)
                progress.advance(batch.planned, batch.job.scene.path)
                if part.last:
                    made, part = part, None
                    yield made
                elif timer.is_due():
                    yield part.so_far()
        finally:
            closed = isinstance(sys.exc_info()[1], GeneratorExit)  # by who takes nothing more
            if part is not None and not closed:
                yield part.so_far()


def embed(encoder: Encoder, pixels: NDArray[np.uint8]) -> NDArray[np.float16]:
    """Embeddings of some chips, at least one.

    A chip alone goes twice: libraries multiply a single row by other routines, whose last bits
    differ. So a chip has one embedding, whatever the batch that it is in.
    """
    alone = len(pixels) == 1
    vectors = encoder.encode_chips(pixels.repeat(2, axis=0) if alone else pixels)
    return vectors[: len(pixels)].astype(np.float16)
