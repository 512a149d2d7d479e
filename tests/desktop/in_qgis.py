"""Runs inside QGIS: a scenario in steps between which the program lives, and what it measured."""

from __future__ import annotations

import json
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import NamedTuple

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtGui import QGuiApplication
from qgis.utils import iface

POLL_MS = 20
BEAT_MS = 5
LATE_S = 0.03
DEPTH = 6


class Heart:
    """Beats in QGIS's event loop, and knows the longest pause between two beats."""

    def __init__(self):
        self._last, self._last_work = time.perf_counter(), time.thread_time()
        self._worst = Pause()
        self._watcher = Watcher(self)
        self._watcher.start()
        self._timer = QTimer()
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    @property
    def last(self):
        """When it beat last, s of the performance counter."""
        return self._last

    def _beat(self):
        now, work = time.perf_counter(), time.thread_time()
        late = 1000 * (now - self._last) - BEAT_MS
        if late > self._worst.ms:
            worked = 1000 * (work - self._last_work)
            self._worst = Pause(late, worked, self._last, now, self._watcher.seen(self._last))
        self._last, self._last_work = now, work

    def fresh(self):
        """Forget the pauses so far."""
        self._beat()
        self._worst = Pause()

    def skip(self):
        """Do not count the time since the last beat: the test itself held the loop up."""
        self._last = time.perf_counter()

    def worst(self):
        """Longest pause since :meth:`fresh`."""
        self._beat()
        return self._worst._asdict()


class Pause(NamedTuple):
    """A time in which QGIS's event loop stood still."""

    ms: float = 0.0
    """How long, ms."""
    worked_ms: float = 0.0
    """What its thread computed meanwhile; the rest it waited, for the disk or for a processor."""
    began: float = 0.0
    """On the clock of all processes, s."""
    ended: float = 0.0
    """The same."""
    where: str = ""
    """Python's calls in the middle of it; empty: none was seen."""

    @classmethod
    def between(cls, began, ended):
        """Another time that is to be short."""
        return cls(1000 * (ended - began), began=began, ended=ended)


class Watcher(threading.Thread):
    """Looks where the event loop's thread is when the heart is late."""

    def __init__(self, heart):
        super().__init__(daemon=True)
        self._heart, self._thread = heart, threading.main_thread().ident
        self._since, self._where = 0.0, ""

    def run(self):
        """As long as QGIS."""
        while True:
            time.sleep(BEAT_MS / 1000)
            last = self._heart.last
            if last != self._since and time.perf_counter() - last > LATE_S:
                frame = sys._current_frames().get(self._thread)
                self._where = "".join(traceback.format_stack(frame)[-DEPTH:]) if frame else ""
                self._since = last

    def seen(self, since):
        """Where the thread was in the pause after a beat."""
        return self._where if since == self._since else ""


class Wait:
    """What a scenario yields: go on when ``until`` gives something true."""

    def __init__(self, what, until, seconds=30.0):
        self.what, self.until, self.seconds = what, until, seconds


def pause(seconds):
    """Let QGIS live for a while."""
    end = time.monotonic() + seconds
    return Wait("a pause", lambda: time.monotonic() > end, seconds + 5)


class Run:
    """A scenario at work; writes its report and leaves QGIS however it ends."""

    def __init__(self, tasks, scenario, state, leave=None):
        self.tasks, self.found, self.heart = tasks, {}, Heart()
        self._state, self._leave_by = state, leave or _leave_qgis
        self._steps = scenario(self)
        self._wait, self._since = None, time.monotonic()
        self._timer = QTimer()
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)
        self._timer.start()

    def note(self, name, value):
        """Put a finding into the report."""
        self.found[name] = value

    def picture(self, name, widget=None):
        """Save a picture of a widget, of the whole window by default."""
        folder = Path(self.tasks["pictures"])
        (widget or iface.mainWindow()).grab().save(str(folder / f"{name}.png"))
        self.heart.skip()

    def screen(self, name):
        """Save a picture of the whole screen: windows over one another, with their frames."""
        whole = QGuiApplication.primaryScreen().grabWindow(0)
        whole.save(str(Path(self.tasks["pictures"]) / f"{name}.png"))
        self.heart.skip()

    def _poll(self):
        try:
            if self._wait is not None and not self._wait.until():
                self._check_time()
                return
            self._wait, self._since = next(self._steps), time.monotonic()
        except StopIteration:
            self._leave()
        except Exception:  # noqa: BLE001 - whatever it is, the test has to hear of it
            self.note("failure", traceback.format_exc())
            self._note_state()
            self.screen("failure")
            self._leave_by = _leave_qgis
            self._leave()

    def _note_state(self):
        try:
            self.found["failure"] += self._state()
        except Exception:  # noqa: BLE001 - the first failure must reach the test all the same
            self.found["failure"] += f"its state could not be told:\n{traceback.format_exc()}"

    def _check_time(self):
        if time.monotonic() - self._since > self._wait.seconds:
            raise TimeoutError(f"waited {self._wait.seconds:g} s for {self._wait.what}")

    def _leave(self):
        self._timer.stop()
        Path(self.tasks["report"]).write_text(json.dumps(self.found), encoding="utf-8")
        self._leave_by()


def _leave_qgis():
    """Without a question: nothing is there to be saved."""
    QgsProject.instance().clear()
    QTimer.singleShot(200, iface.actionExit().trigger)
