"""The same ground in another scene: places against footprints on the globe."""

from __future__ import annotations

import numpy as np
import pytest
from rasterio.warp import transform as warp

from tests.cmpagl_model.search.paper import paper_scene
from tiling import ChipSpec, Window, plan_chips
from tiling.georef import footprint
from tiling.sameground import same_ground

SPEC = ChipSpec(size_px=80, ground_sizes_m=(80.0, 160.0))
X, Y = 600_000, 5_700_000


def windows_of(scene, size):
    chips = [chip for chip in plan_chips(scene, SPEC) if chip.ground_m == size]
    return np.array([[c.window.col, c.window.row, c.window.width, c.window.height] for c in chips])


def other(crs="EPSG:32631", step=1.0, shift=(0.0, 0.0), size=(400, 320)):
    (x,), (y,) = warp("EPSG:32631", crs, [X + shift[0]], [Y + shift[1]])
    gsd = step if crs == "EPSG:32631" else step * np.cos(np.radians(51.44))
    return paper_scene("other", *size, crs=crs, gsd=gsd, transform=(step, 0, x, 0, -step, y))


@pytest.mark.parametrize(
    ("later", "least"),
    [
        (other(), 1.0),
        (other(shift=(-37.4, 41.7)), 0.97),
        (other(step=0.4, shift=(-20, 20), size=(1200, 1000)), 0.97),
        (other(step=2.3, shift=(-50, 50)), 0.9),
        (other("EPSG:3857", 1.6, (-30, 30)), 0.9),
    ],
)
@pytest.mark.parametrize("size", [80.0, 160.0])
def test_both_windows_show_the_same_ground(later, least, size):
    scene = paper_scene("a")
    windows = windows_of(scene, size)
    found = same_ground(scene, windows, size, later, SPEC)
    inside = found[:, 0] >= 0
    assert inside.sum() >= len(windows) / 3
    for own, theirs in zip(windows[inside].tolist(), found[inside].tolist(), strict=True):
        ends = theirs[0] + theirs[2], theirs[1] + theirs[3]
        if 0 in theirs[:2] or ends[0] == later.width or ends[1] == later.height:
            continue  # perhaps pushed back in
        one, two = footprint(scene, Window(*own)), footprint(later, Window(*theirs))
        assert one.intersection(two).area / one.union(two).area >= least - 1e-6


def test_ground_that_the_other_scene_does_not_hold_is_told():
    scene, later = paper_scene("a"), other(shift=(200, 0))
    windows = windows_of(scene, 80.0)
    inside = same_ground(scene, windows, 80.0, later, SPEC)[:, 0] >= 0
    assert (inside == (windows[:, 0] >= 195)).all()  # a sixteenth is pushed back in
    far = other(shift=(90_000, 0))
    assert (same_ground(scene, windows, 80.0, far, SPEC) == -1).all()
