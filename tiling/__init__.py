"""CMPAGL's scenes to chips (no relation to the PyPI project of this name): no torch, no QGIS.

Start at :func:`describe_scene`, lay chips with :func:`plan_chips`, read them with
:func:`read_chips`; :func:`find_scenes` turns what a user names into paths, :func:`footprints`
chips into places. Windows are native pixels, footprints are OGC:CRS84, lengths are metres.
Every refusal is a :class:`TilingError`; :mod:`tiling.errors` has one class for each kind.
"""

from typing import TYPE_CHECKING

from .chips import ChipImage
from .errors import TilingError
from .grid import Window
from .scene import SceneRecord
from .spec import ChipSpec

if TYPE_CHECKING:
    from .describe import describe_scene
    from .georef import footprints
    from .inputs import find_scenes
    from .plan import plan_chips
    from .reader import read_chips

__all__ = [
    "ChipImage",
    "ChipSpec",
    "SceneRecord",
    "TilingError",
    "Window",
    "describe_scene",
    "find_scenes",
    "footprints",
    "plan_chips",
    "read_chips",
]
_LATER = {
    "describe": ("describe_scene",),
    "georef": ("footprints",),
    "inputs": ("find_scenes",),
    "plan": ("plan_chips",),
    "reader": ("read_chips",),
}
"""Modules that load GDAL or PROJ, and what is theirs: a search alone waits for neither."""
_FORMERLY = {
    "addresses": ("is_url",),
    "checksum": ("check_unchanged", "same_file", "scene_checksum"),
    "chips": ("ChipRead", "DamagedChip", "PlannedChip", "SkippedChip"),
    "composed": ("is_there",),
    "dates": ("span_of", "text_of"),
    "describe": ("crs_text", "glance_at_scene", "when_taken", "when_taken_by_names"),
    "errors": (
        "BandError",
        "ChipSpecError",
        "NoGeoreferenceError",
        "OutsideAreaError",
        "SceneRecordError",
        "UnreadableSceneError",
        "shell_word",
    ),
    "georef": ("footprint",),
    "inputs": ("InputProblem", "SceneList"),
    "plan": ("ChipPlan",),
    "sameground": ("same_ground",),
}
"""What was imported from here at first, and its module now."""


def __getattr__(name: str) -> object:
    """Load what :data:`_LATER` and :data:`_FORMERLY` name at its first use.

    Raises:
        AttributeError: for any other name.
    """
    for module, names in (*_LATER.items(), *_FORMERLY.items()):
        if name in names:
            from importlib import import_module  # noqa: PLC0415

            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
