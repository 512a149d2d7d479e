"""CMPAGL's scenes to chips (no relation to the PyPI project of this name): no torch, no QGIS.

Start at :func:`describe_scene`, lay chips with :func:`plan_chips`, read them with
:func:`read_chips`; :func:`find_scenes` turns what a user names into paths, :func:`footprints`
chips into places. Windows are native pixels, footprints are OGC:CRS84, lengths are metres.
Every refusal is a :class:`TilingError`.
"""

from typing import TYPE_CHECKING

from .addresses import is_url
from .chips import ChipImage, ChipRead, DamagedChip, PlannedChip, SkippedChip
from .composed import is_there
from .dates import span_of, text_of
from .errors import (
    BandError,
    ChipSpecError,
    NoGeoreferenceError,
    OutsideAreaError,
    SceneRecordError,
    TilingError,
    UnreadableSceneError,
    shell_word,
)
from .grid import Window
from .scene import SceneRecord
from .spec import ChipSpec

if TYPE_CHECKING:
    from .checksum import check_unchanged, same_file, scene_checksum
    from .describe import (
        crs_text,
        describe_scene,
        glance_at_scene,
        when_taken,
        when_taken_by_names,
    )
    from .georef import footprint, footprints
    from .inputs import InputProblem, SceneList, find_scenes
    from .plan import ChipPlan, plan_chips
    from .reader import read_chips
    from .sameground import same_ground

__all__ = [
    "BandError",
    "ChipImage",
    "ChipPlan",
    "ChipRead",
    "ChipSpec",
    "ChipSpecError",
    "DamagedChip",
    "InputProblem",
    "NoGeoreferenceError",
    "OutsideAreaError",
    "PlannedChip",
    "SceneList",
    "SceneRecord",
    "SceneRecordError",
    "SkippedChip",
    "TilingError",
    "UnreadableSceneError",
    "Window",
    "check_unchanged",
    "crs_text",
    "describe_scene",
    "find_scenes",
    "footprint",
    "footprints",
    "glance_at_scene",
    "is_there",
    "is_url",
    "plan_chips",
    "read_chips",
    "same_file",
    "same_ground",
    "scene_checksum",
    "shell_word",
    "span_of",
    "text_of",
    "when_taken",
    "when_taken_by_names",
]
_LATER = {
    "checksum": ("check_unchanged", "same_file", "scene_checksum"),
    "describe": (
        "crs_text",
        "describe_scene",
        "glance_at_scene",
        "when_taken",
        "when_taken_by_names",
    ),
    "georef": ("footprint", "footprints"),
    "inputs": ("InputProblem", "SceneList", "find_scenes"),
    "plan": ("ChipPlan", "plan_chips"),
    "reader": ("read_chips",),
    "sameground": ("same_ground",),
}
"""Modules that load GDAL or PROJ, and what is theirs: a search alone waits for neither."""


def __getattr__(name: str) -> object:
    """Load what :data:`_LATER` names at its first use.

    Raises:
        AttributeError: for any other name.
    """
    for module, names in _LATER.items():
        if name in names:
            from importlib import import_module  # noqa: PLC0415

            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
