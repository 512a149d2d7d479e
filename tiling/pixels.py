"""Values and validity of a window: nodata, alpha, mask band, not-a-number, colour tables.

A pixel is valid unless something speaks against it: an alpha or mask of 0, nodata in all the
bands shown, or a value that is not finite in any of them. So a white roof stays visible where
nodata is 255 for the picture as a whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .bands import alpha_band
from .stretch import Stretcher

if TYPE_CHECKING:
    import numpy.typing as npt

    from .grid import Window
    from .scene import SceneRecord
    from .source import Raster

    BoolArray = npt.NDArray[np.bool_]


class PixelSource:
    """Reads values of the bands shown, and where they are valid.

    Args:
        raster: the open scene, full picture or overview.
        bands: bands shown as red, green, blue, counted from 1.
    """

    def __init__(self, raster: Raster, bands: tuple[int, ...]) -> None:
        self.raster = raster
        self.bands = tuple(dict.fromkeys(bands))
        self.picks = tuple(self.bands.index(band) for band in bands)
        nodata = raster.dataset.nodatavals
        self.nodata = [_as_value(nodata[band - 1], raster.dtype) for band in self.bands]
        self._alpha = alpha_band(raster)
        self._has_mask = "per_dataset" in raster.mask_kinds and self._alpha is None

    def read(self, window: Window) -> tuple[npt.NDArray[Any], BoolArray]:
        """Values ``(k, height, width)`` of the k different bands, and validity.

        Args:
            window: px of the opened level.

        Returns:
            Values in the file's type, and ``(height, width)`` with ``True`` = valid.

        Raises:
            DamagedBlockError: if a block cannot be decoded.
        """
        extra = () if self._alpha is None else (self._alpha,)
        values = self.raster.read(self.bands + extra, window)
        if extra:
            values, alpha = values[:-1], values[-1]
            valid = alpha > 0
        elif self._has_mask:
            valid = self.raster.read_mask(window) > 0
        else:
            valid = np.ones(values.shape[1:], dtype=np.bool_)
        if all(nodata is not None for nodata in self.nodata):
            shown = [v != nodata for v, nodata in zip(values, self.nodata, strict=True)]
            valid &= np.logical_or.reduce(shown)
        if values.dtype.kind == "f":
            valid &= np.isfinite(values).all(axis=0)
        return values, valid


class ColourSource:
    """Reads windows as stretched colours.

    Args:
        raster: the open scene, full picture or overview.
        scene: the scene's record; its bands, stretch and palette are replayed.
    """

    def __init__(self, raster: Raster, scene: SceneRecord) -> None:
        self._source = PixelSource(raster, scene.bands)
        self._stretcher = Stretcher(scene.stretch, raster.dtype)
        self._palette = palette_table(raster) if scene.palette else None

    def read(self, window: Window) -> npt.NDArray[np.uint8]:
        """Red, green, blue and validity (1 = valid), uint8, shape ``(height, width, 4)``.

        Args:
            window: px of the opened level.

        Returns:
            Colours are 0 where validity is 0.

        Raises:
            DamagedBlockError: if a block cannot be decoded.
        """
        values, valid = self._source.read(window)
        colours = np.empty((*valid.shape, 4), dtype=np.uint8)
        if self._palette is not None:
            colours[...] = self._palette[values[0]]
            valid &= colours[..., 3] > 0
        else:
            for band, pick in enumerate(self._source.picks):
                colours[..., band] = self._stretcher.band(values[pick], band)
        colours[..., 3] = valid
        if not valid.all():
            colours[~valid] = 0
        return colours


def palette_table(raster: Raster) -> npt.NDArray[np.uint8]:
    """Red, green, blue, alpha of every colour number, uint8, shape ``(numbers, 4)``."""
    table = np.zeros((2 ** (8 * raster.dtype.itemsize), 4), dtype=np.uint8)
    for number, colour in raster.dataset.colormap(1).items():
        if number < len(table):
            table[number] = colour
    return table


def _as_value(nodata: float | None, dtype: np.dtype[Any]) -> Any:  # noqa: ANN401
    """The nodata value in the file's own type; ``None`` where no pixel can have it."""
    if nodata is None:
        return None
    if dtype.kind == "f":
        with np.errstate(over="ignore"):
            return dtype.type(nodata)
    limits = np.iinfo(dtype)
    fits = limits.min <= nodata <= limits.max and nodata == int(nodata)
    return dtype.type(int(nodata)) if fits else None
