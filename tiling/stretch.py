"""From pixel values of any type to 0-255, by a low and a high value for each band.

The two values are found once per scene and stored in its record, so that every chip of a
scene, read today or in a year, gets the same colours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from .spec import StretchRule

    Limits = tuple[tuple[float, float], ...]

_PERCENTILES = (2.0, 98.0)
_FLAT_SHARE = 0.4
"""An 8-bit scene whose values span less than this share of 0-255 is dark or flat."""


def find_limits(
    samples: Sequence[npt.NDArray[Any]], dtype: np.dtype[Any], rule: StretchRule
) -> Limits:
    """The values that become 0 and 255, for each of three bands.

    "auto" leaves 8-bit pictures as they are, unless they are dark or flat. All others are
    stretched by limits halfway between the percentiles of the band and those of all three:
    the first alone paint bare fields violet, the second alone leave haze and colour casts.

    Args:
        samples: valid values of red, green and blue, each of shape ``(n,)``, n 0 or more.
        dtype: pixel type of the file.
        rule: the user's wish.
    """
    if rule.kind in {"none", "fixed"}:
        return ((rule.low, rule.high),) * 3
    limits = tuple(_percentiles(values) for values in samples)
    if rule.kind == "percentile":
        return limits
    lowest, highest = min(low for low, _ in limits), max(high for _, high in limits)
    if dtype == np.uint8 and highest - lowest >= _FLAT_SHARE * 255:
        return ((0.0, 255.0),) * 3
    return tuple(((low + lowest) / 2, (high + highest) / 2) for low, high in limits)


def _percentiles(values: npt.NDArray[Any]) -> tuple[float, float]:
    if not len(values):
        return 0.0, 255.0
    low, high = np.percentile(values.astype(np.float64, copy=False), _PERCENTILES).tolist()
    if not high > low:
        low, high = float(values.min()), float(values.max())
    return (low, high) if high > low else (low, low + max(1.0, abs(low) * 1e-6))


class Stretcher:
    """Turns values of a scene into bytes.

    Args:
        limits: low and high value of each band.
        dtype: pixel type of the values.
        negative: whether high values are dark.
    """

    def __init__(self, limits: Limits, dtype: np.dtype[Any], *, negative: bool = False) -> None:
        self._limits = tuple((high, low) for low, high in limits) if negative else limits
        # whether bytes are handed out as they are
        self.is_identity = dtype == np.uint8 and set(self._limits) == {(0.0, 255.0)}
        self._tables = None
        if dtype.kind in "ui" and dtype.itemsize <= 2:
            unsigned = np.arange(2 ** (8 * dtype.itemsize)).astype(f"u{dtype.itemsize}")
            self._tables = [_to_bytes(unsigned.view(dtype), *limit) for limit in self._limits]

    def band(self, values: npt.NDArray[Any], band: int) -> npt.NDArray[np.uint8]:
        """Bytes of one band, same shape; not-a-number becomes 0.

        Args:
            values: any shape, of the pixel type given.
            band: which limits to use, 0 to 2.
        """
        if self.is_identity:
            return values
        if self._tables is not None:
            unsigned = values.view(f"u{values.itemsize}")
            stretched: npt.NDArray[np.uint8] = self._tables[band][unsigned]
            return stretched
        return _to_bytes(values, *self._limits[band])


def _to_bytes(values: npt.NDArray[Any], low: float, high: float) -> npt.NDArray[np.uint8]:
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = (values.astype(np.float64) - low) * (255.0 / (high - low))
        scaled = np.nan_to_num(scaled.clip(0, 255), copy=False)
        stretched: npt.NDArray[np.uint8] = np.rint(scaled, out=scaled).astype(np.uint8)
    return stretched
