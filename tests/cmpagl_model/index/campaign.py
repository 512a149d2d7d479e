"""Ways to change an index, each stopped at every place that can fail, and what must hold after it.

After any fault the index is what it was before or what it was to become, row by row, or in between
scene by scene; and the same call again brings it to its end.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from unittest.mock import patch

import numpy as np
import rasterio
from rasterio.transform import from_origin

from cmpagl_model.errors import IndexFormatError, OutputError
from cmpagl_model.index import build_index, load_chips, open_chips, read_info, rebuild_index
from cmpagl_model.index.format import is_index
from tests.cmpagl_model.index.cheap import CheapEncoder
from tests.cmpagl_model.index.chips_told import ChipsTold
from tests.cmpagl_model.index.faults import FAULTS, KILL, KilledError, failing
from tiling import ChipSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SPEC = ChipSpec(size_px=32, native=True, overlap=0)
OTHER = ChipSpec(size_px=32, gsd_m=2.0, overlap=0)
Rows = set[tuple[str, tuple[int, ...], bytes]]


@dataclass(frozen=True, slots=True)
class Change:
    """A way to change an index."""

    name: str
    """In words."""
    before: Callable[[Path], None]
    """Makes what is there before."""
    change: Callable[[Path], object]
    """Changes it; called again after a fault."""
    finishes: bool = True
    """Whether its scenes are whole then; else it is told that they are not."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong."""

    change: str
    """During which change."""
    fault: str
    """What."""
    at: int
    """At which call that writes."""
    again: int = -1
    """At which call the process is killed that tries again; -1: it is not."""


def write_scene(path: Path, seed: int) -> str:
    """A scene of 6 chips."""
    pixels = np.random.default_rng(seed).integers(1, 255, (3, 64, 96), np.uint8)
    settings = {"driver": "GTiff", "width": 96, "height": 64, "count": 3, "dtype": "uint8",
                "crs": "EPSG:32631", "transform": from_origin(6e5, 5.7e6, 1, 1)}  # fmt: skip
    with rasterio.open(path, "w", **settings) as scene:
        scene.write(pixels)
    return str(path)


def _index(folder: Path, *names: str) -> object:
    scenes = [str(folder / name) for name in names]
    return build_index(scenes, folder / "x.cmpagl", CheapEncoder(), SPEC)


def _scenes(folder: Path) -> None:
    for seed, name in enumerate(("a.tif", "b.tif")):
        write_scene(folder / name, seed)


def _one(folder: Path) -> None:
    _scenes(folder)
    _index(folder, "a.tif")
    open_all(folder / "x.cmpagl")


def _changed(folder: Path) -> None:
    _one(folder)
    write_scene(folder / "a.tif", 7)


def _moved(folder: Path) -> None:
    _one(folder)
    (folder / "a.tif").rename(folder / "c.tif")


class _Stop(ChipsTold):
    """Stops a build after some chips."""

    def __init__(self, chips: int) -> None:
        self._left = chips

    def done(self, chips: int, scene: str) -> None:
        del scene
        self._left -= chips
        if self._left <= 0:
            raise KeyboardInterrupt


@contextmanager
def _at_once() -> Iterator[None]:
    """What is begun of a part is written after each batch."""
    with (
        patch("cmpagl_model.index.encode.PAUSES_S", (0.0,)),
        patch("cmpagl_model.index.pending.SHARE_OF_TIME", 1e9),
    ):
        yield


def _begin(folder: Path, chips: int, batch_size: int = 2) -> None:
    """Index a scene, parts as far as they go after each batch, until so many chips are there."""
    with _at_once(), suppress(KeyboardInterrupt):
        build_index(
            [str(folder / "a.tif")], folder / "x.cmpagl", CheapEncoder(), SPEC,
            batch_size=batch_size, progress=_Stop(chips),
        )  # fmt: skip


def _begun(folder: Path) -> None:
    _scenes(folder)
    _begin(folder, 2)  # of the 4 of its first part
    open_all(folder / "x.cmpagl")


CHANGES = {
    change.name: change
    for change in (
        Change("first index", _scenes, lambda folder: _index(folder, "a.tif", "b.tif")),
        Change("scene added", _one, lambda folder: _index(folder, "a.tif", "b.tif")),
        Change("scene changed", _changed, lambda folder: _index(folder, "a.tif")),
        Change("scene renamed", _moved, lambda folder: _index(folder, "c.tif")),
        Change(
            "rebuild",
            _one,
            lambda folder: rebuild_index([], folder / "x.cmpagl", CheapEncoder("b" * 64), OTHER),
        ),
        Change("cache made", _changed, lambda folder: open_all(folder / "x.cmpagl")),
        Change("scene written in begun parts", _scenes, lambda at: _begin(at, 99)),
        Change("scene stopped", _scenes, lambda at: _begin(at, 2), finishes=False),
        Change("scene stopped again", _begun, lambda at: _begin(at, 3, 1), finishes=False),
        Change("scene gone on with", _begun, lambda at: _begin(at, 99)),
    )
}


def open_all(index: Path) -> Rows:
    """Every chip of an index, by its arrays; none are there twice."""
    loaded = open_chips(index, read_info(index))
    table = loaded.table
    rows = [
        (
            table.scenes[table.scene_of[row]].path,
            tuple(table.windows[row].tolist()),
            table.embeddings[row].tobytes(),
        )
        for row in range(len(table))
    ]
    assert len(set(rows)) == len(rows), "a chip is there twice"
    return set(rows)


def rows_of(index: Path) -> Rows:
    """Every chip of an index, the parts decoded, and by its arrays: both must agree."""
    if not is_index(index):
        return set()
    found = open_all(index)
    assert len(load_chips(index, read_info(index)).table) == len(found)
    return found


class Campaign:
    """Runs faults in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[str, tuple[Path, Rows, Rows, int]] = {}
        self.done: Counter[tuple[str, str]] = Counter()

    def prepared(self, name: str) -> tuple[Path, Rows, Rows, int]:
        """What is there before a change, the rows before and after, and its calls that write."""
        if name not in self._made:
            change, start = CHANGES[name], self._folder / f"{name} before"
            start.mkdir()
            work = self._work(None)
            change.before(work)
            shutil.copytree(work, start, dirs_exist_ok=True)
            before = rows_of(start / "x.cmpagl") if name != "cache made" else set()
            work = self._work(start)
            before = rows_of(work / "x.cmpagl")
            if name == "cache made":
                shutil.rmtree(work / "x.cmpagl" / "_cache")
                shutil.rmtree(start / "x.cmpagl" / "_cache")
            with failing(work / "x.cmpagl") as disk:
                change.change(work)
            self._made[name] = start, before, rows_of(work / "x.cmpagl"), disk.calls
        return self._made[name]

    def faults(self) -> Iterator[Fault]:
        """All faults there are."""
        for name in CHANGES:
            calls = self.prepared(name)[3]
            for fault in FAULTS:
                yield from (Fault(name, fault, at) for at in range(calls))

    def some(self, count: int, seed: int, *kinds: str) -> list[Fault]:
        """Some faults of these kinds: all there are and, if more are wanted, two one after another.

        Args:
            count: how many.
            seed: of the draw.
            kinds: which.
        """
        everything = [fault for fault in self.faults() if fault.fault in kinds]
        random.Random(seed).shuffle(everything)
        more = self.twice(max(0, count - len(everything)), seed, *kinds)
        return [*everything[:count], *more]

    def twice(self, count: int, seed: int, *kinds: str) -> list[Fault]:
        """Some faults of these kinds after which the next try is killed, too; see :meth:`some`."""
        draw = random.Random(seed)
        first = draw.choices([fault for fault in self.faults() if fault.fault in kinds], k=count)
        return [
            replace(fault, again=draw.randrange(self.prepared(fault.change)[3])) for fault in first
        ]

    def run(self, fault: Fault) -> None:
        """Let a fault happen, and make sure of what is left.

        Raises:
            AssertionError: if anything is lost, twice, or wrong.
        """
        start, before, after, _ = self.prepared(fault.change)
        work, change = self._work(start), CHANGES[fault.change]
        index = work / "x.cmpagl"
        self._try(work, fault, before, after)
        if fault.again >= 0:
            self._try(work, Fault(fault.change, KILL, fault.again), before, after)
        change.change(work)
        assert rows_of(index) == after, "the same call again did not end as it should"
        told = load_chips(index, read_info(index)).problems
        assert bool(told) is not change.finishes, told
        self.done[fault.change, fault.fault] += 1

    def _try(self, work: Path, fault: Fault, before: Rows, after: Rows) -> None:
        index, ended = work / "x.cmpagl", False
        with failing(index, fault.fault, fault.at):
            try:
                CHANGES[fault.change].change(work)
                ended = True
            except (KilledError, OutputError):
                pass
        self._look(index, before, after, ended=ended)

    def _look(self, index: Path, before: Rows, after: Rows, *, ended: bool) -> None:
        try:
            found = rows_of(index)
        except IndexFormatError:
            assert not before, "an index that was there cannot be read"
            return
        assert found <= before | after, "rows that nobody wrote"
        lost = before & after - found
        assert not lost, "rows were lost that were to stay"
        if ended:
            assert found == after, "the call ended well, and the index is not what it should be"
        if not before <= after and not found <= before:
            assert found <= after, "old and new rows of one scene side by side"

    def _work(self, start: Path | None) -> Path:
        """A folder that has one name always: paths of scenes are part of an index."""
        work = self._folder / "work"
        shutil.rmtree(work, ignore_errors=True)
        if start is None:
            work.mkdir()
        else:
            shutil.copytree(start, work)
        return work
