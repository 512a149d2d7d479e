"""Pictures of the first places before and after ten ticks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cmpagl_model.search import ChipPlace, Examples
from cmpagl_model.search.feedback import Feedback

from . import indexed
from .composed import GROUND_M, RIGHT, SCENES, WRONG, sheet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cmpagl_model.records import Hit

    from .composed import Row

SENTENCE, WANTED = "houses", "kampala"
"""What is typed, and the name of the scene whose houses are meant."""
SHOWN, TICKS = 6, 10


def draw(scenes: Path, pictures: Path) -> None:
    """Write ``query-feedback.jpg``.

    Args:
        scenes: folder with the scenes of :mod:`.composed`.
        pictures: where it goes.
    """
    with indexed(scenes, SCENES, GROUND_M) as index:
        before = index.similar(Examples(), SENTENCE, k=SHOWN).hits
        asked = index.similar(Examples(), SENTENCE, k=TICKS, ask=True).hits
        lesson = Feedback(
            tuple(map(_place, filter(_right, asked))),
            tuple(_place(hit) for hit in asked if not _right(hit)),
        )
        after = index.similar(Examples(), SENTENCE, k=SHOWN, feedback=lesson).hits
        shown, seen = asked[:SHOWN], [hit for hit in after if hit.review]
        rows: list[Row] = [
            (f"“{SENTENCE}”; red roofs are meant", before, {}),
            ("six of the ten places to judge; green: kept, red: rejected", shown, _frames(shown)),
            ("after ten ticks; framed: judged before", after, _frames(seen)),
        ]
        sheet(index, rows).save(pictures / "query-feedback.jpg", quality=88)


def _right(hit: Hit) -> bool:
    return Path(hit.scene).stem.startswith(WANTED)


def _place(hit: Hit) -> ChipPlace:
    return ChipPlace(hit.scene, hit.window, hit.ground_m)


def _frames(hits: Iterable[Hit]) -> dict[int, str]:
    return {hit.rank - 1: RIGHT if _right(hit) else WRONG for hit in hits}
