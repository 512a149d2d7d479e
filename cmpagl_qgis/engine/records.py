"""What the engine's answers say, as frozen records. No Qt in here.

The functions ``..._from`` read a result of the protocol; each raises :class:`ProtocolError` with
what was found and what was wanted.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cmpagl_qgis.errors import ProtocolError

from .fields import Fields
from .plain import plain

Window = tuple[int, int, int, int]
"""Column, row, width, height in native pixels of the scene, upper-left origin."""


@dataclass(frozen=True)
class Hit:
    """A chip with its rank and score for a query."""

    rank: int
    """From 1, best first."""
    score: float
    """Cosine similarity, or what re-ranking made of it; ranks chips of one query only."""
    probability: float | None
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
    geometry: dict[str, object] = field(repr=False, compare=False)
    """The footprint: GeoJSON (Multi)Polygon, longitude before latitude; not to be changed."""
    relevance: float | None = None
    """Probability of being right, 0 to 1; ``None``: the engine's model cannot tell."""

    @property
    def strength(self) -> float:
        """What decides whether the hit is shown: its relevance, else its score."""
        return self.score if self.relevance is None else self.relevance

    @property
    def key(self) -> str:
        """The chip's name, the same for every query."""
        column, row, width, height = self.window
        return f"{self.scene}#{column},{row},{width},{height}@{self.ground_m:g}"

    def place(self) -> dict[str, object]:
        """The chip as a PLACE of the protocol."""
        return {"scene": self.scene, "window": list(self.window), "ground_m": self.ground_m}

    def to_json(self) -> dict[str, object]:
        """The hit as the protocol's HIT, to hand it back to the engine."""
        values: dict[str, object] = {
            "rank": self.rank,
            "score": self.score,
            "scene": self.scene,
            "window": list(self.window),
            "gsd_m": self.gsd_m,
            "ground_m": self.ground_m,
            "crs": self.crs,
            "geometry": self.geometry,
        }
        # Only what was given: an older engine knows no relevance, and refuses unknown keys.
        if self.probability is not None:
            values["probability"] = self.probability
        if self.relevance is not None:
            values["relevance"] = self.relevance
        return values


@dataclass(frozen=True)
class Model:
    """Which model made vectors."""

    name: str
    """Its name, such as ``cmpagl-base``."""
    fingerprint: str
    """SHA-256 over weights and preprocessing."""


@dataclass(frozen=True)
class Answer:
    """The hits of one query."""

    query: str
    """The sentence asked for; empty for a search by example alone."""
    model: Model
    """The model that ranked."""
    hits: tuple[Hit, ...]
    """Best first."""
    candidates: int
    """Chips that passed the filters."""
    seconds: float
    """Time in the engine."""
    problems: tuple[str, ...]
    """What did not stop the search but is worth knowing."""
    cutoff: float | None = None
    """Relevance from which a hit counts as found; ``None``: hits have scores only."""
    notice: str = ""
    """One line for a person where nothing fits; else empty."""

    @property
    def by_relevance(self) -> bool:
        """Whether hits carry their relevance; else they have scores only."""
        return self.cutoff is not None


@dataclass(frozen=True)
class SceneInfo:
    """A scene of an index."""

    path: str
    """Absolute path of its file."""
    crs: str
    """``EPSG:n`` or WKT."""
    chips: int
    """How many of its chips the index holds."""
    bounds: tuple[float, float, float, float]
    """West, south, east, north in degrees; west is greater than east across the antimeridian."""
    notes: tuple[str, ...] = ()
    """What to know of it, a sentence each."""


@dataclass(frozen=True)
class IndexInfo:
    """What an index holds."""

    path: str
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
    problems: tuple[str, ...]
    """What is wrong with it, a sentence each."""
    searchable: bool
    """Whether the engine's model can search it."""
    why_not: str
    """Why not, and what to do; empty when it can."""


@dataclass(frozen=True)
class EngineInfo:
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
class BuildReport:
    """What a run of indexing did."""

    index: str
    """Absolute path of the index."""
    scenes: int
    """Scenes in the index now."""
    unchanged: int
    """Scenes that were there already."""
    encoded: int
    """Chips encoded."""
    duplicates: int
    """New chips with the very pixels of one encoded; its embedding is theirs too."""
    skipped: tuple[tuple[str, int], ...]
    """Reason and number of what was left out."""
    problems: tuple[str, ...]
    """Scenes that could not be read, a sentence each."""
    damaged: tuple[str, ...]
    """Scenes that could be read in part."""
    seconds: float
    """How long it took."""
    notes: tuple[str, ...] = ()
    """What to know of scenes that were indexed all the same."""

    @property
    def new_chips(self) -> int:
        """Chips that came into the index."""
        return self.encoded + self.duplicates


@dataclass(frozen=True)
class Verification:
    """What a check of an index found."""

    chips: int
    """Chips read."""
    scenes: int
    """Scenes compared."""
    problems: tuple[str, ...]
    """What is wrong; empty means whole."""
    repaired: tuple[str, ...] = ()
    """What was wrong, and was made anew."""
    repairable: tuple[str, ...] = ()
    """Those of the problems that repairing makes anew."""
    compared: int = 0
    """Chips that were encoded again and compared."""


def hit_from(value: object) -> Hit:
    """A hit of the protocol.

    Args:
        value: a HIT.

    Raises:
        ProtocolError: if it is none.
    """
    fields = Fields(value, "a hit")
    geometry = fields.get("geometry", dict)
    if geometry.get("type") not in {"Polygon", "MultiPolygon"}:
        raise ProtocolError(f"wanted a Polygon as a hit's geometry, found {geometry.get('type')!r}")
    column, row, width, height = fields.whole_numbers("window", 4)
    return Hit(
        rank=fields.whole("rank"),
        score=fields.number("score"),
        probability=fields.number("probability") if fields.has("probability") else None,
        relevance=fields.number("relevance") if fields.has("relevance") else None,
        scene=fields.get("scene", str),
        window=(column, row, width, height),
        gsd_m=fields.number("gsd_m"),
        ground_m=fields.number("ground_m"),
        crs=fields.get("crs", str),
        geometry=geometry,
    )


def answer_from(result: object) -> Answer:
    """The answer to ``search`` or ``similar``.

    Args:
        result: the method's result.

    Raises:
        ProtocolError: if it is none.
    """
    fields = Fields(result, "an answer to a search")
    return Answer(
        query=fields.text("query"),
        model=model_from(fields.get("model", dict)),
        hits=tuple(hit_from(hit) for hit in fields.get("hits", list)),
        candidates=fields.whole("candidates"),
        cutoff=fields.number("cutoff") if fields.has("cutoff") else None,
        notice=plain(fields.text("notice")),
        seconds=fields.number("seconds"),
        problems=fields.texts("problems"),
    )


def model_from(value: object) -> Model:
    """A model's name and fingerprint.

    Args:
        value: the protocol's ``model``.

    Raises:
        ProtocolError: if it is none.
    """
    fields = Fields(value, "a model")
    return Model(fields.get("name", str), fields.get("fingerprint", str))


def scene_from(value: object) -> SceneInfo:
    """A scene of an opened index.

    Args:
        value: one of the protocol's ``scenes``.

    Raises:
        ProtocolError: if it is none.
    """
    fields = Fields(value, "a scene")
    west, south, east, north = fields.numbers("bounds", 4)
    return SceneInfo(
        path=fields.get("path", str),
        crs=fields.get("crs", str),
        chips=fields.whole("chips"),
        bounds=(west, south, east, north),
        notes=fields.texts("notes"),
    )


def index_from(result: object) -> IndexInfo:
    """The answer to ``open``.

    Args:
        result: the method's result.

    Raises:
        ProtocolError: if it is none.
    """
    fields = Fields(result, "an opened index")
    return IndexInfo(
        path=fields.get("index", str),
        chips=fields.whole("chips"),
        scenes=tuple(scene_from(scene) for scene in fields.get("scenes", list)),
        model=model_from(fields.get("model", dict)),
        ground_sizes_m=fields.numbers("ground_sizes_m"),
        size_bytes=fields.whole("size_bytes"),
        problems=fields.texts("problems"),
        searchable=fields.get("searchable", bool),
        why_not=plain(fields.text("why_not")),
    )


def engine_from(result: object) -> EngineInfo:
    """The answer to ``hello``.

    Args:
        result: the method's result.

    Raises:
        ProtocolError: if it is none.
    """
    fields = Fields(result, "an engine's greeting")
    return EngineInfo(
        protocol=fields.whole("protocol"),
        version=fields.get("version", str),
        python=fields.get("python", str),
        platform=fields.get("platform", str),
        model=model_from(fields.get("model", dict)),
        device=fields.get("device", str),
        rerank=fields.texts("rerank"),
        pid=fields.whole("pid"),
    )


def build_report_from(result: object) -> BuildReport:
    """The answer to ``index``.

    Args:
        result: the method's result.

    Raises:
        ProtocolError: if it is none.
    """
    fields = Fields(result, "a report of indexing")
    skipped = fields.get("skipped", dict)
    return BuildReport(
        index=fields.get("index", str),
        scenes=fields.whole("scenes"),
        unchanged=fields.whole("unchanged"),
        encoded=fields.whole("encoded"),
        duplicates=fields.whole("duplicates") if fields.has("duplicates") else 0,
        skipped=tuple((str(reason), int(count)) for reason, count in skipped.items()),
        problems=fields.texts("problems"),
        damaged=fields.texts("damaged"),
        notes=fields.texts("notes"),
        seconds=fields.number("seconds"),
    )


def verification_from(result: object) -> Verification:
    """The answer to ``verify``.

    Args:
        result: the method's result.

    Raises:
        ProtocolError: if it is none.
    """
    fields = Fields(result, "a verification")
    return Verification(
        chips=fields.whole("chips"),
        scenes=fields.whole("scenes"),
        problems=fields.texts("problems"),
        repaired=fields.texts("repaired"),
        repairable=fields.texts("repairable"),
        compared=fields.whole("compared") if fields.has("compared") else 0,
    )


def files_from(result: object) -> tuple[str | None, ...]:
    """The answer to ``thumbnails``: a path a place, ``None`` where there is no picture now.

    Args:
        result: the method's result.

    Raises:
        ProtocolError: if it is none.
    """
    files = Fields(result, "an answer to thumbnails").get("files", list)
    for file in files:
        if file is not None and not isinstance(file, str):
            raise ProtocolError(f"wanted paths of thumbnails, found {file!r}")
    return tuple(files)


def output_from(result: object) -> tuple[str, int]:
    """The answer to ``export``, ``footprints`` or ``damage``: the file, and how many it holds.

    Args:
        result: the method's result.

    Raises:
        ProtocolError: if it is none.
    """
    fields = Fields(result, "an answer to an export")
    return fields.get("output", str), fields.whole("count")


def problems_from(result: object) -> tuple[str, ...]:
    """What such a file lacks: parts of the index that could not be read.

    Args:
        result: of ``export``, ``footprints`` or ``damage``.

    Raises:
        ProtocolError: if it is none.
    """
    return Fields(result, "an answer to an export").texts("problems")
