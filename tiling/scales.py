"""From metres on the ground to whole pixels of a scene: how large chips are, how far apart.

Sizes follow from the scene record and the chip specification alone, never from the file, so
that plan and reader always agree.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from .grid import ChipGrid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .scene import SceneRecord
    from .spec import ChipSpec

SMALLEST_GROUND_M = 100.0
MAX_UPSAMPLING = 2.0
LARGEST_TO_SMALLEST = 4.0
LEAST_STEP = 1.25
_TINY = 1e-6
_ROUNDING_SLACK = 1.01


@dataclass(frozen=True, slots=True)
class ChipScale:
    """Chips of one ground size over one scene."""

    ground_m: float
    """Side of the chip on the ground, m."""
    gsd_m: float
    """Ground length of one pixel of the chip handed out, m."""
    factor_x: int
    """Whole native columns averaged into one before the last resize, 1 or more."""
    factor_y: int
    """Whole native rows averaged into one before the last resize, 1 or more."""
    grid: ChipGrid
    """Where the chips lie, native px."""


@dataclass(frozen=True, slots=True)
class SizeRows:
    """The rows of chips of one ground size in a plan, or in a slice of one."""

    scale: ChipScale
    """The ground size."""
    first: int
    """Where the first of the rows starts, native px."""
    last: int
    """Where the last of the rows starts, native px."""


@runtime_checkable
class KnowsItsRows(Protocol):
    """Planned chips that say what they will ask of a scene before they are gone through."""

    def size_rows(self) -> Sequence[SizeRows]:
        """The rows of chips of each ground size, in the order of the chips."""


def chip_scales(scene: SceneRecord, spec: ChipSpec) -> tuple[ChipScale, ...]:
    """The scales at which a scene is cut, small to large."""
    return tuple(chip_scale(scene, spec, ground_m) for ground_m in ground_sizes(scene, spec))


def ground_sizes(scene: SceneRecord, spec: ChipSpec) -> tuple[float, ...]:
    """Sides of chips on the ground for a scene, in metres, small to large."""
    if spec.native:
        return (spec.size_px * math.sqrt(scene.gsd_x_m * scene.gsd_y_m),)
    if spec.gsd_m is not None:
        return (spec.size_px * spec.gsd_m,)
    return spec.ground_sizes_m or automatic_ground_sizes(scene, spec.size_px)


def automatic_ground_sizes(scene: SceneRecord, size_px: int) -> tuple[float, ...]:
    """Choose one to three ground sizes from a scene's extent and resolution.

    What can be found depends on what fits into a chip, and the pictures the model learned
    from show 75 m to several kilometres, sharply. So the smallest chip shows 100 m, or as much
    as fills it without upsampling; the largest shows four times as much, or what the short side
    of the scene allows; a third lies between when there is room. A scene too small for that
    gets chips of its short side and of half of it, upsampled twofold at most; a tiny one gets
    one size, padded.

    Upsampling where sharp chips can be had costs: over fifteen real scenes it made four times as
    many chips and hid places that the sharp ones find.

    Args:
        scene: the scene.
        size_px: side of the chip handed out, px.

    Returns:
        Ground sides in metres, small to large, to three significant digits.
    """
    sharp = size_px * max(scene.gsd_x_m, scene.gsd_y_m)
    short_side = min(scene.width * scene.gsd_x_m, scene.height * scene.gsd_y_m)
    smallest = max(SMALLEST_GROUND_M, sharp)
    if short_side < LEAST_STEP * smallest:
        blurred = sharp / MAX_UPSAMPLING  # the least size that upsampling allows
        largest = max(short_side, blurred)
        smallest = max(largest / 2, SMALLEST_GROUND_M, blurred)
        sizes = (smallest, largest) if largest >= LEAST_STEP * smallest else (largest,)
        return tuple(map(_round_up, sizes))
    largest = min(LARGEST_TO_SMALLEST * smallest, short_side)
    between = [math.sqrt(smallest * largest)] if largest >= 2 * smallest else []
    return tuple(map(_round_up, (smallest, *between, largest)))


def chip_scale(scene: SceneRecord, spec: ChipSpec, ground_m: float) -> ChipScale:
    """Whole-pixel sizes of chips of one ground size.

    A chip is square on the ground, so its columns and rows differ where pixels are not
    square (degrees away from the equator). Sides and strides are multiples of the decimation
    factor: windows then fall on whole pixels of the decimated scene.

    Args:
        scene: the scene.
        spec: the chip specification.
        ground_m: side of the chip on the ground, m.
    """
    gsd_m = ground_m / spec.size_px
    factor_x = factor_y = 1
    width = height = spec.size_px
    if not spec.native:
        factor_x, factor_y = _factor(gsd_m, scene.gsd_x_m), _factor(gsd_m, scene.gsd_y_m)
        width = _side(ground_m / scene.gsd_x_m, factor_x)
        height = _side(ground_m / scene.gsd_y_m, factor_y)
    grid = ChipGrid(
        scene.width,
        scene.height,
        width,
        height,
        _stride(width, factor_x, spec.overlap),
        _stride(height, factor_y, spec.overlap),
    )
    return ChipScale(ground_m, gsd_m, factor_x, factor_y, grid)


def _factor(wanted_m: float, native_m: float) -> int:
    """How many native pixels become one at most, by whole boxes.

    A hair's breadth below a whole number counts as that number: pixels of 1 m in a map
    projection are 1.0004 m on the ground, and 2 m of ground shall still be two of them.
    """
    return max(1, math.floor(wanted_m / native_m * _ROUNDING_SLACK))


def _side(pixels: float, factor: int) -> int:
    """The least multiple of ``factor`` that shows at least ``pixels``.

    Rounding up lets a chip made for the scene's short side hold all of it, instead of leaving
    a sliver that needs a chip of its own.
    """
    return factor * max(1, math.ceil(pixels / factor - _TINY))


def _stride(side: int, factor: int, overlap: float) -> int:
    return factor * max(1, round(side * (1 - overlap) / factor))


def _round_up(length: float) -> float:
    """Round to three significant digits, upwards.

    Example:
        >>> _round_up(57.38), _round_up(100.0), _round_up(12345.6)
        (57.4, 100.0, 12400.0)
    """
    digits = 2 - math.floor(math.log10(length))
    steps = math.ceil(length * 10.0**digits - _TINY)
    return round(steps / 10.0**digits, max(digits, 0))
