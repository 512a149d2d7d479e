"""Chips to the size that a model reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def fit_chips(chips: Sequence[NDArray[np.uint8]], side: int) -> NDArray[np.uint8]:
    """Resize chips to ``side`` px, antialiased as the training pictures were.

    Args:
        chips: square chips ``(S, S, 3)``; those of the right size are taken as they are.
        side: wanted side, px.

    Returns:
        ``(len(chips), side, side, 3)`` uint8.
    """
    fitted = np.empty((len(chips), side, side, 3), np.uint8)
    for row, chip in enumerate(chips):
        fitted[row] = fit_chip(chip, side)
    return fitted


def fit_chip(chip: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """One chip of :func:`fit_chips`, ``(side, side, 3)``; the same array if it fits already."""
    if chip.shape[0] == side:
        return chip
    picture = Image.fromarray(chip).resize((side, side), Image.Resampling.BILINEAR)
    return np.asarray(picture)
