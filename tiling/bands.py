"""Which bands of a file become red, green and blue."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .errors import BandError
from .source import has_palette

if TYPE_CHECKING:
    from .source import Raster

_COLOURS = ("red", "green", "blue")
_SENTINEL_2 = ("B04", "B03", "B02")


def choose_bands(raster: Raster, wanted: tuple[int, ...]) -> tuple[int, int, int]:
    """The bands shown as red, green and blue.

    By colour interpretation where the file has it, else by band names; else four or more
    bands that are not 8 bit are taken for a sensor's blue, green, red, near infrared, and
    three or more for red, green, blue. One or two bands are shown grey.

    Args:
        raster: the open scene.
        wanted: one or three bands counted from 1; empty to choose.

    Raises:
        BandError: if a wanted band is not in the file.
    """
    dataset = raster.dataset
    if wanted:
        if max(wanted) > dataset.count:
            raise BandError(
                f"{raster.path} has {dataset.count} band(s), band {max(wanted)} was asked for; "
                f"choose from 1 to {dataset.count}"
            )
        return _three(wanted if len(wanted) == 3 else wanted * 3)
    if has_palette(dataset):
        return (1, 1, 1)
    colours = [colour.name for colour in dataset.colorinterp]
    named = _by_colour(colours) or _by_name([text or "" for text in dataset.descriptions])
    return named or _by_count(colours, is_8_bit=raster.dtype == "uint8")


def alpha_band(raster: Raster) -> int | None:
    """The band that tells transparency, counted from 1."""
    colours = [colour.name for colour in raster.dataset.colorinterp]
    return colours.index("alpha") + 1 if "alpha" in colours else None


def _three(bands: tuple[int, ...]) -> tuple[int, int, int]:
    red, green, blue = bands
    return red, green, blue


def _by_colour(colours: list[str]) -> tuple[int, int, int] | None:
    if not set(_COLOURS) <= set(colours):
        return None
    return _three(tuple(colours.index(colour) + 1 for colour in _COLOURS))


def _by_name(names: list[str]) -> tuple[int, int, int] | None:
    """Bands called red, green, blue, or B04, B03, B02 as Sentinel-2 does."""
    found = []
    for colour, code in zip(_COLOURS, _SENTINEL_2, strict=True):
        word, letters = (
            rf"(?<![a-z]){colour}(?![a-z])(?!.?edge)",
            rf"(?<![a-z0-9]){code}(?![a-z0-9])",
        )
        pattern = re.compile(f"{word}|{letters}", re.IGNORECASE)
        matches = [number for number, name in enumerate(names, 1) if pattern.search(name)]
        if len(matches) != 1:
            return None
        found += matches
    return _three(tuple(found))


def _by_count(colours: list[str], *, is_8_bit: bool) -> tuple[int, int, int]:
    usable = [number for number, colour in enumerate(colours, 1) if colour != "alpha"] or [1]
    if len(usable) >= 4 and not is_8_bit:
        return usable[2], usable[1], usable[0]
    if len(usable) >= 3:
        return usable[0], usable[1], usable[2]
    return usable[0], usable[0], usable[0]
