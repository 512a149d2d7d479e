"""The same ground in another scene: where chips of one date lie among the pixels of another."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from pyproj import Transformer

from .errors import costs_one_scene
from .scales import chip_scale

if TYPE_CHECKING:
    import numpy.typing as npt

    from .scene import SceneRecord
    from .spec import ChipSpec

    IntArray = npt.NDArray[np.int64]

TOLERANCE = 1 / 16
"""Share of a chip's side by which it may stick out of the other scene; it is pushed back in."""
_transformer = lru_cache(Transformer.from_crs)


def same_ground(
    scene: SceneRecord, windows: IntArray, ground_m: float, other: SceneRecord, spec: ChipSpec
) -> IntArray:
    """Where windows of one scene lie in another, by their middles.

    The other scene's pixels stay on their own grid, so a window lands on whole pixels of the
    picture that is made of it: half of one away at most. Scenes that are turned against each other
    show the same middle, not the same corners.

    Args:
        scene: the scene that has the windows.
        windows: column, row, width, height in its native px, ``(n, 4)``, of chips of one size.
        ground_m: side of the full chip on the ground, m.
        other: another scene.
        spec: the chip specification, whose size of a picture both share.

    Returns:
        The same in native px of ``other``, ``(n, 4)``; all -1 where it does not hold the window.

    Raises:
        UnreadableSceneError: if a library raises whatever error about a scene's CRS.
    """
    col, row, width, height = np.asarray(windows, np.float64).reshape(-1, 4).T
    col, row = col + width / 2, row + height / 2
    with costs_one_scene(other.path):
        a, b, c, d, e, f = scene.transform
        x, y = a * col + b * row + c, d * col + e * row + f
        if scene.crs != other.crs:
            x, y = _transformer(scene.crs, other.crs, always_xy=True).transform(x, y)
        a, b, c, d, e, f = other.transform
        x, y = np.asarray(x) - c, np.asarray(y) - f
        x, y = (e * x - b * y) / (a * e - b * d), (a * y - d * x) / (a * e - b * d)
    scale = chip_scale(other, spec, ground_m)
    factors = np.array([scale.factor_x, scale.factor_y])
    ratio = np.array([scene.gsd_x_m / other.gsd_x_m, scene.gsd_y_m / other.gsd_y_m])
    own = chip_scale(scene, spec, ground_m).grid
    whole = np.array([scale.grid.chip_width, scale.grid.chip_height])
    # What is cut off a padded chip is cut off here, too.
    sides = np.stack([width, height], 1)
    full = sides == [own.chip_width, own.chip_height]
    sides = np.where(full, whole, np.minimum(np.rint(sides * ratio), whole))
    bounds = np.array([other.width, other.height])
    inside = np.isfinite(x) & np.isfinite(y)
    starts = np.stack([x, y], 1)
    starts[~inside] = 0
    starts -= sides / 2
    out = np.maximum(-starts, starts + sides - bounds) / sides
    inside &= (out <= TOLERANCE).all(1) & (sides >= 1).all(1) & (sides <= bounds).all(1)
    starts = np.rint(np.clip(starts, 0, np.maximum(bounds - sides, 0)) / factors) * factors
    starts = np.minimum(starts, bounds - sides)
    found = np.concatenate([starts, sides], 1).astype(np.int64)
    found[~inside] = -1
    return found
