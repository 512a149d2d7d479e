"""What two summers changed: the pair of NAIP scenes of one farmland, before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmpagl_model.search.change import find_changes
from cmpagl_model.search.change_output import write_sheet

from . import indexed

if TYPE_CHECKING:
    from pathlib import Path

BEFORE, AFTER = "naip_nd_farmland_ponds_2020_5m", "naip_nd_farmland_ponds_2019_5m"
"""The wet year last: ponds that dried up from 2019 to 2020 appear from 2020 to 2019."""
QUERY = "a pond"


def draw(scenes: Path, pictures: Path) -> None:
    """Draw the contact sheet.

    Args:
        scenes: folder with the two NAIP scenes.
        pictures: where ``query-change.jpg`` goes.
    """
    with indexed(scenes, [f"{name}.tif" for name in (BEFORE, AFTER)]) as opened:
        found = find_changes(opened, QUERY, before=[BEFORE], after=[AFTER], k=3)
        write_sheet(opened, found, pictures / "query-change.jpg")
