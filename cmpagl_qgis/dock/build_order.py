"""What is to be built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cmpagl_qgis.engine.fields import Record

if TYPE_CHECKING:
    from .build_table import Candidate

SUFFIX = ".cmpagl"
"""Of the folder of an index."""


@dataclass(frozen=True)
class BuildOrder(Record, what="a build that was cut short"):
    """What is to be built."""

    index: str
    """Absolute path of the index."""
    inputs: tuple[str, ...]
    """Absolute paths of files and folders, and addresses."""
    ground_sizes_m: tuple[float, ...]
    """Sides of chips on the ground, metres; empty: chosen by the engine for each scene."""
    crs: tuple[tuple[str, str], ...] = ()
    """Paths of layers and the CRS set on them, code or WKT; empty: that of the file."""
    area: tuple[float, ...] = ()
    """West, south, east, north in degrees, west above east across the antimeridian: only what
    touches it; empty: whole scenes."""
    model: str = ""
    """Name or folder of the model that embeds the chips; empty: the index's own, or the engine's
    choice."""

    def options(self) -> dict[str, object]:
        """How scenes are cut, as the protocol's options; empty: nothing is said about it."""
        options = {"ground_sizes_m": self.ground_sizes_m, "bbox": self.area}
        return {name: list(numbers) for name, numbers in options.items() if numbers}


def crs_of(candidates: list[Candidate]) -> tuple[tuple[str, str], ...]:
    """Paths of layers and the CRS set on them.

    Args:
        candidates: rasters, layers or not.
    """
    return tuple((one.path, one.crs) for one in candidates if one.crs is not None)
