"""The command line as a user meets it: what it prints, where, and its exit codes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time

import geopandas
import numpy as np
import pytest
from shapely.geometry import box, mapping

from cmpagl_model.cli.app import run
from cmpagl_model.index import build_index, read_info
from cmpagl_model.model_folder import find_model
from tests.cmpagl_model.index.harm import flip
from tests.conftest import make_scene as painted
from tests.conftest import painted_pixels
from tiling import ChipSpec, Window, describe_scene, plan_chips, read_chips
from tiling.chips import DamagedChip
from tiling.georef import footprint

CLI = [sys.executable, "-m", "cmpagl_model.cli"]


@pytest.fixture(scope="module")
def index(tmp_path_factory, encoder):
    folder = tmp_path_factory.mktemp("cli")
    scene = painted.__wrapped__(folder)("town.tif")
    build_index([str(scene)], folder / "town.cmpagl", encoder, ChipSpec(native=True))
    return folder / "town.cmpagl"


def one_line(text):
    assert text.count("\n") == 1, text
    assert "Traceback" not in text
    return text


def test_whole_way_from_scenes_to_a_layer(make_scene, tmp_path, capsys):
    make_scene("scenes/a.tif", seed=1)
    make_scene("scenes/deep/b.TIF", seed=2)
    index, hits = tmp_path / "town.cmpagl", tmp_path / "matches.geojson"
    assert run(["index", str(tmp_path / "scenes"), "-o", str(index)]) == 0
    said = capsys.readouterr().out
    assert "2 scenes ready, 0 of them unchanged" in said
    assert f"next: cmpagl search {index}" in said
    assert run(["search", str(index), "a road", "-k", "3", "-o", str(hits)]) == 0
    assert "3 places, best first" in capsys.readouterr().out
    frame = geopandas.read_file(hits)
    assert frame["rank"].tolist() == [1, 2, 3]
    assert frame["score"].is_monotonic_decreasing
    assert run(["info", str(index)]) == 0
    assert "of 2 scenes" in capsys.readouterr().out
    assert run(["export", str(index), "-o", str(tmp_path / "chips.gpkg")]) == 0
    assert len(geopandas.read_file(tmp_path / "chips.gpkg")) > 3
    assert run(["index", str(tmp_path / "scenes"), "-o", str(index)]) == 0
    said = capsys.readouterr().out
    assert "2 of them unchanged; 0 chips encoded" in said
    assert re.search(r"^not encoded: \d+ indexed before$", said, re.MULTILINE)


def test_summary_says_what_was_not_encoded_and_why(make_scene, tmp_path, capsys):
    side = find_model().config.image.input_px
    pixels = np.tile(painted_pixels(side, side), (1, 1, 4))
    pixels[:, :, 3 * side :] = 9  # a lake without a wave
    scene, index = make_scene(pixels=pixels), tmp_path / "x.cmpagl"
    options = ["--gsd", "native", "--overlap", "0"]
    assert run(["index", str(scene), "-o", str(index), *options]) == 0
    said = capsys.readouterr().out
    assert "1 chip encoded" in said
    assert "not encoded: 1 uniform and 2 with the pixels of another\n" in said


def test_json_is_alone_on_standard_output(index, capsys):
    assert run(["search", str(index), "a road", "-k", "2", "--json"]) == 0
    said = capsys.readouterr()
    page = json.loads(said.out)
    assert page["query"] == "a road"
    assert len(page["hits"]) == 2
    assert said.err == ""


def test_table_names_rank_score_and_place(index, capsys):
    assert run(["search", str(index), "a road", "-k", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    (head,) = (row for row, line in enumerate(lines) if line.split()[:1] == ["rank"])
    assert lines[head].split() == ["rank", "score", "relevance", "column", "row", "side",
                                   "longitude", "latitude", "scene"]  # fmt: skip
    assert lines[head + 1].endswith("  town.tif")


def test_polygon_outside_all_scenes_gives_an_empty_collection(index, tmp_path, capsys):
    area = tmp_path / "area.geojson"
    area.write_text(json.dumps(mapping(box(100, 10, 101, 11))))
    hits = tmp_path / "none.geojson"
    assert run(["search", str(index), "a road", "--within", str(area), "-o", str(hits)]) == 0
    assert json.loads(hits.read_text())["features"] == []
    capsys.readouterr()
    assert run(["search", str(index), "a road", "--within", str(area)]) == 0
    assert "no place" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["search", "INDEX", ""], "found an empty query"),
        (["search", "INDEX", "x" * 100_000], "found a query of 100,000 characters"),
        (["search", "INDEX", "a road", "-k", "0"], "found k = 0, wanted at least 1 hit"),
        (["search", "INDEX", "a road", "--bbox", "9,9,1,1"], "wanted WEST,SOUTH,EAST,NORTH"),
        (["search", "INDEX", "a road", "--within", "absent.geojson"], "json: cannot be read"),
        (["search", "INDEX", "a road", "-o", "hits.xls"], "found the ending '.xls'"),
        (["search", "absent.cmpagl", "a road"], "found no _index.json"),
        (["search", "INDEX", "a road", "--model", "clip"], "found no model 'clip'"),
        (["info", "absent.cmpagl"], "found no _index.json"),
        (["export", "INDEX", "-o", "chips.shp"], "found the ending '.shp'"),
        (["index", "absent.tif", "-o", "new.cmpagl"], "absent.tif"),
        (["index", "SCENES", "-o", "new.cmpagl", "--model", "clip"], "found no model 'clip'"),
        (["index", "SCENES", "-o", "new.cmpagl", "--stretch", "wild"], "stretch 'wild'"),
        (["index", "SCENES", "-o", "new.cmpagl", "--bands", "7,8,9"], "band"),
    ],
)
def test_refusals_are_one_line_and_exit_1(index, tmp_path, monkeypatch, capfd, arguments, said):
    monkeypatch.chdir(tmp_path)
    places = {"INDEX": str(index), "SCENES": str(index.parent / "town.tif")}
    assert run([places.get(word, word) for word in arguments]) == 1
    err = one_line(capfd.readouterr().err)
    assert said in err
    assert not (tmp_path / "new.cmpagl").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["index", "-o", "x.cmpagl"],
        ["index", "a.tif"],
        ["index", "a.tif", "-o", "x.cmpagl", "--gsd", "1", "--scales", "100"],
        ["index", "a.tif", "-o", "x.cmpagl", "--scales", "big"],
        ["index", "a.tif", "-o", "x.cmpagl", "--overlap", "2"],
        ["index", "a.tif", "-o", "x.cmpagl", "--bbox", "1,2"],
        ["search", "x.cmpagl"],
        ["search", "INDEX", "a road", "--bbox", "1,2"],
    ],
)
def test_wrong_usage_exits_2(index, arguments, capsys):
    assert run([str(index) if word == "INDEX" else word for word in arguments]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_unreadable_inputs_are_listed_and_exit_3(make_scene, tmp_path, capfd):
    make_scene("in/good.tif")
    bad = {
        "zero.tif": b"",
        "text.tif": b"Dear colleague, the scene is attached.",
        "cut.tif": (tmp_path / "in" / "good.tif").read_bytes()[:90],
    }
    for name, content in bad.items():
        (tmp_path / "in" / name).write_bytes(content)
    assert run(["index", str(tmp_path / "in"), "-o", str(tmp_path / "x.cmpagl")]) == 3
    said = capfd.readouterr()
    assert "1 scene ready" in said.out
    lines = said.err.splitlines()
    assert len(lines) == 3
    for name in bad:
        assert any(name in line for line in lines)


def test_search_around_a_damaged_part_exits_3(make_scene, tmp_path, encoder, capsys):
    index = tmp_path / "x.cmpagl"
    scenes = [str(make_scene("a.tif", seed=1)), str(make_scene("b.tif", seed=2))]
    build_index(scenes, index, encoder, ChipSpec(native=True))
    victim = sorted((index / "parts").iterdir())[0]
    victim.write_bytes(b"PAR1 nothing PAR1")
    assert run(["search", str(index), "a road", "--json"]) == 3
    said = capsys.readouterr()
    assert json.loads(said.out)["hits"]
    assert victim.name in one_line(said.err)
    assert run(["info", str(index)]) == 3


def test_verify_finds_what_changed_and_repairs_it(make_scene, tmp_path, encoder, capsys):
    index = tmp_path / "x.cmpagl"
    build_index([str(make_scene())], index, encoder, ChipSpec(native=True))
    assert run(["verify", str(index), "--sample", "3"]) == 0
    assert "whole" in capsys.readouterr().out
    (part,) = (index / "parts").iterdir()
    flip(part, 2000)
    assert run(["verify", str(index)]) == 3
    assert part.name in one_line(capsys.readouterr().err)
    assert run(["verify", str(index), "--repair", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["repaired"][0]["path"] == part.name
    assert run(["verify", str(index)]) == 0
    capsys.readouterr()
    assert run(["info", str(index)]) == 0
    assert f"content {read_info(index).content}" in capsys.readouterr().out


def test_damage_is_written_as_a_layer(make_scene, tmp_path, encoder):
    index, layer = tmp_path / "x.cmpagl", tmp_path / "damage.geojson"
    good, bad = make_scene("a.tif", seed=1), make_scene("b.tif", seed=2)
    contents = bad.read_bytes()
    bad.write_bytes(contents[: len(contents) * 3 // 4])
    spec = ChipSpec(size_px=128, native=True, overlap=0.0)
    build_index([str(good), str(bad)], index, encoder, spec)
    assert run(["info", str(index), "--damage", "-o", str(layer)]) == 0
    frame = geopandas.read_file(layer)
    scene = describe_scene(str(bad), spec)
    reads = read_chips(scene, plan_chips(scene, spec), spec)
    wanted = [read.chip.window for read in reads if isinstance(read, DamagedChip)]
    found = [
        Window(*row) for row in zip(frame.col, frame.row, frame.width, frame.height, strict=True)
    ]
    assert found == wanted
    assert wanted
    for shape, window in zip(frame.geometry, wanted, strict=True):
        assert shape.symmetric_difference(footprint(scene, window)).area < 1e-9
    assert set(frame.scene) == {str(bad)}
    assert all(frame.reason)


def test_damage_needs_a_file(index, capsys):
    assert run(["info", str(index), "--damage"]) == 2
    assert "-o FILE" in capsys.readouterr().err


def test_help_has_examples_and_no_markup():
    for words in (["--help"], ["index", "--help"], ["search", "--help"], ["export", "--help"]):
        done = subprocess.run([*CLI, *words], capture_output=True, text=True, check=True)
        assert "cmpagl" in done.stdout
        assert "\\b" not in done.stdout
        assert "Raises" not in done.stdout


def test_cold_search_loads_nothing_heavy(index):
    code = (
        "import sys\n"
        "from cmpagl_model.cli.app import run\n"
        f"assert run(['search', {str(index)!r}, 'a road', '--json']) == 0\n"
        "heavy = {'torch', 'timm', 'transformers', 'geopandas', 'pandas', 'matplotlib', 'rich'}\n"
        "print(*sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.split() == []


def test_ctrl_c_stops_in_a_moment_and_keeps_what_is_done(make_scene, tmp_path, capfd):
    scene = make_scene(width=3000, height=3000)
    index = tmp_path / "x.cmpagl"
    # A test run in the background ignores SIGINT and its children inherit that; a user's does not.
    heeding = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "from cmpagl_model.cli import main, progress; progress.MINUTE_S = 1e9; main(sys.argv[1:])"
    )
    options = ["index", str(scene), "-o", str(index), "--gsd", "native", "--overlap", "0.8"]
    command = [sys.executable, "-c", heeding, *options]
    working = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 300
    while not (index / "_index.json").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(1.5)
    os.kill(working.pid, signal.SIGINT)
    _, err = working.communicate(timeout=300)
    assert working.returncode == 130
    assert "the same command goes on" in one_line(err.lstrip())  # after the ^C
    capfd.readouterr()
    code, told = run(["info", str(index)]), capfd.readouterr()
    if ": 0 chips of 0 scenes" in told.out:  # a busy machine had not come to its first chips
        assert (code, told.err) == (0, "")
        return
    assert code == 3
    assert "1 scene" in told.out  # what was done is kept
    assert "part 1 of " in told.err
    assert "run 'cmpagl index' on that scene again" in told.err


@pytest.mark.weights
def test_search_says_first_that_nothing_fits_and_lists_the_nearest(index, capsys):
    assert run(["search", str(index), "a stapler", "-k", "3"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "nothing here looks like 'a stapler'; the model does not know: stapler"
    assert "relevance" in lines[1]
    assert "town.tif" in lines[2]
    assert run(["search", str(index), "a stapler", "--min-relevance", "0.9"]) == 0
    assert capsys.readouterr().out.splitlines() == lines[:1]
    assert run(["search", str(index), "a stapler", "--min-relevance", "2"]) == 2
    assert "--min-relevance" in capsys.readouterr().err
    assert run(["search", str(index), "a stapler", "--json"]) == 0
    page = json.loads(capsys.readouterr().out)
    assert (page["found"], page["notice"]) == (False, lines[0])


def test_what_writes_a_file_is_silent_when_asked(index, tmp_path, capsys):
    """As `cmpagl index -q`; errors would still be said."""
    for name, *command in (
        ("all.csv", "export", str(index)),
        ("found.csv", "search", str(index), "a road"),
        ("heat.tif", "heatmap", str(index), "a road", "--scene", "town.tif"),
        ("outlines.gpkg", "objects", str(index), "a road"),
    ):
        place = tmp_path / name
        assert run([*command, "-o", str(place), "-q"]) == 0
        assert place.stat().st_size
        said = capsys.readouterr()
        assert (said.out, said.err) == ("", "")
        assert run([*command, "-o", str(place)]) == 0
        assert name in capsys.readouterr().out
