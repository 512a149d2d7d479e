"""The engine for code that may wait: the dock's client in an event loop of the caller's thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QEventLoop, QTimer

from cmpagl_qgis.errors import NOT_STARTED, EngineError
from cmpagl_qgis.texts import tr

from .client import CANCEL_MS, STARTING, WRITING_MS, EngineClient, stopped

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from qgis.core import QgsProcessingFeedback

    from .interpreter import Launch
    from .records import EngineInfo

POLL_MS = 50
"""How often a wait looks whether the user wants to stop."""


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
        self._feedback = feedback
        self._results: dict[int, object] = {}
        self._client = EngineClient(lambda: launch)
        self._client.progressed.connect(self._show)
        self._client.answered.connect(self._results.__setitem__)
        self._client.failed.connect(self._on_failed)
        self._said = ""
        self._errors: dict[int, EngineError] = {}

    @property
    def info(self) -> EngineInfo | None:
        """What the engine said of itself; ``None`` before it was greeted."""
        return self._client.info

    def __enter__(self) -> BlockingEngine:
        """Start the engine and greet it.

        Raises:
            EngineError: if it cannot be started, or does not fit this plugin.
        """
        self._client.start()
        self._wait(lambda: self._client.state != STARTING or self._feedback.isCanceled())
        info = self._client.info
        if info is None:
            self._client.stop()
            problem = self._client.problem
            raise EngineError(NOT_STARTED, problem) if problem else stopped()
        text = tr("Engine {0}, Python {1}, model {2}, device {3}")
        self._feedback.pushInfo(
            text.format(info.version, info.python, info.model.name, info.device)
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the engine; nothing is left running."""
        self._client.stop()

    def ask(self, method: str, params: dict[str, object]) -> object:
        """Send one request and wait for its answer.

        Args:
            method: a method of the protocol.
            params: its parameters.

        Returns:
            The result as JSON.

        Raises:
            EngineError: if the engine refuses or dies, or the user wants to stop.
        """
        number = self._client.request(method, params)
        patience_ms = WRITING_MS if method == "index" else CANCEL_MS

        def over() -> bool:
            if self._feedback.isCanceled():
                self._client.cancel(number, patience_ms)
            return number in self._results or number in self._errors

        self._wait(over)
        if number in self._errors:  # without a name: its traceback would keep callers' sinks open
            raise self._errors.pop(number)
        return self._results.pop(number)

    def _wait(self, over: Callable[[], bool]) -> None:
        """Let this thread's events pass until something is over; what the user does waits."""
        loop, wake = QEventLoop(), QTimer()
        wake.start(POLL_MS)
        flags = QEventLoop.ProcessEventsFlag
        while not over():
            loop.processEvents(flags.ExcludeUserInputEvents | flags.WaitForMoreEvents)

    def _on_failed(self, number: int, error: EngineError) -> None:
        self._errors[number] = error
        if error.cancelled:
            self._client.stop()  # else the client starts a new engine for what else is asked

    def _show(self, _number: int, done: int, total: int, what: str) -> None:
        if total > 0:
            self._feedback.setProgress(100.0 * done / total)
        if what and what != self._said:
            self._said = what
            self._feedback.setProgressText(what)
