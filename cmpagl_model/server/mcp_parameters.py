"""What the tools of an assistant take, as frozen records; their notes become the tools' schemas."""

from __future__ import annotations

from dataclasses import dataclass

from .messages import ParameterError

NOTES_ARE_DESCRIPTIONS = {"use_attribute_docstrings": True}
"""For pydantic, which makes the schemas; the SDK brings it."""
MOST_HITS, MOST_PICTURES = 200, 20


class Noted:
    """Parameters whose notes are their descriptions."""

    __slots__ = ()
    __pydantic_config__ = NOTES_ARE_DESCRIPTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """No parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OneIndex(Noted):
    """Which index."""

    index: str
    """Folder of the index, such as town.cmpagl: absolute, or below a root folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexScenes(Noted):
    """What to index."""

    inputs: tuple[str, ...]
    """Folders, with all below, and files of georeferenced rasters (GeoTIFF, JPEG 2000, ...)."""
    index: str
    """Folder of the index, such as town.cmpagl; made if it is missing, extended if it is there."""
    ground_sizes_m: tuple[float, ...] | None = None
    """Sides of the chips on the ground in metres, such as [100, 400]: small ones find things, large
    ones areas. Left out: two or three sizes are chosen for each scene. The index keeps them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filtered(Noted):
    """Which chips are looked at."""

    bbox: tuple[float, float, float, float] | None = None
    """Only places that touch this box: west, south, east, north in degrees, longitude first."""
    scenes: tuple[str, ...] = ()
    """Only these scenes: names, paths or patterns such as town_*."""
    ground_m: tuple[float, float] | None = None
    """Only chips whose side on the ground lies between these, metres: least, greatest."""
    from_date: str | None = None
    """Only chips taken then or later: a year, month or day such as 2020-07; chips of unknown date
    are left out."""
    to_date: str | None = None
    """Only chips taken then or earlier."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Where(Filtered):
    """What a search returns, and where it looks."""

    k: int = 10
    """Hits at most, 1 to 200."""
    pictures: int = 0
    """How many of the first hits are shown as pictures, 0 to 20. Look at some before you tell a
    person that something was found."""
    output: str | None = None
    """File for the hits, below a root folder: .geojson, .gpkg, .fgb, .parquet or .csv; replaced if
    it is there."""

    def __post_init__(self) -> None:
        """Check the numbers.

        Raises:
            ParameterError: if one is out of range.
        """
        if not 1 <= self.k <= MOST_HITS:
            raise ParameterError(f"k: found {self.k}, wanted 1 to {MOST_HITS}")
        if not 0 <= self.pictures <= MOST_PICTURES:
            raise ParameterError(f"pictures: found {self.pictures}, wanted 0 to {MOST_PICTURES}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Search(Where):
    """A sentence."""

    index: str
    """Folder of the index."""
    query: str
    """What the place looks like from above, one plain English sentence: "boats on a canal beside a
    factory". Names of places mean nothing to the model."""
    min_relevance: float | None = None
    """Leave out hits that are right with a lower probability, 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place(Noted):
    """A place: lon and lat, or scene, window and ground_m of a hit."""

    lon: float | None = None
    """Longitude, degrees, of a point in an indexed scene."""
    lat: float | None = None
    """Latitude, degrees."""
    ground_m: float | None = None
    """Side of the chip on the ground, metres; of a point the smallest if it is left out."""
    scene: str | None = None
    """Scene of a hit."""
    window: tuple[int, int, int, int] | None = None
    """Window of a hit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example(Place):
    """A place or a picture."""

    picture: str | None = None
    """File of a picture seen from above, below a root folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchByExample(Where):
    """Examples, with or without a sentence."""

    index: str
    """Folder of the index."""
    query: str | None = None
    """A sentence beside the examples."""
    like: tuple[Example, ...] = ()
    """What the places shall be like."""
    unlike: tuple[Example, ...] = ()
    """What they shall be unlike."""
    plus: tuple[str, ...] = ()
    """Words for what is wanted besides."""
    minus: tuple[str, ...] = ()
    """Words for what is not wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Export(OneIndex):
    """What to write."""

    output: str
    """File below a root folder, .geojson, .gpkg, .fgb, .parquet or .csv; an old one is replaced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Describe(Filtered):
    """A place, or an area."""

    index: str
    """Folder of the index."""
    place: Place | None = None
    """One place; left out: all chips that bbox and the like let pass, which must be given then."""
    k: int = 5
    """Sentences at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview(Filtered):
    """A first look."""

    index: str
    """Folder of the index."""
    groups: int = 10
    """How many groups, 2 to 50."""
    output: str | None = None
    """File for the ground by group, below a root folder: .geojson, .gpkg, .fgb, .parquet or .csv;
    replaced if it is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassWords(Noted):
    """A class."""

    name: str
    """What it is called."""
    sentences: tuple[str, ...]
    """What its places look like from above, such as "a pond"; a chip is of the class whose sentence
    is nearest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Classify(Filtered):
    """Many sentences at once."""

    index: str
    """Folder of the index."""
    classes: tuple[ClassWords, ...]
    """The classes."""
    min_relevance: float | None = None
    """Chips that fit their class with a lower probability, 0 to 1, are of the class none; 0: every
    chip has a class. Left out: the cut-off of each sentence decides."""
    output: str | None = None
    """File for the ground by class, below a root folder: .geojson, .gpkg, .fgb, .parquet or .csv;
    replaced if it is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhereInPlace(Noted):
    """A sentence, and the place that it is looked for in."""

    index: str
    """Folder of the index."""
    query: str
    """What is looked for in the place, one plain English sentence."""
    place: Place
    """The place, such as a hit."""
