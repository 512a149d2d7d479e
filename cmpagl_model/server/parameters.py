"""The parameters of each method as frozen records; docs/protocol.md says what they mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Literal, TypeVar

from cmpagl_model.config import record_from_dict
from cmpagl_model.errors import ConfigError
from cmpagl_model.records import Rerank  # noqa: TC001 - read when parameters are checked
from cmpagl_model.search.as_json import Page, Where, Words
from cmpagl_model.search.change import LEAST_DIFFERENCE
from tiling.stores import is_stored

from .messages import ParameterError
from .wire_hits import WireHit  # noqa: TC001 - read when parameters are checked

Parameters = TypeVar("Parameters")
DEFAULT_HITS = 50
LARGEST_PICTURE_PX = 1024


def parameters(kind: type[Parameters], values: Page, method: str) -> Parameters:
    """Check the parameters of a request.

    Args:
        kind: their record.
        values: as they came.
        method: names them in messages.

    Raises:
        ParameterError: if one is unknown, missing, of another type or out of range.
    """
    try:
        return record_from_dict(kind, values, method)
    except ConfigError as error:
        raise ParameterError(str(error)) from error


def absolute(path: str, name: str) -> Path:
    """A path that does not depend on where the engine was started.

    Raises:
        ParameterError: if it is relative, or holds a zero.
    """
    found = Path(path)
    if "\0" in path or not found.is_absolute():
        raise ParameterError(f"{name}: found {path[:200]!r}, wanted an absolute path")
    return found


def check_picture_px(px: int) -> None:
    """Refuse a picture that is too small or too large.

    Raises:
        ParameterError: if it is.
    """
    if not 8 <= px <= LARGEST_PICTURE_PX:
        raise ParameterError(f"px: found {px}, wanted 8 to {LARGEST_PICTURE_PX}")


def check_texts(values: Page, name: str) -> None:
    """See that an object holds texts alone.

    Raises:
        ParameterError: if a value is something else.
    """
    for key, value in values.items():
        if not isinstance(value, str):
            raise ParameterError(f"{name}.{key[:200]}: found {str(value)[:40]}, wanted a text")


@dataclass(frozen=True, slots=True)
class Hello:
    """Who calls, and with what to compare."""

    protocol: int
    """Version that the client speaks."""
    client: str
    """Its name and version, for people who look for a fault."""
    model: str | None = None
    """Known name or folder; ``None``: the known model of each index's name."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where to compute."""


@dataclass(frozen=True, slots=True)
class Models:
    """A request for the models at hand."""


@dataclass(frozen=True, slots=True)
class WithPaths:
    """A request that names files or folders."""

    PATHS: ClassVar[tuple[str, ...]] = ("index",)
    """Fields that do; each an absolute path, or ``None``."""

    def __post_init__(self) -> None:
        """Check the paths, and what else a request asks for.

        Raises:
            ParameterError: if a path is relative, or something else does not hold.
        """
        for name in self.PATHS:
            path = getattr(self, name)
            if path is not None:
                absolute(path, name)
        self.check()

    def check(self) -> None:
        """What else must hold of its fields."""


@dataclass(frozen=True, slots=True)
class OneIndex(WithPaths):
    """A request about an index as a whole."""

    index: str
    """The index folder."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """A request to copy an index in an object store to this machine."""

    address: str
    """Of the index."""
    bring: bool = True
    """Whether all of it is; else the folder that it would have is told, also of one to be made."""

    def __post_init__(self) -> None:
        """Check the address.

        Raises:
            ParameterError: if it is none of an object store.
        """
        if not is_stored(self.address):
            raise ParameterError(
                f"address: found {self.address[:200]!r}, wanted s3://, gs:// or az://"
            )


@dataclass(frozen=True, slots=True)
class Verify(OneIndex):
    """A request to read every byte of an index."""

    sample: int = 0
    """Chips to be encoded again and compared."""
    repair: bool = False
    """Whether what is damaged is made anew."""

    def check(self) -> None:
        """See that the number is one.

        Raises:
            ParameterError: if it is negative.
        """
        if self.sample < 0:
            raise ParameterError(f"sample: found {self.sample}, wanted 0 or more")


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """What every search takes; without slots as :class:`ByExample`, for both are second parents."""

    k: int = DEFAULT_HITS
    """Hits at most."""
    min_score: float | None = None
    """Least cosine."""
    where: Where = field(default_factory=Where)
    """Filter."""
    merge: bool = True
    """Whether overlapping chips become one hit."""
    siblings: bool = True
    """Whether those of other scenes and sizes become its siblings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search(Ranked, OneIndex):
    """A sentence."""

    query: str
    """The sentence."""
    rerank: Rerank = "none"
    """How the best are ranked anew."""
    min_relevance: float | None = None
    """Least relevance, 0 to 1."""
    plain: bool = False
    """Whether the sentence is taken as it stands, and not by parts."""


@dataclass(frozen=True, kw_only=True)
class ByExample:
    """Examples, with or without a sentence."""

    query: str | None = None
    """The sentence."""
    like: tuple[Page, ...] = ()
    """Places and pictures."""
    unlike: tuple[Page, ...] = ()
    """Places and pictures."""
    plus: tuple[Words, ...] = ()
    """What is wanted besides."""
    minus: tuple[Words, ...] = ()
    """What is not wanted."""
    plain: bool = False
    """Whether the sentence is taken as it stands, and not by parts."""
    kept: tuple[Page, ...] = ()
    """Chips that a person called right."""
    rejected: tuple[Page, ...] = ()
    """Chips that a person called wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar(Ranked, ByExample, OneIndex):
    """Hits by examples."""

    ask: bool = False
    """Whether the hits are those to be judged next, and not the best."""


@dataclass(frozen=True, slots=True)
class QueryFile(WithPaths):
    """A saved query."""

    PATHS = ("file",)

    file: str
    """Where it lies."""


@dataclass(frozen=True, slots=True)
class SaveQuery(QueryFile):
    """A query to be saved."""

    query: Page
    """As the file holds it."""


@dataclass(frozen=True, slots=True)
class Watch(OneIndex):
    """A look at what a saved query finds anew."""

    PATHS = ("index", "file")

    file: str
    """The query."""
    keep: bool = True
    """Whether what is shown counts as seen from now on."""
    shown: tuple[Page, ...] | None = None
    """Of the new matches, those that count as seen; ``None``: all."""


@dataclass(frozen=True, slots=True)
class Thumbnails(OneIndex):
    """Pictures of places."""

    PATHS = ("index", "folder")

    places: tuple[Page, ...]
    """Places."""
    folder: str
    """Where the files go."""
    px: int = 128
    """Side of a picture, px."""

    def check(self) -> None:
        """See that the picture is of a usual size."""
        check_picture_px(self.px)


@dataclass(frozen=True, slots=True)
class InPlace(OneIndex):
    """Where in a place a sentence fits, and by which words."""

    PATHS = ("index", "output", "picture")

    place: Page
    """The place."""
    query: str
    """The sentence."""
    plain: bool = False
    """Whether it is taken as it stands, and not by parts."""
    output: str | None = None
    """A .tif for the heat."""
    picture: str | None = None
    """A .png or .jpg for the chip with its heat."""
    px: int = 512
    """Longer side of the picture, px."""

    def check(self) -> None:
        """See that the picture is of a usual size."""
        check_picture_px(self.px)


@dataclass(frozen=True, slots=True)
class Output(OneIndex):
    """All chips as a file."""

    PATHS: ClassVar[tuple[str, ...]] = ("index", "output")

    output: str
    """The file."""


@dataclass(frozen=True, slots=True)
class Export(Output):
    """Hits as a file."""

    hits: tuple[WireHit, ...]
    """What to write."""
    query: str
    """What they answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heatmap(ByExample, Output):
    """The similarity of a scene's chips as a file."""

    scene: str
    """Path of the scene."""


@dataclass(frozen=True, slots=True)
class Change(Output):
    """What is there now and was not before, as a file."""

    PATHS = ("index", "output", "pictures")

    query: str
    """What is there now."""
    before: tuple[str, ...]
    """Earlier scenes: paths, names or patterns."""
    after: tuple[str, ...]
    """Later scenes, likewise."""
    was: str | None = None
    """What was there before."""
    k: int = DEFAULT_HITS
    """Places at most."""
    min_difference: float = LEAST_DIFFERENCE
    """Least difference of the two views."""
    pictures: str | None = None
    """Folder for a picture of each place before and after."""


@dataclass(frozen=True, slots=True)
class Objects(Output):
    """What a sentence finds, outlined, as a file."""

    query: str
    """The sentence."""
    k: int = DEFAULT_HITS
    """Chips that are outlined."""
    where: Where = field(default_factory=Where)
    """Filter."""
    min_area_m2: float = 0.0
    """Smaller objects are left out, m2."""
    plain: bool = False
    """Whether the sentence is taken as it stands, and not by parts."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """A request that nobody wants any more."""

    id: int
    """Its number."""
