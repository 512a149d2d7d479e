"""Change detection: what is there now and was not before, two scenes compared chip by chip.

Chips of two scenes lie on two grids, so a chip of the later scene has no partner in the index.
Where it might show something new is found from stored embeddings, by cells as a heat map has them;
of the best of these the same ground is read from the earlier scene and embedded, and only that is
compared. docs/decisions/0043 says why.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.errors import QueryError
from cmpagl_model.index.imported import has_pixels, no_pixels
from cmpagl_model.progress import NoProgress
from cmpagl_model.records import Problem, percent
from cmpagl_model.table.halves import singles
from tiling import SceneRecord, TilingError, Window
from tiling.sameground import same_ground

from .composed import as_it_stands
from .filters import fitting
from .heatmap import Cells, cell_means
from .merge import suppress_overlaps_in_scene
from .query import retry_if_damaged
from .ranking import cosine_scores
from .reread import planned, read_planned, share_shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from cmpagl_model.progress import Progress
    from cmpagl_model.records import ModelId

    from .query import SearchableIndex

    Floats = NDArray[np.float32]
    Doubles = NDArray[np.float64]
    Rows = NDArray[np.int64]

LEAST_DIFFERENCE = 0.15
"""Two views of a place that differ by less show the same: resampled and shifted copies of real
scenes stay far below, two summers of one farmland mostly do."""
LEAST_RISE = 0.05
"""Cosines that rise by less have not: 99 of 100 times they move by less between copies of one scene
on two grids."""
LOOKED_AT, FOR_EACH = 60, 3
"""Places read again from the earlier scene: at least, and for each one asked for."""
BATCH = 16


@dataclass(frozen=True, slots=True)
class Seen:
    """How well one view of a place fits a sentence."""

    score: float
    """Cosine, -1 to 1."""
    relevance: float | None
    """Calibrated probability of being right, 0 to 1; ``None``: the model has no calibration."""

    @property
    def text(self) -> str:
        """Its relevance for a person, or where there is none, its score."""
        return f"{self.score:.3f}" if self.relevance is None else percent(self.relevance)


@dataclass(frozen=True, slots=True)
class Change:
    """A place that fits the sentence now and did not before."""

    rank: int
    """From 1."""
    change: float
    """By how much the relevance rose from before to after, 0 to 1; where it is also asked what was
    there: the lesser of that and of what the other sentence lost. Cosines where the model has no
    calibration."""
    difference: float
    """How unlike the two views are, whatever was asked: 1 less the cosine of their embeddings."""
    after: Seen
    """The later view and the sentence."""
    before: Seen
    """The earlier view and the sentence."""
    was_before: Seen | None
    """The earlier view and what is said to have been there; ``None``: nothing is said."""
    was_after: Seen | None
    """The later view and the same."""
    after_scene: str
    """Path of the later scene."""
    before_scene: str
    """Path of the earlier scene."""
    after_window: Window
    """The chip, native px of the later scene."""
    before_window: Window
    """The same ground, native px of the earlier scene."""
    ground_m: float
    """Side of the full chip on the ground, m."""
    gsd_m: float
    """Ground sample distance that both views were seen at, m/px."""
    geometry: BaseGeometry
    """Footprint of the chip in OGC:CRS84."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What has changed as asked."""

    query: str
    """What is there now, as it was understood."""
    was: str
    """What was there before; empty: anything."""
    model: ModelId
    """The model that compared."""
    changes: tuple[Change, ...]
    """Greatest change first."""
    compared: int
    """Chips of the later scenes whose ground an earlier scene holds."""
    looked_at: int
    """Of these, places read again from the earlier scenes."""
    notice: str
    """One line for a person where nothing has changed so; else empty."""
    problems: tuple[Problem, ...] = ()
    """Earlier scenes that could not be read."""


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """Chips of later scenes and the same ground in earlier ones, n of them."""

    rows: Rows
    """Rows of the table, ``(n,)``."""
    windows: Rows
    """Native px of the earlier scene, ``(n, 4)``."""
    scenes: Rows
    """Which earlier scene, a row of the table's scenes, ``(n,)``."""
    rough: Doubles
    """How much better the chip fits than its surroundings did before, by stored embeddings."""

    def subset(self, which: Rows) -> _Pairs:
        return _Pairs(self.rows[which], self.windows[which], self.scenes[which], self.rough[which])


@retry_if_damaged
def find_changes(  # noqa: PLR0913 - all but the query by name, as on the command line
    index: SearchableIndex,
    query: str,
    *,
    before: Sequence[str],
    after: Sequence[str],
    was: str | None = None,
    k: int = 20,
    min_difference: float = LEAST_DIFFERENCE,
    progress: Progress | None = None,
) -> Changes:
    """Find places where something is now that was not there before.

    Args:
        index: an index with both scenes.
        query: what is there now; as it stands, for what is read by parts has no relevance.
        before: the earlier scenes: paths, names or patterns such as ``2019_*``.
        after: the later scenes, likewise.
        was: what was there before; ``None``: anything else.
        k: how many places at most, 1 or more.
        min_difference: places whose two views differ by less have not changed, 0 to 2.
        progress: told how many places are read again; ``None``: nobody is.

    Returns:
        Places that reach the cut-off of the sentence now, and fitted it less before.

    Raises:
        QueryError: if a sentence is blank, no scene has a name, one has both, two do not show the
            same ground, or a number is out of range.
        IndexMismatchError: if the index is from another model.
    """
    now = as_it_stands(query)
    past = None if was is None else as_it_stands(was)
    if k < 1 or not 0 <= min_difference <= 2:
        raise QueryError(
            f"found k = {k} and a least difference of {min_difference:g}, wanted 1 or more and 0 "
            f"to 2; next: leave them out, for 20 and {LEAST_DIFFERENCE:g}"
        )
    vectors = index.encoder.encode_texts([now] if past is None else [now, past])
    pairs = _pairs(index, _scenes(index, before, after), vectors)
    order = np.argsort(-pairs.rough, kind="stable")
    wanted = max(LOOKED_AT, FOR_EACH * k)
    first = suppress_overlaps_in_scene(index.table, pairs.rows[order], wanted)
    place_of = {row: place for place, row in enumerate(pairs.rows.tolist())}
    candidates = pairs.subset(np.array([place_of[row] for row in first.tolist()], np.int64))
    seen, views, problems = _earlier_views(index, candidates, progress or NoProgress())
    looked = candidates.subset(seen)
    found = _judged(index, (now, past), vectors, looked, views)
    kept = sorted(
        (one for one in found if one.difference >= min_difference),
        key=lambda one: -one.change,
    )[:k]
    other = "" if past is None else f" where there was '{past}'"
    notice = f"no place became '{now}'{other}; next: say it in other words, or swap the two scenes"
    return Changes(
        query=now,
        was=past or "",
        model=index.info.model,
        changes=tuple(replace(one, rank=place + 1) for place, one in enumerate(kept)),
        compared=len(pairs.rows),
        looked_at=len(looked.rows),
        notice="" if kept else notice,
        problems=problems,
    )


def _scenes(
    index: SearchableIndex, before: Sequence[str], after: Sequence[str]
) -> tuple[list[int], list[int]]:
    """Rows of the earlier and the later scenes.

    Raises:
        QueryError: if there are none, one is both, or one has no pixels.
    """
    scenes = index.table.scenes
    paths, found = [scene.path for scene in scenes], []
    for names, what in ((before, "earlier"), (after, "later")):
        rows = np.flatnonzero(fitting(paths, tuple(names))).tolist()
        if not rows:
            known = ", ".join(paths[:5]) or "none"
            raise QueryError(
                f"{index.name}: found no {what} scene called {', '.join(names) or 'anything'}, "
                f"wanted one at least; it holds {known}{', ...' if len(paths) > 5 else ''}; next: "
                "give a name, a path or a pattern such as '2019_*'"
            )
        found.append(rows)
    both = set(found[0]) & set(found[1])
    if both:
        raise QueryError(
            f"found {paths[min(both)]} as the earlier and the later scene, wanted two scenes of "
            "one place; next: name each so that it fits one only"
        )
    for scene in (scenes[row] for row in found[0]):
        if not has_pixels(scene):
            raise QueryError(no_pixels(scene))
    return found[0], found[1]


def _pairs(index: SearchableIndex, scenes: tuple[list[int], list[int]], vectors: Floats) -> _Pairs:
    """All chips of the later scenes whose ground an earlier scene holds.

    Raises:
        QueryError: if there are none.
    """
    table, spec = index.table, index.info.spec
    wish = vectors[0] - vectors[1:].sum(axis=0)
    length = float(np.linalg.norm(wish))
    direction = np.asarray(wish / length, np.float32) if length else vectors[0]
    grounds = {row: _Ground(index, table.scenes[row], direction) for row in scenes[0]}
    found: list[_Pairs] = []
    for later in scenes[1]:
        left = table.of_scene(table.scenes[later])
        for earlier, ground in grounds.items():
            for size in np.unique(table.ground_m[left]).tolist():
                rows = left[table.ground_m[left] == size]
                windows = same_ground(
                    table.scenes[later], table.windows[rows], size, ground.scene, spec
                )
                inside = windows[:, 0] >= 0
                rows, windows = rows[inside], windows[inside]
                if len(rows):
                    rough = cosine_scores(table.embeddings, rows, direction) - ground.at(
                        windows, size
                    )
                    owners = np.full(len(rows), earlier, np.int64)
                    found.append(_Pairs(rows, windows, owners, rough))
            if found:
                left = np.setdiff1d(left, np.concatenate([one.rows for one in found]))
    if not found:
        raise QueryError(
            f"{index.name}: found no chip of the later scenes that lies wholly in an earlier "
            "one, wanted two scenes of one place; next: 'cmpagl export' shows where they lie"
        )
    return _Pairs(*(np.concatenate([getattr(one, name) for one in found])
                    for name in ("rows", "windows", "scenes", "rough")))  # fmt: skip


class _Ground:
    """How well each cell of an earlier scene fits, by stored embeddings."""

    def __init__(self, index: SearchableIndex, scene: SceneRecord, direction: Floats) -> None:
        self.scene, table = scene, index.table
        self._cells = Cells.of(scene, index.info.spec)
        rows = table.of_scene(scene)
        scores = cosine_scores(table.embeddings, rows, direction).astype(np.float64)
        sizes, windows = table.ground_m[rows], table.windows[rows]
        self._maps = {
            size: cell_means(self._cells, windows[sizes == size], scores[sizes == size])
            for size in np.unique(sizes).tolist()
        }

    def at(self, windows: Rows, size: float) -> Doubles:
        """At the middles of windows, of the ground size nearest to one; 0 where no chip lies."""
        if not self._maps:
            return np.zeros(len(windows))
        nearest = min(self._maps, key=lambda other: abs(np.log(other / size)))
        values = self._maps[nearest]
        x = (windows[:, 0] + windows[:, 2] // 2) // self._cells.step_x
        y = (windows[:, 1] + windows[:, 3] // 2) // self._cells.step_y
        height, width = values.shape
        found: Doubles = values[np.minimum(y, height - 1), np.minimum(x, width - 1)]
        return np.where(np.isnan(found), 0.0, found)


def _earlier_views(
    index: SearchableIndex, pairs: _Pairs, progress: Progress
) -> tuple[Rows, Floats, tuple[Problem, ...]]:
    """The same ground as the earlier scenes show it, embedded.

    Returns:
        Which of the pairs show something there, ``(m,)``; their embeddings, ``(m, D)``; scenes that
        could not be read.
    """
    encoder, spec = index.encoder, index.info.spec
    side = encoder.model.config.image.input_px
    places: list[Rows] = []
    vectors: list[Floats] = [np.empty((0, index.table.embeddings.shape[1]), np.float32)]
    problems: list[Problem] = []
    progress.start(len(pairs.rows))
    for number in np.unique(pairs.scenes).tolist():
        here, scene = np.flatnonzero(pairs.scenes == number), index.table.scenes[number]
        for some in np.array_split(here, -(-len(here) // BATCH)):
            try:
                chips = [
                    planned(index.table, row, place, Window(*window))
                    for place, (row, window) in enumerate(
                        zip(pairs.rows[some].tolist(), pairs.windows[some].tolist(), strict=True)
                    )
                ]
                seen, pixels = read_planned(scene, chips, spec, side)
            except TilingError as error:
                problems.append(Problem(scene.path, str(error)))
                break
            for picture, row in zip(pixels, pairs.rows[some[seen]].tolist(), strict=True):
                after = index.table.scenes[index.table.scene_of[row]]
                side_m = float(index.table.ground_m[row])
                pad(picture, share_shown(after, index.table.window(row), side_m))
            if len(seen):
                places.append(some[seen])
                vectors.append(np.asarray(encoder.encode_chips(pixels), np.float32))
            progress.advance(len(some))
    return (
        np.concatenate([np.empty(0, np.int64), *places]),
        np.concatenate(vectors),
        tuple(problems),
    )


def pad(picture: NDArray[np.uint8], shown: tuple[float, float]) -> None:
    """Pad a view in place as a chip at the edge of the other scene is: with its mean colour.

    Args:
        picture: ``(S, S, 3)``.
        shown: the share across and down that is kept.
    """
    height, width = (round(side * share) for side, share in zip(
        picture.shape[:2], shown[::-1], strict=True))  # fmt: skip
    if height < picture.shape[0] or width < picture.shape[1]:
        mean = picture[:height, :width].reshape(-1, 3).mean(axis=0)
        picture[height:], picture[:, width:] = np.rint(mean), np.rint(mean)


def _judged(
    index: SearchableIndex,
    sentences: tuple[str, str | None],
    vectors: Floats,
    pairs: _Pairs,
    views: Floats,
) -> list[Change]:
    """The places with all that is known of them; those not found now or before are left out."""
    table, judge = index.table, index.judge
    later = singles(table.embeddings[pairs.rows])
    difference = 1 - np.einsum("nd,nd->n", later, views)
    seen: list[tuple[list[Seen], list[Seen], NDArray[np.bool_]]] = []
    for number, sentence in enumerate(filter(None, sentences)):
        scores = np.concatenate([views @ vectors[number], later @ vectors[number]])
        there = len(pairs.rows) * [True]
        chances: list[float | None] = [None] * len(scores)
        if len(scores):
            best = np.concatenate([scores.max(keepdims=True), scores])
            judgement = judge.judgement(sentence, vectors[number], best)
            if judgement is not None:
                chances = judgement.relevance.tolist()
                held = judgement.relevance.reshape(2, -1)[1 - number]  # after; of what was: before
                there = (held >= judgement.cutoff).tolist()
        both = [Seen(*one) for one in zip(scores.tolist(), chances, strict=True)]
        seen.append((both[: len(views)], both[len(views) :], np.array(there, bool)))
    changes: list[Change] = []
    footprints = table.footprints(pairs.rows)
    for place, row in enumerate(pairs.rows.tolist()):
        if not all(there[place] for _, _, there in seen):
            continue
        before, after = seen[0][0][place], seen[0][1][place]
        lost = (seen[1][0][place], seen[1][1][place]) if len(seen) > 1 else (None, None)
        rises = [(before, after)]
        if lost[0] is not None and lost[1] is not None:
            rises.append((lost[1], lost[0]))
        if any(end.score - start.score < LEAST_RISE for start, end in rises):
            continue
        gain = min(
            end.score - start.score
            if start.relevance is None or end.relevance is None
            else end.relevance - start.relevance
            for start, end in rises
        )
        changes.append(
            Change(
                rank=0,
                change=gain,
                difference=float(difference[place]),
                after=after,
                before=before,
                was_before=lost[0],
                was_after=lost[1],
                after_scene=table.scenes[table.scene_of[row]].path,
                before_scene=table.scenes[pairs.scenes[place]].path,
                after_window=table.window(row),
                before_window=Window(*pairs.windows[place].tolist()),
                ground_m=float(table.ground_m[row]),
                gsd_m=float(table.gsd_m[row]),
                geometry=footprints[place],
            )
        )
    return changes
