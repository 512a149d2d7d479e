"""The folders that those who ask may read and write in, and nothing else."""

from __future__ import annotations

import os
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cmpagl_model.errors import CmpaglError
from cmpagl_model.index.copies import address_of
from cmpagl_model.index.format import is_index
from tiling.addresses import is_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MOST_FOLDERS = 10_000
"""That are looked into for indexes."""


class OutsideError(CmpaglError):
    """A path leads out of the folders that were given."""


@dataclass(frozen=True, slots=True)
class FoundIndexes:
    """The indexes that a look through the roots came upon."""

    indexes: tuple[Path, ...]
    """Their folders."""
    notice: str
    """For people: why there may be others; "" if there are none."""


class Roots:
    """Folders that were given with ``--root``; links are followed before anything is compared."""

    def __init__(self, folders: Iterable[Path]) -> None:
        """Take the folders.

        Raises:
            OutsideError: if one is none.
        """
        self.folders = tuple(Path(os.path.realpath(folder)) for folder in folders)
        for folder in self.folders:
            if not folder.is_dir():
                raise OutsideError(
                    f"--root {folder}: found no folder; next: name one that is there"
                )

    def path(self, given: str) -> Path:
        """Where a path leads.

        Args:
            given: absolute, or below the first root that has something of that name.

        Returns:
            The path without links; what it names need not be there.

        Raises:
            OutsideError: if it leads out of the roots.
        """
        if "\0" in given:
            raise OutsideError("found a path with a zero in it, wanted a name")
        places = [Path(os.path.realpath(folder / given)) for folder in self.folders]
        inside = [place for place in places if self._holds(place)]
        if not inside:
            raise OutsideError(
                f"{given[:200]}: leads out of {', '.join(map(str, self.folders))}; wanted a path "
                "below; next: ask the person to start 'cmpagl serve' with a further --root"
            )
        return next((place for place in inside if place.exists()), inside[0])

    def tree(self, given: str) -> Path:
        """A path whose surroundings hold no link that leads out, so that reading it stays inside.

        Args:
            given: a folder, with all below; or a file, with those beside it that may be read with
                it. It need not be there.

        Raises:
            OutsideError: if it or such a link leads out of the roots.
        """
        place = self.path(given)
        walk = os.walk(place) if place.is_dir() else _sidecars(place)
        for folder, folders, files in walk:
            for name in (*folders, *files):
                path = Path(folder, name)
                if path.is_symlink() and not self._holds(Path(os.path.realpath(path))):
                    raise OutsideError(
                        f"{path}: found a link that leads out of the folders that may be read, "
                        "wanted none; next: choose files without it"
                    )
        return place

    def may_read(self, scene: str) -> bool:
        """Whether the pixels of an index's scene may be read: a file, all of it below the roots."""
        if is_url(scene):
            return False
        try:
            self.tree(scene)
        except OutsideError:
            return False
        return True

    def name(self, path: str) -> str:
        """What others may know of a path: from its root on, with slashes, or its last part."""
        place = Path(path)
        for folder in self.folders:
            if place.is_relative_to(folder):
                return place.relative_to(folder).as_posix() if place != folder else folder.name
        return path.split("?", maxsplit=1)[0].replace("\\", "/").rpartition("/")[2]

    def shown(self, line: str) -> str:
        """A line as others may see it: without the folders and buckets above the roots."""
        for folder in self.folders:
            line = line.replace(f"{folder}{os.sep}", "")
            address = address_of(folder)
            if address:
                line = line.replace(address, folder.name)
        return line

    def indexes(self, each: Callable[[], None], most: int | None = None) -> FoundIndexes:
        """The indexes below the roots, nearest to a root first; folders with a dot are left out.

        Args:
            each: called for each folder; it may raise.
            most: indexes that are wanted; ``None``: all.
        """
        waiting, found = deque(self.folders), list[Path]()
        for _ in range(MOST_FOLDERS):
            if not waiting:
                return FoundIndexes(tuple(found), "")
            if len(found) == most:
                return FoundIndexes(
                    tuple(found),
                    f"found {most} indexes and looked for no more; next: name another one by its "
                    "path, or start the server with a --root nearer to it",
                )
            folder = waiting.popleft()
            each()
            if is_index(folder):
                found.append(folder)
                continue
            try:
                with os.scandir(folder) as entries:
                    below = [
                        Path(entry.path)
                        for entry in entries
                        if entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".")
                    ]
            except OSError:  # nobody may look into it
                continue
            waiting += sorted(below)
        notice = (
            f"found {MOST_FOLDERS:,} folders and more, and looked into so many; next: "
            "start the server with a --root for each folder that has the indexes"
        )
        return FoundIndexes(tuple(found), notice if waiting else "")

    def _holds(self, place: Path) -> bool:
        return any(place.is_relative_to(folder) for folder in self.folders)


def _sidecars(place: Path) -> Iterator[tuple[str, list[str], list[str]]]:
    """What may be read with a file: names that begin as its own; with a VRT, all beside it."""
    try:
        names = sorted(os.listdir(place.parent))  # noqa: PTH208 - names only
    except OSError:  # no such folder: whoever reads or writes there will say so
        return
    any_name = place.suffix.lower() == ".vrt"
    yield str(place.parent), [], [n for n in names if any_name or n.startswith(place.stem)]
