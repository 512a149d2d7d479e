"""The engine's life: lines in, answers out, until standard input closes."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, get_args

from .channel import read_lines
from .lanes import Job, Lane, fault_line
from .messages import (
    CANCELLED,
    MAX_LINE_BYTES,
    NO_REQUEST,
    REFUSED,
    UNKNOWN_METHOD,
    Message,
    MessageError,
    ParameterError,
    error_line,
    progress_line,
    read_message,
)
from .methods import CANCEL, HELLO, METHODS, LaneName
from .parameters import Cancel, parameters
from .session import Session
from .work import Work

if TYPE_CHECKING:
    from .channel import Channel

MOST_WAITING = 256
"""Requests that may wait; a client that sends more is out of step."""
POLL_S = 1.0
SHUTDOWN_TIMEOUT_S = 5.0
"""How long running work may take to notice that the client is gone."""
TOO_LONG = (
    f"found a line of more than {MAX_LINE_BYTES >> 20} MiB, wanted shorter ones; it was skipped"
)


def serve(incoming: int, channel: Channel) -> int:
    """Answer requests until the input closes, or the process is told to end.

    Args:
        incoming: the descriptor to read lines from.
        channel: where answers go.

    Returns:
        The exit code, 0; not at all if work is stuck in a library, for then the process ends.
    """
    leave = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: leave.set())
    server = Server(channel)
    threading.Thread(
        target=_read, args=(incoming, server, leave), name="lines in", daemon=True
    ).start()
    while not leave.wait(POLL_S):  # in pieces: Windows tells of Ctrl-C between two waits alone
        pass
    if not server.stop():
        os._exit(0)  # files are written by rename: nothing is left half done
    return 0


def _read(incoming: int, server: Server, leave: threading.Event) -> None:
    try:
        for line in read_lines(partial(os.read, incoming)):
            server.take(line)
    except OSError as error:
        print(f"cmpagl: standard input cannot be read ({error})", file=sys.stderr)  # noqa: T201
    finally:
        leave.set()


class Server:
    """Puts each line where it is answered. Lines come from one thread."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._session = Session()
        self._greeted = False
        self._jobs: dict[int, Job] = {}
        self._lock = threading.Lock()
        self._lanes = {
            name: Lane(f"{name} requests", self._session, self._answer)
            for name in get_args(LaneName)
        }
        for lane in self._lanes.values():
            lane.start()

    def take(self, line: bytes | None) -> None:
        """Take one line; ``None`` stands for one that was too long."""
        if line is None:
            self._channel.send(error_line(None, NO_REQUEST, TOO_LONG))
            return
        number = None
        try:
            message = read_message(line)
            number = message.number
            if message.method == CANCEL:
                self._cancel(message)
            elif message.number is not None:  # notifications are not answered, whatever they say
                self._begin(message, message.number)
        except MessageError as error:
            self._channel.send(error_line(error.number, error.code, str(error)))
        except Exception:  # noqa: BLE001 - a line that we stumble over must not end the engine
            self._channel.send(fault_line(number))

    def stop(self) -> bool:
        """Cancel everything and wait a little; whether all work has ended."""
        with self._lock:
            jobs = list(self._jobs.values())
        for job in jobs:
            job.work.stop()
        deadline = time.monotonic() + SHUTDOWN_TIMEOUT_S
        for lane in self._lanes.values():
            lane.finish()
        for lane in self._lanes.values():
            lane.join(max(0.0, deadline - time.monotonic()))
        return not any(lane.is_alive() for lane in self._lanes.values())

    def _begin(self, message: Message, number: int) -> None:
        """Check a request and let it wait in its lane.

        Raises:
            MessageError: if it asks for what the engine does not know.
            ParameterError: if it asks in a wrong way.
        """
        method = METHODS.get(message.method)
        if method is None:
            known = ", ".join([*METHODS, CANCEL])
            reason = f"found the method {message.method[:60]!r}, wanted one of {known}"
            raise MessageError(UNKNOWN_METHOD, reason, number)
        if not self._greeted and message.method != HELLO:
            reason = f"found {message.method!r} before hello, wanted hello first"
            raise MessageError(NO_REQUEST, reason, number)
        try:
            params: object = parameters(method.params, message.params, message.method)
        except ParameterError as error:
            raise ParameterError(str(error), number) from error
        self._greeted = True
        work = Work(number, lambda *step: self._channel.send(progress_line(number, *step)))
        job = Job(method, params, work)
        with self._lock:
            if number in self._jobs:
                reason = f"found id {number} twice, wanted a new one for each request"
                raise MessageError(NO_REQUEST, reason, number)
            if len(self._jobs) >= MOST_WAITING:
                reason = (
                    f"found {MOST_WAITING} requests that wait, wanted fewer; next: await answers"
                )
                raise MessageError(REFUSED, reason, number)
            self._jobs[number] = job
        self._lanes[method.lane].add(job)

    def _cancel(self, message: Message) -> None:
        """Stop a request: at once if it waits, at its next step if it runs.

        Raises:
            MessageError: if the notification is none.
        """
        if message.number is not None:
            reason = "found cancel with an id of its own, wanted a notification"
            raise MessageError(NO_REQUEST, reason, message.number)
        try:
            wanted = parameters(Cancel, message.params, CANCEL)
        except ParameterError:
            return  # a notification is not answered, also where it is wrong
        with self._lock:
            job = self._jobs.get(wanted.id)
        if job is None or job.method is METHODS[HELLO]:
            return
        job.work.stop()
        if job.claim():
            self._answer(job, error_line(wanted.id, CANCELLED, "cancelled"))

    def _answer(self, job: Job, line: bytes) -> None:
        with self._lock:
            self._jobs.pop(job.work.number, None)
        self._channel.send(line)
