"""Averaging whole boxes of pixels while blocks stream in: sums now, division at the end.

A box may lie in two blocks; each block adds its share of sum and count, so nothing has to wait
for a neighbour. One :class:`Axis` for columns and one for rows tells where chips fall.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

_TINY = 1e-6


@dataclass(frozen=True, slots=True)
class Span:
    """Where a chip lies along one axis, in averaged pixels."""

    first: int
    """First averaged pixel the chip touches."""
    stop: int
    """First averaged pixel behind the chip."""
    low: float
    """Start of the chip, from ``first``, px."""
    high: float
    """End of the chip, from ``first``, px."""

    @property
    def size(self) -> int:
        """Averaged pixels the chip touches."""
        return self.stop - self.first


@dataclass(frozen=True, slots=True)
class Axis:
    """Columns or rows: from native pixels to a level's pixels to averaged pixels."""

    length: int
    """Pixels of the level."""
    ratio: float
    """Native pixels in one pixel of the level; 1 in the full picture."""
    box: int
    """Pixels of the level averaged into one."""

    @classmethod
    def between(cls, native: int, length: int, factor: int) -> Axis:
        """The axis that decimates by at most ``factor`` native pixels.

        Args:
            native: pixels of the scene.
            length: pixels of the level.
            factor: native pixels that may become one, 1 or more.
        """
        ratio = native / length
        return cls(length, ratio, max(1, math.floor(factor / ratio + _TINY)))

    def span(self, start: int, size: int) -> Span:
        """Where a chip lies, from its native start and full size in px."""
        step = self.ratio * self.box
        low, high = start / step, (start + size) / step
        first, stop = math.floor(low + _TINY), math.ceil(high - _TINY)
        return Span(first, stop, max(0.0, low - first), min(high, stop) - first)

    def level_span(self, span: Span) -> tuple[int, int]:
        """First pixel of the level under a span, and how many, cut at the scene's end."""
        start = min(span.first * self.box, self.length - 1)
        return start, max(1, min(span.stop * self.box, self.length) - start)


def sum_type(box: tuple[int, int]) -> np.dtype[Any]:
    """The smallest type that holds the sums of a box of bytes: uint8, uint16 or uint32.

    Args:
        box: rows and columns of a box.
    """
    return np.dtype(np.min_scalar_type(box[0] * box[1] * 255))


def sum_boxes(
    pixels: npt.NDArray[np.uint8], row: int, col: int, box: tuple[int, int]
) -> npt.NDArray[Any]:
    """Sum boxes of pixels, on a grid that starts at the level's corner.

    Args:
        pixels: shape ``(height, width, channels)``.
        row: row of the first pixel in the level; the first box may be cut.
        col: its column.
        box: rows and columns of a box.

    Returns:
        Sums, shape ``(boxes down, boxes across, channels)``, of the type :func:`sum_type` names;
        ``pixels`` itself where a box is one pixel.

    Example:
        >>> sum_boxes(np.ones((3, 4, 1), np.uint8), 1, 0, (2, 2))[..., 0].tolist()
        [[2, 2], [4, 4]]
    """
    if box == (1, 1):
        return pixels
    tall, wide = box
    height, width, channels = pixels.shape
    above, before = row % tall, col % wide
    down, across = -(-(above + height) // tall), -(-(before + width) // wide)
    # Of a box that is larger than all that there is, only so much: it may be larger than memory.
    tall, wide = min(tall, above + height), min(wide, before + width)
    padded = np.zeros((down * tall, across * wide, channels), dtype=np.uint8)
    padded[above : above + height, before : before + width] = pixels
    narrow = sum_type((tall, 1))
    rows = padded.reshape(down, tall, -1).sum(axis=1, dtype=narrow)  # down, across*wide*channels
    boxes = rows.reshape(down, across, wide, channels)
    sums = np.zeros((down, across, channels), dtype=sum_type(box))
    for part in range(wide):
        sums += boxes[:, :, part]
    return sums


def divide(
    sums: npt.NDArray[Any],
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_]]:
    """Mean colours and validity from sums.

    Args:
        sums: red, green, blue and count, shape ``(height, width, 4)``.

    Returns:
        Colours, rounded, uint8, ``(height, width, 3)``, 0 where the count is 0; and
        ``(height, width)``, ``True`` where the count is above 0.
    """
    count = sums[..., 3]
    valid, full = count > 0, int(count.max())
    divisor: int | npt.NDArray[Any] = full  # one is much faster than many
    if not ((count == full) | ~valid).all():
        divisor = np.maximum(count, 1)
    colours = np.empty((*count.shape, 3), np.uint8)
    for band in range(3):  # numpy is slow along an axis of three
        sum_of_band = sums[..., band]
        colours[..., band] = sum_of_band if full <= 1 else (sum_of_band + divisor // 2) // divisor
    return colours, valid


def fill_where(
    colours: npt.NDArray[np.uint8], where: npt.NDArray[np.bool_], colour: npt.ArrayLike
) -> None:
    """Paint one colour over some pixels.

    Args:
        colours: ``(height, width, 3)``, written into.
        where: ``(height, width)``, ``True`` where it is painted.
        colour: red, green, blue, 0 to 255.
    """
    for band, value in enumerate(np.asarray(colour, np.uint8)):
        np.copyto(colours[..., band], value, where=where)
