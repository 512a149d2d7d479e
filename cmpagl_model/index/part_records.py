"""What a part holds: a record for its footer, and its rows column by column."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cmpagl_model.records import Damage, ModelId
    from tiling import SceneRecord
    from tiling.chips import PlannedChip

GRID_PER_DEGREE = 2.0**32
"""Corners of footprints are multiples of 1 / 2**32 degree, at most 0.03 mm."""


@dataclass(frozen=True, slots=True)
class PartRecord:
    """What the footer of a part says."""

    scene: SceneRecord
    """The scene, to replay its chips."""
    model: ModelId
    """The model of the embeddings."""
    plan_chips: int
    """Chips in the whole plan of the scene."""
    number: int
    """Place of this part among those of the scene, from 0."""
    skipped: tuple[tuple[str, int], ...]
    """Chips of this part that were not worth encoding: reason and how many."""
    damage: tuple[Damage, ...]
    """Chips of this part that could not be decoded."""
    upto: int = 0
    """Planned chips from its first on that it accounts for, where it was begun only; 0: all."""

    def to_json(self) -> str:
        """One line of JSON; of a whole part it says nothing of how far it is."""
        page = dataclasses.asdict(self)
        if not self.upto:
            del page["upto"]
        page["scene"] = json.loads(self.scene.to_json())
        return json.dumps(page, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True, eq=False)
class PartArrays:
    """The rows of a part, column by column."""

    chips: NDArray[np.int64]
    """Places in the scene's plan, ``(n,)``."""
    windows: NDArray[np.int32]
    """Column, row, width, height in native px, ``(n, 4)``."""
    gsd_m: NDArray[np.float64]
    """Ground sample distance, m/px, ``(n,)``."""
    ground_m: NDArray[np.float64]
    """Side of the full chip on the ground, m, ``(n,)``."""
    valid: NDArray[np.float32]
    """Share of valid pixels, 0 to 1, ``(n,)``."""
    edge: NDArray[np.bool_]
    """Whether the chip was padded at the scene's edge, ``(n,)``."""
    footprints: NDArray[np.object_]
    """Shapes in OGC:CRS84, ``(n,)``."""
    embeddings: NDArray[np.float16]
    """Unit vectors ``(n, D)``."""
    ids: NDArray[np.object_] | None = None
    """What an imported file calls each, ``(n,)``; ``None``: nobody said, as of the next two."""
    times: NDArray[np.datetime64] | None = None
    """When it was taken, UTC, microseconds, ``(n,)``."""
    sources: NDArray[np.object_] | None = None
    """What it was taken from, ``(n,)``."""

    def __len__(self) -> int:
        """How many chips."""
        return len(self.chips)

    @classmethod
    def of(
        cls,
        chips: Sequence[PlannedChip],
        footprints: NDArray[np.object_],
        valid: NDArray[np.float32],
        embeddings: NDArray[np.float16],
    ) -> PartArrays:
        """Of chips as they were planned.

        Args:
            chips: in the order of the plan.
            footprints: their polygons in OGC:CRS84, ``(n,)``.
            valid: share of valid pixels, 0 to 1, ``(n,)``.
            embeddings: unit vectors ``(n, D)``.
        """
        windows = [dataclasses.astuple(chip.window) for chip in chips]
        return cls(
            chips=np.array([chip.number for chip in chips], np.int64),
            windows=np.array(windows, np.int32).reshape(len(chips), 4),
            gsd_m=np.array([chip.gsd_m for chip in chips], np.float64),
            ground_m=np.array([chip.ground_m for chip in chips], np.float64),
            valid=valid,
            edge=np.array([chip.edge for chip in chips], np.bool_),
            # Corners on a grid far finer than any map: noise takes up space.
            footprints=np.asarray(
                shapely.transform(
                    footprints, lambda xy: np.rint(xy * GRID_PER_DEGREE) / GRID_PER_DEGREE
                ),
                object,
            ),
            embeddings=embeddings,
        )
