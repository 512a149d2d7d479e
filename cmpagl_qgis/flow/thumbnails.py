"""Small pictures of chips, drawn by the engine as the model saw them, kept for a while.

Only what is visible is asked for, in batches, so that a long list costs nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtGui import QPixmap

from cmpagl_qgis.engine.fields import read
from cmpagl_qgis.engine.records import PictureFiles
from cmpagl_qgis.errors import UNREADABLE, EngineError
from cmpagl_qgis.texts import log, tr, warn
from cmpagl_qgis.turns import single_shot

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cmpagl_qgis.engine.asker import Asker
    from cmpagl_qgis.engine.records import Hit

BATCH = 16
GATHER_MS = 20
"""A scroll brings many wishes at once."""
KEPT_PIXMAPS = 600
KEPT_BYTES = 200 * 1024 * 1024
"""Size of the folder above which the oldest pictures go."""


def cache_folder() -> Path:
    """The folder of the pictures, under the user's profile."""
    return Path(QgsApplication.qgisSettingsDirPath()) / "cache" / "cmpagl" / "thumbnails"


class Thumbnails(QObject):
    """Pictures by hit. ``ready`` carries the key of a hit whose picture came."""

    ready = pyqtSignal(str)

    def __init__(
        self,
        asker: Asker,
        folder: Path | None = None,
        parent: QObject | None = None,
        kept: int = KEPT_PIXMAPS,
    ) -> None:
        """Ask for nothing yet.

        Args:
            asker: the way to the engine.
            folder: where the engine writes pictures; ``None``: the one of the profile.
            parent: owner of this object.
            kept: pictures held in memory at most.
        """
        super().__init__(parent)
        self._asker, self._kept = asker, kept
        self._folder = folder or cache_folder()
        self._side = 128
        self._index = ""
        self._pixmaps: OrderedDict[str, QPixmap] = OrderedDict()
        self._failed: set[str] = set()
        self._wanted: OrderedDict[str, Hit] = OrderedDict()
        self._number, self._asked = 0, list[str]()  # the request under way, and its hits
        self._turn = single_shot(self, self._ask, GATHER_MS)

    def pixmap(self, hit: Hit) -> QPixmap | None:
        """The picture of a hit: ``None`` until it comes, an empty one where there is none.

        Args:
            hit: whose picture.
        """
        if hit.key in self._failed:
            return QPixmap()
        found = self._pixmaps.get(hit.key)
        if found is not None:
            self._pixmaps.move_to_end(hit.key)
        return found

    def want(self, index_path: str, hits: Iterable[Hit], side: int = 128) -> None:
        """Ask for the pictures of the rows that are visible now; older wishes are dropped.

        Args:
            index_path: the index the hits come from.
            hits: visible ones, most urgent first; those at hand are not asked for again.
            side: of a picture, pixels.
        """
        if (index_path, side) != (self._index, self._side):
            self.forget()
            self._index, self._side = index_path, side
        self._wanted = OrderedDict(
            (hit.key, hit)
            for hit in hits
            if hit.key not in self._pixmaps
            and hit.key not in self._asked
            and hit.key not in self._failed
        )
        if self._wanted and not self._turn.isActive():
            self._turn.start()

    def forget(self) -> None:
        """Drop all pictures and wishes; answers on their way are ignored."""
        self._turn.stop()
        self._asker.forget(self._number)
        for store in (self._pixmaps, self._failed, self._wanted, self._asked):
            store.clear()

    def close(self) -> None:
        """Drop everything and trim the folder; this object is of no use afterwards."""
        self.forget()
        trim_folder(self._folder, KEPT_BYTES)
        self.deleteLater()

    def _ask(self) -> None:
        """Send one batch; the next follows its answer, so that a search never waits for many."""
        if self._asked or not self._wanted:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            warn(tr("No folder for thumbnails: {0}").format(error))
            self._wanted.clear()
            return
        batch = [self._wanted.popitem(last=False) for _ in range(min(BATCH, len(self._wanted)))]
        params: dict[str, object] = {
            "index": self._index,
            "places": [hit.place() for _, hit in batch],
            "folder": str(self._folder),
            "px": self._side,
        }
        self._asked = [key for key, _ in batch]
        done, failed = self._on_answered, self._on_failed
        self._number = self._asker.ask("thumbnails", params, done, failed)

    def _on_answered(self, result: object) -> None:
        files = read(PictureFiles, result).files
        keys, self._asked = self._asked, []
        pixmaps = {key: QPixmap(file) for key, file in zip(keys, files) if file}
        loaded = {key: pixmap for key, pixmap in pixmaps.items() if not pixmap.isNull()}
        self._pixmaps.update(loaded)
        while len(self._pixmaps) > self._kept:
            self._pixmaps.popitem(last=False)
        for key in loaded:
            self.ready.emit(key)
        self._fail(key for key in keys if key not in loaded)
        self._ask()

    def _on_failed(self, error: EngineError) -> None:
        keys, self._asked = self._asked, []
        log(tr("No thumbnails: {0}").format(error.message))
        self._wanted.clear()
        # The engine said no, or nothing that can be read; it did not merely end.
        if error.code == UNREADABLE or (error.code < 0 and not error.cancelled):
            self._fail(keys)

    def _fail(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._failed.add(key)
            self.ready.emit(key)


def trim_folder(folder: Path, limit_bytes: int) -> int:
    """Remove the oldest pictures until the folder is small enough.

    Args:
        folder: of PNG files; one that is not there is small enough.
        limit_bytes: its size at most.

    Returns:
        How many files were removed.
    """
    if not folder.is_dir():
        return 0
    known = []
    for file in folder.glob("*.png"):
        try:
            facts = file.stat()
        except OSError:
            continue  # another QGIS removed it
        known.append((facts.st_mtime, facts.st_size, file))
    total = sum(size for _, size, _ in known)
    removed = 0
    for _, size, file in sorted(known, key=lambda item: item[0]):
        if total <= limit_bytes:
            break
        try:
            file.unlink()
        except OSError as error:
            log(tr("A thumbnail stays: {0}").format(error))
            continue
        total -= size
        removed += 1
    return removed
