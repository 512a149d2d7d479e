"""Overviews that show another picture are not used."""

import os
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.enums import Resampling

from tiling import ChipImage, ChipSpec, describe_scene


@pytest.fixture
def ground():
    """Two different pictures of 900 x 700 px."""
    rng = np.random.default_rng(8)
    coarse = rng.integers(20, 235, (2, 3, 70, 90))
    fine = coarse.repeat(10, axis=2).repeat(10, axis=3) + rng.integers(-15, 15, (2, 3, 700, 900))
    return fine.astype("uint8")


def add_overviews(path, method="average", *, external=True):
    with rasterio.Env(TIFF_USE_OVR=external), rasterio.open(path, "r+") as scene:
        scene.build_overviews([2, 4, 8], Resampling[method])


@pytest.mark.parametrize("external", [True, False])
@pytest.mark.parametrize("method", ["nearest", "average", "cubic", "gauss", "mode", "lanczos"])
def test_overviews_of_the_picture_are_used(make_scene, ground, method, external):
    path = make_scene(ground[0])
    add_overviews(path, method, external=external)
    scene = describe_scene(path, ChipSpec())
    assert (scene.ignores_overviews, scene.notes) == (False, ())


def test_overviews_with_nodata_and_palette_are_used(make_scene, ground):
    holed = ground[0].copy()
    holed[:, :300] = 0
    path = make_scene(holed, nodata=0, name="holed.tif")
    add_overviews(path)
    assert not describe_scene(path, ChipSpec()).ignores_overviews
    table = {number: (number, 255 - number, number // 2, 255) for number in range(256)}
    path = make_scene(ground[0][:1], finish=lambda scene: scene.write_colormap(1, table))
    add_overviews(path)
    assert not describe_scene(path, ChipSpec()).ignores_overviews


def shown(read_all, path):
    """What chips of all sizes show, and what is said of the scene."""
    scene, chips = read_all(path, size_px=64, ground_sizes_m=(64.0, 256.0, 600.0))
    return scene, [chip.pixels for chip in chips if isinstance(chip, ChipImage)]


@pytest.mark.parametrize("age_s", [-100, 100])
def test_an_ovr_of_another_picture_is_not_used(make_scene, read_all, ground, age_s):
    wanted = shown(read_all, make_scene(ground[1], name="alone.tif"))[1]
    path = make_scene(ground[0])
    add_overviews(path)
    overview = Path(f"{path}.ovr").read_bytes()
    Path(f"{path}.ovr").unlink()
    make_scene(ground[1])
    Path(f"{path}.ovr").write_bytes(overview)
    stamp = Path(path).stat().st_mtime + age_s
    os.utime(f"{path}.ovr", (stamp, stamp))
    scene, chips = shown(read_all, path)
    assert scene.ignores_overviews
    assert "gdaladdo" in scene.notes[0]
    assert all((one == other).all() for one, other in zip(chips, wanted, strict=True))


def test_overviews_inside_a_file_that_was_painted_over_are_not_used(make_scene, read_all, ground):
    path = make_scene(ground[0])
    add_overviews(path, external=False)
    with rasterio.open(path, "r+") as scene:
        scene.write(ground[1])
    assert shown(read_all, path)[0].ignores_overviews


def test_an_older_ovr_is_not_used_even_if_little_differs(make_scene, read_all, ground):
    path = make_scene(ground[0])
    add_overviews(path)
    old = Path(path).stat().st_mtime - 100
    os.utime(f"{path}.ovr", (old, old))
    assert shown(read_all, path)[0].ignores_overviews
