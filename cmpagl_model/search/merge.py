"""Which chips show one place: of these the best becomes the hit, the others its siblings.

By default a place is a piece of ground, whatever scene, date or ground size shows it
(:func:`best_of_each_ground`, :func:`siblings_of`; the rule is :data:`SHARED` and :data:`FACTOR`).
Without siblings only chips of one scene are compared, and large ones hide no small ones in them
(:func:`best_of_each_place`, :data:`SAME_PLACE`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cmpagl_model.records import Hit
    from cmpagl_model.table.chips import ChipTable

    from .saved import SavedQuery

    Doubles = NDArray[np.float64]
    Rows = NDArray[np.int64]

SAME_PLACE = 0.2
"""Intersection over union from which two chips of one scene show one place.

At the usual overlap of one half, neighbours have 0.33 and diagonal neighbours 0.14. A chip inside
one of twice its side has 0.25, so the better of the two stands for both; inside a much larger one
it has less and stays: that a whole harbour matches must not hide where in it the boats are.
"""
SHARED = 1 / 3
"""Share of the smaller chip from which two chips show the same ground. For chips of one size that
is :data:`SAME_PLACE`: an intersection of 1/3 is 0.2 of the union."""
FACTOR = 4.1
"""Sides that differ by more are never one place: a town is no other size of one of its roofs.
Automatic ground sizes of a scene reach four times the smallest, each rounded."""
MOST_SIBLINGS = 8
"""Listed of one hit, the best ones."""
LISTED = 1_000
"""Hits that have their siblings listed, from the best on: longer answers are files of chips."""


class Ground:
    """The ground that some chips show, compared where it may be the same."""

    def __init__(self, table: ChipTable, rows: Rows) -> None:
        """Take some rows of a table; outlines are read where they are needed.

        Args:
            table: the chips.
            rows: which of them, ``(n,)``. All that follows goes by places in here.
        """
        self._table, self._rows = table, rows
        self.scene, self.side = table.scene_of[rows], table.ground_m[rows]
        left, top, width, height = table.windows[rows].astype(np.float64).T
        self._windows = np.stack([left, top, left + width, top + height])
        alone = len(rows) == 0 or bool((self.scene == self.scene[0]).all())
        self._bounds = None if alone else table.bounds(rows).T.copy()
        self._shapes = np.full(len(rows), None, object)

    def near(self, place: int, among: NDArray[np.bool_]) -> tuple[Rows, Doubles]:
        """The chips that show the same ground as one of them.

        Args:
            place: of the one.
            among: which others may be meant, ``(n,)``.

        Returns:
            Their places, ascending, and their intersections as shares of the smaller chip.
        """
        among = among & (self.side <= FACTOR * self.side[place])
        among &= self.side * FACTOR >= self.side[place]
        own = among & (self.scene == self.scene[place])
        found = [self._in_scene(place, np.flatnonzero(own))]
        if self._bounds is not None:
            west, south, east, north = self._bounds
            w, s, e, n = self._bounds[:, place]
            among &= (west < e) & (east > w) & (south < n) & (north > s) & ~own
            found.append(self._elsewhere(place, np.flatnonzero(among)))
        others = np.concatenate([some for some, _ in found])
        shares = np.concatenate([share for _, share in found])
        others, shares = others[shares > SHARED], shares[shares > SHARED]
        order = np.argsort(others)
        return others[order], shares[order]

    def _in_scene(self, place: int, others: Rows) -> tuple[Rows, Doubles]:
        """Of one scene: pixels are compared, to the pixel."""
        left, top, right, bottom = self._windows[:, others]
        own = self._windows[:, place]
        across = np.minimum(right, own[2]) - np.maximum(left, own[0])
        down = np.minimum(bottom, own[3]) - np.maximum(top, own[1])
        area = (right - left) * (bottom - top)
        smaller = np.minimum(area, (own[2] - own[0]) * (own[3] - own[1]))
        return others, np.clip(across, 0, None) * np.clip(down, 0, None) / smaller

    def _elsewhere(self, place: int, others: Rows) -> tuple[Rows, Doubles]:
        """Of other scenes: outlines are compared, in degrees; they are cut at 180, all of them."""
        if not len(others):
            return others, np.empty(0)
        import shapely  # noqa: PLC0415 - an index opens without it

        wanted = np.append(others, place)
        new = wanted[[shape is None for shape in self._shapes[wanted]]]
        shapes = self._table.footprints(self._rows[new])
        broken = ~shapely.is_valid(shapes)  # of imported ones alone
        shapes[broken] = shapely.make_valid(shapes[broken])
        self._shapes[new] = shapes
        own, some = self._shapes[place], self._shapes[others]
        smaller = np.minimum(shapely.area(some), shapely.area(own))
        both = shapely.area(shapely.intersection(some, own))
        return others, np.divide(both, smaller, out=np.zeros(len(others)), where=smaller > 0)


def best_of_each_ground(table: ChipTable, ranked: Rows, wanted: int) -> Rows:
    """Walk down a ranking and drop every chip whose ground a better one has shown.

    Args:
        table: the chips.
        ranked: rows of ``table``, best first.
        wanted: how many to keep at most.

    Returns:
        The rows kept, best first.
    """
    ground, alive = Ground(table, ranked), np.ones(len(ranked), bool)
    kept: list[int] = []
    for place in range(len(ranked)):
        if len(kept) >= wanted:
            break
        if alive[place]:
            kept.append(place)
            alive[place] = False
            alive[ground.near(place, alive)[0]] = False
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
    first = hits[:LISTED]
    others = ranked[~np.isin(ranked, hits)]
    ground = Ground(table, np.concatenate([first, others]))
    among = np.arange(len(first) + len(others)) >= len(first)
    found: list[list[tuple[int, float]]] = []
    for place in range(len(first)):
        kinds = {(int(ground.scene[place]), float(ground.side[place]))}
        mine: list[tuple[int, float]] = []
        for other, share in zip(*ground.near(place, among), strict=True):
            kind = int(ground.scene[other]), float(ground.side[other])
            if kind not in kinds and len(mine) < MOST_SIBLINGS:
                kinds.add(kind)
                mine.append((int(others[other - len(first)]), float(share)))
        found.append(mine)
    return found + [[] for _ in hits[LISTED:]]


def shows_same(one: Hit, other: Hit, query: SavedQuery) -> bool:
    """Whether two hits of one query, found at different times, are one place.

    Args:
        one: a hit.
        other: another.
        query: says how chips are merged.
    """
    if not query.merge or not query.siblings:
        if one.scene != other.scene:
            return False
        if not query.merge:
            return (one.window, one.ground_m) == (other.window, other.ground_m)
    small, large = sorted((one.ground_m, other.ground_m))
    if query.siblings and large > FACTOR * small:
        return False
    both = float(one.geometry.intersection(other.geometry).area)
    areas = one.geometry.area, other.geometry.area
    if query.siblings:
        return bool(both > SHARED * min(areas))
    return bool(both > SAME_PLACE * (sum(areas) - both))


def best_of_each_place(
    table: ChipTable, ranked: NDArray[np.int64], wanted: int
) -> NDArray[np.int64]:
    """Walk down a ranking and drop every chip whose place a better one of its scene has shown.

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
