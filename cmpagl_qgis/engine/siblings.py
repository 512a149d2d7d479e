"""Other pictures of a hit's ground. No Qt in here; Python 3.9 reads these types."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

from .fields import Record

Window = tuple[int, int, int, int]
"""Column, row, width, height in native pixels of the scene, upper-left origin."""


@dataclass(frozen=True)
class Sibling(Record, what="a sibling of a hit"):
    """A chip that shows the ground of a hit, of another scene, date or size."""

    scene: str
    """Absolute path of its scene's file."""
    window: Window
    """Column, row, width, height in native pixels."""
    gsd_m: float
    """Ground sample distance at which it was seen, metres."""
    ground_m: float
    """Its side on the ground, metres."""
    score: float
    """Cosine similarity, as of the hit."""
    overlap: float
    """What both show, as a share of the smaller one, 0 to 1."""
    geometry: dict[str, object] = field(repr=False, compare=False)
    """The footprint: GeoJSON (Multi)Polygon, longitude before latitude; not to be changed."""
    relevance: Optional[float] = None
    """As of the hit."""
    datetime: Optional[str] = None
    """When it was taken."""

    @property
    def key(self) -> str:
        """The chip's name, as ``Hit.key`` gives it."""
        return key_of(self.scene, self.window, self.ground_m)

    def text(self, of: str) -> str:
        """As files have it, in the words of the engine: ``summer.tif 2021-07-01 594 m 31 %``.

        Args:
            of: path of the hit's scene, which is not named.
        """
        name = "" if self.scene == of else Path(self.scene).name
        day = (self.datetime or "")[: len("2021-07-01")]
        far = self.ground_m >= 1000
        side = f"{self.ground_m / 1000:.3g} km" if far else f"{self.ground_m:.3g} m"
        chance = self.relevance
        if chance is None:
            fits = f"{self.score:.3f}"
        else:
            fits = "<1 %" if chance < 0.01 else f"{round(100 * chance)} %"
            fits = fits if chance < 0.99 else ">99 %"
        return " ".join(part for part in (name, day, side, fits) if part)

    def to_json(self) -> dict[str, Any]:
        """As the protocol has it, to hand it back to the engine; what is not known is left out."""
        values = {**vars(self), "window": list(self.window)}
        return {name: value for name, value in values.items() if value is not None}


def key_of(scene: str, window: Window, ground_m: float) -> str:
    """A chip's name, the same for every query.

    Args:
        scene: path of its scene.
        window: its pixels.
        ground_m: its side on the ground, metres.
    """
    column, row, width, height = window
    return f"{scene}#{column},{row},{width},{height}@{ground_m:g}"
