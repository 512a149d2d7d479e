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
        if chip.shape[0] != side:
            picture = Image.fromarray(chip).resize((side, side), Image.Resampling.BILINEAR)
            fitted[row] = np.asarray(picture)
        else:
            fitted[row] = chip
    return fitted
