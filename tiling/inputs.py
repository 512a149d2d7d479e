"""From what a user names (files, folders, patterns, addresses) to a list of scenes.

Nothing is opened here: a found path may still turn out unreadable.
"""

from __future__ import annotations

import glob
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import UnreadableSceneError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

RASTER_ENDINGS = (".tif", ".tiff")


@dataclass(frozen=True, slots=True)
class InputProblem:
    """An input that gives no scene."""

    path: str
    """The input, or a folder met inside it."""
    reason: str
    """What is wrong and what to do, in one sentence."""


@dataclass(frozen=True, slots=True)
class SceneList:
    """What the inputs of a user amount to."""

    paths: tuple[str, ...]
    """Files and addresses, each once, in the order of the inputs; inside a folder sorted."""
    problems: tuple[InputProblem, ...]
    """Inputs that gave nothing, and folders that could not be read."""


def is_url(path: str) -> bool:
    """Whether a path is an http or https address."""
    return path.lower().startswith(("http://", "https://"))


def stat_file(path: str) -> os.stat_result:
    """Size and times of an ordinary file.

    Raises:
        UnreadableSceneError: if there is no such file, or it is a folder or a device.
    """
    try:
        found = Path(path).stat()
    except FileNotFoundError:
        raise UnreadableSceneError(f"{path} does not exist; check the path") from None
    except (OSError, ValueError) as reason:
        said = getattr(reason, "strerror", None) or reason
        raise UnreadableSceneError(f"{path} cannot be read: {said}") from None
    if not stat.S_ISREG(found.st_mode):
        raise UnreadableSceneError(f"{path} is not a file; name a raster file")
    return found


def find_scenes(inputs: Sequence[str]) -> SceneList:
    """Expand what a user names into scenes.

    Args:
        inputs: files of any ending, folders (searched through and through for .tif and .tiff,
            hidden files left out), patterns such as ``scenes/*.tif`` (``**`` for any depth),
            http(s) addresses.

    Returns:
        Paths as the user would write them, and the inputs that came to nothing. A file named
        twice, also by way of a link, is listed once.
    """
    problems: list[InputProblem] = []
    found: dict[str, str] = {}
    for given in inputs:
        for path in _expand(given, problems):
            found.setdefault(path if is_url(path) else os.path.realpath(path), path)
    return SceneList(tuple(found.values()), tuple(problems))


def _expand(given: str, problems: list[InputProblem]) -> Iterator[str]:
    if is_url(given):
        yield given
        return
    path = os.path.expanduser(given)  # noqa: PTH111 - a Path would tidy what the user wrote
    if path and _is_folder(path):
        yield from _in_folder(path, problems)
    elif path and os.path.lexists(path):
        yield path
    elif glob.has_magic(path):
        yield from _in_pattern(path, problems)
    else:
        problems.append(InputProblem(given, "does not exist; check the path"))


def _is_folder(path: str) -> bool:
    try:
        return Path(path).is_dir()
    except (OSError, ValueError):  # a name too long or with a zero in it
        return False


def _in_pattern(pattern: str, problems: list[InputProblem]) -> Iterator[str]:
    matches = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 - absolute patterns too
    if not matches:
        problems.append(InputProblem(pattern, "matches no file; check the pattern"))
    for match in matches:
        if not _is_folder(match):
            yield match
        elif "**" not in pattern:
            yield from _in_folder(match, problems)


def _in_folder(folder: str, problems: list[InputProblem]) -> Iterator[str]:
    before = len(problems)
    empty = True
    for path in _walk(folder, set(), problems):
        empty = False
        yield path
    if empty and len(problems) == before:
        problems.append(InputProblem(folder, "holds no .tif or .tiff file; name another folder"))


def _walk(folder: str, seen: set[str], problems: list[InputProblem]) -> Iterator[str]:
    """Rasters below a folder, sorted; ``seen`` are the real folders already searched."""
    real = os.path.realpath(folder)
    if real in seen:
        return
    seen.add(real)
    try:
        names = sorted(entry.name for entry in os.scandir(folder))
    except OSError as reason:
        problems.append(
            InputProblem(folder, f"cannot be read ({reason.strerror}); check its permissions")
        )
        return
    for name in names:
        path = os.path.join(folder, name)  # noqa: PTH118 - keeps "./" as the user wrote it
        if _is_folder(path):
            yield from _walk(path, seen, problems)
        elif name.lower().endswith(RASTER_ENDINGS) and not name.startswith("."):
            yield path
