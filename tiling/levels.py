"""Chips of one ground size out of one level of a scene, each block decoded once.

The units a chip needs are read, stretched and averaged down to about the chip's resolution as
they come, and kept until no later row of chips needs them. What is kept is therefore a band of
the scene, as high as a chip and at the resolution of chips.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .averages import Axis, Span, divide, sum_boxes
from .blocks import BlockMap
from .errors import DamagedBlockError, UnreadableSceneError
from .grid import Window
from .integrity import BAD_SUM, BlockSums
from .pixels import ColourSource
from .settings import gdal_settings
from .source import Raster

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from .scales import ChipScale
    from .scene import SceneRecord

KEPT_BYTES = 768 << 20


@dataclass(frozen=True, slots=True)
class Damage:
    """A part of a level that cannot be decoded."""

    window: Window
    """Where, px of the level."""
    reason: str
    """What the decoder said."""


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """A decoded helping of the level, averaged down."""

    col: int
    """First column, averaged px."""
    row: int
    """First row, averaged px."""
    sums: npt.NDArray[Any]
    """Sums of red, green, blue over valid pixels and the number of valid pixels, shape
    ``(height, width, 4)``; uint8 where nothing is averaged, else uint32."""
    damage: tuple[Damage, ...]
    """Parts that could not be decoded; their count of valid pixels is 0."""


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """What one chip shows, before the last resize."""

    colours: npt.NDArray[np.uint8]
    """Red, green, blue, shape ``(height, width, 3)``; 0 where not valid."""
    valid: npt.NDArray[np.bool_]
    """``True`` where a pixel shows data, shape ``(height, width)``."""
    valid_fraction: float
    """Share of the full chip that shows data, 0 to 1."""
    box: tuple[float, float, float, float]
    """The chip inside the patch: left, upper, right, lower, px."""
    damage: str
    """Why a block under the chip cannot be decoded; empty if all can."""


class Level:
    """One level of a scene, from which chips of one ground size are taken; use ``with``.

    Fastest when chips come row by row; any order gives the same pictures. Not for several
    threads at once.

    Args:
        scene: the scene's record.
        scale: the ground size.

    Raises:
        UnreadableSceneError: if the file cannot be opened or is no longer the one described.
    """

    def __init__(self, scene: SceneRecord, scale: ChipScale) -> None:
        self._grid = scale.grid
        with gdal_settings(scene.path):
            self._raster = open_level(scene, min(scale.factor_x, scale.factor_y))
            self._blocks = BlockMap(self._raster, scene.bands)
            self._source = ColourSource(self._raster, scene)
            self._sums = BlockSums(self._raster, scene.bands)
        self._x = Axis.between(scene.width, self._blocks.width, scale.factor_x)
        self._y = Axis.between(scene.height, self._blocks.height, scale.factor_y)
        self._is_full_size = self._x.ratio == self._y.ratio == 1
        self._kept: OrderedDict[Window, Unit] = OrderedDict()
        self._kept_bytes = 0
        self._top = 0

    def __enter__(self) -> Level:
        return self

    def __exit__(self, *_: object) -> None:
        self._sums.close()
        self._raster.close()

    def patch(self, window: Window) -> Patch | None:
        """What a chip shows, at about its own resolution.

        Args:
            window: the chip's part inside the scene, native px.

        Returns:
            The patch; ``None`` if no block under the chip was ever written.
        """
        if self._is_full_size and not self._blocks.holds_data(window):
            return None  # the quick way through a sparse scene
        across = self._x.span(window.col, self._grid.chip_width)
        down = self._y.span(window.row, self._grid.chip_height)
        (left, width), (top, height) = self._x.level_span(across), self._y.level_span(down)
        wanted = Window(left, top, width, height)
        if not self._blocks.holds_data(wanted):
            return None
        self._forget_above(top)
        units = [self._unit(unit) for unit in self._blocks.units_touching(wanted)]
        return self._assemble(across, down, units, wanted)

    def _assemble(self, across: Span, down: Span, units: list[Unit], wanted: Window) -> Patch:
        averaged = (self._y.box, self._x.box) != (1, 1)
        sums = np.zeros((down.size, across.size, 4), dtype=np.uint32 if averaged else np.uint8)
        for unit in units:
            _add(sums, down.first, across.first, unit)
        colours, valid = divide(sums)
        most = down.size * across.size * self._x.box * self._y.box
        pixels = sums[..., 3].sum(dtype=np.int64) if averaged else np.count_nonzero(valid)
        damage = [d.reason for unit in units for d in unit.damage if d.window.touches(wanted)]
        box = (across.low, down.low, across.high, down.high)
        return Patch(colours, valid, float(pixels) / most, box, damage[0] if damage else "")

    def _unit(self, window: Window) -> Unit:
        if window in self._kept:
            self._kept.move_to_end(window)
            return self._kept[window]
        unit = self._read_unit(window)
        self._kept[window] = unit
        self._kept_bytes += unit.sums.nbytes
        while self._kept_bytes > KEPT_BYTES and len(self._kept) > 1:
            self._kept_bytes -= self._kept.popitem(last=False)[1].sums.nbytes
        return unit

    def _forget_above(self, top: int) -> None:
        """Drop units that lie above the present row of chips."""
        if top <= self._top:
            self._top = top
            return
        self._top = top
        for window in [window for window in self._kept if window.bottom <= top]:
            self._kept_bytes -= self._kept.pop(window).sums.nbytes

    def _read_unit(self, window: Window) -> Unit:
        blocks = list(self._blocks.blocks_in(window))
        if not blocks:
            return Unit(0, 0, np.empty((0, 0, 4), dtype=np.uint8), ())
        colours, damage = self._read_colours(window, blocks)
        box = (self._y.box, self._x.box)
        sums = sum_boxes(colours, window.row, window.col, box)
        return Unit(window.col // self._x.box, window.row // self._y.box, sums, tuple(damage))

    def _read_colours(
        self, window: Window, blocks: list[Window]
    ) -> tuple[npt.NDArray[np.uint8], list[Damage]]:
        """Colours and validity of a unit, ``(height, width, 4)``, and what is damaged in it."""
        bad_blocks = self._begin_sums(blocks)
        colours = self._read_whole(window) if self._blocks.all_present(window) else None
        damage: list[Damage] = []
        if colours is None:
            colours, damage = self._read_blocks(window, blocks)
        for block in bad_blocks():
            _inside(colours, window, block)[:] = 0
            damage.append(Damage(block, BAD_SUM))
        return colours, damage

    def _read_whole(self, window: Window) -> npt.NDArray[np.uint8] | None:
        try:
            return self._source.read(window)
        except DamagedBlockError:
            return None

    def _read_blocks(
        self, window: Window, blocks: list[Window]
    ) -> tuple[npt.NDArray[np.uint8], list[Damage]]:
        """A unit block by block, to leave out those not written or not decodable."""
        colours = np.zeros((window.height, window.width, 4), dtype=np.uint8)
        damage = [self._read_block(block, _inside(colours, window, block)) for block in blocks]
        return colours, [found for found in damage if found]

    def _read_block(self, block: Window, out: npt.NDArray[np.uint8]) -> Damage | None:
        try:
            out[:] = self._source.read(block)
        except DamagedBlockError as reason:
            return Damage(block, str(reason))
        return None

    def _begin_sums(self, blocks: list[Window]) -> Callable[[], list[Window]]:
        if not self._blocks.in_whole_blocks:
            return list
        return self._sums.begin(blocks, self._blocks.block_width, self._blocks.block_height)


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
    if not _is_as_described(raster, scene):
        raster.close()
        raise UnreadableSceneError(
            f"{scene.path} has another size, place, pixel type or number of bands than when it "
            "was described; index it again"
        )
    overview = raster.open_overview(factor)
    if overview is None:
        return raster
    raster.close()
    return overview


def _is_as_described(raster: Raster, scene: SceneRecord) -> bool:
    dataset = raster.dataset
    found = (tuple(dataset.transform[:6]), dataset.width, dataset.height, str(raster.dtype))
    described = (scene.transform, scene.width, scene.height, scene.dtype)
    return found == described and int(dataset.count) >= max(scene.bands)


def _inside(colours: npt.NDArray[np.uint8], window: Window, block: Window) -> npt.NDArray[np.uint8]:
    """The part of a unit's colours, a view, that belongs to one of its blocks."""
    row, col = block.row - window.row, block.col - window.col
    return colours[row : row + block.height, col : col + block.width]


def _add(sums: npt.NDArray[Any], row: int, col: int, unit: Unit) -> None:
    """Add a unit's share to sums whose first pixel is at ``row`` and ``col``, averaged px."""
    height, width = unit.sums.shape[:2]
    top, bottom = max(row, unit.row), min(row + sums.shape[0], unit.row + height)
    left, right = max(col, unit.col), min(col + sums.shape[1], unit.col + width)
    if top < bottom and left < right:
        sums[top - row : bottom - row, left - col : right - col] += unit.sums[
            top - unit.row : bottom - unit.row, left - unit.col : right - unit.col
        ]
