"""Hits as they travel, both ways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Four = tuple[int, int, int, int]
Page = dict[str, Any]


@dataclass(frozen=True, slots=True)
class WireSibling:
    """A chip that shows the ground of a hit, as it travels with that, both ways."""

    scene: str
    """Path."""
    window: Four
    """Column, row, width, height, native px."""
    gsd_m: float
    """Metres a chip pixel."""
    ground_m: float
    """Side of the full chip on the ground, m."""
    score: float
    """Cosine."""
    overlap: float
    """Share of the smaller chip that both show."""
    geometry: Page
    """GeoJSON, longitude and latitude."""
    relevance: float | None = None
    """As of the hit."""
    datetime: str | None = None
    """When it was taken."""


@dataclass(frozen=True, slots=True)
class WireHit:
    """A hit as it travels, both ways."""

    rank: int
    """From 1."""
    score: float
    """Cosine."""
    scene: str
    """Path."""
    window: Four
    """Column, row, width, height, native px."""
    gsd_m: float
    """Metres a chip pixel."""
    ground_m: float
    """Side of the full chip on the ground, m."""
    crs: str
    """The scene's."""
    geometry: Page
    """GeoJSON, longitude and latitude."""
    probability: float | None = None
    """Of a match, where the fusion encoder looked."""
    relevance: float | None = None
    """Calibrated probability of being right, where the model knows."""
    label: str | None = None
    """The class that a client gave it, to be written into a file; no search gives it."""
    review: str | None = None
    """What a person decided: to be written into a file, or as a search was told."""
    datetime: str | None = None
    """When it was taken."""
    id: str | None = None
    """What an imported file calls it."""
    source: str | None = None
    """What an imported file says it was taken from."""
    siblings: tuple[WireSibling, ...] = ()
    """The same ground in other scenes and sizes, best first."""
