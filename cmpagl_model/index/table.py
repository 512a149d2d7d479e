"""All chips of an index as columns, in memory or mapped from files: who reads them cannot tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tiling import Window

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from cmpagl_model.records import Problem
    from tiling import SceneRecord

    from .codes import Coded
    from .format import IndexInfo

    Box = tuple[float, float, float, float]

BLOCK = 128
"""Chips that share a box in :attr:`ChipTable.blocks`: they follow each other in the plan of a
scene, so they are neighbours."""


@dataclass(frozen=True, slots=True, eq=False)
class ShapeBytes:
    """Footprints in OGC:CRS84 as WKB, one after the other."""

    data: NDArray[np.uint8]
    """All of them."""
    ends: NDArray[np.int64]
    """Where each ends in ``data``, ``(n,)``."""

    def take(self, rows: NDArray[np.integer]) -> list[bytes]:
        """The WKB of some chips."""
        ends = self.ends[rows]
        starts = np.where(rows > 0, self.ends[np.maximum(rows, 1) - 1], 0)
        sizes = ends - starts
        if len(rows) and (sizes == sizes[0]).all():  # as polygons of four corners are
            whole = self.data[starts[:, None] + np.arange(sizes[0])]
            found: list[bytes] = whole.view(f"V{sizes[0]}")[:, 0].tolist()
            return found
        pairs = zip(starts.tolist(), ends.tolist(), strict=True)
        return [self.data[start:end].tobytes() for start, end in pairs]


@dataclass(frozen=True, slots=True, eq=False)
class ChipTable:
    """The chips of an index, n rows in the order of part names and plans."""

    scenes: tuple[SceneRecord, ...]
    """The scenes."""
    scene_of: NDArray[np.int32]
    """Which scene a chip is of, a row of ``scenes``, ``(n,)``."""
    windows: NDArray[np.int32]
    """Column, row, width, height in native px, ``(n, 4)``."""
    bounds: NDArray[np.float64]
    """West, south, east, north of the footprint, degrees, ``(n, 4)``."""
    gsd_m: NDArray[np.float64]
    """Ground sample distance, m/px, ``(n,)``."""
    ground_m: NDArray[np.float64]
    """Side of the full chip on the ground, m, ``(n,)``."""
    valid: NDArray[np.float32]
    """Share of valid pixels, 0 to 1, ``(n,)``."""
    edge: NDArray[np.bool_]
    """Whether the chip was padded at the scene's edge, ``(n,)``."""
    embeddings: NDArray[np.float16]
    """Unit vectors ``(n, D)``."""
    shapes: ShapeBytes
    """Footprints; see :meth:`footprints`."""
    blocks: NDArray[np.float64]
    """Bounds of every :data:`BLOCK` chips together, ``(ceil(n / BLOCK), 4)``."""
    coded: Coded | None = None
    """Codes of the embeddings, to find the best among many; ``None``: too few chips for that."""

    def __len__(self) -> int:
        """How many chips."""
        return len(self.scene_of)

    def footprints(self, rows: NDArray[np.integer]) -> NDArray[np.object_]:
        """The footprints of some rows as polygons in OGC:CRS84, ``(len(rows),)``."""
        import shapely  # noqa: PLC0415 - an index opens without it

        return np.asarray(shapely.from_wkb(self.shapes.take(rows)), object)

    def touching(self, box: Box) -> NDArray[np.int64]:
        """The rows whose bounds touch a box, ascending.

        Args:
            box: west, south, east, north in degrees, west at most east.
        """
        near = np.flatnonzero(touches(self.blocks, box))
        rows = (near[:, None] * BLOCK + np.arange(BLOCK)).reshape(-1)
        rows = rows[rows < len(self)]
        return rows[touches(self.bounds[rows], box)]

    def window(self, row: int) -> Window:
        """The window of one row."""
        return Window(*(int(value) for value in self.windows[row]))


@dataclass(frozen=True, slots=True)
class LoadedIndex:
    """An index ready to be asked, and what is wrong with it."""

    info: IndexInfo
    """What all parts share."""
    table: ChipTable
    """The chips of all readable parts."""
    problems: tuple[Problem, ...]
    """Parts that are missing, damaged or of another model; search goes on without them."""


def touches(bounds: NDArray[np.float64], box: Box) -> NDArray[np.bool_]:
    """Which bounds ``(n, 4)`` touch a box; west, south, east, north."""
    west, south, east, north = box
    return (
        (bounds[:, 0] <= east) & (bounds[:, 2] >= west)
        & (bounds[:, 1] <= north) & (bounds[:, 3] >= south)
    )  # fmt: skip


def block_bounds(bounds: NDArray[np.float64]) -> NDArray[np.float64]:
    """The bounds of every :data:`BLOCK` rows together, ``(ceil(n / BLOCK), 4)``."""
    if not len(bounds):
        return np.empty((0, 4))
    starts = np.arange(0, len(bounds), BLOCK)
    low = np.minimum.reduceat(bounds[:, :2], starts, axis=0)
    return np.hstack([low, np.maximum.reduceat(bounds[:, 2:], starts, axis=0)])


def load_chips(folder: Path, info: IndexInfo) -> LoadedIndex:
    """Read and verify all parts of an index; see :func:`cmpagl_model.index.load.load_parts`."""
    from .load import load_parts  # noqa: PLC0415 - pyarrow is for those who decode parts

    return load_parts(folder, info)
