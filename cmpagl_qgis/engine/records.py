"""What the engine's answers say, as frozen records; :func:`~.fields.read` makes them of JSON.

No Qt in here. Python 3.9 reads these types, so an alternative is ``Optional``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Optional

from cmpagl_qgis.errors import ProtocolError

from .fields import ABSENT, KEY, Record, Said
from .siblings import Sibling, Window, key_of


def _polygon(geometry: dict[str, object]) -> dict[str, object]:
    """A GeoJSON geometry that is a (Multi)Polygon.

    Raises:
        ProtocolError: if it is another.
    """
    if geometry.get("type") not in {"Polygon", "MultiPolygon"}:
        raise ProtocolError(f"wanted a Polygon as a hit's geometry, found {geometry.get('type')!r}")
    return geometry


@dataclass(frozen=True)
class Hit(Record, what="a hit"):
    """A chip with its rank and score for a query."""

    rank: int
    """From 1, best first."""
    score: float
    """Cosine similarity, or what re-ranking made of it; ranks chips of one query only."""
    probability: Optional[float]
    """0 to 1, where the fusion encoder looked; else ``None``."""
    scene: str
    """Absolute path of the scene's file."""
    window: Window
    """Column, row, width, height in native pixels."""
    gsd_m: float
    """Ground sample distance at which the chip was seen, metres."""
    ground_m: float
    """The chip's side on the ground, metres."""
    crs: str
    """The scene's CRS, as ``EPSG:n`` or WKT."""
    geometry: Annotated[dict[str, object], _polygon] = field(repr=False, compare=False)
    """The footprint: GeoJSON (Multi)Polygon, longitude before latitude; not to be changed."""
    relevance: Optional[float] = None
    """Probability of being right, 0 to 1; ``None``: the engine's model cannot tell."""
    review: Optional[str] = None
    """What the search was told of it: ``keep`` or ``reject``; ``None``: nothing."""
    sentence: str = ""
    """The class: the sentence it fits best, where several were asked; else empty."""
    datetime: Optional[str] = None
    """When it was taken: a day, a moment in UTC, or two with a slash between; ``None``: unknown."""
    id: Optional[str] = None
    """What imported embeddings call it."""
    source: Optional[str] = None
    """What imported embeddings say it was taken from."""
    siblings: tuple[Sibling, ...] = ()
    """The same ground in other scenes, at other dates and sizes, best first."""

    @property
    def strength(self) -> float:
        """What decides whether the hit is shown: its relevance, else its score."""
        return self.score if self.relevance is None else self.relevance

    @property
    def key(self) -> str:
        """The chip's name, the same for every query."""
        return key_of(self.scene, self.window, self.ground_m)

    def place(self) -> dict[str, object]:
        """The chip as a PLACE of the protocol."""
        return {"scene": self.scene, "window": list(self.window), "ground_m": self.ground_m}

    def to_json(self) -> dict[str, object]:
        """The hit as the protocol's HIT, to hand it back to the engine."""
        values: dict[str, object] = {
            **vars(self),
            "window": list(self.window),
            "label": self.sentence or None,
            "siblings": [one.to_json() for one in self.siblings] or None,
        }
        del values["sentence"], values["review"]
        # Only what was given: an older engine knows no relevance, and refuses unknown keys.
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True)
class Model(Record, what="a model"):
    """Which model made vectors."""

    name: str
    """Its name, such as ``cmpagl-base``."""
    fingerprint: str
    """SHA-256 over weights and preprocessing."""


@dataclass(frozen=True)
class Growing(Record, what="how far an index has grown"):
    """How far those are that add to an index, all together."""

    scenes: int
    """Scenes that they were given; 0: they are still being looked at."""
    done: int
    """Those of them that are whole in the index."""


@dataclass(frozen=True)
class Answer(Record, what="an answer to a search"):
    """The hits of one query."""

    query: str = field(metadata={ABSENT: ""})
    """The sentence asked for; empty for a search by example alone."""
    model: Model
    """The model that ranked."""
    hits: tuple[Hit, ...]
    """Best first."""
    candidates: int
    """Chips that passed the filters."""
    seconds: float
    """Time in the engine."""
    problems: tuple[Said, ...]
    """What did not stop the search but is worth knowing."""
    cutoff: Optional[float] = None
    """Relevance from which a hit counts as found; ``None``: hits have scores only."""
    notice: Said = ""
    """One line for a person where nothing fits; else empty."""
    understood: Said = ""
    """How the sentence was read by parts, such as ``parking lot - without: cars``; else empty."""
    sentences: tuple[str, ...] = ()
    """The classes of its hits, where several sentences were asked; else empty."""
    undated: int = 0
    """Chips left out because a date was asked for and theirs is not known."""
    version: int = 0
    """Of the index that was searched; 0: an engine of before."""
    growing: Optional[Growing] = None
    """How far those are that add to the index now; ``None``: nobody does."""

    @property
    def by_relevance(self) -> bool:
        """Whether hits carry their relevance; else they have scores only."""
        return self.cutoff is not None


@dataclass(frozen=True)
class SceneInfo(Record, what="a scene"):
    """A scene of an index."""

    path: str
    """Absolute path of its file."""
    crs: str
    """``EPSG:n`` or WKT."""
    chips: int
    """How many of its chips the index holds."""
    bounds: tuple[float, float, float, float]
    """West, south, east, north in degrees; west is greater than east across the antimeridian."""
    notes: tuple[Said, ...] = ()
    """What to know of it, a sentence each."""


@dataclass(frozen=True)
class IndexInfo(Record, what="an opened index"):
    """What an index holds."""

    path: str = field(metadata={KEY: "index"})
    """Absolute path of its folder."""
    chips: int
    """How many chips in all."""
    scenes: tuple[SceneInfo, ...]
    """Its scenes."""
    model: Model
    """The model that made it."""
    ground_sizes_m: tuple[float, ...]
    """Sides of chips on the ground, metres."""
    size_bytes: int
    """Its size on disk."""
    problems: tuple[Said, ...]
    """What is wrong with it, a sentence each."""
    searchable: bool
    """Whether the engine's model can search it."""
    why_not: Said = ""
    """Why not, and what to do; empty when it can."""
    dates: Optional[tuple[str, str]] = None
    """First and last day that chips were taken on; ``None``: unknown, or an engine of before."""


@dataclass(frozen=True)
class EngineInfo(Record, what="an engine's greeting"):
    """What the engine says of itself at the start."""

    protocol: int
    """Version of the protocol it speaks."""
    version: str
    """Version of the package cmpagl-qgis."""
    python: str
    """Version of its Python."""
    platform: str
    """Its operating system."""
    model: Model
    """The model it searches with."""
    device: str
    """Where it computes, such as ``CPU (ONNX Runtime)``."""
    rerank: tuple[str, ...]
    """Ways of re-ranking that the model can do."""
    pid: int
    """Its process number."""


@dataclass(frozen=True)
class ModelAtHand(Record, what="a model at hand"):
    """A model that a new index can be made with."""

    name: str
    """Its name or folder, for the engine."""
    embedding_size: int
    """Numbers in an embedding."""
    licence: str = ""
    """Of its weights; empty: not known, or the engine's own."""


@dataclass(frozen=True)
class ModelsAtHand(Record, what="an answer to models"):
    """All of them."""

    models: tuple[ModelAtHand, ...]
    """Those that ship with the engine first."""
    default: str
    """The name of the one that is taken if nothing is said."""


@dataclass(frozen=True)
class SizePlan(Record, what="chips of a ground size"):
    """The chips of one ground size that a scene would have."""

    ground_m: float
    """Their side on the ground, metres."""
    chips: int
    """How many."""


@dataclass(frozen=True)
class ScenePlan(Record, what="a scene looked at"):
    """A scene as its headers tell it, before it is indexed."""

    path: str
    """Absolute path of its file, or its address."""
    crs: str
    """``EPSG:n`` or WKT; empty where it cannot be indexed."""
    gsd_m: float
    """Side of a pixel on the ground, metres; 0 where it cannot be indexed."""
    bands: tuple[int, ...]
    """Bands shown as red, green, blue, from 1."""
    sizes: tuple[SizePlan, ...]
    """Its chips, small to large."""
    present: int
    """Chips of it that are in the index already."""
    notes: tuple[Said, ...] = ()
    """What to know of it, a sentence each."""
    reason: Said = ""
    """Why it cannot be indexed; empty: it can."""

    @property
    def chips(self) -> int:
        """Chips of all sizes."""
        return sum(size.chips for size in self.sizes)

    @property
    def new_chips(self) -> int:
        """Chips that are still to be made."""
        return max(0, self.chips - self.present)


@dataclass(frozen=True)
class BuildPlan(Record, what="a plan of an index"):
    """What scenes would come to."""

    scenes: tuple[ScenePlan, ...]
    """In the order asked; a folder is as many as it holds."""
    bytes_per_chip: int
    """That a chip takes on disk."""
    free_bytes: Optional[int] = None
    """Room where the index will lie; ``None``: not known."""


@dataclass(frozen=True)
class Speed(Record, what="a speed"):
    """How fast the engine is on this machine."""

    chips_per_s: float
    """Chips encoded in a second."""


@dataclass(frozen=True)
class BuildReport(Record, what="a report of indexing"):
    """What a run of indexing did."""

    index: str
    """Absolute path of the index."""
    scenes: int
    """Scenes in the index now."""
    unchanged: int
    """Scenes that were there already."""
    encoded: int
    """Chips encoded."""
    duplicates: int = field(metadata={ABSENT: 0})
    """New chips with the very pixels of one encoded; its embedding is theirs too."""
    skipped: tuple[tuple[str, int], ...]
    """Reason and number of what was left out."""
    problems: tuple[Said, ...]
    """Scenes that could not be read, a sentence each."""
    damaged: tuple[Said, ...]
    """Scenes that could be read in part."""
    seconds: float
    """How long it took."""
    notes: tuple[Said, ...] = ()
    """What to know of scenes that were indexed all the same."""

    @property
    def new_chips(self) -> int:
        """Chips that came into the index."""
        return self.encoded + self.duplicates


@dataclass(frozen=True)
class Verification(Record, what="a verification"):
    """What a check of an index found."""

    chips: int
    """Chips read."""
    scenes: int
    """Scenes compared."""
    problems: tuple[Said, ...]
    """What is wrong; empty means whole."""
    repaired: tuple[Said, ...] = ()
    """What was wrong, and was made anew."""
    repairable: tuple[Said, ...] = ()
    """Those of the problems that repairing makes anew."""
    compared: int = 0
    """Chips that were encoded again and compared."""


@dataclass(frozen=True)
class PictureFiles(Record, what="an answer to thumbnails"):
    """Pictures of places."""

    files: tuple[Optional[str], ...]
    """A path for each place; ``None`` where there is no picture now."""


@dataclass(frozen=True)
class Written(Record, what="an answer to what was to be written"):
    """A layer that the engine wrote as a file."""

    output: str
    """Absolute path of the file."""
    count: int
    """How many chips or places it holds."""
    problems: tuple[Said, ...]
    """What it lacks: parts of the index, or scenes, that could not be read."""
    notice: Said = ""
    """One line for a person where nothing fits; else empty."""
    undated: int = 0
    """Chips left out because a date was asked for and theirs is not known."""
    understood: Said = ""
    """How the sentence was read by parts; empty: it was searched as it stands."""


@dataclass(frozen=True)
class QueryFile(Record, what="a saved query"):
    """A saved query."""

    file: str
    """Absolute path of the file."""
    query: dict[str, object] = field(repr=False, compare=False)
    """The protocol's QUERY; not to be changed."""


@dataclass(frozen=True)
class News(Record, what="an answer to a watch"):
    """What a saved query found that it had not found before."""

    answer: Answer
    """The new ones."""
    known: int
    """Matches seen before."""
    note: Said
    """What to know of this look; mostly empty."""
