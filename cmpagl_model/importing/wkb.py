"""Well-known binary as strangers write it; what cannot be read, or would fill the stack, is left.

The reader of GEOS follows collections in collections by calling itself, with no limit: 50,000 of
them end the process. So shapes are looked at first, and only flat ones are read.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

POINT, LINE, POLYGON = 1, 2, 3
TO_MANY = 3
"""A multipoint is 4, a multiline 5, a multipolygon 6."""
WITH_Z, WITH_M, WITH_SRID = 0x80000000, 0x40000000, 0x20000000
"""Flags of PostGIS; the standard adds 1000, 2000 or 3000 to the kind instead."""
NUMBER_BYTES = 8


def read_shapes(blobs: Sequence[bytes | None]) -> tuple[NDArray[np.object_], NDArray[np.bool_]]:
    """Points, lines, polygons, and plain sets of one of them.

    Args:
        blobs: WKB; ``None``: there is none.

    Returns:
        A shape for each, ``None`` where there is none, and which could not be read.
    """
    flat = np.empty(len(blobs), object)
    flat[:] = [blob if blob is not None and _is_flat(blob) else None for blob in blobs]
    shapes = np.asarray(shapely.from_wkb(flat, on_invalid="ignore"), object)
    given = np.array([blob is not None for blob in blobs], np.bool_)
    return shapes, given & shapely.is_missing(shapes)


def _is_flat(blob: bytes) -> bool:
    try:
        geometry_type, _, place, order = _head(blob, 0)
        if geometry_type <= POLYGON:
            return True
        if geometry_type > POLYGON + TO_MANY:  # a collection, a curve, a surface
            return False
        (count,) = struct.unpack_from(f"{order}I", blob, place)
        place += 4
        for _ in range(count):
            if _head(blob, place)[0] != geometry_type - TO_MANY:
                return False
            place = _end(blob, place)
    except struct.error:  # it ends too early
        return False
    return True


def _head(blob: bytes, place: int) -> tuple[int, int, int, str]:
    """Kind of a shape, numbers a corner, where its content begins, byte order."""
    order = "<" if blob[place : place + 1] == b"\x01" else ">"
    (word,) = struct.unpack_from(f"{order}I", blob, place + 1)
    more, geometry_type = divmod(word & 0x0FFFFFFF, 1000)
    sizes = 2 + bool(word & WITH_Z) + bool(word & WITH_M) + (0, 1, 1, 2)[min(more, 3)]
    return geometry_type, sizes, place + 5 + (4 if word & WITH_SRID else 0), order


def _end(blob: bytes, place: int) -> int:
    """Where a point, line or polygon ends."""
    geometry_type, sizes, place, order = _head(blob, place)
    if geometry_type == POINT:
        return place + sizes * NUMBER_BYTES
    rings = 1
    if geometry_type == POLYGON:
        (rings,) = struct.unpack_from(f"{order}I", blob, place)
        place += 4
    for _ in range(rings):
        (corners,) = struct.unpack_from(f"{order}I", blob, place)
        place += 4 + int(corners) * sizes * NUMBER_BYTES
    return place
