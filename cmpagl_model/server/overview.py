"""What an open index holds, for a client that is about to search it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
import shapely

from cmpagl_model.errors import DamagedArraysError
from cmpagl_model.index.summary import size_on_disk
from cmpagl_model.table.chips import HALF_ROUND, bounds_of
from tiling import Window
from tiling.georef import footprint

from .results import Opened, Scene

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cmpagl_model.search import SearchableIndex
    from cmpagl_model.table.chips import ChipTable
    from tiling import SceneRecord

    Boxes = NDArray[np.float64]


def overview(index: SearchableIndex, why_not: str, problems: tuple[str, ...]) -> Opened:
    """Describe an index.

    Args:
        index: the index.
        why_not: why it cannot be searched with a sentence; empty: it can.
        problems: what is wrong with its parts.
    """
    table, info = index.table, index.info
    starts = table.block_starts
    owners = table.scene_of[starts[:-1]]
    counts = np.bincount(owners, np.diff(starts), minlength=len(table.scenes)).astype(int).tolist()
    order = np.argsort(owners, kind="stable")
    own = np.split(order, np.cumsum(np.bincount(owners, minlength=len(table.scenes)))[:-1])
    scenes = [
        Scene(scene.path, scene.crs, count, bounds_of(_boxes(table, scene, blocks)), scene.notes)
        for scene, count, blocks in zip(table.scenes, counts, own, strict=False)
    ]
    dates = None
    with suppress(DamagedArraysError):  # which a search tells
        dates = table.days()
    return Opened(
        index=str(index.folder),
        chips=len(table),
        scenes=tuple(sorted(scenes, key=lambda scene: scene.path)),
        model=info.model,
        embedding_size=info.embedding_size,
        ground_sizes_m=table.ground_sizes_m,
        dates=dates,
        size_bytes=size_on_disk(index.folder),
        problems=problems,
        searchable=not why_not,
        why_not=why_not,
    )


def _boxes(table: ChipTable, scene: SceneRecord, blocks: NDArray[np.int64]) -> Boxes:
    """West, south, east, north around a scene's chips, ``(n, 4)``; of all of it if it has none.

    A chip that is split at the antimeridian has a box for each of its parts.
    """
    if not len(blocks):
        whole = footprint(scene, Window(0, 0, scene.width, scene.height))
        return np.asarray(shapely.bounds(shapely.get_parts(whole)))
    boxes = table.packed.blocks["bounds"][blocks]
    if not (boxes[:, 2] - boxes[:, 0] > HALF_ROUND).any():
        return boxes
    rows = table.rows_of(blocks)
    boxes = table.bounds(rows)
    wide = boxes[:, 2] - boxes[:, 0] > HALF_ROUND
    parts = shapely.get_parts(table.footprints(rows[wide]))
    return np.concatenate([boxes[~wide], shapely.bounds(parts)])
