"""A long request with progress and Stop: building, checking, writing. One at a time."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from qgis.PyQt.QtCore import QObject, pyqtSignal

from cmpagl_qgis.engine.client import CANCEL_MS
from cmpagl_qgis.engine.fields import read
from cmpagl_qgis.texts import tr

if TYPE_CHECKING:
    from collections.abc import Callable

    from cmpagl_qgis.dock.search_dock import SearchDock
    from cmpagl_qgis.engine.asker import Asker
    from cmpagl_qgis.engine.fields import Record
    from cmpagl_qgis.errors import EngineError


R = TypeVar("R", bound="Record")
SAMPLE_S, SAMPLES = 5.0, 24
"""Between two samples of the progress, and how many are kept; the oldest gives the pace."""


@dataclass(frozen=True)
class Job(Generic[R]):
    """A long request."""

    method: str
    """Of the protocol."""
    params: dict[str, object]
    """Its parameters."""
    title: str
    """What is done, for a person."""
    record: type[R]
    """What its result is read as; one that cannot be read has failed."""
    done: Callable[[R], None]
    """Called with the record; where that is of no use, it raises a ``PluginError``."""
    failed: Callable[[EngineError], None] | None = None
    """Called with the reason; ``None``: the dock says it."""
    counted: bool = True
    """Whether its steps mean something to a person, such as chips; bytes do not."""
    patience_ms: int = CANCEL_MS
    """How long it may take to stop before the engine is killed."""


class JobSession(QObject):
    """Runs a job; the dock's strip shows how far it is.

    ``ended`` comes before the job's own functions are called.
    """

    ended = pyqtSignal()

    def __init__(
        self, asker: Asker, dock: SearchDock, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(dock)
        self.asker, self._dock, self._clock = asker, dock, clock
        dock.build.stop.clicked.connect(self.stop)
        self._seen: deque[tuple[float, int]] = deque(maxlen=SAMPLES)
        self.done = self.total = 0
        self._number = 0
        self.job: Job[Any] | None = None
        """What runs."""

    def run(self, job: Job[R]) -> bool:
        """Begin a job unless one runs; then the dock says so.

        Args:
            job: what to do.

        Returns:
            Whether it was begun.
        """
        if self.job is not None:
            text = tr("Something long runs already. Wait until it is done, or stop it.")
            self._dock.message.tell(text)
            return False
        self.job = job

        def done(result: object) -> None:
            self._end()
            job.done(read(job.record, result))

        def failed(error: EngineError) -> None:
            self._end()
            (job.failed or self._dock.message.tell_error)(error)

        self._number = self.asker.ask(job.method, job.params, done, failed, self._on_progress)
        self._dock.build.begin(job.title, counted=job.counted)
        return True

    def stop(self) -> None:
        """Give the job up; its ``failed`` tells when it ended."""
        if self.job is not None:
            self._dock.build.stopping()
            self.asker.cancel(self._number, self.job.patience_ms)

    def _on_progress(self, done: int, total: int, what: str) -> None:
        if total != self.total or done < self.done:
            self._seen.clear()  # something else is counted now
        self.done, self.total = done, total
        self._dock.build.set_progress(done, total, what)
        # Go by the last minutes: chips of one scene may be quick, those of another slow
        now = self._clock()
        if not self._seen or now - self._seen[-1][0] >= SAMPLE_S:
            self._seen.append((now, self.done))
        since, before = self._seen[0]
        if now - since >= SAMPLE_S and self.done > before and self.total:
            left = (self.total - self.done) * (now - since) / (self.done - before)
            self._dock.build.set_time_left(left)

    def _end(self) -> None:
        self.job, self._number = None, 0
        self._seen.clear()
        self.done = self.total = 0
        self._dock.build.hide()
        self.ended.emit()
