"""The first places of a sentence while scene after scene comes into the index."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from cmpagl_model.encoders import open_encoder
from cmpagl_model.index import build_index
from cmpagl_model.index.underway import Beacon
from cmpagl_model.search import SavedQuery, follow, open_index
from tiling import ChipSpec

from .composed import GROUND_M, RIGHT, sheet

if TYPE_CHECKING:
    from .composed import Row

SCENES, SENTENCE, SHOWN = ("naip_va_*", "nl_*", "ch_*", "kampala_*"), "houses", 6


def draw(scenes: Path, pictures: Path) -> None:
    """Write ``query-growing.jpg``.

    Args:
        scenes: folder with the scenes of :data:`SCENES`.
        pictures: where it goes.
    """
    files = [str(next(scenes.glob(f"{name}.tif"))) for name in SCENES]
    with TemporaryDirectory(prefix="query-", ignore_cleanup_errors=True) as work:
        folder, encoder = Path(work) / "town.cmpagl", open_encoder()
        spec = ChipSpec(ground_sizes_m=(GROUND_M,))
        build_index(files[:1], folder, encoder, spec)
        index, rest = open_index(folder), iter(files[1:])
        rows: list[Row] = []

        def one_more(_seconds: float) -> None:
            file = next(rest, None)
            if file is not None:
                build_index([file], folder, encoder, spec)

        with Beacon(folder) as beacon:
            beacon.given(len(files))
            for look in follow(index, SavedQuery(SENTENCE, k=SHOWN, min_score=-1), wait=one_more):
                hits = look.answer.hits
                new = {place: RIGHT for place, hit in enumerate(hits) if rows and hit in look.new}
                text = f"“{SENTENCE}”, {len(rows) + 1} of {len(files)} scenes so far"
                rows.append((text + ("; green: new" if rows else ""), hits, new))
                if len(rows) == len(files):
                    break
        sheet(index, rows, Path(work)).save(pictures / "query-growing.jpg", quality=86)
