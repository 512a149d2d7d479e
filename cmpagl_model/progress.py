"""How far something long is: :class:`Progress`, whatever it is that takes long."""

from __future__ import annotations

from typing import Protocol

LOOKING, INDEXING = "looking at scenes", "indexing"
"""What a build does, one after the other."""


class Progress(Protocol):
    """Who wants to know how far something is; an exception from a method stops it."""

    def start(self, total: int, what: str = "") -> None:
        """``total`` steps (chips, scenes, bytes ...) lie ahead; what was counted before is over.

        ``what`` is done with them, in words; empty where only one thing is done.
        """

    def advance(self, count: int, of: str = "") -> None:
        """``count`` more are done; ``of``: the scene or file at work, where there is one."""


class NoProgress:
    """Tells nobody."""

    def start(self, total: int, what: str = "") -> None:
        """Nothing."""

    def advance(self, count: int, of: str = "") -> None:
        """Nothing."""
