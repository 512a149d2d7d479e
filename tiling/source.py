"""The one place that opens rasters and reads from them, with errors in our words.

A file whose blocks take too much memory to decode is refused before it is read.
"""

from __future__ import annotations

import math
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from rasterio.enums import Resampling
from rasterio.vrt import WarpedVRT

from .addresses import is_url
from .errors import (
    DamagedBlockError,
    UnreadableSceneError,
    damaged_block,
    shell_word,
    short_reason,
    translate_errors,
)
from .opening import open_dataset, without_georef_warning
from .settings import CACHE_BYTES, MAX_GDAL_THREADS, gdal_settings
from .tiff_limits import check_bands

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    import numpy.typing as npt

    from .grid import Window

BLOCK_BUDGET_BYTES = 512 << 20
"""Most that decoding one block may take: compressed, decoded, and worked on where it is a tile."""
_CORNER_BYTES = 8
"""Of a pixel of a tile: a chip over a corner keeps four tiles, more than is set aside for that."""
_LARGE_BYTES, _SMALL_CACHE_BYTES = 64 << 20, 32 << 20
"""From which blocks on GDAL's cache is kept small: it would hold no second one."""
_WATCHED_BYTES, _FEW_PLACES = 8 << 20, 1024
"""From which blocks on it is looked how large they are in the file, and how many of them."""
MAX_BLOCKS = 20_000_000
_FEW_BANDS = 4
SERVER_TIMEOUT_S = 20
"""Of a server whose answers fail."""


class Raster:
    """An open raster that speaks of trouble in our words; close it, or use ``with``.

    Not for several threads at once.

    Args:
        path: file or http(s) address.
        overview_level: which overview to open in place of the full picture, from 0; ``None``
            for the full picture.

    Raises:
        UnreadableSceneError: if the file is missing, damaged, of another format, or one of
            its blocks takes too much memory.
    """

    def __init__(self, path: str, overview_level: int | None = None) -> None:
        self.path = path
        self.overview_level = overview_level
        self._lost_from: float = math.inf
        self._waited_s = 0.0
        self._overviews: list[int] | None = None
        self.cache_bytes = CACHE_BYTES
        """What GDAL may keep of decoded blocks while this raster is read."""
        self.block_bytes = 0
        """What GDAL takes to decode a block of all bands that are read."""
        self.dataset: Any
        self._file: Any
        # GDAL's threads show what a server did not send as zeros, without an error
        self._open(1 if overview_level is not None or is_url(path) else MAX_GDAL_THREADS)
        with ExitStack() as unless_whole:
            unless_whole.callback(self.close)
            tags = self._file.tags(ns="IMAGE_STRUCTURE")
            if tags.get("COMPRESSION") in {"JPEG", "YCbCr JPEG"}:
                self._open_anew()  # GDAL's threads do not know that libjpeg's warnings are errors
            self._by_pixel = self.dataset.driver == "GTiff" and self.is_pixel_interleaved
            self._check_contents()
            unless_whole.pop_all()

    def _open(self, threads: int) -> None:
        """Open the file, to be decoded by this many of GDAL's own threads.

        Raises:
            UnreadableSceneError: if it cannot be opened.
        """
        self._threads = threads
        mend = "check it with gdalinfo, or fetch it again"
        if is_url(self.path):
            mend = (
                "check the address, how long it is signed for, that its server serves ranges "
                "(as COGs need), and GDAL's settings for keys"
            )

        def refused(reason: Exception) -> UnreadableSceneError:
            return UnreadableSceneError(
                f"{self.path} cannot be opened: {short_reason(reason)}; {mend}"
            )

        with translate_errors(refused), without_georef_warning(), self._settings():
            self.dataset = open_dataset(self.path, self.overview_level)
        self._file = self.dataset

    def _open_anew(self) -> None:
        """Open the file once more, on one thread and with nothing cached.

        What GDAL's own threads could not decode stays in its cache as if it were good.

        Raises:
            UnreadableSceneError: if it cannot be opened any more.
        """
        is_warped = self.dataset is not self._file
        self.close()
        self._open(1)
        if is_warped:
            self.warp_by_gcps()

    def _settings(self) -> AbstractContextManager[None]:
        return gdal_settings(self.path, self.cache_bytes, self._threads)

    def __enter__(self) -> Raster:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        with self._settings():
            if self.dataset is not self._file:
                self.dataset.close()
            self._file.close()

    @property
    def dtype(self) -> np.dtype[Any]:
        """Pixel type of band 1."""
        dtype: np.dtype[Any] = np.dtype(self.dataset.dtypes[0])
        return dtype

    def open_overview(self, factor: float) -> Raster | None:
        """Open the smallest overview that still has enough pixels.

        Args:
            factor: native pixels that may become one at most.

        Returns:
            The overview, to be closed by the caller; ``None`` where there is none, or where
            it has lost the mask that the full picture has.

        Raises:
            UnreadableSceneError: if the overview cannot be opened.
        """
        number = self.overview_for(factor)
        if number is None:
            return None
        overview = Raster(self.path, number)
        overview._overviews = self._overviews
        if overview.mask_kinds == self.mask_kinds:
            return overview
        overview.close()
        return None

    def overview_for(self, factor: float) -> int | None:
        """Which overview of the file is the smallest that still has enough pixels, from 0.

        Args:
            factor: native pixels that may become one at most.

        Returns:
            Its number; ``None`` where there is none.
        """
        levels = enumerate(self.overview_factors)
        fitting = [(found, number) for number, found in levels if 1 < found <= factor]
        return max(fitting)[1] if fitting else None

    @property
    def overview_factors(self) -> list[int]:
        """How many native pixels become one in each overview, in each direction."""
        if self._overviews is None:
            is_whole = self.dataset is self._file and self.overview_level is None
            with self._settings():
                self._overviews = self.dataset.overviews(1) if is_whole else []
        return self._overviews

    def ignore_overviews(self) -> None:
        """Read everything from the full picture from now on."""
        self._overviews = []

    @property
    def painting_bytes(self) -> int:
        """What a pixel takes at most from being read to being averaged."""
        values = self.dtype.itemsize * min(int(self.dataset.count), _FEW_BANDS)
        colours, counted, valid, numbers = 3, 4, 1, 24 if self.dtype.itemsize > 2 else 0
        return values + colours + counted + valid + numbers

    @property
    def mask_kinds(self) -> frozenset[str]:
        """What tells where there is no data, in GDAL's words: nodata, alpha, per_dataset ..."""
        return frozenset(flag.name for flags in self.dataset.mask_flag_enums for flag in flags)

    @property
    def is_pixel_interleaved(self) -> bool:
        """Whether one block holds all bands."""
        return str(self.dataset.tags(ns="IMAGE_STRUCTURE").get("INTERLEAVE")) == "PIXEL"

    @property
    def is_negative(self) -> bool:
        """Whether high values are dark, as TIFF's MINISWHITE has them."""
        tags = self._file.tags(ns="IMAGE_STRUCTURE")
        return str(tags.get("MINISWHITE")) == "YES" and not has_palette(self._file)

    @property
    def metadata(self) -> dict[str, str]:
        """What the file says of itself, and of its making in GDAL's words (domain IMAGERY)."""
        with self._settings():
            return {**self._file.tags(), **self._file.tags(ns="IMAGERY")}

    @property
    def is_deflated(self) -> bool:
        """Whether TIFF blocks are zlib streams."""
        tags = self._file.tags(ns="IMAGE_STRUCTURE")
        return bool(self.dataset.driver == "GTiff" and tags.get("COMPRESSION") == "DEFLATE")

    @property
    def predictor(self) -> int:
        """What was done to pixels before compression: 1 nothing, 2 differences, 3 of floats."""
        return int(self._file.tags(ns="IMAGE_STRUCTURE").get("PREDICTOR", 1))

    @property
    def is_seekable(self) -> bool:
        """Whether several handles may each read a part: blocks of a TIFF on this machine."""
        return bool(self.dataset.driver == "GTiff" and not is_url(self.path))

    @property
    def is_in_main_file(self) -> bool:
        """Whether the opened level lies in the file itself, not in an .ovr next to it."""
        return self.overview_level is None or not Path(f"{self.path}.ovr").exists()

    @property
    def has_gcps_only(self) -> bool:
        """Whether ground control points with a CRS are the only georeference."""
        points, crs = self.dataset.gcps
        return bool(self.dataset.transform.is_identity and points and crs)

    def warp_by_gcps(self) -> None:
        """Replace the pixels by a virtual raster, warped by the ground control points.

        GDAL chooses its transform and size; they follow from the points alone.

        Raises:
            UnreadableSceneError: if GDAL cannot fit the points.
        """
        crs = self._file.gcps[1]
        smooth = Resampling.nearest if has_palette(self._file) else Resampling.bilinear

        def refused(reason: Exception) -> UnreadableSceneError:
            return UnreadableSceneError(
                f"{self.path} has ground control points that do not fit: {short_reason(reason)}; "
                "warp it with gdalwarp first"
            )

        with translate_errors(refused), self._settings():
            self.dataset = WarpedVRT(
                self._file,
                src_crs=crs,
                crs=crs,
                add_alpha=self.mask_kinds == {"all_valid"},
                resampling=smooth,
            )

    def read(self, bands: Sequence[int], window: Window) -> npt.NDArray[Any]:
        """Pixels as they are in the file, shape ``(bands, height, width)``.

        Args:
            bands: counted from 1.
            window: px of the opened level.

        Returns:
            In memory band by band, or pixel by pixel where the file is so.

        Raises:
            DamagedBlockError: if a block cannot be decoded.
        """
        if not self._by_pixel:
            return self._read("read", list(bands), window)
        out = np.empty((window.height, window.width, len(bands)), self.dtype).transpose(2, 0, 1)
        return self._read("read", list(bands), window, out=out)

    def read_mask(self, window: Window) -> npt.NDArray[Any]:
        """The mask that belongs to all bands, uint8, 0 = no data, shape ``(height, width)``.

        Args:
            window: px of the opened level.

        Raises:
            DamagedBlockError: if a block cannot be decoded.
        """
        return self._read("read_masks", 1, window)

    def block_places(self, names: Sequence[str], band: int) -> list[tuple[int, int]]:
        """Offset and size in bytes of TIFF blocks; 0 where a block was never written.

        Args:
            names: "column_row" of each block.
            band: counted from 1.
        """
        ask = self.dataset.get_tag_item
        with self._settings():
            return [
                (
                    int(ask(f"BLOCK_OFFSET_{name}", "TIFF", bidx=band) or 0),
                    int(ask(f"BLOCK_SIZE_{name}", "TIFF", bidx=band) or 0),
                )
                for name in names
            ]

    def written_blocks(self, rows: int, cols: int, band: int) -> npt.NDArray[np.bool_]:
        """Which TIFF blocks of a band have a place in the file, ``(rows, cols)``.

        Args:
            rows: rows of blocks.
            cols: columns of blocks.
            band: counted from 1.
        """
        ask = self.dataset.get_tag_item
        with self._settings():
            places = (
                ask(f"BLOCK_OFFSET_{col}_{row}", "TIFF", bidx=band) is not None
                for row in range(rows)
                for col in range(cols)
            )
            written = np.fromiter(places, dtype=np.bool_, count=rows * cols)
        return written.reshape(rows, cols)

    def _read(
        self, method: str, bands: list[int] | int, window: Window, **where: npt.NDArray[Any]
    ) -> npt.NDArray[Any]:
        if window.row >= self._lost_from:
            raise DamagedBlockError("it lies behind a damaged place")
        rows, cols = (window.row, window.bottom), (window.col, window.right)
        start = time.monotonic()
        try:
            with translate_errors(damaged_block), self._settings():
                read = getattr(self.dataset, method)
                pixels: npt.NDArray[Any] = read(bands, window=(rows, cols), **where)
        except DamagedBlockError:
            self._waited_s += time.monotonic() - start
            if is_url(self.path) and self._waited_s > SERVER_TIMEOUT_S:
                raise UnreadableSceneError(
                    f"{self.path} is not answered: its server let us wait {self._waited_s:.0f} s "
                    "in vain; run the same command again later, or fetch the file first"
                ) from None
            if self._threads > 1:
                self._open_anew()
                return self._read(method, bands, window, **where)
            # Note where a format that is decoded from top to bottom ends. GDAL complains once and
            # then hands out grey rows. It starts again when asked for rows further up, so reading
            # row by row finds the first one lost.
            if self._file.driver in {"JPEG", "PNG"}:
                first = window.row if window.height == 1 else window.bottom
                self._lost_from = min(self._lost_from, first)
            raise
        return pixels

    def _check_contents(self) -> None:
        if self.dataset.count < 1:
            inside = self.dataset.subdatasets
            if not inside:
                raise UnreadableSceneError(f"{self.path} holds no picture; name a raster file")
            names = [name.rsplit(":", 1)[-1] for name in inside]
            more = f" and {len(names) - 5} more" * (len(names) > 5)
            raise UnreadableSceneError(
                f"{self.path} holds {len(names)} pictures ({', '.join(names[:5])}{more}); take out "
                f"those you want, each with gdal_translate {shell_word(inside[0])} OUT.tif"
            )
        check_bands(self.path, int(self.dataset.count))
        dtype = str(self.dataset.dtypes[0])  # numpy does not know all of them, as complex_int16
        if dtype.startswith("complex") or self.dtype.kind not in "uif":
            raise UnreadableSceneError(
                f"{self.path} holds {dtype} pixels; whole or real numbers are needed. "
                "Convert it with gdal_translate -ot Float32"
            )
        block_height, block_width = self.dataset.block_shapes[0]
        blocks = math.ceil(self.dataset.height / block_height)
        blocks *= math.ceil(self.dataset.width / block_width)
        if blocks > MAX_BLOCKS:
            raise UnreadableSceneError(
                f"{self.path} claims {self.dataset.width} x {self.dataset.height} px in {blocks} "
                f"blocks, {MAX_BLOCKS} are allowed; if that is true, cut it with gdal_translate "
                "-srcwin, else fetch it again"
            )
        self._weigh_blocks(block_height, block_width, blocks)

    def _weigh_blocks(self, block_height: int, block_width: int, blocks: int) -> None:
        """Find what decoding takes, and refuse what takes too much.

        Raises:
            UnreadableSceneError: if a block is too large.
        """
        count, pixels = int(self.dataset.count), block_height * block_width
        band = pixels * self.dtype.itemsize
        if self.is_pixel_interleaved:  # all bands in a buffer, out of it one by one into the cache
            decoded, cached = band * count, band
        else:  # a part of a strip needs this strip of all bands read: the cache is to hold them
            decoded, cached = 0, band * min(count, _FEW_BANDS)
        large = decoded + cached > _WATCHED_BYTES
        # Bytes in the file of the largest of the first TIFF blocks
        across = math.ceil(self.dataset.width / block_width)
        names = [
            f"{number % across}_{number // across}"
            for number in range(min(blocks, _FEW_PLACES) if large else 1)
        ]
        stored = max(size for _, size in self.block_places(names, 1))
        self.block_bytes = decoded + cached + stored
        if self.block_bytes > _LARGE_BYTES:
            self.cache_bytes = max(_SMALL_CACHE_BYTES, cached)
        needed = self.block_bytes
        if block_width < self.dataset.width:  # a tile is read as a whole, not in parts
            needed += pixels * (self.painting_bytes + _CORNER_BYTES)
        if needed > BLOCK_BUDGET_BYTES:
            # a strip that GDAL hands out in rows is as high as the scene
            height = block_height if block_height > 1 else self.dataset.height
            raise UnreadableSceneError(
                f"{self.path} keeps {block_width} x {height} px in one piece, which takes "
                f"{needed / 1e9:.1f} GB to decode; {BLOCK_BUDGET_BYTES / 1e9:.1f} GB are allowed. "
                "Mend it with gdal_translate -co TILED=YES -co COMPRESS=DEFLATE IN.tif OUT.tif"
            )


def has_palette(dataset: Any) -> bool:  # noqa: ANN401 - rasterio has no types
    """Whether band 1 of a dataset holds colour numbers, and the dataset their colours."""
    if dataset.colorinterp[0].name != "palette" or dataset.dtypes[0] not in {"uint8", "uint16"}:
        return False
    try:
        return bool(dataset.colormap(1))
    except ValueError:  # the table is missing
        return False
