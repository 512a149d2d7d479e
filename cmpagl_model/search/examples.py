"""Search by example: what places, pictures and words stand for, and the one vector of them all."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import numpy as np
import shapely

from cmpagl_model.errors import DatasetError, NoPlaceError, QueryError

from .weighted import Weighted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from cmpagl_model.table.chips import ChipTable
    from tiling import SceneRecord, Window

    from .composed import Composed

    Floats = NDArray[np.float32]
    Part = tuple[float, "Place | Picture | Composed | str"]

QUERY_WEIGHT, LIKE_WEIGHT, UNLIKE_WEIGHT = 1.0, 0.75, 0.25
"""Rocchio's weights, as textbooks give them (Manning et al. 2008, 9.1.1). Words that are not wanted
count as pictures do: among the classes of RSICD more lost right places, less kept wrong ones."""
SAME_SIZE = 1e-5
"""Ground sizes that differ by less than this share are one; a file may have rounded them, and keys
of places have six digits."""
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


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture seen from above that need not lie anywhere: a cut-out, a drone's photograph."""

    path: str | Path
    """JPEG, PNG, WebP or any other that Pillow reads, 8 bits a colour; squeezed to a square."""


Place: TypeAlias = ChipPlace | PointPlace
What = TypeVar("What", bound="ChipPlace | PointPlace | Picture | Composed | str")


@dataclass(frozen=True, slots=True)
class Examples:
    """What shows what is wanted, and what is not: places, pictures and words.

    Example:
        >>> Examples(
        ...     like=(Picture("harbour.jpg"), Weighted(PointPlace(4.31, 51.92), 2)),
        ...     minus=("boats",),
        ... ).minus
        ('boats',)
    """

    like: tuple[Place | Picture | Weighted[Place | Picture], ...] = ()
    """Examples."""
    unlike: tuple[Place | Picture | Weighted[Place | Picture], ...] = ()
    """Counter-examples."""
    plus: tuple[str | Weighted[str], ...] = ()
    """Words for what is wanted besides."""
    minus: tuple[str | Weighted[str], ...] = ()
    """Words for what is not wanted."""

    def __str__(self) -> str:
        """In words, such as ``like harbour.jpg; without boats``."""
        kinds = (("like", self.like), ("unlike", self.unlike), ("with", self.plus),
                 ("without", self.minus))  # fmt: skip
        return "; ".join(f"{how} {_named(what)}" for how, given in kinds for what in given)

    def parts(self, query: str | Composed | None) -> list[Part]:
        """What is added up for a query, each with its factor; see :func:`combined`.

        Args:
            query: the sentence, or what it was read as; ``None``: there is none.
        """
        said: tuple[str | Composed | Weighted[str], ...] = self.plus
        if query is not None:
            said = (query, *self.plus)
        return [
            *_shares(said, QUERY_WEIGHT),
            *_shares(self.like, LIKE_WEIGHT),
            *_shares(self.unlike, -UNLIKE_WEIGHT),
            *_shares(self.minus, -UNLIKE_WEIGHT),
        ]

    def check(self, query: str | Composed | None, *, learned: bool = False) -> None:
        """See that there is something to be like.

        Args:
            query: the sentence given with them; ``None``: there is none.
            learned: whether a person kept places.

        Raises:
            QueryError: if there is nothing.
        """
        if query is None and not (self.like or self.plus or learned):
            raise QueryError(
                "found nothing to be like, wanted a sentence, added words or an example; next: "
                "describe a place, or choose one"
            )

    def need_model(self, query: str | None) -> bool:
        """Whether anything goes through the model; for stored places alone it need not be there.

        Args:
            query: the sentence given with them; ``None``: there is none.
        """
        return any(isinstance(what, Picture | str) for _, what in self.parts(query))


def _named(what: Place | Picture | str | Weighted[Any]) -> str:
    if isinstance(what, Weighted):
        return f"{_named(what.what)} ({what.weight:g} times)"
    if isinstance(what, PointPlace):
        return f"{what.lon:g}, {what.lat:g}"
    if isinstance(what, ChipPlace):
        return f"{Path(what.scene).stem} at {what.window.col}, {what.window.row}"
    return Path(what.path).name if isinstance(what, Picture) else what


def _shares(examples: Sequence[What | Weighted[Any]], share: float) -> Iterable[tuple[float, What]]:
    for one in examples:
        what, weight = (one.what, one.weight) if isinstance(one, Weighted) else (one, 1.0)
        yield share * weight / len(examples), what


def chip_at(
    table: ChipTable, scene: SceneRecord, corner: tuple[int, int], ground_m: float | None = None
) -> ChipPlace:
    """The chip of a scene that begins at a pixel.

    Args:
        table: the chips of an index.
        scene: one of its scenes.
        corner: column and row of the chip's upper left pixel, as a hit has them, native px.
        ground_m: wanted side of the chip on the ground, m: the nearest size is taken; ``None``:
            the smallest.

    Raises:
        QueryError: if no chip begins there.
    """
    rows = table.of_scene(scene)
    rows = rows[(table.windows[rows][:, :2] == corner).all(axis=1)]
    if not len(rows):
        raise QueryError(
            f"{scene.path}: found no chip that begins at column {corner[0]}, row {corner[1]}, "
            "wanted one of the index; next: take column and row of a hit, or give "
            "longitude,latitude"
        )
    row = int(rows[_nearest_size(table.ground_m[rows], ground_m)][0])
    return ChipPlace(scene.path, table.window(row), float(table.ground_m[row]))


def row_of(table: ChipTable, place: Place, among: NDArray[np.int64] | None = None) -> int:
    """The chip that a place names.

    Args:
        table: the chips of an index.
        place: a chip, or a point inside one.
        among: rows, ascending, of which that at a point must be one; ``None``: all are.

    Returns:
        A row of ``table``.

    Raises:
        QueryError: if the index has no such chip.
    """
    if isinstance(place, PointPlace):
        return _row_at(table, place, among)
    window = place.window
    owners = [number for number, scene in enumerate(table.scenes) if scene.path == place.scene]
    rows = np.flatnonzero(np.isin(table.scene_of, owners))
    rows = rows[(table.windows[rows] == astuple(window)).all(axis=1)]
    rows = rows[np.isclose(table.ground_m[rows], place.ground_m, rtol=SAME_SIZE, atol=0)]
    if len(rows):
        return int(rows[0])
    raise QueryError(
        f"found no chip of {place.ground_m:g} m at column {window.col}, row {window.row} of "
        f"{place.scene} in this index, wanted one that it holds; next: search again, for the "
        "scene was indexed anew or left out since"
    )


def only(rows: NDArray[np.int64], among: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those rows that are among others, which are ascending."""
    if not len(among):
        return rows[:0]
    spots = np.minimum(np.searchsorted(among, rows), len(among) - 1)
    found: NDArray[np.int64] = rows[among[spots] == rows]
    return found


def _row_at(table: ChipTable, place: PointPlace, among: NDArray[np.int64] | None) -> int:
    rows = table.touching((place.lon, place.lat, place.lon, place.lat))
    rows = rows if among is None else only(rows, among)
    shapes = table.footprints(rows)
    holding = shapely.intersects(shapes, shapely.Point(place.lon, place.lat))
    rows, shapes = rows[holding], shapes[holding]
    if not len(rows):
        turned = table.touching((place.lat, place.lon, place.lat, place.lon))
        raise NoPlaceError(
            f"found no chip at longitude {place.lon:g}, latitude {place.lat:g}, wanted a point "
            "inside an indexed scene, where it shows something; next: "
            + ("give longitude first" if len(turned) else "choose another point")
        )
    fitting = _nearest_size(table.ground_m[rows], place.ground_m)
    distances = [_distance(shapes[number], place) for number in fitting.tolist()]
    return int(rows[fitting[int(np.argmin(distances))]])


def _nearest_size(sizes: NDArray[np.float64], ground_m: float | None) -> NDArray[np.int64]:
    """Places of the chips of the ground size nearest to the one wanted; ``None``: the smallest."""
    size = sizes.min()
    if ground_m is not None:
        size = sizes[np.abs(np.log(sizes / ground_m)).argmin()]
    return np.flatnonzero(np.isclose(sizes, size, rtol=SAME_SIZE, atol=0))


def _distance(shape: BaseGeometry, place: PointPlace) -> float:
    """From a footprint's middle to a point, in degrees of latitude; the nearest way round."""

    def nearby(points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points relative to the place, so that halves at the antimeridian lie together."""
        east = (points[:, 0] - place.lon + 180) % 360 - 180
        return np.stack([east * np.cos(np.radians(place.lat)), points[:, 1] - place.lat], axis=1)

    middle = shapely.transform(shape, nearby).centroid
    return float(np.hypot(middle.x, middle.y))


def pixels_of(picture: Picture, side: int) -> NDArray[np.uint8]:
    """A picture as a chip.

    Args:
        picture: the file.
        side: of a chip, px.

    Returns:
        ``(side, side, 3)`` uint8, red, green, blue.

    Raises:
        QueryError: if it cannot be read.
    """
    from cmpagl_model.captions import load_picture  # noqa: PLC0415 - loads Pillow

    try:
        return load_picture(Path(picture.path), side)
    except DatasetError as error:
        raise QueryError(
            f"{error}, wanted a JPEG, PNG or WebP of 8 bits a colour, seen from above; next: "
            "save it as one, such as QGIS does by Project > Import/Export > Export Map to Image"
        ) from error


def combined(parts: Iterable[tuple[float, NDArray[np.floating]]]) -> Floats:
    """One unit vector of a sentence, examples and counter-examples, by Rocchio's formula.

    Args:
        parts: factors and vectors ``(D,)``, one at least; :meth:`Examples.parts` has the factors,
            with which this is the mean of sentence and added words + 0.75 mean of the examples
            - 0.25 mean of the counter-examples - 0.25 mean of the words not wanted; a weight
            multiplies what it belongs to.

    Returns:
        The sum, made a unit vector ``(D,)``.

    Raises:
        QueryError: if the parts cancel each other out, or a stored vector is no vector.
    """
    parts = list(parts)
    most = max(abs(factor) for factor, _ in parts)  # alone, an example counts by no weight
    total = np.sum([factor / most * vector.astype(np.float64) for factor, vector in parts], axis=0)
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
