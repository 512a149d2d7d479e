"""What the engine says of maps that it wrote, as frozen records.

No Qt in here. Python 3.9 reads these types, so an alternative is ``Optional``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from .fields import Record, Said


@dataclass(frozen=True)
class FetchedIndex(Record, what="an answer to a fetch"):
    """A copy of an index in an object store that the engine made."""

    index: str
    """Absolute path of its folder."""


@dataclass(frozen=True)
class SimilarityMap(Record, what="an answer to a heat map"):
    """A raster of similarities that the engine wrote."""

    output: str
    """Absolute path of the file."""
    minimum: float
    """Least similarity, -1 to 1."""
    maximum: float
    """Greatest similarity, -1 to 1."""
    understood: Said = ""
    """How the sentence was read by parts; empty: it was taken as it stands."""


@dataclass(frozen=True)
class SaidOf(Record, what="a sentence of a description"):
    """A sentence, and how it fits a place."""

    sentence: str
    """What it says."""
    score: float
    """Mean cosine with the chips of the place, -1 to 1."""
    relevance: Optional[float]
    """Probability that a person would call it right, 0 to 1; ``None``: not known."""
    share: Optional[float]
    """Share of the chips that reach its cut-off, 0 to 1; ``None``: not known."""


@dataclass(frozen=True)
class Described(Record, what="a description"):
    """What can be said of a place."""

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
class ClassArea(Record, what="the area of a class"):
    """What a class, or a group of a first look, covers."""

    name: str
    """What it is called."""
    chips: int
    """Its chips."""
    area_m2: float
    """What they cover, overlapping chips once, m2."""
    says: tuple[str, ...]
    """The sentences nearest to a group; of a class none."""


@dataclass(frozen=True)
class FirstLook(Record, what="an answer to a first look"):
    """The groups of an index."""

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
class WordFall(Record, what="a word"):
    """A word of the sentence."""

    word: Said
    """In lower case."""
    fall: Optional[float]
    """By how much the score falls without it; ``None``: nothing else would be left."""
    telling: bool
    """Whether it made the hit."""


@dataclass(frozen=True)
class Located(Record, what="an answer to where"):
    """Where in a place a sentence fits."""

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
class ClassMap(Record, what="an answer to classify"):
    """The ground by class."""

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
