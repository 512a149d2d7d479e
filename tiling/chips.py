"""The records that travel: a planned chip, and what became of it when it was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from .grid import Window

SkipReason = Literal["empty", "too little valid", "uniform"]


@dataclass(frozen=True, slots=True)
class PlannedChip:
    """A place in a scene that is to become one picture."""

    number: int
    """Place in the plan, from 0."""
    window: Window
    """The part inside the scene, native px."""
    ground_m: float
    """Side of the full chip on the ground, m."""
    gsd_m: float
    """Ground length of one pixel of the picture, m."""
    edge: bool
    """Whether the full chip sticks out of the scene and the picture is padded."""


@dataclass(frozen=True, slots=True, eq=False)
class ChipImage:
    """A chip read well."""

    chip: PlannedChip
    """The chip that was asked for."""
    pixels: npt.NDArray[np.uint8]
    """Red, green, blue, uint8, shape ``(size_px, size_px, 3)``; places without data and
    padding have the mean colour of the rest."""
    valid_fraction: float
    """Share of the full chip that shows data, above 0 and up to 1; padding shows none."""


@dataclass(frozen=True, slots=True)
class SkippedChip:
    """A chip with nothing to see, not worth encoding."""

    chip: PlannedChip
    """The chip that was asked for."""
    reason: SkipReason
    """"empty": no valid pixel; "too little valid": below ``min_valid``; "uniform": one colour."""


@dataclass(frozen=True, slots=True)
class DamagedChip:
    """A chip that touches a part of the file that cannot be decoded."""

    chip: PlannedChip
    """The chip that was asked for."""
    reason: str
    """What the decoder said, in a few words."""


ChipRead: TypeAlias = ChipImage | SkippedChip | DamagedChip
"""What becomes of a planned chip."""
