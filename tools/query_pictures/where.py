"""Where in the chip: a pond in a forest and what shows it, twice, on a NAIP scene."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

from cmpagl_model.search import ChipPlace
from cmpagl_model.search.preview import PAPER
from cmpagl_model.search.where import where_in_chip
from cmpagl_model.search.where_output import sheet_of

from . import indexed

if TYPE_CHECKING:
    from pathlib import Path

SHOWN = (
    ("naip_va_forest_farm_1m.tif", "a pond in a dense forest"),
    ("nl_waterfront_industry_025m.tif", "boats on a canal beside a factory"),
)


def draw(scenes: Path, pictures: Path) -> None:
    """Draw the best place of each sentence, without and with heat.

    Args:
        scenes: folder with the scenes.
        pictures: where ``query-where.jpg`` goes.
    """
    sheets: list[Image.Image] = []
    for name, sentence in SHOWN:
        with indexed(scenes, [name]) as opened:
            (best,) = opened.search(sentence, 1).hits
            chip = ChipPlace(best.scene, best.window, best.ground_m)
            sheets.append(sheet_of(where_in_chip(opened, chip, sentence)))
    size = (max(one.width for one in sheets), sum(one.height for one in sheets))
    sheet, top = Image.new("RGB", size, PAPER), 0
    for one in sheets:
        sheet.paste(one, (0, top))
        top += one.height
    sheet.save(pictures / "query-where.jpg", quality=88)
