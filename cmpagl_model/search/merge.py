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
    corners = _corners(table.windows[ranked])
    area = (corners[:, 2] - corners[:, 0]) * (corners[:, 3] - corners[:, 1])
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
        shared = _shared_area(corners[same], corners[position])
        union = area[same] + area[position] - shared
        alive[same[shared > SAME_PLACE * union]] = False
        alive[position] = False
    return ranked[kept]


def _corners(windows: NDArray[np.int32]) -> NDArray[np.float64]:
    left, top, width, height = windows.astype(np.float64).T
    return np.stack([left, top, left + width, top + height], axis=1)


def _shared_area(corners: NDArray[np.float64], one: NDArray[np.float64]) -> NDArray[np.float64]:
    width = np.minimum(corners[:, 2], one[2]) - np.maximum(corners[:, 0], one[0])
    height = np.minimum(corners[:, 3], one[3]) - np.maximum(corners[:, 1], one[1])
    shared: NDArray[np.float64] = np.clip(width, 0, None) * np.clip(height, 0, None)
    return shared
