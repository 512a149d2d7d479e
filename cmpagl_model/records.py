"""Records that travel between index, search and command line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from tiling import Window


KILOMETRE_M = 1000.0
Rerank = Literal["none", "smr", "fusion", "full"]
"""How the best candidates of a query are ranked anew: not; against the bank of reference
sentences; by the fusion encoder; by both."""
DEFAULT_RERANK: Rerank = "none"


@dataclass(frozen=True, slots=True)
class ModelId:
    """Which model made some embeddings."""

    name: str
    """Name of the variant."""
    fingerprint: str
    """SHA-256 over all its files that change an answer, 64 hexadecimal digits."""

    def __str__(self) -> str:
        """The name and the first digits of the fingerprint."""
        return f"{self.name} ({self.fingerprint[:12]})"


@dataclass(frozen=True, slots=True)
class Problem:
    """An input that could not be used."""

    path: str
    """What it concerns: a file, a folder, a part of an index."""
    reason: str
    """What was found, wanted and can be done."""

    def __str__(self) -> str:
        """One line."""
        return self.reason if self.path in self.reason else f"{self.path}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Damage:
    """A chip whose pixels could not be decoded."""

    window: Window
    """Where, in native px of the scene."""
    reason: str
    """What the decoder said."""


@dataclass(frozen=True, slots=True)
class Sibling:
    """A chip that shows the ground of a hit, of another scene, date or size."""

    scene: str
    """Path of its scene."""
    window: Window
    """Where it lies, in native px of that scene."""
    gsd_m: float
    """Ground sample distance it was seen at, m/px."""
    ground_m: float
    """Side of the full chip on the ground, m."""
    geometry: BaseGeometry
    """Footprint in OGC:CRS84."""
    score: float
    """Cosine of query and chip, as of the hit."""
    overlap: float
    """What both show, as a share of the smaller chip, 0 to 1."""
    relevance: float | None = None
    """As of the hit."""
    datetime: str | None = None
    """As of the hit."""

    def text(self, of: str = "") -> str:
        """Such as ``summer.tif 2021-07-01 594 m 31 %``; without relevance the score is last.

        Args:
            of: path of a scene that need not be named.
        """
        name = "" if self.scene == of else PurePath(self.scene).name
        day = (self.datetime or "")[: len("2021-07-01")]
        fits = f"{self.score:.3f}" if self.relevance is None else percent(self.relevance)
        return " ".join(part for part in (name, day, metres(self.ground_m), fits) if part)


@dataclass(frozen=True, slots=True)
class Hit:
    """A chip that answers a query."""

    rank: int
    """Place among the hits, from 1."""
    score: float
    """Cosine of query and chip, -1 to 1; compares only within one query."""
    scene: str
    """Path of the scene."""
    window: Window
    """Where the chip lies, in native px of the scene."""
    gsd_m: float
    """Ground sample distance the chip was seen at, m/px."""
    ground_m: float
    """Side of the full chip on the ground, m."""
    geometry: BaseGeometry
    """Footprint in OGC:CRS84 (longitude, latitude), counter-clockwise."""
    probability: float | None = None
    """Calibrated probability that the chip matches, 0 to 1, where the fusion encoder looked at
    it; ``None``: it did not. Ranks follow cosine and probability together, or SMR, so neither
    needs to fall from hit to hit."""
    relevance: float | None = None
    """Calibrated probability that a person would call the hit right, 0 to 1; ``None``: the model
    has no calibration, or examples took part in the search."""
    label: str | None = None
    """The class of the hit where several sentences were searched for, given by a client."""
    review: str | None = None
    """What a person decided of the hit, such as ``keep`` or ``reject``; a search gives it only
    where it was told."""
    datetime: str | None = None
    """When it was taken, as :mod:`tiling.dates` has it; ``None``: not known."""
    id: str | None = None
    """What an imported file calls it."""
    source: str | None = None
    """What an imported file says it was taken from."""
    siblings: tuple[Sibling, ...] = ()
    """The same ground in other scenes, at other dates and sizes, best first: the best of each scene
    and ground size, as :mod:`cmpagl_model.search.merge` has it."""

    @property
    def siblings_text(self) -> str:
        """Its siblings in a line; its own scene is not named. Empty if there are none."""
        return "; ".join(one.text(self.scene) for one in self.siblings)


def metres(number: float) -> str:
    """A ground distance with three digits that matter: ``0.075 m``, ``150 m``, ``1.2 km``."""
    return f"{number:.3g} m" if number < KILOMETRE_M else f"{number / KILOMETRE_M:.3g} km"


def percent(probability: float) -> str:
    """A probability, 0 to 1, for people, never rounded to certainty: ``12 %``, ``<1 %``."""
    if probability < 0.01:
        return "<1 %"
    return f"{round(100 * probability)} %" if probability < 0.99 else ">99 %"
