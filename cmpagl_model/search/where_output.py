"""Where in the chip, for people: the heat over the picture, and the sentence with its words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from cmpagl_model.index.vectors import PICTURES, check_ending, refuse_scenes
from cmpagl_model.records import metres
from cmpagl_model.relevance.words import WORD

from .fonts import with_font
from .preview import CHIP_PX, GAP, INK, PAPER, QUIET, save, shortened, write
from .where import CELLS

if TYPE_CHECKING:
    from pathlib import Path

    from .where import InChip

SHARES = (0.0, 0.5, 1.0)
COLOURS = ((255, 237, 160, 0), (254, 153, 41, 95), (189, 0, 38, 150))
"""Red, green, blue, opacity at these shares of the way from the usual cell to the best one: the
colours of a heat map, but the picture stays to be seen."""
SOFT = CELLS // 2
"""Cells in a row between which heat is drawn smoothly: more would show the edges of windows."""
SIDE, LINE, LETTERS = 2 * CHIP_PX, 30, 22


def heated(found: InChip, px: int) -> Image.Image:
    """The chip with its heat: what fits no better than its usual cell stays as it is.

    Args:
        found: the place.
        px: the longer side of the picture.
    """
    height, width = found.pixels.shape[:2]
    size = (round(px * width / max(width, height)), round(px * height / max(width, height)))
    picture = Image.fromarray(found.pixels).resize(size, Image.Resampling.BICUBIC)
    heat = found.heat.values
    usual, most = float(np.median(heat)), float(heat.max())
    warm = np.clip((heat - usual) / max(most - usual, 1e-6), 0, 1)  # 0 at the median and below
    coarse = Image.fromarray(warm.astype(np.float32)).resize((SOFT, SOFT), Image.Resampling.BOX)
    warmth = np.clip(np.asarray(coarse.resize(size, Image.Resampling.BICUBIC)), 0, 1)
    painted = np.stack([np.interp(warmth, SHARES, one) for one in zip(*COLOURS, strict=True)], -1)
    over = Image.fromarray(np.rint(painted).astype(np.uint8), "RGBA")
    return Image.alpha_composite(picture.convert("RGBA"), over).convert("RGB")


def write_sheet(found: InChip, path: Path) -> None:
    """Draw the sentence, its words dark where they made the hit; the chip without and with heat.

    Args:
        found: the place.
        path: ``.png``, ``.jpg`` or ``.jpeg``; replaced if it exists.

    Raises:
        OutputError: if the ending is another, the file is the scene itself or cannot be written.
    """
    _write(sheet_of(found), found, path)


def write_heated(found: InChip, path: Path, px: int) -> None:
    """Draw the chip with its heat and nothing else.

    Args:
        found: the place.
        path: as for :func:`write_sheet`.
        px: the longer side of the picture.

    Raises:
        OutputError: as for :func:`write_sheet`.
    """
    _write(heated(found, px), found, path)


def _write(picture: Image.Image, found: InChip, path: Path) -> None:
    check_ending(path, PICTURES)
    refuse_scenes(path, [found.heat.scene])
    save(picture, path, "picture")


def sheet_of(found: InChip) -> Image.Image:
    """What :func:`write_sheet` writes."""
    warm = heated(found, SIDE)
    plain = Image.fromarray(found.pixels).resize(warm.size, Image.Resampling.BICUBIC)
    width = 3 * GAP + 2 * SIDE
    lines = _lines(found, width - 2 * GAP)
    top = GAP + len(lines) * LINE + 28
    sheet = Image.new("RGB", (width, top + warm.height + GAP), PAPER)
    pen = ImageDraw.Draw(sheet)
    for number, line in enumerate(lines):
        x: float = GAP
        for word, bold in line:
            shown, font = with_font(word + " ", LETTERS)
            colour, stroke = (INK, 0.5) if bold else (QUIET, 0)
            pen.text((x, GAP - 4 + number * LINE), shown, colour, font, stroke_width=stroke)
            x += pen.textlength(shown, font)
    low, high = float(found.heat.values.min()), float(found.heat.values.max())
    facts = (
        f"score {found.score:.3f} · parts {low:.3f} to {high:.3f} · "
        f"{metres(found.ground_m)} · {found.heat.scene.replace(chr(92), '/').rsplit('/', 1)[-1]}"
    )
    write(pen, (GAP, top - 26), shortened(pen, facts, width - 2 * GAP, 14), QUIET, 14)
    for left, picture in ((GAP, plain), (2 * GAP + SIDE, warm)):
        sheet.paste(picture, (left, top))
    return sheet


def _lines(found: InChip, room: int) -> list[list[tuple[str, bool]]]:
    """The sentence in lines that fit, each of words and whether they made the hit."""
    telling = set(found.telling)
    pen = ImageDraw.Draw(Image.new("RGB", (1, 1)))
    lines: list[list[tuple[str, bool]]] = [[]]
    for word in found.query.split():
        bold = any(one in telling for one in WORD.findall(word.lower()))
        shown, font = with_font(" ".join([*(one for one, _ in lines[-1]), word]), LETTERS)
        if lines[-1] and pen.textlength(shown, font) > room:
            lines.append([])
        lines[-1].append((word, bold))
    return lines
