"""One run of a program that talks in lines: venv, pip, uv. Nothing here waits."""

from __future__ import annotations

import os
import re
import signal
import sys
from pathlib import Path

from qgis.PyQt.QtCore import QCoreApplication, QObject, QProcess, QProcessEnvironment, pyqtSignal

from cmpagl_qgis.texts import tr
from cmpagl_qgis.turns import single_shot

LONGEST_LINE = 4000
_BREAKS = re.compile(rb"[\r\n]+")
# Makes the program the leader of its group, so that Stop ends what it started, too.
_LEAD = "import os, sys; os.setsid(); os.execv(sys.argv[1], sys.argv[1:])"


class ToolRun(QObject):
    """A running program.

    ``line`` carries a line of its output or its errors; ``ended`` its code and a reason for a
    person, which is empty where it ended by itself; the code is then the program's, else -1.
    """

    line = pyqtSignal(str)
    ended = pyqtSignal(int, str)

    def __init__(self, parent: QObject | None = None) -> None:
        """Make it ready."""
        super().__init__(parent)
        self._rest = b""
        self._why = ""
        self._silent = False
        self._limit = single_shot(self, lambda: self.stop(tr("It did not answer in time.")))
        self._process = QProcess(self)
        self._process.setProcessChannelMode(QProcess.ProcessChannelMode.MergedChannels)
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.errorOccurred.connect(self._on_error)
        self._process.finished.connect(self._on_finished)

    def start(
        self, command: tuple[str, ...], environment: QProcessEnvironment, *, limit_ms: int = 0
    ) -> None:
        """Start a program; failing is told by ``ended``.

        Args:
            command: program and arguments.
            environment: its environment.
            limit_ms: patience, milliseconds; 0: none.
        """
        program, *arguments = command
        folder = Path(program).parent
        if folder.is_dir():  # not the folder QGIS was started in: Python would import from there
            self._process.setWorkingDirectory(str(folder))
        self._process.setProcessEnvironment(environment)
        if sys.platform != "win32" and Path(program).name.startswith("python"):
            arguments = ["-E", "-s", "-c", _LEAD, program, *arguments]
        self._process.start(program, arguments)
        # Nobody answers: a question for a password must fail, not wait.
        self._process.closeWriteChannel()
        if limit_ms:
            self._limit.start(limit_ms)

    def stop(self, why: str = "") -> None:
        """Kill it and what it started; ``ended`` follows.

        Args:
            why: the reason that ``ended`` carries.
        """
        self._why = why or tr("Stopped.")
        pid = int(self._process.processId() or 0)
        if self._process.state() == QProcess.ProcessState.NotRunning or not pid:
            return
        if sys.platform == "win32":
            QProcess.startDetached("taskkill", ["/T", "/F", "/PID", str(pid)])
        else:
            try:
                if os.getpgid(pid) == pid:
                    os.killpg(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self._process.kill()

    def cancel(self) -> None:
        """Kill it and say nothing more; returns at once."""
        self._silent = True
        self.stop()
        if self._process.state() == QProcess.ProcessState.NotRunning:
            self.deleteLater()
            return
        # A process must end before it is deleted.
        self.setParent(QCoreApplication.instance())  # type: ignore[arg-type]
        self._process.finished.connect(self.deleteLater)

    def _read(self) -> None:
        *lines, self._rest = _BREAKS.split(
            self._rest + bytes(self._process.readAllStandardOutput())
        )
        self._rest = self._rest[-LONGEST_LINE:]
        for line in lines:
            self._tell(line)

    def _tell(self, line: bytes) -> None:
        if line.strip() and not self._silent:
            self.line.emit(line[:LONGEST_LINE].decode("utf-8", "replace"))

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and not self._silent:
            self._limit.stop()
            self.ended.emit(-1, str(self._process.errorString()))

    def _on_finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._limit.stop()
        self._read()
        self._tell(self._rest)
        if self._silent:
            return
        if self._why:
            self.ended.emit(-1, self._why)
        elif status == QProcess.ExitStatus.CrashExit:
            self.ended.emit(-1, tr("It crashed."))
        else:
            self.ended.emit(code, "")
