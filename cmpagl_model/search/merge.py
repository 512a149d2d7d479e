"""Greedy non-maximum suppression: of overlapping chips of one place the best becomes the hit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cmpagl_model.table.chips import ChipTable

SAME_PLACE = 0.2
"""Intersection over union from which two chips of one scene show one place.

At the usual overlap of one half, neighbours have 0.33 and diagonal neighbours 0.14. A chip inside
one of twice its side has 0.25, so the better of the two stands for both; inside a much larger one
it has less and stays: that a whole harbour matches must not hide where in it the boats are.
"""


def best_of_each_place(
    table: ChipTable, ranked: NDArray[np.int64], wanted: int
) -> NDArray[np.int64]:
    """Walk down a ranking and drop every chip whose place a better one has shown.

    Args:
        table: the chips.
        ranked: rows of ``table``, best first.
        wanted: how many to keep at most.

    Returns:
        The rows kept, best first.
    """
    alive = np.ones(len(ranked), bool)
    left, top, width, height = table.windows[ranked].astype(np.float64).T
    right, bottom, area = left + width, top + height, width * height
    scene = table.scene_of[ranked]
    kept: list[int] = []
    position = 0
    while len(kept) < wanted:
        following = np.flatnonzero(alive[position:])
        if not len(following):
            break
        position += int(following[0])
        kept.append(position)
        same = np.flatnonzero(alive & (scene == scene[position]))
        across = np.minimum(right[same], right[position]) - np.maximum(left[same], left[position])
        down = np.minimum(bottom[same], bottom[position]) - np.maximum(top[same], top[position])
        shared = np.clip(across, 0, None) * np.clip(down, 0, None)
        union = area[same] + area[position] - shared
        alive[same[shared > SAME_PLACE * union]] = False
        alive[position] = False
    return ranked[kept]
