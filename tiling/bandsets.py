"""Files that hold one band each, put together to scenes in colour.

Names tell which files belong together: they are alike but for the band. Other files next to a
picture so found, of the same product, are its other bands, flags and masks; those are left out.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from .bandnames import by_codes, by_words, sensor_in
from .bands import band_choice
from .composed import set_name
from .errors import TilingError, costs_one_scene
from .pixels import PixelSource
from .quality import is_flags, note_of_contents, why_no_picture
from .samples import sample_values
from .source import Raster

if TYPE_CHECKING:
    from collections.abc import Sequence

_BAND = re.compile(
    r"(?<![a-z0-9])(b\d{1,2}a?|b8a|red|green|blue|nir\d?|red_?edge\d?|rot|rouge|gr[uü]n|vert|blau"
    r"|bleu|infrared)(?![a-z0-9])",
    re.IGNORECASE,
)
_LEAST_PREFIX = 6
_SAFE = ".safe"


def with_bands_together(paths: Sequence[str]) -> tuple[list[str], list[str]]:
    """Put files with one band each in place of scenes in colour.

    Args:
        paths: files, in order; addresses pass untouched.

    Returns:
        Scenes in the same order, the name of a set of files in place of its first; and the
        files left out because they belong to a product of which the picture was found.
    """
    sets: dict[str, str] = {}
    for files in _alike(paths).values():
        name = _set_of(files)
        if name is not None:
            sets.update(dict.fromkeys(files.values(), name))
    products = {
        (os.path.dirname(path), product)  # noqa: PTH120
        for path in sets
        if (product := _product(path))
    }
    whole_safe = {safe for path in sets if (safe := _safe(path))}
    scenes: dict[str, None] = {}
    left_out: list[str] = []
    for path in paths:
        safe, (folder, name) = _safe(path), os.path.split(path)
        if path in sets:
            scene = sets[path]
            if safe in whole_safe and any(_safe(one) == safe and one != scene for one in scenes):
                left_out.append(path)  # the same picture, coarser
            else:
                scenes[scene] = None
        elif safe in whole_safe or any(
            folder == own and name.casefold().startswith(product) for own, product in products
        ):
            left_out.append(path)
        else:
            scenes[path] = None
    return list(scenes), left_out


def without_flags(paths: Sequence[str]) -> tuple[list[str], list[str]]:
    """Files that may be pictures, and those that hold flags or masks, by their names and bands."""
    kept: list[str] = []
    flags: list[str] = []
    for path in paths:
        is_picture = not is_flags(path)
        if not is_picture:  # maybe in spite of its name, such as town_without_mask.tif
            with suppress(TilingError), costs_one_scene(path), Raster(path) as raster:
                if not why_no_picture(raster):
                    bands = band_choice(raster, ()).bands
                    samples = sample_values(PixelSource(raster, bands))
                    is_picture = not note_of_contents(raster, samples, palette=False)
        (kept if is_picture else flags).append(path)
    return kept, flags


def _alike(paths: Sequence[str]) -> dict[tuple[str, str], dict[str, str]]:
    """Files whose names differ in the band alone: by name without band, then by band."""
    groups: dict[tuple[str, str], dict[str, str]] = {}
    for path in paths:
        folder, name = os.path.split(path)
        matches = list(_BAND.finditer(_separated(name)))
        if not matches or "://" in path:
            continue
        start, end = matches[-1].span()
        key = folder, f"{name[:start]}*{name[end:]}".casefold()
        groups.setdefault(key, {}).setdefault(name[start:end], path)
    return groups


def _separated(name: str) -> str:
    return name.replace("_", " ")


def _set_of(files: dict[str, str]) -> str | None:
    """The name of the set of red, green and blue among files; ``None`` if they are no set."""
    codes = sorted(files, reverse=True)  # backwards, so that codes do not merely count
    sensor = sensor_in(" ".join(Path(path).stem for path in files.values()))
    found = by_words(codes) or by_codes(codes, sensor)
    if found is None:
        return None
    red, green, blue = (files[codes[position - 1]] for position in found)
    name = set_name(red, green, blue)
    try:
        Raster(name).close()
    except TilingError:
        return None
    return name


def _product(path: str) -> str:
    """The beginning of a file's name that all files of its product share; empty if too short."""
    name = Path(path).name
    start = list(_BAND.finditer(_separated(name)))[-1].start()
    stem = re.sub(r"([ _.-]|(?<=[ _.-])(sr|toa|st|nbart))+$", "", name[:start].casefold())
    return stem if len(stem) >= _LEAST_PREFIX else ""


def _safe(path: str) -> str:
    """The .SAFE folder that a file lies in; empty if it lies in none."""
    low = path.casefold()
    at = low.find(f"{_SAFE}{os.sep}")
    return path[: at + len(_SAFE)] if at >= 0 else ""
