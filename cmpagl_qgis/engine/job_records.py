"""What the engine says of maps that it wrote, as frozen records.

No Qt in here. Python 3.9 reads these types, so an alternative is ``Optional``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class FetchedIndex:
    """A copy of an index in an object store that the engine made."""

    WHAT: ClassVar[str] = "an answer to a fetch"

    index: str
    """Absolute path of its folder."""


@dataclass(frozen=True)
class SimilarityMap:
    """A raster of similarities that the engine wrote."""

    WHAT: ClassVar[str] = "an answer to a heat map"

    output: str
    """Absolute path of the file."""
    minimum: float
    """Least similarity, -1 to 1."""
    maximum: float
    """Greatest similarity, -1 to 1."""
