"""What figures are read against: the machine, how busy it was, and which versions ran."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = (
    *("numpy", "numkong", "onnxruntime", "pyarrow", "rasterio", "torch", "timm"),
    *("faiss-cpu", "usearch", "lancedb", "duckdb", "torchgeo", "open_clip_torch"),
)
"""Packages whose versions matter to a figure, ours first, then the peers'."""
ROOT = Path(__file__).resolve().parent.parent
BUSY_FROM = 0.5
"""Load from which a machine counts as busy before the start."""
OTHERS_FROM = 0.15
"""Cores that others use from which a machine counts as busy: a desktop uses about a tenth."""
STAT = Path("/proc/stat")


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine at one moment."""

    cpu: str
    """Name of the processor."""
    cores: int
    """Cores that this process may use."""
    memory_gb: float
    """Memory, GB (10**9 bytes); 0: not known."""
    system: str
    """Operating system and Python."""
    load: float
    """Threads that wanted to run, mean of the last minute; -1: not known."""
    date: str
    """Local date, ``2026-11-26``."""
    commit: str
    """Commit of this repository, ``+`` behind it if files were changed; empty: not known."""
    versions: tuple[tuple[str, str], ...]
    """Package and version, only those installed."""


class Others:
    """How many cores other processes use, from when this is made; the host's theft counts, too."""

    def __init__(self) -> None:
        self._wall, self._all, self._own = time.monotonic(), _busy_s(), _own_s()

    def cores(self) -> float:
        """Cores in the mean, so far; -1: not known (it takes Linux)."""
        if self._all is None:
            return -1.0
        used = (_busy_s() or 0.0) - self._all - (_own_s() - self._own)
        return round(max(0.0, used / max(time.monotonic() - self._wall, 1e-3)), 2)


def _busy_s() -> float | None:
    """Seconds that all cores together have worked or were withheld; ``None``: not known."""
    try:
        first = STAT.read_text(encoding="utf-8").splitlines()[0].split()
    except OSError:
        return None
    user, nice, system, _idle, _waiting, *rest = map(int, first[1:9])
    return (user + nice + system + sum(rest)) / os.sysconf("SC_CLK_TCK")


def _own_s() -> float:
    """Seconds of processor time that this process and its finished children have used."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def this_machine() -> Machine:
    """The machine that this runs on, now."""
    cpu, memory, commit, versions = "", 0, "", []
    with suppress(OSError):
        about = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        named = (line.partition(":")[2].strip() for line in about if line.startswith("model name"))
        cpu = next(named, "")
    if hasattr(os, "sysconf"):
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with suppress(OSError):
        command = ["git", "describe", "--always", "--dirty=+", "--exclude=*"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        commit = done.stdout.strip()
    for name in PACKAGES:
        with suppress(PackageNotFoundError):
            versions.append((name, version(name)))
    return Machine(
        cpu=cpu or platform.processor() or platform.machine(),
        cores=cores(),
        memory_gb=round(memory / 1e9, 1),
        system=f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
        load=load(),
        date=time.strftime("%Y-%m-%d"),
        commit=commit,
        versions=tuple(versions),
    )


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def load() -> float:
    """Threads that wanted to run, mean of the last minute; -1: not known."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else -1.0
