"""Non-maximum suppression: of chips that show one place the best is the hit, others siblings.

By default a place is a piece of ground, whatever scene, date or ground size shows it
(:func:`suppress_overlaps`, :func:`siblings_of`; the rule is :data:`MIN_OVERLAP` and
:data:`MAX_SIDE_RATIO`). Without siblings only chips of one scene are compared, and large ones hide
no small ones in them (:func:`suppress_overlaps_in_scene`, :data:`IOU_THRESHOLD`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cmpagl_model.records import Hit
    from cmpagl_model.table.chips import ChipTable

    from .answer import SearchOptions

    Doubles = NDArray[np.float64]
    Rows = NDArray[np.int64]

IOU_THRESHOLD = 0.2
"""Intersection over union from which two chips of one scene show one place.

At the usual overlap of one half, neighbours have 0.33 and diagonal neighbours 0.14. A chip inside
one of twice its side has 0.25, so the better of the two stands for both; inside a much larger one
it has less and stays: that a whole harbour matches must not hide where in it the boats are.
"""
MIN_OVERLAP = 1 / 3
"""Share of the smaller chip from which two chips show the same ground. For chips of one size that
is :data:`IOU_THRESHOLD`: an intersection of 1/3 is 0.2 of the union."""
MAX_SIDE_RATIO = 2.1
"""Sides of chips of one place differ by so much at most: the next ground size, rounded. A chip of
four times the side shows several places, and would hide all of them behind it."""
OVERLAP_TOLERANCE = 0.01
"""Of overlaps that are listed."""
AT_ONCE = 32
"""Chips that are compared with all others in one step."""
MOST_SIBLINGS = 8
"""Listed of one hit, the best ones."""
LISTED = 1_000
"""Hits that have their siblings listed, from the best on: longer answers are files of chips."""


class Ground:
    """The ground that some chips show, compared where it may be the same.

    Boxes around outlines tell most pairs apart, or tell that they are one place: outlines fill them
    but for known rims. Outlines themselves are cut with each other where that leaves a doubt. All
    is in degrees, and outlines are cut at 180 alike.
    """

    def __init__(self, table: ChipTable, rows: Rows) -> None:
        """Take some rows of a table; outlines are read where they are needed.

        Args:
            table: the chips.
            rows: which of them, ``(n,)``. All that follows goes by positions in here.
        """
        self._table, self._rows = table, rows
        self._boxes, self._areas = table.boxes(rows)
        self.side = table.ground_m[rows]
        self._shapes = np.full(len(rows), None, object)

    def same(self, positions: Rows, others: Rows) -> NDArray[np.bool_]:
        """Which of the others show the ground of each, ``(len(positions), len(others))``."""
        one, other = positions[:, None], others[None, :]
        both, rims, smaller = self._boxed(one, other)
        may = (self.side[one] <= MAX_SIDE_RATIO * self.side[other]) & (both > 0)
        may &= self.side[one] * MAX_SIDE_RATIO >= self.side[other]
        # An area that is not known is NaN, which is neither surely too little nor surely enough.
        sure = both - rims > MIN_OVERLAP * smaller
        left, right = np.nonzero(may & ~sure & ~(both <= MIN_OVERLAP * smaller))
        sure[left, right] = self._exact(positions[left], others[right]) > MIN_OVERLAP
        found: NDArray[np.bool_] = sure & may
        return found

    def shares(self, ones: Rows, others: Rows) -> Doubles:
        """What pairs of chips show together, as shares of the smaller one, ``(m,)``.

        Right to :data:`OVERLAP_TOLERANCE`: boxes serve where outlines fill them.
        """
        both, rims, smaller = self._boxed(ones, others)
        found: Doubles = both / smaller
        rest = ~(rims < OVERLAP_TOLERANCE * smaller)
        found[rest] = self._exact(ones[rest], others[rest])
        return np.clip(found, 0, 1, out=found)

    def _boxed(self, one: Rows, other: Rows) -> tuple[Doubles, Doubles, Doubles]:
        """Areas of what boxes share, by how much that may be too much, of the smaller outline."""
        west, south, east, north = self._boxes
        across = np.minimum(east[one], east[other]) - np.maximum(west[one], west[other])
        down = np.minimum(north[one], north[other]) - np.maximum(south[one], south[other])
        both = np.maximum(across, 0) * np.maximum(down, 0)
        rim = (east - west) * (north - south) - self._areas
        return both, rim[one] + rim[other], np.minimum(self._areas[one], self._areas[other])

    def _exact(self, ones: Rows, others: Rows) -> Doubles:
        """Shares from outlines."""
        if not len(ones):
            return np.empty(0)
        import shapely  # noqa: PLC0415 - an index opens without it

        new = np.unique(np.concatenate([ones, others]))
        new = new[[shape is None for shape in self._shapes[new]]]
        shapes = self._table.footprints(self._rows[new])
        broken = ~shapely.is_valid(shapes)  # of imported ones alone
        shapes[broken] = shapely.make_valid(shapes[broken])
        self._shapes[new] = shapes
        one, other = self._shapes[ones], self._shapes[others]
        smaller = np.minimum(shapely.area(one), shapely.area(other))
        both = shapely.area(shapely.intersection(one, other))
        shares: NDArray[np.float64] = np.zeros(len(ones))
        np.divide(both, smaller, out=shares, where=smaller > 0)
        return shares


def suppress_overlaps(table: ChipTable, ranked: Rows, wanted: int) -> Rows:
    """Non-maximum suppression: drop every chip of a ranking whose ground a better one has shown.

    Args:
        table: the chips.
        ranked: rows of ``table``, best first.
        wanted: how many to keep at most.

    Returns:
        The rows kept, best first.
    """
    ground, left = Ground(table, ranked), np.arange(len(ranked))
    kept: list[int] = []
    while len(kept) < wanted and len(left):
        some = left[:AT_ONCE]
        same, alive = ground.same(some, left), np.ones(len(left), bool)
        for number in range(len(some)):
            if alive[number] and len(kept) < wanted:
                kept.append(int(some[number]))
                alive &= ~same[number]
        alive[: len(some)] = False  # also one without ground, which is not even like itself
        left = left[alive]
    return ranked[kept]


def siblings_of(table: ChipTable, hits: Rows, ranked: Rows) -> list[list[tuple[int, float]]]:
    """The other sizes, scenes and dates of the ground of hits.

    Args:
        table: the chips.
        hits: rows of ``table``.
        ranked: rows among which siblings are looked for, best first.

    Returns:
        For each hit, best first, rows and shares of the smaller chip: of each scene and ground size
        but its own the best, :data:`MOST_SIBLINGS` at most; none after :data:`LISTED` hits.
    """
    first, others = hits[:LISTED], ranked[~np.isin(ranked, hits)]
    rows = np.concatenate([first, others])
    ground, pool = Ground(table, rows), np.arange(len(first), len(rows))
    kinds = [*zip(table.scene_of[rows].tolist(), ground.side.tolist(), strict=True)]
    pairs: list[tuple[int, int]] = []
    for start in range(0, len(first), AT_ONCE):
        positions = np.arange(start, min(start + AT_ONCE, len(first)))
        for position, same in zip(positions.tolist(), ground.same(positions, pool), strict=True):
            seen = {kinds[position]: -1}
            for other in pool[same].tolist():
                seen.setdefault(kinds[other], other)
            pairs += [(position, other) for other in [*seen.values()][1 : 1 + MOST_SIBLINGS]]
    ones, twos = np.array(pairs, np.int64).reshape(-1, 2).T
    found: list[list[tuple[int, float]]] = [[] for _ in hits]
    for (position, other), share in zip(pairs, ground.shares(ones, twos).tolist(), strict=True):
        found[position].append((int(rows[other]), share))
    return found


def shows_same(one: Hit, other: Hit, options: SearchOptions) -> bool:
    """Whether two hits of one query, found at different times, are one place.

    Args:
        one: a hit.
        other: another.
        options: how chips are merged.
    """
    if not options.merge or not options.siblings:
        if one.scene != other.scene:
            return False
        if not options.merge:
            return (one.window, one.ground_m) == (other.window, other.ground_m)
    small, large = sorted((one.ground_m, other.ground_m))
    if options.siblings and large > MAX_SIDE_RATIO * small:
        return False
    both = float(one.geometry.intersection(other.geometry).area)
    areas = one.geometry.area, other.geometry.area
    if options.siblings:
        return bool(both > MIN_OVERLAP * min(areas))
    return bool(both > IOU_THRESHOLD * (sum(areas) - both))


def suppress_overlaps_in_scene(
    table: ChipTable, ranked: NDArray[np.int64], wanted: int
) -> NDArray[np.int64]:
    """Non-maximum suppression by intersection over union, within each scene alone.

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
        alive[same[shared > IOU_THRESHOLD * union]] = False
        alive[position] = False
    return ranked[kept]
