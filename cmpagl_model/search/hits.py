"""Chips that were chosen, as hits with their siblings."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np

from cmpagl_model.records import Hit, Sibling
from tiling import Window

from .merge import siblings_of
from .ranking import FOR_EACH_HIT

if TYPE_CHECKING:
    from cmpagl_model.table.chips import ChipTable

    from .answer import Chosen, SearchOptions

SIBLING_POOL = 400
"""Siblings are looked for among this many of the best chips, or four for each hit wanted."""


def hits_of(table: ChipTable, chosen: Chosen, options: SearchOptions) -> tuple[Hit, ...]:
    """The hits of a query.

    Args:
        table: the chips of the index.
        chosen: which of them became hits.
        options: what was asked for.
    """
    chances = chosen.chances
    siblings: list[list[tuple[int, float]]] = [[]] * len(chosen.rows)
    if options.merge and options.siblings:  # from among the chips that came nearest
        pool = chosen.found.rows[: max(SIBLING_POOL, FOR_EACH_HIT * options.k)]
        siblings = siblings_of(table, chosen.rows, pool)
    firsts = np.cumsum([0, *map(len, siblings)])
    theirs = [row for found in siblings for row, _ in found]
    score_of = dict(zip(chosen.found.rows.tolist(), chosen.found.scores.tolist(), strict=True))
    # All at once: each look into a file that is mapped costs as much as some hundred rows.
    rows = np.concatenate([chosen.rows, np.array(theirs, np.int64)])
    shapes, said = table.footprints(rows), table.said_of(rows)
    windows, gsd_m = table.windows[rows].tolist(), table.gsd_m[rows].tolist()
    ground_m, scenes = table.ground_m[rows].tolist(), table.scene_of[rows].tolist()

    def facts(position: int) -> dict[str, Any]:
        return {
            "scene": table.scenes[scenes[position]].path,
            "window": Window(*windows[position]),
            "gsd_m": gsd_m[position],
            "ground_m": ground_m[position],
            "geometry": shapes[position],
            "score": score_of[int(rows[position])],
            "datetime": said[position].datetime,
        }

    count = len(chosen.rows)
    return tuple(
        Hit(
            rank=position + 1,
            **facts(position),
            probability=None if chances is None or isnan(chances[position]) else chances[position],
            id=said[position].id,
            source=said[position].source,
            siblings=tuple(
                Sibling(**facts(count + int(firsts[position]) + number), overlap=overlap)
                for number, (_, overlap) in enumerate(siblings[position])
            ),
        )
        for position in range(count)
    )
