"""Pictures of a sentence as it stands beside the same sentence read by parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from cmpagl_model.search import ChipPlace
from cmpagl_model.search.fonts import with_font
from cmpagl_model.search.thumbnails import write_thumbnails

from . import indexed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cmpagl_model.records import Hit
    from cmpagl_model.search import SearchableIndex

    Row = tuple[str, Sequence[Hit], dict[int, str]]

SENTENCE = "a road without houses"
SCENES = ("kampala_*.tif", "ch_*.tif", "nl_*.tif", "naip_va_*.tif")
"""Of the folder: small ones with houses, roads and trees."""
GROUND_M = 100.0
SHOWN, PX, GAP, LINE = 6, 200, 12, 40
PAPER, INK, QUIET, RIGHT, WRONG = "#fbfaf7", "#1d2733", "#5d6875", "#2e8b57", "#c0392b"


def draw(scenes: Path, pictures: Path) -> None:
    """Write ``query-composed.jpg``.

    Args:
        scenes: folder with the scenes of :data:`SCENES`.
        pictures: where it goes.
    """
    with indexed(scenes, SCENES, GROUND_M) as index:
        plain, parted = (index.search(SENTENCE, SHOWN, plain=plain) for plain in (True, False))
        rows: list[Row] = [
            (f"“{SENTENCE}”, as it stands", plain.hits, {}),
            (f"read as: {parted.understood}", parted.hits, {}),
        ]
        sheet(index, rows).save(pictures / "query-composed.jpg", quality=88)


def sheet(index: SearchableIndex, rows: Sequence[Row]) -> Image.Image:
    """Rows of hits under a line of words each.

    Args:
        index: where the hits lie; thumbnails go beside it.
        rows: words, hits, and the colour of the frame of some of them by place from 0.
    """
    most = max(len(hits) for _, hits, _ in rows)
    size = GAP + most * (PX + GAP), len(rows) * (LINE + PX + GAP) + GAP
    work = index.folder.parent
    made = Image.new("RGB", size, PAPER)
    pen = ImageDraw.Draw(made)
    for number, (words, hits, frames) in enumerate(rows):
        top = number * (LINE + PX + GAP)
        shown, font = with_font(words, 19)
        pen.text((GAP, top + 12), shown, INK, font)
        places = [ChipPlace(hit.scene, hit.window, hit.ground_m) for hit in hits]
        for place, file in enumerate(write_thumbnails(index, places, work, PX)):
            corner = GAP + place * (PX + GAP), top + LINE
            if file is not None:
                made.paste(Image.open(file).convert("RGB").resize((PX, PX)), corner)
            if place in frames:
                box = (corner[0], corner[1], corner[0] + PX - 1, corner[1] + PX - 1)
                pen.rectangle(box, outline=frames[place], width=6)
    return made
