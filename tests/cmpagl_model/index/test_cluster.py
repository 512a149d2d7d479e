"""Indexing on real clusters of two workers on this machine: Dask and Ray.

Most tests share one of each kind, which they reach by its address; where none is given, workers
are started for the call.
"""

import importlib.util
import os
import signal
import time
from contextlib import ExitStack, contextmanager, nullcontext
from functools import cache
from unittest.mock import patch

import pytest

from cmpagl_model.cli.app import run
from cmpagl_model.errors import ClusterError, MissingExtraError
from cmpagl_model.index import build_index, read_info
from cmpagl_model.index import format as index_format
from cmpagl_model.index.cluster import (
    PARTS_A_TASK,
    TASKS_A_WORKER,
    Cluster,
    Encoding,
    index_on_cluster,
    partition_tasks,
)
from cmpagl_model.index.copies import copy_of
from cmpagl_model.index.mirror import IndexLocation, at_hand, looked_up
from cmpagl_model.index.store import store_at, store_of
from tests import s3_server
from tests.cmpagl_model.index.chips_told import ChipsTold
from tests.cmpagl_model.index.harm import contents
from tiling import ChipSpec

SPEC = ChipSpec(size_px=192, native=True)
LIBRARY = {"dask": "distributed", "ray": "ray"}


def installed(engine):
    if importlib.util.find_spec(LIBRARY[engine]) is None:
        pytest.skip(f"{LIBRARY[engine]} is not installed")
    return engine


@pytest.fixture(params=LIBRARY)
def engine(request):
    return installed(request.param)


@contextmanager
def a_dask_cluster():
    from distributed import LocalCluster  # noqa: PLC0415 - an extra

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        yield cluster.scheduler_address


@contextmanager
def a_ray_cluster():
    from ray.cluster_utils import Cluster as RayCluster  # noqa: PLC0415 - an extra

    with (  # else any program on this machine that starts Ray would join it
        patch("ray._private.utils.write_ray_address"),
        patch("ray._common.utils.reset_ray_address"),
    ):
        cluster = RayCluster(
            initialize_head=True, head_node_args={"num_cpus": 2, "include_dashboard": False}
        )
        try:
            yield cluster.address
        finally:
            cluster.shutdown()


@pytest.fixture(scope="module", autouse=True)
def _of_workers(_s3_server, tmp_path_factory):
    """What workers that outlive a test know: the store of those that want one."""
    with pytest.MonkeyPatch.context() as patched:
        for name in s3_server.OTHERS:
            patched.delenv(name, raising=False)
        for name, value in _s3_server.environment.items():
            patched.setenv(name, value)
        patched.setenv("CMPAGL_CACHE", str(tmp_path_factory.mktemp("cache_of_workers")))
        patched.setenv("RAY_worker_niceness", "0")  # else they wait for all other tests
        yield


@pytest.fixture(scope="module")
def started(_of_workers):
    """Start a cluster of a kind, or give the address of the one that is there."""
    kinds = {"dask": a_dask_cluster, "ray": a_ray_cluster}
    with ExitStack() as stack:
        yield cache(lambda engine: stack.enter_context(kinds[engine]()))


@pytest.fixture
def at_dask(started):
    """The address of the one of Dask; who was killed by a test before is replaced by now."""
    installed("dask")
    from distributed import Client  # noqa: PLC0415 - an extra

    with Client(started("dask")) as client:
        client.wait_for_workers(2, timeout=300)
    return started("dask")


@pytest.fixture
def at(engine, request, started):
    """The address of the one of this kind."""
    return request.getfixturevalue("at_dask") if engine == "dask" else started(engine)


@pytest.fixture
def scenes(make_scene):
    return [str(make_scene(f"{seed}.tif", seed=seed)) for seed in range(6)]


class Seen(ChipsTold):
    """What a progress was told."""

    def __init__(self, react=None):
        self.chips, self.tasks, self.react = 0, [], react

    def planned(self, chips):
        self.chips = chips

    def done(self, chips, _scene):
        self.tasks.append(chips)
        if self.react:
            self.react()


def on_cluster(scenes, index, engine, address=None, **more):
    return index_on_cluster(
        scenes,
        index,
        Encoding("cmpagl_lite", "cpu"),
        SPEC,
        cluster=Cluster(engine, address),
        **more,
    )


def test_two_workers_write_what_one_process_writes(scenes, tmp_path, encoder, engine):
    """They are started for it, stopped on the way, and started again."""
    whole, shared = tmp_path / "whole.cmpagl", tmp_path / "shared.cmpagl"
    alone, stopped = build_index(scenes, whole, encoder, SPEC), []

    def stop():
        stopped.append(time.monotonic())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        on_cluster(scenes, shared, engine, progress=Seen(stop))
    assert time.monotonic() - stopped[0] < 600  # clusters take their time on a busy machine
    written = sorted((shared / "parts").iterdir())
    time.sleep(2)
    assert sorted((shared / "parts").iterdir()) == written  # no worker goes on

    (tmp_path / "no.tif").write_text("no raster")
    seen = Seen()
    report = on_cluster([*scenes, str(tmp_path / "no.tif")], shared, engine, progress=seen)
    assert contents(shared) == contents(whole)
    assert read_info(shared).content == read_info(whole).content
    assert report.scenes == 6
    assert 0 < report.encoded < alone.encoded
    assert [problem.path for problem in report.problems] == [str(tmp_path / "no.tif")]
    assert len(seen.tasks) > 2
    assert sum(seen.tasks) == seen.chips == alone.encoded


def test_a_worker_that_dies_costs_nothing(scenes, tmp_path, encoder, at_dask):
    from distributed import Client  # noqa: PLC0415 - an extra

    index, whole, killed = tmp_path / "x.cmpagl", tmp_path / "whole.cmpagl", []
    with Client(at_dask) as client:
        victim = min(client.run(os.getpid).values())

    def kill():
        if not killed:
            killed.append(victim)
            os.kill(victim, signal.SIGKILL)

    report = on_cluster(scenes, index, "dask", at_dask, progress=Seen(kill))
    assert killed
    assert report.scenes == 6
    assert not report.problems
    build_index(scenes, whole, encoder, SPEC)
    assert contents(index) == contents(whole)


@pytest.fixture
def stored(s3):
    """Where the copy of a new index in a store is to lie."""
    store_at.cache_clear()
    address = f"s3://{s3.bucket}/town.cmpagl"
    looked_up(address)
    return copy_of(address)


@pytest.mark.slow
def test_two_workers_write_into_a_store_what_one_process_writes(scenes, stored, tmp_path, encoder,
                                                                engine, at):  # fmt: skip
    whole = tmp_path / "whole.cmpagl"
    alone = build_index(scenes, whole, encoder, SPEC)
    report = on_cluster(scenes, stored, engine, at)
    assert (report.scenes, report.encoded) == (6, alone.encoded)
    assert not report.problems
    there = at_hand(store_of(stored).address, anew=True)
    assert contents(there) == contents(whole)
    assert read_info(there).content == read_info(whole).content
    again = on_cluster(scenes, stored, engine, at)
    assert (again.encoded, again.unchanged, again.present) == (0, 6, alone.encoded)


def as_on_a_machine_of_its_own(dask_worker, folder):
    os.environ["CMPAGL_CACHE"] = f"{folder}/{dask_worker.id}"
    return os.getpid()


@pytest.mark.slow
def test_a_worker_that_dies_while_it_writes_into_a_store_costs_nothing(
    scenes, stored, tmp_path, encoder, at_dask
):
    from distributed import Client  # noqa: PLC0415 - an extra

    whole, killed = tmp_path / "whole.cmpagl", []
    build_index(scenes, whole, encoder, SPEC)
    with Client(at_dask) as client:
        workers = client.run(as_on_a_machine_of_its_own, folder=str(tmp_path / "machines"))

    def kill():
        if not killed:
            killed.append(min(workers.values()))
            os.kill(killed[0], signal.SIGKILL)

    report = on_cluster(scenes, stored, "dask", at_dask, progress=Seen(kill))
    assert killed
    assert len(list((tmp_path / "machines").iterdir())) == 2
    assert report.scenes == 6
    assert not report.problems
    there = at_hand(store_of(stored).address)
    assert contents(there) == contents(whole)
    assert read_info(there).content == read_info(whole).content


def test_a_worker_that_would_ask_another_server_writes_nothing(s3, stored, monkeypatch):
    sent = IndexLocation.of(stored)
    assert sent.folder() == stored
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(ClusterError, match=rf"asks http://127.0.0.1:9 for .*{s3.endpoint}"):
        sent.folder()
    plain = stored.parent / "plain.cmpagl"
    assert IndexLocation.of(plain).folder() == plain


def test_what_workers_cannot_do_is_said_for_each_scene(scenes, tmp_path, at_dask):
    index = tmp_path / "x.cmpagl"
    on_cluster(scenes[:1], index, "dask", at_dask)
    parts = index / "parts"
    parts.rename(tmp_path / "aside")
    parts.write_text("a file in the place of the folder")  # nobody can write here
    try:
        report = on_cluster(scenes[1:3], index, "dask", at_dask)
    finally:
        parts.unlink()
        (tmp_path / "aside").rename(parts)
    assert {problem.path for problem in report.problems} == set(scenes[1:3])
    assert all("the cluster did not index it" in problem.reason for problem in report.problems)
    assert on_cluster(scenes, index, "dask", at_dask).scenes == 6


def test_small_scenes_go_together_and_a_large_one_is_split():
    part = index_format.CHIPS_PER_PART
    many = partition_tasks([(f"{n}", part // 4) for n in range(40)], workers=1)
    assert [len(task.paths) for task in many] == [4] * 10
    few = partition_tasks([(f"{n}", 8) for n in range(8)], workers=2)
    assert [len(task.paths) for task in few] == [1] * 2 * TASKS_A_WORKER
    large = partition_tasks([("a", 3), ("b", 20 * part), ("c", 0)], workers=2)
    shares = [task.shard for task in large if task.shard]
    assert len(shares) == -(-20 // PARTS_A_TASK)
    owners = [[s.number for s in shares if s.holds("0f" * 8, n)] for n in range(20)]
    assert all(len(one) == 1 for one in owners)
    assert {one[0] for one in owners} == {1, 2, 3}
    assert [path for task in large if not task.shard for path in task.paths] == ["a", "c"]
    assert partition_tasks([], workers=2) == []


def test_tasks_of_an_archive_are_larger_for_each_ends_with_a_version_that_names_all_parts():
    part = index_format.CHIPS_PER_PART
    scenes = [(f"{n}", part // 2) for n in range(16 * PARTS_A_TASK * 4)]
    for workers, parts in ((1, PARTS_A_TASK), (4, 4), (8, 2), (64, 1)):
        tasks = partition_tasks(scenes, workers)
        assert {task.chips for task in tasks} == {parts * part}
        assert len(tasks) >= TASKS_A_WORKER * workers


def soon(engine):
    """Dask knocks for half a minute where nobody is; here for a second."""
    if engine != "dask":
        return nullcontext()
    import distributed  # noqa: F401, PLC0415 - an extra, whose settings are there then
    from dask import config  # noqa: PLC0415

    return config.set({"distributed.comm.timeouts.connect": "1s"})


def test_a_missing_library_and_a_missing_cluster_are_said(scenes, tmp_path, monkeypatch, engine):
    with (
        soon(engine),
        pytest.raises(ClusterError, match=r"found no cluster .* next: check --address"),
    ):
        on_cluster(scenes, tmp_path / "x.cmpagl", engine, address="127.0.0.1:9")
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *a: None if name in LIBRARY.values() else real(name, *a),
    )
    with pytest.raises(MissingExtraError, match=rf"pip install 'cmpagl-qgis\[{engine}\]'"):
        on_cluster(scenes, tmp_path / "x.cmpagl", engine)


def test_the_command_says_what_was_done(scenes, tmp_path, capfd):
    installed("dask")
    index = str(tmp_path / "x.cmpagl")
    call = ["index", *scenes, "-o", index, "--gsd", "native", "--device", "cpu"]
    assert run([*call, "--engine", "dask"]) == 0
    said = capfd.readouterr()
    assert "6 scenes ready" in said.out + said.err
    assert "Traceback" not in said.err
