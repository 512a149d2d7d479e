"""Where engines that the dock installed live: folders in the QGIS profile, each marked as ours.

``PROFILE/cmpagl/engine-1/``, ``engine-2/`` and so on: an update is built beside the engine in use.
Only a folder that is named so and holds our mark is ever deleted; one whose mark does not say that
it is finished was cut short.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QLockFile, QObject, QTimer, pyqtSignal

from cmpagl_qgis.errors import InstallError
from cmpagl_qgis.state_file import write_json
from cmpagl_qgis.texts import tr

MARK = "cmpagl-engine.json"
LOG = "engine-install.log"
DOWNLOADS = "engine-downloads"
"""What pip has fetched, kept until the engine is installed: so that Retry goes on from there."""
_NAME = re.compile(r"engine-(\d+)|" + DOWNLOADS)
_TRIES = 8


@dataclass(frozen=True)
class OwnFolder:
    """A folder that the installer made."""

    path: Path
    """Where it is."""
    version: str
    """Of the engine in it; empty: not finished."""

    @property
    def python(self) -> str:
        """The engine's Python in it."""
        return str(environment_python(self.path / "env"))


def environment_python(environment: Path) -> Path:
    """The Python of a virtual environment.

    Args:
        environment: its folder.
    """
    if os.name == "nt":
        return environment / "Scripts" / "python.exe"
    return environment / "bin" / "python"


def home_folder() -> Path:
    """The plugin's folder in this QGIS profile; it may not be there yet."""
    return Path(QgsApplication.qgisSettingsDirPath()) / "cmpagl"


def own_folders(home: Path) -> tuple[OwnFolder, ...]:
    """What the installer made, oldest first; folders without our mark are left out.

    Args:
        home: the plugin's folder in the profile.
    """
    try:
        names = [path for path in home.iterdir() if _NAME.fullmatch(path.name)]
    except OSError:
        return ()
    found = [folder for folder in map(_read, names) if folder is not None]
    return tuple(sorted(found, key=lambda folder: _number(folder.path)))


def own_engine(home: Path, python: str) -> OwnFolder | None:
    """The finished folder that a Python lies in; ``None``: the installer did not make it.

    Args:
        home: the plugin's folder in the profile.
        python: path of an engine's Python.
    """
    engines = (folder for folder in own_folders(home) if folder.version)
    return next((folder for folder in engines if Path(folder.python) == Path(python)), None)


def next_name(home: Path) -> str:
    """``engine-`` and the next number that nothing has.

    Args:
        home: the plugin's folder in the profile.
    """
    return f"engine-{max(map(_number, home.glob('engine-*')), default=0) + 1}"


def begin_folder(home: Path, name: str = "") -> Path:
    """Make a folder with a mark that says: not finished.

    Args:
        home: the plugin's folder in the profile; made where it is missing.
        name: of the folder; empty: that of :func:`next_name`.

    Raises:
        InstallError: if it cannot be made, or if something that is not ours lies there.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        folder = home / (name or next_name(home))
        if folder.exists() and _read(folder) is None:
            text = tr("{0} is there already and was not made by this plugin; it stays as it is.")
            text += " " + tr("Rename it or move it away, then install again.")
            raise InstallError(text.format(folder))
        folder.mkdir(exist_ok=True)
        _write_mark(folder, "")
    except OSError as error:
        text = tr("No folder can be made in {0}: {1}. Make it writable, then install again.")
        raise InstallError(text.format(home, error.strerror or error)) from error
    return folder


def finish_folder(folder: Path, version: str) -> None:
    """Write into the mark that the engine in it was tested.

    Args:
        folder: made by :func:`begin_folder`.
        version: of the engine.

    Raises:
        InstallError: if the disk does not take it.
    """
    try:
        _write_mark(folder, version)
    except OSError as error:
        raise InstallError(tr("{0} cannot be written: {1}.").format(folder, error)) from error


def free_mb(home: Path) -> int:
    """Free space on the disk of a folder, MB of 10^6 bytes.

    Args:
        home: the folder; where it is not there yet, the nearest above it counts.
    """
    existing = home
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    return int(shutil.disk_usage(existing).free / 1e6)


def install_lock(home: Path) -> QLockFile:
    """Held while an engine is installed or removed; one whose process is gone holds nothing.

    Args:
        home: the plugin's folder in the profile; it must be there.
    """
    lock = QLockFile(str(home / "engine.lock"))
    lock.setStaleLockTime(0)
    return lock


def busy(home: Path) -> bool:
    """Whether a window of QGIS installs an engine.

    Args:
        home: the plugin's folder in the profile.
    """
    if not home.is_dir():
        return False
    lock = install_lock(home)
    free = lock.tryLock(0)
    lock.unlock()
    return not free and lock.error() == QLockFile.LockError.LockFailedError


def remove_folder(folder: Path) -> None:
    """Delete a folder of ours; the mark goes last, so that half a deletion is known as ours.

    Args:
        folder: made by :func:`begin_folder`.

    Raises:
        InstallError: if it has no mark of ours, or something in it cannot be deleted.
    """
    if not _NAME.fullmatch(folder.name) or _read(folder) is None:
        text = tr("{0} was not made by this plugin; nothing in it was deleted.")
        raise InstallError(text.format(folder))
    for _ in range(_TRIES):
        problem = _delete(folder)
        if problem is None:
            return
        time.sleep(0.3)  # a process that was killed a moment ago may hold a file
    text = tr("{0} cannot be deleted: {1}. Close programs that use it, then try again.")
    raise InstallError(text.format(folder, problem)) from problem


def _delete(folder: Path) -> OSError | None:
    try:
        with contextlib.suppress(OSError):  # a full disk takes no mark, and is to get room
            _write_mark(folder, "")  # no engine to be used any more
        for path in folder.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path.name != MARK:
                path.unlink()
        (folder / MARK).unlink()
        folder.rmdir()
    except OSError as error:
        return error
    return None


class Remover(QObject):
    """Deletes folders in a thread: an engine has 12,000 files. ``finished`` carries a problem."""

    finished = pyqtSignal(str)

    def __init__(self, folders: tuple[Path, ...], parent: QObject | None = None) -> None:
        """Make it ready.

        Args:
            folders: made by :func:`begin_folder`.
            parent: owner of this object; without it the deletion goes on.
        """
        super().__init__(parent)
        self._folders = folders
        self._problems: list[str] = []
        # Python waits for this thread at its end: QGIS may be closed meanwhile.
        self._thread = threading.Thread(target=self._work, name="cmpagl-remover")
        self._watch = QTimer(self)
        self._watch.setInterval(30)
        self._watch.timeout.connect(self._look)

    def start(self) -> None:
        """Begin; ``finished`` comes later, and once."""
        self._thread.start()
        self._watch.start()

    def _work(self) -> None:
        for folder in self._folders:
            try:
                remove_folder(folder)
            except InstallError as error:  # noqa: PERF203 - each folder has its own reason
                self._problems.append(str(error))

    def _look(self) -> None:
        if not self._thread.is_alive():
            self._watch.stop()
            self.finished.emit(" ".join(self._problems))


def _number(path: Path) -> int:
    found = _NAME.fullmatch(path.name)
    return int(found[1]) if found and found[1] else 0


def _read(folder: Path) -> OwnFolder | None:
    if folder.is_symlink():
        return None
    try:
        values = json.loads((folder / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(values, dict) or values.get("made_by") != "cmpagl_qgis":
        return None
    return OwnFolder(folder, str(values.get("version", "")))


def _write_mark(folder: Path, version: str) -> None:
    write_json(folder / MARK, {"made_by": "cmpagl_qgis", "version": version})
