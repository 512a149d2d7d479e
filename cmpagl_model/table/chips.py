"""All chips of an index as columns, in memory or mapped from files: who reads them cannot tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tiling import Window, span_of, text_of

from .columns import BLOCK, Column, KindColumn, Kinds, Layout, Windows
from .footprints import Footprints
from .given import ID, SOURCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tiling import SceneRecord

    from .checked import Checked
    from .codes import Coded
    from .embeddings import Embeddings
    from .given import Given

    Box = tuple[float, float, float, float]
    Moments = NDArray[np.datetime64]
    Rows = NDArray[np.int64]

__all__ = ["BLOCK", "ChipTable", "Packed", "touches"]


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """Columns of n rows, B blocks and K kinds as they are kept; see :mod:`.columns`."""

    places: NDArray[np.integer] | Checked
    """Column and row of each window, less those of its block, ``(n, 2)``."""
    kind_of: NDArray[np.unsignedinteger] | Checked
    """Each row's kind, counted from the first of its part, ``(n,)``."""
    bases: NDArray[np.int32]
    """Least column and row in each block, ``(B, 2)``."""
    boxes: NDArray[np.float64]
    """Bounds of all footprints in each block, degrees, ``(B, 4)``."""
    ends: NDArray[np.int64]
    """Where the footprints of each block end in ``shapes``, ``(B,)``."""
    shapes: NDArray[np.uint8] | Checked
    """Footprints, packed block by block."""
    kinds: NDArray[Any]
    """All kinds, ``(K,)``."""


@dataclass(frozen=True, slots=True)
class Said:
    """What is known of a chip besides its place; ``None``: nobody says."""

    datetime: str | None
    """When it was taken, as :mod:`tiling.dates` has it."""
    id: str | None = None
    """What an imported file calls it."""
    source: str | None = None
    """What an imported file says it was taken from."""


class Bounds(Column):
    """The bounds of footprints: west, south, east, north in degrees."""

    def __init__(self, shapes: Footprints, count: int) -> None:
        self._shapes = shapes
        self.shape, self.dtype = (count, 4), np.dtype(np.float64)

    def rows(self, rows: Rows) -> NDArray[Any]:
        """Those of some rows, ``(m, 4)``."""
        return self._shapes.bounds(rows)


@dataclass(frozen=True, slots=True, eq=False)
class ChipTable:
    """The chips of an index, n rows in the order of part names and plans."""

    scenes: tuple[SceneRecord, ...]
    """The scenes."""
    layout: Layout
    """Which rows belong to which part and block."""
    scene_of: NDArray[np.int32]
    """Which scene a chip is of, a row of ``scenes``, ``(n,)``."""
    windows: Windows
    """Column, row, width, height in native px, ``(n, 4)``."""
    bounds: Bounds
    """West, south, east, north of the footprint, degrees, ``(n, 4)``."""
    gsd_m: KindColumn
    """Ground sample distance, m/px, ``(n,)``."""
    ground_m: KindColumn
    """Side of the full chip on the ground, m, ``(n,)``."""
    valid: KindColumn
    """Share of valid pixels, 0 to 1, ``(n,)``."""
    edge: KindColumn
    """Whether the chip was padded at the scene's edge, ``(n,)``."""
    embeddings: Embeddings
    """Unit vectors ``(n, D)``."""
    shapes: Footprints
    """Footprints; see :meth:`footprints`."""
    blocks: NDArray[np.float64]
    """Bounds of the chips of each block together, ``(B, 4)``."""
    coded: Coded | None = None
    """Codes of the embeddings, to find the best among many; ``None``: too few chips for that."""
    given: Given | None = None
    """What imported files said of their rows; ``None``: nothing was imported."""

    @classmethod
    def of(
        cls,
        scenes: tuple[SceneRecord, ...],
        parts: Sequence[tuple[int, int, int]],
        packed: Packed,
        embeddings: Embeddings,
        coded: Coded | None,
    ) -> ChipTable:
        """Put a table together.

        Args:
            scenes: the scenes.
            parts: of each part, how many rows and kinds it has, and the row of its scene.
            packed: the columns of all parts.
            embeddings: their embeddings.
            coded: their codes.
        """
        counts, kind_counts, owners = np.array(parts, np.int64).reshape(-1, 3).T
        layout = Layout.of(counts)
        starts = np.cumsum(kind_counts) - kind_counts
        kinds = Kinds(layout, packed.kind_of, packed.kinds, starts)
        shapes = Footprints(layout, packed.shapes, packed.ends)
        return cls(
            scenes=scenes,
            layout=layout,
            scene_of=np.repeat(owners.astype(np.int32), counts),
            windows=Windows(kinds, packed.places, packed.bases),
            bounds=Bounds(shapes, len(layout)),
            gsd_m=KindColumn(kinds, "gsd_m"),
            ground_m=KindColumn(kinds, "ground_m"),
            valid=KindColumn(kinds, "valid"),
            edge=KindColumn(kinds, "edge"),
            embeddings=embeddings,
            shapes=shapes,
            blocks=packed.boxes,
            coded=coded,
        )

    def __len__(self) -> int:
        """How many chips."""
        return len(self.scene_of)

    def footprints(self, rows: NDArray[np.integer]) -> NDArray[np.object_]:
        """The footprints of some rows as polygons in OGC:CRS84, ``(len(rows),)``."""
        return self.shapes.shapes(np.asarray(rows, np.int64))

    def touching(self, box: Box) -> Rows:
        """The rows whose bounds touch a box, ascending.

        Args:
            box: west, south, east, north in degrees, west at most east.
        """
        near = np.flatnonzero(touches(self.blocks, box))
        inside = within(self.blocks[near], box)
        unsure = self.layout.rows_of(near[~inside])
        unsure = unsure[touches(self.bounds[unsure], box)]
        if not inside.any():
            return unsure
        return np.sort(np.concatenate([self.layout.rows_of(near[inside]), unsure]))

    def of_scene(self, scene: SceneRecord) -> Rows:
        """The rows of a scene, ascending."""
        return np.flatnonzero(self.scene_of == self.scenes.index(scene))

    def spans(self, rows: Rows) -> tuple[Moments, Moments]:
        """First and last moment at which rows were taken, UTC, NaT where unknown, ``(m,)`` each."""
        known = [span_of(scene.taken) if scene.taken else (None, None) for scene in self.scenes]
        plain = [[moment and moment.replace(tzinfo=None) for moment in span] for span in known]
        of_scenes = np.array(plain, "datetime64[us]").reshape(-1, 2)
        first, last = of_scenes[self.scene_of[rows]].T.copy()
        if self.given is not None:
            times = self.given.times(rows)
            said = ~np.isnat(times)
            first[said] = last[said] = times[said]
        return first, last

    def said_of(self, rows: Rows) -> list[Said]:
        """What else is known of some rows."""
        taken = [self.scenes[number].taken or None for number in self.scene_of[rows].tolist()]
        if self.given is None:
            return [Said(one) for one in taken]
        moments = self.given.times(rows).tolist()
        times = [one and text_of(one) for one in moments]
        ids, sources = (self.given.texts(name, rows) for name in (ID, SOURCE))
        own = (time or scene for time, scene in zip(times, taken, strict=True))
        return [Said(*one) for one in zip(own, ids, sources, strict=True)]

    def window(self, row: int) -> Window:
        """The window of one row."""
        return Window(*(int(value) for value in self.windows[row]))


def touches(bounds: NDArray[np.float64], box: Box) -> NDArray[np.bool_]:
    """Which bounds ``(n, 4)`` touch a box; west, south, east, north."""
    west, south, east, north = box
    return (
        (bounds[:, 0] <= east) & (bounds[:, 2] >= west)
        & (bounds[:, 1] <= north) & (bounds[:, 3] >= south)
    )  # fmt: skip


def within(bounds: NDArray[np.float64], box: Box) -> NDArray[np.bool_]:
    """Which bounds ``(n, 4)`` lie in a box; west, south, east, north."""
    west, south, east, north = box
    return (
        (bounds[:, 0] >= west) & (bounds[:, 2] <= east)
        & (bounds[:, 1] >= south) & (bounds[:, 3] <= north)
    )  # fmt: skip
