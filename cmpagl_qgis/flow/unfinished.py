"""Builds that were cut short, and which of them goes on in another window of QGIS.

A build is written down under a name of its own, so that windows do not overwrite each other's. Who
builds holds a lock; one whose process is gone holds nothing.
"""

from __future__ import annotations

import hashlib
import json
import threading
from pathlib import Path

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QLockFile

from cmpagl_qgis.dock.build_order import BuildOrder
from cmpagl_qgis.engine.fields import read
from cmpagl_qgis.errors import ProtocolError
from cmpagl_qgis.state_file import state_file

PREFIX = "unfinished_build "
PATIENCE_MS = 2000
"""Another window that only looks holds a lock for a moment."""


class Claim:
    """Says to other windows that a build goes on here."""

    def __init__(self, index: str) -> None:
        """Take the lock in a thread: QLockFile waits until the disk has it.

        Args:
            index: absolute path of the index that is built.
        """
        self._lock = _lock(index)
        take = self._lock.tryLock
        self._taker = threading.Thread(target=take, args=(PATIENCE_MS,), name="cmpagl-claim")
        self._taker.start()

    def release(self) -> None:
        """Let others go on with the build."""
        self._taker.join()
        self._lock.unlock()


def remember(order: BuildOrder) -> Claim:
    """Write a build down.

    Args:
        order: what is built.

    Returns:
        To be held as long as it is built.
    """
    forget(order.index)  # the newest is the last
    state_file().put(PREFIX + order.index, json.loads(json.dumps(vars(order))))  # lists, no tuples
    return Claim(order.index)


def forget(index: str) -> None:
    """Offer a build no more.

    Args:
        index: absolute path of its index.
    """
    state_file().put(PREFIX + index, None)


def unfinished() -> BuildOrder | None:
    """The newest build that was cut short and that no window goes on with; ``None``: none."""
    for name in reversed(state_file().names(PREFIX)):
        try:
            order = read(BuildOrder, state_file().value(name))
        except ProtocolError:
            continue  # damaged, or an older plugin's
        if not (order.index and order.inputs):
            continue
        lock = _lock(order.index)
        if lock.tryLock(0):
            lock.unlock()
            return order
    return None


def _lock(index: str) -> QLockFile:
    digest = hashlib.sha256(index.encode("utf-8", "replace")).hexdigest()[:16]
    lock = QLockFile(str(Path(QgsApplication.qgisSettingsDirPath()) / f"cmpagl_{digest}.lock"))
    lock.setStaleLockTime(0)  # a build may take hours; Qt knows whether its process lives
    return lock
