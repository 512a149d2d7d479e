"""Requests with callbacks for their answers: each session asks here and hears only its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QObject

from cmpagl_qgis.errors import UNREADABLE, EngineError, PluginError
from cmpagl_qgis.texts import warn

from .client import CANCEL_MS, DEAD

if TYPE_CHECKING:
    from collections.abc import Callable

    from .client import EngineClient

    Done = Callable[[object], None]
    Failed = Callable[[EngineError], None]
    Progressed = Callable[[int, int, str], None]


class Asker(QObject):
    """Sends requests and gives each answer to the callbacks of its request."""

    def __init__(self, client: EngineClient, parent: QObject | None = None) -> None:
        """Listen to the engine."""
        super().__init__(parent)
        self._client = client
        self._callbacks: dict[int, tuple[Done, Failed, Progressed | None]] = {}
        client.answered.connect(self._on_answered)
        client.failed.connect(self._on_failed)
        client.progressed.connect(self._on_progressed)

    def ask(
        self,
        method: str,
        params: dict[str, object],
        done: Done,
        failed: Failed,
        progressed: Progressed | None = None,
    ) -> int:
        """Send a request.

        Args:
            method: of the protocol.
            params: its parameters.
            done: called with its result; where that is of no use, it raises a ``PluginError``.
            failed: called with the reason.
            progressed: called with steps done, steps in all and what is being done.

        Returns:
            The request's number.
        """
        number = self._client.request(method, params)
        self._callbacks[number] = (done, failed, progressed)
        return number

    @property
    def alive(self) -> bool:
        """Whether the engine runs, or will when it is asked."""
        return bool(self._client.state != DEAD)

    def cancel(self, number: int, patience_ms: int | None = CANCEL_MS) -> None:
        """Give a request up; ``failed`` tells when it ended.

        Args:
            number: of the request.
            patience_ms: after which the engine is killed; ``None``: never.
        """
        self._client.cancel(number, patience_ms)

    def forget(self, number: int) -> None:
        """Let nobody hear of a request any more; the engine may go on with it.

        Args:
            number: of the request; one that is over is ignored.
        """
        self._callbacks.pop(number, None)

    def close(self) -> None:
        """Stop listening; nobody hears of anything any more."""
        self._callbacks.clear()
        self._client.answered.disconnect(self._on_answered)
        self._client.failed.disconnect(self._on_failed)
        self._client.progressed.disconnect(self._on_progressed)

    def _on_answered(self, number: int, result: object) -> None:
        if number not in self._callbacks:
            return
        done, failed, _progressed = self._callbacks.pop(number)
        try:
            done(result)
        except PluginError as error:
            warn(str(error))
            failed(EngineError(UNREADABLE, str(error), type(error).__name__))

    def _on_failed(self, number: int, error: EngineError) -> None:
        if number in self._callbacks:
            _done, failed, _progressed = self._callbacks.pop(number)
            failed(error)

    def _on_progressed(self, number: int, done: int, total: int, what: str) -> None:
        _done, _failed, progressed = self._callbacks.get(number, (None, None, None))
        if progressed is not None:
            progressed(done, total, what)
