"""Worker threads, called lanes, each with a first-in first-out queue of requests."""

from __future__ import annotations

import queue
import sys
import threading
import traceback
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cmpagl_model.errors import CmpaglError, NoPlaceError
from tiling import TilingError

from .messages import (
    CANCELLED,
    FAULT,
    REFUSED,
    MessageError,
    error_line,
    result_line,
)
from .work import Cancelled

if TYPE_CHECKING:
    from collections.abc import Callable

    from .methods import Method
    from .session import Session
    from .work import Work


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """A request that was understood."""

    method: Method
    """What is asked for."""
    params: object
    """The method's record."""
    work: Work
    """Its number, and how to stop it."""
    _claimed: threading.Lock = field(default_factory=threading.Lock)

    def claim(self) -> bool:
        """Whether the caller is the first to claim it, and so the one who answers."""
        return self._claimed.acquire(blocking=False)


class Lane(threading.Thread):
    """Answers jobs in the order they come.

    Args:
        name: for people who look at threads.
        session: what the jobs share.
        answer: takes a job and the line that answers it.
    """

    def __init__(self, name: str, session: Session, answer: Callable[[Job, bytes], None]) -> None:
        # A daemon, so that a library that never comes back cannot keep the process alive.
        super().__init__(name=name, daemon=True)
        self._session, self._answer = session, answer
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()

    def add(self, job: Job) -> None:
        """Let a job wait its turn."""
        self._jobs.put(job)

    def finish(self) -> None:
        """Let the thread end after the jobs that wait."""
        self._jobs.put(None)

    def run(self) -> None:
        """Answer until :meth:`finish`."""
        while (job := self._jobs.get()) is not None:
            if job.claim():
                self._answer(job, outcome(self._session, job))


def outcome(session: Session, job: Job) -> bytes:
    """Do what a job asks for. Refusals and faults become answers here, and nowhere else."""
    number = job.work.number
    try:
        job.work.check()
        if job.method.greeted:
            session.admit(job.work)
        return result_line(number, job.method.run(session, job.params, job.work))
    except Cancelled:
        return error_line(number, CANCELLED, "cancelled")
    except MessageError as error:
        return error_line(number, error.code, str(error))
    except (CmpaglError, TilingError) as error:
        undated = error.undated if isinstance(error, NoPlaceError) else 0
        return error_line(number, REFUSED, str(error), type(error).__name__, undated)
    except Exception:  # noqa: BLE001 - a fault of ours must not end the engine
        return fault_line(number)


def fault_line(number: int | None) -> bytes:
    """The answer to what went wrong just now; its traceback goes to standard error."""
    traceback.print_exc(file=sys.stderr)
    error = sys.exc_info()[1]
    kind, said = type(error).__name__, str(error).splitlines()[:1]
    reason = ": ".join([kind, *said])
    return error_line(number, FAULT, f"{reason}; the traceback is on standard error", kind)
