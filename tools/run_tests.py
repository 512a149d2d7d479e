"""Every test that can run on this machine, in up to four runs, with one count at the end.

The plugin's tests need other Pythons than the engine's: QGIS's own, one with PyQt6, and a real
desktop. What is missing is not passed over in silence: each run left out counts as one skipped
test, with the command that installs what it needs. Nothing is installed but packages from PyPI in
folders of the repository.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tools import setup_env

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parent.parent
NOTHING_COLLECTED = 5  # pytest's exit status
APT = "sudo apt-get install --no-install-recommends "
QGIS_PACKAGES = "python3-qgis python3-venv"
DESKTOP_PACKAGES = "qgis python3-qgis xvfb xauth openbox imagemagick fonts-open-sans"
DESKTOP_PROGRAMS = ("qgis", "xvfb-run", "xauth", "openbox")
FOLDERS = {"qgis": "tests/qgis", "qt6": "tests/qt6", "desktop": "tests/desktop"}
"""Runs of their own, by name; all other tests are the run "engine"."""
SIDE_BY_SIDE = ("-n", "auto", "--maxprocesses", "4", "--dist", "loadfile")
"""A worker for each core, up to four: some tests take 2 GB. Tests of a file share costly parts."""
WITH_VALUE = {"-k", "-m", "-o", "-p", "-W", "-c", "-n"}
"""Options of pytest whose next word is no path."""


@dataclass(frozen=True)
class Count:
    """How many tests ended how."""

    passed: int = 0
    """As they should."""
    failed: int = 0
    """Failures and errors."""
    skipped: int = 0
    """Left out, each with a reason."""

    def __add__(self, other: Count) -> Count:
        """Both together."""
        return Count(
            self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped
        )

    def __str__(self) -> str:
        """The line that people and programs read."""
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


@dataclass(frozen=True)
class Run:
    """One call of pytest."""

    name: str
    """What it tests, for a person."""
    python: Path
    """The interpreter; it has pytest."""
    arguments: tuple[str, ...]
    """For pytest: folders and options."""


def count_in(report: Path, code: int, *, may_be_empty: bool) -> Count:
    """Count a run by its JUnit report; one that died counts as failed, whatever it wrote.

    Args:
        report: the file; it may be missing.
        code: pytest's exit status.
        may_be_empty: whether finding no test is fine.
    """
    found = Count()
    try:
        suites = list(ET.parse(report).getroot().iter("testsuite"))  # written by our own pytest
    except (OSError, ET.ParseError):
        suites = []
    for suite in suites:
        tests, failures, errors, skipped = (
            int(suite.get(key, "0")) for key in ("tests", "failures", "errors", "skipped")
        )
        bad = failures + errors
        found += Count(max(tests - bad - skipped, 0), bad, skipped)
    if code == NOTHING_COLLECTED and may_be_empty:
        return found
    whole = code == 0 and bool(suites)
    return found if whole or found.failed else found + Count(failed=1)


def execute(run: Run, extra: Sequence[str]) -> Count:
    """Run pytest and count.

    Args:
        run: what to run.
        extra: the user's options for pytest; with some, a run may find nothing to do.
    """
    print(f"\n--- {run.name} ({run.python})", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [str(run.python), "-m", "pytest", f"--junit-xml={report}", *run.arguments, *extra]
        code = subprocess.run(command, cwd=ROOT, check=False).returncode
        found = count_in(report, code, may_be_empty=bool(extra))
    print(f"--- {run.name}: {found}", flush=True)
    return found


def leave_out(name: str, reason: str, command: str) -> Count:
    """Say in one line what is not run and what would bring it; counts as one skipped test.

    Args:
        name: what would be tested.
        reason: what is missing.
        command: what installs it.
    """
    print(f"\n--- SKIPPED {name}: {reason}. To run it: {command}", flush=True)
    return Count(skipped=1)


def paths_in(extra: Sequence[str]) -> list[str]:
    """The words that name tests, with their ``::`` parts.

    Args:
        extra: the user's options for pytest.
    """
    before = ["", *extra]
    return [
        word
        for word, previous in zip(extra, before, strict=False)
        if previous not in WITH_VALUE and (ROOT / word.split("::")[0]).exists()
    ]


def run_of(path: str) -> str:
    """The name of the run that a path of tests belongs to.

    Args:
        path: inside the repository, or absolute.
    """
    place = (ROOT / path.split("::", maxsplit=1)[0]).resolve()
    owners = (name for name, folder in FOLDERS.items() if place.is_relative_to(ROOT / folder))
    return next(owners, "engine")


def in_folder(name: str, extra: Sequence[str]) -> tuple[str, ...]:
    """The whole folder of a run, unless the user named parts of it.

    Args:
        name: of the run.
        extra: the user's options for pytest.
    """
    return () if paths_in(extra) else (FOLDERS[name],)


def engine_run(extra: Sequence[str]) -> Count:
    """All that needs no QGIS."""
    ignored = tuple(f"--ignore={folder}" for folder in FOLDERS.values())
    return execute(Run("engine", Path(sys.executable), (*SIDE_BY_SIDE, *ignored)), extra)


def qgis_run(extra: Sequence[str]) -> Count:
    """The plugin in QGIS's own Python, without a display."""
    name = "plugin in PyQGIS"
    if not has_module(setup_env.SYSTEM_PYTHON, "qgis.core"):
        return leave_out(name, "no QGIS for /usr/bin/python3", APT + QGIS_PACKAGES)
    problem = setup_env.set_up_beside(setup_env.QGIS_VENV)
    if problem:
        print(problem, file=sys.stderr)
        return Count(failed=1)
    # Each worker has a profile of its own. The file that takes longest has one test: not the last.
    # They wait for engines half the time: one more worker than cores.
    workers = ("-n", str(min((os.cpu_count() or 1) + 1, 4)), "--dist", "loadfile")
    words = (*workers, "--no-loadscope-reorder", *in_folder("qgis", extra))
    return execute(Run(name, setup_env.QGIS_VENV.python, words), extra)


def qt6_run(extra: Sequence[str]) -> Count:
    """The dock with PyQt6."""
    name = "dock with Qt 6"
    problem = setup_env.set_up_beside(setup_env.QT6_VENV)
    if problem:
        print(problem, file=sys.stderr)
        return Count(failed=1)
    if not has_module(setup_env.QT6_VENV.python, "PyQt6.QtWidgets"):
        libraries = "libegl1 libgl1 libxkbcommon0 libfontconfig1 libdbus-1-3 libglib2.0-0"
        return leave_out(name, "PyQt6 lacks libraries of the system", APT + libraries)
    return execute(Run(name, setup_env.QT6_VENV.python, in_folder("qt6", extra)), extra)


def desktop_run(extra: Sequence[str]) -> Count:
    """A real QGIS under an X server of its own."""
    name = "QGIS desktop"
    missing = [program for program in DESKTOP_PROGRAMS if shutil.which(program) is None]
    if missing:
        return leave_out(name, "no " + ", ".join(missing), APT + DESKTOP_PACKAGES)
    return execute(Run(name, Path(sys.executable), in_folder("desktop", extra)), extra)


def has_module(python: Path, module: str) -> bool:
    """Whether an interpreter is there and imports a module.

    Args:
        python: the interpreter.
        module: its dotted name.
    """
    if not python.exists():
        return False
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [str(python), "-c", f"import {module}"]
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    return done.returncode == 0


RUNS = {"engine": engine_run, "qgis": qgis_run, "qt6": qt6_run, "desktop": desktop_run}


def main() -> int:
    """Run what was named, all by default; 1 if anything failed. The last line has the count."""
    parser = argparse.ArgumentParser(
        description="Run the tests that can run on this machine.", allow_abbrev=False
    )
    parser.add_argument("--only", choices=RUNS, action="append", help="this run; may be repeated")
    known, extra = parser.parse_known_args()
    paths = paths_in(extra)
    others = [word for word in extra if word not in paths]
    total = Count()
    for name in known.only or RUNS:
        own = [path for path in paths if run_of(path) == name]
        if own or not paths:
            total += RUNS[name]([*others, *own])
    print(f"\n{total}", flush=True)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
