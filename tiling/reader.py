"""From planned chips to pictures.

Pixels stay on the scene's own grid: they are averaged by whole boxes and resized once, never
reprojected.
"""

from __future__ import annotations

from collections import deque
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from .averages import fill_where
from .chips import ChipImage, ChipRead, DamagedChip, PlannedChip, SkippedChip
from .errors import costs_one_scene
from .levels import Level, Patch
from .scales import KnowsItsRows, SizeRows, chip_scale
from .units import KEPT_AVERAGES_BYTES, UnitCache

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy.typing as npt

    from .scene import SceneRecord
    from .spec import ChipSpec

UNIFORM_RANGE = 2
"""A chip is uniform if each colour varies by no more than this, of 255: what is left of one
colour after JPEG compression."""


def read_chips(
    scene: SceneRecord, chips: Iterable[PlannedChip], spec: ChipSpec
) -> Iterator[ChipRead]:
    """Read planned chips, one result for each, in the order given.

    Lazy: files are opened when the first result is asked for and closed after the last. Blocks
    are decoded by a few threads that stay some way ahead. A damaged block costs the chips that
    touch it and no others.

    In the order of the plan each TIFF block is decoded once for each ground size; once in all
    where ``chips`` are a plan or a slice of one, and the averages that larger sizes need fit
    into :data:`~tiling.units.KEPT_AVERAGES_BYTES`. What does not fit is decoded again.

    Args:
        scene: the scene's record; its bands and stretch are replayed.
        chips: a plan, a slice of it, or any of its chips.
        spec: the specification of the plan.

    Yields:
        A :class:`ChipImage`, a :class:`SkippedChip` or a :class:`DamagedChip`.

    Raises:
        UnreadableSceneError: if the file cannot be opened or is no longer the one described, or
            makes a library raise whatever error.
    """
    with costs_one_scene(scene.path):
        # The ground sizes that will be asked for, as far as known
        later = deque[SizeRows](chips.size_rows() if isinstance(chips, KnowsItsRows) else ())
        kept = UnitCache(KEPT_AVERAGES_BYTES)
        for ground_m, run in groupby(chips, key=attrgetter("ground_m")):
            if later:
                later.popleft()
            with Level(scene, chip_scale(scene, spec, ground_m), later, kept) as level:
                for chip, patch in level.patches(run):
                    yield _read(chip, patch, spec)


def _read(chip: PlannedChip, patch: Patch | None, spec: ChipSpec) -> ChipRead:
    if patch is None:
        return SkippedChip(chip, "empty")
    if patch.damage:
        return DamagedChip(chip, patch.damage)
    if patch.valid_fraction == 0:
        return SkippedChip(chip, "empty")
    if patch.valid_fraction < spec.min_valid:
        return SkippedChip(chip, "too little valid")
    if _is_uniform(patch):
        return SkippedChip(chip, "uniform")
    return ChipImage(chip, _picture(patch, spec.size_px), patch.valid_fraction)


def _is_uniform(patch: Patch) -> bool:
    """Whether the valid pixels of a patch have one colour; a few of them mostly tell."""
    for step in (997, 37, 1):
        shown = patch.colours.reshape(-1, 3)[::step]
        if patch.valid is not None:
            shown = shown[patch.valid.reshape(-1)[::step]]
        if len(shown) and (np.ptp(shown, axis=0) > UNIFORM_RANGE).any():
            return False
    return True


def _picture(patch: Patch, size_px: int) -> npt.NDArray[np.uint8]:
    """The chip at its final size; what shows no data gets the mean colour of the rest."""
    colours = patch.colours
    if patch.valid is not None:
        height, width, _ = colours.shape  # whole rows first: numpy is slow along an axis of three
        columns = colours.reshape(height, -1).sum(axis=0, dtype=np.int64)  # 0 where not valid
        mean = columns.reshape(width, 3).sum(axis=0) / np.count_nonzero(patch.valid)
        fill_where(colours, ~patch.valid, np.rint(mean))
    if colours.shape[:2] == (size_px, size_px) and patch.box == (0, 0, size_px, size_px):
        return colours
    picture = Image.fromarray(colours)
    resized = picture.resize((size_px, size_px), Image.Resampling.BILINEAR, box=patch.box)
    return np.array(resized)
