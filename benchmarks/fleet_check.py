"""A real cluster of one and of two workers beside the simulation of :mod:`benchmarks.fleet`."""

from __future__ import annotations

import json
import os
import shutil
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from cmpagl_model.atomic import write_bytes
from cmpagl_model.index.cluster import Cluster, Encoding, index_on_cluster
from cmpagl_model.model_folder import DEFAULT_MODEL
from cmpagl_model.progress import LOOKING, NoProgress

from .fleet import HOUR, Rates, simulate
from .indexing import painted
from .machine import load

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CHECKED = "checked.json"
SIDES, SCENES, ROUNDS, RUNS = (320, 480, 640), 24, 5, 9


@dataclass(frozen=True, slots=True)
class Checked:
    """A real cluster beside the simulation."""

    workers: int
    """Dask processes on this machine, one core each."""
    measured_s: float
    """From the first task to the last, median of some rounds, s."""
    low_s: float
    """Least of them, s."""
    high_s: float
    """Most of them, s."""
    foreseen_s: float
    """By the simulation, with the rates of one worker in the same round, median, s; 0 for that one:
    it is fitted to it."""
    off: tuple[float, float, float]
    """Foreseen by measured of a round, less 1: median, least, most."""
    load: float
    """Of the machine before, processes that wanted to run."""


def check(folder: Path) -> list[Checked]:
    """Index painted scenes by a real Dask cluster of one and of two workers, in turn, once.

    Each worker has a core of its own. The tasks of one worker give the chips a second, and how
    much tasks differ.

    Args:
        folder: where scenes, indexes and what was measured go; what is there is not done again.
    """
    done = folder / CHECKED
    if done.exists():
        return [Checked(**one) for one in json.loads(done.read_text(encoding="utf-8"))]
    from distributed import Client, LocalCluster  # noqa: PLC0415 - an extra, slow to import

    scenes = [
        str(painted(folder / "scenes" / f"{n:03d}.tif", SIDES[n % 3], SIDES[n % 3], seed=n))
        for n in range(SCENES)
    ]
    before = load()
    options: Any = {"threads_per_worker": 1, "dashboard_address": None, "processes": True}
    seen: dict[int, list[_Seen]] = {1: [], 2: []}
    with ExitStack() as stack:
        clusters = {n: stack.enter_context(LocalCluster(n_workers=n, **options)) for n in seen}
        for cluster in clusters.values():
            with Client(cluster) as client:
                for core, worker in enumerate(client.scheduler_info(n_workers=-1)["workers"]):
                    client.run(pinned, core, workers=[worker])
        for turn in range(-1, ROUNDS):  # the first loads libraries and the model
            for workers, cluster in clusters.items():
                run = _indexed(scenes, folder / "checked.cmpagl", cluster.scheduler_address)
                seen[workers] += [run] if turn >= 0 else []
    foreseen = [_foreseen(alone, both) for alone, both in zip(seen[1], seen[2], strict=True)]
    ratios = [one / both.seconds - 1 for one, both in zip(foreseen, seen[2], strict=True)]
    middle: list[float] = np.percentile(ratios, [50, 0, 100]).tolist()
    found = [
        Checked(
            workers, *np.percentile([one.seconds for one in runs], [50, 0, 100]).tolist(),
            foreseen_s=float(np.median(foreseen)) if workers == 2 else 0.0,
            off=(middle[0], middle[1], middle[2]) if workers == 2 else (0.0, 0.0, 0.0),
            load=before,
        )
        for workers, runs in seen.items()
    ]  # fmt: skip
    write_bytes(done, json.dumps([asdict(one) for one in found], indent=1).encode())
    return found


def pinned(core: int) -> None:
    """Keep this process to one core, with all threads it has and will have."""
    for thread in os.listdir("/proc/self/task"):  # noqa: PTH208 - no files
        os.sched_setaffinity(int(thread), {core})


@dataclass(slots=True)
class _Seen(NoProgress):
    """What a progress is told: chips of each task, and how long after the one before it ended."""

    tasks: list[tuple[int, float]] = field(default_factory=list)
    last: float = 0.0
    looking: bool = False

    def start(self, total: int, what: str = "") -> None:
        """The first task begins, once the scenes were looked at."""
        del total
        self.looking, self.last = what == LOOKING, time.monotonic()

    def advance(self, count: int, of: str = "") -> None:
        """A task is done."""
        del of
        if self.looking:
            return
        now = time.monotonic()
        self.tasks.append((count, now - self.last))
        self.last = now

    @property
    def seconds(self) -> float:
        """From the first task to the last."""
        return sum(spent for _, spent in self.tasks)


def _indexed(scenes: Sequence[str], index: Path, address: str) -> _Seen:
    shutil.rmtree(index, ignore_errors=True)
    seen = _Seen()
    index_on_cluster(
        scenes, index, Encoding(DEFAULT_MODEL, "cpu"), cluster=Cluster("dask", address),
        progress=seen,
    )  # fmt: skip
    return seen


def _foreseen(alone: _Seen, both: _Seen) -> float:
    """How long two workers take for their tasks by the simulation, with the rates of one, s."""
    chips, seconds = np.array(alone.tasks).T
    each = seconds.sum() / chips.sum()
    spread = float(np.std(np.log(seconds / (each * chips))))
    rates = Rates(1 / each, 0.0, 0.0, 0.0, 0.0, spread=spread)
    tasks = sorted((count for count, _ in both.tasks), reverse=True)
    return float(np.median([HOUR * simulate(rates, tasks, 2, seed).hours for seed in range(RUNS)]))
