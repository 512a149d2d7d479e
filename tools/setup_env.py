"""Make ``.venv`` and install the engine in it: what ``make setup`` and ``make test`` call.

``make test`` also makes one or two environments beside it, for the plugin's tests: ``.venv-qgis``
of the Python that QGIS lives in, and ``.venv-qt6`` with PyQt6.

Runs under the user's own Python before anything is installed. So this file imports the
standard library only and avoids syntax that an old Python cannot read: an old Python must
get as far as being refused in plain words.
"""

import argparse
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = "Scripts/python.exe" if os.name == "nt" else "bin/python"
"""Where an environment has its interpreter."""
OLDEST = (3, 10)
NEWEST = (3, 13)

EXTRAS = {"base": "", "full": "[torch,fast,train,convert,mcp,lance,dask,ray,standards,docs,dev]"}
"""What each kind of set-up adds to the base install; ``full`` is for tests and checks."""

NO_VENV = (
    "This Python cannot make virtual environments: {python} has no {module!r}, which venv needs. "
    "On Debian and Ubuntu: apt-get install python3-venv. Then call make again."
)
WRONG_PYTHON = (
    "Found Python {found} ({python}), wanted 3.{oldest} to 3.{newest}. "
    "Install one of these and name it: make setup PYTHON=python3.{newest}"
)
PIP_FAILED = (
    "pip could not install {what} (exit {code}); its reason is above. "
    "Nothing is marked as done: call make again once that is mended."
)
VENV_FAILED = (
    "{python} -m venv {venv} failed (exit {code}); its reason is above. "
    "Remove {venv} and call make again."
)


SYSTEM_PYTHON = Path("/usr/bin/python3")
"""Where Debian and Ubuntu keep the Python that QGIS lives in."""


class TestVenv(NamedTuple):
    """An environment for tests of the plugin; it is made once and stamped."""

    name: str
    """Of its folder in the repository."""
    base: str
    """The Python that makes it."""
    packages: "tuple[str, ...]"
    """What pip installs in it."""
    sees_system: bool
    """Whether it sees the packages of ``base``, such as QGIS."""

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return ROOT / self.name

    @property
    def python(self) -> Path:
        """The interpreter in it."""
        return self.folder / PYTHON

    @property
    def stamp(self) -> Path:
        """The mark of a finished one; its text is what is installed."""
        return self.folder / ".installed"


QGIS_VENV = TestVenv(
    ".venv-qgis",
    str(SYSTEM_PYTHON),
    # pytest-qgis 5.0.2 was run with QGIS 3.22 and 3.40; it knows workers of pytest-xdist
    ("pytest>=8.2,<10", "pytest-qgis>=5.0.2,<6", "pytest-xdist>=3.8,<4"),
    sees_system=True,
)
QT6_VENV = TestVenv(
    ".venv-qt6",
    sys.executable,
    ("pytest>=8.2,<10", "PyQt6>=6.6,<7"),  # 6.11 was run
    sees_system=False,
)


def complaint(major: int, minor: int) -> str:
    """Why a Python of this version cannot be used, or ``""`` if it can."""
    if OLDEST <= (major, minor) <= NEWEST:
        return ""
    return WRONG_PYTHON.format(
        found=f"{major}.{minor}", python=sys.executable, oldest=OLDEST[1], newest=NEWEST[1]
    )


def missing_module() -> str:
    """The module that venv needs and this Python lacks, or ``""``. Debian splits them off."""
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            return module
    return ""


def run(*command: str) -> int:
    """Run a command in the repository root, its output shown as it comes; its exit status."""
    return subprocess.run(command, cwd=str(ROOT), check=False).returncode


def has_working_venv() -> bool:
    """Whether ``.venv`` holds a Python that runs pip; an interrupted one does not."""
    python = VENV / PYTHON
    if not python.exists():
        return False
    probe = [str(python), "-m", "pip", "--version"]
    return subprocess.run(probe, stdout=subprocess.DEVNULL, check=False).returncode == 0


def make_venv() -> str:
    """Make ``.venv`` unless a working one is there.

    Returns:
        What went wrong, or ``""``.
    """
    if has_working_venv():
        return ""
    module = missing_module()
    if module:
        return NO_VENV.format(python=sys.executable, module=module)
    print(f"Making .venv with {sys.executable}", flush=True)
    code = run(sys.executable, "-m", "venv", str(VENV))
    if code:
        return VENV_FAILED.format(python=sys.executable, venv=VENV, code=code)
    return ""


def install(kind: str) -> str:
    """Install the engine with what ``kind`` adds, editable, within ``constraints.txt``.

    Args:
        kind: a key of :data:`EXTRAS`.

    Returns:
        What went wrong, or ``""``.
    """
    what = "cmpagl-qgis" + EXTRAS[kind]
    print(f"Installing {what} in .venv (takes a few minutes) ...", flush=True)
    pip = (str(VENV / PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    code = run(*pip, "--prefer-binary", "-c", "constraints.txt", "-e", "." + EXTRAS[kind])
    return PIP_FAILED.format(what=what, code=code) if code else ""


def stamp(kind: str) -> None:
    """Leave the marks that make looks at; a full install is a base install as well."""
    for done in {"base", kind}:
        (VENV / (".installed-" + done)).touch()


def set_up(kind: str) -> str:
    """Make the environment, install, and mark it as done.

    Args:
        kind: a key of :data:`EXTRAS`.

    Returns:
        What went wrong, or ``""``.
    """
    problem = complaint(*sys.version_info[:2]) or make_venv() or install(kind)
    if not problem:
        stamp(kind)
    return problem


def set_up_beside(venv: TestVenv) -> str:
    """Make an environment of the plugin's tests unless it is there, with the same packages.

    Args:
        venv: which one.

    Returns:
        What went wrong, or ``""``.
    """
    wanted = "\n".join(venv.packages)
    if venv.stamp.exists() and venv.stamp.read_text() == wanted:
        return ""
    print(f"Making {venv.folder.name} with {venv.base}", flush=True)
    system = ("--system-site-packages",) if venv.sees_system else ()
    code = run(venv.base, "-m", "venv", "--clear", *system, str(venv.folder))
    if code:
        return VENV_FAILED.format(python=venv.base, venv=venv.folder, code=code)
    pip = (str(venv.python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    code = run(*pip, *venv.packages)
    if code:
        return PIP_FAILED.format(what=" ".join(venv.packages), code=code)
    venv.stamp.write_text(wanted)
    return ""


def main() -> int:
    """Set up what the command line names; 0 when done, 1 with one line on standard error."""
    parser = argparse.ArgumentParser(description="Make .venv and install the engine in it.")
    parser.add_argument("kind", choices=sorted(EXTRAS))
    problem = set_up(parser.parse_args().kind)
    if problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
