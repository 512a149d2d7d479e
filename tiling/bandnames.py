"""What the names, wavelengths and codes of bands say about their colours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    Three = tuple[int, int, int]

COLOURS = ("red", "green", "blue")
_WORDS = {
    "red": "red rot rouge rojo rosso vermelho rood röd rød punainen czerwony красный 红 赤 r",
    "green": "green grün gruen vert verde groen grön grønn vihreä zielony зелёный зеленый 绿 緑 g",
    "blue": "blue blau bleu azul blu blauw blå sininen niebieski синий 蓝 青 b",
}
_OTHERWISE = frozenset(
    ("edge", "rededge", "redge", "vre", "coastal", "coast", "aerosol", "deep", "ultra", "dark",
     "infrared", "infra", "infrarot", "infrarouge", "infrarrojo", "infrarosso", "nir", "near",
     "proche", "swir", "pan", "ratio", "index", "ndvi", "qa", "mask")
)  # fmt: skip
"""Words that make "red" or "blue" mean another band."""
_INFRARED = re.compile(r"(?<![a-z])(nir|vnir|infra\w*|pir)(?![a-z])|^(nir|i|ir|n)\d*$")
_RANGES_NM = {"red": (610, 700, 660), "green": (510, 600, 555), "blue": (430, 515, 485)}
"""Shortest, longest and best wavelength of each colour."""
_MICRO = ("u", "\N{MICRO SIGN}", "\N{GREEK SMALL LETTER MU}", "micro")
_SURELY_MICROMETRES = 30
_WITH_UNIT = re.compile(
    r"(\d+(?:[.,]\d+)?)\s*(nm|nanomet\w*|[u\u00b5\u03bc]m|micromet\w*)", re.IGNORECASE
)
_BARE_NM = re.compile(r"(?<!\d)(\d{3,4}(?:\.\d+)?)(?!\d)")
_A_WHOLE_SET = 7
"""So many bands in order are likely those of a sensor, fewer are likely just counted."""
_CODE = re.compile(
    r"(?:^|.*[^a-z0-9])(?P<prefix>b|band|ch|channel|imagedata|oa|m|xs|ms)[ _.#-]*0*"
    r"(?P<number>\d{1,2})(?P<letter>[an]?)(?![a-z0-9])",
    re.IGNORECASE,
)
_WITHOUT_BLUE = re.compile(r"(?<![a-z])(xs1|(b|band|imagedata)[ _.-]*0?3n)(?![a-z0-9])")
"""Codes that only SPOT and ASTER have, which count from green."""
_THERMAL = re.compile(r"(?<![a-z])st_b", re.IGNORECASE)
"""Landsat's surface temperature has numbers of its own."""


@dataclass(frozen=True, slots=True)
class Sensor:
    """The numbers that a family of sensors gives to its colours."""

    pattern: str
    """What the file's name or tags say of it, in lower case; a regular expression."""
    codes: Three
    """Its red, green and blue; green twice where it has no blue."""
    order: tuple[tuple[int, Three], ...] = ()
    """Places of red, green, blue in files without names, by how many bands there are."""


_BGR, _COASTAL = (3, 2, 1), (4, 3, 2)
SENSORS = (
    Sensor(
        r"hls\.s30|(?<![a-z0-9])s2[abcd]?(?![a-z0-9])|sentinel[-_ ]?2|msil[12]",
        _COASTAL,
        ((3, (1, 2, 3)), (12, _COASTAL), (13, _COASTAL)),
    ),
    Sensor(
        r"hls\.l30|(?<![a-z0-9])l[coe]0?[89](?![0-9])|landsat[-_ ]?[89]|operational land",
        _COASTAL,
        ((3, (1, 2, 3)), (5, _COASTAL), (7, _COASTAL), (8, _COASTAL)),
    ),
    Sensor(r"(?<![a-z0-9])lm0?[1-5](?![0-9])|landsat[-_ ]?mss", (5, 4, 4)),
    Sensor(
        r"(?<![a-z0-9])l[te]0?[4-7](?![0-9])|landsat[-_ ]?[4-7]|thematic",
        _BGR,
        ((6, _BGR), (7, _BGR), (8, _BGR)),
    ),
    Sensor(r"sur_refl|modis|(?<![a-z])(m[oy]d0?9|mcd43)|nadir_refl", (1, 4, 3), ((7, (1, 4, 3)),)),
    Sensor(r"viirs|vnp0?9|vj10?9", (5, 4, 3)),
    Sensor(r"(?<![a-z])aster(?![a-z])|ast_(l1|0)", (2, 1, 1), ((3, (2, 1, 1)), (4, (2, 1, 1)))),
    Sensor(r"(?<![a-z])(venus|vns)(?![a-z])", (7, 4, 3), ((12, (7, 4, 3)),)),
    Sensor(r"sentinel[-_ ]?3|(?<![a-z0-9])s3[ab]_ol|olci", (8, 6, 4)),
    Sensor(
        r"phr1[ab]|pl[eé]iades|(?<![a-z])pneo|spot[-_ ]?[67]",
        (2, 1, 0),
        ((4, (1, 2, 3)), (6, (1, 2, 3))),
    ),
    Sensor(r"spot[-_ ]?[1-5](?![0-9])", (2, 1, 1), ((3, (2, 3, 3)), (4, (2, 3, 3)))),
    Sensor(r"psb\.?sd|superdove|_8b(?![a-z0-9])|planetscope", _BGR, ((8, (6, 4, 2)),)),
    Sensor(r"gf-?6.*wfv", _BGR, ((8, _BGR),)),
)


def by_words(names: Sequence[str]) -> Three | None:
    """Bands whose names say red, green and blue, in one of a dozen languages.

    Where a sensor has no blue but names red, green and infrared, green is given twice.
    """
    found = {colour: _named(names, colour) for colour in COLOURS}
    if found["blue"] is None and any(_INFRARED.search(name.casefold()) for name in names):
        found["blue"] = found["green"]
    return _complete(found)


def by_wavelength(nanometres: Sequence[float | None]) -> Three | None:
    """Bands nearest to the middle of what the eye sees as red, green and blue."""
    found: dict[str, int | None] = {}
    for colour, (low, high, best) in _RANGES_NM.items():
        fitting = [
            (abs(length - best), number)
            for number, length in enumerate(nanometres, 1)
            if length is not None and low <= length <= high
        ]
        found[colour] = min(fitting)[1] if fitting else None
    if found["blue"] is None:  # such as ASTER, SPOT, colour infrared
        found["blue"] = found["green"]
    return _complete(found)


def wavelengths_in(names: Sequence[str]) -> list[float | None]:
    """Wavelengths that names tell, nm: with their unit, or bare where each band has another."""
    with_unit = [_WITH_UNIT.search(name) for name in names]
    if any(with_unit):
        return [
            None if match is None else in_nm(float(match[1].replace(",", ".")), match[2])
            for match in with_unit
        ]
    bare = [_BARE_NM.search(name) for name in names]
    lengths = [float(match[1]) for match in bare if match]
    plausible = all(350 <= length <= 2600 for length in lengths)
    if len(names) > 1 and plausible and len(set(lengths)) == len(names):
        return list(lengths)
    return [None] * len(names)


def in_nm(length: float, unit: str = "") -> float:
    """A wavelength in nanometres; without a unit its size tells."""
    known = unit.casefold().startswith("n")
    if unit.casefold().startswith(_MICRO) or (not known and length < _SURELY_MICROMETRES):
        return length * 1000
    return length


def sensor_in(text: str) -> Sensor | None:
    """The sensor that a file's name or tags speak of."""
    low = text.casefold()
    return next((sensor for sensor in SENSORS if re.search(sensor.pattern, low)), None)


def by_codes(names: Sequence[str], sensor: Sensor | None) -> Three | None:
    """Bands by codes such as B04, SR_B4 or Band 4.

    Args:
        names: of all bands.
        sensor: whose codes they are; ``None``: to be told from the set of codes.

    Returns:
        ``None`` also where codes only count the bands.
    """
    matches = [_CODE.match(name) for name in names]
    band_of: dict[int, int] = {}
    for number, match in enumerate(matches, 1):
        if match and not match["letter"] and not _THERMAL.search(names[number - 1]):
            band_of.setdefault(int(match["number"]), number)
    counting = all(code == band for code, band in band_of.items())
    text = " ".join(names).casefold()
    without_blue = bool(_WITHOUT_BLUE.search(text))
    surely = without_blue or len(band_of) >= _A_WHOLE_SET or "sr_b" in text
    if counting and not surely:
        return None
    told = sensor.codes if sensor else _codes_of_set(names, band_of)
    if without_blue:
        told = (2, 1, 1)
    lowest = sorted(band_of)[:3]
    if told is None and not counting and len(lowest) == 3 and lowest[2] - lowest[0] == 2:
        blue, green, red = lowest
        told = (red, green, blue)
    if told is None or not set(told) <= set(band_of):
        return None
    red, green, blue = (band_of[code] for code in told)
    return red, green, blue


def _codes_of_set(names: Sequence[str], band_of: dict[int, int]) -> Three | None:
    """Red, green, blue of a set of codes that only one family of sensors has."""
    codes, text = set(band_of), " ".join(names).casefold()
    if 0 in codes and {1, 2} <= codes:
        return (2, 1, 0)  # Airbus counts from B0
    if re.search(r"b0?8a(?![a-z0-9])", text) or 12 in codes:
        return _COASTAL  # Sentinel-2
    if "sr_b" in text:  # Landsat; the older ones lack band 6 of reflectance
        return _BGR if {1, 5, 7} <= codes and 6 not in codes else _COASTAL
    if {1, 2, 3, 4, 5, 7} == codes:
        return _BGR
    return _COASTAL if len(codes) >= 7 and {10, 11} & codes else None


def _named(names: Sequence[str], colour: str) -> int | None:
    """The band called by a colour; the plainest name where several are."""
    words = frozenset(_WORDS[colour].split())
    fitting = []
    for number, name in enumerate(names, 1):
        tokens = re.findall(r"[^\W\d_]+", name.casefold())
        own = words & set(tokens)
        plain = own and not _OTHERWISE & set(tokens)
        if plain and (len(tokens) == 1 or any(len(word) > 1 or not word.isascii() for word in own)):
            bare = _BARE_NM.search(name)
            length = wavelengths_in([name, ""])[0] or (float(bare[1]) if bare else None)
            best = _RANGES_NM[colour][2]
            off = abs(length - best) if length else 0.0
            fitting.append((len(tokens), off, number))
    return min(fitting)[2] if fitting else None


def _complete(found: dict[str, int | None]) -> Three | None:
    red, green, blue = found["red"], found["green"], found["blue"]
    return None if red is None or green is None or blue is None else (red, green, blue)
