"""Finding damage that decoders let through.

GDAL stops inflating when it has the pixels it wants, before the Adler-32 sum behind them, so a
flipped bit in a DEFLATE block mostly comes out as wrong colours without a word. Here the sum of
the pixels that GDAL handed out is compared with the one in the file, so no block is inflated
twice. Where pixels do not tell what was stored (tiles that stick out of the scene, predictor 3,
bands left out), the block is inflated once more for its sum. Other compressions carry no sum:
for them only what the decoder notices is known.
"""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from .addresses import is_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from .grid import Window
    from .source import Raster

_PIECE_BYTES = 1 << 18
_INFLATED_BYTES = 4 << 20
_SUM_BYTES = 4
BAD_SUM = "the contents of a DEFLATE block do not match its checksum"


class BlockSums:
    """Compares the sums of a level's TIFF blocks; does nothing where there are none.

    A file far away is not fetched twice for this. Close it after use. Not for several threads
    at once.

    Args:
        raster: the open level.
        bands: the bands that are read, counted from 1, each once.
    """

    def __init__(self, raster: Raster, bands: Sequence[int]) -> None:
        self._raster = raster
        self._bands = bands[:1] if raster.is_pixel_interleaved else bands
        self._active = raster.is_deflated and raster.is_in_main_file and not is_url(raster.path)
        self._height, self._width = map(int, raster.dataset.block_shapes[0])
        self._differs = raster.predictor == 2
        self._pixels_tell = raster.predictor in {1, 2}
        self._file: IO[bytes] | None = None
        self._streams: dict[tuple[int, int], bool] = {}

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    def bad_blocks(
        self, blocks: Sequence[Window], window: Window, values: npt.NDArray[Any] | None
    ) -> list[Window]:
        """The blocks that are damaged.

        Args:
            blocks: whole TIFF blocks inside the window, px of the level.
            window: what was read, px of the level.
            values: what GDAL gave for it, ``(bands, height, width)``: all bands of the file
                where a block holds all of them, else those of this object. ``None``: not known.
        """
        if not self._active:
            return []
        names = [f"{block.col // self._width}_{block.row // self._height}" for block in blocks]
        places = zip(*(self._raster.block_places(names, band) for band in self._bands), strict=True)
        bad = []
        for block, streams in zip(blocks, places, strict=True):
            pixels = values
            if values is not None:
                row, col = block.row - window.row, block.col - window.col
                pixels = values[:, row : row + block.height, col : col + block.width]
            if not all(self._is_whole(at, pixels, block) for at in enumerate(streams)):
                bad.append(block)
        return bad

    def bad_strips(self, parts: Sequence[Window]) -> list[Window]:
        """The parts of giant strips that are damaged; each strip is inflated once for this.

        Args:
            parts: parts of TIFF blocks, px of the level.
        """
        bad = []
        for part in parts:
            strip = part.row // self._height, part.col // self._width
            if strip not in self._streams:
                self._streams[strip] = not self.bad_blocks([part], part, None)
            if not self._streams[strip]:
                bad.append(part)
        return bad

    def _is_whole(
        self, stream: tuple[int, tuple[int, int]], pixels: npt.NDArray[Any] | None, block: Window
    ) -> bool:
        number, (offset, size) = stream
        if size == 0:
            return True
        fits = pixels is not None and self._pixels_tell and block.width == self._width
        if pixels is not None and fits:
            own = pixels if len(self._bands) == 1 else pixels[number : number + 1]
            before = np.ascontiguousarray(own.transpose(1, 2, 0))  # rows, columns, bands
            if self._differs:
                differences = before.copy()
                np.subtract(before[:, 1:], before[:, :-1], out=differences[:, 1:])
                before = differences
            stored = self._bytes(offset + size - _SUM_BYTES, _SUM_BYTES)
            if zlib.adler32(before.data) == int.from_bytes(stored, "big"):
                return True
        whole = self.inflates(offset, size)
        if whole and fits and block.height == self._height:
            self._pixels_tell = False  # stored in a way not known here, as all blocks will be
        return whole

    def _bytes(self, offset: int, size: int) -> bytes:
        """Bytes of the file; fewer where it ends or cannot be read."""
        try:
            if self._file is None:
                self._file = Path(self._raster.path).open("rb", buffering=0)  # noqa: SIM115 - kept
            self._file.seek(offset)
            return self._file.read(size)
        except OSError:
            return b""

    def inflates(self, offset: int, size: int) -> bool:
        """Whether ``size`` bytes at ``offset`` are a whole zlib stream with the right sum.

        They are inflated piece by piece, for a strip may be larger than what fits into memory.
        """
        stream = zlib.decompressobj()
        try:
            while size > 0 and not stream.eof:
                piece = self._bytes(offset, min(size, _PIECE_BYTES))
                if not piece:
                    return False
                offset, size = offset + len(piece), size - len(piece)
                while piece and not stream.eof:  # a piece of one colour is a thousand times larger
                    stream.decompress(piece, _INFLATED_BYTES)
                    piece = stream.unconsumed_tail
            stream.flush()
        except zlib.error:
            return False
        return stream.eof
