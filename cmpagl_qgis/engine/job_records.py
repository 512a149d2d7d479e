"""What the engine says of maps, outlines and changes that it wrote, as frozen records.

No Qt in here. Python 3.9 reads these types, so an alternative is ``Optional``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .fields import Said  # noqa: TC001 - its types are read while it runs


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


@dataclass(frozen=True)
class Outlined:
    """A layer of outlines that the engine wrote."""

    WHAT: ClassVar[str] = "an answer to objects"

    output: str
    """Absolute path of the file."""
    count: int
    """Outlines in it."""
    notice: str
    """One line for a person where nothing fits; else empty."""
    problems: tuple[Said, ...]
    """Parts of the index that could not be read."""


@dataclass(frozen=True)
class Changed:
    """A layer of changes that the engine wrote."""

    WHAT: ClassVar[str] = "an answer to a change"

    output: str
    """Absolute path of the file."""
    count: int
    """Places in it."""
    compared: int
    """Chips of the later scenes whose ground an earlier one holds."""
    looked_at: int
    """Of these, places read again from the earlier scenes."""
    notice: str
    """One line for a person where nothing has changed so; else empty."""
    problems: tuple[Said, ...]
    """Parts and scenes that could not be read."""
