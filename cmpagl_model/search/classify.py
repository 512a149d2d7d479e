"""Many sentences at once: each chip gets the class that it fits best. Start at :func:`classify`.

A chip fits a class as well as the sentence of it that is nearest, by cosine. Where the model is
calibrated, a chip that does not reach the cut-off of that sentence is of the class ``none``.
Relevance does not choose between classes: it also says how well the model knows a sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.errors import QueryError
from cmpagl_model.index.imported import has_pixels
from cmpagl_model.index.vectors import write_frame
from cmpagl_model.progress import NoProgress

from .classes import NONE
from .composed import checked_query
from .filters import EVERYWHERE, Filter
from .heatmap import Cells, sums_over
from .query import retry_if_damaged
from .ranking import cosine_scores

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from cmpagl_model.progress import Progress
    from tiling import SceneRecord

    from .classes import ClassSentences
    from .query import SearchableIndex

    Rows = NDArray[np.int64]
    Floats = NDArray[np.float32]

TIE = 1e-6
"""Weight of a cosine against one chip's vote: it decides between classes with as many chips."""


@dataclass(frozen=True, slots=True, eq=False)
class Classified:
    """The chips of an index with their classes; n chips."""

    index: SearchableIndex
    """Which index."""
    names: tuple[str, ...]
    """Of the classes, and ``none`` as the last (groups of an overview have none)."""
    rows: Rows
    """Rows of the index's table, ascending, ``(n,)``."""
    class_of: NDArray[np.int32]
    """Number of each chip's class among ``names``, ``(n,)``."""
    nearest: NDArray[np.int32]
    """Number of the class that each fits best, be it well enough or not, ``(n,)``."""
    score: Floats
    """Cosine with the nearest sentence, -1 to 1, ``(n,)``."""
    relevance: Floats | None
    """Probability that a person would call that sentence right, 0 to 1, ``(n,)``; ``None``: the
    model gives none, and no chip is of the class ``none``."""
    margin: Floats
    """Cosine by which ``nearest`` fits better than the second class, 0 or more, ``(n,)``; NaN if
    there is one class only."""


@dataclass(frozen=True, slots=True)
class ClassArea:
    """What a class covers."""

    name: str
    """The class."""
    chips: int
    """Its chips, of all ground sizes."""
    area_m2: float
    """Its cells, m2."""


@retry_if_damaged
def classify(
    index: SearchableIndex,
    classes: Sequence[ClassSentences],
    *,
    where: Filter = EVERYWHERE,
    min_relevance: float | None = None,
    progress: Progress | None = None,
) -> Classified:
    """Give each chip the class that it fits best.

    Args:
        index: the index.
        classes: one or more, of different names.
        where: which chips to look at.
        min_relevance: chips that fit their class with a lower probability are of the class
            ``none``; ``None``: the cut-off of each sentence decides, as in a search.
        progress: told how many sentences are compared; ``None``: nobody is.

    Raises:
        QueryError: if there are no classes, two of one name, or a least relevance is no
            probability or asked of a model that gives none.
        IndexMismatchError: if the index is from another model.
    """
    names = [one.name for one in classes]
    if not names or len(set(names)) != len(names):
        raise QueryError(f"found {len(names)} classes of {len(set(names))} names, wanted one each")
    if min_relevance is not None and not 0 <= min_relevance <= 1:
        raise QueryError(f"found a least relevance of {min_relevance:g}, wanted 0 to 1")
    rows = where.rows(index.table)
    known = index.judge.known
    if min_relevance is not None and not known:
        raise QueryError(
            f"found a model, {index.info.model}, that gives no relevance, wanted one that does; "
            "next: leave the least relevance out"
        )
    progress = progress or NoProgress()
    progress.start(sum(len(one.sentences) for one in classes))
    best = _Fit.of_nothing(len(rows))
    second = best.score
    nearest = np.zeros(len(rows), np.int32)
    for number, one in enumerate(classes):
        own = _of_class(index, one, rows, min_relevance, progress)
        better = own.score > best.score
        second = np.where(better, best.score, np.maximum(second, own.score))
        best, nearest = best.or_better(own), np.where(better, np.int32(number), nearest)
    return Classified(
        index=index,
        names=(*names, NONE),
        rows=rows,
        class_of=np.where(best.enough, nearest, len(names)).astype(np.int32),
        nearest=nearest,
        score=best.score,
        relevance=best.relevance if known else None,
        margin=best.score - second if len(names) > 1 else np.full(len(rows), np.nan, np.float32),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """How chips fit something; n chips."""

    score: Floats
    """Cosine, ``(n,)``."""
    relevance: Floats
    """Probability of being right; 1 where the model gives none."""
    enough: NDArray[np.bool_]
    """Whether that is enough."""

    @classmethod
    def of_nothing(cls, count: int) -> _Fit:
        """Where everything fits better."""
        low = np.full(count, -np.inf, np.float32)
        return cls(low, np.zeros(count, np.float32), np.zeros(count, bool))

    def or_better(self, other: _Fit) -> _Fit:
        """Of each chip the better of two fits; the first where they are equal."""
        better = other.score > self.score
        return _Fit(
            np.where(better, other.score, self.score),
            np.where(better, other.relevance, self.relevance),
            np.where(better, other.enough, self.enough),
        )


def _of_class(
    index: SearchableIndex, one: ClassSentences, rows: Rows, least: float | None,
    progress: Progress,
) -> _Fit:  # fmt: skip
    """How chips fit the nearest sentence of a class."""
    best = _Fit.of_nothing(len(rows))
    sentences = [checked_query(sentence) for sentence in one.sentences]
    for sentence, vector in zip(sentences, index.encoder.encode_texts(sentences), strict=True):
        cosines = cosine_scores(index.table.embeddings, rows, vector)
        fit = _Fit(cosines, np.ones(len(rows), np.float32), np.ones(len(rows), bool))
        if len(rows) and index.judge.known:
            found = index.judge.judgement(sentence, vector, np.append(cosines.max(), cosines))
            if found is not None:
                enough = found.relevance >= (found.cutoff if least is None else least)
                fit = _Fit(cosines, found.relevance.astype(np.float32), enough)
        best = best.or_better(fit)
        progress.advance(1)
    return best


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """The ground of a scene by class, as fine as the steps of the smallest chips."""

    scene: SceneRecord
    """Which scene, one with pixels."""
    cell_classes: NDArray[np.int64]
    """The class of each cell by number, ``(rows, columns)``; -1 where no chip lies over a cell's
    middle."""
    cells: Cells
    """The grid of cells; the last ones may reach beyond the scene."""
    areas_m2: NDArray[np.float64]
    """What each class covers, m2, one for each name."""
    chips: NDArray[np.int64]
    """Chips of each class, one for each name."""


def class_areas(found: Classified) -> tuple[ClassArea, ...]:
    """What each class covers, ``none`` as the last; overlapping chips count once.

    Scenes that show the same ground are added up, and imported chips, which lie on no grid, have no
    area; see :func:`ground_of`.
    """
    areas = sum((ground.areas_m2 for ground in ground_of(found)), np.zeros(len(found.names)))
    chips = np.bincount(found.class_of, minlength=len(found.names))
    return tuple(
        ClassArea(name, int(count), float(area))
        for name, count, area in zip(found.names, chips, areas, strict=True)
    )


def by_scene(found: Classified) -> Iterator[tuple[SceneRecord, Rows]]:
    """Each scene with chips, and the places of its chips in the arrays of a classification."""
    owners = found.index.table.scene_of[found.rows]
    if not len(owners):
        return
    order = np.argsort(owners, kind="stable")
    numbers, starts = np.unique(owners[order], return_index=True)
    for number, members in zip(numbers.tolist(), np.split(order, starts)[1:], strict=True):
        yield found.index.table.scenes[number], members


def ground_of(found: Classified) -> Iterator[Ground]:
    """The ground of each scene with pixels by class.

    The ground is divided into the cells of a heat map, as fine as the steps of the smallest chips.
    A cell is of the class that most of the chips over its middle have; of those with as many, of
    the one with the higher score.
    """
    table, count = found.index.table, len(found.names)
    for scene, members in by_scene(found):
        if not has_pixels(scene):
            continue
        cells, windows = (
            Cells.of(scene, found.index.info.spec),
            table.windows[found.rows[members]],
        )
        best = np.full((len(cells.middles_y), len(cells.middles_x)), 0.5)
        cell_classes = np.full(best.shape, -1)
        for number in np.unique(found.class_of[members]).tolist():
            own = found.class_of[members] == number
            total, many = sums_over(
                cells, windows[own], found.score[members[own]].astype(np.float64)
            )
            votes = many + TIE * total
            cell_classes[votes > best] = number
            np.maximum(best, votes, out=best)
        sizes = np.outer(_lengths(scene.height, cells.step_y), _lengths(scene.width, cells.step_x))
        metres = sizes * scene.gsd_x_m * scene.gsd_y_m
        areas = np.bincount(
            cell_classes[cell_classes >= 0], metres[cell_classes >= 0], minlength=count
        )
        chips = np.bincount(found.class_of[members], minlength=count)
        yield Ground(scene, cell_classes, cells, areas.astype(np.float64), chips)


def _lengths(length: int, step: int) -> NDArray[np.int64]:
    """How much of each cell lies in the scene, px."""
    starts = np.arange(0, length, step)
    return np.minimum(starts + step, length) - starts


def frame_of_classes(found: Classified) -> GeoDataFrame:
    """A row for each chip: class, nearest class, score, relevance, margin, place; in OGC:CRS84."""
    import geopandas  # noqa: PLC0415 - slow to import, needed by few commands

    table, rows = found.index.table, found.rows
    names = np.array(found.names, object)
    paths = np.array([scene.path for scene in table.scenes], object)
    columns = {
        "class": names[found.class_of],
        "nearest": names[found.nearest],
        "score": found.score.astype(np.float64).round(6),
        "relevance": None if found.relevance is None else found.relevance.astype(np.float64),
        "margin": found.margin.astype(np.float64).round(6),
        "scene": paths[table.scene_of[rows]] if len(rows) else paths[:0],
        "ground_m": table.ground_m[rows],
        "gsd_m": table.gsd_m[rows],
        **{name: table.windows[rows][:, place]
           for place, name in enumerate(("col", "row", "width", "height"))},
    }  # fmt: skip
    filled = {name: column for name, column in columns.items() if column is not None}
    return geopandas.GeoDataFrame(filled, geometry=table.footprints(rows), crs="OGC:CRS84")


def write_classes(found: Classified, path: Path) -> None:
    """Write the layer of :func:`frame_of_classes`.

    Args:
        found: what to write.
        path: ``.geojson``, ``.gpkg``, ``.fgb``, ``.parquet`` or ``.csv``; replaced if it exists.

    Raises:
        OutputError: if the file cannot be written.
    """
    write_frame(frame_of_classes(found), path, "classes")
