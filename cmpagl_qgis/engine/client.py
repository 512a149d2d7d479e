"""The engine as the plugin sees it: ask, hear progress, get an answer or a readable reason.

Start at :class:`EngineClient`. The engine is started by the first request; it may die at any time
and QGIS goes on.
"""

from __future__ import annotations

import itertools
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from cmpagl_qgis.errors import (
    CANCELLED,
    DIED,
    NOT_STARTED,
    UNREADABLE,
    EngineError,
    PluginError,
    ProtocolError,
)
from cmpagl_qgis.texts import log, tr, warn
from cmpagl_qgis.turns import single_shot

from .fields import read
from .interpreter import Launch, default_launch, install_command, lacks_engine
from .process import EngineProcess
from .protocol import PROTOCOL_VERSION, Failure, Message, Progress, Result, encode
from .records import EngineInfo

if TYPE_CHECKING:
    from collections.abc import Callable

CANCEL_MS = 200
WRITING_MS = 10_000
"""The same for a build, which first writes what is finished."""
STARTUP_MS = 120_000
STOP_MS = 300
DEATHS_ALLOWED = 3
DEATHS_WINDOW_S = 60.0

STOPPED, STARTING, READY, DEAD = "stopped", "starting", "ready", "died"


@dataclass
class _Request:
    """A request that has no answer yet."""

    id: int
    line: bytes
    sent: bool = False
    resent: bool = False
    cancel_timer: QTimer | None = None


class EngineClient(QObject):
    """Requests to the engine and their answers, in the GUI thread, without waiting.

    ``stateChanged`` carries "stopped", "starting", "ready" or "died"; ``answered`` a request's
    number and its result as JSON; ``failed`` a number and an :class:`EngineError`; ``progressed`` a
    number, steps done, steps in all (0: not known yet) and what is being done. Each request ends
    in exactly one ``answered`` or ``failed``.
    """

    stateChanged = pyqtSignal(str)
    answered = pyqtSignal(int, object)
    failed = pyqtSignal(int, object)
    progressed = pyqtSignal(int, int, int, str)

    def __init__(
        self, launch: Callable[[], Launch] = default_launch, parent: QObject | None = None
    ) -> None:
        """Make a client; nothing is started yet.

        Args:
            launch: called at each start; says what to start.
            parent: owner of this object.
        """
        super().__init__(parent)
        self._launch = launch
        self._numbers = itertools.count(1)
        self._requests: dict[int, _Request] = {}
        self._hello = 0
        self._process: EngineProcess | None = None
        self._tail: list[str] = []
        self._deaths: deque[float] = deque(maxlen=DEATHS_ALLOWED)
        self.state = STOPPED
        """One of "stopped", "starting", "ready" and "died"."""
        self.info: EngineInfo | None = None
        """What the engine said of itself; ``None`` unless ready."""
        self.problem = ""
        """Why the engine is dead, for a person; empty when it is not."""
        self._late: list[tuple[int, EngineError]] = []
        self._late_timer = single_shot(self, self._tell_late)
        self._watchdog = single_shot(self, self._on_startup_timeout, STARTUP_MS)

    @property
    def pid(self) -> int:
        """The number of the engine's process; 0 when none runs."""
        return self._process.pid() if self._process else 0

    def pending(self) -> list[int]:
        """Numbers of requests without an answer, oldest first."""
        return list(self._requests)

    def details(self) -> list[str]:
        """The last 200 lines of the engine's standard error, of the last one if it is dead."""
        return self._process.tail() if self._process else list(self._tail)

    def start(self) -> None:
        """Start the engine unless it runs; returns at once."""
        if self._process is not None:
            return
        deaths = self._deaths
        if len(deaths) >= DEATHS_ALLOWED and time.monotonic() - deaths[0] <= DEATHS_WINDOW_S:
            text = tr(
                "It ended {0} times within a minute and is not started again by itself; "
                "use Restart."
            )
            hint = text.format(DEATHS_ALLOWED)
            if not self.problem.endswith(hint):
                self.problem = f"{self.problem} {hint}".strip()
            self._fail_all(EngineError(NOT_STARTED, self.problem))
            self._set_state(DEAD)
            return
        try:
            launch = self._launch()
            self._hello = next(self._numbers)
            hello = encode("hello", launch.greeting("QGIS"), self._hello)
        except PluginError as error:
            self._give_up(str(error), NOT_STARTED)
            return
        self.problem = ""
        process = EngineProcess(launch, self)
        process.received.connect(self._on_message)
        process.ended.connect(self._on_ended)
        self._process = process
        self._watchdog.start()
        self._set_state(STARTING)
        process.start()
        process.send(hello)

    def request(self, method: str, params: dict[str, object]) -> int:
        """Ask the engine, starting it where needed.

        Args:
            method: a method of the protocol.
            params: its parameters.

        Returns:
            The request's number; ``answered`` or ``failed`` comes later, never within this call.
        """
        number = next(self._numbers)
        try:
            line = encode(method, params, number)
        except ProtocolError as error:
            self._late.append((number, EngineError(UNREADABLE, str(error))))
            self._late_timer.start()
            return number
        self._requests[number] = _Request(number, line)
        if self.state == READY:
            self._send_waiting()
        else:
            self._late_timer.start()  # start in the next turn: the caller must know the number
        return number

    def cancel(self, number: int, patience_ms: int | None = CANCEL_MS) -> None:
        """Give a request up; an engine that does not obey in time is killed and restarted.

        Args:
            number: as :meth:`request` gave it; one that has its answer is ignored.
            patience_ms: how long it may take; ``None``: as long as it likes.
        """
        request = self._requests.get(number)
        if request is None or request.cancel_timer is not None:
            return
        if not request.sent or self._process is None:
            self._fail(number, stopped())
            return
        self._process.send(encode("cancel", {"id": number}))
        if patience_ms is not None:
            request.cancel_timer = single_shot(self, self._on_cancel_timeout, patience_ms)
            request.cancel_timer.start()

    def restart(self) -> None:
        """Kill the engine if there is one and start a new one, whatever happened before."""
        self._deaths.clear()
        self._drop_process()
        self._fail_all(EngineError(DIED, tr("The engine was restarted. Ask again.")))
        self.start()

    def stop(self) -> None:
        """End the engine; blocks for 300 ms at most, and nothing is left running."""
        self._watchdog.stop()
        process, self._process = self._process, None
        self.info = None
        if process is not None:
            self._tail = process.tail()
            process.close(STOP_MS)
        self._fail_all(stopped())
        self._set_state(STOPPED)

    def _on_message(self, message: Message) -> None:
        if isinstance(message, Progress):
            if message.id in self._requests:
                # In the same proportion, but small enough for a signal of Qt: bytes may be many
                longest = max(message.done.bit_length(), message.total.bit_length())
                shift = max(longest - 31, 0)
                done, total = message.done >> shift, message.total >> shift
                self.progressed.emit(message.id, done, total, message.what)
        elif message.id == self._hello:
            self._on_hello(message)
        elif message.id not in self._requests:
            log(tr("An answer came that nobody waits for: {0}").format(repr(message)[:120]))
        elif isinstance(message, Result):
            self._forget(message.id)
            self.answered.emit(message.id, message.result)
        elif isinstance(message, Failure):
            error = EngineError(message.code, message.message, message.kind, message.undated)
            self._fail(message.id, error)

    def _on_hello(self, message: Result | Failure) -> None:
        if isinstance(message, Failure):
            self._give_up(message.message, NOT_STARTED)
            return
        try:
            info = read(EngineInfo, message.result)
        except ProtocolError as error:
            text = tr("The engine's greeting cannot be read: {0}. Install the engine again.")
            self._give_up(text.format(error), UNREADABLE)
            return
        if info.protocol != PROTOCOL_VERSION:
            text = tr(
                "The engine speaks protocol {0}, this plugin {1}. Update the older of the two: "
                "the engine is {2}."
            )
            self._give_up(text.format(info.protocol, PROTOCOL_VERSION, info.version), NOT_STARTED)
            return
        self._watchdog.stop()
        self.info = info
        self._set_state(READY)
        self._send_waiting()

    def _send_waiting(self) -> None:
        for request in list(self._requests.values()):
            if not request.sent and self._process is not None:
                request.sent = True
                self._process.send(request.line)

    def _on_ended(self, reason: str) -> None:
        """The engine ended though nobody wanted it to."""
        if self._process is not None and self._process.started:
            self._deaths.append(time.monotonic())
        tail = self.details()
        last = next((line for line in reversed(tail) if line.strip()), "")
        text = reason + (" " + tr("Its last words: {0}").format(last[:300]) if last else "")
        if self._process is not None and lacks_engine(tuple(tail)):
            text = tr(
                "{0} is a Python without cmpagl-qgis. Press Install the engine in the dock CMPAGL "
                "search, or by hand: {1}"
            )
            by_hand = install_command(self._process.program).replace("\n", " && ")
            text = text.format(self._process.program, by_hand)
        warn(text)
        self._give_up(text, DIED if self.state == READY else NOT_STARTED)

    def _on_startup_timeout(self) -> None:
        text = tr(
            "The engine did not answer within {0} s of its start. "
            "Is {1} a Python with cmpagl-qgis in it?"
        )
        self._deaths.append(time.monotonic())
        program = self._process.program if self._process else ""
        self._give_up(text.format(STARTUP_MS // 1000, program), NOT_STARTED)

    def _on_cancel_timeout(self) -> None:
        """A cancelled request goes on: only the end of the engine ends it."""
        requests = list(self._requests.values())
        if all(request.cancel_timer is None for request in requests):
            return
        self._drop_process()
        for request in requests:
            if request.cancel_timer is not None:
                self._fail(request.id, stopped())
            elif request.sent and request.resent:
                text = tr("The engine was restarted twice while this ran. Ask again.")
                self._fail(request.id, EngineError(DIED, text))
            elif request.sent:
                request.sent, request.resent = False, True
        if self.state != STOPPED:  # a listener may have stopped it
            self.start()

    def _give_up(self, problem: str, code: int) -> None:
        """The engine is of no use: say why and fail all that waits."""
        self._drop_process()
        self.problem = problem
        waiting = list(self._requests)  # not what a listener of the state asks for anew
        self._set_state(DEAD)
        for number in waiting:
            self._fail(number, EngineError(code, problem))

    def _drop_process(self) -> None:
        self._watchdog.stop()
        self.info = None
        process, self._process = self._process, None
        if process is not None:
            self._tail = process.tail()
            process.received.disconnect(self._on_message)
            process.ended.disconnect(self._on_ended)
            process.discard()

    def _forget(self, number: int) -> bool:
        request = self._requests.pop(number, None)
        if request is not None and request.cancel_timer is not None:
            request.cancel_timer.stop()
            request.cancel_timer.deleteLater()
        return request is not None

    def _fail(self, number: int, error: EngineError) -> None:
        if self._forget(number):
            self.failed.emit(number, error)

    def _fail_all(self, error: EngineError) -> None:
        for number in list(self._requests):
            self._fail(number, error)

    def _tell_late(self) -> None:
        late, self._late = self._late, []
        for number, error in late:
            self.failed.emit(number, error)
        if self._requests and self._process is None:
            self.start()

    def _set_state(self, state: str) -> None:
        if state != self.state:
            self.state = state
            self.stateChanged.emit(state)


def stopped() -> EngineError:
    """What a request ends with that the user gave up."""
    return EngineError(CANCELLED, tr("Stopped."), "CancelledError")
