"""Requests with a function for their answer: each session asks here and hears only its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QObject

from cmpagl_qgis.errors import UNREADABLE, EngineError, ProtocolError
from cmpagl_qgis.texts import warn

from .client import CANCEL_MS, DEAD

if TYPE_CHECKING:
    from collections.abc import Callable

    from .client import EngineClient


@dataclass(frozen=True)
class Callbacks:
    """Who hears of a request."""

    done: Callable[[object], None]
    """Called with its result."""
    failed: Callable[[EngineError], None]
    """Called with the reason."""
    progress: Callable[[int, int, str], None] | None = None
    """Called with steps done, steps in all and what is being done."""


class Asker(QObject):
    """Sends requests and hands each answer to the one who asked."""

    def __init__(self, client: EngineClient, parent: QObject | None = None) -> None:
        """Listen to the engine.

        Args:
            client: the engine.
            parent: owner of this object.
        """
        super().__init__(parent)
        self._client = client
        self._callbacks: dict[int, Callbacks] = {}
        client.answered.connect(self._on_answered)
        client.failed.connect(self._on_failed)
        client.progressed.connect(self._on_progressed)

    def ask(self, method: str, params: dict[str, object], callbacks: Callbacks) -> int:
        """Send a request.

        Args:
            method: of the protocol.
            params: its parameters.
            callbacks: who hears of it.

        Returns:
            The request's number.
        """
        number = self._client.request(method, params)
        self._callbacks[number] = callbacks
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
        callbacks = self._callbacks.pop(number, None)
        if callbacks is None:
            return
        try:
            callbacks.done(result)
        except ProtocolError as error:
            warn(str(error))
            callbacks.failed(EngineError(UNREADABLE, str(error), "ProtocolError"))

    def _on_failed(self, number: int, error: EngineError) -> None:
        callbacks = self._callbacks.pop(number, None)
        if callbacks is not None:
            callbacks.failed(error)

    def _on_progressed(self, number: int, done: int, total: int, what: str) -> None:
        callbacks = self._callbacks.get(number)
        if callbacks is not None and callbacks.progress is not None:
            callbacks.progress(done, total, what)
