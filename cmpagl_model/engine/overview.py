"""What an open index holds, for a client that is about to search it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from cmpagl_model.index.summary import size_on_disk
from tiling import Window, footprint

from .results import Box, Model, Opened, Scene

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cmpagl_model.search import SearchableIndex

HALF_ROUND = 180.0


def overview(index: SearchableIndex, why_not: str, problems: tuple[str, ...]) -> Opened:
    """Describe an index.

    Args:
        index: the index.
        why_not: why it cannot be searched with a sentence; empty: it can.
        problems: what is wrong with its parts.
    """
    table, info = index.table, index.info
    scenes = []
    for number, scene in enumerate(table.scenes):
        rows = np.flatnonzero(table.scene_of == number)
        shapes = table.footprints(rows) if len(rows) else _whole(index, number)
        scenes.append(Scene(scene.path, scene.crs, len(rows), bounds_of(shapes)))
    return Opened(
        index=str(index.folder),
        chips=len(table),
        scenes=tuple(sorted(scenes, key=lambda scene: scene.path)),
        model=Model(info.model.name, info.model.fingerprint),
        embedding_size=info.embedding_size,
        ground_sizes_m=tuple(np.unique(table.ground_m).tolist()),
        size_bytes=size_on_disk(index.folder),
        problems=problems,
        searchable=not why_not,
        why_not=why_not,
    )


def _whole(index: SearchableIndex, number: int) -> NDArray[np.object_]:
    scene = index.table.scenes[number]
    return np.array([footprint(scene, Window(0, 0, scene.width, scene.height))], object)


def bounds_of(shapes: NDArray[np.object_]) -> Box:
    """West, south, east, north of footprints, the shorter way round the Earth.

    Args:
        shapes: polygons in OGC:CRS84, split at the antimeridian; one or more.

    Returns:
        Degrees; west above east where they lie on both sides of the antimeridian (RFC 7946, 5.2).
    """
    boxes = shapely.bounds(shapely.get_parts(shapes))
    west, south, east, north = (float(x) for x in (*boxes[:, :2].min(0), *boxes[:, 2:].max(0)))
    if east - west > HALF_ROUND:
        eastern, western = boxes[boxes[:, 0] >= 0], boxes[boxes[:, 2] <= 0]
        apart = len(eastern) and len(western) and len(eastern) + len(western) == len(boxes)
        if apart and eastern[:, 0].min() - western[:, 2].max() > HALF_ROUND:
            west, east = float(eastern[:, 0].min()), float(western[:, 2].max())
    return west, south, east, north
