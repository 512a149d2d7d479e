"""Rasters in which every pixel has an embedding: AlphaEarth, TESSERA. Start at :func:`open_raster`.

Chips are laid over the raster as over any scene (:mod:`tiling.grid`), of the nearest whole number
of pixels. The embedding of a chip is the mean of its pixels' unit vectors, of unit length again;
masked pixels do not count. Pixels are read in groups of chips, and in strips of some rows, so that
memory does not grow with the file.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

import numpy as np

from cmpagl_model.errors import SourceError, first_line
from cmpagl_model.index.imported import NO_PIXELS
from cmpagl_model.index.part_records import PartArrays
from tiling import ChipSpec, TilingError, Window, footprints
from tiling.addresses import is_url
from tiling.describe import glance_at_scene
from tiling.grid import ChipGrid

from .pixels import RASTERS, open_pixels, parts_of_tile
from .rows import SourceRows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from tiling import SceneRecord

    from .files import SourceFile
    from .pixels import Pixels

SPEC = ChipSpec()
"""Its overlap, and the least share of valid pixels: those of scenes."""
GROUP_PX = 1024
"""A group of chips begins within a square of so many pixels: as large as the blocks of COGs."""
BUDGET_BYTES = 64 << 20
"""Of one array of numbers in memory; there are about four."""


@dataclass(frozen=True, slots=True)
class RasterSource:
    """A raster of embeddings that can be imported. Made by :func:`open_raster`."""

    file: SourceFile
    """The file."""
    scene: SceneRecord
    """Its place and size; nothing of it is shown."""
    side_m: float
    """Side of a chip, m."""
    grid: ChipGrid
    """Where the chips lie, px of the raster."""
    size: int
    """Length of an embedding."""
    model: str | None
    """The model that the file names; ``None``: none."""
    goes_on: ClassVar[bool] = True
    """Whether what lies before a chip need not be read: it is the work."""

    @property
    def rows(self) -> int:
        """Chips, those with too few valid pixels included."""
        return len(self.grid)

    def checksum(self) -> str:
        """What tells another content of it."""
        parts = parts_of_tile(self.file.name)
        own = self.file.checksum()
        if not parts:
            return own
        known = [own, *(replace(self.file, name=str(path)).checksum() for path in parts)]
        return f"sha256:{hashlib.sha256('|'.join(known).encode()).hexdigest()}"

    def record(self, name: str, checksum: str) -> SceneRecord:
        """The record of the file as a scene whose pixels are no picture.

        Args:
            name: "", for there is no other.
            checksum: of :meth:`checksum`.
        """
        del name
        # What says in which order chips come is part of it: a call goes on where another was
        text = f"{checksum}|{self.side_m}|{GROUP_PX}|{BUDGET_BYTES}"
        digest = hashlib.sha256(text.encode()).hexdigest()
        return replace(self.scene, checksum=f"sha256:{digest}")

    def batches(self, after: Window | None = None) -> Iterator[SourceRows]:
        """The chips, group by group.

        Args:
            after: the chip behind which to begin; ``None``: with the first one.

        Raises:
            SourceError: if the file is damaged, or no chip has pixels enough.
        """
        found = after is not None
        try:
            with open_pixels(self.file.name, self.size) as pixels:
                for rows, cols in self._groups():
                    windows = [self.grid.window(row * self.grid.cols + col)
                               for row in rows for col in cols]  # fmt: skip
                    if after is not None:
                        if after not in windows:
                            empty = np.empty((0, self.size), np.float32)
                            yield self._rows([], empty, np.empty(0), len(windows))  # to be counted
                            continue
                        first, after = windows.index(after) + 1, None
                    else:
                        first = 0
                    told = self._group(pixels, rows, cols, first)
                    found = found or len(told.arrays) > 0
                    yield told
        except (OSError, ValueError, TilingError) as error:
            raise SourceError(
                f"{self.file.name}: damaged or gone ({first_line(error)}); next: fetch it again"
            ) from error
        if not found:
            raise SourceError(
                f"{self.file.name}: found no chip of {self.side_m:g} m with valid pixels "
                f"on {SPEC.min_valid:.0%} of it, wanted one at least; next: leave the file out"
            )

    def _groups(self) -> Iterator[tuple[range, range]]:
        """Rows and columns of chips that are read together, row by row of groups."""
        grid = self.grid
        # Sums of strips are kept for each chip of a row: many where steps are small
        sums = math.isqrt(BUDGET_BYTES // 4 * min(grid.stride_x, grid.stride_y) // self.size)
        reach = min(GROUP_PX, max(1, sums))
        down, across = max(1, reach // grid.stride_y), max(1, reach // grid.stride_x)
        for row in range(0, grid.rows, down):
            for col in range(0, grid.cols, across):
                yield (range(row, min(row + down, grid.rows)),
                       range(col, min(col + across, grid.cols)))  # fmt: skip

    def _rows(
        self,
        numbers: list[int],
        vectors: NDArray[np.float32],
        share: NDArray[np.float64],
        read: int,
    ) -> SourceRows:
        grid, count = self.grid, len(numbers)
        windows = [grid.window(number) for number in numbers]
        boxes = [(one.col, one.row, one.width, one.height) for one in windows]
        arrays = PartArrays(
            chips=np.array(numbers, np.int64),
            windows=np.array(boxes, np.int32).reshape(count, 4),
            gsd_m=np.full(count, math.sqrt(self.scene.gsd_x_m * self.scene.gsd_y_m)),
            ground_m=np.full(count, self.side_m),
            valid=share.astype(np.float32),
            edge=np.array([grid.sticks_out(one) for one in windows], np.bool_),
            footprints=footprints(self.scene, windows),
            embeddings=vectors.astype(np.float16),
        )
        scenes = np.full(count, "", object)
        return SourceRows(arrays, scenes, points=0, refused=(), mended=(), read=read)

    def _group(self, pixels: Pixels, rows: range, cols: range, first: int) -> SourceRows:
        """A group of chips from one of them on, those with too few valid pixels left out."""
        grid = self.grid
        left, top = cols.start * grid.stride_x, rows.start * grid.stride_y
        last = grid.window(rows[-1] * grid.cols + cols[-1])
        width, height = last.right - left, last.bottom - top
        across = _spans(len(cols), grid.stride_x, grid.chip_width, width)
        down = _spans(len(rows), grid.stride_y, grid.chip_height, height)
        sums = np.zeros((height, len(cols), self.size), np.float32)
        counts = np.zeros((height, len(cols)))
        step = max(1, BUDGET_BYTES // (4 * width * self.size))
        for start in range(0, height, step):
            strip = Window(left, top + start, width, min(step, height - start))
            vectors, valid = pixels.read(strip)
            place = slice(start, start + strip.height)
            with np.errstate(over="ignore", invalid="ignore"):
                lengths = np.sqrt(np.einsum("hwd,hwd->hw", vectors, vectors))
            valid &= np.isfinite(lengths) & (lengths > 0)  # without length no unit vector
            vectors[~valid] = 0
            vectors /= np.where(valid, lengths, 1)[..., None]
            sums[place] = _summed(vectors, across, axis=1)
            counts[place] = _summed(valid.astype(np.float64), across, axis=1)
        vectors = _summed(sums, down, axis=0).reshape(-1, self.size)[first:]
        counts = _summed(counts, down, axis=0).reshape(-1)[first:]
        lengths = np.linalg.norm(vectors, axis=1)
        share = counts / (grid.chip_width * grid.chip_height)
        good = np.flatnonzero((share >= SPEC.min_valid) & (counts > 0) & (lengths > 0))
        numbers = [row * grid.cols + col for row in rows for col in cols][first:]
        chosen = [numbers[place] for place in good]
        unit = vectors[good] / lengths[good, None]
        return self._rows(chosen, unit, share[good], len(numbers) + first)


def is_raster(name: str) -> bool:
    """Whether a file is read as a raster of embeddings: by its ending."""
    path = urlsplit(name).path if is_url(name) else name
    return path.lower().endswith((*RASTERS, ".vrt"))


def open_raster(file: SourceFile, side_m: float | None) -> RasterSource:
    """Look at a raster to import: where it lies, how many numbers a pixel has.

    Args:
        file: a GeoTIFF of 16 bands or more, or the ``.npy`` of a tile of TESSERA.
        side_m: side of the chips, m.

    Raises:
        SourceError: if it is no such raster, or the side is missing or less than a pixel.
    """
    if side_m is None:
        raise SourceError(
            f"{file.name}: found a raster, whose pixels would be points, wanted the side of the "
            "chips to average them over; next: --side 320, say"
        )
    try:
        with open_pixels(file.name) as pixels:
            size, shape, model = pixels.size, pixels.shape, pixels.model
        placed = parts_of_tile(file.name)[-1:] or (file.name,)
        scene = glance_at_scene(str(placed[0]), ChipSpec(bands=(1,)))
    except TilingError as error:
        raise SourceError(str(error)) from error
    except (OSError, ValueError) as error:
        raise SourceError(
            f"{file.name}: cannot be read as a tile of TESSERA ({first_line(error)}); next: fetch "
            "it again"
        ) from error
    if (scene.height, scene.width) != shape:
        raise SourceError(
            f"{file.name}: found {shape[0]} x {shape[1]} pixels, wanted {scene.height} x "
            f"{scene.width} as its landmask {placed[0]} has; next: fetch both again"
        )
    if side_m < max(scene.gsd_x_m, scene.gsd_y_m) * 0.99:
        raise SourceError(
            f"{file.name}: found pixels of {max(scene.gsd_x_m, scene.gsd_y_m):.3g} m, wanted "
            f"chips of one pixel or more, not {side_m:g} m; next: a larger --side"
        )
    own = replace(
        scene, path=file.name, size_bytes=file.size_bytes, mtime_ns=file.mtime_ns, dtype=NO_PIXELS,
        notes=(), side_files="",
    )  # fmt: skip
    width, height = (max(1, round(side_m / gsd)) for gsd in (scene.gsd_x_m, scene.gsd_y_m))
    steps = (max(1, round(side * (1 - SPEC.overlap))) for side in (width, height))
    grid = ChipGrid(scene.width, scene.height, width, height, *steps)
    return RasterSource(file, own, side_m, grid, size, model)


def _spans(count: int, step: int, side: int, length: int) -> NDArray[np.int64]:
    """Start and end of each chip along an axis, px from the group's start, one after the other."""
    starts = np.arange(count) * step
    return np.stack([starts, np.minimum(starts + side, length)], axis=1).reshape(-1)


def _summed(values: NDArray[Any], spans: NDArray[np.int64], axis: int) -> NDArray[Any]:
    """Sums over spans of an axis, which may overlap."""
    one_more = [(0, int(place == axis)) for place in range(values.ndim)]
    padded = np.pad(values, one_more)  # where a span ends with the axis, its end is a place, too
    every = np.add.reduceat(padded, spans, axis=axis)
    return every.take(np.arange(0, len(spans), 2), axis=axis)
