"""The reading side of a build: from scenes to deduplicated batches that an encoder can take."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.records import Damage
from tiling import TilingError, read_chips
from tiling.chips import DamagedChip, SkippedChip

from . import format as index_format
from .pixels import fit_chip

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from tiling import ChipSpec, SceneRecord
    from tiling.chips import ChipRead, PlannedChip
    from tiling.plan import ChipPlan

QUIET_CHIPS = 512
"""A batch is closed after so many planned chips, however few of them are to be encoded: a build
through an empty sea still tells how far it is, and can stop."""


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
    begun: Mapping[int, Mapping[int, NDArray[np.float16]]] = field(default_factory=dict)
    """Embeddings that a stopped run made of them, by number of the part and place of the chip."""

    @property
    def chips(self) -> int:
        """Planned chips in the missing parts."""
        return chips_in(self.plan, self.missing)


def chips_in(plan: ChipPlan, parts: Iterable[int]) -> int:
    """Planned chips in some parts of a scene, given by their numbers."""
    return sum(index_format.chips_of_part(len(plan), number) for number in parts)


@dataclass(slots=True, eq=False)
class ReadChips:
    """Chips of one part that follow each other in its plan, as far as they were read."""

    job: SceneJob
    """Of which scene."""
    number: int
    """Of which part of it."""
    chips: list[PlannedChip] = field(default_factory=list)
    """All chips that get an embedding, duplicates too."""
    sources: list[int] = field(default_factory=list)
    """For each of ``chips`` which encoded chip of the part it equals, from 0."""
    valid: list[float] = field(default_factory=list)
    """For each of ``chips`` its share of valid pixels, 0 to 1."""
    skipped: Counter[str] = field(default_factory=Counter)
    """Chips not worth encoding, by reason."""
    damage: list[Damage] = field(default_factory=list)
    """Chips that could not be decoded."""
    last: bool = False
    """Whether the part ends with them."""

    @property
    def planned(self) -> int:
        """How many chips of the plan these are."""
        return len(self.chips) + self.skipped.total() + len(self.damage)


@dataclass(slots=True, eq=False)
class Batch(ReadChips):
    """Chips to encode at a time."""

    pixels: list[NDArray[np.uint8]] = field(default_factory=list)
    """Different ones, ``(S, S, 3)`` each, S as the encoder reads."""

    def add(self, read: ChipRead, side: int, known: dict[bytes, int]) -> None:
        """Take what became of a planned chip.

        Args:
            read: what did.
            side: of the chips that the encoder reads, px.
            known: which encoded chip of the part has some pixels, by their SHA-256; grows.
        """
        if isinstance(read, SkippedChip):
            self.skipped[read.reason] += 1
        elif isinstance(read, DamagedChip):
            self.damage.append(Damage(read.chip.window, read.reason))
        else:
            pixels = fit_chip(read.pixels, side)
            content = hashlib.sha256(np.ascontiguousarray(pixels).data).digest()
            if content not in known:
                known[content] = len(known)
                self.pixels.append(pixels)
            self.chips.append(read.chip)
            self.sources.append(known[content])
            self.valid.append(read.valid_fraction)


@dataclass(frozen=True, slots=True)
class UnreadScene:
    """A scene that could not be read to its end; what of its present part was read is void."""

    job: SceneJob
    """The scene."""
    error: TilingError
    """Why."""


def read_batches(
    jobs: Iterable[SceneJob], spec: ChipSpec, side: int, size: int
) -> Iterator[Batch | UnreadScene]:
    """Read all missing parts of some scenes, one after the other.

    Batches begin with each part and duplicates are looked for within a part only. So a part made
    again after a stop, or by another worker, is the same to the bit.

    Args:
        jobs: the scenes.
        spec: how they are cut into chips.
        side: of the chips that the encoder reads, px.
        size: chips to encode in a batch, at most.

    Yields:
        Batches, the last one of each part marked; a scene that fails is reported in their place.
    """
    per_part = index_format.CHIPS_PER_PART
    for job in jobs:
        try:
            # Parts that follow each other are read in one pass.
            for _, run in groupby(enumerate(job.missing), key=lambda one: one[1] - one[0]):
                numbers = [number for _, number in run]
                chips = job.plan[numbers[0] * per_part : (numbers[-1] + 1) * per_part]
                reading = read_chips(job.scene, chips, spec)
                for number, reads in groupby(reading, key=lambda one: one.chip.number // per_part):
                    batch, known = Batch(job, number), dict[bytes, int]()
                    for read in reads:
                        full = batch.planned == max(QUIET_CHIPS, size)
                        if full or len(batch.pixels) == size:
                            yield batch
                            batch = Batch(job, number)
                        batch.add(read, side, known)
                    batch.last = True
                    yield batch
        except TilingError as error:  # noqa: PERF203 - a scene
            yield UnreadScene(job, error)
