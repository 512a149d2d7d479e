"""From what a user names (files, folders, patterns, addresses) to a list of scenes.

A path found here may still turn out unreadable. Only files that may be the bands of one picture
are opened, to see whether they fit upon each other, and those that are flags by their names.
"""

from __future__ import annotations

import glob
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from .addresses import is_url, plain_path, public
from .bandsets import with_bands_together, without_flags
from .composed import files_of_set
from .errors import StoreError, shell_word
from .formats import FOLDER_ENDINGS, NAMED_ENDINGS, may_hold_raster
from .stores import below, is_stored, matching

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_UNREAD_ENDINGS = (
    ".zip", ".tar", ".gz", ".tgz", ".7z", ".bz2", ".xz", ".nc", ".hdf", ".h5", ".ecw", ".sid",
)  # fmt: skip
"""What may hold a scene, and is read neither in a folder nor when named."""
_OTHER_NAME = re.compile(r"/vsi\w+[/?]|[a-z][\w+.-]+:", re.IGNORECASE)
"""GDAL's names for what lies in archives, in parts of files and on other servers."""
_is_folder = os.path.isdir  # not Path.is_dir, which raises where a name is too long


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
    left_out: tuple[str, ...] = ()
    """Files in folders that are no scenes of their own: further bands, previews, flags, masks."""
    unread: tuple[str, ...] = ()
    """Files in folders that may hold scenes, but are packed or of a format that is not read."""


@dataclass(frozen=True, slots=True)
class _Aside:
    """What is met on the way and is no scene."""

    problems: list[InputProblem] = field(default_factory=list)
    """Inputs that gave nothing."""
    flags: list[str] = field(default_factory=list)
    """Flags and masks."""
    unread: list[str] = field(default_factory=list)
    """What is packed, or of a format that is not read."""


def find_scenes(inputs: Sequence[str]) -> SceneList:
    """Expand what a user names into scenes.

    Args:
        inputs: files of any ending, folders (searched through and through for rasters, hidden
            files left out), patterns such as ``scenes/*.tif`` (``**`` for any depth), addresses
            (http, https, s3, gs, az, file); in object stores folders and patterns, too.

    Returns:
        Paths as the user would write them, files with one band each put together, addresses
        without their signatures; and the inputs that came to nothing. A file named twice, also
        by way of a link, is listed once.
    """
    aside = _Aside()
    found: dict[str, str] = {}
    for given in inputs:
        for path in _expand(plain_path(given), aside):
            found.setdefault(path if is_url(path) else os.path.realpath(path), path)
    paths, left_out = with_bands_together(list(found.values()))
    unread = tuple(dict.fromkeys(aside.unread))
    return SceneList(tuple(paths), tuple(aside.problems), (*aside.flags, *left_out), unread)


def _expand(given: str, aside: _Aside) -> Iterator[str]:
    if is_stored(given):
        yield from _in_store(public(given), aside)
        return
    if is_url(given):
        yield public(given)
        return
    path = os.path.expanduser(given)  # noqa: PTH111 - a Path would tidy what the user wrote
    if path and _is_folder(path):
        yield from _pictures(_in_folder(path, aside), aside.flags)
    elif path and (os.path.lexists(path) or files_of_set(path)):
        yield path
    elif glob.has_magic(path):
        yield from _pictures(_in_pattern(path, aside), aside.flags)
    elif _OTHER_NAME.match(given):
        why = (
            "is no file, folder, pattern or address (https, s3, gs, az); unpack what it names, or "
            "make a GeoTIFF of it with gdal_translate"
        )
        aside.problems.append(InputProblem(given, why))
    elif given.strip():
        aside.problems.append(InputProblem(given, "does not exist; check the path"))
    else:
        aside.problems.append(InputProblem(given, "an empty name; give a file or a folder"))


def _in_store(given: str, aside: _Aside) -> Iterator[str]:
    """What an address in an object store means: a pattern, a folder, or a file, not asked for."""
    magic, ending = glob.has_magic(given), Path(given).suffix.lower()
    if ending and not (magic or given.endswith("/")):
        yield given
        return
    why = "matches no file; check the pattern"
    endings: tuple[str, ...] = ("",)
    if not magic:
        endings = FOLDER_ENDINGS[:4]
        why = f"holds no raster ({', '.join(endings)}); check the address"
    try:
        found = (
            matching(given) if magic else [one.address for one in below(f"{given.rstrip('/')}/")]
        )
    except StoreError as error:
        aside.problems.append(InputProblem(given, str(error).removeprefix(f"{given} ")))
        return
    shown = [
        one
        for one in found
        if one.lower().endswith(endings) and not Path(one).name.startswith((".", "_"))
    ]
    if not shown:
        aside.problems.append(InputProblem(given, why))
    yield from shown


def _pictures(paths: Iterator[str], flags: list[str]) -> Iterator[str]:
    """Those that may be pictures; of several files the flags and masks are noted down."""
    found = list(paths)
    kept, masks = without_flags(found)
    flags += masks if kept else []
    yield from kept or found


def _in_pattern(pattern: str, aside: _Aside) -> Iterator[str]:
    matches = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 - absolute patterns too
    if not matches:
        aside.problems.append(InputProblem(pattern, "matches no file; check the pattern"))
    for match in matches:
        if not _is_folder(match):
            yield match
        elif "**" not in pattern:
            yield from _in_folder(match, aside)


def _in_folder(folder: str, aside: _Aside) -> Iterator[str]:
    before = len(aside.problems)
    empty = True
    for path in _walk(folder, set(), aside):
        empty = False
        yield path
    if empty and len(aside.problems) == before:
        named = (Path(folder, f"*{ending}") for ending in NAMED_ENDINGS)
        pattern = next((one for one in named if any(one.parent.glob(one.name))), None)
        next_step = "name another folder"
        if pattern:
            next_step = f"name its pictures that have a place by a pattern, {shell_word(pattern)}"
        why = f"holds no raster ({', '.join(FOLDER_ENDINGS)}); {next_step}"
        aside.problems.append(InputProblem(folder, why))


def _walk(folder: str, seen: set[str], aside: _Aside) -> Iterator[str]:
    """Rasters below a folder, sorted; ``seen`` are the real folders already searched."""
    real = os.path.realpath(folder)
    if real in seen:
        return
    seen.add(real)
    try:
        names = sorted(entry.name for entry in os.scandir(folder))
    except OSError as reason:
        aside.problems.append(
            InputProblem(folder, f"cannot be read ({reason.strerror}); check its permissions")
        )
        return
    for name in names:
        path = os.path.join(folder, name)  # noqa: PTH118 - keeps "./" as the user wrote it
        if _is_folder(path):
            yield from _walk(path, seen, aside)
        elif not name.startswith(".") and may_hold_raster(path):
            yield path
        elif not name.startswith(".") and name.casefold().endswith(_UNREAD_ENDINGS):
            aside.unread.append(path)
