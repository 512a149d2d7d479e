"""Work that waits for the next turn of the event loop, so that QGIS lives between two pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from collections.abc import Callable


def single_shot(parent: QObject, slot: Callable[[], object], ms: int = 0) -> QTimer:
    """A timer that waits once after each start.

    Args:
        parent: its owner.
        slot: called when it is over.
        ms: how long it waits, milliseconds, unless the start says otherwise.
    """
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(ms)
    timer.timeout.connect(slot)
    return timer


class NextTurn(QObject):
    """Holds one piece of work; a new one takes the place of the last."""

    def __init__(self, parent: QObject) -> None:
        """Hold nothing.

        Args:
            parent: owner of this object; with it the work is gone.
        """
        super().__init__(parent)
        self._work: Callable[[], None] | None = None
        self._timer = single_shot(self, self._run)

    @property
    def waiting(self) -> bool:
        """Whether there is work that was not begun."""
        return self._work is not None

    def do(self, work: Callable[[], None]) -> None:
        """Work in the next turn.

        Args:
            work: what to do.
        """
        self.drop()
        self._work = work
        self._timer.start()

    def hurry(self) -> None:
        """Work now, if there is work."""
        self._timer.stop()
        self._run()

    def drop(self) -> None:
        """Leave the work undone."""
        self._work = None
        self._timer.stop()

    def _run(self) -> None:
        work, self._work = self._work, None
        if work is not None:
            work()
