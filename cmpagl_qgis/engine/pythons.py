"""The Pythons of this computer, and which of them an engine's environment can be made from.

A Python is only ever asked, and told to make an environment elsewhere: nothing is installed in it.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import QObject, QStandardPaths, QTimer, pyqtSignal

from cmpagl_qgis.texts import tr

from .interpreter import Interpreter, engine_environment
from .tool_run import ToolRun

OLDEST, NEWEST = (3, 10), (3, 13)
NAMES = ("python3", "python3.12", "python3.11", "python3.13", "python3.10", "python")
LIMIT_MS = 20_000
AT_ONCE = 3
MOST_TOLD = 5
# Runs in whatever is found, an old Python too. Without ssl pip reaches no index.
QUESTION = """
import json, platform, struct, sys
lacks = []
for name in ("venv", "ssl", "zlib", "hashlib"):
    try:
        __import__(name)
    except Exception:
        lacks.append(name)
try:
    from importlib.util import find_spec
    engine, ensurepip = bool(find_spec("cmpagl_model")), bool(find_spec("ensurepip"))
    import sysconfig
    free = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
except Exception:
    engine, ensurepip, free = False, False, False
print(json.dumps({
    "version": list(sys.version_info[:3]), "kind": platform.python_implementation(),
    "bits": struct.calcsize("P") * 8, "lacks": lacks, "engine": engine, "ensurepip": ensurepip,
    "free": free,
}))
"""


@dataclass(frozen=True)
class Found:
    """What a candidate said."""

    candidate: Interpreter
    """Who."""
    version: tuple[int, ...] = ()
    """Of Python; empty: it did not say."""
    why_not: str = ""
    """Why no environment can be made from it, for a person; empty: it is fit."""
    has_engine: bool = False
    """Whether cmpagl-qgis is installed in it."""
    ensurepip: bool = False
    """Whether it brings a pip for new environments."""
    lacks: tuple[str, ...] = ()
    """Parts of Python that are missing."""

    @property
    def fit(self) -> bool:
        """Whether an engine's environment can be made from it."""
        return not self.why_not

    @property
    def runs_venv(self) -> bool:
        """Whether it makes environments at all, though perhaps none for the engine."""
        return bool(self.version) and not self.lacks

    @property
    def number(self) -> str:
        """The version as people write it; empty: it did not say."""
        return ".".join(map(str, self.version))


def candidates() -> tuple[Interpreter, ...]:
    """Programs that may be a Python, each once, in the order in which they are preferred."""
    home = Path.home()
    own = tr("your folder cmpagl")
    found = [Interpreter(str(path), own) for path in _of_environment(home / "cmpagl")]
    named = os.environ.get("PIPX_HOME", "")
    pipx = [Path(named)] if named else []
    pipx += [home / ".local/pipx", home / ".local/share/pipx", home / "pipx"]
    pipx += [home / "AppData/Local/pipx", home / "Library/Application Support/pipx"]
    found += [
        Interpreter(str(path), "pipx")
        for place in pipx
        for folder in sorted((place / "venvs").glob("cmpagl*"))
        for path in _of_environment(folder)
    ]
    for name in NAMES:
        path = QStandardPaths.findExecutable(name)
        if path and not (sys.platform == "darwin" and path.startswith("/usr/bin/")):
            found.append(Interpreter(path, tr("on the search path")))
    found += _in_known_places(home)
    prefix, number = Path(sys.base_prefix), f"python3.{sys.version_info[1]}"
    inside = (prefix / "python.exe", prefix / "bin" / number, prefix / "bin" / "python3")
    # last, for an update of QGIS may take it away
    found += [Interpreter(str(path), tr("of QGIS")) for path in inside if path.is_file()]
    # Without links to the same program; an environment's Python is one of its own
    known: dict[str, Interpreter] = {}
    for candidate in found:
        file = Path(candidate.path)
        alone = (file.parent.parent / "pyvenv.cfg").is_file()
        known.setdefault(str(file.absolute() if alone else file.resolve()), candidate)
    return tuple(known.values())


def no_fit_text(found: tuple[Found, ...]) -> str:
    """Which Pythons were looked at, why each does not fit, and the next step.

    Args:
        found: what they said.
    """
    told = [
        f"{one.candidate.path} ({one.candidate.origin}) {one.why_not}"
        for one in found
        if one.why_not
    ]
    more = [tr("and {0} more").format(len(told) - MOST_TOLD)] if len(told) > MOST_TOLD else []
    listed = "; ".join([*told[:MOST_TOLD], *more]) or tr("there is none")
    text = tr(
        "No fit Python was found, wanted is 3.10 to 3.13: {0}. Install Python 3.12 from "
        "python.org, then press Retry."
    )
    return text.format(listed)


class Survey(QObject):
    """Asks Pythons what they are, a few at a time; ``finished`` carries a tuple of ``Found``."""

    finished = pyqtSignal(object)

    def __init__(self, asked: tuple[Interpreter, ...], parent: QObject | None = None) -> None:
        """Make it ready."""
        super().__init__(parent)
        self._asked = asked
        self._waiting = list(enumerate(asked))
        self._found: dict[int, Found] = {}
        self._runs: list[ToolRun] = []

    def start(self) -> None:
        """Begin; ``finished`` comes later, and once."""
        if not self._asked:
            QTimer.singleShot(0, lambda: self.finished.emit(()))
        for _ in range(AT_ONCE):
            self._next()

    def cancel(self) -> None:
        """Give up; ``finished`` does not come any more."""
        self._waiting.clear()
        runs, self._runs = self._runs, []
        for run in runs:
            run.cancel()

    def _next(self) -> None:
        if not self._waiting:
            return
        number, candidate = self._waiting.pop(0)
        run, said = ToolRun(self), list[str]()

        def on_ended(code: int, why: str) -> None:
            self._runs.remove(run)
            run.deleteLater()
            self._found[number] = _verdict(candidate, said, code, why)
            if len(self._found) == len(self._asked):
                self.finished.emit(tuple(self._found[key] for key in sorted(self._found)))
            else:
                self._next()

        run.line.connect(said.append)
        run.ended.connect(on_ended)
        self._runs.append(run)
        command = (candidate.path, "-E", "-s", "-c", QUESTION)
        run.start(command, engine_environment(), limit_ms=LIMIT_MS)


def _verdict(candidate: Interpreter, said: list[str], code: int, why: str) -> Found:
    answers = [line for line in said if line.startswith('{"')]
    try:
        values = json.loads(answers[-1] if answers else "")
    except ValueError:
        told = why or (said[-1] if said else tr("it ended with code {0}").format(code))
        return Found(candidate, why_not=tr("does not run: {0}").format(told[:200]))
    return Found(
        candidate,
        tuple(values["version"]),
        _why_not(values),
        has_engine=bool(values["engine"]),
        ensurepip=bool(values["ensurepip"]),
        lacks=tuple(values["lacks"]),
    )


def _why_not(values: dict[str, Any]) -> str:
    """Why no environment can be made from a Python that answered so; empty: it is fit."""
    version = tuple(values["version"])
    if not OLDEST <= version[:2] <= NEWEST:
        text = tr("is Python {0}; wanted {1} to {2}")
        return text.format(*(".".join(map(str, one)) for one in (version, OLDEST, NEWEST)))
    if values["kind"] != "CPython":
        return tr("is {0}; wanted the usual Python (CPython)").format(values["kind"])
    if values["bits"] != 64:
        return tr("is a program of {0} bits; wanted 64").format(values["bits"])
    if values["free"]:
        return tr("is a free-threaded build; wanted the usual one")
    if values["lacks"]:
        return tr("lacks parts of Python: {0}").format(", ".join(values["lacks"]))
    return ""


def _of_environment(folder: Path) -> list[Path]:
    names = ("bin/python", "Scripts/python.exe", "python.exe")
    return [folder / name for name in names if (folder / name).is_file()]


def _in_known_places(home: Path) -> list[Interpreter]:
    """Where installers put Pythons that no search path names: QGIS from a menu has a short one."""
    windows = [home / "AppData/Local/Programs/Python", Path("C:/Program Files")]
    conda = [os.environ["CONDA_PREFIX"]] if os.environ.get("CONDA_PREFIX") else []
    for base in (home, Path("/opt"), home / "AppData/Local", Path("C:/ProgramData")):
        conda += [str(base / name) for name in ("miniforge3", "mambaforge", "miniconda3")]
        conda += [str(base / name) for name in ("anaconda3", "conda")]
    uv = [home / ".local/share/uv/python", home / "AppData/Roaming/uv/python"]
    places = [
        *((folder, "Python3*/python.exe", "python.org") for folder in windows),
        (Path("/Library/Frameworks/Python.framework/Versions"), "3.*/bin/python3", "python.org"),
        (Path("/opt/homebrew/bin"), "python3.*", "Homebrew"),
        (Path("/usr/local/bin"), "python3.*", tr("on this computer")),
        (home / ".pyenv/versions", "3.*/bin/python", "pyenv"),
        (home / ".pyenv/pyenv-win/versions", "3.*/python.exe", "pyenv"),
        *((Path(folder), "bin/python", "conda") for folder in conda),
        *((Path(folder), "python.exe", "conda") for folder in conda),
        *((folder, "cpython-3*/bin/python3", "uv") for folder in uv),
        *((folder, "cpython-3*/python.exe", "uv") for folder in uv),
    ]
    return [
        Interpreter(str(path), origin)
        for folder, pattern, origin in places
        for path in sorted(folder.glob(pattern), reverse=True)
        if path.is_file() and "config" not in path.name
    ]
