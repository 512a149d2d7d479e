"""Ctrl-C between two steps, so that what is saved is whole."""

from __future__ import annotations

import signal
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import FrameType

    from typing_extensions import Self

SIGNALS = (signal.SIGINT, signal.SIGTERM)
SAME_PRESS_S = 1.0
"""Terminal and torchrun both pass on one Ctrl-C; within this time it is not a second one."""


class StopRequest:
    """Notes Ctrl-C and the polite end of the system; a second Ctrl-C stops at once."""

    def __init__(self) -> None:
        self.asked = False
        self._first = 0.0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._note) for number in SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - signal's form
        now = time.monotonic()
        if self.asked and number == signal.SIGINT and now - self._first > SAME_PRESS_S:
            raise KeyboardInterrupt
        self._first = self._first if self.asked else now
        self.asked = True
