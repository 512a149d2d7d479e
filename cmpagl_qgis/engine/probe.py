"""Whether a Python is fit to be the engine: asked without blocking, answered for a person."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from cmpagl_qgis.errors import ProtocolError
from cmpagl_qgis.texts import tr
from cmpagl_qgis.turns import single_shot

from .fields import read
from .interpreter import Interpreter, Launch, install_command, lacks_engine, launch_for, pip_command
from .process import EngineProcess
from .protocol import PROTOCOL_VERSION, Failure, Message, Result, encode
from .records import EngineInfo

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT_MS = 120_000


@dataclass(frozen=True)
class Verdict:
    """What the probe found."""

    fit: bool
    """Whether the engine can be used."""
    text: str
    """For a person: what was found and, where it is not fit, the next step."""
    command: str = ""
    """A command that mends it, to be copied; empty where there is none."""
    info: EngineInfo | None = None
    """What the engine said of itself, where it is fit."""
    details: tuple[str, ...] = ()
    """The last lines the program wrote."""


class Probe(QObject):
    """Starts an engine, greets it, ends it. ``finished`` carries a :class:`Verdict`."""

    finished = pyqtSignal(object)

    def __init__(
        self,
        interpreter: Interpreter,
        parent: QObject | None = None,
        launch: Callable[[Interpreter], Launch] = launch_for,
    ) -> None:
        """Make it ready; :meth:`start` begins.

        Args:
            interpreter: whom to ask.
            parent: owner of this object.
            launch: says how the engine of an interpreter is started.
        """
        super().__init__(parent)
        self._interpreter = interpreter
        self._make_launch = launch
        self._process: EngineProcess | None = None
        self._limit = single_shot(self, self._on_limit)

    def start(self, limit_ms: int = LIMIT_MS) -> None:
        """Begin; ``finished`` comes later, and once.

        Args:
            limit_ms: patience, milliseconds.
        """
        self._limit.start(limit_ms)
        if not Path(self._interpreter.path).is_file():
            QTimer.singleShot(0, self._on_missing)
            return
        launch = self._make_launch(self._interpreter)
        process = EngineProcess(launch, self)
        process.received.connect(self._on_message)
        process.ended.connect(self._on_ended)
        self._process = process
        process.start()
        process.send(encode("hello", launch.greeting("QGIS probe"), 1))

    def cancel(self) -> None:
        """Give up; ``finished`` does not come any more."""
        self._limit.stop()
        process, self._process = self._process, None
        if process is not None:
            process.discard()

    def _on_missing(self) -> None:
        if not self._limit.isActive():
            return
        text = tr("There is no file {0}. Name the Python that cmpagl-qgis is installed in.")
        self._finish(self._unfit(text.format(self._interpreter.path)))

    def _on_message(self, message: Message) -> None:
        if isinstance(message, Result):
            self._finish(self._greeting(message.result))
        elif isinstance(message, Failure):
            self._finish(self._unfit(message.message))

    def _greeting(self, result: object) -> Verdict:
        try:
            info = read(EngineInfo, result)
        except ProtocolError as error:
            text = tr("The engine's greeting cannot be read: {0}. Install it again.").format(error)
            return self._unfit(text, self._upgrade())
        if info.protocol != PROTOCOL_VERSION:
            text = tr("The engine {0} speaks protocol {1}, this plugin {2}. Update the older one.")
            text = text.format(info.version, info.protocol, PROTOCOL_VERSION)
            return self._unfit(text, self._upgrade())
        text = tr("Fit: cmpagl-qgis {0}, Python {1}, model {2} ({3}), device {4}.").format(
            info.version, info.python, info.model.name, info.model.fingerprint[:8], info.device
        )
        return Verdict(fit=True, text=text, info=info, details=self._tail())

    def _on_ended(self, reason: str) -> None:
        tail = self._tail()
        path = self._interpreter.path
        last = next((line for line in reversed(tail) if line.strip()), "")
        said = "\n".join(tail)
        command = ""
        if lacks_engine(tail):
            text = tr("{0} is a Python without cmpagl-qgis. The command shown here installs it.")
            text, command = text.format(path), install_command(path)
        elif "Traceback" in said or "Error" in said:
            text = tr("The engine does not start: {0}").format(last[:300])
        else:
            text = tr("{0} is no Python with the engine in it. {1} {2}")
            text = text.format(path, reason, last[:300]).strip()
        self._finish(self._unfit(text, command))

    def _on_limit(self) -> None:
        text = tr("{0} did not answer in time. Is it a Python with cmpagl-qgis in it?")
        self._finish(self._unfit(text.format(self._interpreter.path)))

    def _tail(self) -> tuple[str, ...]:
        return tuple(self._process.tail()) if self._process else ()

    def _unfit(self, text: str, command: str = "") -> Verdict:
        return Verdict(fit=False, text=text, command=command, details=self._tail())

    def _upgrade(self) -> str:
        return pip_command(self._interpreter.path) + " --upgrade"

    def _finish(self, verdict: Verdict) -> None:
        self.cancel()
        self.finished.emit(verdict)
