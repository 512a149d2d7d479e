"""What the engine says of maps that it wrote, as frozen records.

No Qt in here. Python 3.9 reads these types, so an alternative is ``Optional``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Optional

from .fields import Said  # noqa: TC001 - its types are read while it runs


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
    understood: Said = ""
    """How the sentence was read by parts; empty: it was taken as it stands."""


@dataclass(frozen=True)
class SaidOf:
    """A sentence, and how it fits a place."""

    WHAT: ClassVar[str] = "a sentence of a description"

    sentence: str
    """What it says."""
    score: float
    """Mean cosine with the chips of the place, -1 to 1."""
    relevance: Optional[float]
    """Probability that a person would call it right, 0 to 1; ``None``: not known."""
    share: Optional[float]
    """Share of the chips that reach its cut-off, 0 to 1; ``None``: not known."""


@dataclass(frozen=True)
class Described:
    """What can be said of a place."""

    WHAT: ClassVar[str] = "a description"

    said: tuple[SaidOf, ...]
    """What fits most of the chips first, then what is nearest."""
    chips: int
    """Of the place."""
    found: bool
    """Whether a sentence reaches its cut-off."""
    notice: str
    """One line for a person where none does; else empty."""
    problems: tuple[Said, ...]
    """Parts of the index that could not be read."""
    undated: int = 0
    """Chips left out because a date was asked for and theirs is not known."""


@dataclass(frozen=True)
class ClassArea:
    """What a class, or a group of a first look, covers."""

    WHAT: ClassVar[str] = "the area of a class"

    name: str
    """What it is called."""
    chips: int
    """Its chips."""
    area_m2: float
    """What they cover, overlapping chips once, m2."""
    says: tuple[str, ...]
    """The sentences nearest to a group; of a class none."""


@dataclass(frozen=True)
class FirstLook:
    """The groups of an index."""

    WHAT: ClassVar[str] = "an answer to a first look"

    output: str
    """Absolute path of the layer."""
    count: int
    """Chips that were looked at."""
    groups: tuple[ClassArea, ...]
    """Those that most chips are of come first."""
    notice: str
    """Why the groups have no names; else empty."""
    problems: tuple[Said, ...]
    """Parts of the index that could not be read."""
    undated: int = 0
    """Chips left out because a date was asked for and theirs is not known."""


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
    understood: Said = ""
    """How the sentence was read by parts; empty: it was taken as it stands."""


@dataclass(frozen=True)
class ClassMap:
    """The ground by class."""

    WHAT: ClassVar[str] = "an answer to classify"

    map: str
    """Absolute path of the layer."""
    count: int
    """Chips that have a class."""
    classes: tuple[ClassArea, ...]
    """The classes, ``none`` as the last."""
    problems: tuple[Said, ...]
    """Parts of the index that could not be read."""
    undated: int = 0
    """Chips left out because a date was asked for and theirs is not known."""
