"""``cmpagl heatmap`` as a user meets it."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio

from cmpagl_model import open_index
from cmpagl_model.cli.app import run
from cmpagl_model.index import build_index
from cmpagl_model.search import Examples
from cmpagl_model.search.heatmap import similarity_map
from tiling import ChipSpec


@pytest.fixture
def index(make_scene, tmp_path, encoder):
    folder = tmp_path / "town.cmpagl"
    scenes = [str(make_scene(name, seed=seed)) for seed, name in enumerate(("a.tif", "b.tif"))]
    build_index(scenes, folder, encoder, ChipSpec(native=True))
    return folder


@pytest.mark.parametrize("name", ["b", "b.tif", "PATH"])
def test_heatmap_is_that_of_the_library(index, tmp_path, capsys, name):
    output, scene = tmp_path / "map.tif", str(tmp_path / "b.tif")
    words = ["--scene", scene if name == "PATH" else name, "-o", str(output)]
    assert run(["heatmap", str(index), "a road", *words]) == 0
    assert "5 x 4 cells, similarity" in capsys.readouterr().out
    opened = open_index(index)
    wanted = similarity_map(opened, opened.scene(scene), opened.query_vector(Examples(), "a road"))
    with rasterio.open(output) as file, rasterio.open(scene) as own:
        np.testing.assert_array_equal(file.read(1), wanted.values)
        assert file.crs == own.crs


def test_how_the_sentence_was_read_is_told(index, tmp_path, capsys):
    words = [
        "heatmap",
        str(index),
        "a road, no cars",
        "--scene",
        "b",
        "-o",
        str(tmp_path / "m.tif"),
    ]
    assert run(words) == 0
    assert "read by parts: a road - without: cars\n" in capsys.readouterr().out
    assert run([*words, "--plain"]) == 0
    assert "read by parts" not in capsys.readouterr().out
    like = ["heatmap", str(index), "--like", "b.tif@0,0", "--scene", "b"]
    assert run([*like, "-o", str(tmp_path / "m.tif")]) == 0
    assert "read by parts" not in capsys.readouterr().out


def test_heatmap_of_no_scene_is_refused(index, tmp_path, capsys):
    words = ["--scene", "c", "-o", str(tmp_path / "map.tif")]
    assert run(["heatmap", str(index), "a road", *words]) == 1
    assert "found 0 scenes called 'c'" in capsys.readouterr().err
    assert not (tmp_path / "map.tif").exists()


def test_each_ground_size_has_a_band_behind_that_of_all(make_scene, tmp_path, encoder):
    scene, output = str(make_scene("a.tif", seed=1)), tmp_path / "map.tif"
    build_index([scene], tmp_path / "i.cmpagl", encoder, ChipSpec(ground_sizes_m=(60.0, 120.0)))
    words = ["a road", "--scene", "a", "-o", str(output), "-q"]
    assert run(["heatmap", str(tmp_path / "i.cmpagl"), *words]) == 0
    opened = open_index(tmp_path / "i.cmpagl")
    vector = opened.query_vector(Examples(), "a road")
    with rasterio.open(output) as file:
        assert file.descriptions == ("similarity", "similarity, 60 m", "similarity, 120 m")
        blended, small, large = file.read()
    np.testing.assert_allclose(blended, (4 * small + large) / 5, atol=1e-6)
    for found, size in ((small, 60.0), (large, 120.0)):
        wanted = similarity_map(opened, opened.table.scenes[0], vector, size)
        np.testing.assert_array_equal(found, wanted.values)
        assert not wanted.of_sizes
