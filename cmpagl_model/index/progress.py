"""How a build tells how far it is."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Who wants to know how far a build is; an exception from any method stops it."""

    def describing(self, done: int, total: int) -> None:
        """Scenes looked at so far, of ``total``."""

    def start(self, chips: int) -> None:
        """``chips`` planned chips lie ahead."""

    def advance(self, chips: int, scene: str) -> None:
        """``chips`` more are done; the scene with path ``scene`` is at work."""
