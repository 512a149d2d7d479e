"""A representative sample of a scene's values, from which its stretch is found.

Read from an overview where there is one, else from units spread over the scene, so that a
scene of any size is sampled in a second or two, damaged or sparse though it may be.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from .blocks import BlockMap
from .errors import DamagedBlockError, UnreadableSceneError

if TYPE_CHECKING:
    import numpy.typing as npt

    from .grid import Window
    from .pixels import PixelSource

    Piece = tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]

_UNITS = 48
_MORE_UNITS = 1024
_VALUES = 1 << 20
_GOLDEN = (math.sqrt(5) - 1) / 2


def sample_values(source: PixelSource) -> list[npt.NDArray[Any]]:
    """Values of the valid pixels of the bands shown, in the file's type.

    Args:
        source: the scene or one of its overviews.

    Returns:
        For red, green and blue a flat array, the same pixels in each; empty if the scene holds
        no valid pixel that was met.

    Raises:
        UnreadableSceneError: if not one block can be decoded.
    """
    blocks = BlockMap(source.raster, source.bands, parts=False)
    units = blocks.written_units()
    for count in (_UNITS, _MORE_UNITS):
        samples = _sample(source, blocks, spread(units, count))
        if len(samples[0]) or count >= len(units):
            break
    return samples


def without_nodata(source: PixelSource, samples: list[npt.NDArray[Any]]) -> list[npt.NDArray[Any]]:
    """The values that are no nodata in their own band, whatever the other bands hold."""
    nodata = [source.nodata[pick] for pick in source.picks]
    return [
        values if none is None else values[values != none]
        for values, none in zip(samples, nodata, strict=True)
    ]


def _sample(source: PixelSource, blocks: BlockMap, units: list[Window]) -> list[npt.NDArray[Any]]:
    """Valid values of some units, thinned to about a million per band.

    Raises:
        UnreadableSceneError: if not one block can be decoded.
    """
    total = sum(unit.width * unit.height for unit in units)
    step = max(1, math.ceil(math.sqrt(total / _VALUES)))
    pieces: list[list[npt.NDArray[Any]]] = [[] for _ in source.picks]
    for unit in units:
        found = _try_read(source, blocks, unit, step) if blocks.all_present(unit) else []
        for block in blocks.blocks_in(unit) if not found else ():
            found += _try_read(source, blocks, block, step)
        for thin, shown in found:
            for band, pick in enumerate(source.picks):
                pieces[band].append(thin[pick][shown])
    if units and not pieces[0]:
        raise UnreadableSceneError(
            f"{source.raster.path} cannot be decoded in any of {len(units)} places; "
            "fetch or export it again"
        )
    empty = np.empty(0, dtype=source.raster.dtype)
    return [np.concatenate(piece) if piece else empty for piece in pieces]


def _try_read(source: PixelSource, blocks: BlockMap, window: Window, step: int) -> list[Piece]:
    """Each ``step``-th row and column of a window, never all of it at once; empty if damaged."""
    pieces = []
    try:
        for slab in blocks.slabs(window, step):
            values, valid = source.read(slab)
            # copied, so that what lies between is not kept
            pieces.append((values[:, ::step, ::step].copy(), valid[::step, ::step].copy()))
    except DamagedBlockError:
        return []
    return pieces


def spread(units: list[Window], count: int) -> list[Window]:
    """At most ``count`` of the units, spread without a rhythm, always the same ones.

    Args:
        units: of a level.
        count: 1 or more.
    """
    if len(units) <= count:
        return units
    positions = {int(number * _GOLDEN % 1 * len(units)) for number in range(count)}
    return [units[position] for position in sorted(positions)]
