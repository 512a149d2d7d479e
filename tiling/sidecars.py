"""Sidecar files of a raster that change what it shows: .aux.xml, world files, .msk, .ovr.

They belong to the scene: its checksum takes in those that GDAL uses, and a rerun looks at the
state of all that might be. A scene without them has the checksum of its bytes alone.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from .composed import files_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_APPENDED = (".aux.xml", ".msk", ".ovr", ".msk.ovr")
_REPLACED = (".wld", ".tab", ".prj", ".ige", ".rrd", ".aux")
_SMALL_BYTES = _PIECE_BYTES = 1 << 20
_BOOKKEEPING = frozenset({"Histograms", "GDALRasterAttributeTable", "FileInfo"})
_CONTAINERS = frozenset({"PAMDataset", "PAMRasterBand", "Metadata"})
"""What programs write into an .aux.xml when they merely look at a picture, QGIS among them."""


def files_beside(path: str) -> list[Path]:
    """The files that may belong to a raster, by their names, sorted.

    They are looked for one by one, as GDAL does: a folder may hold a million other files.

    Args:
        path: a file on this machine.
    """
    ending = Path(path).suffix
    stem = path[: len(path) - len(ending)]
    world = [f".{ending[1]}{ending[-1]}w", f"{ending}w"] if ending else []
    names = [(path, end) for end in _APPENDED] + [(stem, end) for end in (*_REPLACED, *world)]
    found: dict[tuple[int, int], str] = {}  # by what it is: there may be one of either spelling
    for start, end in names:
        for name in (f"{start}{end.lower()}", f"{start}{end.upper()}"):
            try:
                facts = os.lstat(name)
            except (OSError, ValueError):
                continue
            found.setdefault((facts.st_dev, facts.st_ino), name)
    return sorted(Path(name) for name in found.values() if name != path)


def state(path: str) -> str:
    """What tells, without reading much, whether a sidecar file of a scene has changed.

    Args:
        path: a scene's path on this machine.

    Returns:
        A short text; empty if there are none.
    """
    parts = files_of(path)
    watched = [Path(part) for part in parts]
    watched += [side for file in parts or (path,) for side in files_beside(file)]
    facts = [f"{file.name}: {fact}" for file in watched if (fact := _facts(file))]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16] if facts else ""


def file_digest(path: Path, on_progress: Callable[[int], None] | None = None) -> str:
    """SHA-256 of a file, hexadecimal.

    Args:
        path: the file.
        on_progress: called with the bytes of each piece read; an exception stops the reading.

    Raises:
        OSError: if it cannot be read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE_BYTES):
            digest.update(piece)
            if on_progress:
                on_progress(len(piece))
    return digest.hexdigest()


def digest_of_settings(aux: bytes) -> str:
    """What an .aux.xml says of the picture, hashed; empty if it holds statistics only."""
    try:
        root = ET.fromstring(aux)
    except ET.ParseError:
        return hashlib.sha256(aux).hexdigest()
    said = list(_said(root))
    return hashlib.sha256("\n".join(said).encode()).hexdigest() if said else ""


def _said(node: ET.Element, at: str = "") -> Iterator[str]:
    if node.tag in _BOOKKEEPING or node.get("key", "").startswith("STATISTICS_"):
        return
    here = f"{at}/{node.tag}{sorted(node.items())}"
    text = (node.text or "").strip()
    if text or not (len(node) or node.tag in _CONTAINERS):
        yield f"{here} {text}"
    for child in node:
        yield from _said(child, here)


def _facts(file: Path) -> str:
    """A small file by its contents, so that an old date hides nothing; others by size and time."""
    try:
        found = file.stat()
        if found.st_size <= _SMALL_BYTES:
            contents = file.read_bytes()
            if file.name.endswith(".aux.xml"):
                return digest_of_settings(contents)
            return hashlib.sha256(contents).hexdigest()
    except OSError:
        return "unreadable"
    return f"{found.st_size} {found.st_mtime_ns}"


def digests(path: str, used: Sequence[str]) -> list[str]:
    """The sidecar files that GDAL uses, each by what it says, whatever its name.

    Args:
        path: the raster.
        used: the files that GDAL uses for it, as it lists them.
    """
    own = {os.path.realpath(name) for name in used}
    found = []
    for side in files_beside(path):
        if os.path.realpath(side) not in own:
            continue
        ending = side.name.removeprefix(Path(path).name).removeprefix(Path(path).stem)
        if side.name.endswith(".aux.xml"):
            said = digest_of_settings(side.read_bytes())
        else:
            said = file_digest(side)
        found += [f"{ending.casefold()}: {said}"] if said else []
    return found
