"""The sample scenes: written where they belong, taken from wheels, failing in plain words."""

import subprocess
import zipfile

import numpy as np
import pytest
import rasterio
from PIL import Image

from tools import demo_scenes
from tools.demo_scenes import DemoError


def paint(path, height=3, width=5):
    """A picture whose red is its row and whose green is its column."""
    rows, cols = np.indices((height, width), dtype=np.uint8)
    Image.fromarray(np.stack([rows, cols, rows * 0 + 7], axis=-1)).save(path)


def pack(folder, members):
    """Wheels as pip would leave them: the members in two archives of two packages."""
    for member in members:
        with zipfile.ZipFile(folder / f"{member.split('/')[0]}-1.whl", "a") as wheel:
            picture = folder / "picture"
            paint(picture.with_suffix(".png"))
            wheel.write(picture.with_suffix(".png"), member)
    (folder / "picture.png").unlink()


def test_road_picture_becomes_a_geotiff_at_its_tile_s_upper_left_corner(tmp_path):
    paint(tmp_path / "road.png")
    demo_scenes.write_geotiff(tmp_path / "road.png", tmp_path / "road.tif")
    with rasterio.open(tmp_path / "road.tif") as scene:
        assert scene.crs == "EPSG:32612"
        assert scene.res == pytest.approx((0.1, 0.1))
        assert (scene.bounds.left, scene.bounds.top) == (541_000, 4_978_000)
        red, green, blue = scene.read()
        assert "not known" in scene.tags()["TIFFTAG_IMAGEDESCRIPTION"]
    assert red.shape == (3, 5)
    assert red[:, 0].tolist() == [0, 1, 2]
    assert green[0].tolist() == [0, 1, 2, 3, 4]
    assert np.unique(blue).tolist() == [7]


def test_scenes_are_fetched_once(tmp_path, monkeypatch):
    calls = []

    def download(folder):
        calls.append(folder)
        pack(folder, demo_scenes.MEMBERS)

    monkeypatch.setattr(demo_scenes, "download", download)
    first = demo_scenes.sample_scenes(tmp_path / "cache")
    second = demo_scenes.sample_scenes(tmp_path / "cache")
    assert first == second
    assert len(calls) == 1
    assert {path.name for path in first.iterdir()} == set(demo_scenes.MEMBERS.values())
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["scenes"]


def test_wheel_without_the_picture_is_refused(tmp_path):
    with pytest.raises(DemoError, match=r"Found no wheel with a/b\.tif"):
        demo_scenes.extract(tmp_path, "a/b.tif")


def test_wrong_hash_is_told_apart_from_no_network():
    wrong = "ERROR: THESE PACKAGES DO NOT MATCH\n  Expected sha256 aa11\n       Got        bb22\n"
    offline = "WARNING: Retrying\nERROR: No matching distribution found for deepforest==2.1.0\n"
    assert "found sha256 bb22, wanted aa11" in demo_scenes.pip_failure(wrong)
    assert "pip said 'No matching distribution" in demo_scenes.pip_failure(offline)
    assert "pip said 'nothing'" in demo_scenes.pip_failure("")


def test_failed_download_is_one_line(tmp_path, monkeypatch):
    failed = subprocess.CompletedProcess([], 1, "", "ERROR: offline\n")
    monkeypatch.setattr(demo_scenes.subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(DemoError) as refused:
        demo_scenes.sample_scenes(tmp_path)
    assert "\n" not in str(refused.value)
    assert "make demo SCENES=folder" in str(refused.value)


def test_every_pin_has_a_version_and_a_hash():
    lines = demo_scenes.PINS.read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert pins
    for pin in pins:
        name, _, rest = pin.partition("==")
        assert name in {member.split("/")[0] for member in demo_scenes.MEMBERS}
        assert len(rest.partition(" --hash=sha256:")[2]) == 64
