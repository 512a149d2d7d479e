"""What a build would do, from the headers of its scenes: nothing is read, encoded or written."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cmpagl_model.errors import IndexFormatError
from cmpagl_model.progress import LOOKING, NoProgress
from tiling import TilingError, find_scenes, plan_chips
from tiling.addresses import is_url
from tiling.checksum import same_file
from tiling.describe import glance_at_scene

from .format import PARTS, chips_of_part
from .messages import check_plausible_size, left_out, unread
from .parts import read_record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmpagl_model.progress import Progress
    from tiling import ChipSpec

    from .build import CrsOf
    from .format import IndexInfo

BYTES_BESIDE = 188
"""Of a chip on disk, beside its embedding: place, footprint, codes; measured (decision 40)."""


@dataclass(frozen=True, slots=True)
class SizeForecast:
    """The chips of one ground size."""

    ground_m: float
    """Their side on the ground, m."""
    chips: int
    """How many of them a scene has."""


@dataclass(frozen=True, slots=True)
class SceneForecast:
    """A scene as a build would find it."""

    path: str
    """Absolute path of the file, or its address."""
    crs: str = ""
    """"EPSG:28992" or the like where there is a code, else WKT2."""
    gsd_m: float = 0.0
    """Side of a pixel on the ground, m: the geometric mean of both."""
    width: int = 0
    """Columns, px."""
    height: int = 0
    """Rows, px."""
    bands: tuple[int, ...] = ()
    """Bands shown as red, green, blue, from 1."""
    size_bytes: int = 0
    """Of the file; 0 where a server does not tell."""
    sizes: tuple[SizeForecast, ...] = ()
    """Chips by ground size, small to large."""
    present: int = 0
    """Chips of it that are in the index already."""
    notes: tuple[str, ...] = ()
    """What to know of it, a sentence each."""
    reason: str = ""
    """Why it cannot be indexed; empty: it can, by what its headers say."""


def forecast(
    inputs: Sequence[str],
    spec: ChipSpec,
    present: tuple[Path, IndexInfo] | None = None,
    progress: Progress | None = None,
    crs_of: CrsOf | None = None,
) -> tuple[SceneForecast, ...]:
    """Look at the headers of scenes and count their chips.

    Args:
        inputs: files, folders, globs or addresses of scenes.
        spec: how they would be cut.
        present: an index that they would be added to, and its version; ``None``: a new one.
        progress: told how many scenes are looked at; ``None``: nobody is.
        crs_of: as :func:`~.build.build_index` has it.

    Returns:
        Scenes in the order of the inputs; last, inputs that come to nothing, with the reason.
    """
    found, progress = find_scenes(inputs), progress or NoProgress()
    scenes = []
    progress.start(len(found.paths), LOOKING)
    for number, given in enumerate(found.paths):
        progress.advance(min(number, 1))
        path = given if is_url(given) else str(Path(given).absolute())
        try:
            scenes.append(_scene(path, spec, present, crs_of(path) if crs_of else None))
        except TilingError as error:
            scenes.append(SceneForecast(path, reason=str(error)))
    scenes += [SceneForecast(problem.path, reason=problem.reason) for problem in found.problems]
    notes = [left_out(found.left_out)] if found.left_out and scenes else []
    notes += [unread(found.unread)] if found.unread else []
    scenes += [SceneForecast(note.path, reason=note.reason) for note in notes]
    return tuple(scenes)


def _scene(
    path: str, spec: ChipSpec, present: tuple[Path, IndexInfo] | None, given: str | None
) -> SceneForecast:
    """One scene.

    Raises:
        TilingError: if it cannot be indexed.
    """
    own = [entry for entry in present[1].parts if entry.scene == path] if present else []
    known = None
    if present and own:
        with suppress(IndexFormatError):
            known = read_record(present[0] / PARTS / own[0].name).scene
    if given is None:
        given = next((entry.crs for entry in own if entry.crs), "")
        given = given or (known.crs if known and known.crs_given else "")
    scene = glance_at_scene(path, spec, given)
    plan = plan_chips(scene, spec)
    check_plausible_size(scene, len(plan))
    same = known and (known.crs, known.crs_given) == (scene.crs, scene.crs_given)
    there = 0
    if known and same and same_file(known, path):
        there = sum(
            entry.rows if entry.begun else chips_of_part(entry.planned, entry.number)
            for entry in own
        )
    return SceneForecast(
        path=path,
        crs=scene.crs,
        gsd_m=math.sqrt(scene.gsd_x_m * scene.gsd_y_m),
        width=scene.width,
        height=scene.height,
        bands=scene.bands,
        size_bytes=scene.size_bytes,
        sizes=tuple(SizeForecast(one.ground_m, len(one.grid)) for one in plan.scales),
        present=there,
        notes=scene.notes,
    )


def bytes_per_chip(embedding_size: int) -> int:
    """Bytes that a chip takes in an index, on average, with what a search maps.

    Args:
        embedding_size: numbers in an embedding.
    """
    return 2 * embedding_size + BYTES_BESIDE
