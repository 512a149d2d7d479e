"""Footprints of chips, packed by blocks of neighbours and unpacked where they are asked for.

Corners of neighbours lie on a grid that is bent a little: differences of the third order between
chips that follow each other are a few units of the last place. So a block of polygons of four
corners takes 6 bytes a chip, bit for bit. Other shapes are kept as compressed WKB.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from .checked import Checked
    from .columns import Layout, Rows

    Doubles = NDArray[np.float64]
    Corners = NDArray[np.float64]
    """Longitude and latitude of four corners in the order of the ring, ``(m, 4, 2)``."""

QUAD = bytes.fromhex("01030000000100000005000000")
"""How the WKB of a polygon with one ring of five points begins, little-endian."""
QUAD_BYTES = len(QUAD) + 5 * 16
GRID, SHAPES = b"g", b"s"
"""First byte of a packed block: corners of a grid, or any shapes."""
ORDER = 3
HALF_ROUND = 180.0
BLOCKS_AT_A_TIME = 512
"""Blocks kept together when they are unpacked: about 4 MB."""
IN_CACHE = 16
"""Blocks of which differences are added up together: what that takes stays in the cache."""


def pack(shapes: Sequence[bytes]) -> bytes:
    """Pack the footprints of a block, WKB each."""
    whole = b"".join(shapes)
    if all(len(shape) == QUAD_BYTES and shape.startswith(QUAD) for shape in shapes):
        table = np.frombuffer(whole, np.uint8).reshape(len(shapes), QUAD_BYTES)[:, len(QUAD) :]
        numbers = np.ascontiguousarray(table).view(np.int64)
        if (numbers[:, :2] == numbers[:, 8:]).all():  # rings are closed
            # Differences down the rows, positive numbers, bytes of equal weight together
            steps = np.diff(numbers[:, :8], ORDER, axis=0, prepend=np.zeros((ORDER, 8), np.int64))
            positive = np.ascontiguousarray((steps << 1) ^ (steps >> 63))
            return GRID + zlib.compress(
                positive.view(np.uint8).reshape(len(steps), 8, 8).transpose(2, 1, 0).tobytes()
            )
    sizes = np.array([len(shape) for shape in shapes], "<i4")
    return SHAPES + zlib.compress(sizes.tobytes() + whole)


def _corners(packed: Sequence[bytes], count: int) -> Corners:
    """The corners of blocks of ``count`` footprints each, ``(len(packed), count, 4, 2)``."""
    raw = np.frombuffer(b"".join(packed), np.uint8).reshape(len(packed), 8, 8, count)
    positive = np.ascontiguousarray(raw.transpose(0, 3, 2, 1)).view(np.uint64)[..., 0]
    signs = (positive & np.uint64(1)).view(np.int64)
    positive >>= np.uint64(1)
    steps = positive.view(np.int64)
    steps ^= np.negative(signs, out=signs)
    for _ in range(ORDER):
        np.cumsum(steps, axis=1, out=steps)
    return steps.view(np.float64).reshape(len(packed), count, 4, 2)


class _Unpacked:
    """The footprints of some blocks."""

    def __init__(self, blocks: Rows, layout: Layout) -> None:
        self.blocks = blocks
        sizes = layout.block_starts[blocks + 1] - layout.block_starts[blocks]
        self._before = np.cumsum(sizes) - sizes
        self._starts = layout.block_starts[blocks]
        self.corners: Corners = np.zeros((int(sizes.sum()), 4, 2))
        self.others: dict[int, bytes] = {}

    def fill(self, number: int, packed: bytes, count: int) -> None:
        """Take the shapes of block ``number`` that are no grid."""
        sizes = np.frombuffer(packed, "<i4", count)
        ends = np.cumsum(sizes) + sizes.nbytes
        for place, (size, end) in enumerate(zip(sizes.tolist(), ends.tolist(), strict=True)):
            self.others[int(self._before[number]) + place] = packed[end - size : end]

    def fill_grids(self, numbers: Rows, packed: Sequence[bytes], count: int) -> None:
        """Take blocks of corners, ``count`` footprints each."""
        for start in range(0, len(numbers), IN_CACHE):
            some = slice(start, start + IN_CACHE)
            places = (self._before[numbers[some]][:, None] + np.arange(count)).reshape(-1)
            self.corners[places] = _corners(packed[some], count).reshape(-1, 4, 2)

    def places(self, rows: Rows, blocks: Rows) -> Rows:
        """Where rows lie in here; ``blocks`` are theirs."""
        number = np.searchsorted(self.blocks, blocks)
        found: Rows = self._before[number] + rows - self._starts[number]
        return found

    def holds(self, blocks: Rows) -> bool:
        """Whether blocks, ascending, are all in here."""
        number = np.searchsorted(self.blocks, blocks)
        inside = number < len(self.blocks)
        return bool(inside.all() and (self.blocks[number] == blocks).all())


class Footprints:
    """The footprints of all chips of an index, in OGC:CRS84."""

    def __init__(self, layout: Layout, data: NDArray[np.uint8] | Checked, ends: Rows) -> None:
        """Take packed blocks.

        Args:
            layout: of the rows.
            data: all blocks, one after the other.
            ends: where each ends in ``data``, ``(B,)``.
        """
        self._layout, self._data, self._ends = layout, data, ends
        self._last: _Unpacked | None = None

    def shapes(self, rows: Rows) -> NDArray[np.object_]:
        """The footprints of some rows, ``(len(rows),)``."""
        import shapely  # noqa: PLC0415 - an index opens without it

        found = np.empty(len(rows), object)
        for which, places, unpacked in self._unpacked(rows):
            corners = unpacked.corners[places]
            rings = np.concatenate([corners, corners[:, :1]], axis=1)
            odd = [place in unpacked.others for place in places.tolist()] if unpacked.others else []
            if not any(odd):
                found[which] = shapely.polygons(rings)
                continue
            grid = ~np.array(odd)
            found[which[grid]] = shapely.polygons(rings[grid])
            others = [unpacked.others[place] for place in places[~grid].tolist()]
            found[which[~grid]] = shapely.from_wkb(others)
        return found

    def bounds(self, rows: Rows) -> Doubles:
        """West, south, east, north of some rows, ``(len(rows), 4)``; NaN of an empty footprint."""
        found = np.empty((len(rows), 4))
        for which, places, unpacked in self._unpacked(rows):
            corners = unpacked.corners[places]
            one, two, three, four = corners.transpose(1, 0, 2)  # min(axis=1) takes much longer
            low = np.minimum(np.minimum(one, two), np.minimum(three, four))
            high = np.maximum(np.maximum(one, two), np.maximum(three, four))
            found[which] = np.hstack([low, high])
            if unpacked.others:
                odd = [n for n, place in enumerate(places.tolist()) if place in unpacked.others]
                others = [unpacked.others[int(places[n])] for n in odd]
                import shapely  # noqa: PLC0415 - an index opens without it

                found[which[odd]] = shapely.bounds(shapely.from_wkb(others)).reshape(-1, 4)
        return found

    def _unpacked(self, rows: Rows) -> Iterator[tuple[Rows, Rows, _Unpacked]]:
        """Places in ``rows``, where those lie in the blocks beside them, and these blocks."""
        blocks = self._layout.block_of(rows)
        steps = np.diff(blocks, prepend=-1)
        needed = blocks[steps > 0] if (steps >= 0).all() else np.unique(blocks)
        if len(needed) <= BLOCKS_AT_A_TIME:
            unpacked = self._of(needed)
            yield np.arange(len(rows)), unpacked.places(rows, blocks), unpacked
            return
        for start in range(0, len(needed), BLOCKS_AT_A_TIME):
            some = needed[start : start + BLOCKS_AT_A_TIME]
            which = np.flatnonzero((blocks >= some[0]) & (blocks <= some[-1]))
            unpacked = self._of(some)
            yield which, unpacked.places(rows[which], blocks[which]), unpacked

    def _of(self, blocks: Rows) -> _Unpacked:
        """Some blocks, ascending; those asked for last are at hand."""
        last = self._last
        if last is not None and last.holds(blocks):
            return last
        unpacked = _Unpacked(blocks, self._layout)
        ends = self._ends[blocks].tolist()
        begins = np.where(blocks > 0, self._ends[np.maximum(blocks, 1) - 1], 0).tolist()
        sizes = self._layout.block_starts[blocks + 1] - self._layout.block_starts[blocks]
        grids: dict[int, tuple[list[int], list[bytes]]] = {}
        for number, (begin, end, size) in enumerate(zip(begins, ends, sizes.tolist(), strict=True)):
            raw = self._data[begin:end].tobytes()
            content = zlib.decompress(raw[1:])
            if raw[:1] == GRID:
                numbers, packed = grids.setdefault(size, ([], []))
                numbers.append(number)
                packed.append(content)
            else:
                unpacked.fill(number, content, size)
        for size, (numbers, packed) in grids.items():
            unpacked.fill_grids(np.array(numbers), packed, size)
        self._last = unpacked
        return unpacked


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
