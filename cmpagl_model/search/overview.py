"""A first look at an index: what its chips are like, as a few groups with names.

Start at :func:`overview`. The groups are clusters of the stored embeddings, found on chips from all
over the index; each is called by the kind of place that is nearest to it and less so to the others;
groups of one kind are numbered.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cmpagl_model.errors import IndexMismatchError, ModelError, QueryError
from cmpagl_model.progress import NoProgress
from cmpagl_model.rerank.clusters import LEAST_MEMBERS, cluster_centres
from cmpagl_model.table.halves import singles

from .class_map import frame_of_ground, write_ground
from .classify import ClassArea, Classified, class_areas
from .filters import EVERYWHERE, Filter
from .judge import spread_over
from .query import retry_if_damaged
from .reference import encoded, read_reference

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from cmpagl_model.progress import Progress

    from .query import SearchableIndex
    from .reference import Reference

    Floats = NDArray[np.float32]

GROUPS, FEWEST, MOST = 10, 2, 50
SAMPLE, DRAWS, BLOCK = 16_384, 5, 1 << 16
"""Chips that clusters are found on, how often (from other beginnings each time; the closest are
taken), and chips that get their group at a time."""
OTHERS, NEARBY = 0.25, 10
"""What the mean of all groups counts against a name, which shall tell one group from the others,
and sentences nearest to a group that say what kind it is."""
SAYS, MOST_JUDGED, SURE = 2, 2048, 0.5
"""Sentences listed with a name, chips of a group that are held against it, and the share of them
that the name must be right for rather than wrong; else it has a question mark. What a search counts
as found, the cut-off, says too little here: on real scenes nearly every name reaches it."""


@dataclass(frozen=True, slots=True)
class Group(ClassArea):
    """Chips that are like each other; a name with a question mark is a guess."""

    fits: float | None
    """Share of the chips whose relevance to the name is a half or more, 0 to 1; ``None``: not
    known."""
    says: tuple[str, ...]
    """The sentences nearest to their middle; empty: the model has no words."""


@dataclass(frozen=True, slots=True, eq=False)
class Overview:
    """The groups of an index."""

    found: Classified
    """Chips with their group, as with classes."""
    groups: tuple[Group, ...]
    """Those that most chips are of come first."""
    notice: str
    """Why the groups have no names; else empty."""


@dataclass(frozen=True, slots=True, eq=False)
class _GroupNames:
    """Names of G groups."""

    names: tuple[str, ...]
    """No two the same."""
    vectors: Floats | None
    """Of the kinds they are called by, ``(G, D)``; ``None``: the model has no words."""
    kinds: tuple[str, ...]
    """These kinds."""
    says: tuple[tuple[str, ...], ...]
    """The sentences nearest to each."""
    notice: str = ""
    """Why there are no names; else empty."""


@retry_if_damaged
def overview(
    index: SearchableIndex,
    groups: int = GROUPS,
    *,
    where: Filter = EVERYWHERE,
    reference: Reference | None = None,
    progress: Progress | None = None,
) -> Overview:
    """Put the chips of an index into groups of their like, and call these by what they show.

    Args:
        index: the index; only stored embeddings are used, no scene is read. The same index gives
            the same groups.
        groups: how many, 2 to 50; fewer come back where chips are few or all alike.
        where: which chips to look at.
        reference: what groups may be called; ``None``: the list that ships.
        progress: told how many chips are looked at; ``None``: nobody is.

    Returns:
        The groups. Where the index's model is not at hand they are called ``group 1``..., and
        ``notice`` says why.

    Raises:
        QueryError: if the number is out of range, or there are no chips.
    """
    if not FEWEST <= groups <= MOST:
        raise QueryError(
            f"found groups = {groups}, wanted {FEWEST} to {MOST}; next: give --groups {GROUPS}, say"
        )
    table = index.table
    rows = where.rows_or_refuse(table, index.name)
    sample = singles(table.embeddings[rows[spread_over(len(rows), SAMPLE)]])
    sample = sample[np.isfinite(sample).all(axis=1)]
    if not len(sample):
        raise QueryError(
            f"{index.name}: found chips there whose stored embedding is no number, wanted whole "
            "ones; next: run 'cmpagl index' on their scenes again"
        )
    centres = _centres(sample, groups)
    # The largest first, as the sample has it.
    centres = centres[np.argsort(-np.bincount((sample @ centres.T).argmax(1)), kind="stable")]
    named = _names(index, centres, reference or read_reference())
    group_of = np.empty(len(rows), np.int32)
    score, margin = np.empty(len(rows), np.float32), np.full(len(rows), np.nan, np.float32)
    progress = progress or NoProgress()
    progress.start(len(rows))
    for start in range(0, len(rows), BLOCK):
        part = slice(start, start + BLOCK)
        cosines = np.nan_to_num(singles(table.embeddings[rows[part]]) @ centres.T, nan=-1.0)
        group_of[part], score[part] = cosines.argmax(axis=1), cosines.max(axis=1)
        if len(centres) > 1:
            margin[part] = score[part] - np.partition(cosines, -2, axis=1)[:, -2]
        progress.advance(len(rows[part]))
    shares = _fits(index, rows, group_of, named)
    names = tuple(
        name if share is None or share >= SURE else f"{name}?"
        for name, share in zip(named.names, shares, strict=True)
    )
    found = Classified(index, names, rows, group_of, group_of, score, None, margin)
    seen = tuple(
        Group(area.name, area.chips, area.area_m2, share, says)
        for area, share, says in zip(class_areas(found), shares, named.says, strict=True)
    )
    return Overview(found, seen, named.notice)


def _centres(sample: Floats, groups: int) -> Floats:
    """Middles of clusters, of some tries those that the chips are nearest to."""
    # More than the chips can fill, and nearly all clusters would be too small to be kept.
    groups = min(groups, max(1, len(sample) // LEAST_MEMBERS))
    random = np.random.default_rng(0)
    tries = [cluster_centres(sample[random.permutation(len(sample))], groups) for _ in range(DRAWS)]
    tries = [centres for centres in tries if len(centres)]
    if not tries:  # too few chips for any cluster
        middle = sample.mean(axis=0, keepdims=True)
        tries = [middle / max(float(np.linalg.norm(middle)), 1e-12)]
    return max(tries, key=lambda centres: float((sample @ centres.T).max(axis=1).mean()))


def _names(index: SearchableIndex, centres: Floats, reference: Reference) -> _GroupNames:
    """What groups are called: the kind that fits best, with a number where it was taken before."""
    numbered = tuple(f"group {number + 1}" for number in range(len(centres)))
    try:
        vectors = encoded(index.encoder, reference.sentences)
    except (IndexMismatchError, ModelError) as error:
        return _GroupNames(numbered, None, numbered, ((),) * len(centres), str(error))
    scores = centres @ vectors.T
    nearest = np.argsort(-scores, axis=1, kind="stable")
    says = tuple(tuple(reference.sentences[n] for n in row) for row in nearest[:, :SAYS].tolist())
    # A plain kind is a short sentence: the long ones nearby may fit slightly better.
    told = vectors[np.argsort(-_distinct(scores), axis=1, kind="stable")[:, :NEARBY]].mean(axis=1)
    told /= np.maximum(np.linalg.norm(told, axis=1, keepdims=True), 1e-12)
    fitting = _distinct(scores) + _distinct(told @ vectors.T)
    chosen = fitting[:, : len(reference.kinds)].argmax(axis=1)
    often: Counter[str] = Counter()
    names = []
    for kind in chosen.tolist():
        name = reference.kinds[kind]
        often[name] += 1
        names.append(name if often[name] == 1 else f"{name} {often[name]}")
    return _GroupNames(
        tuple(names), vectors[chosen], tuple(reference.kinds[n] for n in chosen), says
    )


def _distinct(scores: Floats) -> Floats:
    """Cosines of groups ``(G, n)``, less what all groups share."""
    apart: Floats = scores - OTHERS * scores.mean(axis=0)
    return apart


def _fits(
    index: SearchableIndex, rows: NDArray[np.int64], group_of: NDArray[np.int32], named: _GroupNames
) -> list[float | None]:
    """Of each group the share of its chips that its name is right for rather than wrong."""
    shares: list[float | None] = [None] * len(named.names)
    if named.vectors is None or not index.judge.known:
        return shares
    for number, (name, vector) in enumerate(zip(named.kinds, named.vectors, strict=True)):
        members = rows[group_of == number]
        if not len(members):
            continue
        own = (
            singles(index.table.embeddings[members[spread_over(len(members), MOST_JUDGED)]])
            @ vector
        )
        judged = index.judge.judgement(name, vector, np.append(own.max(), own))
        if judged is not None:
            shares[number] = float((judged.relevance >= SURE).mean())
    return shares


def write_overview(seen: Overview, path: Path) -> None:
    """Write the ground by group, with the style file that QGIS paints it with next to it.

    Args:
        seen: what to write; columns are those of :func:`~.class_map.frame_of_ground`, and ``says``.
        path: ``.geojson``, ``.gpkg``, ``.fgb``, ``.parquet`` or ``.csv``; replaced if it exists.

    Raises:
        OutputError: if a file cannot be written.
    """
    frame = frame_of_ground(seen.found)
    says = {group.name: "; ".join(group.says) for group in seen.groups}
    frame.insert(1, "says", [says[name] for name in frame["class"]])
    largest = sorted(seen.groups, key=lambda one: (-one.area_m2, -one.chips))
    write_ground(frame, largest, path)
