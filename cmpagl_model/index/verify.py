"""Whether an index and its scenes are whole: every byte is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cmpagl_model.records import Problem
from tiling import TilingError, scene_checksum

from .format import read_info
from .imported import has_pixels
from .table import load_chips

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tiling import SceneRecord


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What verifying found."""

    chips: int
    """Chips that can be found."""
    scenes: int
    """Scenes that have parts."""
    problems: tuple[Problem, ...]
    """What is missing, damaged or changed; none: all is whole."""


def verify_index(
    folder: Path, told: Callable[[SceneRecord, int], None] | None = None
) -> VerifyReport:
    """Read every part with its checksums, and every scene to compare it with its checksum.

    Scenes whose embeddings were imported have no pixels here and are not looked for.

    Args:
        folder: an index.
        told: called with the scene at work and the bytes of it read since the last call; an
            exception stops the verifying. ``None``: nobody is told.

    Returns:
        What is not whole.

    Raises:
        IndexFormatError: if the folder is no index.
    """
    loaded = load_chips(folder, read_info(folder))
    problems = list(loaded.problems)
    for scene in filter(has_pixels, loaded.table.scenes):

        def read(count: int, scene: SceneRecord = scene) -> None:
            if told:
                told(scene, count)

        read(0)
        reason = _changed(scene, read)
        if reason:
            problems.append(Problem(scene.path, reason))
    return VerifyReport(len(loaded.table), len(loaded.table.scenes), tuple(problems))


def _changed(scene: SceneRecord, read: Callable[[int], None]) -> str:
    """What is wrong with a scene; empty if nothing."""
    try:
        found = scene_checksum(scene.path, read)
    except TilingError as error:
        return f"{error}; its chips can be searched, but not looked at again"
    if found == scene.checksum:
        return ""
    return (
        f"found {found}, wanted {scene.checksum}: the scene has changed since it was indexed; "
        "next: run 'cmpagl index' on it again"
    )
