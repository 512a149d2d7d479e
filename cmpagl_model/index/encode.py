"""The missing parts of one scene: read its chips in batches, embed them, hand over whole parts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.records import Damage
from tiling import ChipImage, DamagedChip, SkippedChip, footprints, read_chips

from .parts import CHIPS_PER_PART, PartRecord, PartRows
from .pixels import fit_chips
from .prefetch import prefetched

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cmpagl_model.encoders import Encoder
    from tiling import ChipPlan, ChipRead, PlannedChip, SceneRecord

    from .format import IndexInfo
    from .progress import Progress

READ_AHEAD = 4


@dataclass(frozen=True, slots=True)
class SceneJob:
    """One scene and what of it is not in the index yet."""

    scene: SceneRecord
    """The scene."""
    plan: ChipPlan
    """All its chips."""
    key: str
    """Names its parts; see :func:`~cmpagl_model.index.parts.scene_key`."""
    missing: tuple[int, ...]
    """Numbers of the parts to be made, ascending."""

    @property
    def chips(self) -> int:
        """Planned chips in the missing parts."""
        starts = [number * CHIPS_PER_PART for number in self.missing]
        return sum(min(CHIPS_PER_PART, len(self.plan) - start) for start in starts)


@dataclass(slots=True)
class _Collected:
    """What gathers while a part is encoded."""

    chips: list[PlannedChip] = field(default_factory=list)
    valid: list[float] = field(default_factory=list)
    vectors: list[np.ndarray] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    damage: list[Damage] = field(default_factory=list)

    def add(self, batch: Sequence[ChipRead], encoder: Encoder) -> None:
        images = [read for read in batch if isinstance(read, ChipImage)]
        for read in batch:
            if isinstance(read, SkippedChip):
                self.skipped[read.reason] += 1
            elif isinstance(read, DamagedChip):
                self.damage.append(Damage(read.chip.window, read.reason))
        if not images:
            return
        side = encoder.model.config.image.input_px
        pixels = fit_chips([image.pixels for image in images], side)
        self.vectors.append(encoder.encode_chips(pixels).astype(np.float16))
        self.chips += [image.chip for image in images]
        self.valid += [image.valid_fraction for image in images]


def encode_parts(
    job: SceneJob, info: IndexInfo, encoder: Encoder, batch_size: int, progress: Progress | None
) -> Iterator[tuple[PartRecord, PartRows]]:
    """Make the missing parts of a scene, one after the other.

    A thread reads ahead. Batches begin with each part, so a part made again after a stop is the
    same to the bit.

    Args:
        job: the scene and its missing parts.
        info: the index.
        encoder: embeds the chips.
        batch_size: chips encoded at a time.
        progress: told of every batch; ``None``: nobody.

    Yields:
        A part's footer and rows, ready to be written.

    Raises:
        UnreadableSceneError: if the scene cannot be opened.
    """
    for run in _runs(job.missing):
        chips = job.plan[run[0] * CHIPS_PER_PART : (run[-1] + 1) * CHIPS_PER_PART]
        batches = prefetched(
            _batches(read_chips(job.scene, chips, info.spec), batch_size), READ_AHEAD
        )
        for number, group in groupby(batches, key=lambda batch: _part_of(batch[0])):
            collected = _Collected()
            for batch in group:
                collected.add(batch, encoder)
                if progress:
                    progress.advance(len(batch), job.scene.path)
            yield _record(job, number, collected, info), _rows(job, collected, info)


def _part_of(read: ChipRead) -> int:
    return read.chip.number // CHIPS_PER_PART


def _runs(numbers: Sequence[int]) -> list[list[int]]:
    """Numbers that follow each other, together: their chips are read in one pass."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def _batches(reads: Iterable[ChipRead], size: int) -> Iterator[list[ChipRead]]:
    """Batches of one part each with ``size`` chips to encode; the skipped ones ride along."""
    batch: list[ChipRead] = []
    images = 0
    for read in reads:
        if batch and (images == size or _part_of(batch[0]) != _part_of(read)):
            yield batch
            batch, images = [], 0
        batch.append(read)
        images += isinstance(read, ChipImage)
    if batch:
        yield batch


def _record(job: SceneJob, number: int, collected: _Collected, info: IndexInfo) -> PartRecord:
    return PartRecord(
        scene=job.scene,
        model=info.model,
        plan_chips=len(job.plan),
        number=number,
        skipped=tuple(sorted(collected.skipped.items())),
        damage=tuple(collected.damage),
    )


def _rows(job: SceneJob, collected: _Collected, info: IndexInfo) -> PartRows:
    nothing = np.empty((0, info.embedding_size), np.float16)
    return PartRows(
        chips=tuple(collected.chips),
        footprints=footprints(job.scene, [chip.window for chip in collected.chips]),
        valid=np.array(collected.valid, np.float32),
        embeddings=np.concatenate([nothing, *collected.vectors]),
    )
