"""The whole way on real scenes: every one is indexed, and sentences find their places."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cmpagl_model import open_index

pytestmark = [pytest.mark.scenes, pytest.mark.slow]


@pytest.fixture(scope="module")
def index(real_scenes, tmp_path_factory):
    """All fifteen scenes by the command a user types; nothing may be said on standard error."""
    folder = tmp_path_factory.mktemp("real") / "all.cmpagl"
    command = [
        sys.executable,
        "-m",
        "cmpagl_model.cli",
        "index",
        str(real_scenes),
        "-o",
        str(folder),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "15 scenes ready" in done.stdout
    return open_index(folder)


def first_scenes(index, query, count):
    return [Path(hit.scene).stem for hit in index.search(query, k=count).hits]


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("boats on a canal", ("nl_waterfront",)),
        ("dense pine forest", ("forest_neon", "naip_va_forest")),
        ("ponds between square fields", ("naip_nd_farmland",)),
        ("red roofs and dirt roads", ("kampala",)),
    ],
)
def test_sentence_finds_its_place_in_the_first_three_hits(index, query, places):
    found = first_scenes(index, query, 3)
    assert any(name.startswith(places) for name in found), found


def test_hits_lie_where_their_scene_lies(index):
    hit = index.search("boats on a canal", k=1).hits[0]
    centre = hit.geometry.centroid
    assert 3.2 < centre.x < 7.3  # the Netherlands
    assert 50.7 < centre.y < 53.6


def test_every_scene_gives_chips_at_sizes_that_fit_it(index):
    assert len(index.table.scenes) == 15
    for number, scene in enumerate(index.table.scenes):
        rows = index.table.scene_of == number
        assert rows.any(), scene.path
        limit = max(scene.width * scene.gsd_x_m, scene.height * scene.gsd_y_m) * 1.02
        assert index.table.ground_m[rows].max() <= limit, scene.path
        finest = min(scene.gsd_x_m, scene.gsd_y_m) / 2.05
        assert index.table.gsd_m[rows].min() >= finest, scene.path


def test_geojson_by_the_command_line(index, tmp_path):
    hits = tmp_path / "matches.geojson"
    command = [sys.executable, "-m", "cmpagl_model.cli", "search", str(index.folder),
               "boats on a canal beside a factory", "-k", "20", "-o", str(hits)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    page = json.loads(hits.read_text(encoding="utf-8"))
    assert [feature["properties"]["rank"] for feature in page["features"]] == list(range(1, 21))
