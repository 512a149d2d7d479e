"""Which Python has the engine in it, and how it is started.

The engine never runs inside QGIS: libraries of two GDALs in one process end in crashes. Start at
:func:`find_interpreter`; ``probe.py`` finds out whether one is fit.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

from qgis.PyQt.QtCore import QProcessEnvironment, QStandardPaths

from cmpagl_qgis.errors import InterpreterError
from cmpagl_qgis.settings import Settings
from cmpagl_qgis.texts import tr

from .protocol import PROTOCOL_VERSION

VARIABLE = "CMPAGL_ENGINE_PYTHON"
ENGINE_FILE = "engine.json"
"""Written beside the plugin by ``cmpagl qgis-install``: ``{"python": path}``."""

# The second form is pip's, where the Python's path has a blank in it.
_FIRST_LINE = re.compile(rb"""#!(?:/bin/sh\n'''exec' )?"?(.+?)"?(?: "\$0" "\$@")?\r?\n""")

# What QGIS sets for itself and a Python of other libraries must not inherit.
FOREIGN = (
    "PYTHONHOME",
    "PYTHONPATH",
    "PYTHONUSERBASE",
    "PYTHONSTARTUP",
    "PYTHONEXECUTABLE",
    "__PYVENV_LAUNCHER__",
    "VIRTUAL_ENV",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "GDAL_DATA",
    "GDAL_DRIVER_PATH",
    "PROJ_LIB",
    "PROJ_DATA",
    "QT_PLUGIN_PATH",
    "QGIS_PREFIX_PATH",
)
OURS = {
    "PYTHONUNBUFFERED": "1",
    "PYTHONNOUSERSITE": "1",
    "PYTHONIOENCODING": "utf-8",
    "PYTHONSAFEPATH": "1",
}
INSTALL_POSIX = """{0} -m venv ~/cmpagl
~/cmpagl/bin/pip install cmpagl-qgis
~/cmpagl/bin/cmpagl qgis-install"""
INSTALL_WINDOWS = (
    '{0} -m venv "%USERPROFILE%\\cmpagl"\n'
    '"%USERPROFILE%\\cmpagl\\Scripts\\pip" install cmpagl-qgis\n'
    '"%USERPROFILE%\\cmpagl\\Scripts\\cmpagl" qgis-install'
)


@dataclass(frozen=True)
class Interpreter:
    """A Python: one that should have the engine in it, or get it."""

    path: str
    """Absolute path of the program."""
    origin: str
    """Who named it or where it was found, for a person."""


@dataclass(frozen=True)
class Launch:
    """All that is needed to start the engine."""

    command: tuple[str, ...]
    """Program and arguments."""
    environment: QProcessEnvironment
    """Its environment."""
    model: str = ""
    """Model for ``hello``; empty: each index's own."""
    device: str = ""
    """Device for ``hello``; empty: the engine chooses."""
    origin: str = ""
    """Who named the program, for a person."""

    def greeting(self, client: str) -> dict[str, object]:
        """Parameters of ``hello``.

        Args:
            client: who asks.
        """
        params: dict[str, object] = {"protocol": PROTOCOL_VERSION, "client": client}
        if self.model:
            params["model"] = self.model
        if self.device:
            params["device"] = self.device
        return params


def find_interpreter(engine_file: Path | None = None) -> Interpreter:
    """The first Python named by: environment, setting, ``engine.json``, ``cmpagl`` on the PATH.

    Of setting and ``engine.json`` the later one comes first: to run ``cmpagl qgis-install`` again
    is how a wrong setting is mended, and Set up how a wrong file is.

    One that is named but absent is returned all the same: another one, chosen in silence, would
    be harder to understand than the message that starting it gives.

    Args:
        engine_file: the file of ``cmpagl qgis-install``; ``None``: the one beside the plugin.

    Raises:
        InterpreterError: if nothing names one.
    """
    file = engine_file or Path(__file__).parents[1] / ENGINE_FILE
    by_user = (Settings().engine_python, tr("named in the options"))
    path_in_file, written_at = _named_by_file(file)
    by_file = (path_in_file, tr("named when the plugin was installed"))
    if written_at > Settings().engine_python_time:  # qgis-install is the later word
        by_user, by_file = by_file, by_user
    named = (
        (os.environ.get(VARIABLE, "").strip(), tr("named by {0}").format(VARIABLE)),
        by_user,
        by_file,
        (python_of(QStandardPaths.findExecutable("cmpagl")), tr("found on this computer")),
    )
    for path, origin in named:
        if path:
            return Interpreter(str(Path(path).expanduser()), origin)
    raise InterpreterError(
        tr(
            "No engine is set up. Press Install the engine in the dock CMPAGL search, or name a "
            "Python that has it in Settings > Options > CMPAGL."
        )
    )


def lacks_engine(tail: tuple[str, ...]) -> bool:
    """Whether a Python ended because the engine is not installed in it.

    Args:
        tail: the last lines it wrote.
    """
    said = "\n".join(tail)
    return "No module named" in said and "cmpagl_model" in said


def _named_by_file(file: Path) -> tuple[str, float]:
    """The Python that a file names, empty: none; and when it was written, s since 1970."""
    try:
        value, written_at = json.loads(file.read_text(encoding="utf-8")), file.stat().st_mtime
    except (OSError, ValueError):
        return "", 0.0
    path = value.get("python") if isinstance(value, dict) else None
    return (path if isinstance(path, str) else ""), written_at


def python_of(command: str) -> str:
    """The Python that an installed command runs in; empty where that cannot be told.

    Args:
        command: its path; empty: there is none.
    """
    if not command:
        return ""
    folder = Path(command).resolve().parent  # pipx links the command out of its environment
    beside = [folder / name for name in ("python", "python3", "python.exe")]
    if folder.name.lower() == "scripts":  # conda on Windows keeps its Python one folder above
        beside.append(folder.parent / "python.exe")
    for path in beside:
        if path.is_file():
            return str(path)
    try:
        content = Path(command).read_bytes()
    except OSError:
        return ""
    # A program of Windows has the script, and so its first line, behind its code.
    start = max(content.rfind(b"#!"), 0) if content.startswith(b"MZ") else 0
    named = _FIRST_LINE.match(content, start)
    python = str(named[1], "utf-8", "replace") if named else ""
    return python if re.split(r"[\\/]", python)[-1].lower().startswith("python") else ""


def engine_environment() -> QProcessEnvironment:
    """The environment of QGIS without what belongs to QGIS's own Python and libraries."""
    environment = QProcessEnvironment.systemEnvironment()
    for name in environment.keys():  # noqa: SIM118 - not a dict
        if name in FOREIGN or name.startswith("DYLD_"):
            environment.remove(name)
    for name, value in OURS.items():
        environment.insert(name, value)
    return environment


def install_command(path: str = "") -> str:
    """What a person types to get the engine, a line each.

    Into a Python that serves others, such as the system's or that of QGIS, nothing is installed:
    it makes an environment.

    Args:
        path: of a Python without the engine; empty: any.
    """
    folder = Path(path).parent
    environment = (
        folder.parent / "pyvenv.cfg",
        folder.parent / "conda-meta",
        folder / "conda-meta",
    )
    if path and any(mark.exists() for mark in environment):
        return pip_command(path)
    python = f'"{path}"' if path else "py" if os.name == "nt" else "python3"
    return (INSTALL_WINDOWS if os.name == "nt" else INSTALL_POSIX).format(python)


def pip_command(path: str) -> str:
    """What a person types to bring the engine into a Python.

    Args:
        path: of the Python.
    """
    return f'"{path}" -m pip install cmpagl-qgis'


def launch_for(interpreter: Interpreter) -> Launch:
    """How to start the engine of one Python, with the model and device of the settings.

    Args:
        interpreter: the Python with the engine in it.
    """
    settings = Settings()
    return Launch(
        command=(interpreter.path, "-m", "cmpagl_model.cli", "serve"),
        environment=engine_environment(),
        model=settings.model,
        device=settings.device,
        origin=interpreter.origin,
    )


def default_launch() -> Launch:
    """How to start the engine that is set up.

    Raises:
        InterpreterError: if none is.
    """
    return launch_for(find_interpreter())
