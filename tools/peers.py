"""Let the disk fail under this project's storage and that of peers, by one method: every call.

``tools/disk.c`` sits between a process and its calls that write, whatever it is written in. Each of
them is once the one at which the process is killed, gets an error, writes half, or the power goes.
Linux with a C compiler; a store that is not installed is left out with a line.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.cmpagl_model.index.faults import CUTS, KILL, SHORT, FailingDisk

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
KINDS = {KILL: 1, "ENOSPC": 2, SHORT: 3, CUTS[0]: 1, CUTS[1]: 1}
"""Faults, and what tools/disk.c does for them."""
NAMES = {
    "cmpagl": "this project: a scene is added",
    "lancedb": "a LanceDB table: rows are added",
    "faiss": "a faiss file, written in place",
}
IN_MEMORY = Path("/dev/shm")
"""A file system that is fast and never gives an inode's number to another file."""
MOST = 24
"""Calls of one change that fail, of each kind of fault, if nothing else is asked for."""
INDEX = "x.cmpagl"
"""Its folder, whatever it holds."""
Rows = list[list[float]]


@dataclass(slots=True)
class Result:
    """What became of a store."""

    calls: int = 0
    """Calls that write in one change."""
    done: Counter[str] = field(default_factory=Counter)
    """Faults injected, by kind."""
    lost: Counter[str] = field(default_factory=Counter)
    """Of these, after how many rows were lost, wrong or not readable any more."""
    absent: str = ""
    """Why it was left out; empty: it was not."""


class Store:
    """A process of ``tools/stores.py`` with a disk under it that can fail."""

    def __init__(self, name: str, python: str, disk: Path, folder: Path) -> None:
        self._folder, self._name = folder, name
        self._process = subprocess.Popen(
            [python, str(ROOT / "tools" / "stores.py"), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "LD_PRELOAD": str(disk), "PYTHONPATH": str(ROOT)},
        )
        self.absent = str(self._answer().get("absent", ""))

    def run(self, most: int) -> Result:
        """Let its disk fail at every call of a change.

        Args:
            most: calls that fail, of each kind of fault; of more calls some, evenly spread.

        Raises:
            RuntimeError: if the store cannot be used at all.
        """
        if self.absent:
            return Result(absent=self.absent)
        start, work = self._folder / "start", self._folder / "work"
        start.mkdir(parents=True)
        work.mkdir()
        self._ask("make", work / INDEX)
        shutil.copytree(work, start, dirs_exist_ok=True)
        before = self._rows(work / INDEX)
        calls = self._change(start, work, KILL, -1)[1]
        after = self._rows(work / INDEX)
        if before is None or after is None or len(after) <= len(before):
            raise RuntimeError(f"{self._name} does not work here: run tools/stores.py by hand")
        result = Result(calls)
        for kind, at in _faults(calls, most):
            ended, _ = self._change(start, work, kind, at)
            result.done[kind] += 1
            found = self._rows(work / INDEX)
            result.lost[kind] += not _is_fine(found, before, after, ended=ended)
        return result

    def close(self) -> None:
        """End the process."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()

    def _change(self, start: Path, work: Path, kind: str, at: int) -> tuple[bool, int]:
        """Change a store under a failing disk: whether that ended well, and its calls."""
        shadow = self._folder / "shadow"
        for folder in (work, shadow):
            shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(start, work)
        shadow.mkdir()
        disk = FailingDisk(work / INDEX, kind)
        asked = {"fault": KINDS[kind], "at": at, "shadow": str(shadow)}
        ended = bool(self._ask("change", work / INDEX, **asked)["ended"])
        calls = int.from_bytes((shadow / "calls").read_bytes(), sys.byteorder)
        if kind in CUTS:
            disk.learn(shadow)
            disk.cut_power()
        return ended, calls

    def _rows(self, folder: Path) -> Rows | None:
        """What a new process reads: ``None`` if it cannot."""
        rows: Rows | None = self._ask("rows", folder)["rows"]
        return rows

    def _ask(self, what: str, folder: Path, **more: object) -> dict[str, Any]:
        if not self._process.stdin:
            raise RuntimeError(f"{self._name} has ended")
        line = json.dumps({"do": what, "folder": str(folder), **more})
        print(line, file=self._process.stdin, flush=True)
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise RuntimeError(f"{self._name} ended without an answer: run tools/stores.py by hand")
        said: dict[str, Any] = json.loads(line)
        return said


def _faults(calls: int, most: int) -> Iterator[tuple[str, int]]:
    """Every fault at some calls, all if there are few; the power may go after the last one, too."""
    for kind in KINDS:
        last = calls - (kind not in CUTS)
        some = {round(last * step / (most - 1)) for step in range(most)}
        yield from ((kind, at) for at in sorted(some))


def _is_fine(found: Rows | None, before: Rows, after: Rows, *, ended: bool) -> bool:
    """Whether no row is lost, doubled or wrong."""
    if found is None:
        return False
    has, old, new = (Counter(map(tuple, rows)) for rows in (found, before, after))
    return has == new if ended else old <= has <= new


def compare(python: str = sys.executable, most: int = MOST) -> dict[str, Result]:
    """Let the disk fail under every store.

    Args:
        python: of an environment that has the peers; this project's own is asked in this one.
        most: see :meth:`Store.run`.

    Returns:
        What became of each, by its name in :data:`NAMES`; nothing where there is no C compiler.
    """
    compiler = shutil.which("cc")
    if sys.platform != "linux" or not compiler:
        return {}
    results = {}
    with tempfile.TemporaryDirectory(dir=in_memory()) as folder:
        disk = Path(folder) / "disk.so"
        source = str(ROOT / "tools" / "disk.c")
        flags = ("-O1", "-shared", "-fPIC")
        subprocess.run([compiler, *flags, source, "-o", str(disk), "-ldl"], check=True)
        for name in NAMES:
            own = sys.executable if name == "cmpagl" else python
            store = Store(name, own, disk, Path(folder) / name)
            try:
                results[name] = store.run(most)
            finally:
                store.close()
    return results


def in_memory() -> Path | None:
    """:data:`IN_MEMORY`, if there is such a place; ``None``: the usual one for temporary files."""
    return IN_MEMORY if os.access(IN_MEMORY, os.W_OK) else None


def peers_table(results: dict[str, Result]) -> str:
    """The section's table: after how many faults rows were lost, wrong or not readable."""
    if not results:
        return "Not run: it wants Linux and a C compiler.\n"
    lines = [
        f"| store and change | calls | {' | '.join(KINDS)} |",
        f"|---|---|{'---|' * len(KINDS)}",
    ]
    for name, result in results.items():
        if result.absent:
            lines.append(f"| {NAMES[name]} | not installed |{' |' * len(KINDS)}")
            continue
        cells = [f"{result.lost[kind]} of {result.done[kind]}" for kind in KINDS]
        lines.append(f"| {NAMES[name]} | {result.calls} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])
