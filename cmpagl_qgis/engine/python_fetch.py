"""Fetches a Python with uv, where none of this computer fits: into the engine's own folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QObject, QProcessEnvironment, QStandardPaths, QTimer, pyqtSignal

from cmpagl_qgis.texts import tr

from .home import environment_python
from .pip_fetch import OPTIONS, PipFetch
from .pip_output import cause_of, fault_text, network_text
from .tool_run import ToolRun

if TYPE_CHECKING:
    from collections.abc import Callable

    from .network import Network
    from .pythons import Found

VERSION = "3.12"
OLDEST_HELPER = (3, 9)
"""The oldest Python that today's pip runs in; it installs uv, nothing else."""
_UV = {
    "UV_PYTHON_INSTALL_BIN": "0",  # nothing outside our folder: no links, no registry
    "UV_PYTHON_INSTALL_REGISTRY": "0",
    "UV_NO_PROGRESS": "1",
    "UV_NATIVE_TLS": "1",
    "UV_HTTP_TIMEOUT": "15",
}


class PythonFetch(QObject):
    """One attempt. ``finished`` carries the path of a Python, and a problem where there is none.

    ``told`` says what is done, for a person; ``said`` is for the log.
    """

    finished = pyqtSignal(str, str)
    told = pyqtSignal(str)
    said = pyqtSignal(str)

    def __init__(
        self,
        folder: Path,
        network: Network,
        index: str,
        environment: QProcessEnvironment,
        parent: QObject | None = None,
    ) -> None:
        """Make it ready.

        Args:
            folder: the engine's own.
            network: QGIS's way to the network.
            index: address of a package index; empty: the usual one.
            environment: of the programs that are run.
            parent: owner of this object.
        """
        super().__init__(parent)
        self._folder, self._network, self._index = folder, network, index
        self._environment = environment
        for name, value in _UV.items():
            environment.insert(name, value)
        environment.insert("UV_CACHE_DIR", str(folder / "fetch" / "cache"))
        self._active: ToolRun | PipFetch | None = None

    def start(self, found: tuple[Found, ...]) -> None:
        """Begin; ``finished`` comes later, and once.

        Args:
            found: Pythons of this computer; one of them may bring uv.
        """
        # Path of uv; empty: it is not installed
        files = [Path.home() / ".local/bin/uv", Path.home() / ".cargo/bin/uv"]
        known = (str(path) for path in files if path.is_file())
        uv = QStandardPaths.findExecutable("uv") or next(known, "")
        helpers = [one for one in found if one.version[:2] >= OLDEST_HELPER and one.runs_venv]
        if uv:
            self._use(uv)
        elif helpers:
            self._bring_uv(helpers[0])
        else:
            why = tr("None can be fetched either: there is no uv, and no Python to bring it.")
            QTimer.singleShot(0, lambda: self.finished.emit("", why))

    def cancel(self) -> None:
        """Give up; ``finished`` does not come any more."""
        active, self._active = self._active, None
        if active is not None:
            active.cancel()

    def _bring_uv(self, helper: Found) -> None:
        self.told.emit(tr("uv, which fetches Python"))
        folder = self._folder / "fetch"
        python = str(environment_python(folder / "env"))
        base = helper.candidate.path
        make = (base, "-E", "-s", "-m", "venv", "--without-pip", "--clear", str(folder / "env"))

        def on_made() -> None:
            if helper.ensurepip:
                self._run(
                    (python, "-m", "ensurepip", "--default-pip"),
                    lambda: self._install_uv((python, "-m", "pip")),
                )
                return
            fetch = PipFetch(self._index, folder, self)
            fetch.finished.connect(lambda wheel, why: on_pip(wheel, why, fetch.host))
            self._active = fetch
            fetch.start()

        def on_pip(wheel: str, why: str, host: str) -> None:
            if why:
                self.finished.emit("", network_text(cause_of([why]) or why, host, self._network))
            else:
                self._install_uv((python, f"{wheel}/pip"))

        self._run(make, on_made)

    def _install_uv(self, pip: tuple[str, ...]) -> None:
        chosen = ("--index-url", self._index) if self._index else ()
        python = Path(pip[0])
        uv = python.with_name("uv" + python.suffix)
        command = (*pip, "install", *OPTIONS, "--no-cache-dir", *chosen, "uv")
        self._run(command, lambda: self._use(str(uv)))

    def _use(self, uv: str) -> None:
        self.told.emit(tr("Python {0}, about 30 MB").format(VERSION))
        folder = self._folder / "python"
        command = (uv, "python", "install", VERSION, "--install-dir", str(folder))

        def on_python() -> None:
            patterns = (f"cpython-{VERSION}*/bin/python3", f"cpython-{VERSION}*/python.exe")
            paths = [str(path) for one in patterns for path in sorted(folder.glob(one))]
            none = tr("uv fetched no Python; the log has what it said.")
            self.finished.emit(paths[0] if paths else "", "" if paths else none)

        self._run(command, on_python)

    def _run(self, command: tuple[str, ...], then: Callable[[], None]) -> None:
        run = ToolRun(self)
        lines: list[str] = []
        self.said.emit("$ " + " ".join(command))
        run.line.connect(self.said)
        run.line.connect(lines.append)

        def on_ended(code: int, why: str) -> None:
            run.deleteLater()
            self._active = None
            if code:
                told = [*lines, *([why] if why else [])]
                self.finished.emit("", fault_text(told, self._network, str(self._folder), ""))
            else:
                then()

        run.ended.connect(on_ended)
        self._active = run
        run.start(command, self._environment)
