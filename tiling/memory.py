"""How much memory reading one scene may take, and who gets what of it.

Large blocks are what costs: each handle holds its current block, compressed and decoded. So first
the number of handles is bounded by what each takes, then what is left is for pixels that are kept.
A file of which a single handle takes too much is refused when it is opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .decoders import threads_for
from .settings import CACHE_BYTES

if TYPE_CHECKING:
    from .blocks import BlockMap
    from .source import Raster

READING_BYTES = 744 << 20
"""Most that reading one scene takes: GDAL's cache, the handles, and the pixels kept."""
KEPT_BYTES = 512 << 20
"""Most that is kept of a level, with the averages for later ground sizes."""
LEAST_KEPT_BYTES = 128 << 20
"""What is left for that, however large the blocks are."""
AHEAD_BYTES = 64 << 20
"""Most that waits for the current chip to be taken."""


def handle_bytes(raster: Raster, blocks: BlockMap) -> int:
    """What one more handle of a level takes at most."""
    pixels = blocks.unit_width * min(blocks.unit_height, blocks.height)
    return raster.block_bytes + pixels * raster.painting_bytes


def handles_for(raster: Raster, blocks: BlockMap, wanted_bytes: int = 0) -> int:
    """How many handles read a level well at a time, and find room.

    Parts of a giant strip are read by one: others would have to decode all of the strip, too.

    Args:
        raster: the open level.
        blocks: its blocks.
        wanted_bytes: what is to be kept, or blocks are decoded for each row of chips again.
    """
    if not blocks.in_whole_blocks:
        return 1
    kept = min(KEPT_BYTES, max(LEAST_KEPT_BYTES, wanted_bytes))
    room = READING_BYTES - kept - min(raster.cache_bytes, CACHE_BYTES)
    return max(1, min(threads_for(raster), room // handle_bytes(raster, blocks)))


def kept_bytes(raster: Raster, blocks: BlockMap, handles: int) -> int:
    """What may be kept of a level that is read by this many handles."""
    left = READING_BYTES - AHEAD_BYTES - min(raster.cache_bytes, CACHE_BYTES)
    left -= handles * handle_bytes(raster, blocks)
    return min(KEPT_BYTES, max(LEAST_KEPT_BYTES, left))
