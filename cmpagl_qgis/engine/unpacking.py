"""How far pip is while it unpacks, of which it says nothing itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from .pip_output import PipReader, one_spelling

if TYPE_CHECKING:
    from .pip_output import Taken

EVERY_MS = 250
DONE = "*.dist-info/INSTALLER"
"""What pip writes as the last of a package."""


class Unpacking(QObject):
    """Looks which packages are there. ``told`` carries the one at work, MB done and MB in all.

    MB are those of the wheels: their sizes are known.
    """

    told = pyqtSignal(str, float, float)

    def __init__(self, environment: Path, reader: PipReader, wheels: str, parent: QObject) -> None:
        """Wait for :meth:`start`.

        Args:
            environment: folder that pip installs into.
            reader: of pip's lines.
            wheels: folder they are taken from; empty: they were fetched.
            parent: owner of this object.
        """
        super().__init__(parent)
        self._environment, self._reader, self._wheels = environment, reader, wheels
        self._sizes: dict[str, float] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        """Begin, once pip has everything; a second call does nothing."""
        if self._sizes:
            return
        self._sizes = dict.fromkeys(self._reader.order, 0.0)
        self._sizes.update((one.name, self._size(one)) for one in self._reader.taken)
        # The first is told unlooked: a small one may be there before anybody has looked.
        self.told.emit(self._reader.order[0], 0.0, sum(self._sizes.values()))
        self._timer.start()

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()

    def _size(self, taken: Taken) -> float:
        if not self._wheels:
            return taken.size_mb
        try:
            return (Path(self._wheels) / taken.file).stat().st_size / 1e6
        except OSError:  # it was taken away meanwhile; pip will say so
            return 0.0

    def _look(self) -> None:
        folders = (*self._environment.glob("lib/python*/site-packages"),
                   self._environment / "Lib" / "site-packages")  # fmt: skip
        done = {
            one_spelling(mark.parent.name.split("-")[0])
            for folder in folders
            for mark in folder.glob(DONE)
        }
        order = self._reader.order
        at_work = next((name for name in order if name not in done), "")
        done_mb = sum(size for name, size in self._sizes.items() if name in done)
        self.told.emit(at_work, done_mb, sum(self._sizes.values()))
