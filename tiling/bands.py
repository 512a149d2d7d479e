"""Which bands of a file become red, green and blue.

What speaks more clearly is believed first: names, wavelengths, codes of a known sensor, colour
tags, then the usual order of files with that number of bands. Decision 17 has the reasons.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .bandnames import (
    COLOURS,
    by_codes,
    by_wavelength,
    by_words,
    in_nm,
    sensor_in,
    wavelengths_in,
)
from .errors import BandError
from .source import has_palette

if TYPE_CHECKING:
    from .bandnames import Three
    from .source import Raster

_LETTERS = {"r": "red", "g": "green", "b": "blue"}
_ORDER = re.compile(
    r"(?<![a-z])(rgb|bgr|(?:rgb|bgr|rg)(?:n|i|nir|ir)|(?:n|i|nir|ir)(?:rgb|bgr|rg))(?![a-z])"
)
_INFRARED_LETTERS = re.compile(r"nir|ir(?=r|b|$)|i")
_INFRARED_FIRST = re.compile(
    r"(?<![a-z])(cir|irc|color_?infrared|colour_?infrared|false_?colou?r)(?![a-z])"
)
_BY_COUNT = {4: (3, 2, 1), 5: (3, 2, 1), 6: (3, 2, 1), 8: (5, 3, 2), 10: (3, 2, 1)}
"""Usual positions of red, green, blue by the number of bands: four to six and ten start with blue,
others with a coastal band, and WorldView's eight have yellow before red."""
_SENSOR_TAGS = re.compile(r"satellite|spacecraft|platform|sensor|mission|product|description", re.I)
_WAVELENGTH_TAGS = ("wavelength", "central_wavelength", "center_wavelength", "wavelength_nm")
_FEW, _MANY = 3, 5


@dataclass(frozen=True, slots=True)
class BandChoice:
    """Bands, and what a reader should know of them."""

    bands: tuple[int, int, int]
    """Shown as red, green, blue, counted from 1."""
    note: str = ""
    """A sentence; empty if there is nothing to say."""


def band_choice(
    raster: Raster, wanted: tuple[int, ...], *, ignores_alpha: bool = False
) -> BandChoice:
    """The bands shown as red, green and blue, and why a reader should look twice.

    Args:
        raster: the open scene.
        wanted: one or three bands counted from 1; empty to choose.
        ignores_alpha: whether the band tagged as alpha holds something else.

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
        return BandChoice(_three(wanted if len(wanted) == 3 else wanted * 3))
    if has_palette(dataset):
        return BandChoice((1, 1, 1))
    alpha = None if ignores_alpha else alpha_band(raster)
    usable = [number for number in range(1, dataset.count + 1) if number != alpha] or [1]
    if len(usable) < _FEW:
        note = ""
        if raster.dtype.kind in "fi":
            note = (
                f"band {usable[0]} of it, {raster.dtype}, is shown grey; heights, radar and "
                "indices are no photographs, so do not trust what is found in them"
            )
        elif len(usable) > 1:
            note = f"of its two bands the first, {usable[0]}, is shown grey"
        return BandChoice((usable[0],) * 3, note)
    told = _told(raster, usable)
    if told is None:
        return _by_count(raster, usable)
    blue_is_green = told[1] == told[2]
    note = "no band of it is blue; green is shown for blue" if blue_is_green else ""
    return BandChoice(told, note)


def alpha_band(raster: Raster) -> int | None:
    """The band that is tagged as transparency, counted from 1."""
    colours = [colour.name for colour in raster.dataset.colorinterp]
    return colours.index("alpha") + 1 if "alpha" in colours else None


def band_names(dataset: Any) -> list[str]:  # noqa: ANN401 - rasterio has no types
    """What each band is called; empty where it has no name."""
    return [text or "" for text in dataset.descriptions]


def _three(bands: tuple[int, ...]) -> tuple[int, int, int]:
    red, green, blue = bands
    return red, green, blue


def _told(raster: Raster, usable: list[int]) -> Three | None:
    """The bands that names, wavelengths, codes, colour tags or the file's name tell."""
    dataset, names = raster.dataset, band_names(raster.dataset)
    stem = Path(raster.path.split("?")[0]).stem.casefold()
    tags = dataset.tags() | dataset.tags(ns="IMAGERY")
    said = " ".join(value for key, value in tags.items() if _SENSOR_TAGS.search(key))[:2000]
    sensor = sensor_in(f"{stem} {' '.join(names)} {said}")
    found = by_words(names) or by_wavelength(_wavelengths(dataset, names))
    found = found or by_codes(names, sensor)
    if found:
        return found
    if len(usable) in {3, 4} and _INFRARED_FIRST.search(stem):
        return usable[1], usable[2], usable[2]
    # The order of bands that a file's name spells, such as BGRN; infrared as "n"
    match = _ORDER.search(stem)
    letters = _INFRARED_LETTERS.sub("n", match[1]) if match else ""
    if "n" in letters and len(letters) == len(usable):  # GDAL has colour tags for no infrared
        return _by_letters(letters, usable)
    colours = [colour.name for colour in dataset.colorinterp]
    if set(COLOURS) <= set(colours):
        found = _three(tuple(colours.index(colour) + 1 for colour in COLOURS))
    found = found or _by_letters(letters, usable)
    if found or sensor is None:
        return found
    order = dict(sensor.order).get(len(usable))
    return _three(tuple(usable[position - 1] for position in order)) if order else None


def _by_letters(letters: str, usable: list[int]) -> Three | None:
    if not letters or len(letters) > len(usable):
        return None
    at = dict(zip(letters, usable, strict=False))
    band_of = {colour: at[letter] for letter, colour in _LETTERS.items() if letter in at}
    return _three(tuple(band_of.get(colour, band_of["green"]) for colour in COLOURS))


def _by_count(raster: Raster, usable: list[int]) -> BandChoice:
    count = len(usable)
    if count == _FEW or (raster.dtype == "uint8" and count <= _MANY):
        return BandChoice(_three(tuple(usable[:3])))
    order = _BY_COUNT.get(count, (4, 3, 2))
    bands = _three(tuple(usable[position - 1] for position in order))
    if count < _MANY:
        return BandChoice(bands)
    shown = ", ".join(map(str, bands))
    return BandChoice(
        bands,
        f"nothing tells what its {count} bands are; bands {shown} are taken for red, green, blue "
        "as is usual. If they are not, name them with --bands and --rebuild",
    )


def _wavelengths(dataset: Any, names: list[str]) -> list[float | None]:  # noqa: ANN401
    """Wavelengths of bands by their tags, else by their names, nm."""
    found: list[float | None] = []
    for number in range(1, dataset.count + 1):
        tags = {key.casefold(): value for key, value in dataset.tags(number).items()}
        imagery = dataset.tags(number, ns="IMAGERY").get("CENTRAL_WAVELENGTH_UM")
        text = imagery or next((tags[key] for key in _WAVELENGTH_TAGS if key in tags), "")
        match = re.match(r"\s*([\d.]+)", text)
        plain = match and re.fullmatch(r"\d+\.?\d*|\.\d+", match[1])
        own = "um" if imagery else tags.get("wavelength_units", tags.get("wavelength_unit", ""))
        found.append(in_nm(float(plain[0]), own) if plain else None)
    if any(found):
        return found
    listed = re.findall(r"[\d.]+", dataset.tags(ns="ENVI").get("wavelength", ""))
    if len(listed) == dataset.count:
        unit = dataset.tags(ns="ENVI").get("wavelength_units", "")
        return [in_nm(float(length), unit) for length in listed]
    return wavelengths_in(names)
