"""Chips of one ground size out of one level of a scene, each block decoded once.

The units a chip needs are decoded ahead of it, stretched and averaged down to about the chip's
resolution, and kept until no later row of chips needs them. What is kept is therefore a band of
the scene, as high as a chip and at the resolution of chips; and, as far as there is room, what
coarser ground sizes will need of the same blocks.
"""

from __future__ import annotations

import math
from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .averages import Axis, Span, divide, sum_type
from .blocks import BlockMap
from .decoders import Decoder, Decoders
from .errors import UnreadableSceneError
from .grid import Window
from .memory import AHEAD_BYTES, handles_for, kept_bytes
from .settings import gdal_settings
from .source import Raster
from .units import CachePolicy, UnitCache

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from concurrent.futures import Future

    import numpy.typing as npt

    from .chips import PlannedChip
    from .scales import ChipScale, SizeRows
    from .scene import SceneRecord
    from .units import Average, Box, Unit

UNIT_SHAPE = 2
"""Units are this many times wider than high."""
UNITS_AHEAD = 4
"""Units that may wait for the current chip to be taken, for each thread."""
CHIPS_AHEAD = 1024


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """What one chip shows, before the last resize."""

    colours: npt.NDArray[np.uint8]
    """Red, green, blue, shape ``(height, width, 3)``; 0 where not valid."""
    valid: npt.NDArray[np.bool_] | None
    """``True`` where a pixel shows data, shape ``(height, width)``; ``None`` if all do."""
    valid_fraction: float
    """Share of the full chip that shows data, 0 to 1."""
    box: tuple[float, float, float, float]
    """The chip inside the patch: left, upper, right, lower, px."""
    damage: str
    """Why a block under the chip cannot be decoded; empty if all can."""


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """A patch asked for: where it lies and the units it is made of."""

    across: Span
    down: Span
    wanted: Window
    units: list[Future[Unit]]
    new: int
    """Units whose decoding it began."""


class Level:
    """One level of a scene, from which chips of one ground size are taken; use ``with``.

    Fastest when chips come row by row; any order gives the same pictures. Not for several
    threads at once.

    Args:
        scene: the scene's record.
        scale: the ground size.
        later: the ground sizes that will be read after it.
        kept: what earlier ones have left, and what is left for later ones; ``None``: nothing.

    Raises:
        UnreadableSceneError: if the file cannot be opened or is no longer the one described.
    """

    def __init__(
        self,
        scene: SceneRecord,
        scale: ChipScale,
        later: Sequence[SizeRows] = (),
        kept: UnitCache | None = None,
    ) -> None:
        self._grid = scale.grid
        factor = min(scale.factor_x, scale.factor_y)
        with gdal_settings(scene.path):
            raster = open_level(scene, factor)
            blocks = self._blocks = BlockMap(raster, scene.bands, UNIT_SHAPE)
        self._x = Axis.between(scene.width, blocks.width, scale.factor_x)
        self._y = Axis.between(scene.height, blocks.height, scale.factor_y)
        self._is_full_size = self._x.ratio == self._y.ratio == 1
        box = self._box = (self._y.box, self._x.box)
        sharing = _sharing(scene, raster, box, later, kept or UnitCache())
        shares = sharing.later or sharing.kept.bytes
        for_later = sharing.kept.most_bytes if shares else 0
        units = 1 + math.ceil(self._grid.chip_height / self._y.ratio / blocks.unit_height)
        row_bytes = self._bytes(Window(0, 0, blocks.width, units * blocks.unit_height))
        handles = handles_for(raster, blocks, row_bytes + for_later)
        self._decoders = Decoders(
            Decoder(raster, scene, blocks),
            lambda: Decoder(open_level(scene, factor), scene, blocks),
            handles,
            sharing,
        )
        self._kept: OrderedDict[Window, Future[Unit]] = OrderedDict()
        self.held_bytes = 0
        """Of the units that are kept."""
        self._most_bytes = kept_bytes(raster, blocks, handles) - for_later
        self._unit_bytes = max(1, self._bytes(Window(0, 0, blocks.unit_width, blocks.unit_height)))
        self._top = 0

    def __enter__(self) -> Level:
        return self

    def __exit__(self, *_: object) -> None:
        self._decoders.close()

    def patches(self, chips: Iterable[PlannedChip]) -> Iterator[tuple[PlannedChip, Patch | None]]:
        """What chips show, in their order; the next ones are decoded meanwhile.

        Args:
            chips: taken some way ahead of what is handed out.

        Yields:
            Each chip with its patch, at about its own resolution; ``None`` if no block under it was
            ever written.
        """
        most = max(1, min(UNITS_AHEAD * self._decoders.threads, AHEAD_BYTES // self._unit_bytes))
        waiting: deque[tuple[PlannedChip, _Asked | None]] = deque()
        ahead = 0  # units begun for chips behind the first one waiting
        for chip in chips:
            asked = self._ask(chip.window)
            ahead += asked.new if waiting and asked else 0
            waiting.append((chip, asked))
            while ahead > most or len(waiting) > CHIPS_AHEAD:
                first, needs = waiting.popleft()
                following = waiting[0][1]
                ahead -= following.new if following else 0
                yield first, self._assemble(needs)
        for first, needs in waiting:
            yield first, self._assemble(needs)

    def _ask(self, window: Window) -> _Asked | None:
        """Begin to decode what a chip needs and is not there; ``None`` if it shows nothing."""
        if self._is_full_size and not self._blocks.holds_data(window):
            return None  # the quick way through a sparse scene
        across = self._x.span(window.col, self._grid.chip_width)
        down = self._y.span(window.row, self._grid.chip_height)
        (left, width), (top, height) = self._x.level_span(across), self._y.level_span(down)
        wanted = Window(left, top, width, height)
        if not self._blocks.holds_data(wanted):
            return None
        if top > self._top:  # units above the present row of chips go
            for above in [unit for unit in self._kept if unit.bottom <= top]:
                del self._kept[above]
                self.held_bytes -= self._bytes(above)
        self._top = top
        units, new = [], 0
        for unit in self._blocks.units_touching(wanted):
            if unit in self._kept:
                self._kept.move_to_end(unit)
            else:
                new += 1
                self._kept[unit] = self._decoders.submit(unit)
                self.held_bytes += self._bytes(unit)
                while self.held_bytes > self._most_bytes and len(self._kept) > 1:
                    self.held_bytes -= self._bytes(self._kept.popitem(last=False)[0])
            units.append(self._kept[unit])
        return _Asked(across, down, wanted, units, new)

    def _assemble(self, asked: _Asked | None) -> Patch | None:
        if asked is None:
            return None
        across, down, wanted = asked.across, asked.down, asked.wanted
        units = [unit.result() for unit in asked.units]
        box = (across.low, down.low, across.high, down.high)
        inside = (wanted.height, wanted.width) == (down.size, across.size)
        if inside and all(unit.sums.shape[2] == 3 for unit in units):
            colours = np.empty((down.size, across.size, 3), dtype=np.uint8)
            for unit in units:
                ours, theirs = _shared(colours, down.first, across.first, unit)
                ours[:] = theirs
            return Patch(colours, None, 1.0, box, "")
        averaged = self._box != (1, 1)
        wide = np.promote_types(np.uint32, sum_type(self._box)) if averaged else np.uint8
        sums = np.zeros((down.size, across.size, 4), dtype=wide)
        for unit in units:
            ours, theirs = _shared(sums, down.first, across.first, unit)
            if theirs.shape[2] == 4:
                ours += theirs
                continue
            for band in range(3):  # numpy is slow along an axis of three
                ours[..., band] += theirs[..., band]
            ours[..., 3] += 1
        colours, valid = divide(sums)
        most = down.size * across.size * self._x.box * self._y.box
        pixels = sums[..., 3].sum(dtype=np.int64) if averaged else np.count_nonzero(valid)
        damage = [d.reason for unit in units for d in unit.damage if d.window.touches(wanted)]
        shown = None if valid.all() else valid
        return Patch(colours, shown, float(pixels) / most, box, damage[0] if damage else "")

    def _bytes(self, window: Window) -> int:
        """About how much a unit takes."""
        pixels = window.width * window.height
        tall, wide = self._box
        return 4 * sum_type(self._box).itemsize * (pixels // (tall * wide))


def open_level(scene: SceneRecord, factor: int) -> Raster:
    """Open a scene, or the smallest of its overviews that still has enough pixels.

    Args:
        scene: the scene's record.
        factor: native pixels that may become one, 1 or more; 1 opens the full picture.

    Raises:
        UnreadableSceneError: if the file cannot be opened or is no longer the one described.
    """
    raster = Raster(scene.path)
    if scene.from_gcps and raster.has_gcps_only:
        raster.warp_by_gcps()
    dataset = raster.dataset
    found = (tuple(dataset.transform[:6]), dataset.width, dataset.height, str(raster.dtype))
    described = (scene.transform, scene.width, scene.height, scene.dtype)
    if found != described or int(dataset.count) < max(scene.bands):
        raster.close()
        raise UnreadableSceneError(
            f"{scene.path} has another size, place, pixel type or number of bands than when it "
            "was described; index it again"
        )
    if scene.ignores_overviews:
        raster.ignore_overviews()
    overview = raster.open_overview(factor)
    if overview is None:
        return raster
    raster.close()
    return overview


def _sharing(
    scene: SceneRecord, raster: Raster, box: Box, later: Sequence[SizeRows], kept: UnitCache
) -> CachePolicy:
    """What a level has in common with the ground sizes read after it."""
    overview, dataset = raster.overview_level, raster.dataset
    wanted: dict[Average, list[range]] = {}
    for size in later:
        scale = size.scale
        if raster.overview_for(min(scale.factor_x, scale.factor_y)) != overview:
            continue
        across = Axis.between(scene.width, int(dataset.width), scale.factor_x)
        down = Axis.between(scene.height, int(dataset.height), scale.factor_y)
        first, last = (
            down.level_span(down.span(row, scale.grid.chip_height))
            for row in (size.first, size.last)
        )
        rows = range(first[0], sum(last))
        wanted.setdefault((overview, (down.box, across.box)), []).append(rows)
    own = (overview, box)
    kept.keep_only({own, *wanted})
    return CachePolicy(kept, own, wanted)


def _shared(
    out: npt.NDArray[Any], row: int, col: int, unit: Unit
) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """What a patch and a unit share, in either, as views; empty if they do not meet.

    Args:
        out: the patch, its first pixel at ``row`` and ``col``.
        row: averaged px.
        col: averaged px.
        unit: the unit.
    """
    height, width = unit.sums.shape[:2]
    top, bottom = max(row, unit.row), min(row + out.shape[0], unit.row + height)
    left, right = max(col, unit.col), min(col + out.shape[1], unit.col + width)
    bottom, right = max(top, bottom), max(left, right)
    ours = out[top - row : bottom - row, left - col : right - col]
    return ours, unit.sums[top - unit.row : bottom - unit.row, left - unit.col : right - unit.col]
