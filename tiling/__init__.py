"""CMPAGL's scenes to chips (no relation to the PyPI project of this name): no torch, no QGIS.

Start at :func:`describe_scene`, lay chips with :func:`plan_chips`, read them with
:func:`read_chips`; :func:`find_scenes` turns what a user names into paths, :func:`footprints`
chips into places. Windows are native pixels, footprints are OGC:CRS84, lengths are metres.
Every refusal is a :class:`TilingError`.
"""

from .addresses import is_url
from .checksum import check_unchanged, same_file, scene_checksum
from .chips import ChipImage, ChipRead, DamagedChip, PlannedChip, SkippedChip
from .composed import is_there
from .dates import span_of, text_of
from .describe import crs_text, describe_scene, glance_at_scene, when_taken, when_taken_by_names
from .errors import (
    BandError,
    ChipSpecError,
    NoGeoreferenceError,
    OutsideAreaError,
    SceneRecordError,
    TilingError,
    UnreadableSceneError,
)
from .georef import footprint, footprints
from .grid import Window
from .inputs import InputProblem, SceneList, find_scenes
from .plan import ChipPlan, plan_chips
from .reader import read_chips
from .sameground import same_ground
from .scene import SceneRecord
from .spec import ChipSpec

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
    "span_of",
    "text_of",
    "when_taken",
    "when_taken_by_names",
]
