"""What two summers changed: the pair of NAIP scenes of one farmland, before and after."""

from __future__ import annotations

import tempfile
from pathlib import Path

from cmpagl_model import open_index
from cmpagl_model.encoders import open_encoder
from cmpagl_model.index import build_index
from cmpagl_model.search.change import find_changes
from cmpagl_model.search.change_output import write_sheet

BEFORE, AFTER = "naip_nd_farmland_ponds_2020_5m", "naip_nd_farmland_ponds_2019_5m"
"""The wet year last: ponds that dried up from 2019 to 2020 appear from 2020 to 2019."""
QUERY = "a pond"


def draw(scenes: Path, pictures: Path) -> None:
    """Draw the contact sheet.

    Args:
        scenes: folder with the two NAIP scenes.
        pictures: where ``query-change.jpg`` goes.
    """
    with tempfile.TemporaryDirectory() as place:
        index = Path(place) / "years.cmpagl"
        files = [str(scenes / f"{name}.tif") for name in (BEFORE, AFTER)]
        build_index(files, index, open_encoder())
        opened = open_index(index)
        found = find_changes(opened, QUERY, before=[BEFORE], after=[AFTER], k=3)
        write_sheet(opened, found, pictures / "query-change.jpg")
