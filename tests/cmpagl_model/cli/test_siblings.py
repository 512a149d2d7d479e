"""One hit for one place, and asking while an index grows, as a user at a terminal meets them."""

from __future__ import annotations

import csv
import json
import subprocess
import sys

import pytest
from shapely import box

from cmpagl_model.cli.app import run
from cmpagl_model.cli.hit_table import table_lines
from cmpagl_model.encoders import open_encoder
from cmpagl_model.index import build_index
from cmpagl_model.records import Hit, Sibling
from cmpagl_model.search.merge import MIN_OVERLAP
from tests.cmpagl_model.search.test_ground import paint
from tiling import ChipSpec, Window

BUILD = """
import sys
from pathlib import Path
from cmpagl_model.index.underway import Heartbeat
with Heartbeat(Path(sys.argv[1])) as beacon:
    beacon.set_scenes(3)
    print("lit", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("siblings")
    places = {"june.tif": "EPSG:32631", "july.tif": "EPSG:32632"}
    scenes = [
        paint(folder / name, crs, (6.0, 50.0), 600, 2.0, seed)
        for seed, (name, crs) in enumerate(places.items())
    ]
    spec = ChipSpec(size_px=192, ground_sizes_m=(300.0, 600.0))
    build_index(scenes, folder / "x.cmpagl", open_encoder(), spec)
    return str(folder / "x.cmpagl")


def hit(count):
    place = Window(0, 0, 10, 10), 1.0, 594.0, box(0, 0, 1, 1)
    others = [Sibling(f"/data/{n}.tif", *place, 0.3, 1.0, 0.31, "2021-07-01") for n in range(count)]
    own = Sibling("/data/a.tif", *place, 0.25, 1.0)
    return Hit(1, 0.5, "/data/a.tif", *place, siblings=(*others, own))


def test_a_line_below_the_hit_names_its_siblings():
    lines = table_lines([hit(1)], 200)
    assert lines[2].strip() == "+2: 0.tif 2021-07-01 594 m 31 %; 594 m 0.250"
    cut = table_lines([hit(7)], 60)
    assert len(cut) == 3
    assert len(cut[2]) <= 60
    assert cut[2].endswith("...")


def test_json_and_files_have_them(index, capsys, tmp_path):
    assert run(["search", index, "a field", "--json"]) == 0
    page = json.loads(capsys.readouterr().out)
    found = [one for one in page["hits"] if one.get("siblings")]
    assert found
    for one in found[0]["siblings"]:
        assert MIN_OVERLAP < one["overlap"] <= 1
        assert one["geometry"]["type"] == "Polygon"
        assert set(one) >= {"scene", "window", "ground_m", "score", "relevance"}
    for name in ("x.csv", "x.geojson", "x.gpkg"):
        assert run(["search", index, "a field", "-o", str(tmp_path / name)]) == 0
    with (tmp_path / "x.csv").open(encoding="utf-8") as file:
        texts = [row["siblings"] for row in csv.DictReader(file)]
    assert any("july.tif" in text or "june.tif" in text for text in texts)
    features = json.loads((tmp_path / "x.geojson").read_text("utf-8"))["features"]
    assert [one["properties"].get("siblings", "") for one in features] == texts
    assert run(["search", index, "a field", "--no-siblings", "--json"]) == 0
    apart = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert len(apart["hits"]) > len(page["hits"])
    assert not any("siblings" in one for one in apart["hits"])


def test_following_goes_with_no_verdicts(index, capsys):
    assert run(["search", index, "a field", "--follow", "--ask"]) == 2
    assert "found --follow with --feedback or --ask" in capsys.readouterr().err


def test_where_nobody_builds_following_is_one_look(index, capsys, tmp_path):
    output = tmp_path / "x.geojson"
    words = ["search", index, "a field", "--min-score", "-1", "--follow"]
    assert run([*words, "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    hits = json.loads(line)["hits"]
    assert hits
    assert run([*words, "-o", str(output), "-q"]) == 0
    assert len(json.loads(output.read_text("utf-8"))["features"]) == len(hits)
    assert run(words) == 0
    said = capsys.readouterr()
    assert "nobody adds to it" in said.err
    assert said.out.count("rank") == 1
    assert run(["search", index, "a field, no cars", "--follow", "-o", str(output)]) == 0
    assert capsys.readouterr().out.count("read by parts: a field - without: cars\n") == 1


def test_following_ends_with_the_build_of_another_process(index):
    build = subprocess.Popen(
        [sys.executable, "-c", BUILD, index], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert build.stdout.readline() == "lit\n"
    follow = subprocess.Popen(
        [sys.executable, "-m", "cmpagl_model.cli", "search", index, "a field", "--min-score", "-1",
         "--follow"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert "0 of 3 scenes so far" in follow.stderr.readline()
        assert follow.poll() is None
        build.communicate("over\n", timeout=300)
        out, err = follow.communicate(timeout=300)
    finally:
        for one in (build, follow):
            one.kill()
            one.wait()
    assert follow.returncode == 0
    assert "nobody adds to it" in err
    ranks = [line.split()[0] for line in out.splitlines()[1:] if not line.strip().startswith("+")]
    assert len(ranks) == len(set(ranks)) > 0


def test_following_waits_for_an_index_that_is_about_to_be_begun(tmp_path):
    scene, folder = tmp_path / "x.tif", tmp_path / "x.cmpagl"
    paint(scene, "EPSG:32631", (3.0, 50.0), 600, 2.0)
    follow = subprocess.Popen(
        [sys.executable, "-m", "cmpagl_model.cli", "search", str(folder), "a field", "--min-score",
         "-1", "--follow"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert "no index yet" in follow.stderr.readline()
        build_index([str(scene)], folder, open_encoder(), ChipSpec(ground_sizes_m=(200.0,)))
        out, err = follow.communicate(timeout=300)
    finally:
        follow.kill()
        follow.wait()
    assert follow.returncode == 0
    assert "nobody adds to it" in err
    assert "x.tif" in out


def test_an_index_that_nobody_begins_is_refused(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("cmpagl_model.cli.following.FIRST_S", 0.0)
    assert run(["search", str(tmp_path / "none.cmpagl"), "a field", "--follow"]) == 1
    assert "found no _index.json" in capsys.readouterr().err
