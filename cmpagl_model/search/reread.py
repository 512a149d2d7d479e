"""Chips of an index read again from their scenes, the same to the pixel as when indexed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.index.imported import has_pixels, no_pixels
from cmpagl_model.index.pixels import fit_chips
from cmpagl_model.records import Problem
from tiling import ChipImage, TilingError, read_chips
from tiling.checksum import same_file, scene_checksum
from tiling.chips import ChipRead, PlannedChip
from tiling.errors import UnreadableSceneError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from cmpagl_model.table.chips import ChipTable
    from tiling import ChipSpec, SceneRecord, Window


@dataclass(frozen=True, slots=True, eq=False)
class RereadChips:
    """Pixels of some chips."""

    seen: NDArray[np.int64]
    """Which of the rows asked for could be read, ascending, ``(m,)``."""
    pixels: NDArray[np.uint8]
    """Their pixels as the model reads them, ``(m, S, S, 3)``."""
    problems: tuple[Problem, ...]
    """A scene each whose chips could not be read, all or some."""


def read_again(
    table: ChipTable,
    rows: NDArray[np.int64],
    spec: ChipSpec,
    side: int,
    told: Callable[[int], None] | None = None,
) -> RereadChips:
    """Read chips as they were read when they were indexed: same windows, bands, stretch, padding.

    Args:
        table: the chips of the index.
        rows: which of them, ``(n,)``; a few hundred at most, for their pixels are kept.
        spec: the chip specification of the index.
        side: of the chips as the model reads them, px.
        told: called with a number of chips done with, mostly one; an exception stops the reading.
            ``None``: nobody is told.

    Returns:
        The chips of all scenes that are still where and what they were.
    """
    found: list[NDArray[np.uint8] | None] = [None] * len(rows)
    problems: list[Problem] = []
    owners = table.scene_of[rows]
    for number in dict.fromkeys(owners.tolist()):
        here = np.flatnonzero(owners == number)
        scene, done = table.scenes[number], 0
        try:
            numbered = zip(here.tolist(), rows[here].tolist(), strict=True)
            chips = [planned(table, row, place) for place, row in numbered]
            for read in _reads(scene, chips, spec):
                found[read.chip.number] = read.pixels if isinstance(read, ChipImage) else None
                done += 1
                if told:
                    told(1)
        except TilingError as error:
            problems.append(Problem(scene.path, _lost(str(error), len(here))))
        else:
            bad = sum(found[place] is None for place in here.tolist())
            if bad:
                problems.append(Problem(scene.path, _lost("chips do not decode", bad)))
        if told and done < len(here):
            told(len(here) - done)
    seen = [place for place, pixels in enumerate(found) if pixels is not None]
    shown = [pixels for pixels in found if pixels is not None]
    return RereadChips(np.array(seen, np.int64), fit_chips(shown, side), tuple(problems))


def planned(
    table: ChipTable, row: int, number: int = 0, window: Window | None = None
) -> PlannedChip:
    """A chip of an index, to be read again.

    Args:
        table: the chips.
        row: which.
        number: what it goes by.
        window: where to look in its place, native px of another scene; ``None``: its own.
    """
    return PlannedChip(
        number,
        window or table.window(row),
        float(table.ground_m[row]),
        float(table.gsd_m[row]),
        edge=bool(table.edge[row]),
    )


def share_shown(scene: SceneRecord, window: Window, ground_m: float) -> tuple[float, float]:
    """Which share of its picture a chip fills, across and down: less than 1 if padded."""
    sides = window.width * scene.gsd_x_m, window.height * scene.gsd_y_m
    return min(1.0, sides[0] / ground_m), min(1.0, sides[1] / ground_m)


def read_planned(
    scene: SceneRecord, chips: Sequence[PlannedChip], spec: ChipSpec, side: int
) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Read any places of a scene as chips of the index are read.

    Args:
        scene: a scene of the index.
        chips: the places, numbered as they stand here; a few hundred at most.
        spec: the chip specification of the index.
        side: of the chips as the model reads them, px.

    Returns:
        Which of the places show something, ascending, ``(m,)``, and their pixels, ``(m, S, S, 3)``.

    Raises:
        TilingError: if the scene cannot be read, or has changed since it was indexed.
    """
    reads = _reads(scene, chips, spec)
    found = {read.chip.number: read.pixels for read in reads if isinstance(read, ChipImage)}
    seen = sorted(found)
    return np.array(seen, np.int64), fit_chips([found[number] for number in seen], side)


def _reads(scene: SceneRecord, chips: Sequence[PlannedChip], spec: ChipSpec) -> Iterator[ChipRead]:
    """Read chips of one scene, ground size by ground size and row by row, as blocks lie.

    Raises:
        UnreadableSceneError: if the scene is gone, holds other bytes (a touch is no change) or
            never had pixels.
    """
    if not has_pixels(scene):
        raise UnreadableSceneError(no_pixels(scene))
    path = scene.path
    if not same_file(scene, path):
        try:
            facts = Path(path).stat()
        except (OSError, ValueError):  # an address, or gone: the checksum knows, or says why not
            found = scene_checksum(path)
        else:
            found = _checksum_of(path, facts.st_size, facts.st_mtime_ns)
        if found != scene.checksum:
            raise UnreadableSceneError(f"{path} has changed since it was indexed")
    ordered = sorted(chips, key=lambda chip: (chip.ground_m, chip.window.row, chip.window.col))
    yield from read_chips(scene, ordered, spec)


@lru_cache(maxsize=256)
def _checksum_of(path: str, size_bytes: int, mtime_ns: int) -> str:
    """The checksum of a scene, worked out once as long as its size and time stay."""
    del size_bytes, mtime_ns
    return scene_checksum(path)


def _lost(reason: str, count: int) -> str:
    chips = "1 place" if count == 1 else f"{count} places"
    return (
        f"{reason}; wanted the scene as it was indexed, to look at {chips} again; they stay where "
        "the first look put them, without probability; next: put the file back, or run "
        "'cmpagl index' on it again"
    )
