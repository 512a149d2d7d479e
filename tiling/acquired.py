"""When a scene was taken: by its metadata, a STAC item next to it, or its name.

What says so most plainly goes first: tags and files of the maker that speak of the acquisition,
then a STAC item, then a date in the name. TIFF's own DateTime comes last, for many programs write
there when they made the file; it and a camera's time name no zone, so the day alone is taken.
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from .addresses import is_url
from .composed import files_of
from .dates import span_of, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

ACQUISITION_TAGS = (
    "ACQUISITIONDATETIME",  # of GDAL's domain IMAGERY
    "NITF_IDATIM",
    "DATATAKE_1_DATATAKE_SENSING_START",
    "PRODUCT_START_TIME",
    "SENSING_TIME",
    "ACQUISITION_DATETIME",
    "ACQUISITION_DATE",
    "DATE_ACQUIRED",
)
"""Names of metadata that tell when a picture was taken, in UTC; the first that is there counts."""
_LOCAL_TAGS = ("EXIF_DateTimeOriginal", "EXIF_DateTimeDigitized")
_FILE_TAG = "TIFFTAG_DATETIME"
_OLDEST = date(1858, 1, 1)
"""No picture was taken from above before."""
_NAMED = re.compile(
    r"(?<![^\W_])T?(?<![0-9]-)(?P<year>[0-9]{4})(?P<dash>-?)(?P<month>[0-9]{2})(?P=dash)"
    r"(?P<day>[0-9]{2})"
    r"(?:T(?P<hour>[0-9]{2})[:-]?(?P<minute>[0-9]{2})[:-]?(?P<second>[0-9]{2})Z?|[0-9]{6})?"
    r"(?![^\W_]|-[0-9])"
)
"""A day, with a time or without, that no letter and no other digit touches."""
_FIRST_IS_ACQUISITION = re.compile(r"(?:L[COTEM]\d\d|S[123][A-D]|m_\d{7})_", re.ASCII)
"""Names of Landsat, Sentinel and NAIP: of their dates the first is that of the acquisition."""
_MOST_ITEMS, _MOST_ITEM_BYTES, _MTL_BYTES = 2_000, 4 << 20, 1 << 20
_MTL_DAY = re.compile(r'^\s*DATE_ACQUIRED\s*=\s*"?(\d{4}-\d\d-\d\d)"?\s*$', re.MULTILINE)
_MTL_TIME = re.compile(
    r'^\s*SCENE_CENTER_TIME\s*=\s*"?(\d\d:\d\d:\d\d[.\d]*)Z?"?\s*$', re.MULTILINE
)


def acquired(path: str, tags: Mapping[str, str]) -> str:
    """When a scene was taken.

    Args:
        path: a file, a set of files, or an address; nothing is looked for next to an address.
        tags: its metadata, that of GDAL's domain IMAGERY too.

    Returns:
        A date as :mod:`tiling.dates` reads it; empty where it is unknown.
    """
    said = {name.upper(): text for name, text in tags.items()}
    found = [_of_tag(said.get(name, "")) for name in ACQUISITION_TAGS]
    found += [_day_of(said.get(name.upper(), "")) for name in _LOCAL_TAGS]
    told = next(filter(None, found), "")
    if not told and not is_url(path):
        told = _beside(path)
    file = urlsplit(path).path if is_url(path) else path
    return told or date_in_name(Path(unquote(file)).name) or _day_of(said.get(_FILE_TAG, ""))


def date_in_name(name: str) -> str:
    """The date in a file's name, where there is no doubt that it is one; else empty.

    A day as ``20200719`` or ``2020-07-19`` with nothing but signs around it counts, with a time
    behind it that begins with T (in UTC, as Sentinel's are). Of two different days none does, but
    in names of Landsat, Sentinel and NAIP.

    Example:
        >>> date_in_name("S2A_MSIL1C_20200719T105031_N0209_R051_T31UFT_20200719T125432.tif")
        '2020-07-19T10:50:31Z'
        >>> date_in_name("tile_20201399.tif")
        ''
    """
    found: list[str] = []
    for match in _NAMED.finditer(name):
        day = f"{match['year']}-{match['month']}-{match['day']}"
        time = f"{match['hour']}:{match['minute']}:{match['second']}" if match["hour"] else ""
        found += filter(None, [_sensible(day, time)])
    days = {text[: len("2020-07-19")] for text in found}
    return found[0] if len(days) == 1 or (days and _FIRST_IS_ACQUISITION.match(name)) else ""


def _sensible(day: str, time: str = "") -> str:
    """A day, with its time if it has one; empty if there is none such, or no picture is so old."""
    try:
        begin, _ = span_of(f"{day}T{time}Z" if time else day)
    except ValueError:
        return _sensible(day) if time else ""
    if not _OLDEST <= begin.date() <= datetime.now(timezone.utc).date() + timedelta(days=1):
        return ""
    return text_of(begin) if time else day


def _of_tag(text: str) -> str:
    """What a tag says that is in UTC: ISO 8601, as GDAL writes it, or as NITF does."""
    text = text.strip().strip('"')
    digits = re.fullmatch(r"(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d))?", text, re.ASCII)
    if digits:
        year, month, day, *time = digits.groups()
        return _sensible(f"{year}-{month}-{day}", ":".join(time) if time[0] else "")
    try:
        begin, end = span_of(text)
    except ValueError:
        return _day_of(text)
    if begin != end:
        return _day_of(text)  # a day; a month or a year is too coarse
    return _sensible(begin.date().isoformat(), text_of(begin)[11:].rstrip("Z"))


def _day_of(text: str) -> str:
    """The day of ``2020:07:19 10:50:31`` and the like."""
    match = re.match(r"\s*(\d{4})[:/-](\d\d)[:/-](\d\d)(?!\d)", text, re.ASCII)
    return _sensible("-".join(match.groups())) if match else ""


def _beside(path: str) -> str:
    """What a file next to a scene says: ``_MTL.txt`` of a Landsat product, or a STAC item.

    That is ``SCENE.json``, or one in the scene's folder that names its file.
    """
    files = [Path(part) for part in files_of(path) or (path,)]
    product = re.match(r"(L[COTEM]\d\d_.*_(?:T1|T2|RT))_", files[0].name)
    text = _small(files[0].with_name(f"{product[1]}_MTL.txt"), _MTL_BYTES) if product else ""
    day, time = _MTL_DAY.search(text), _MTL_TIME.search(text)
    told = _sensible(day[1], time[1] if time else "") if day else ""
    if told:
        return told
    for file in files:
        for own in (file.with_suffix(".json"), file.with_name(f"{file.name}.json")):
            told = _said_by(_item(own))
            if told:
                return told
    folder = files[0].parent
    try:
        told_of = _items_in(folder, folder.stat().st_mtime_ns)
    except OSError:
        return ""
    return next((told_of[file.name] for file in files if file.name in told_of), "")


@lru_cache(maxsize=16)
def _items_in(folder: Path, mtime_ns: int) -> dict[str, str]:
    """When the files that STAC items of a folder name as assets were taken, by name.

    Args:
        folder: where.
        mtime_ns: when it was last changed, so that it is read again then.
    """
    del mtime_ns
    told: dict[str, str] = {}
    for file in sorted(folder.glob("*.json"))[:_MOST_ITEMS]:
        item = _item(file)
        when = _said_by(item)
        assets = item.get("assets")
        for asset in assets.values() if when and isinstance(assets, dict) else ():
            href = asset.get("href") if isinstance(asset, dict) else None
            if isinstance(href, str):
                told.setdefault(unquote(urlsplit(href).path).rpartition("/")[2], when)
    return told


def _item(file: Path) -> dict[str, Any]:
    """A STAC item; empty if the file is missing, too long or none."""
    try:
        item = json.loads(_small(file, _MOST_ITEM_BYTES) or "{}")
    except (ValueError, RecursionError):
        return {}
    is_item = isinstance(item, dict) and item.get("type") == "Feature" and "stac_version" in item
    return item if is_item else {}


def _said_by(item: dict[str, Any]) -> str:
    """When a STAC item says that it was taken."""
    said = item.get("properties")
    if not isinstance(said, dict):
        return ""
    moment, *both = (said.get(name) for name in ("datetime", "start_datetime", "end_datetime"))
    text = moment if isinstance(moment, str) else "/".join(str(one) for one in both)
    try:
        span = [text_of(one) for one in span_of(text)]
    except ValueError:
        return ""
    return "/".join(dict.fromkeys(span))


def _small(file: Path, most: int) -> str:
    """The text of a file; empty if it is missing, no ordinary file or longer than that."""
    try:
        if file.is_file() and file.stat().st_size <= most:
            return file.read_text(encoding="utf-8", errors="replace")
    except (OSError, ValueError):
        pass
    return ""
