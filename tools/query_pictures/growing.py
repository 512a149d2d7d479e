"""The first places of a sentence while scene after scene comes into the index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmpagl_model.index import build_index
from cmpagl_model.index.underway import Heartbeat
from cmpagl_model.search import SavedQuery, follow

from . import indexed
from .composed import GROUND_M, RIGHT, sheet

if TYPE_CHECKING:
    from pathlib import Path

    from .composed import Row

SCENES, SENTENCE, SHOWN = ("naip_va_*", "nl_*", "ch_*", "kampala_*"), "houses", 6


def draw(scenes: Path, pictures: Path) -> None:
    """Write ``query-growing.jpg``.

    Args:
        scenes: folder with the scenes of :data:`SCENES`.
        pictures: where it goes.
    """
    first, *others = [next(scenes.glob(f"{name}.tif")) for name in SCENES]
    with indexed(scenes, [first.name], GROUND_M) as index:
        folder, rest = index.folder, iter(others)
        rows: list[Row] = []

        def one_more(_seconds: float) -> None:
            file = next(rest, None)
            if file is not None:
                build_index([str(file)], folder, index.encoder)

        with Heartbeat(folder) as beacon:
            beacon.set_scenes(len(SCENES))
            for look in follow(index, SavedQuery(SENTENCE, k=SHOWN, min_score=-1), wait=one_more):
                hits = look.answer.hits
                new = {place: RIGHT for place, hit in enumerate(hits) if rows and hit in look.new}
                text = f"“{SENTENCE}”, {len(rows) + 1} of {len(SCENES)} scenes so far"
                rows.append((text + ("; green: new" if rows else ""), hits, new))
                if len(rows) == len(SCENES):
                    break
        sheet(index, rows).save(pictures / "query-growing.jpg", quality=86)
