"""What an import reads, whatever it reads it from: rows of chips, some thousand at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cmpagl_model.index.part_records import PartArrays


@dataclass(frozen=True, slots=True, eq=False)
class SourceRows:
    """Rows that can be indexed; n of them."""

    arrays: PartArrays
    """Their columns; numbered by their places in the file, from 0."""
    scenes: NDArray[np.object_]
    """Name of the scene of each, "" where the file does not say, ``(n,)``."""
    points: int
    """How many are points and no areas."""
    refused: tuple[tuple[str, tuple[int, ...]], ...]
    """Reasons, and the rows of the batch that cannot be indexed for it."""
    mended: tuple[tuple[str, tuple[int, ...]], ...]
    """What was wrong, and the rows of the batch in which it is not any more."""
    read: int
    """Rows read, those refused included."""
