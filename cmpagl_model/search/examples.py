"""Search by example: places become chips of an index, chips and a sentence become one vector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import shapely

from cmpagl_model.errors import QueryError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from cmpagl_model.table.chips import ChipTable
    from tiling import Window

    Floats = NDArray[np.float32]
    Stored = NDArray[np.float16]

QUERY_WEIGHT, LIKE_WEIGHT, UNLIKE_WEIGHT = 1.0, 0.75, 0.25
"""Rocchio's weights, as textbooks give them (Manning et al. 2008, 9.1.1)."""
SAME_SIZE = 1e-6
"""Ground sizes that differ by less than this share are one; a JSON file may have rounded them."""
NOTHING_LEFT = 1e-3
"""A sum shorter than this is what rounding leaves of vectors that cancel each other out; stored
float16 vectors carry errors of about this size."""


@dataclass(frozen=True, slots=True)
class ChipPlace:
    """A chip of an index, named by where it lies."""

    scene: str
    """Path of the scene, as the index has it."""
    window: Window
    """Where the chip lies, in native px of the scene."""
    ground_m: float
    """Side of the full chip on the ground, m."""


@dataclass(frozen=True, slots=True)
class PointPlace:
    """A point on the ground; it stands for the chip whose centre is nearest."""

    lon: float
    """Longitude, degrees, -180 to 180."""
    lat: float
    """Latitude, degrees, -90 to 90."""
    ground_m: float | None = None
    """Wanted side of the chip on the ground, m: the nearest size is taken; ``None``: the
    smallest."""

    def __post_init__(self) -> None:
        """Check the numbers.

        Raises:
            QueryError: if the point is no place on Earth or the size no length.
        """
        if not (-180 <= self.lon <= 180 and -90 <= self.lat <= 90):
            raise QueryError(
                f"found the point {self.lon:g}, {self.lat:g}; wanted longitude and latitude in "
                "degrees, longitude first, such as 4.31, 51.92"
            )
        if self.ground_m is not None and not 0 < self.ground_m < float("inf"):
            raise QueryError(f"found a ground size of {self.ground_m:g} m, wanted more than 0 m")


Place: TypeAlias = ChipPlace | PointPlace


@dataclass(frozen=True, slots=True)
class Examples:
    """Places that show what is wanted, and places that show what is not."""

    like: tuple[Place, ...] = ()
    """Examples."""
    unlike: tuple[Place, ...] = ()
    """Counter-examples."""


def row_of(table: ChipTable, place: Place) -> int:
    """The chip that a place names.

    Args:
        table: the chips of an index.
        place: a chip, or a point inside one.

    Returns:
        A row of ``table``.

    Raises:
        QueryError: if the index has no such chip.
    """
    return _row_at(table, place) if isinstance(place, PointPlace) else _row_named(table, place)


def _row_named(table: ChipTable, place: ChipPlace) -> int:
    window = place.window
    wanted = [window.col, window.row, window.width, window.height]
    rows = table.windows.corner_is(window.col, window.row)
    rows = rows[(table.windows[rows] == wanted).all(axis=1)]
    rows = rows[np.isclose(table.ground_m[rows], place.ground_m, rtol=SAME_SIZE, atol=0)]
    numbers: list[int] = rows.tolist()
    for row in numbers:
        if table.scenes[table.scene_of[row]].path == place.scene:
            return row
    raise QueryError(
        f"found no chip of {place.ground_m:g} m at column {window.col}, row {window.row} of "
        f"{place.scene} in this index, wanted one that it holds; next: search again, for the "
        "scene was indexed anew or left out since"
    )


def _row_at(table: ChipTable, place: PointPlace) -> int:
    rows = table.touching((place.lon, place.lat, place.lon, place.lat))
    shapes = table.footprints(rows)
    holding = shapely.intersects(shapes, shapely.Point(place.lon, place.lat))
    rows, shapes = rows[holding], shapes[holding]
    if not len(rows):
        raise QueryError(
            f"found no chip at longitude {place.lon:g}, latitude {place.lat:g}, wanted a point "
            "inside an indexed scene, where it shows something; next: choose another point"
        )
    sizes = table.ground_m[rows]
    size = sizes.min()
    if place.ground_m is not None:
        size = sizes[np.abs(np.log(sizes / place.ground_m)).argmin()]
    fitting = np.flatnonzero(np.isclose(sizes, size, rtol=SAME_SIZE, atol=0))
    distances = [_distance(shapes[number], place) for number in fitting.tolist()]
    return int(rows[fitting[int(np.argmin(distances))]])


def _distance(shape: BaseGeometry, place: PointPlace) -> float:
    """From a footprint's middle to a point, in degrees of latitude; the nearest way round."""

    def nearby(points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points relative to the place, so that halves beside the antimeridian lie together."""
        east = (points[:, 0] - place.lon + 180) % 360 - 180
        return np.stack([east * np.cos(np.radians(place.lat)), points[:, 1] - place.lat], axis=1)

    middle = shapely.transform(shape, nearby).centroid
    return float(np.hypot(middle.x, middle.y))


def combined(query: Floats | None, like: Stored, unlike: Stored) -> Floats:
    """One unit vector of a sentence, examples and counter-examples, by Rocchio's formula.

    Args:
        query: the sentence ``(D,)``; ``None``: there is none.
        like: examples ``(n, D)``, may be none.
        unlike: counter-examples ``(m, D)``, may be none.

    Returns:
        Sentence + 0.75 mean of the examples - 0.25 mean of the counter-examples, made a unit
        vector ``(D,)``.

    Raises:
        QueryError: if the parts cancel each other out, or a stored vector is no vector.
    """
    total = np.zeros(like.shape[1], np.float64)
    if query is not None:
        total += QUERY_WEIGHT * query.astype(np.float64)
    for weight, vectors in ((LIKE_WEIGHT, like), (-UNLIKE_WEIGHT, unlike)):
        if len(vectors):
            total += weight * vectors.astype(np.float64).mean(axis=0)
    length = float(np.linalg.norm(total))
    if not np.isfinite(length):
        raise QueryError(
            "found an example whose stored embedding is no number, wanted a whole one; next: "
            "leave that example out, and run 'cmpagl index' on its scene again"
        )
    if length < NOTHING_LEFT:
        raise QueryError(
            "found examples and counter-examples that cancel each other out, wanted a direction "
            "to search in; next: leave one of them out, or add a sentence"
        )
    unit: Floats = (total / length).astype(np.float32)
    return unit
