"""What a build says of scenes and files."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from cmpagl_model.records import Problem
from tiling import ChipSpec
from tiling.errors import UnreadableSceneError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmpagl_model.records import Damage
    from tiling import SceneRecord

CHIPS_OF_ANY_FILE = 200_000
"""Chips that a file may claim however small it is; more only as it has bytes."""
_NAMED = 3
"""Files left out that are named."""


def check_plausible_size(scene: SceneRecord, chips: int) -> None:
    """Refuse a file of a few bytes that would be read for hours and show nothing.

    Args:
        scene: the scene.
        chips: in its plan.

    Raises:
        UnreadableSceneError: if it claims more chips than it can hold.
    """
    if scene.size_bytes and chips > CHIPS_OF_ANY_FILE + scene.size_bytes:
        raise UnreadableSceneError(
            f"{scene.path} claims {scene.width} x {scene.height} px, {chips} chips, in "
            f"{scene.size_bytes} bytes; fetch or export it again, or cut out the part that shows "
            "something with gdal_translate -srcwin"
        )


def copy_of(path: str) -> str:
    """What to say of a scene that has the content of another.

    Args:
        path: of the other.
    """
    return f"has the content and the place of {path}; its chips are found once, as those of that"


def left_out(paths: Sequence[str]) -> Problem:
    """What to say of files in folders that are no scenes of their own.

    Args:
        paths: the files, one at least.
    """
    what = "further bands, previews, flags and masks, which are no scenes of their own"
    return _left_out(what, paths)


def unread(paths: Sequence[str]) -> Problem:
    """What to say of files in folders that may hold scenes in a form that is not read.

    Args:
        paths: the files, one at least.
    """
    step = "; unpack it, or convert it with gdal_translate"
    return _left_out("what is packed or of a format that is not read", paths, step)


def outside(paths: Sequence[str]) -> Problem:
    """What to say of scenes that do not touch the area of the index.

    Args:
        paths: the scenes, one at least.
    """
    return _left_out("what lies outside the area", paths)


def _left_out(what: str, paths: Sequence[str], step: str = "") -> Problem:
    named = ", ".join(Path(path).name for path in paths[:_NAMED])
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    return Problem(str(Path(paths[0]).parent), f"left out {what}: {named}{more}{step}")


def damage_line(damage: Sequence[Damage]) -> str:
    """What to say of chips that could not be decoded.

    Args:
        damage: one at least.
    """
    first = damage[0]
    return (
        f"{len(damage)} chips could not be decoded (first at column {first.window.col}, row "
        f"{first.window.row}: {first.reason}); the rest is indexed; next: replace the file and "
        "run the same command again"
    )


def difference(one: ChipSpec, other: ChipSpec) -> str:
    """The settings of ``one`` that differ from those of ``other``, in words."""
    names = [field.name for field in fields(ChipSpec)]
    differing = [name for name in names if getattr(one, name) != getattr(other, name)]
    return ", ".join(f"{name} = {getattr(one, name) or 'automatic'}" for name in differing)
