"""Limits of a TIFF: what it claims to hold, against what there is room for in it.

A few bytes can claim millions of blocks, and metadata by the hundred thousand keep GDAL busy for
minutes. Here the claims are read, and nothing else, before GDAL opens the file.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from .errors import UnreadableSceneError, shell_word

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BANDS = 4096
MAX_ITEMS = 10_000
"""Metadata items of a file; the time GDAL takes for them grows with their square."""
MAX_DIRECTORIES = 1000
"""Pictures in a file, with overviews and masks; GDAL walks through all of them at each opening."""
_WIDTH, _HEIGHT, _SAMPLES, _ROWS, _PLANAR, _METADATA = 256, 257, 277, 278, 284, 42112
_TILE_WIDTH, _TILE_HEIGHT = 322, 323
_OFFSETS = (324, 273)
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_SIZES |= {16: 8, 17: 8, 18: 8}
_NUMBERS = {1: "B", 3: "H", 4: "I", 16: "Q"}
_MOST_BYTES = 64 << 20
_ORDERS = {b"II": "<", b"MM": ">"}


@dataclass(frozen=True, slots=True)
class _Tag:
    """A tag of a TIFF directory."""

    count: int
    """Values in it."""
    number: int
    """Its first value, where it is a whole number; else 0."""
    start: int
    """Where its values lie, bytes from the start of the file."""
    size: int
    """Length of its values, bytes."""


def check_claims(path: str) -> None:
    """Refuse a TIFF that claims what it cannot hold, or more metadata than GDAL copes with.

    What is no whole TIFF directory is left to GDAL to refuse.

    Args:
        path: a file on this machine, of any format; the ``.aux.xml`` next to it is looked at, too.

    Raises:
        UnreadableSceneError: if it does.
    """
    try:
        aux = Path(f"{path}.aux.xml")
        if aux.is_file():
            with aux.open("rb") as file:
                _check_items(path, file.read(_MOST_BYTES + 1), b"<MDI")
        with Path(path).open("rb") as file:
            tags = dict(_directory(file))
            if _METADATA in tags:
                file.seek(tags[_METADATA].start)
                text = file.read(min(tags[_METADATA].size, _MOST_BYTES + 1))
                _check_items(path, text, b"<Item")
            _check_blocks(path, tags, os.fstat(file.fileno()).st_size)
            _check_directories(path, file)
    except (OSError, struct.error, OverflowError):
        return


def check_bands(path: str, count: int) -> None:
    """Refuse a file of more bands than any sensor has.

    Raises:
        UnreadableSceneError: if there are too many.
    """
    if count > MAX_BANDS:
        raise UnreadableSceneError(
            f"{path} claims {count} bands, {MAX_BANDS} are allowed; choose some with "
            "gdal_translate -b 1 -b 2 -b 3 IN.tif OUT.tif"
        )


def _check_items(path: str, text: bytes, item: bytes) -> None:
    count = text.count(item)
    if count > MAX_ITEMS or len(text) > _MOST_BYTES:
        raise UnreadableSceneError(
            f"{path} has {count} metadata items in {len(text)} bytes, {MAX_ITEMS} items are "
            "allowed; leave them out with gdal_translate -nomd IN.tif OUT.tif"
        )


def _check_blocks(path: str, tags: dict[int, _Tag], file_bytes: int) -> None:
    offsets = next((tags[number] for number in _OFFSETS if number in tags), None)
    if offsets is None or _WIDTH not in tags or _HEIGHT not in tags:
        return

    def number(tag: int, otherwise: int) -> int:
        return max(1, tags[tag].number if tag in tags else otherwise)

    width, height = tags[_WIDTH].number, tags[_HEIGHT].number
    across, down = number(_TILE_WIDTH, width), number(_TILE_HEIGHT, number(_ROWS, height))
    planes = number(_SAMPLES, 1) if number(_PLANAR, 1) == 2 else 1  # a block holds one band
    blocks = -(-max(1, width) // across) * -(-max(1, height) // down) * planes
    if blocks <= offsets.count and offsets.start + offsets.size <= file_bytes:
        return
    raise UnreadableSceneError(
        f"{path} claims {width} x {height} px in {blocks} blocks, but its {file_bytes} bytes do "
        "not even list them; fetch or export it again"
    )


def _check_directories(path: str, file: IO[bytes]) -> None:
    """Refuse a chain of more directories than a scene has; one that bites its tail GDAL stops.

    Raises:
        UnreadableSceneError: if there are too many.
    """
    order, big, at = _start(file)
    head, entry, link = ("Q", 20, "Q") if big else ("H", 12, "I")
    seen: set[int] = set()
    while at and at not in seen and len(seen) < MAX_DIRECTORIES:
        seen.add(at)
        file.seek(at)
        (entries,) = struct.unpack(f"{order}{head}", file.read(struct.calcsize(f"{order}{head}")))
        file.seek(entries * entry, os.SEEK_CUR)
        (at,) = struct.unpack(f"{order}{link}", file.read(struct.calcsize(f"{order}{link}")))
    if not at or at in seen:
        return
    raise UnreadableSceneError(
        f"{path} holds more than {MAX_DIRECTORIES} pictures; take out the one you want with "
        f"gdal_translate {shell_word(f'GTIFF_DIR:1:{Path(path).name}')} OUT.tif"
    )


def _start(file: IO[bytes]) -> tuple[str, bool, int]:
    """Byte order, whether it is a BigTIFF, and where its first directory is; "": it is no TIFF.

    Raises:
        struct.error: if the file ends before.
    """
    file.seek(0)
    start = file.read(16)
    order = _ORDERS.get(start[:2], "")
    if not order:
        return "", False, 0
    big = struct.unpack_from(f"{order}H", start, 2)[0] == 43
    (at,) = struct.unpack_from(f"{order}Q" if big else f"{order}I", start, 8 if big else 4)
    return order, big, at


def _directory(file: IO[bytes]) -> Iterator[tuple[int, _Tag]]:
    """The tags of the first directory, that of the picture; nothing if this is no TIFF.

    Raises:
        struct.error: if the file ends before.
    """
    order, big, at = _start(file)
    if not order:
        return
    file.seek(at)
    head, entry, inline = ("Q", "HHQ", 8) if big else ("H", "HHI", 4)
    (entries,) = struct.unpack(f"{order}{head}", file.read(struct.calcsize(f"{order}{head}")))
    length = struct.calcsize(f"{order}{entry}") + inline
    first = file.tell()
    table = file.read(length * min(entries, 65_535))
    for position in range(0, len(table) - length + 1, length):
        tag, field_type, count = struct.unpack_from(f"{order}{entry}", table, position)
        value = table[position + length - inline : position + length]
        size = _SIZES.get(field_type, 1) * count
        lies_here = size <= inline
        (offset,) = struct.unpack(f"{order}{'Q' if big else 'I'}", value)
        fits = lies_here and field_type in _NUMBERS and count
        number = struct.unpack_from(f"{order}{_NUMBERS[field_type]}", value)[0] if fits else 0
        yield (
            tag,
            _Tag(count, number, first + position + length - inline if lies_here else offset, size),
        )
