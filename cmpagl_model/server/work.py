"""A request at work: it tells how far it is, and stops where it was told to."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LEAST_PAUSE_S = 0.1
"""Between two progress notifications of one request."""


class Cancelled(BaseException):
    """The client has no use for the answer any more.

    Not an ``Exception``: no ``except`` of a library may take it for a failure of its own.
    """


class Work:
    """One request at work. Any thread may stop it; the one that works finds out."""

    def __init__(self, number: int, told: Callable[[int, int, str], None]) -> None:
        """Take what names the request, and who is told of ``done, total, what``."""
        self.number = number
        self._told = told
        self._stopped = threading.Event()
        self._told_s = -LEAST_PAUSE_S

    def stop(self) -> None:
        """Ask it to stop."""
        self._stopped.set()

    def check(self) -> None:
        """Go on, unless it was asked to stop.

        Raises:
            Cancelled: if it was.
        """
        if self._stopped.is_set():
            raise Cancelled

    def tell(self, done: int, total: int, what: str) -> None:
        """Say how far it is, ten times a second at most; stop if it was asked to.

        Args:
            done: how much is done.
            total: of how much; 0: not known yet.
            what: for a person, what is being done.
        """
        self.check()
        now = time.monotonic()
        if now - self._told_s >= LEAST_PAUSE_S:
            self._told_s = now
            self._told(done, total, what)


class Teller:
    """Tells of a request, as a progress."""

    def __init__(self, work: Work, what: str = "") -> None:
        """Take the work, and what it does in words.

        Without them those of whoever works are told, and the file at work.
        """
        self._work, self._said = work, what
        self._done, self._total, self._what = 0, 0, what

    def start(self, total: int, what: str = "") -> None:
        """``total`` steps lie ahead."""
        self._done, self._total, self._what = 0, total, self._said or what
        self._work.tell(0, total, self._what)

    def advance(self, count: int, of: str = "") -> None:
        """``count`` more are done."""
        self._done += count
        named = of and not self._said
        what = f"{self._what} {Path(of).name}" if named else self._what
        self._work.tell(self._done, self._total, what)
