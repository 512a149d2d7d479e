"""Decoding units of a level ahead of their use, by a few threads with a handle each.

A unit is decoded as a whole, checked against the sums in the file, painted and averaged down: for
the ground size that is being read, and for later ones that will need it too. What comes out
depends on the unit alone, so the number of threads changes nothing but the time.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from .averages import sum_boxes
from .errors import DamagedBlockError
from .integrity import BAD_SUM, BlockSums
from .pixels import ColourSource
from .settings import gdal_settings
from .tilesets import BAD_TILE, stored_tiles
from .units import Damage, Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    import numpy.typing as npt

    from .blocks import BlockMap
    from .grid import Window
    from .scene import SceneRecord
    from .source import Raster
    from .units import Average, Box, CachePolicy

    Pixels = npt.NDArray[np.uint8]

MAX_THREADS = 4
_ONE_PIXEL: Box = (1, 1)


class Decoder:
    """One handle of a level; not for several threads at once.

    Args:
        raster: the open level; closed with the decoder.
        scene: the scene's record.
        blocks: the blocks of the level.
    """

    def __init__(self, raster: Raster, scene: SceneRecord, blocks: BlockMap) -> None:
        self.raster, self._blocks = raster, blocks
        with gdal_settings(scene.path):
            self._source = ColourSource(raster, scene)
            self._sums = BlockSums(raster, self._source.pixels.bands)
            self._tiles = stored_tiles(raster)

    def close(self) -> None:
        """Close the file."""
        self._sums.close()
        if self._tiles is not None:
            self._tiles.close()
        self.raster.close()

    def units(self, window: Window, averages: Sequence[Average]) -> dict[Average, Unit]:
        """Decode a unit once.

        Args:
            window: one of the units of the level's blocks.
            averages: of this level; how to average it down.

        Returns:
            The unit in each of these ways.
        """
        blocks = list(self._blocks.blocks_in(window))
        if not blocks:
            nothing = Unit(0, 0, np.empty((0, 0, 4), dtype=np.uint8), ())
            return dict.fromkeys(averages, nothing)
        whole = None
        if self._blocks.all_present(window):
            with suppress(DamagedBlockError):
                whole = self._read(window, blocks)
        colours, damage = whole or self._block_by_block(window, blocks)
        boxes = [box for _, box in averages]
        counted = colours if boxes == [_ONE_PIXEL] else _with_count(colours)
        sums = [
            colours if box == _ONE_PIXEL else sum_boxes(counted, window.row, window.col, box)
            for box in boxes
        ]
        return {
            average: Unit(window.col // box[1], window.row // box[0], part, tuple(damage))
            for average, box, part in zip(averages, boxes, sums, strict=True)
        }

    def _block_by_block(self, window: Window, blocks: list[Window]) -> tuple[Pixels, list[Damage]]:
        """A unit without the blocks not written or not decodable, ``(height, width, 4)``."""
        colours = np.zeros((window.height, window.width, 4), dtype=np.uint8)
        damage: list[Damage] = []
        wrong: list[Damage] = []
        for block in blocks:
            try:
                part, found = self._read(block, [block])
            except DamagedBlockError as reason:
                damage.append(Damage(block, str(reason)))
                continue
            _inside(colours, window, block)[:] = _with_count(part)
            wrong += found
        return colours, damage + wrong

    def _read(self, window: Window, blocks: list[Window]) -> tuple[Pixels, list[Damage]]:
        """Colours of a window, with or without the count, and the blocks with wrong sums.

        Raises:
            DamagedBlockError: if a block cannot be decoded.
        """
        pixels = self._source.pixels
        if self._blocks.in_parts_of_many and len(blocks) > 1:
            # asked for two giant strips at once, GDAL would hold both
            contents = np.concatenate([pixels.read_file(block) for block in blocks], axis=1)
        else:
            contents = pixels.read_file(window)
        bad: list[Window] = []
        if self._blocks.in_whole_blocks:
            told = contents if pixels.reads_whole_blocks else None
            bad = self._sums.bad_blocks(blocks, window, told)
        elif self._blocks.in_parts_of_many:
            bad = self._sums.bad_strips(blocks)
        reason = BAD_SUM
        if self._tiles is not None:
            bad, reason = self._tiles.bad_parts(window, contents), BAD_TILE
        colours, valid = self._source.paint(contents, window)
        if valid is not None or bad:
            colours = _with_count(colours, valid)
        for block in bad:
            _inside(colours, window, block)[:] = 0
        return colours, [Damage(block, reason) for block in bad]


class Decoders:
    """Decodes units in threads, each with a handle of its own; close it after use.

    Args:
        first: the first handle.
        another: opens one more, for a further thread.
        threads: how many at most.
        sharing: what is kept for later ground sizes, and was by earlier ones.
    """

    def __init__(
        self, first: Decoder, another: Callable[[], Decoder], threads: int, sharing: CachePolicy
    ) -> None:
        self.threads = threads
        self._sharing = sharing
        self._another = another
        self._all = [first]
        self._idle = deque([first])
        self._pool = ThreadPoolExecutor(threads, "tiling-decoder")

    def submit(self, window: Window) -> Future[Unit]:
        """Begin to decode a unit not kept; errors of opening the file come with the result."""
        return self._pool.submit(self._unit, window)

    def close(self) -> None:
        """End the threads and close the files; what was not begun is dropped."""
        self._pool.shutdown(cancel_futures=True)
        for decoder in self._all:
            decoder.close()

    def _unit(self, window: Window) -> Unit:
        found = self._sharing.found(window)
        if found is not None:
            return found
        try:
            decoder = self._idle.popleft()
        except IndexError:
            decoder = self._another()
            self._all.append(decoder)
        try:
            units = decoder.units(window, self._sharing.wanted(window))
        finally:
            self._idle.append(decoder)
        self._sharing.keep(window, units)
        return units[self._sharing.own]


def threads_for(raster: Raster) -> int:
    """How many handles read a level well at a time.

    Pictures that are decoded from top to bottom, warped ones and addresses are read by one.
    """
    return min(MAX_THREADS, os.cpu_count() or 1) if raster.is_seekable else 1


def _with_count(colours: Pixels, valid: npt.NDArray[np.bool_] | None = None) -> Pixels:
    """Colours with the count of valid pixels behind them; as they are if they have it."""
    if colours.shape[2] == 4:
        return colours
    counted = np.empty((*colours.shape[:2], 4), dtype=np.uint8)
    counted[..., :3] = colours
    counted[..., 3] = 1 if valid is None else valid
    return counted


def _inside(colours: Pixels, window: Window, block: Window) -> Pixels:
    """The part of a unit's colours, a view, that belongs to one of its blocks."""
    row, col = block.row - window.row, block.col - window.col
    return colours[row : row + block.height, col : col + block.width]
