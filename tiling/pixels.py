"""Values and validity of a window: nodata, alpha, mask band, not-a-number, colour tables.

A pixel is valid unless something speaks against it: a mask or alpha of 0; where there is neither,
nodata in all the bands shown; undeclared fill in all of them; or a value that is not finite in any
of them. So a white roof stays visible where nodata is 255 for the picture as a whole, and a black
one where a mask decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .averages import fill_where
from .bands import alpha_band
from .fill import in_type, is_fill
from .stretch import Stretcher

if TYPE_CHECKING:
    import numpy.typing as npt

    from .grid import Window
    from .scene import SceneRecord
    from .source import Raster

    BoolArray = npt.NDArray[np.bool_]

_FEW_BANDS = 4


class PixelSource:
    """Reads values of the bands shown, and where they are valid.

    Args:
        raster: the open scene, full picture or overview.
        bands: bands shown as red, green, blue, counted from 1.
        fill: values that are no data although the file does not say so.
        ignores_alpha: whether the band tagged as alpha holds something else.
    """

    def __init__(
        self,
        raster: Raster,
        bands: tuple[int, ...],
        *,
        fill: tuple[float, ...] = (),
        ignores_alpha: bool = False,
    ) -> None:
        self.raster = raster
        self.bands = tuple(dict.fromkeys(bands))
        self.picks = tuple(self.bands.index(band) for band in bands)
        self._alpha = None if ignores_alpha else alpha_band(raster)
        kinds = raster.mask_kinds
        self._has_mask = "per_dataset" in kinds and "alpha" not in kinds and self._alpha is None
        nodata: list[float | None] = [None] * len(self.bands)
        if not self._has_mask and self._alpha is None:
            nodata = [raster.dataset.nodatavals[band - 1] for band in self.bands]
        self.nodata = [None if value is None else in_type(value, raster.dtype) for value in nodata]
        self._fill = fill
        count = int(raster.dataset.count)
        wanted = self.bands if self._alpha is None else (*self.bands, self._alpha)
        # sums are of whole blocks, so a few bands more are read where they lie in the same block
        with_sums = raster.is_deflated and raster.is_pixel_interleaved and count <= _FEW_BANDS
        self._file_bands = tuple(range(1, count + 1)) if with_sums else wanted
        self.reads_whole_blocks = with_sums or not raster.is_pixel_interleaved
        places = [self._file_bands.index(band) for band in self.bands]
        one_by_one = slice(places[0], places[0] + len(places))  # then nothing is copied
        follow = places == [*range(one_by_one.start, one_by_one.stop)]
        self._shown: slice | list[int] = one_by_one if follow else places

    def read(self, window: Window) -> tuple[npt.NDArray[Any], BoolArray]:
        """Values ``(k, height, width)`` of the k different bands, and validity.

        Args:
            window: px of the opened level.

        Returns:
            Values in the file's type, and ``(height, width)`` with ``True`` = valid.

        Raises:
            DamagedBlockError: if a block cannot be decoded.
        """
        values, valid = self.split(self.read_file(window), window)
        return values, np.ones(values.shape[1:], dtype=np.bool_) if valid is None else valid

    def read_file(self, window: Window) -> npt.NDArray[Any]:
        """What the file holds: the bands shown, alpha, and maybe others beside them.

        Args:
            window: px of the opened level.

        Returns:
            Shape ``(bands, height, width)``, for :meth:`split`.

        Raises:
            DamagedBlockError: if a block cannot be decoded.
        """
        return self.raster.read(self._file_bands, window)

    def split(
        self, contents: npt.NDArray[Any], window: Window
    ) -> tuple[npt.NDArray[Any], BoolArray | None]:
        """Values of the bands shown, and validity, from what the file holds.

        Args:
            contents: from :meth:`read_file` of the same window.
            window: px of the opened level.

        Returns:
            As :meth:`read`, values a view where possible; ``None`` in place of validity if
            nothing speaks against any pixel.

        Raises:
            DamagedBlockError: if a block of the mask cannot be decoded.
        """
        values = contents[self._shown]
        valid: BoolArray | None = None
        if self._alpha is not None:
            valid = contents[self._file_bands.index(self._alpha)] > 0
        elif self._has_mask:
            valid = self.raster.read_mask(window) > 0
        if all(nodata is not None for nodata in self.nodata):
            shown = [v != nodata for v, nodata in zip(values, self.nodata, strict=True)]
            valid = _both(valid, np.logical_or.reduce(shown))
        if self._fill:
            filled = np.asarray(is_fill(values, self._fill).all(axis=0))
            valid = _both(valid, ~filled)
        if values.dtype.kind == "f":
            valid = _both(valid, np.isfinite(values).all(axis=0))
        return values, valid


class ColourSource:
    """Reads windows as stretched colours.

    Args:
        raster: the open scene, full picture or overview.
        scene: the scene's record; its bands, stretch and palette are replayed.
    """

    def __init__(self, raster: Raster, scene: SceneRecord) -> None:
        self.pixels = PixelSource(
            raster, scene.bands, fill=scene.fill, ignores_alpha=scene.ignores_alpha
        )
        self._stretcher = Stretcher(scene.stretch, raster.dtype, negative=raster.is_negative)
        self._palette = palette_table(raster) if scene.palette else None

    def paint(
        self, contents: npt.NDArray[Any], window: Window
    ) -> tuple[npt.NDArray[np.uint8], BoolArray | None]:
        """Colours and validity of what the file holds.

        Args:
            contents: from :meth:`PixelSource.read_file` of the same window; may be overwritten.
            window: px of the opened level.

        Returns:
            Red, green, blue, ``(height, width, 3)``, 0 where not valid; and ``(height, width)``
            with ``True`` = valid, ``None`` if all are.

        Raises:
            DamagedBlockError: if a block of the mask cannot be decoded.
        """
        values, valid = self.pixels.split(contents, window)
        if self._palette is not None:
            painted = self._palette[values[0]]
            colours, valid = painted[..., :3], _both(valid, painted[..., 3] > 0)
        else:
            colours = np.empty((window.height, window.width, 3), dtype=np.uint8)
            for band, pick in enumerate(self.pixels.picks):
                colours[..., band] = self._stretcher.band(values[pick], band)
        if valid is None or valid.all():
            return colours, None
        fill_where(colours, ~valid, (0, 0, 0))
        return colours, valid


def _both(one: BoolArray | None, other: BoolArray) -> BoolArray:
    return other if one is None else one & other


def palette_table(raster: Raster) -> npt.NDArray[np.uint8]:
    """Red, green, blue, alpha of every colour number, uint8, shape ``(numbers, 4)``."""
    table = np.zeros((2 ** (8 * raster.dtype.itemsize), 4), dtype=np.uint8)
    for number, colour in raster.dataset.colormap(1).items():
        if number < len(table):
            table[number] = colour
    return table
