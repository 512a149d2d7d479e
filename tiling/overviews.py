"""Whether the overviews of a file show its picture, or one that lay there before it.

An overview pixel lies between the darkest and the brightest of the pixels that it stands for,
however it was made, but for a little. So a few hundred of them tell.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .addresses import is_url
from .errors import DamagedBlockError, UnreadableSceneError
from .grid import Window
from .pixels import PixelSource, palette_table
from .source import Raster, has_palette

if TYPE_CHECKING:
    import numpy.typing as npt

    BoolArray = npt.NDArray[np.bool_]

_SAMPLES = 5
"""Sample positions along each side of the picture."""
_SIDE = 8
"""Overview pixels along the side of a sample."""
_COARSEST = 32
"""Coarser overviews are not compared: they would need much of the picture."""
_TOLERANCE = 0.05
"""Of the span of all values: filters overshoot at edges, JPEG adds noise."""
_AGREEING, _SAMPLE_AGREEING, _ODD_SAMPLES = 0.85, 0.5, 2
_CLOCK_NS = 2_000_000_000
"""Times of files are this coarse on some disks."""


def overviews_agree(raster: Raster) -> bool:
    """Whether overviews may stand for the picture.

    Those of an address are believed: they lie in the same file, and comparing costs traffic.

    Args:
        raster: the open scene, full picture.

    Returns:
        False if an ``.ovr`` is older than its file, or values differ.
    """
    numbers = {n for n, factor in enumerate(raster.overview_factors) if 1 < factor <= _COARSEST}
    if not raster.overview_factors or is_url(raster.path):
        return True
    overview, file = Path(f"{raster.path}.ovr"), Path(raster.path)
    if overview.exists() and overview.stat().st_mtime_ns + _CLOCK_NS < file.stat().st_mtime_ns:
        return False
    wanted = {min(numbers), max(numbers)} if numbers else set()
    return all(_agrees(raster, number) for number in sorted(wanted))


def _agrees(raster: Raster, number: int) -> bool:
    bands = tuple(range(1, min(3, int(raster.dataset.count)) + 1))
    try:
        with Raster(raster.path, number) as overview:
            full, small = PixelSource(raster, bands), PixelSource(overview, bands)
            found = [
                _compared(full, small, col, row)
                for row in _positions(int(overview.dataset.height))
                for col in _positions(int(overview.dataset.width))
            ]
    except UnreadableSceneError:
        return False
    samples = [sample for sample in found if len(sample)]
    if not samples:
        return True
    odd = sum(sample.mean() < _SAMPLE_AGREEING for sample in samples)
    most_odd = min(_ODD_SAMPLES, len(samples))
    return bool(np.concatenate(samples).mean() >= _AGREEING and odd < most_odd)


def _positions(length: int) -> list[int]:
    last = max(0, length - _SIDE)
    return sorted({last * number // (_SAMPLES - 1) for number in range(_SAMPLES)})


def _compared(full: PixelSource, overview: PixelSource, col: int, row: int) -> BoolArray:
    """For some overview pixels whether they fit what is under them; empty if nothing is known."""
    width, height = int(overview.raster.dataset.width), int(overview.raster.dataset.height)
    whole_width, whole_height = int(full.raster.dataset.width), int(full.raster.dataset.height)
    across = _under(col, min(_SIDE, width - col), whole_width / width, whole_width)
    down = _under(row, min(_SIDE, height - row), whole_height / height, whole_height)
    left, top = across[0][0], down[0][0]
    try:
        values, valid = _read(full, Window(left, top, across[-1][1] - left, down[-1][1] - top))
        small, known = _read(overview, Window(col, row, len(across), len(down)))
    except DamagedBlockError:
        return np.empty(0, dtype=np.bool_)
    if not valid.any():
        return ~known.reshape(-1)
    slack = _TOLERANCE * np.ptp(values[:, valid].astype(np.float64), axis=1) + (
        1 if values.dtype.kind in "ui" else 0
    )
    fits = []
    for y, (first_row, last_row) in enumerate(down):
        for x, (first_col, last_col) in enumerate(across):
            under = np.s_[first_row - top : last_row - top, first_col - left : last_col - left]
            if not valid[under].all():
                continue
            part = values[(slice(None), *under)].reshape(len(values), -1).astype(np.float64)
            low, high = part.min(axis=1) - slack, part.max(axis=1) + slack
            inside = (small[:, y, x] >= low) & (small[:, y, x] <= high)
            fits.append(bool(known[y, x] and inside.all()))
    return np.array(fits, dtype=np.bool_)


def _read(source: PixelSource, window: Window) -> tuple[npt.NDArray[Any], BoolArray]:
    """Values and validity; colours where the file holds colour numbers."""
    values, valid = source.read(window)
    if not has_palette(source.raster.dataset):
        return values, valid
    return palette_table(source.raster)[values[0]][..., :3].transpose(2, 0, 1), valid


def _under(first: int, count: int, ratio: float, length: int) -> list[tuple[int, int]]:
    """For each overview pixel the pixels under it and half as many around."""
    around = ratio / 2
    return [
        (
            max(0, int(np.floor(pixel * ratio - around))),
            min(length, int(np.ceil((pixel + 1) * ratio + around))),
        )
        for pixel in range(first, first + count)
    ]
