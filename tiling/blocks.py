"""How a file is cut into TIFF blocks, which of them hold data, and in what tiles to read.

A tile ("unit") is a rectangle of whole blocks, a few megabytes large: big enough to keep
Python out of the way of thin strips, small enough to keep memory flat. No block lies in two
units, so reading each unit once decodes each block once. Giant strips are the exception:
units are parts of them, from top to bottom, while GDAL holds the strip.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .grid import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from .source import Raster

UNIT_SIDE, UNIT_BYTES = 512, 16 << 20
"""Of what is decoded at a time, about: px and bytes."""
PART_BYTES = 32 << 20
"""Strips that are larger are read in parts."""


class BlockMap:
    """The blocks and units of one level of a scene.

    Args:
        raster: the open level.
        bands: the bands that will be read, counted from 1.
        wide: makes units this many times wider than high; fewer calls, more bytes each.
        parts: whether giant strips are cut into several units.
    """

    def __init__(
        self, raster: Raster, bands: tuple[int, ...], wide: int = 1, *, parts: bool = True
    ) -> None:
        dataset = raster.dataset
        self.width, self.height = int(dataset.width), int(dataset.height)
        self.block_height, self.block_width = map(int, dataset.block_shapes[0])
        self._pixel_bytes = raster.dtype.itemsize * max(len(bands), 3)
        self.unit_width, self.unit_height = self._unit_shape(self._pixel_bytes, wide, parts=parts)
        self.in_whole_blocks = self.unit_height % self.block_height == 0
        self.in_parts_of_many = not self.in_whole_blocks and self._count()[0] > 1
        self.present = _present_blocks(raster, bands, self._count())
        self._has_gaps = not bool(self.present.all())
        self._row_rows = (-1, -1)
        self._row_written: list[int] = []

    def units_touching(self, window: Window) -> Iterator[Window]:
        """The units that share pixels with a window, row by row.

        Args:
            window: px of the level, inside it.
        """
        for top in range(_floor(window.row, self.unit_height), window.bottom, self.unit_height):
            for left in range(_floor(window.col, self.unit_width), window.right, self.unit_width):
                width = min(self.unit_width, self.width - left)
                yield Window(left, top, width, min(self.unit_height, self.height - top))

    def written_units(self) -> list[Window]:
        """The units that hold data, row by row."""
        whole = Window(0, 0, self.width, self.height)
        return [unit for unit in self.units_touching(whole) if self.holds_data(unit)]

    def slabs(self, window: Window, step: int) -> Iterator[Window]:
        """A window in slices of a bounded size, from top to bottom.

        Args:
            window: px of the level, inside it.
            step: all slices but the last are this many rows high, or a multiple of it.
        """
        rows = max(1, PART_BYTES // (window.width * self._pixel_bytes) // step) * step
        for top in range(window.row, window.bottom, rows):
            yield Window(window.col, top, window.width, min(rows, window.bottom - top))

    def blocks_in(self, unit: Window) -> Iterator[Window]:
        """The blocks of a unit that hold data, row by row, clipped to the unit."""
        for top in range(_floor(unit.row, self.block_height), unit.bottom, self.block_height):
            for left in range(_floor(unit.col, self.block_width), unit.right, self.block_width):
                if self.present[top // self.block_height, left // self.block_width]:
                    y, x = max(top, unit.row), max(left, unit.col)
                    bottom = min(top + self.block_height, unit.bottom)
                    right = min(left + self.block_width, unit.right)
                    yield Window(x, y, right - x, bottom - y)

    def holds_data(self, window: Window) -> bool:
        """Whether a window touches a block that was ever written; quick along a row."""
        if not self._has_gaps:
            return True
        rows = window.row // self.block_height, -(-window.bottom // self.block_height)
        if rows != self._row_rows:
            self._row_rows = rows
            written = self.present[rows[0] : rows[1]].any(axis=0)
            self._row_written = [0, *np.cumsum(written).tolist()]
        left, right = window.col // self.block_width, -(-window.right // self.block_width)
        return self._row_written[right] > self._row_written[left]

    def all_present(self, window: Window) -> bool:
        """Whether all blocks that a window touches were written."""
        rows = slice(window.row // self.block_height, -(-window.bottom // self.block_height))
        cols = slice(window.col // self.block_width, -(-window.right // self.block_width))
        return not self._has_gaps or bool(self.present[rows, cols].all())

    def _count(self) -> tuple[int, int]:
        return -(-self.height // self.block_height), -(-self.width // self.block_width)

    def _unit_shape(self, pixel_bytes: int, wide: int, *, parts: bool) -> tuple[int, int]:
        """Width and height of a unit, px; whole blocks, but parts of a giant strip."""
        width = self.block_width * max(1, wide * UNIT_SIDE // self.block_width)
        if self.block_width >= self.width:
            if self.block_height >= self.height:
                return width, max(1, min(self.height, UNIT_BYTES // (width * pixel_bytes)))
            if parts and self.block_height * width * pixel_bytes > PART_BYTES:
                return width, max(1, UNIT_BYTES // (width * pixel_bytes))
        rows = min(UNIT_SIDE, UNIT_BYTES // (width * pixel_bytes))
        return width, self.block_height * max(1, rows // self.block_height)


def _floor(value: int, step: int) -> int:
    return value // step * step


def _present_blocks(
    raster: Raster, bands: tuple[int, ...], count: tuple[int, int]
) -> npt.NDArray[np.bool_]:
    """Which blocks were ever written, ``(rows, columns)``; all where the format cannot tell."""
    rows, cols = count
    if raster.dataset.driver != "GTiff" or rows * cols == 1:
        return np.ones(count, dtype=np.bool_)
    asked = bands[:1] if raster.is_pixel_interleaved else bands
    present = np.zeros(count, dtype=np.bool_)
    for band in asked:
        present |= raster.written_blocks(rows, cols, band)
    # GDAL hands out a single 8-bit strip row by row, but tells the place of the first row only
    if cols == 1 and present[0, 0] and not present[1:].any():
        present[:] = True
    return present
