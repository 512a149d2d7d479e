"""Everything this package refuses on purpose: one root, one class for each kind of trouble.

A message says what was found, what is wanted and the next step, in the words of a map maker.
"""

from __future__ import annotations

import os
import re
import shlex
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_NAMED_FILE = re.compile(r"['`\"][^'`\"]*/[^'`\"]*['`\"]|/vsi\S+")
"""A file in GDAL's words; its address may hold a signature."""
_PLAIN_WORD = re.compile(r"[\w@%+=:,./\\-]+" if os.name == "nt" else r"[\w@%+=:,./-]+")


class TilingError(Exception):
    """Anything this package refuses on purpose."""


class ChipSpecError(TilingError):
    """A chip specification contradicts itself or is out of range."""


class SceneRecordError(TilingError):
    """A stored scene record is damaged or was written by something else."""


class UnreadableSceneError(TilingError):
    """A scene is missing, damaged, of a foreign format or too costly to open."""


class OutsideAreaError(TilingError):
    """A scene lies outside the area that was asked for."""


class NoGeoreferenceError(TilingError):
    """A raster does not say where on Earth it lies."""


class BandError(TilingError):
    """The bands asked for are not in the scene, or do not make a colour picture."""


class StoreError(TilingError):
    """An object store cannot be asked: no connection, no credentials, no such bucket."""


class DamagedBlockError(TilingError):
    """A block of a scene cannot be decoded; meant for inside this package."""


def damaged_block(reason: Exception) -> DamagedBlockError:
    """What GDAL, or a library beneath it, raised while it decoded a block."""
    return DamagedBlockError(short_reason(reason))


@contextmanager
def costs_one_scene(path: str) -> Iterator[None]:
    """The edge for errors of any type: what one scene meets, refuses that scene and no other.

    Damaged files make GDAL, PROJ and numpy raise errors of any type.

    Args:
        path: file or http(s) address of the scene.

    Raises:
        TilingError: what this package refuses, as it is.
        UnreadableSceneError: in place of any other error, which is its cause.
    """

    def refused(reason: Exception) -> UnreadableSceneError:
        return UnreadableSceneError(
            f"{path} cannot be used: {short_reason(reason)} ({type(reason).__name__}); "
            "check it with gdalinfo, or fetch or export it again"
        )

    with translate_errors(refused):
        yield


@contextmanager
def translate_errors(
    to: Callable[[Exception], Exception],
    kept: type[Exception] | tuple[type[Exception], ...] = TilingError,
) -> Iterator[None]:
    """The edge of libraries that raise what they do not document, bare ``Exception`` among it.

    Args:
        to: makes a refusal of ours of what a library raised, which becomes its cause.
        kept: refusals of ours, which pass as they are.

    Raises:
        Exception: the refusal.
    """
    try:
        yield
    except kept:
        raise
    except Exception as reason:
        raise to(reason) from reason


def shell_word(text: object) -> str:
    """A name as one word of a command that people copy: quoted where it holds spaces or signs.

    Args:
        text: a path, an address or a name.

    Example:
        >>> shell_word("town.cmpagl")
        'town.cmpagl'
    """
    word = str(text)
    if _PLAIN_WORD.fullmatch(word):
        return word
    if os.name != "nt" and set(word) & set('"$`\\!'):
        return shlex.quote(word)
    return f'"{word}"'  # messages put commands between single quotes


def short_reason(error: BaseException) -> str:
    """The deepest cause GDAL gives, without file names and function names."""
    while error.__cause__ is not None:
        error = error.__cause__
    text = str(error).splitlines()[0] if str(error).strip() else type(error).__name__
    text = _NAMED_FILE.sub("it", text).removeprefix("it ").rstrip(".")
    if "; got " in text and " bytes, expected " in text:
        return "the file ends before this block"
    parts = text.split(": ")
    short = parts[-1] if " " in parts[-1] else ": ".join(parts[-2:])  # a word alone says nothing
    return short.removeprefix("TIFFFillTile:").removeprefix("TIFFFillStrip:")
