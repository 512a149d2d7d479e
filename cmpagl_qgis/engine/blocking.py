"""The engine for code that may wait: one process, one request after the other.

The dock's client (``client.py``) lives by the event loop of the GUI thread; a Processing thread has
none. What both share is the protocol, the launch and the records.
"""

from __future__ import annotations

import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QProcess

from cmpagl_qgis.errors import (
    CANCELLED,
    DIED,
    NOT_STARTED,
    UNREADABLE,
    EngineError,
    ProtocolError,
)
from cmpagl_qgis.texts import tr

from .fields import read
from .interpreter import pip_command
from .protocol import (
    PROTOCOL_VERSION,
    Failure,
    LineBuffer,
    Message,
    Progress,
    Result,
    decode,
    encode_notification,
    encode_request,
)
from .records import EngineInfo

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from qgis.core import QgsProcessingFeedback

    from .interpreter import Launch

POLL_MS = 50
"""How often a wait looks whether the user wants to stop."""
CANCEL_S = 0.2
"""How long a cancelled request may go on before the engine is killed."""
WRITING_S = 10.0
"""The same for a build, which first writes what is finished."""
STARTUP_S = 120.0
LEAVE_MS = 1500
TAIL_LINES = 200


class BlockingEngine:
    """An engine that is there between ``with`` and its end.

    Progress goes to the feedback; its cancel button ends the request within 300 ms, a build as soon
    as what is finished is written.
    """

    def __init__(self, launch: Launch, feedback: QgsProcessingFeedback) -> None:
        """Nothing is started yet; this object belongs to the thread that makes it.

        Args:
            launch: what to start.
            feedback: hears progress and is asked whether to stop.
        """
        self._launch = launch
        self._feedback = feedback
        self._process = QProcess()
        self._process.setProcessEnvironment(launch.environment)
        self._tail: deque[str] = deque(maxlen=TAIL_LINES)
        self._buffer = LineBuffer(self._tail.append)
        self._last_number = 0
        self._said = ""
        self.info: EngineInfo | None = None
        """What the engine said of itself; ``None`` before it was greeted."""

    def __enter__(self) -> BlockingEngine:
        """Start the engine and greet it.

        Raises:
            EngineError: if it cannot be started, or does not fit this plugin.
        """
        program, *arguments = self._launch.command
        folder = Path(program).parent
        if folder.is_dir():  # not the folder QGIS was started in: Python would import from there
            self._process.setWorkingDirectory(str(folder))
        self._process.start(program, arguments)
        if not self._process.waitForStarted(int(STARTUP_S * 1000)):
            raise EngineError(NOT_STARTED, self._cannot_start())
        try:
            self._greet()
        except EngineError:
            self._kill()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the engine; nothing is left running."""
        if kind is None:
            self._process.closeWriteChannel()
            self._process.waitForFinished(LEAVE_MS)
        self._kill()

    def ask(self, method: str, params: dict[str, object], patience_s: float = 0.0) -> object:
        """Send one request and wait for its answer.

        Args:
            method: a method of the protocol.
            params: its parameters.
            patience_s: seconds to wait at most; 0: as long as it takes.

        Returns:
            The result as JSON.

        Raises:
            EngineError: if the engine refuses, dies, takes too long, or the user wants to stop.
        """
        self._last_number += 1
        number = self._last_number
        try:
            self._process.write(encode_request(number, method, params))
        except ProtocolError as error:
            raise EngineError(UNREADABLE, str(error)) from error
        until = time.monotonic() + patience_s if patience_s else float("inf")
        kill_at = float("inf")
        while True:
            answer = self._answer_among_news(number)
            if answer is not None:
                return answer.result
            if self._feedback.isCanceled() and kill_at == float("inf"):
                self._process.write(encode_notification("cancel", {"id": number}))
                kill_at = time.monotonic() + (WRITING_S if method == "index" else CANCEL_S)
            if time.monotonic() > kill_at:
                self._kill()
                raise EngineError(CANCELLED, tr("Stopped."), "CancelledError")
            if time.monotonic() > until:
                self._kill()
                raise EngineError(NOT_STARTED, self._too_slow(patience_s))

    def _greet(self) -> None:
        params = self._launch.greeting("QGIS Processing")
        info = _read_greeting(self.ask("hello", params, STARTUP_S))
        self.info = info
        text = tr("Engine {0}, Python {1}, model {2}, device {3}")
        self._feedback.pushInfo(
            text.format(info.version, info.python, info.model.name, info.device)
        )

    def _answer_among_news(self, number: int) -> Result | None:
        """The answer if it is among what has come; waits for news for a moment.

        Raises:
            EngineError: if the answer is a refusal, or the engine has ended.
        """
        self._process.waitForReadyRead(POLL_MS)
        ended = self._process.state() == QProcess.ProcessState.NotRunning
        for message in self._read():
            if isinstance(message, Progress):
                self._show(message)
            elif message.id == number and isinstance(message, Failure):
                raise EngineError(message.code, message.message, message.kind)
            elif message.id == number and isinstance(message, Result):
                return message
        if ended:
            raise EngineError(DIED, self._how_it_ended())
        return None

    def _read(self) -> Iterator[Message]:
        errors = bytes(self._process.readAllStandardError())
        self._tail.extend(errors.decode("utf-8", "replace").splitlines())
        for line in self._buffer.feed(bytes(self._process.readAllStandardOutput())):
            try:
                yield decode(line)
            except ProtocolError as error:  # noqa: PERF203 - a library printed: work goes on
                self._tail.append(str(error))

    def _show(self, progress: Progress) -> None:
        if progress.total > 0:
            self._feedback.setProgress(100.0 * progress.done / progress.total)
        if progress.what and progress.what != self._said:
            self._said = progress.what
            self._feedback.setProgressText(progress.what)

    def _kill(self) -> None:
        if self._process.state() != QProcess.ProcessState.NotRunning:
            self._process.kill()
            self._process.waitForFinished(LEAVE_MS)

    def _cannot_start(self) -> str:
        text = tr(
            "The engine's Python {0} ({1}) cannot be started: {2}. Run cmpagl qgis-install again, "
            "or name another one in Settings > Options > CMPAGL."
        )
        program, origin = self._launch.command[0], self._launch.origin
        return text.format(program, origin, self._process.errorString())

    def _how_it_ended(self) -> str:
        program, origin = self._launch.command[0], self._launch.origin
        if any("No module named" in line and "cmpagl_model" in line for line in self._tail):
            text = tr("{0} ({1}) is a Python without cmpagl-qgis. Run: {2}")
            return text.format(program, origin, pip_command(program))
        last = next((line for line in reversed(self._tail) if line.strip()), tr("none"))
        if self._buffer.unfinished():
            text = tr("The engine {0} ended within an answer. Its last words: {1}")
            return text.format(program, last[:300])
        if self._process.exitStatus() == QProcess.ExitStatus.CrashExit:
            return tr("The engine {0} crashed. Its last words: {1}").format(program, last[:300])
        text = tr("The engine {0} ended with code {1}. Its last words: {2}")
        return text.format(program, self._process.exitCode(), last[:300])

    def _too_slow(self, patience_s: float) -> str:
        text = tr("{0} did not answer within {1:.0f} s. Is it a Python with cmpagl-qgis in it?")
        return text.format(self._launch.command[0], patience_s)


def _read_greeting(result: object) -> EngineInfo:
    try:
        info = read(EngineInfo, result)
    except ProtocolError as error:
        text = tr("The engine's greeting cannot be read: {0}. Install the engine again.")
        raise EngineError(UNREADABLE, text.format(error)) from error
    if info.protocol != PROTOCOL_VERSION:
        text = tr("The engine {0} speaks protocol {1}, this plugin {2}. Update the older one.")
        text = text.format(info.version, info.protocol, PROTOCOL_VERSION)
        raise EngineError(NOT_STARTED, text)
    return info
