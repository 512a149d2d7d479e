"""What each method answers, as frozen records; docs/protocol.md says what they mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cmpagl_model.index.forecast import SceneForecast
    from cmpagl_model.index.underway import Underway
    from cmpagl_model.records import ModelId, Problem
    from cmpagl_model.search.classify import ClassArea
    from cmpagl_model.search.describe import SaidOf
    from cmpagl_model.search.overview import Group
    from cmpagl_model.search.where import WordShare

    from .wire_hits import WireHit


Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Greeting:
    """Who answers."""

    protocol: int
    """Version spoken."""
    version: str
    """Of this package."""
    python: str
    """Version of Python."""
    platform: str
    """Operating system and processor."""
    model: ModelId
    """For new indexes."""
    device: str
    """Where it computes, for a person."""
    rerank: tuple[str, ...]
    """What the model can do."""
    pid: int
    """Of the engine's process."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A scene of an index."""

    path: str
    """Where it lay when it was indexed."""
    crs: str
    """Its coordinate reference system."""
    chips: int
    """Chips that can be found."""
    bounds: Box
    """West, south, east, north, degrees; west above east: across 180."""
    notes: tuple[str, ...]
    """What to know of it, a sentence each, such as which bands are shown for want of a name."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An index."""

    index: str
    """The folder."""
    chips: int
    """Chips that can be found."""
    scenes: tuple[Scene, ...]
    """By path."""
    model: ModelId
    """That made it."""
    embedding_size: int
    """Numbers in an embedding."""
    ground_sizes_m: tuple[float, ...]
    """Of all scenes, ascending."""
    dates: tuple[str, str] | None
    """First and last day that chips were taken on, UTC; ``None``: unknown of all."""
    size_bytes: int
    """Everything in the folder."""
    problems: tuple[str, ...]
    """Parts that are missing or damaged."""
    searchable: bool
    """Whether its model is at hand."""
    why_not: str
    """What to do if not; else empty."""


@dataclass(frozen=True, slots=True)
class Hits:
    """What a search found."""

    query: str
    """The sentence as it was understood; empty: only examples were given."""
    model: ModelId
    """That compared it."""
    hits: tuple[WireHit, ...]
    """Best first."""
    candidates: int
    """Chips that passed the filter."""
    undated: int
    """Chips left out because a date was asked for and theirs is not known."""
    found: bool
    """Whether a hit reaches the cut-off; without one: whether there are hits."""
    notice: str
    """One line for a person where nothing fits; else empty."""
    cutoff: float | None
    """Relevance from which a hit counts as found; ``None``: the hits have no relevance."""
    seconds: float
    """Time taken."""
    problems: tuple[str, ...]
    """Parts and scenes that could not be looked at."""
    understood: str = ""
    """How the sentence was read by parts; empty: it was searched as it stands."""
    version: int = 0
    """Of the index that was searched."""
    growing: Underway | None = None
    """How far those are that add to the index now; ``None``: nobody does."""


@dataclass(frozen=True, slots=True)
class QueryPage:
    """A saved query."""

    file: str
    """Where it lies."""
    query: dict[str, Any]
    """What the file holds."""


@dataclass(frozen=True, slots=True)
class News:
    """What a saved query found anew."""

    answer: Hits
    """The new ones; ``found`` says whether there are any."""
    known: int
    """Matches seen before."""
    note: str
    """What to know of this look; mostly empty."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """Files of pictures."""

    files: tuple[str | None, ...]
    """In the order asked for; ``None``: not readable now."""


@dataclass(frozen=True, slots=True)
class Built:
    """What the making of an index did."""

    index: str
    """The folder."""
    scenes: int
    """Scenes asked for that are whole in it now."""
    unchanged: int
    """Those of them that were whole before."""
    encoded: int
    """Chips encoded."""
    duplicates: int
    """Chips with the very pixels of one encoded; its embedding is theirs too."""
    skipped: dict[str, int]
    """Chips not worth encoding, by reason."""
    problems: tuple[Problem, ...]
    """Inputs that could not be used."""
    damaged: tuple[Problem, ...]
    """Scenes of which some chips could not be decoded."""
    notes: tuple[Problem, ...]
    """What to know of scenes that were indexed all the same."""
    seconds: float
    """Time taken."""


@dataclass(frozen=True, slots=True)
class ModelAtHand:
    """A model that a new index can be made with."""

    name: str
    """Known name or folder, as :class:`~.parameters.Build` takes it."""
    input_px: int
    """Side of the chips that it reads, px."""
    embedding_size: int
    """Numbers in an embedding."""
    licence: str
    """Of the weights; empty: not known, or the engine's own."""


@dataclass(frozen=True, slots=True)
class ModelsAtHand:
    """All of them."""

    models: tuple[ModelAtHand, ...]
    """Shipped ones first."""
    default: str
    """The name of the one that is taken if nothing is said."""
    problems: tuple[str, ...]
    """Folders that hold no readable model."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What the making of an index would come to."""

    scenes: tuple[SceneForecast, ...]
    """Scenes in the order of the inputs, and inputs that come to nothing."""
    bytes_per_chip: int
    """That a chip takes on disk."""
    free_bytes: int | None
    """Where the index would lie; ``None``: not known."""


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast this machine is."""

    chips_per_s: float
    """Chips encoded in a second: by the last build of this engine, else by a trial."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An index of an object store on this machine."""

    index: str
    """The folder of its copy, to be opened like any other."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file of chips."""

    output: str
    """The file."""
    count: int
    """Chips in it."""
    problems: tuple[Problem, ...] = ()
    """Parts that could not be read."""


@dataclass(frozen=True, slots=True)
class Classes:
    """What chips are of which class."""

    output: str | None
    """The file of chips; ``None``: not written."""
    map: str | None
    """The file of the ground by class; ``None``: not written."""
    count: int
    """Chips."""
    classes: tuple[ClassArea, ...]
    """What each covers."""
    accuracy: dict[str, Any] | None
    """The accuracy sheet; ``None``: no labels."""
    problems: tuple[str, ...] = ()
    """Parts that could not be read."""
    undated: int = 0
    """Chips left out because a date was asked for and theirs is not known."""


@dataclass(frozen=True, slots=True)
class Described:
    """What can be said of a place."""

    said: tuple[SaidOf, ...]
    """What fits most of the chips first, then what is nearest."""
    chips: int
    """Of the place."""
    found: bool
    """Whether a sentence reaches its cut-off; without calibration: whether there are chips."""
    notice: str
    """One line for a person where none does; else empty."""
    problems: tuple[str, ...]
    """Parts that could not be read."""
    undated: int = 0
    """Chips left out because a date was asked for and theirs is not known."""


@dataclass(frozen=True, slots=True)
class Overviewed:
    """The groups of an index."""

    output: str | None
    """The file; ``None``: not written."""
    count: int
    """Chips that were looked at."""
    groups: tuple[Group, ...]
    """Those that most chips are of come first."""
    notice: str
    """Why the groups have no names; else empty."""
    problems: tuple[str, ...]
    """Parts that could not be read."""
    undated: int = 0
    """Chips left out because a date was asked for and theirs is not known."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of outlines or places."""

    output: str
    """The file."""
    count: int
    """Outlines or places in it."""
    notice: str
    """One line for a person where nothing fits; else empty."""
    problems: tuple[str, ...]
    """Parts and scenes that could not be read."""


@dataclass(frozen=True, slots=True)
class Outlined(Listed):
    """A file of outlines."""

    understood: str
    """How the sentence was read by parts; empty: it was searched as it stands."""
    undated: int = 0
    """Chips left out because a date was asked for and theirs is not known."""


@dataclass(frozen=True, slots=True)
class Changed(Listed):
    """A file of changes; its problems are parts and scenes."""

    compared: int
    """Chips of the later scenes whose ground an earlier one holds."""
    looked_at: int
    """Of these, places read again from the earlier scenes."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """A file of similarities."""

    output: str
    """The file."""
    width: int
    """Columns."""
    height: int
    """Rows."""
    minimum: float
    """Least similarity."""
    maximum: float
    """Greatest similarity."""
    understood: str
    """How the sentence was read by parts; empty: it was taken as it stands."""


@dataclass(frozen=True, slots=True)
class Located:
    """Where in a place a sentence fits."""

    query: str
    """The sentence."""
    scene: str
    """Path of the scene."""
    window: tuple[int, int, int, int]
    """The chip, native px of the scene."""
    ground_m: float
    """Side of the full chip on the ground, m."""
    score: float
    """Cosine of the whole chip."""
    minimum: float
    """Least cosine of a part."""
    maximum: float
    """Greatest cosine of a part."""
    heat: tuple[tuple[float, ...], ...]
    """Cosines of the parts, row by row."""
    transform: tuple[float, ...]
    """Cell corner to CRS, a, b, c, d, e, f."""
    crs: str
    """The scene's."""
    words: tuple[WordShare, ...]
    """Words that carry meaning, in their order."""
    understood: str
    """How the sentence was read by parts; empty: it was taken as it stands."""
    output: str | None
    """The file of the heat."""
    picture: str | None
    """The file of the picture."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """No news."""
