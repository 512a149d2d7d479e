"""Undeclared nodata ("fill"): values that stand for it although the file does not say so.

Fill is told from data by where it lies: all bands have it at once, in many pixels, at the very
end of what occurs, and between it and the rest there is next to nothing. Sea level 0 in a terrain
model is not fill by that rule: heights of 1, 2, 3 m follow upon it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Values = npt.NDArray[Any]
    Mask = npt.NDArray[np.bool_]

_LEAST_SHARE = 0.002
"""Less than this share of pixels does no harm."""
_NEAR_PERCENTILE, _BETWEEN_SHARE = 1.0, 0.003
_FEW = 64
_MOST_FILLS = 4
_CUSTOMARY = frozenset({0.0, 1.0, -1.0, -99.0, -999.0, -9999.0, -32767.0, -32768.0, 255.0, 65535.0})
_HUGE = 1e10
"""Beyond this no sensor measures anything."""
_COLOUR_GAP, _GREY_GAP, _WIDE_GAP = 0.005, 0.1, 1.0
"""How far fill must lie off, as a share of the span of the data: customary values in pictures of
several bands; of one band; and values that may well be data."""
_STEPS = 4
"""And at least this many whole numbers."""


def find_fill(bands: Sequence[Values]) -> tuple[float, ...]:
    """The values that are fill.

    Args:
        bands: samples of the bands shown, finite, the same pixels in each, shape ``(n,)``.

    Returns:
        At most four values, in the order found.
    """
    wide = [band.astype(np.float64) for band in bands]
    together = _ends(np.stack(wide))
    for band in wide if len(wide) > 1 else []:  # in some bands only: what cannot be a colour
        # Whether a value is far from any colour that a sensor measures
        together += [
            value
            for value in _ends(band[None])
            if abs(value) >= _HUGE or (value in _CUSTOMARY and value <= -_FEW)
        ]
    return tuple(dict.fromkeys(together))


def is_fill(values: Values, fills: Sequence[float]) -> Mask:
    """Where values are one of the fills.

    Args:
        values: in the file's type, any shape.
        fills: from :func:`find_fill`.
    """
    found = np.zeros(values.shape, dtype=np.bool_)
    for fill in fills:
        own = in_type(fill, values.dtype)
        if own is not None:
            found |= values == own
    return found


def in_type(value: float, dtype: np.dtype[Any]) -> Any:  # noqa: ANN401 - a scalar of that type
    """A value in a file's own type; ``None`` where no pixel can have it."""
    if dtype.kind == "f":
        with np.errstate(over="ignore"):
            return dtype.type(value)
    limits = np.iinfo(dtype)
    fits = limits.min <= value <= limits.max and value == int(value)
    return dtype.type(int(value)) if fits else None


def _ends(pixels: npt.NDArray[np.float64]) -> list[float]:
    """Fill at the lower or upper end of all bands, ``(bands, n)``; found ends are taken off."""
    fills: list[float] = []
    total = pixels.shape[1]
    while pixels.shape[1] and len(fills) < _MOST_FILLS:
        for end in (pixels.min, pixels.max):
            value = float(end())
            filled = (pixels == value).all(axis=0)
            rest = pixels[:, ~filled]
            enough = filled.sum() >= _LEAST_SHARE * total and rest.shape[1] >= _FEW
            if enough and _stands_apart(value, rest):
                fills.append(value)
                pixels = rest
                break
        else:
            break
    return fills


def _stands_apart(value: float, rest: npt.NDArray[np.float64]) -> bool:
    """Whether next to nothing lies between a value and most of the rest, in any band."""
    gap = _COLOUR_GAP
    if abs(value) >= _HUGE:
        gap = _WIDE_GAP
    elif value not in _CUSTOMARY:
        gap = 2 * _WIDE_GAP
    elif len(rest) == 1:
        # one band that goes below zero or has fractions is a measurement: 0 and 1 are likely data
        measures = bool((rest < 0).any() or (rest != np.rint(rest)).any())
        gap = _WIDE_GAP if measures else _GREY_GAP
    for band in rest:
        low, high = np.percentile(band, (2, 98))
        off = np.abs(band - value)
        near = float(np.percentile(off, _NEAR_PERCENTILE))
        steps = _STEPS if (band == np.rint(band)).all() else 0
        wanted = max(gap * float(high - low), steps)
        if high > low and near > wanted and (off < near / 2).mean() <= _BETWEEN_SHARE:
            return True
    return False
