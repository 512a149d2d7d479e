"""What a query wants, and what it gets."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING, Any, TypedDict

from cmpagl_model.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from cmpagl_model.records import Hit, ModelId, Problem, Rerank

    from .shortlist import Shortlist
    from .thumbnails import Drawable


@dataclass(frozen=True, slots=True)
class Answer:
    """The hits of a query; a notebook shows them as a table of pictures."""

    query: str
    """The sentence as it was understood: outer and doubled blanks gone; empty if only places
    were given."""
    model: ModelId
    """The model that compared it."""
    hits: tuple[Hit, ...]
    """Best first."""
    rerank: Rerank = "none"
    """How the best were re-ranked."""
    problems: tuple[Problem, ...] = ()
    """Scenes that could not be looked at again; their hits are ranked without that."""
    candidates: int = 0
    """Chips that passed the filter, however many of them became hits."""
    undated: int = 0
    """Chips left out because a date was asked for and theirs is not known."""
    found: bool = True
    """Whether a hit reaches the cut-off; without a cut-off: whether there are hits."""
    notice: str = ""
    """One line for a person where nothing fits; else empty."""
    cutoff: float | None = None
    """Relevance from which a hit counts as found, 0 to 1; ``None``: hits have no relevance, for the
    model has no calibration or examples took part."""
    understood: str = ""
    """How the sentence was read by parts, for a person, such as ``parking lot - without: cars``;
    empty: it was searched as it stands."""
    examples: str = ""
    """What was given besides the sentence, in words; empty if nothing was."""
    to_judge: bool = False
    """Whether the hits were chosen to be judged: files then have an empty column for it."""
    index: Drawable | None = field(default=None, repr=False, compare=False)
    """Where the hits lie, for their pictures; ``None``: they have none."""

    @property
    def asked(self) -> str:
        """All that was asked, in words: the sentence and what was given besides."""
        return "; ".join(filter(None, (self.query, self.examples)))

    @property
    def __geo_interface__(self) -> dict[str, Any]:
        """The hits as a GeoJSON FeatureCollection, as shapely, geopandas and folium take it."""
        from .output import geojson_page  # noqa: PLC0415 - a search alone has no use

        return geojson_page(self)

    def to_geodataframe(self) -> GeoDataFrame:
        """The hits as a table with footprints in OGC:CRS84, and the columns that files have."""
        from .output import frame_of  # noqa: PLC0415

        return frame_of(self)

    def _repr_html_(self) -> str:
        from .notebook import html_of  # noqa: PLC0415

        return html_of(self)


class Places(TypedDict, total=False):
    """How chips become hits, as every question takes it by name; see :class:`SearchOptions`."""

    min_score: float | None
    """Hits below this cosine are left out; ``None``, as usual: none are."""
    merge: bool
    """Whether overlapping chips of one place become one hit, the best of them; usually so."""
    siblings: bool
    """Whether that goes across scenes, dates and ground sizes: a place is one hit with its
    ``siblings``; usually so. Else within a scene, and large chips hide no small ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchOptions:
    """What a query wants back; a file of a saved query says it in the same words."""

    k: int = 20
    """Hits at most."""
    min_score: float | None = None
    """Least cosine; ``None``: any."""
    min_relevance: float | None = None
    """Least relevance, 0 to 1, of a sentence alone; ``None``: any."""
    merge: bool = True
    """Whether overlapping chips of one place become one hit."""
    siblings: bool = True
    """Whether, where chips are merged, those of other scenes and sizes that show the same ground
    become siblings of the hit; else chips of one scene and about one size alone are merged."""

    def __post_init__(self) -> None:
        """Check the numbers.

        Raises:
            QueryError: if there shall be no hit, the least score is no number, or the least
                relevance no probability.
        """
        if self.k < 1:
            raise QueryError(f"found k = {self.k}, wanted at least 1 hit; next: give -k 20, say")
        if self.min_score is not None and not isfinite(self.min_score):
            raise QueryError(
                f"found the least score {self.min_score}, wanted a number from -1 to 1; next: "
                "leave it out, or take the score of a hit that is just good enough"
            )
        if self.min_relevance is not None and not 0 <= self.min_relevance <= 1:
            raise QueryError(
                f"found a least relevance of {self.min_relevance:g}, wanted a probability, 0 to 1; "
                "next: give 0.5, say"
            )


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """The chips that become hits."""

    rows: NDArray[np.int64]
    """Rows of the table, best first."""
    found: Shortlist
    """The chips they were chosen from."""
    chances: Sequence[float] | None = None
    """Probability of a match for each, NaN where it was not looked at; ``None``: nowhere."""
    problems: tuple[Problem, ...] = ()
    """Scenes that could not be looked at."""
