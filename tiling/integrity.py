"""Finding damage that decoders let through.

GDAL stops inflating when it has the pixels it wants, before the Adler-32 sum behind them, so a
flipped bit in a DEFLATE block mostly comes out as wrong colours without a word. Here each such
block is inflated once more, in a thread beside GDAL's, and its sum compared. Other compressions
carry no sum: for them only what the decoder notices is known.
"""

from __future__ import annotations

import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from .inputs import is_url

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .grid import Window
    from .source import Raster

_PIECE_BYTES = 1 << 18
BAD_SUM = "the contents of a DEFLATE block do not match its checksum"


class BlockSums:
    """Compares the sums of a level's TIFF blocks; does nothing where there are none.

    A file far away is not fetched twice for this. Close it after use.

    Args:
        raster: the open level.
        bands: the bands that are read, counted from 1.
    """

    def __init__(self, raster: Raster, bands: tuple[int, ...]) -> None:
        self._raster = raster
        self._bands = bands[:1] if raster.is_pixel_interleaved else bands
        self._active = raster.is_deflated and raster.is_in_main_file and not is_url(raster.path)
        self._thread: ThreadPoolExecutor | None = None

    def close(self) -> None:
        """End the thread."""
        if self._thread is not None:
            self._thread.shutdown()

    def begin(
        self, blocks: Sequence[Window], width: int, height: int
    ) -> Callable[[], list[Window]]:
        """Start comparing the sums of some blocks.

        Args:
            blocks: whole TIFF blocks, px of the level.
            width: columns of a block, px.
            height: rows of a block, px.

        Returns:
            A function that waits for the end and gives the blocks that are damaged.
        """
        if not self._active:
            return list
        names = [f"{block.col // width}_{block.row // height}" for block in blocks]
        places = [self._raster.block_places(names, band) for band in self._bands]
        self._thread = self._thread or ThreadPoolExecutor(1, "tiling-sums")
        bad = self._thread.submit(_bad_ones, self._raster.path, list(zip(*places, strict=True)))
        return lambda: [block for block, is_bad in zip(blocks, bad.result(), strict=True) if is_bad]


def _bad_ones(path: str, places: list[tuple[tuple[int, int], ...]]) -> list[bool]:
    """For each block, whether one of its bands fails.

    Args:
        path: the TIFF file.
        places: offset and size in bytes of each band of each block; 0 where not written.
    """
    return [
        any(size > 0 and not _inflates(path, offset, size) for offset, size in bands)
        for bands in places
    ]


def _inflates(path: str, offset: int, size: int) -> bool:
    """Whether ``size`` bytes at ``offset`` are a whole zlib stream with the right sum."""
    stream = zlib.decompressobj()
    try:
        with Path(path).open("rb", buffering=0) as file:
            file.seek(offset)
            while size > 0 and not stream.eof:
                piece = file.read(min(size, _PIECE_BYTES))
                if not piece:
                    return False
                stream.decompress(piece)
                size -= len(piece)
    except (zlib.error, OSError):
        return False
    return stream.eof
