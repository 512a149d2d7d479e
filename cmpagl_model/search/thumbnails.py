"""Small pictures of chips, for lists of results: in memory, or as files found again by name."""

from __future__ import annotations

import hashlib
import io
import os
from typing import TYPE_CHECKING, Protocol

import numpy as np
from PIL import Image

from cmpagl_model.atomic import write_bytes
from cmpagl_model.errors import OutputError, QueryError
from cmpagl_model.progress import NoProgress

from .examples import row_of
from .reread import read_again

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from cmpagl_model.index.format import IndexInfo
    from cmpagl_model.progress import Progress
    from cmpagl_model.table.chips import ChipTable

    from .examples import Place

NAME_DIGITS = 32
QUICK = 1
"""Compression of a file that is read once or twice and is smaller than a disk block or two."""


class Drawable(Protocol):
    """An index, as far as pictures of its chips need it."""

    info: IndexInfo
    """How its chips were cut."""
    table: ChipTable
    """Its chips."""


def write_thumbnails(
    index: Drawable,
    places: Sequence[Place],
    folder: Path,
    px: int = 128,
    progress: Progress | None = None,
) -> tuple[Path | None, ...]:
    """Draw chips as the model saw them: same bands, stretch and padding.

    A file's name follows from the content of its scene and all that shapes the picture, so that a
    second call draws nothing, and no picture is ever out of date.

    Args:
        index: the index.
        places: which chips.
        folder: where the PNG files go; made if it is missing.
        px: side of a picture, px.
        progress: told how many places are drawn; ``None``: nobody is.

    Returns:
        A file for each place, in their order; ``None``: the index has no such chip any more, or
        its scene cannot be read now.

    Raises:
        OutputError: if the folder cannot be written.
    """
    progress = progress or NoProgress()
    progress.start(len(places))
    rows = [_row(index, place) for place in places]
    files = [None if row is None else folder / picture_name(index, row, px) for row in rows]
    wanted = {
        row: file
        for row, file in zip(rows, files, strict=True)
        if row is not None and file is not None and not os.path.exists(file)  # noqa: PTH110 - a name too long is none
    }
    if not wanted:
        return tuple(files)
    missing = np.array(list(wanted), np.int64)
    chips = read_again(index.table, missing, index.info.spec, px, progress.advance)
    drawn = missing[chips.seen].tolist()
    for row, pixels in zip(drawn, chips.pixels, strict=True):
        path = wanted[row]
        try:  # atomic: a file of that name counts as drawn
            path.parent.mkdir(parents=True, exist_ok=True)
            write_bytes(path, _png(pixels))
        except OSError as error:
            raise OutputError(no_pictures(path.parent, error)) from error
    lost = set(wanted) - set(drawn)
    return tuple(None if row in lost else file for row, file in zip(rows, files, strict=True))


def no_pictures(folder: Path, error: OSError) -> str:
    """What to say of a folder that pictures cannot be written to."""
    return (
        f"{folder}: cannot write pictures there ({error.strerror or error}); wanted a writable "
        "folder with enough room; next: choose another one"
    )


def pictures(index: Drawable, places: Sequence[Place], px: int) -> tuple[bytes | None, ...]:
    """Chips as the model saw them, as PNG files in memory.

    Args:
        index: the index.
        places: which chips, a few hundred at most.
        px: side of a picture, px.

    Returns:
        A file for each place, in their order; ``None``: the index has no such chip any more, or
        its scene cannot be read now.
    """
    rows = [_row(index, place) for place in places]
    known = np.array([row for row in rows if row is not None], np.int64)
    chips = read_again(index.table, known, index.info.spec, px)
    seen = zip(known[chips.seen].tolist(), map(_png, chips.pixels), strict=True)
    drawn: dict[int | None, bytes] = dict(seen)
    return tuple(drawn.get(row) for row in rows)


def picture_name(index: Drawable, row: int, px: int) -> str:
    """The file name of a chip's picture."""
    table, spec = index.table, index.info.spec
    scene = table.scenes[table.scene_of[row]]
    shaped_by = (
        scene.checksum, scene.bands, scene.stretch, table.windows[row].tolist(),
        float(table.ground_m[row]), spec.size_px, px,
    )  # fmt: skip
    return hashlib.sha256(repr(shaped_by).encode()).hexdigest()[:NAME_DIGITS] + ".png"


def _row(index: Drawable, place: Place) -> int | None:
    try:
        return row_of(index.table, place)
    except QueryError:
        return None


def _png(pixels: NDArray[np.uint8]) -> bytes:
    drawn = io.BytesIO()
    Image.fromarray(pixels).save(drawn, "PNG", compress_level=QUICK)
    return drawn.getvalue()
