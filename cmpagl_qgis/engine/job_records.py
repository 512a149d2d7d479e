"""What the engine says of maps, outlines, changes and places looked into, as frozen records.

No Qt in here. Python 3.9 reads these types, so an alternative is ``Optional``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Optional

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


@dataclass(frozen=True)
class WordFall:
    """A word of the sentence."""

    WHAT: ClassVar[str] = "a word"

    word: Said
    """In lower case."""
    fall: Optional[float]
    """By how much the score falls without it; ``None``: nothing else would be left."""
    telling: bool
    """Whether it made the hit."""


@dataclass(frozen=True)
class Located:
    """Where in a place a sentence fits."""

    WHAT: ClassVar[str] = "an answer to where"

    query: Said
    """The sentence."""
    score: float
    """Of the whole place, -1 to 1."""
    minimum: float
    """Least similarity of a part."""
    maximum: float
    """Greatest similarity of a part."""
    words: tuple[WordFall, ...]
    """Words that carry meaning, in their order."""
