"""How cost grows with the number of chips, and what a hundred million would need."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click
import numpy as np

from cmpagl_model.index.format import read_info
from cmpagl_model.index.opening import open_chips

from .million import import_seconds, make_index
from .peers import exact
from .record import Row
from .roofline import read_gb_s
from .search import WANTED_RECALL, Contest
from .seeds import seeds
from .settings import LARGE
from .timing import paired, timed_row

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from .settings import Settings

TOPIC = "growth"
FAR = 100_000_000
TIMED, DISK, MEMORY, IMPORT = "search", "size on disk", "memory held", "import"
"""What is measured of each size; the plot looks for the first."""
MOST_DISK, MOST_MEMORY, MOST_LARGE_GB, MOST_TIMES = 700.0, 64.0, 1.0, 12.0
"""Bytes a chip on disk and in memory; of ten million, GB in memory, and how often the time of one
million."""
HOLD = """
import sys
from pathlib import Path
import numpy as np
from benchmarks.growth import held_bytes
print(held_bytes(Path(sys.argv[1]), np.load(sys.argv[2]), int(sys.argv[3])))
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What an index of one size takes."""

    chips: int
    """In the index."""
    times: NDArray[np.float64]
    """Of searches, ms."""
    disk: float
    """Bytes of the whole folder."""
    memory: float | None
    """Bytes held while searching; ``None``: this system does not tell."""
    import_s: float
    """Seconds of the import, once."""
    code: int
    """Bytes of a code; 0: none, all embeddings are compared."""


def measure(folder: Path, settings: Settings) -> list[Row]:
    """Search indexes of growing size.

    Args:
        folder: where indexes go; those that are there are used.
        settings: inputs and sizes.

    Returns:
        For each size the time of a search, bytes on disk and in memory, the import; then a hundred
        million chips, projected along the line through the two largest sizes.
    """
    found, costs = seeds(folder, settings), []
    queries = found.asked(settings.questions)[1]
    for size in sorted(settings.growth):
        index = make_index(found.images, size, folder)
        click.echo(f"  {size:,} chips")
        table = open_chips(index, read_info(index)).table
        find = Contest(table, queries, np.empty((0, 0), np.int64), settings).find()
        ways = [lambda n, find=find: find(queries[n])]
        cost = Cost(
            chips=len(table), times=paired(ways, len(queries), seconds=settings.seconds)[0],
            disk=sum(file.stat().st_size for file in index.rglob("*") if file.is_file()),
            memory=_held(index, queries, settings.k), import_s=import_seconds(size, folder),
            code=table.coded.book.size if table.coded else 0,
        )  # fmt: skip
        costs.append(cost)
    rows = [row for cost in costs for row in _rows(cost)]
    if {LARGE, LARGE // 10} <= set(settings.growth):
        large, tenth = (make_index(found.images, size, folder) for size in (LARGE, LARGE // 10))
        rows += beside_tenth(large, tenth, queries, settings)
    return rows + (_projected(*costs[-2:]) if len(costs) > 1 else [])


def _held(index: Path, queries: np.ndarray, k: int) -> float | None:
    """:func:`held_bytes` in a process of its own."""
    asked = index.with_suffix(".queries.npy")
    np.save(asked, queries)
    command = [sys.executable, "-c", HOLD, str(index), str(asked), str(k)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1]
    asked.unlink()
    return None if said == "None" else float(said)


def held_bytes(index: Path, queries: np.ndarray, k: int) -> float | None:
    """Bytes that searching an index holds in memory: what grew, and the files it maps.

    Files of full embeddings are left out: a search looks up some hundred rows of them, and the
    system takes these pages back when it needs them.

    Args:
        index: the index.
        queries: what to search for, ``(m, D)``.
        k: hits wanted.

    Returns:
        Bytes; ``None`` where the system does not tell (it takes Linux).
    """
    from .settings import Settings  # noqa: PLC0415 - this runs in a process of its own

    before = _resident(index)
    table = open_chips(index, read_info(index)).table
    find = Contest(table, queries, np.empty((0, 0), np.int64), Settings(k=k)).find()
    for query in queries:
        find(query)
    after = _resident(index)
    return None if before is None or after is None else after - before


def _resident(index: Path) -> int | None:
    """Bytes of this process in memory: its own, and of derived arrays of an index it maps."""
    try:
        with open("/proc/self/smaps", encoding="utf-8") as maps:  # noqa: PTH123 - no file, a view
            lines = maps.read().splitlines()
    except OSError:
        return None
    total, counted = 0, False
    for line in lines:
        first, *rest = line.split()
        if not first.endswith(":"):
            path = " ".join(rest[4:])
            own = not path or path.startswith("[")
            derived = path.startswith(str(index / "_cache")) and "/embeddings" not in path
            counted = own or derived
        elif counted and first == "Rss:":
            total += 1024 * int(rest[0])
    return total


def beside_tenth(
    index: Path, tenth: Path, queries: NDArray[np.float32], settings: Settings
) -> list[Row]:
    """The recall of a large index, and its searches in turn with those of one of its tenth.

    Args:
        index: the large one.
        tenth: with a tenth of its chips.
        queries: what to search for, ``(m, D)``.
        settings: how many hits, and how long.
    """
    tables = [open_chips(folder, read_info(folder)).table for folder in (index, tenth)]
    size = f"{len(tables[0]):,} chips"
    click.echo(f"  {size}: the true best, to count recall with")
    wanted = exact(tables[0].embeddings, queries, settings.k)
    contest = Contest(tables[0], queries, wanted, settings)
    finds = [contest.find(), replace(contest, table=tables[1]).find()]
    ways = [lambda n, find=find: find(queries[n]) for find in finds]
    ours, theirs = paired(ways, len(queries), seconds=settings.seconds)
    return [
        Row(
            TOPIC, f"recall@{settings.k} of our search, {size}", "share", contest.recall(finds[0]),
            against="all compared in float32", theirs=1.0, better="higher", limit=WANTED_RECALL,
            note=f"{len(queries)} sentences",
        ),
        timed_row(
            TOPIC, f"{TIMED} in turn, {size}", ours, theirs, wanted_ratio=1 / MOST_TIMES,
            against=f"the same at {len(tables[1]):,}",
            note=f"may take {MOST_TIMES:.0f} times as long",
        ),
    ]  # fmt: skip


def _rows(cost: Cost) -> list[Row]:
    size, many = f"{cost.chips:,} chips", cost.chips >= 1_000_000
    codes = f"codes of {cost.code} B scanned" if cost.code else "all embeddings compared, no codes"
    rows = [
        timed_row(TOPIC, f"{TIMED}, {size}", cost.times, note=codes),
        Row(
            TOPIC, f"{DISK}, {size}", "B a chip", cost.disk / cost.chips,
            limit=MOST_DISK if many else None, note="parts and derived arrays",
        ),
        Row(TOPIC, f"{IMPORT}, {size}", "s", cost.import_s, note="from GeoParquet, once"),
    ]  # fmt: skip
    if cost.memory is not None:
        note = "without mapped full embeddings, of which a search reads some hundred rows"
        each, limit = cost.memory / cost.chips, MOST_MEMORY if many else None
        rows.append(Row(TOPIC, f"{MEMORY}, {size}", "B a chip", each, limit=limit, note=note))
    if cost.chips == LARGE and cost.memory is not None:
        gigabytes = cost.memory / 1e9
        rows.append(Row(TOPIC, f"{MEMORY} in all, {size}", "GB", gigabytes, limit=MOST_LARGE_GB))
    return rows


def _projected(less: Cost, more: Cost) -> list[Row]:
    """A hundred million chips, along the line through two sizes."""

    def far(first: float, second: float) -> float:
        slope = max(0.0, second - first) / (more.chips - less.chips)
        return second + (FAR - more.chips) * slope

    note = f"projected along {less.chips:,} and {more.chips:,} chips"
    size = f"{FAR:,} chips"
    wall = 1e3 * FAR * more.code / (read_gb_s() * 1e9)
    walled = f"{note}; reading {more.code} B codes takes {wall:,.0f} ms" if more.code else note
    rows = [
        Row(
            TOPIC,
            f"{TIMED}, {size}",
            "ms",
            far(float(np.median(less.times)), float(np.median(more.times))),
            note=walled,
        ),
        Row(TOPIC, f"{DISK}, {size}", "GB", far(less.disk, more.disk) / 1e9, note=note),
        Row(TOPIC, f"{IMPORT}, {size}", "h", far(less.import_s, more.import_s) / 3600, note=note),
    ]
    if less.memory is not None and more.memory is not None:
        held = far(less.memory, more.memory) / 1e9
        rows.append(Row(TOPIC, f"{MEMORY}, {size}", "GB", held, note=note))
    return rows
