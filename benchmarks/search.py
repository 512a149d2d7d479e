"""Search beside its peers: real sentences, an index of lifelike embeddings, all asked in turn.

For each size an index is made by ``cmpagl import``; every peer answers the same questions in turn
with us, and its recall is counted against all embeddings compared in single precision.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click
import numpy as np
import shapely

from cmpagl_model.index.format import read_info
from cmpagl_model.index.opening import open_chips
from cmpagl_model.search import Filter, scan
from cmpagl_model.search.ranking import Ranking, cosine_scores

from .million import CHIP_DEGREES, SCENE_SIDE, make_index
from .peers import PEERS, exact, recall
from .record import ABSENT, Row
from .seeds import seeds
from .timing import paired, timed_row

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from cmpagl_model.table.chips import ChipTable

    from .peers import Find, PeerKind
    from .settings import Settings

TOPIC = "search"
WANTED_AT = 1_000_000
"""Chips for which ratios to reach were set."""
WANTED_RECALL = 0.99


@dataclass(frozen=True, slots=True, eq=False)
class Contest:
    """What all answer."""

    table: ChipTable
    """The chips."""
    queries: NDArray[np.float32]
    """Embeddings of sentences, ``(m, D)``."""
    wanted: NDArray[np.int64]
    """The true best rows of each, ``(m, k)``."""
    settings: Settings
    """Sizes."""

    @property
    def what(self) -> str:
        """Ours, in the table."""
        return f"search, {len(self.table):,} chips, best {self.settings.k}"

    def find(self, where: Filter | None = None) -> Find:
        """Our search, from a query to rows."""
        table, k = self.table, self.settings.k

        def find(query: NDArray[np.float32]) -> NDArray[np.int64]:
            rows = range(len(table)) if where is None else where.rows(table)
            score = lambda some: cosine_scores(table.embeddings, some, query)  # noqa: E731
            return Ranking(table, rows, query, score).best(k).rows[:k]

        return find

    def recall(self, find: Find, wanted: NDArray[np.int64] | None = None) -> float:
        """Recall@k of a way to search."""
        found = np.array([find(query) for query in self.queries])
        return recall(found, self.wanted if wanted is None else wanted)


def measure(folder: Path, settings: Settings) -> list[Row]:
    """Search indexes of lifelike embeddings, by us and by each peer in turn.

    Args:
        folder: where indexes go; those that are there are used.
        settings: inputs and sizes.

    Returns:
        For each size our recall, the 1 % polygon filter, and a row for each peer.
    """
    found, rows = seeds(folder, settings), []
    queries = found.asked(settings.questions)[1]
    for size in settings.sizes:
        index = make_index(found.images, size, folder)
        table = open_chips(index, read_info(index)).table
        click.echo(f"  {size:,} chips: the true best, to count recall with")
        wanted = exact(table.embeddings, queries, settings.k)
        contest = Contest(table, queries, wanted, settings)
        rows.append(
            Row(
                TOPIC, f"recall@{settings.k} of our search, {size:,} chips", "share",
                contest.recall(contest.find()), against="all compared in float32", theirs=1.0,
                better="higher", limit=WANTED_RECALL,
                note=f"{len(queries)} sentences; products of codes by {scanned_by()}",
            )
        )  # fmt: skip
        rows += [_filtered(contest), *(beside_peer(contest, kind) for kind in PEERS)]
    return rows


def _filtered(contest: Contest) -> Row:
    """The search inside a polygon, beside the search in all."""
    where = Filter(within=one_percent(contest.table))
    inside = where.rows(contest.table)
    k = min(contest.settings.k, len(inside))
    best = inside[exact(contest.table.embeddings[inside], contest.queries, k)]
    share = contest.recall(contest.find(where), best)
    row = _timed(contest, contest.find(where), contest.find())
    return replace(
        row,
        what=f"polygon of {len(inside) / len(contest.table):.1%}, {len(contest.table):,} chips",
        against="our search without a filter",
        wanted_ratio=1.0 if len(contest.table) == WANTED_AT else None,
        note=f"recall@{k} {share:.4f} of {len(inside):,} chips inside",
    )


def beside_peer(contest: Contest, kind: PeerKind) -> Row:
    """A peer, built, asked and dropped; of one that cannot be asked, why."""
    wanted = kind.wanted_ratio if len(contest.table) == WANTED_AT else None
    row = Row(
        TOPIC, contest.what, "ms", against=kind.name, wanted_ratio=wanted, note=ABSENT
    )  # fmt: skip
    if not kind.there:
        return row
    if len(contest.table) > kind.most:
        return replace(row, note=f"skipped: not asked beyond {kind.most:,} chips")
    click.echo(f"  {len(contest.table):,} chips: {kind.name}")
    try:
        find = kind.build(contest.table.embeddings, contest.settings.k)
        timed = _timed(contest, contest.find(), find)
        # A few questions are enough for a way that compares everything
        few = slice(None, None, 1 if kind.approximate else max(1, len(contest.queries) // 5))
        share = replace(contest, queries=contest.queries[few], wanted=contest.wanted[few]).recall(
            find
        )
    except Exception as problem:  # noqa: BLE001 - one may fail in its own way; the others go on
        return replace(row, note=f"skipped: {type(problem).__name__}: {problem}"[:200])
    each = kind.bytes_number * contest.queries.shape[1]
    kept = f"{each:,} B a chip in memory" if each else "kept on disk"
    note = f"its recall {share:.4f}, {kept}"
    return replace(timed, against=kind.name, wanted_ratio=wanted, note=note)


def _timed(contest: Contest, ours: Find, theirs: Find) -> Row:
    """Two ways in turn; what the peer is called is left to the caller."""
    queries = contest.queries
    asked = [lambda n, find=find: find(queries[n]) for find in (ours, theirs)]
    times = paired(asked, len(queries), seconds=contest.settings.seconds)
    return timed_row(TOPIC, contest.what, *times, against="peer")


def one_percent(table: ChipTable) -> shapely.Polygon:
    """An area with about a hundredth of the chips: as many whole scenes' worth around a middle."""
    middle = table.bounds(np.array([len(table) // 2]))[0]
    side = CHIP_DEGREES * SCENE_SIDE / 2 * (len(table) / 100 / SCENE_SIDE**2) ** 0.5
    return shapely.Point(middle[0], middle[1]).buffer(side / 2 * 1.128, quad_segs=8)


def scanned_by() -> str:
    """What multiplies codes on this machine."""
    return "numpy" if scan.library() is None else scan.LIBRARY
