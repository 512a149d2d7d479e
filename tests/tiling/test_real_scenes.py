"""The fifteen real scenes: described, planned and read without a warning."""

import logging
import warnings

import numpy as np
import pytest

from tiling import ChipImage, ChipSpec, describe_scene, footprints, plan_chips, read_chips

SCENES = {  # the beginning of the name: ground sizes in metres
    "ch_residential": (100, 174, 300),
    "colorado_culdesac": (34.9,),
    "forest_neon": (40.1,),
    "indonesia_vegetable": (100, 156, 242),
    "kampala": (100, 152),
    "landsat8_town": (2880, 5050),
    "landsat_rocky": (32_000, 61_900),
    "naip_nd_farmland_ponds_2019": (961, 1870, 3620),
    "naip_nd_farmland_ponds_2020": (961, 1870, 3620),
    "naip_va": (192, 313, 510),
    "nl_waterfront": (100, 159, 251),
    "rotterdam": (193, 301),
    "s2_farmland": (1030, 2050),
    "savanna": (39.9,),
    "swellendam": (533, 1070, 2130),
}
SENSOR_ORDER = {"rotterdam", "s2_farmland"}
pytestmark = pytest.mark.scenes


@pytest.mark.parametrize("start", SCENES)
def test_a_real_scene_is_described_planned_and_read(real_scene, start, caplog, capfd):
    caplog.set_level(logging.INFO)
    path = real_scene(start)
    spec = ChipSpec()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scene = describe_scene(path, spec)
        plan = plan_chips(scene, spec)
        pictures = [r for r in read_chips(scene, plan[::5], spec) if isinstance(r, ChipImage)]
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")
    assert tuple(scale.ground_m for scale in plan.scales) == SCENES[start]
    assert scene.bands == ((3, 2, 1) if start in SENSOR_ORDER else (1, 2, 3))
    assert len(pictures) > 0.9 * len(plan[::5])
    colours = np.concatenate([picture.pixels.reshape(-1, 3) for picture in pictures])
    assert np.ptp(np.percentile(colours, [2, 98])) > 60, "neither dark nor flat"


def test_places_are_where_they_are(real_scene):
    places = {
        "nl_waterfront": (5.0, 51.8),
        "kampala": (32.6, 0.35),
        "swellendam": (20.5, -34.05),
        "colorado": (-104.8, 38.95),
        "rotterdam": (4.35, 51.87),
    }
    for start, (lon, lat) in places.items():
        scene = describe_scene(real_scene(start), ChipSpec())
        windows = [chip.window for chip in plan_chips(scene, ChipSpec())]
        centres = [(shape.centroid.x, shape.centroid.y) for shape in footprints(scene, windows)]
        assert np.abs(np.mean(centres, axis=0) - (lon, lat)).max() < 0.1, start
