"""Chips that were chosen, as hits with their siblings."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.records import Hit, Sibling

from .merge import siblings_of
from .ranking import FOR_EACH_HIT

if TYPE_CHECKING:
    from cmpagl_model.table.chips import ChipTable

    from .answer import Chosen, SearchOptions

SIBLING_POOL = 1_000
"""Siblings are looked for among so many of the best chips at most, or four for each hit wanted."""


def hits_of(table: ChipTable, chosen: Chosen, options: SearchOptions) -> tuple[Hit, ...]:
    """The hits of a query.

    Args:
        table: the chips of the index.
        chosen: which of them became hits.
        options: what was asked for.
    """
    found, chances = chosen.found, chosen.chances
    score_of = dict(zip(found.rows.tolist(), found.scores.tolist(), strict=True))
    shapes, said = table.footprints(chosen.rows), table.said_of(chosen.rows)
    siblings = _siblings(table, chosen, score_of, options)
    return tuple(
        Hit(
            rank=place + 1,
            score=score_of[row],
            scene=table.scenes[table.scene_of[row]].path,
            window=table.window(row),
            gsd_m=float(table.gsd_m[row]),
            ground_m=float(table.ground_m[row]),
            geometry=shapes[place],
            probability=None if chances is None or isnan(chances[place]) else chances[place],
            datetime=said[place].datetime,
            id=said[place].id,
            source=said[place].source,
            siblings=siblings[place],
        )
        for place, row in enumerate(chosen.rows.tolist())
    )


def _siblings(
    table: ChipTable, chosen: Chosen, score_of: dict[int, float], options: SearchOptions
) -> list[tuple[Sibling, ...]]:
    """The siblings of each hit, from among the chips that came nearest."""
    if not (options.merge and options.siblings):
        return [()] * len(chosen.rows)
    pool = chosen.found.rows[: max(SIBLING_POOL, FOR_EACH_HIT * options.k)]
    pairs = siblings_of(table, chosen.rows, pool)
    rows = np.array([row for found in pairs for row, _ in found], np.int64)
    shapes, said = iter(table.footprints(rows)), iter(table.said_of(rows))
    return [
        tuple(
            Sibling(
                scene=table.scenes[table.scene_of[row]].path,
                window=table.window(row),
                gsd_m=float(table.gsd_m[row]),
                ground_m=float(table.ground_m[row]),
                geometry=next(shapes),
                score=score_of[row],
                overlap=share,
                datetime=next(said).datetime,
            )
            for row, share in found
        )
        for found in pairs
    ]
