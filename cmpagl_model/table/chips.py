"""All chips of an index as arrays, in memory or mapped from files: who reads them cannot tell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from tiling import Window
from tiling.dates import span_of, text_of

from .imported import ID, SOURCE, TIME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from tiling import SceneRecord

    from .checked import ChecksummedArray
    from .codes import Coded
    from .embeddings import Embeddings
    from .imported import ImportedColumns

    Box = tuple[float, float, float, float]
    Doubles = NDArray[np.float64]
    Moments = NDArray[np.datetime64]
    Rows = NDArray[np.int64]

HALF_ROUND = 180.0
BLOCK = 128
"""Chips in a block, those at the end of a part excepted: they follow each other in the plan of a
scene, so they are neighbours."""
ROW = np.dtype(
    [
        ("window", "<i4", 4), ("corners", "<f8", (4, 2)), ("gsd_m", "<f8"), ("ground_m", "<f8"),
        ("at", "<i8"), ("bytes", "<i4"), ("valid", "<f4"), ("edge", "?"),
    ]
)  # fmt: skip
"""A chip: its facts, and longitude and latitude of its footprint's corners in the order of the
ring. A footprint of another shape lies at ``at`` among the shapes, and the corners are those of its
bounds."""
BLOCK_SUMMARY = np.dtype([("bounds", "<f8", 4), ("ground_m", "<f8", 2)])
"""A block: bounds of all its footprints, least and greatest side of its chips on the ground."""


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """The arrays of n rows in B blocks as they are kept."""

    rows: ChecksummedArray
    """The chips, of type :data:`ROW`, ``(n,)``."""
    blocks: NDArray[Any]
    """What neighbours have together, of type :data:`BLOCK_SUMMARY`, ``(B,)``."""
    shapes: ChecksummedArray
    """Footprints that are no polygon of four corners, bytes of WKB."""


@dataclass(frozen=True, slots=True)
class ChipMetadata:
    """What is known of a chip besides its place; ``None``: not known."""

    datetime: str | None
    """When it was taken, as :mod:`tiling.dates` has it."""
    id: str | None = None
    """What an imported file calls it."""
    source: str | None = None
    """What an imported file says it was taken from."""


@dataclass(frozen=True, slots=True, eq=False)
class ChipTable:
    """The chips of an index, n rows in the order of part names and plans."""

    scenes: tuple[SceneRecord, ...]
    """The scenes."""
    scene_of: NDArray[np.int32]
    """Which scene a chip is of, a row of ``scenes``, ``(n,)``."""
    packed: Packed
    """All that is kept of them."""
    block_starts: Rows
    """First row of each block, then the number of all rows, ``(B + 1,)``."""
    windows: ChecksummedArray
    """Column, row, width, height in native px, ``(n, 4)``."""
    gsd_m: ChecksummedArray
    """Ground sample distance, m/px, ``(n,)``."""
    ground_m: ChecksummedArray
    """Side of the full chip on the ground, m, ``(n,)``."""
    valid: ChecksummedArray
    """Share of valid pixels, 0 to 1, ``(n,)``."""
    edge: ChecksummedArray
    """Whether the chip was padded at the scene's edge, ``(n,)``."""
    ground_sizes_m: tuple[float, ...]
    """All that ``ground_m`` has, ascending."""
    embeddings: Embeddings
    """Unit vectors ``(n, D)``."""
    coded: Coded | None = None
    """Codes of the embeddings, to find the best among many; ``None``: too few chips for that."""
    imported: ImportedColumns | None = None
    """What imported files said of their rows; ``None``: nothing was imported."""

    @classmethod
    def of(
        cls,
        scenes: tuple[SceneRecord, ...],
        parts: Sequence[tuple[int, int]],
        packed: Packed,
        embeddings: Embeddings,
        *,
        ground_sizes_m: tuple[float, ...] | None = None,
        coded: Coded | None = None,
    ) -> ChipTable:
        """Put a table together.

        Args:
            scenes: the scenes.
            parts: of each part, how many rows it has, and the row of its scene.
            packed: the arrays of all parts.
            embeddings: their embeddings.
            ground_sizes_m: all sides of chips on the ground; ``None``: they are looked up.
            coded: their codes.
        """
        counts, owners = np.array(parts, np.int64).reshape(-1, 2).T
        firsts = np.cumsum(counts) - counts
        starts = [
            np.arange(first, first + n, BLOCK) for first, n in zip(firsts, counts, strict=True)
        ]
        rows = packed.rows
        if ground_sizes_m is None:
            ground_sizes_m = tuple(np.unique(rows.field("ground_m")[:]).tolist())
        return cls(
            scenes=scenes,
            scene_of=np.repeat(owners.astype(np.int32), counts),
            packed=packed,
            block_starts=np.concatenate([*starts, [counts.sum()]]).astype(np.int64),
            windows=rows.field("window"),
            gsd_m=rows.field("gsd_m"),
            ground_m=rows.field("ground_m"),
            valid=rows.field("valid"),
            edge=rows.field("edge"),
            ground_sizes_m=ground_sizes_m,
            embeddings=embeddings,
            coded=coded,
        )

    def __len__(self) -> int:
        """How many chips."""
        return len(self.scene_of)

    def rows_of(self, blocks: Rows) -> Rows:
        """All rows of some blocks, in their order."""
        starts = self.block_starts[blocks]
        sizes = self.block_starts[blocks + 1] - starts
        shifts = np.repeat(starts - np.cumsum(sizes) + sizes, sizes)
        found: Rows = shifts + np.arange(len(shifts))
        return found

    def bounds(self, rows: NDArray[np.integer]) -> Doubles:
        """West, south, east, north of the footprints of some rows in degrees, ``(len(rows), 4)``.

        NaN of an empty footprint.
        """
        return corner_bounds(self.packed.rows[rows]["corners"])

    def boxes(self, rows: NDArray[np.integer]) -> tuple[Doubles, Doubles]:
        """Bounds of footprints as columns ``(4, m)``, and their areas ``(m,)``, square degrees.

        The area is NaN where a footprint is no polygon of four corners.
        """
        chips = self.packed.rows[rows]
        x, y = chips["corners"].transpose(2, 1, 0)
        twice = (x * (np.roll(y, -1, 0) - np.roll(y, 1, 0))).sum(axis=0)
        areas = np.where(chips["bytes"] > 0, np.nan, np.abs(twice) / 2)
        return corner_bounds(chips["corners"]).T.copy(), areas

    def footprints(self, rows: NDArray[np.integer]) -> NDArray[np.object_]:
        """The footprints of some rows as polygons in OGC:CRS84, ``(len(rows),)``."""
        import shapely  # noqa: PLC0415 - an index opens without it

        chips = self.packed.rows[rows]
        other = chips["bytes"] > 0
        found = np.empty(len(chips), object)
        corners = chips["corners"][~other]
        found[~other] = shapely.polygons(np.concatenate([corners, corners[:, :1]], axis=1))
        starts = chips["at"][other]
        shapes = self.packed.shapes.slices(starts, starts + chips["bytes"][other])
        found[other] = shapely.from_wkb([wkb.tobytes() for wkb in shapes])
        return found

    def touching(self, box: Box) -> Rows:
        """The rows whose bounds touch a box, ascending.

        Args:
            box: west, south, east, north in degrees, west at most east.
        """
        near = self.rows_of(np.flatnonzero(touches(self.packed.blocks["bounds"], box)))
        return near[touches(self.bounds(near), box)]

    def of_scene(self, scene: SceneRecord) -> Rows:
        """The rows of a scene, ascending."""
        return np.flatnonzero(self.scene_of == self.scenes.index(scene))

    def spans(self, rows: Rows) -> tuple[Moments, Moments]:
        """First and last moment at which rows were taken, UTC, NaT where unknown, ``(m,)`` each."""
        known = [span_of(scene.taken) if scene.taken else (None, None) for scene in self.scenes]
        plain = [[moment and moment.replace(tzinfo=None) for moment in span] for span in known]
        of_scenes = np.array(plain, "datetime64[us]").reshape(-1, 2)
        first, last = of_scenes[self.scene_of[rows]].T.copy()
        if self.imported is not None:
            (times,) = self.imported.columns(rows, [TIME])
            said = ~np.isnat(times)
            first[said] = last[said] = times[said]
        return first, last

    def days(self) -> tuple[str, str] | None:
        """First and last day that a chip was taken on, UTC; ``None``: unknown of all.

        Of imported rows in very many parts, of those in some of them.
        """
        blocks = np.unique(self.scene_of[self.block_starts[:-1]], return_index=True)[1]
        rows = self.block_starts[blocks]  # of a scene one chip tells as much as all
        if self.imported is not None:
            rows = np.union1d(rows, self.imported.rows_of_some())
        first, last = self.spans(rows)
        known = ~np.isnat(first)
        if not known.any():
            return None
        return str(first[known].min())[:10], str(last[known].max())[:10]

    def said_of(self, rows: Rows) -> list[ChipMetadata]:
        """What else is known of some rows."""
        taken = [self.scenes[number].taken or None for number in self.scene_of[rows].tolist()]
        if self.imported is None:
            return [ChipMetadata(one) for one in taken]
        moments, ids, sources = self.imported.columns(rows, [TIME, ID, SOURCE])
        times = [one and text_of(one) for one in moments.tolist()]
        own = (time or scene for time, scene in zip(times, taken, strict=True))
        return [ChipMetadata(*one) for one in zip(own, ids.tolist(), sources.tolist(), strict=True)]

    def window(self, row: int) -> Window:
        """The window of one row."""
        return Window(*(int(value) for value in self.windows[row]))


def corner_bounds(corners: Doubles) -> Doubles:
    """West, south, east, north ``(n, 4)`` of corners ``(n, 4, 2)``."""
    by_corner = corners.transpose(1, 0, 2)  # min(axis=1) takes much longer
    return np.hstack([reduce(np.minimum, by_corner), reduce(np.maximum, by_corner)])


def bounds_of(boxes: NDArray[np.float64]) -> tuple[float, float, float, float]:
    """One box for all, the shorter way round the Earth.

    Args:
        boxes: west, south, east, north in degrees, none across the antimeridian, ``(n, 4)``.

    Returns:
        Degrees; west above east where they lie on both sides of the antimeridian (RFC 7946, 5.2).
        Zeros if there are none.
    """
    if not len(boxes):
        return 0.0, 0.0, 0.0, 0.0
    west, south, east, north = (float(x) for x in (*boxes[:, :2].min(0), *boxes[:, 2:].max(0)))
    if east - west > HALF_ROUND:
        eastern, western = boxes[boxes[:, 0] >= 0], boxes[boxes[:, 2] <= 0]
        apart = len(eastern) and len(western) and len(eastern) + len(western) == len(boxes)
        if apart and eastern[:, 0].min() - western[:, 2].max() > HALF_ROUND:
            west, east = float(eastern[:, 0].min()), float(western[:, 2].max())
    return west, south, east, north


def split_box(box: Box) -> tuple[Box, ...]:
    """A box, in two halves where it crosses the antimeridian: its west lies above its east."""
    west, south, east, north = box
    if west <= east:
        return (box,)
    return (west, south, 180.0, north), (-180.0, south, east, north)


def shape_around(boxes: Doubles) -> BaseGeometry:
    """The box of :func:`bounds_of` as a shape; boxes of NaN do not count."""
    import shapely  # noqa: PLC0415 - an index opens without it

    parts = [shapely.box(*half) for half in split_box(bounds_of(boxes[~np.isnan(boxes[:, 0])]))]
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)


def touches(bounds: Doubles, box: Box) -> NDArray[np.bool_]:
    """Which bounds ``(n, 4)`` touch a box; west, south, east, north."""
    west, south, east, north = box
    return (
        (bounds[:, 0] <= east) & (bounds[:, 2] >= west)
        & (bounds[:, 1] <= north) & (bounds[:, 3] >= south)
    )  # fmt: skip


def within(bounds: Doubles, box: Box) -> NDArray[np.bool_]:
    """Which bounds ``(n, 4)`` lie in a box; west, south, east, north."""
    west, south, east, north = box
    return (
        (bounds[:, 0] >= west) & (bounds[:, 2] <= east)
        & (bounds[:, 1] >= south) & (bounds[:, 3] <= north)
    )  # fmt: skip
