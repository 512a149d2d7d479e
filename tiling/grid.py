"""Where chips lie, in whole pixels: arithmetic without files, coordinates or metres.

The grid starts at pixel 0 with a fixed stride. The last chip of a row or column may stick out
of the scene; it is clipped here and padded by the reader, never pulled back, so that a chip
keeps its place when the scene grows to the right or downwards.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .errors import TilingError

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle of whole pixels inside a raster; half-open to the right and downwards."""

    col: int
    """First column, px from the left edge."""
    row: int
    """First row, px from the upper edge."""
    width: int
    """Columns, px, 1 or more."""
    height: int
    """Rows, px, 1 or more."""

    def __post_init__(self) -> None:
        if self.col < 0 or self.row < 0 or self.width < 1 or self.height < 1:
            raise TilingError(
                f"a window needs a corner at 0 or more and a side of 1 px or more, got {self}"
            )

    @property
    def right(self) -> int:
        """First column behind the window, px."""
        return self.col + self.width

    @property
    def bottom(self) -> int:
        """First row below the window, px."""
        return self.row + self.height

    def touches(self, other: Window) -> bool:
        """Whether the two windows share at least one pixel."""
        return (
            self.col < other.right
            and other.col < self.right
            and self.row < other.bottom
            and other.row < self.bottom
        )


def chips_along(length: int, size: int, stride: int) -> int:
    """How many chips of a size cover a length, the last one possibly sticking out.

    Args:
        length: pixels to cover, 1 or more.
        size: side of a chip, px.
        stride: from one chip's start to the next, px, at most ``size``.

    Returns:
        The smallest count whose union reaches ``length``; at least 1.

    Example:
        >>> chips_along(10, 4, 2), chips_along(11, 4, 2), chips_along(3, 4, 2)
        (4, 5, 1)
    """
    return 1 + max(0, -((size - length) // stride))


def _reach(start: int, end: int, size: int, stride: int) -> tuple[int, int]:
    """The first chip that touches a stretch of pixels, and how many follow each other there."""
    first = max(0, (start - size) // stride + 1)
    return first, (end - 1) // stride - first + 1


@dataclass(frozen=True, slots=True)
class ChipGrid:
    """The chips of one ground size over one scene, row by row."""

    scene_width: int
    """Columns of the scene, px."""
    scene_height: int
    """Rows of the scene, px."""
    chip_width: int
    """Columns of the full chip, px."""
    chip_height: int
    """Rows of the full chip, px."""
    stride_x: int
    """From one chip to the next to its right, px."""
    stride_y: int
    """From one chip to the next below, px."""
    first_col: int = 0
    """Chips of a row that are left out at its start."""
    first_row: int = 0
    """Rows of chips that are left out above."""
    only_cols: int = 0
    """Chips of a row from there on; 0: all."""
    only_rows: int = 0
    """Rows of chips from there on; 0: all."""

    @property
    def cols(self) -> int:
        """Chips in a row."""
        return self.only_cols or chips_along(self.scene_width, self.chip_width, self.stride_x)

    @property
    def rows(self) -> int:
        """Rows of chips."""
        return self.only_rows or chips_along(self.scene_height, self.chip_height, self.stride_y)

    def touching(self, area: Window) -> ChipGrid:
        """The chips that share a pixel with a window, each where it was.

        Args:
            area: inside the scene, native px.
        """
        first_col, only_cols = _reach(area.col, area.right, self.chip_width, self.stride_x)
        first_row, only_rows = _reach(area.row, area.bottom, self.chip_height, self.stride_y)
        return replace(
            self,
            first_col=first_col,
            first_row=first_row,
            only_cols=min(only_cols, self.cols - first_col),
            only_rows=min(only_rows, self.rows - first_row),
        )

    def __len__(self) -> int:
        return self.cols * self.rows

    def window(self, index: int) -> Window:
        """The part inside the scene of chip ``index``, counted from 0 row by row."""
        row, col = divmod(index, self.cols)
        x, y = (self.first_col + col) * self.stride_x, (self.first_row + row) * self.stride_y
        width = min(self.chip_width, self.scene_width - x)
        return Window(x, y, width, min(self.chip_height, self.scene_height - y))

    def windows(self, first: int, stop: int) -> Iterator[Window]:
        """The parts inside the scene of chips ``first`` to ``stop - 1``; see :meth:`window`."""
        cols = self.cols
        while first < stop:
            row, col = divmod(first, cols)
            count = min(cols - col, stop - first)
            y = (self.first_row + row) * self.stride_y
            height = min(self.chip_height, self.scene_height - y)
            start = self.first_col + col
            for x in range(start * self.stride_x, (start + count) * self.stride_x, self.stride_x):
                yield Window(x, y, min(self.chip_width, self.scene_width - x), height)
            first += count

    def sticks_out(self, window: Window) -> bool:
        """Whether the full chip behind a window is larger than the window."""
        return window.width < self.chip_width or window.height < self.chip_height
