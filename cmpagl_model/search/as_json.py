"""Parts of a question as JSON has them, in saved queries and in the protocol's requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shapely.errors import ShapelyError
from shapely.geometry import shape

from cmpagl_model.errors import QueryError

from .filters import Filter, usable_area

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Page = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Where:
    """Which chips to look at; a :class:`~.filters.Filter` once it is checked."""

    bbox: tuple[float, float, float, float] | None = None
    """West, south, east, north, degrees."""
    within: Page | None = None
    """GeoJSON polygon or multipolygon, longitude and latitude."""
    scenes: tuple[str, ...] = ()
    """Paths or patterns."""
    ground_m: tuple[float, float] | None = None
    """Least and greatest side of a chip on the ground, m."""
    from_date: str | None = None
    """First year, month, day or moment (UTC) at which a chip was taken."""
    to_date: str | None = None
    """Last one, all of it."""

    def area(self) -> BaseGeometry | None:
        """What ``within`` holds, in OGC:CRS84; ``None``: it was not given.

        Raises:
            QueryError: if it is no area.
        """
        if self.within is None:
            return None
        area = read_geometry(self.within, "where.within")
        if area.geom_type not in {"Polygon", "MultiPolygon"} or area.is_empty:
            raise QueryError(
                f"where.within: found {area.geom_type}, wanted a GeoJSON Polygon or MultiPolygon"
            )
        return usable_area(area, "where.within")

    def filter(self) -> Filter:
        """What a search takes.

        Raises:
            QueryError: if ``within`` is no area, the box no place on Earth, or a date none.
        """
        return Filter(
            self.bbox, self.area(), self.scenes, self.ground_m, self.from_date, self.to_date
        )


@dataclass(frozen=True, slots=True)
class Words:
    """Words besides the sentence."""

    words: str
    """What they say."""
    weight: float = 1.0
    """How many times as much they count as without one."""


def read_geometry(page: Page, name: str) -> BaseGeometry:
    """A geometry of GeoJSON.

    Args:
        page: the parsed object.
        name: what it is called in messages.

    Raises:
        QueryError: if it is none.
    """
    try:
        return shape(page)
    except (ShapelyError, ValueError, LookupError, TypeError, AttributeError,
            RecursionError, OverflowError) as error:  # fmt: skip
        raise QueryError(f"{name}: no readable GeoJSON geometry ({error})") from error
