"""Parameters of the methods that plan and make an index, as records."""

from __future__ import annotations

from dataclasses import dataclass, field

from cmpagl_model.search.as_json import Page  # noqa: TC001 - read when parameters are checked

from .parameters import OneIndex, WithPaths, check_texts


@dataclass(frozen=True, slots=True)
class IndexOptions:
    """How to cut chips; what is left out is chosen for each scene."""

    ground_sizes_m: tuple[float, ...] | None = None
    """Sides of chips on the ground, m."""
    gsd_m: float | None = None
    """One scale: metres a chip pixel."""
    native: bool | None = None
    """One scale: the scene's own pixels."""
    overlap: float | None = None
    """Share that neighbours repeat."""
    bands: tuple[int, ...] | None = None
    """Bands, from 1."""
    stretch: str | None = None
    """How values become 0 to 255."""
    min_valid: float | None = None
    """Least share of valid pixels."""
    bbox: tuple[float, float, float, float] | None = None
    """West, south, east, north, degrees: only chips that touch it."""


@dataclass(frozen=True, slots=True)
class Build(OneIndex):
    """Scenes to index."""

    inputs: tuple[str, ...]
    """Files, folders, patterns, addresses."""
    options: IndexOptions = field(default_factory=IndexOptions)
    """How to cut chips."""
    crs: Page = field(default_factory=dict)
    """CRS of scenes in place of what their files say, by path; empty: the file's own again."""
    model: str | None = None
    """Known name or folder for a new index; ``None``: the client's, or the shipped one."""

    def check(self) -> None:
        """See that each CRS is a text."""
        check_texts(self.crs, "crs")


@dataclass(frozen=True, slots=True)
class Plan(WithPaths):
    """Scenes to look at before they are indexed."""

    inputs: tuple[str, ...]
    """Files, folders, patterns, addresses."""
    index: str | None = None
    """The index that they would go into, whether it is there or not; ``None``: not known yet."""
    options: IndexOptions = field(default_factory=IndexOptions)
    """How to cut chips."""
    crs: Page = field(default_factory=dict)
    """As :class:`Build` has it."""
    model: str | None = None
    """As :class:`Build` has it."""

    def check(self) -> None:
        """See that each CRS is a text."""
        check_texts(self.crs, "crs")


@dataclass(frozen=True, slots=True)
class Speed(WithPaths):
    """How fast a build would be."""

    index: str | None = None
    """The index that would be extended; ``None``: a new one."""
    model: str | None = None
    """As :class:`Build` has it."""
