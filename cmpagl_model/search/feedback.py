"""Relevance feedback: places that a person kept and rejected move the query.

By Rocchio's formula with weights of its own, chosen in ``research/feedback``: a logistic regression
on the same ticks was no better, and needs more to hold on to. The result is one vector, as every
query here, so that a million chips are ranked in milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from cmpagl_model.errors import QueryError
from cmpagl_model.records import Problem
from tiling import TilingError, Window

from .examples import ChipPlace, row_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from cmpagl_model.records import Hit
    from cmpagl_model.table.chips import ChipTable

    Floats = NDArray[np.float32]

KEPT_WEIGHT, REJECTED_WEIGHT = 2.0, 1.0
"""Of the mean of the places kept, and of those rejected, against 1 for the query."""
ASKED_OF = 5
"""Places to be judged are spread over this many times as many of the best."""
KEEP, REJECT = "keep", "reject"
"""Verdicts, as the column ``review`` of files and layers has them."""
COLUMNS = ("scene", "col", "row", "width", "height", "ground_m", "review")


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person decided of places, for one query."""

    kept: tuple[ChipPlace, ...] = ()
    """Right ones."""
    rejected: tuple[ChipPlace, ...] = ()
    """Wrong ones."""

    def __bool__(self) -> bool:
        """Whether anything was decided."""
        return bool(self.kept or self.rejected)

    def __str__(self) -> str:
        """In words, such as ``learned from 3 kept and 7 rejected``; empty: from nothing."""
        return (
            f"learned from {len(self.kept)} kept and {len(self.rejected)} rejected" if self else ""
        )


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """The chips of an index that were judged, by row."""

    kept: tuple[int, ...]
    """Rows of the table."""
    rejected: tuple[int, ...]
    """Rows of the table."""
    problems: tuple[Problem, ...]
    """Places that the index does not have, or no longer."""

    def parts(self, vectors: Any) -> list[tuple[float, NDArray[np.floating]]]:  # noqa: ANN401 - Embeddings or an array
        """What is added to a query, each with its factor; see :func:`~.examples.combined`.

        Args:
            vectors: the embeddings of the index.
        """
        both = ((self.kept, KEPT_WEIGHT), (self.rejected, -REJECTED_WEIGHT))
        return [(weight / len(rows), vectors[[row]][0]) for rows, weight in both for row in rows]

    @property
    def verdicts(self) -> dict[int, str]:
        """The verdict of each row."""
        return {**dict.fromkeys(self.kept, KEEP), **dict.fromkeys(self.rejected, REJECT)}


def judged_rows(table: ChipTable, feedback: Feedback) -> Judged:
    """The chips that were judged.

    Args:
        table: the chips of an index.
        feedback: what was decided; the index may have lost some of the places since.

    Raises:
        QueryError: if one place was both kept and rejected.
    """
    problems: list[Problem] = []

    def rows(places: Iterable[ChipPlace]) -> tuple[int, ...]:
        found = []
        for place in dict.fromkeys(places):
            try:
                found.append(row_of(table, place))
            except QueryError as error:  # noqa: PERF203 - each place may be gone
                problems.append(Problem(place.scene, f"a judged place is left out: {error}"))
        return tuple(dict.fromkeys(found))

    kept, rejected = rows(feedback.kept), rows(feedback.rejected)
    both = set(kept).intersection(rejected)
    if both:
        row = min(both)
        window = table.window(row)
        raise QueryError(
            f"{table.scenes[table.scene_of[row]].path}: found the place at column {window.col}, "
            f"row {window.row} both kept and rejected, wanted one verdict; next: take one back"
        )
    return Judged(kept, rejected, tuple(problems))


def spread(vectors: Floats, wanted: int) -> NDArray[np.int64]:
    """Chips that are as unlike each other as can be, so that verdicts on them tell most.

    Greedy: the first, then again and again the one whose nearest chosen one is farthest.

    Args:
        vectors: unit vectors, best first, ``(n, D)``.
        wanted: how many.

    Returns:
        ``min(wanted, n)`` places in ``vectors``, ascending.
    """
    from cmpagl_model.rerank.clusters import spread_rows  # noqa: PLC0415 - a plain search has no use

    count = min(wanted, len(vectors))
    return np.sort(spread_rows(vectors, count, 0)) if count else np.empty(0, np.int64)


def read_feedback(paths: Iterable[Path]) -> Feedback:
    """Read verdicts from files of hits with a column ``review``.

    Args:
        paths: GeoJSON, GeoPackage, FlatGeobuf or CSV, as a search or the dock writes them; of a
            place that several have, the last verdict counts. Rows without a verdict are skipped.

    Raises:
        QueryError: if one cannot be read, lacks a column, or holds another verdict.
    """
    verdicts: dict[ChipPlace, str] = {}
    for path in paths:
        verdicts.update(_read(path))
    return Feedback(
        tuple(place for place, verdict in verdicts.items() if verdict == KEEP),
        tuple(place for place, verdict in verdicts.items() if verdict == REJECT),
    )


def _read(path: Path) -> list[tuple[ChipPlace, str]]:
    import geopandas  # noqa: PLC0415 - slow to import, and a search alone has no use
    import pandas  # noqa: PLC0415, ICN001 - likewise; no alias for one call

    try:
        frame = geopandas.read_file(path, engine="pyogrio", ignore_geometry=True)
    except (RuntimeError, ValueError, OSError) as error:  # pyogrio's descend from the first
        raise QueryError(
            f"{path}: no readable file of hits ({error}), wanted GeoJSON, GeoPackage, FlatGeobuf "
            "or CSV, as cmpagl search -o writes it"
        ) from error
    missing = [name for name in COLUMNS if name not in frame]
    if missing:
        raise QueryError(
            f"{path}: found no column {missing[0]}, wanted {', '.join(COLUMNS)}; next: write hits "
            "by cmpagl search -o, and fill in keep or reject as review, in QGIS, say"
        )
    found = []
    for scene, *numbers, said in frame[list(COLUMNS)].itertuples(index=False, name=None):
        verdict = "" if pandas.isna(said) else str(said).strip().lower()
        if not verdict:
            continue
        if verdict not in {KEEP, REJECT}:
            raise QueryError(
                f"{path}: found {str(said)[:40]!r} as review, wanted {KEEP}, {REJECT} or nothing"
            )
        try:
            place = _chip(str(scene), [float(number) for number in numbers])
        except (ValueError, TypeError, OverflowError, TilingError) as error:
            raise QueryError(
                f"{path}: found a place whose numbers cannot be read ({error}), wanted col, row, "
                "width, height and ground_m as a search writes them"
            ) from error
        found.append((place, verdict))
    return found


def _chip(scene: str, numbers: list[float]) -> ChipPlace:
    """The chip that a row names.

    Raises:
        OverflowError: if a pixel is infinite.
        TilingError: if a pixel lies outside of any scene.
        ValueError: if a number is none, or no whole one, or the ground size no length.
    """
    *corners, ground_m = numbers
    pixels = [int(number) for number in corners]
    if pixels != corners or not 0 < ground_m < inf:
        raise ValueError(f"{', '.join(f'{number:g}' for number in numbers)}")
    return ChipPlace(scene, Window(*pixels), round(ground_m, 6))  # as files of any kind have it


def with_verdicts(hits: Iterable[Hit], rows: Iterable[int], judged: Judged) -> tuple[Hit, ...]:
    """Hits that say what was decided of them.

    Args:
        hits: of an answer.
        rows: the row of each.
        judged: what was.
    """
    verdicts = judged.verdicts
    return tuple(
        replace(hit, review=verdicts.get(row)) for hit, row in zip(hits, rows, strict=True)
    )
