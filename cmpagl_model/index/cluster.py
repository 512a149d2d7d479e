"""Indexing on a cluster that is there: Dask or Ray. Start at :func:`index_on_cluster`.

Every task is a call of :func:`~.build.build_index` on a few scenes, or on a share of a large one.
Workers write their parts into the index themselves, a folder that all of them must see or one in an
object store, and name them in its versions as any process does; so a task that ran twice, or half,
does no harm.
"""

from __future__ import annotations

import importlib.util
import os
import re
import socket
import time
from abc import ABC, abstractmethod
from collections import Counter
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cmpagl_model.encoders import open_encoder
from cmpagl_model.errors import ClusterError, MissingExtraError
from cmpagl_model.progress import INDEXING, LOOKING, NoProgress
from cmpagl_model.records import Problem
from tiling import TilingError, find_scenes, plan_chips
from tiling.addresses import is_url
from tiling.describe import glance_at_scene

from . import format as index_format
from .build import DEFAULT_BATCH, build_index
from .catalogue import parts_of
from .mirror import IndexLocation
from .shard import Shard
from .survey import compatible_info

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cmpagl_model.encoders import Encoder
    from cmpagl_model.encoders.choose import Device
    from cmpagl_model.progress import Progress
    from tiling import ChipSpec

    from .build import BuildReport
    from .format import IndexInfo

Engine = Literal["dask", "ray"]
RETRIES = 2
TASKS_A_WORKER, MANY_A_WORKER = 4, 16
"""A worker has at least so many tasks, and a task no more than a part, while it has fewer than so
many of these."""
HOST_AND_PORT = re.compile(r"(?:ray://)?([^:/]+):([0-9]{1,5})")
CONNECT_TIMEOUT_S = 10.0
PARTS_A_TASK = 8
"""Parts that one task makes at most: each task of a large scene reads all of it for its checksum,
and each ends with a version, which names all parts (docs/scale.md)."""


@dataclass(frozen=True, slots=True)
class Task:
    """What one worker is asked to do at a time."""

    paths: tuple[str, ...]
    """Scenes, absolute."""
    shard: Shard | None
    """Which share of their parts; ``None``: all."""
    chips: int
    """Planned chips, as far as the headers of the scenes tell."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where the workers are."""

    engine: Engine
    """Which kind of cluster it is."""
    address: str | None = None
    """Where its scheduler listens; ``None``: workers are started on this machine."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How each worker encodes chips."""

    model: str
    """Name or folder of the model, as every worker finds it."""
    device: Device = "auto"
    """Where it computes."""
    batch_size: int = DEFAULT_BATCH
    """Chips encoded at a time."""


@dataclass(frozen=True, slots=True)
class JobSpec:
    """What all tasks of one index share, sent to every worker."""

    index: IndexLocation
    """Where each of them finds the index."""
    encoding: Encoding
    """How chips are encoded."""
    spec: ChipSpec
    """How scenes are cut."""
    crs: str | None
    """The CRS of all scenes, where their files shall not be asked."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a task: a report, or why there is none."""

    task: Task
    """The task."""
    report: BuildReport | None
    """What it did."""
    error: str = ""
    """What the cluster says, in one line."""


def index_on_cluster(  # noqa: PLR0913 - what may be said of a build
    inputs: Sequence[str],
    folder: Path,
    encoding: Encoding,
    spec: ChipSpec | None = None,
    *,
    cluster: Cluster,
    crs: str | None = None,
    progress: Progress | None = None,
) -> BuildReport:
    """Make or extend an index with the workers of a cluster.

    Args:
        inputs: files, folders, globs or http(s) addresses of scenes, which all workers must see
            under the same names.
        folder: the index, on a disk that all workers see; or the copy of one in an object store,
            to which each worker writes by way of a copy of its own.
        encoding: how chips are encoded, on every worker.
        spec: how to cut chips; ``None``: as the index has it, or automatic for a new one.
        cluster: where the workers are.
        crs: the CRS of all scenes, in place of what their files say.
        progress: told how far it is; a task counts once it is done.

    Returns:
        What was done. Scenes whose tasks failed three times are among the problems.

    Raises:
        MissingExtraError: if the library of the engine is not installed.
        ClusterError: if no cluster can be reached.
        CmpaglError: as :func:`~.build.build_index`.
    """
    workers_class, engine = _WORKERS[cluster.engine], cluster.engine
    if importlib.util.find_spec(workers_class.module) is None:
        raise MissingExtraError(
            f"found no {engine} in this environment, wanted it for --engine {engine}; "
            f"next: pip install 'cmpagl-qgis[{engine}]'"
        )
    started, progress = time.monotonic(), progress or NoProgress()
    encoder = _encoder(encoding)
    info = compatible_info(folder, encoder, spec)
    if Path(encoding.model).is_dir():  # workers may stand in other folders
        encoding = replace(encoding, model=str(Path(encoding.model).absolute()))
    job = JobSpec(IndexLocation.of(folder), encoding, info.spec, crs)
    planned = _planned(find_scenes(inputs).paths, info, crs, progress)
    answers = []
    with workers_class(cluster.address).open() as workers:
        tasks = partition_tasks(planned, workers.count)
        progress.start(sum(task.chips for task in tasks), INDEXING)
        for answer in workers.run(job, tasks):
            answers.append(answer)
            progress.advance(answer.task.chips, answer.task.paths[0])
    merged = _merged(inputs, job.index.folder(), encoder, job, answers)
    return replace(merged, seconds=time.monotonic() - started)


class _Workers(ABC):
    """Workers of one kind of cluster; leaving it lets go of what was not done."""

    module = ""
    """The library that must be installed."""

    def __init__(self, address: str | None) -> None:
        self._address = address

    @abstractmethod
    def open(self) -> AbstractContextManager[_Workers]:
        """Reach it, or start workers; what comes of it can :meth:`run` tasks.

        Raises:
            ClusterError: if there is none.
        """

    @property
    @abstractmethod
    def count(self) -> int:
        """How many workers there are now; more may join."""

    @abstractmethod
    def run(self, job: JobSpec, tasks: Sequence[Task]) -> Iterator[Answer]:
        """Answers as they come; a task that fails is tried again twice, on any worker."""

    def unreachable(self, error: Exception) -> ClusterError:
        """What to say where there is no such cluster."""
        at = self._address or "this machine"
        return ClusterError(
            f"{at}: found no cluster ({_one_line(error)}), wanted the address of its scheduler; "
            "next: check --address, or leave it out for workers on this machine"
        )


class _Dask(_Workers):
    module = "distributed"

    @contextmanager
    def open(self) -> Iterator[_Dask]:
        from distributed import Client, LocalCluster  # noqa: PLC0415 - an extra, slow to import

        with ExitStack() as stack:
            try:
                place = self._address or stack.enter_context(
                    LocalCluster(
                        n_workers=max(2, (os.cpu_count() or 1) // 4),  # of several threads each
                        threads_per_worker=1,
                        dashboard_address=None,
                    )
                )
                self._client = stack.enter_context(Client(place))
            except (OSError, ValueError) as error:  # a timeout is an OSError
                raise self.unreachable(error) from error
            yield self

    @property
    def count(self) -> int:
        return max(1, len(self._client.scheduler_info(n_workers=-1)["workers"]))

    def run(self, job: JobSpec, tasks: Sequence[Task]) -> Iterator[Answer]:
        from distributed import as_completed  # noqa: PLC0415

        futures = self._client.map(partial(work, job), tasks, retries=RETRIES, pure=False)
        task_of = dict(zip(futures, tasks, strict=True))
        try:
            for future in as_completed(futures):
                error = future.exception()
                report, said = (None, _one_line(error)) if error else (future.result(), "")
                yield Answer(task_of[future], report, said)
        finally:
            self._client.cancel(futures)


class _Ray(_Workers):
    module = "ray"

    @contextmanager
    def open(self) -> Iterator[_Ray]:
        import ray  # noqa: PLC0415 - an extra, slow to import

        try:
            # Look whether anybody listens: Ray itself waits for minutes, and then ends the process.
            found = HOST_AND_PORT.fullmatch(self._address or "")
            if found:
                socket.create_connection(
                    (found[1], int(found[2])), timeout=CONNECT_TIMEOUT_S
                ).close()
            ray.init(self._address, log_to_driver=False, include_dashboard=False)
        except (OSError, ValueError, RuntimeError) as error:
            raise self.unreachable(error) from error
        try:
            yield self
        finally:
            ray.shutdown()

    @property
    def count(self) -> int:
        import ray  # noqa: PLC0415

        return max(1, int(ray.cluster_resources().get("CPU", 1)))

    def run(self, job: JobSpec, tasks: Sequence[Task]) -> Iterator[Answer]:
        import ray  # noqa: PLC0415

        remote = ray.remote(max_retries=RETRIES, retry_exceptions=True)(work)
        task_of = {remote.remote(job, task): task for task in tasks}
        waiting = list(task_of)
        try:
            while waiting:
                done, waiting = ray.wait(waiting)
                for ref in done:
                    try:
                        report, said = ray.get(ref), ""
                    except ray.exceptions.RayError as error:
                        report, said = None, _one_line(error)
                    yield Answer(task_of[ref], report, said)
        finally:
            for ref in waiting:
                ray.cancel(ref, force=True)


_WORKERS: dict[Engine, type[_Workers]] = {"dask": _Dask, "ray": _Ray}


def _one_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[-1] if lines else type(error).__name__)[:300]


def partition_tasks(planned: Sequence[tuple[str, int]], workers: int) -> list[Task]:
    """Tasks of about a part each, less where there is little, more where there is much.

    A task is several small scenes, or a share of a large one.

    Args:
        planned: the scenes, absolute, and how many chips each has; 0: that is not known.
        workers: how many there are.

    Returns:
        The longest first, so that at the end nobody waits for it.
    """
    chips = sum(count for _, count in planned)
    part = index_format.CHIPS_PER_PART
    enough = max(
        min(part, chips // (workers * TASKS_A_WORKER)),
        min(part * PARTS_A_TASK, chips // (workers * MANY_A_WORKER)),
    )
    tasks, together = [], Task((), None, 0)
    for path, count in planned:
        shares = -(-parts_of(count) // PARTS_A_TASK)
        if shares > 1:
            each = count // shares
            tasks += [Task((path,), Shard(one + 1, shares), each) for one in range(shares)]
            continue
        together = Task((*together.paths, path), None, together.chips + count)
        if together.chips >= enough:
            tasks.append(together)
            together = Task((), None, 0)
    tasks += [together] if together.paths else []
    return sorted(tasks, key=lambda task: -task.chips)


def _planned(
    paths: Sequence[str], info: IndexInfo, crs: str | None, progress: Progress
) -> list[tuple[str, int]]:
    """How many chips scenes have, by their headers; 0 where their worker will say what is wrong."""
    found = []
    progress.start(len(paths), LOOKING)
    for number, given in enumerate(paths):
        progress.advance(min(number, 1))
        path = given if is_url(given) else str(Path(given).absolute())
        try:
            count = len(plan_chips(glance_at_scene(path, info.spec, crs), info.spec))
        except TilingError:
            count = 0
        found.append((path, count))
    return found


def work(job: JobSpec, task: Task) -> BuildReport:
    """Do one task, on a worker.

    Raises:
        ClusterError: if the index lies in a store, and this worker would ask another server for it.
        CmpaglError: as :func:`~.build.build_index`.
    """
    return build_index(
        task.paths,
        job.index.folder(),
        _encoder(job.encoding),
        job.spec,
        batch_size=job.encoding.batch_size,
        crs_of=lambda _path: job.crs,
        shard=task.shard,
    )


@lru_cache(maxsize=1)
def _encoder(encoding: Encoding) -> Encoder:
    return open_encoder(encoding.model, encoding.device)


def _merged(
    inputs: Sequence[str], folder: Path, encoder: Encoder, job: JobSpec, answers: list[Answer]
) -> BuildReport:
    """All reports as one; scenes with new contents, which waited for all shares, are named now."""
    reports = [answer.report for answer in answers if answer.report]
    problems = [
        Problem(
            path,
            f"the cluster did not index it ({answer.error}); next: give the same command again",
        )
        for answer in answers
        if answer.report is None
        for path in answer.task.paths
    ]
    if problems:
        inputs = sorted({path for answer in answers if answer.report for path in answer.task.paths}
                        - {problem.path for problem in problems})  # fmt: skip
    last = build_index(
        inputs, folder, encoder, job.spec, batch_size=job.encoding.batch_size,
        crs_of=lambda _path: job.crs,
    )  # fmt: skip
    skipped = Counter[str]()
    for report in reports:
        skipped.update(dict(report.skipped))
    return replace(
        last,
        unchanged=sum(report.unchanged for report in reports),
        encoded=sum(report.encoded for report in reports) + last.encoded,
        duplicates=sum(report.duplicates for report in reports),
        present=sum(report.present for report in reports),
        skipped=tuple(sorted(skipped.items())),
        problems=(
            *_once(problem for report in (*reports, last) for problem in report.problems),
            *problems,
        ),
        notes=_once(note for report in (*reports, last) for note in report.notes),
    )


def _once(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(dict.fromkeys(problems))
