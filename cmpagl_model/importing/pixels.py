"""Pixels of rasters of embeddings, as numbers: GeoTIFF, AlphaEarth's roots, TESSERA's tiles.

AlphaEarth has whole numbers, the roots of its values with their signs; -128 is no data. A tile of
TESSERA is an array of whole numbers ``grid_0.15_52.05.npy`` ``(rows, columns, 128)``, next to it
``grid_0.15_52.05_scales.npy`` with what they are multiplied by, NaN where there is no data, and in
a folder further up ``grid_0.15_52.05.tiff``, the landmask, which alone says where the tile lies.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from cmpagl_model.errors import SourceError
from tiling.addresses import is_url
from tiling.source import Raster

from .vectors import FEWEST_NUMBERED, NO_DATA, SQUARED_127

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tiling import Window

RASTERS = (".tif", ".tiff", ".npy")
ARRAY, SCALES = ".npy", "_scales.npy"
LANDMASKS = ("global_0.1_degree_tiff_all", "landmasks")
"""Folders of landmasks, as geotessera writes them and as they are published."""
MAX_PARENT_LEVELS = 6
"""So many folders up they may lie: .../npy/v1/global.../2024/grid_.../grid_....npy."""
ROOT_BANDS = 64
CACHE_BYTES = 256 << 20
"""What GDAL may keep of decoded blocks: those that two strips share, of 64 bands."""


Pixels: TypeAlias = "RasterPixels | TilePixels"
"""An open raster of embeddings: ``size`` numbers a pixel, ``shape`` rows and columns, ``model``."""


def open_pixels(name: str, size: int | None = None) -> Pixels:
    """Open a raster of embeddings; close it, or use ``with``.

    Args:
        name: a path or an address.
        size: numbers of a pixel that were found before; ``None``: it is opened for the first time.

    Raises:
        SourceError: if it has too few bands, others than before, or is no tile.
        TilingError: if it cannot be opened.
    """
    pixels: Pixels = TilePixels(name) if name.lower().endswith(ARRAY) else RasterPixels(name)
    if size not in {None, pixels.size}:
        raise SourceError(f"{name}: has changed while it was read; next: import it again")
    return pixels


class RasterPixels:
    """A GeoTIFF or VRT, each band a dimension; close it, or use ``with``."""

    def __init__(self, name: str) -> None:
        self._raster = Raster(name)
        self._raster.cache_bytes = CACHE_BYTES
        dataset = self._raster.dataset
        self.size, self.shape = int(dataset.count), (int(dataset.height), int(dataset.width))
        if self.size < FEWEST_NUMBERED:
            self._raster.close()
            raise SourceError(
                f"{name}: found a raster of {self.size} bands, wanted one with an embedding in "
                f"each pixel, {FEWEST_NUMBERED} bands or more; next: 'cmpagl index' for pictures"
            )
        self._are_roots = self.size == ROOT_BANDS and self._raster.dtype == np.int8
        self._scales = np.array(dataset.scales, np.float32)
        self._offsets = np.array(dataset.offsets, np.float32)
        self._scaled = not self._are_roots and (
            bool((self._scales != 1).any()) or bool((self._offsets != 0).any())
        )
        tags = dataset.tags()
        said = [tags.get(f"TESSERA_DATASET_{what}") for what in ("VERSION", "VARIANT")]
        self.model = " ".join(["tessera", *filter(None, said)]) if said[0] else None

    def __enter__(self) -> RasterPixels:
        return self

    def __exit__(self, *_: object) -> None:
        self._raster.close()

    def read(self, window: Window) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Embeddings ``(rows, columns, D)``, of any length, and which are valid.

        Args:
            window: px of the raster.

        Raises:
            TilingError: if a block cannot be decoded.
        """
        kept = np.moveaxis(self._raster.read(range(1, self.size + 1), window), 0, -1)
        valid = np.ones(kept.shape[:2], np.bool_)
        nodata = [NO_DATA] if self._are_roots else [*{*self._raster.dataset.nodatavals}]
        for value in nodata:
            if value is not None and not np.isnan(value):
                valid &= (kept != value).all(axis=-1)
        if "per_dataset" in self._raster.mask_kinds:
            valid &= self._raster.read_mask(window) > 0
        vectors = np.ascontiguousarray(kept, np.float32)
        if self._are_roots:
            vectors *= np.abs(vectors) / np.float32(SQUARED_127**2)
        elif self._scaled:
            vectors = vectors * self._scales + self._offsets
        return vectors, valid


class TilePixels:
    """A tile of TESSERA as arrays of numpy, mapped; read as :class:`RasterPixels`."""

    def __init__(self, name: str) -> None:
        scales, _ = parts_of_tile(name)
        self._kept = np.load(name, mmap_mode="r", allow_pickle=False)
        self._scales = np.load(scales, mmap_mode="r", allow_pickle=False)
        shape = self._kept.shape
        if len(shape) != 3 or self._scales.shape not in {shape, shape[:2]}:
            raise SourceError(
                f"{name}: found arrays of {shape} and {self._scales.shape} numbers, wanted a tile "
                "of (rows, columns, D) and scales of (rows, columns); next: fetch both again"
            )
        self.size, self.shape, self.model = int(shape[2]), (int(shape[0]), int(shape[1])), None

    def __enter__(self) -> TilePixels:
        return self

    def __exit__(self, *_: object) -> None:
        del self._kept, self._scales

    def read(self, window: Window) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Embeddings ``(rows, columns, D)``, of any length, and which are valid.

        Args:
            window: px of the raster.
        """
        place = slice(window.row, window.bottom), slice(window.col, window.right)
        vectors, scales = self._kept[place].astype(np.float32), self._scales[place]
        if scales.ndim == 3:
            vectors *= scales
            return vectors, np.isfinite(scales).all(axis=-1)
        # One scale for all numbers of a pixel changes no direction, only says where there is none
        return vectors, np.isfinite(scales) & (scales > 0)


def parts_of_tile(name: str) -> tuple[Path, ...]:
    """Scales and landmask of a tile of TESSERA; empty for any other raster.

    Raises:
        SourceError: if one of them is missing, or the tile is an address.
    """
    if not name.lower().endswith(ARRAY):
        return ()
    if is_url(name):
        raise SourceError(
            f"{name}: found a tile at an address, wanted it with its scales and landmask on this "
            "machine; next: fetch them with geotessera, or import its GeoTIFF"
        )
    path = Path(name)
    scales = path.with_name(path.name[: -len(ARRAY)] + SCALES)
    up = path.parents[: MAX_PARENT_LEVELS + 1]
    folders = [path.parent, *(far / name for far in up for name in LANDMASKS)]
    folders += [far / LANDMASKS[1] / near.name for far in up for near in up]
    masks = [folder / f"{path.stem}{ending}" for folder in folders for ending in (".tiff", ".tif")]
    mask = next((one for one in masks if one.is_file()), None)
    if not scales.is_file() or mask is None:
        missing = scales.name if not scales.is_file() else f"landmask {path.stem}.tiff"
        raise SourceError(
            f"{name}: found no {missing}, wanted a tile of TESSERA with its scales beside it and "
            f"its landmask in a folder {LANDMASKS[0]} or {LANDMASKS[1]} further up; next: fetch "
            "it with geotessera, or import its GeoTIFF"
        )
    return scales, mask
