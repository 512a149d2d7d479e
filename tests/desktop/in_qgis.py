"""Runs inside QGIS: a scenario in steps between which the program lives, and what it measured."""

from __future__ import annotations

import json
import time
import traceback
from pathlib import Path

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QTimer
from qgis.utils import iface

POLL_MS = 20
BEAT_MS = 5


class Heart:
    """Beats in QGIS's event loop, and knows the longest pause between two beats."""

    def __init__(self):
        self._last = time.perf_counter()
        self._worst = 0.0
        self._timer = QTimer()
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self):
        now = time.perf_counter()
        self._worst = max(self._worst, now - self._last - BEAT_MS / 1000)
        self._last = now

    def fresh(self):
        """Forget the pauses so far."""
        self._beat()
        self._worst = 0.0

    def skip(self):
        """Do not count the time since the last beat: the test itself held the loop up."""
        self._last = time.perf_counter()

    def worst_ms(self):
        """Longest pause since :meth:`fresh`, ms."""
        self._beat()
        return round(1000 * self._worst, 1)


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

    def __init__(self, tasks, scenario):
        self.tasks, self.found, self.heart = tasks, {}, Heart()
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
            self.picture("failure")
            self._leave()

    def _check_time(self):
        if time.monotonic() - self._since > self._wait.seconds:
            raise TimeoutError(f"waited {self._wait.seconds:g} s for {self._wait.what}")

    def _leave(self):
        self._timer.stop()
        Path(self.tasks["report"]).write_text(json.dumps(self.found), encoding="utf-8")
        QgsProject.instance().clear()
        QTimer.singleShot(200, iface.actionExit().trigger)
