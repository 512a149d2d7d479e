"""A contact sheet of hits: what was found, at a glance."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from cmpagl_model.atomic import replacing
from cmpagl_model.errors import OutputError
from cmpagl_model.index.imported import has_pixels
from cmpagl_model.index.vectors import PICTURES, cannot_write_file, check_output
from cmpagl_model.records import metres, percent
from tiling import ChipImage, TilingError, read_chips
from tiling.chips import PlannedChip

from .fonts import with_font

if TYPE_CHECKING:
    from cmpagl_model.records import Hit

    from .answer import Answer
    from .query import SearchableIndex

COLUMNS, CHIP_PX, GAP, CAPTION, HEADER = 5, 220, 16, 46, 64
PAPER, INK, QUIET, EMPTY = "#fbfaf7", "#1d2733", "#6b7785", "#e6e3dc"


def write_preview(index: SearchableIndex, answer: Answer, path: Path) -> None:
    """Draw the hits of an answer, best first, with rank, score, probability, size and scene.

    Args:
        index: the index they come from; scenes are read where they lay when indexed.
        answer: the hits.
        path: a picture file, ``.png``, ``.jpg`` or ``.jpeg``.

    Raises:
        OutputError: if the ending is another, the file is a scene of the index, lies in an index
            or cannot be written.
    """
    check_output(path, index.folder, known=PICTURES)
    count = len(answer.hits)
    columns = min(COLUMNS, max(count, 2))
    rows = max(1, -(-count // columns))
    step_x, step_y = CHIP_PX + GAP, CHIP_PX + CAPTION + GAP
    sheet = Image.new("RGB", (GAP + columns * step_x, HEADER + rows * step_y + GAP // 2), PAPER)
    draw = ImageDraw.Draw(sheet)
    _header(draw, answer, sheet.width)
    for place, hit in enumerate(answer.hits):
        row, column = divmod(place, columns)
        corner = (GAP + column * step_x, HEADER + row * step_y)
        picture = _picture(index, hit)
        if picture is None:
            known = has_pixels(index.scene(hit.scene))
            draw_lack(draw, corner, "scene not readable" if known else "no pixels at hand")
        else:
            sheet.paste(picture, corner)
        left, below = corner[0], corner[1] + CHIP_PX + 5
        chances = [percent(one) for one in (hit.relevance, hit.probability) if one is not None]
        found = " · ".join([f"{hit.score:.3f}", *chances])
        write(draw, (left, below), f"{hit.rank}", INK, 16)
        write(draw, (left + 26, below + 1), found, INK, 14)
        write(draw, (left + CHIP_PX, below + 1), metres(hit.ground_m), QUIET, 14, anchor="ra")
        name = shortened(draw, Path(hit.scene).stem, CHIP_PX, 13)
        write(draw, (left, below + 21), name, QUIET, 13)
    save(sheet, path, "preview")


def save(picture: Image.Image, path: Path, what: str) -> None:
    """Write a picture, whole or not at all.

    Args:
        picture: what to write.
        path: a picture file.
        what: it is, for messages.

    Raises:
        OutputError: if it cannot be written.
    """
    try:
        with replacing(path) as part:
            picture.save(part)
    except (OSError, ValueError) as error:
        raise OutputError(cannot_write_file(path, error, what)) from error


def draw_lack(draw: ImageDraw.ImageDraw, corner: tuple[int, int], why: str) -> None:
    """Draw what stands in place of a chip that cannot be drawn."""
    draw.rectangle((*corner, corner[0] + CHIP_PX, corner[1] + CHIP_PX), fill=EMPTY)
    write(draw, (corner[0] + 12, corner[1] + 12), why, QUIET, 14)


def _header(draw: ImageDraw.ImageDraw, answer: Answer, width: int) -> None:
    quoted = f"“{answer.query}”" if answer.query else ""
    asked = "; ".join(filter(None, (quoted, answer.examples)))
    title = textwrap.shorten(asked, max(20, width // 11), placeholder=" …”")
    write(draw, (GAP, 12), title, INK, 22)
    count = len(answer.hits)
    line = f"{count} {'place' if count == 1 else 'places'} · {answer.model.name}"
    if answer.cutoff is not None:
        line += " · cosine · relevance"
    if any(hit.probability is not None for hit in answer.hits):
        line += f" · {answer.rerank}: probability"
    write(draw, (GAP, 39), line, QUIET, 13)


def write(
    draw: ImageDraw.ImageDraw,
    corner: tuple[int, int],
    text: str,
    colour: str,
    size: int,
    *,
    anchor: str | None = None,
) -> None:
    """Write a line onto a sheet, its upper left corner (or ``anchor``) at a corner, px."""
    shown, font = with_font(text, size)
    draw.text(corner, shown, colour, font, anchor)


def shortened(draw: ImageDraw.ImageDraw, name: str, width: int, size: int) -> str:
    """As much of a name as fits into ``width`` px in letters of a size, the end cut off."""
    short, font = with_font(name, size)
    name = short
    while draw.textlength(short, font) > width:
        name = name[:-1]
        short = name + "…"
    return short


def _picture(index: SearchableIndex, hit: Hit) -> Image.Image | None:
    scene, spec = index.scene(hit.scene), index.info.spec
    if not has_pixels(scene):
        return None
    chip = PlannedChip(0, hit.window, hit.ground_m, hit.gsd_m, edge=False)
    try:
        read = next(iter(read_chips(scene, [chip], spec)))
    except TilingError:
        return None
    if not isinstance(read, ChipImage):
        return None
    return Image.fromarray(read.pixels).resize((CHIP_PX, CHIP_PX), Image.Resampling.BICUBIC)
