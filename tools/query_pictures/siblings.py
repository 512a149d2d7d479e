"""One sentence over two years and three sizes of one place: every chip, and each place once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from cmpagl_model.records import metres
from cmpagl_model.search import ChipPlace
from cmpagl_model.search.fonts import with_font
from cmpagl_model.search.merge import MIN_OVERLAP
from cmpagl_model.search.thumbnails import write_thumbnails

from . import indexed
from .composed import GAP, INK, LINE, PAPER, PX, QUIET, WRONG

if TYPE_CHECKING:
    from cmpagl_model.records import Hit, Sibling

SCENES, SENTENCE = "naip_nd_*.tif", "ponds between square fields"
SHOWN, SMALL, MOST = 6, 62, 3


def draw(scenes: Path, pictures: Path) -> None:
    """Write ``query-siblings.jpg``.

    Args:
        scenes: folder with the scenes of one farmland in two years.
        pictures: where it goes.
    """
    with indexed(scenes, [SCENES]) as opened:
        work = opened.folder.parent
        height = 2 * (LINE + PX + 22) + SMALL + GAP
        sheet = Image.new("RGB", (GAP + SHOWN * (PX + GAP), height), PAPER)
        pen = ImageDraw.Draw(sheet)
        top = 0
        for siblings, words in (
            (False, f"“{SENTENCE}”, two years, each chip by itself; framed: shown before"),
            (True, f"“{SENTENCE}”: one hit for one place; below, the first of its siblings"),
        ):
            said, font = with_font(words, 19)
            pen.text((GAP, top + 12), said, INK, font)
            hits = opened.search(SENTENCE, SHOWN, siblings=siblings).hits
            for place, hit in enumerate(hits):
                left = GAP + place * (PX + GAP)
                shown: list[Hit | Sibling] = [hit, *hit.siblings[:MOST]]
                places = [ChipPlace(one.scene, one.window, one.ground_m) for one in shown]
                files = write_thumbnails(opened, places, work, PX)
                year = Path(hit.scene).stem.split("_")[-2]
                more = f"   +{len(hit.siblings)}" if hit.siblings else ""
                text, small = with_font(f"{year}, {metres(hit.ground_m)}{more}", 14)
                pen.text((left, top + LINE + PX + 2), text, QUIET, small)
                for number, file in enumerate(files):
                    if file is None:
                        continue
                    side = SMALL if number else PX
                    corner = (left, top + LINE)
                    if number:
                        step = SMALL + (PX - MOST * SMALL) // (MOST - 1)
                        corner = (left + (number - 1) * step, top + LINE + PX + 22)
                    picture = Image.open(file).convert("RGB").resize((side, side))
                    sheet.paste(picture, corner)
                if any(_same(hit, other) for other in hits[:place]):
                    box = (left, top + LINE, left + PX - 1, top + LINE + PX - 1)
                    pen.rectangle(box, outline=WRONG, width=6)
            top += LINE + PX + 22
        sheet.save(pictures / "query-siblings.jpg", quality=88)


def _same(one: Hit, other: Hit) -> bool:
    both = one.geometry.intersection(other.geometry).area
    return bool(both > MIN_OVERLAP * min(one.geometry.area, other.geometry.area))
