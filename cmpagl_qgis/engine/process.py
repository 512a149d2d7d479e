"""One life of the engine: a QProcess, the messages it sends, and how it ended.

Nothing here waits, but :meth:`EngineProcess.close`. A process is started once; the client makes a
new one after an end.
"""

from __future__ import annotations

import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QCoreApplication, QObject, QProcess, pyqtSignal

from cmpagl_qgis.errors import ProtocolError
from cmpagl_qgis.texts import tr, warn
from cmpagl_qgis.turns import NextTurn

from .protocol import LineBuffer, decode

if TYPE_CHECKING:
    from .interpreter import Launch

SLICE_S = 0.008
"""Seconds of reading before the event loop gets its turn."""
TAIL_LINES = 200
TAIL_LINE_LENGTH = 2000


class EngineProcess(QObject):
    """A running engine.

    ``received`` carries a message of the protocol; ``ended`` says why it ended, after the last
    message. Lines that are no messages are counted and kept among the lines of standard error.
    """

    received = pyqtSignal(object)
    ended = pyqtSignal(str)

    def __init__(self, launch: Launch, parent: QObject | None = None) -> None:
        """Make it ready; :meth:`start` starts it."""
        super().__init__(parent)
        self._launch = launch
        self._lines: deque[bytes] = deque()
        self._tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._errors = b""
        self._buffer = LineBuffer(self._report_junk)
        self._end: str | None = None
        self._closed = False
        self.junk_lines = 0
        self.started = False
        self._turn = NextTurn(self)
        self._process = QProcess(self)
        self._process.setProcessEnvironment(launch.environment)
        self._process.readyReadStandardOutput.connect(self._read_output)
        self._process.readyReadStandardError.connect(self._read_errors)
        self._process.errorOccurred.connect(self._on_error)
        self._process.finished.connect(self._on_finished)
        self._process.started.connect(self._on_started)

    def start(self) -> None:
        """Start the program; failing is told by ``ended``."""
        program, *arguments = self._launch.command
        folder = Path(program).parent
        if folder.is_dir():  # not the folder QGIS was started in: Python would import from there
            self._process.setWorkingDirectory(str(folder))
        self._process.start(program, arguments)

    def pid(self) -> int:
        """The number of the process; 0 when it does not run."""
        return int(self._process.processId())

    def send(self, line: bytes) -> None:
        """Queue a line for the engine's standard input.

        Args:
            line: with its newline.
        """
        self._process.write(line)

    def tail(self) -> list[str]:
        """The last lines of standard error, and of standard output what was no message."""
        return list(self._tail)

    def discard(self) -> None:
        """Kill it and say nothing more; returns at once."""
        self._silence()
        if self._process.state() == QProcess.ProcessState.NotRunning:
            self.deleteLater()
            return
        self._process.kill()
        self._outlive_owner()

    def close(self, wait_ms: int) -> None:
        """Let it leave; kill it where it does not. Nothing is left running afterwards.

        Args:
            wait_ms: patience in all, milliseconds; blocks no longer.
        """
        self._silence()
        if self._process.state() != QProcess.ProcessState.NotRunning:
            self._process.closeWriteChannel()
            if not self._process.waitForFinished(wait_ms * 2 // 3):
                self._process.kill()
                if not self._process.waitForFinished(wait_ms // 3):
                    self._outlive_owner()  # killed, and the system is still at it
                    return
        self.deleteLater()

    def _outlive_owner(self) -> None:
        """Stay until the process, killed already, has ended: the owner may go before that."""
        application = QCoreApplication.instance()
        if application is None or application.thread() != self.thread():
            self._process.waitForFinished(1000)  # another thread may wait; it ends with its owner
            return
        self.setParent(application)
        self._process.finished.connect(self.deleteLater)

    def _silence(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._turn.drop()
        self._process.readyReadStandardOutput.disconnect(self._read_output)
        self._process.readyReadStandardError.disconnect(self._read_errors)
        self._process.errorOccurred.disconnect(self._on_error)
        self._process.finished.disconnect(self._on_finished)

    def _on_started(self) -> None:
        self.started = True

    def _read_output(self) -> None:
        for line in self._buffer.feed(bytes(self._process.readAllStandardOutput())):
            if line.startswith(b"{"):
                self._lines.append(line)
            else:
                self._report_junk(line[:TAIL_LINE_LENGTH].decode("utf-8", "replace"))
        if self._lines and not self._turn.waiting:
            self._turn.do(self._work)

    def _read_errors(self) -> None:
        data = self._errors + bytes(self._process.readAllStandardError())
        *lines, self._errors = data.split(b"\n")
        self._errors = self._errors[-TAIL_LINE_LENGTH:]
        for line in lines[-TAIL_LINES:]:
            self._keep(line.decode("utf-8", "replace"))

    def _keep(self, text: str) -> None:
        self._tail.append(text.rstrip("\r")[:TAIL_LINE_LENGTH])

    def _report_junk(self, text: str) -> None:
        self.junk_lines += 1
        self._keep(f"[not a message] {text}")
        if self.junk_lines == 1:
            warn(tr("The engine wrote what is no message: {0}").format(text[:200]))

    def _work(self) -> None:
        """Read messages for one slice of time."""
        stop = time.perf_counter() + SLICE_S
        while self._lines and not self._closed:
            try:
                self.received.emit(decode(self._lines.popleft()))
            except ProtocolError as error:
                self._report_junk(f"{error}")
            if time.perf_counter() > stop:
                break
        if self._closed:
            return
        if self._lines:
            self._turn.do(self._work)
        elif self._end is not None:
            self._silence()
            self.ended.emit(self._end)

    @property
    def program(self) -> str:
        """What was started."""
        return self._launch.command[0]

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            text = tr(
                "The engine's Python {0} ({1}) cannot be started: {2}. Install the engine again in "
                "the dock CMPAGL search, or name another Python in Set up."
            )
            self._finish(
                text.format(self.program, self._launch.origin, self._process.errorString())
            )

    def _on_finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._read_output()
        self._read_errors()
        if self._errors:
            self._keep(self._errors.decode("utf-8", "replace"))
            self._errors = b""
        if status == QProcess.ExitStatus.CrashExit:
            text = tr("The engine {0} crashed.").format(self.program)
        else:
            text = tr("The engine {0} ended with code {1}.").format(self.program, code)
        if self._buffer.unfinished():
            text += " " + tr("Its last message broke off.")
        self._finish(text)

    def _finish(self, text: str) -> None:
        self._end = text
        if not self._turn.waiting:
            self._turn.do(self._work)  # messages first
