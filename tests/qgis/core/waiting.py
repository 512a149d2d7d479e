"""Waiting for something while Qt works."""

from __future__ import annotations

import time
from pathlib import Path

from qgis.PyQt.QtCore import QCoreApplication, QEventLoop, QTimer

PATIENCE = 300.0  # seconds; engines, pip and other tests share the processor


def wait_until(condition, seconds=PATIENCE):
    """Let Qt work until a condition holds; False where it does not in time."""
    stop = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > stop:
            return False
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        time.sleep(0.002)
    return True


def spin(seconds):
    """Run a real event loop for a while."""
    loop = QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    loop.exec()


def alive(pid):
    """Whether a process runs; a zombie does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):  # the latter: it ended while it was read
        return False
    return state != "Z"


def unqueued():
    """Seconds gone, less those in which this thread was ready and others had the processor.

    So a busy machine makes nothing slow. Where the kernel does not count them: seconds gone.
    """
    try:
        queued = int(Path("/proc/thread-self/schedstat").read_text().split()[1]) / 1e9
    except OSError:
        queued = 0.0
    return time.perf_counter() - queued
