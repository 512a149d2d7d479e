"""What a client may ask for: the parameters of an address, and the body of a search by example."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cmpagl_model.search.as_json import Where, Words
from cmpagl_model.server.messages import ParameterError, loaded
from cmpagl_model.server.parameters import parameters
from cmpagl_model.server.translate import MOST_PLACES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cmpagl_model.server.work import Work

    Page = dict[str, Any]

MOST_HITS, USUAL_HITS = 1_000, 50
MOST_FEATURES, USUAL_FEATURES = 5_000, 100
MOST_OFFSET = 10**9
MOST_COMMAS = 500_000
"""In a body of JSON: it takes time and memory by its values, which can be many in few bytes."""
FORMATS = ("json", "geojson")
WHOLE = re.compile(r"[+-]?[0-9]{1,18}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """Which features of a collection are wanted."""

    q: str | None = None
    """The sentence; ``None``: all chips."""
    k: int = USUAL_HITS
    """Hits at most."""
    limit: int = USUAL_FEATURES
    """Features in an answer at most."""
    offset: int = 0
    """Features passed over."""
    bbox: tuple[float, ...] | None = None
    """West, south, east, north, degrees; with heights between, which do not count."""
    datetime: str | None = None
    """A date or moment, or two with a slash between, either of which may be open."""
    scene: str | None = None
    """Name or pattern of scenes."""
    ground_m: tuple[float, ...] | None = None
    """Least and greatest side of a chip on the ground, m."""
    min_relevance: float | None = None
    """Least relevance of a hit, 0 to 1."""
    plain: bool = False
    """Whether the sentence is taken as it stands, and not by parts."""
    f: str = "json"
    """Format of the answer; there is one."""

    def __post_init__(self) -> None:
        """Check the numbers; a limit above the greatest is the greatest, as OGC wants it.

        Raises:
            ParameterError: if one is out of range.
        """
        if not 1 <= self.k <= MOST_HITS:
            raise ParameterError(f"k: found {self.k}, wanted 1 to {MOST_HITS:,}")
        if self.limit < 1:
            raise ParameterError(f"limit: found {self.limit}, wanted 1 or more")
        object.__setattr__(self, "limit", min(self.limit, MOST_FEATURES))
        if not 0 <= self.offset <= MOST_OFFSET:
            raise ParameterError(f"offset: found {self.offset}, wanted 0 to {MOST_OFFSET:,}")
        if self.f not in FORMATS:
            raise ParameterError(f"f: found {self.f[:20]!r}, wanted json")
        _ = self.where

    @property
    def where(self) -> Where:
        """The filter as the engine's protocol has it.

        Raises:
            ParameterError: if there are too few or too many numbers, or no date.
        """
        if self.bbox is not None and len(self.bbox) not in {4, 6}:
            raise ParameterError(
                f"bbox: found {len(self.bbox)} numbers, wanted west,south,east,north in degrees"
            )
        if self.ground_m is not None and len(self.ground_m) != 2:
            raise ParameterError("ground_m: wanted two numbers, such as 50,200")
        flat = self.bbox and (*self.bbox[:2], *self.bbox[len(self.bbox) // 2 :][:2])
        first = last = None
        if self.datetime is not None:
            start, slash, end = self.datetime.partition("/")
            ends = [
                one if one not in {"", ".."} else None for one in (start, end if slash else start)
            ]
            if not any(ends):
                raise ParameterError(
                    f"datetime: found {self.datetime[:60]!r}, wanted a date such as 2020-07-19, or "
                    "two such as 2020/2021 or ../2021"
                )
            first, last = ends
        return Where(
            bbox=flat,  # type: ignore[arg-type]  # four of them
            scenes=() if self.scene is None else (self.scene,),
            ground_m=self.ground_m,
            from_date=first,
            to_date=last,
        )


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an address."""

    name: str
    """As it is written."""
    read: Callable[[str], Any]
    """Makes a value of its text; a ``ValueError`` says that it is none."""
    schema: Page
    """For the API's description."""
    what: str
    """For a person who reads that."""


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(float(part) for part in text.split(","))


def _whole(text: str) -> int:
    if not WHOLE.match(text):  # Python itself reads more, such as 1_000
        raise ValueError(text)
    return int(text)


def _flag(text: str) -> bool:
    return {"true": True, "1": True, "": True, "false": False, "0": False}[text.lower()]


def _range(least: int, greatest: int, usual: int) -> Page:
    return {"type": "integer", "minimum": least, "maximum": greatest, "default": usual}


PARAMETERS = {
    one.name: one
    for one in (
        Parameter("q", str, {"type": "string", "maxLength": 1000},
                  "A sentence, in English: what a place looks like from above. Without it all "
                  "chips are given, in the order of the index."),
        Parameter("k", _whole, _range(1, MOST_HITS, USUAL_HITS),
                  "How many of the best places a search gives in all, on however many pages."),
        Parameter("limit", _whole, _range(1, MOST_FEATURES, USUAL_FEATURES),
                  "Features in one answer at most."),
        Parameter("offset", _whole, _range(0, MOST_OFFSET, 0), "Features passed over."),
        Parameter("bbox", _numbers,
                  {"type": "array", "items": {"type": "number"},
                   "oneOf": [{"minItems": n, "maxItems": n} for n in (4, 6)]},
                  "Only what touches this box: west,south,east,north in degrees (OGC:CRS84)."),
        Parameter("datetime", str, {"type": "string"},
                  "Only what was taken then: a date or moment (UTC), or two with a slash between, "
                  "of which one may be .. ; what has no date is left out."),
        Parameter("scene", str, {"type": "string", "maxLength": 1000},
                  "Only scenes of this name, or that fit this pattern, such as town_*."),
        Parameter("ground_m", _numbers,
                  {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
                  "Only chips whose side on the ground lies between these, metres."),
        Parameter("min_relevance", float, {"type": "number", "minimum": 0, "maximum": 1},
                  "Only hits that a person would call right with at least this probability."),
        Parameter("plain", _flag, {"type": "boolean", "default": False},
                  "Whether the sentence is taken as it stands, and not by parts."),
        Parameter("f", str, {"type": "string", "enum": ["json"]}, "Format of the answer."),
    )
}  # fmt: skip
"""All parameters of a collection's features, in the order of the API's description."""


def items_of(pairs: Iterable[tuple[str, str]]) -> Items:
    """The features that an address asks for.

    What stands there twice and says the same counts once: GDAL hands on to the link ``next``, which
    has them already, the parameters that it was given.

    Args:
        pairs: names and texts of its query.

    Raises:
        ParameterError: if one is unknown, given with two values, or of another kind.
    """
    values: Page = {}
    for name, text in dict.fromkeys(pairs):
        known = PARAMETERS.get(name)
        if known is None:
            wanted = ", ".join(PARAMETERS)
            raise ParameterError(f"found the parameter {name[:40]!r}, wanted any of {wanted}")
        if name in values:
            raise ParameterError(f"{name}: found two values, wanted one")
        try:
            values[name] = known.read(text)
        except (ValueError, KeyError):
            kind = known.schema["type"]
            raise ParameterError(f"{name}: found {text[:40]!r}, wanted {_KINDS[kind]}") from None
    return Items(**values)


_KINDS = {
    "integer": "a whole number",
    "number": "a number",
    "array": "numbers with commas between",
    "boolean": "true or false",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A chip, a point or a picture that places shall be like, or unlike."""

    item: str | None = None
    """The ``id`` of a feature of this collection."""
    lon: float | None = None
    """Longitude of a point, degrees."""
    lat: float | None = None
    """Latitude of a point, degrees."""
    ground_m: float | None = None
    """Beside a point: the wanted side of its chip, m."""
    picture: str | None = None
    """A picture seen from above: PNG, JPEG or WebP in base64."""
    weight: float = 1.0
    """How many times as much it counts as without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ByExample:
    """A search by examples, with or without a sentence."""

    q: str | None = None
    """The sentence."""
    like: tuple[Example, ...] = ()
    """What places shall be like."""
    unlike: tuple[Example, ...] = ()
    """What they shall be unlike."""
    plus: tuple[Words, ...] = ()
    """Words for what is wanted besides."""
    minus: tuple[Words, ...] = ()
    """Words for what is not wanted."""
    k: int = USUAL_HITS
    """Hits at most."""
    where: Where = field(default_factory=Where)
    """Which chips to look at."""
    plain: bool = False
    """Whether the sentence is taken as it stands, and not by parts."""

    def __post_init__(self) -> None:
        """Check the number of hits.

        Raises:
            ParameterError: if it is out of range.
        """
        if not 1 <= self.k <= MOST_HITS:
            raise ParameterError(f"k: found {self.k}, wanted 1 to {MOST_HITS:,}")


def by_example(work: Work, body: bytes) -> ByExample:
    """A search as a body of JSON says it.

    Args:
        work: the request at work.
        body: the object.

    Raises:
        ParameterError: if it is none, holds more than anybody needs, or asks for what there is not.
    """
    work.check()
    if (commas := body.count(b",")) > MOST_COMMAS:
        raise ParameterError(
            f"found JSON with {commas:,} commas, wanted at most {MOST_COMMAS:,}; next: give fewer "
            "examples, or an area with fewer corners"
        )
    try:
        page = loaded(body)
    except (ValueError, RecursionError) as error:
        raise ParameterError(f"found no JSON ({str(error)[:200]}), wanted an object") from None
    if not isinstance(page, dict):
        raise ParameterError("found JSON that is no object, wanted one")
    for name in ("like", "unlike", "plus", "minus"):  # before each becomes a record
        if isinstance(page.get(name), list) and len(page[name]) > MOST_PLACES:
            raise ParameterError(
                f"{name}: found {len(page[name]):,} entries, wanted at most {MOST_PLACES:,}"
            )
    return parameters(ByExample, page, "search")
