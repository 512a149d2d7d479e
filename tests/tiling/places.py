"""Scenes out of thin air, and where their pixels lie by plain algebra and pyproj."""

from functools import lru_cache

import numpy as np
from pyproj import Transformer

from tiling import SceneRecord
from tiling.georef import ground_sample_distance


def scene_in(crs, transform, width=5000, height=4000, *, from_gcps=False):
    transform = tuple(float(number) for number in transform)
    gsd_x, gsd_y = ground_sample_distance(crs, transform, width, height)
    return SceneRecord(
        "x", "", 0, 0, crs, transform, width, height, "uint8", (1, 2, 3), ((0, 1),) * 3,
        gsd_x, gsd_y, palette=False, from_gcps=from_gcps,
    )  # fmt: skip


@lru_cache
def between(source, target):
    return Transformer.from_crs(source, target, always_xy=True)


def oracle_lon_lat(scene, points):
    """The oracle: column and row to longitude and latitude, by plain algebra and pyproj."""
    a, b, c, d, e, f = scene.transform
    x, y = np.array([[a, b], [d, e]]) @ np.transpose(points) + [[c], [f]]
    return np.transpose(between(scene.crs, "EPSG:4326").transform(x, y))
