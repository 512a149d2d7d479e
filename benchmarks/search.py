"""Search beside its peers: python -m benchmarks.search SEEDS -o FOLDER [--chips 1000000].

SEEDS is what ``python -m benchmarks.seeds`` made. For each size an index of lifelike embeddings is
made by ``cmpagl import`` and asked with real sentences; every peer answers the same questions in
turn with us. Results go to FOLDER as a table and as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np
import shapely

from cmpagl_model.index.arrays import open_chips
from cmpagl_model.index.format import read_info
from cmpagl_model.search import Filter, scan
from cmpagl_model.search.query import cosine_scores
from cmpagl_model.search.ranking import Ranking

from .lifelike import lifelike, likeness
from .million import CHIP_DEGREES, SCENE_SIDE, make_index
from .peers import exact, peers, recall
from .seeds import IMAGES, TEXTS
from .timing import machine, paired, read_gb_s

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from cmpagl_model.index.table import ChipTable

MANY = 3_000_000
"""From so many chips on, float32 copies of the embeddings are left out."""
OPEN = """
import sys, time
started = time.perf_counter()
from pathlib import Path
from cmpagl_model.index import open_chips, read_info
loaded = time.perf_counter()
folder = Path(sys.argv[1])
open_chips(folder, read_info(folder))
print(loaded - started, time.perf_counter() - loaded)
"""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table."""

    chips: int
    """In the index."""
    what: str
    """Way to search."""
    median_ms: float
    """Of a question."""
    low_ms: float
    """Lower quartile."""
    high_ms: float
    """Upper quartile."""
    times: float
    """How often ours goes into it, median over the questions."""
    recall: float
    """Recall@k against all compared in single precision."""
    bytes_each: float
    """Bytes a chip in memory."""


@click.command()
@click.argument("seeds", type=click.Path(path_type=Path, exists=True))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path))
@click.option("--chips", multiple=True, type=int, default=[100_000, 1_000_000], show_default=True)
@click.option("-k", default=100, show_default=True, help="Hits wanted.")
@click.option("--questions", default=40, show_default=True, help="Sentences asked.")
@click.option("--alone", is_flag=True, help="Without the peers.")
def main(
    seeds: Path, output: Path, chips: tuple[int, ...], k: int, questions: int, *, alone: bool
) -> None:
    """Measure searching with the embeddings in SEEDS."""
    output.mkdir(parents=True, exist_ok=True)
    images, texts = np.load(seeds / IMAGES), np.load(seeds / TEXTS)
    asked = texts[:: max(1, len(texts) // questions)][:questions]
    click.echo(f"{machine()}; reads {read_gb_s():.1f} GB/s; scanned by {_library()}")
    _print_likeness(images, texts)
    rows: list[Row] = []
    for count in chips:
        index = make_index(images, count, output)
        _print_opening(index)
        rows += _measured(open_chips(index, read_info(index)).table, asked, k, alone=alone)
    (output / "search.json").write_text(json.dumps([asdict(row) for row in rows], indent=1))
    (output / "search.md").write_text(_table(rows))
    click.echo(_table(rows))


def _measured(table: ChipTable, queries: NDArray[np.float32], k: int, *, alone: bool) -> list[Row]:
    def ours(where: Filter | None = None) -> Callable[[NDArray[np.float32]], NDArray[np.int64]]:
        def find(query: NDArray[np.float32]) -> NDArray[np.int64]:
            rows = range(len(table)) if where is None else where.candidates(table)
            score = lambda some: cosine_scores(table.embeddings, some, query)  # noqa: E731
            return Ranking(table, rows, query, score).best(k).rows[:k]

        return find

    wanted = exact(table.embeddings, queries, k)
    code = table.coded.book.size if table.coded else 2 * table.embeddings.shape[1]
    area = _one_percent(table)
    inside = Filter(within=area).candidates(table)
    ways = [("cmpagl", ours(), code, wanted)]
    within = inside[exact(table.embeddings[inside], queries, min(k, len(inside)))]
    name = f"cmpagl, polygon of {len(inside) / len(table):.1%}"
    ways.append((name, ours(Filter(within=area)), code, within))
    rows = _rows(table, queries, ways)
    for peer in () if alone else peers(table.embeddings, k, many=len(table) > MANY):
        click.echo(f"  {peer.name} ...")
        rows += _rows(table, queries, [ways[0], (peer.name, peer.find, peer.bytes_each, wanted)])[
            1:
        ]
    return rows


def _rows(table: ChipTable, queries: NDArray[np.float32], ways: list[tuple]) -> list[Row]:
    asked = [lambda n, find=find: find(queries[n]) for _, find, _, _ in ways]
    timings = paired(asked, len(queries))
    return [
        Row(
            len(table), name, timing.median_ms, timing.low_ms, timing.high_ms, 1 / timing.ratio,
            recall(np.array([find(query) for query in queries]), wanted), each,
        )
        for (name, find, each, wanted), timing in zip(ways, timings, strict=True)
    ]  # fmt: skip


def _one_percent(table: ChipTable) -> shapely.Polygon:
    """An area with about a hundredth of the chips: as many whole scenes' worth around a middle."""
    middle = table.bounds[len(table) // 2]
    side = CHIP_DEGREES * SCENE_SIDE / 2 * (len(table) / 100 / SCENE_SIDE**2) ** 0.5
    return shapely.Point(middle[0], middle[1]).buffer(side / 2 * 1.128, quad_segs=8)


def _print_likeness(images: NDArray[np.float32], texts: NDArray[np.float32]) -> None:
    some = np.random.default_rng(0).permutation(len(images))[: len(images) // 2]
    made = np.concatenate(list(lifelike(images, len(some)))).astype(np.float32)
    for name, vectors in (("real", images[some]), ("made", made)):
        click.echo(f"{name}: {likeness(vectors, texts[::3])}")


def _print_opening(index: Path) -> None:
    for state in ("arrays made", "arrays there"):
        started = time.perf_counter()
        out = subprocess.run(
            [sys.executable, "-c", OPEN, str(index)], capture_output=True, text=True, check=True
        ).stdout.split()
        click.echo(
            f"{index.name}, {state}: imports {float(out[0]):.2f} s, opened in "
            f"{float(out[1]):.3f} s, process {time.perf_counter() - started:.2f} s"
        )


def _library() -> str:
    return "numpy" if scan._library() is None else scan.LIBRARY  # noqa: SLF001


def _table(rows: list[Row]) -> str:
    lines = [
        "| chips | way | ms, median (quartiles) | times ours | recall | bytes a chip in memory |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row.chips:,} | {row.what} | {row.median_ms:.2f} ({row.low_ms:.2f} to "
        f"{row.high_ms:.2f}) | {row.times:.2f} | {row.recall:.4f} | {row.bytes_each:.0f} |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
