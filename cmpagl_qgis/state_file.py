"""What the plugin writes down by itself while the user works: a small JSON file in the profile.

QgsSettings waits, at each change and in QGIS's event loop, until the disk has written it: up to
0.3 s while something else keeps the disk busy. Here a thread writes, and nobody waits. Options,
which the user changes in a dialog, stay in QgsSettings.
"""

from __future__ import annotations

import json
import os
import threading
from functools import cache
from pathlib import Path

from qgis.core import QgsApplication

from .texts import tr, warn

NAME = "cmpagl.json"


def state_file() -> StateFile:
    """The one of this QGIS profile."""
    return _opened(Path(QgsApplication.qgisSettingsDirPath()) / NAME)


class StateFile:
    """Values by name, read once; a change counts at once and is on disk a moment later."""

    def __init__(self, path: Path) -> None:
        """Read the file.

        Args:
            path: JSON; one that is missing or damaged counts as empty.
        """
        self._path = path
        self._values = _read(path)
        self._changed: dict[str, object] = {}
        self._lock = threading.Lock()
        self._writer: threading.Thread | None = None

    def value(self, name: str) -> object:
        """What stands under a name, as JSON knows it; ``None``: nothing.

        Args:
            name: of the value.
        """
        return self._values.get(name)

    def names(self, prefix: str) -> list[str]:
        """Names under which something stands, the one put last at the end.

        Args:
            prefix: how they begin.
        """
        names = [name for name in self._values if name.startswith(prefix)]
        return [name for name in names if self._values[name] is not None]

    def put(self, name: str, value: object) -> None:
        """Write a value down.

        Args:
            name: of the value.
            value: as JSON knows it; ``None`` takes the name out.
        """
        with self._lock:
            self._values.pop(name, None)
            self._values[name] = self._changed[name] = value
            if self._writer is None:
                self._writer = threading.Thread(target=self._write, name="cmpagl-state-file")
                self._writer.start()

    def clear(self) -> None:
        """Take all names out."""
        for name in list(self._values):
            self.put(name, None)

    def flush(self) -> None:
        """Wait until all is on disk: for the end of QGIS."""
        writer = self._writer
        if writer is not None:
            writer.join()

    def _write(self) -> None:
        while True:
            with self._lock:
                if not self._changed:
                    self._writer = None
                    return
                changed, self._changed = self._changed, {}
            try:
                # Another QGIS of this profile may have written other names meanwhile.
                kept = {**_read(self._path), **changed}
                said = {name: value for name, value in kept.items() if value is not None}
                write_json(self._path, said)
            except OSError as error:
                text = tr(
                    "{0} was not written: {1}. Earlier sentences and recent indexes are kept until "
                    "QGIS is closed; free space on the disk, or make the folder writable."
                )
                warn(text.format(self._path, error))


@cache
def _opened(path: Path) -> StateFile:
    return StateFile(path)


def _read(path: Path) -> dict[str, object]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}


def write_json(path: Path, values: dict[str, object]) -> None:
    """Write a small file atomically: a reader finds the old or the new one, never half.

    Args:
        path: the file; it is written beside and renamed.
        values: what it holds.

    Raises:
        OSError: if it cannot be written.
    """
    text = json.dumps(values)
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
