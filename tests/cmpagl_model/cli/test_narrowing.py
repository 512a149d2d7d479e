"""The same options narrow every question about many chips: box, area, scene, size and date."""

from __future__ import annotations

import json

import geopandas
import pytest
from shapely.geometry import box

from cmpagl_model.cli.app import run
from cmpagl_model.index import build_index
from cmpagl_model.search import Filter, open_index
from tests.conftest import make_scene
from tiling import ChipSpec

FIRST, LATER, UNDATED = "town_20190705.tif", "town_20200719.tif", "town.tif"
SPEC = ChipSpec(size_px=32, ground_sizes_m=(64.0, 128.0))


@pytest.fixture(scope="module")
def index(tmp_path_factory, encoder):
    place = tmp_path_factory.mktemp("narrowing")
    make = make_scene.__wrapped__(place)
    scenes = [
        str(make(name, 256, 192, corner=(600_000 + 1000 * n, 5_700_000), seed=n))
        for n, name in enumerate((FIRST, LATER, UNDATED))
    ]
    build_index(scenes, place / "town.cmpagl", encoder, SPEC)
    (place / "classes.csv").write_text("houses,many houses\nwater,a lake\n")
    (place / "words.txt").write_text("many houses\na lake\na forest\n")
    return place / "town.cmpagl"


def box_of(index, scene):
    """West, south, east, north of a scene's chips, degrees."""
    table = open_index(index).table
    bounds = table.bounds(Filter(scenes=(scene,)).rows(table))
    return (*bounds[:, :2].min(axis=0), *bounds[:, 2:].max(axis=0))


@pytest.fixture
def narrowed(index, tmp_path):
    """Options that leave the later scene alone, each with a name."""
    area = box(*box_of(index, LATER)).buffer(-1e-5)
    geopandas.GeoSeries([area], crs="OGC:CRS84").to_file(tmp_path / "area.geojson")
    return {
        "bbox": ["--bbox", ",".join(f"{one:.9f}" for one in area.bounds)],
        "within": ["--within", str(tmp_path / "area.geojson")],
        "scene": ["--scene", LATER],
        "from": ["--from", "2020"],
        "to": ["--from", "2019-08", "--to", "2020"],
    }


def words_of(index):
    """So that not all sentences that ship are embedded for each question."""
    return ["--sentences", str(index.parent / "words.txt")]


def asked(command, index, output):
    """The words of a question, and the scenes that its layer names."""
    words = {
        "search": ["search", str(index), "houses", "-k", "999", "--no-siblings", "-q"],
        "classify": ["classify", str(index), str(index.parent / "classes.csv"), "-q"],
        "overview": ["overview", str(index), "--groups", "2", *words_of(index), "-q"],
        "objects": ["objects", str(index), "houses", "-k", "999", "-q"],
    }
    return [*words[command], "-o", str(output)]


@pytest.mark.parametrize("how", ["bbox", "within", "scene", "from", "to"])
@pytest.mark.parametrize("command", ["search", "classify", "overview", "objects"])
def test_a_layer_holds_what_was_asked_for_alone(index, narrowed, tmp_path, command, how):
    words = asked(command, index, tmp_path / "layer.geojson")
    assert run(words) == 0
    everywhere = geopandas.read_file(tmp_path / "layer.geojson")
    assert run([*words, *narrowed[how]]) == 0
    layer = geopandas.read_file(tmp_path / "layer.geojson")
    assert {name.rpartition("/")[2] for name in layer["scene"]} == {LATER}
    assert 0 < len(layer) < len(everywhere)


@pytest.mark.parametrize("how", ["bbox", "within", "scene", "from", "to"])
def test_an_area_is_described_by_its_own_chips(index, narrowed, capsys, how):
    def chips(*words):
        assert run(["describe", str(index), *words, *words_of(index), "--json"]) == 0
        return json.loads(capsys.readouterr().out)["chips"]

    assert chips(*narrowed[how]) == chips("--scene", LATER) < chips("--scene", "town*")


@pytest.mark.parametrize("command", ["classify", "overview", "objects"])
def test_sizes_and_chips_of_unknown_date_are_told_apart(index, tmp_path, capsys, command):
    words = asked(command, index, tmp_path / "layer.geojson")
    table = open_index(index).table
    unknown = Filter(from_date="2019").chosen(table)[1]
    assert run([*words, "--from", "2019"]) == 0
    assert f"left out {unknown} chips of unknown date" in capsys.readouterr().err
    assert run([*words, "--scene", UNDATED, "--from", "2019"]) == (
        1 if command == "overview" else 0
    )
    said = " ".join("".join(capsys.readouterr()).split())
    assert f"({unknown} of unknown date)" in said or f"left out {unknown} chips" in said
    assert run([*words, "--ground-size", "120,130"]) == 0
    if command == "classify":
        assert set(geopandas.read_file(tmp_path / "layer.geojson")["ground_m"].round()) == {128.0}


@pytest.mark.parametrize("command", ["search", "classify", "overview", "objects"])
def test_what_is_read_is_not_written_over(index, narrowed, tmp_path, capsys, command):
    before = (tmp_path / "area.geojson").read_bytes()
    assert run([*asked(command, index, tmp_path / "area.geojson"), *narrowed["within"]]) == 1
    assert "it would be replaced" in " ".join(capsys.readouterr().err.split())
    assert (tmp_path / "area.geojson").read_bytes() == before
    assert run([*asked(command, index, tmp_path / "x.geojson"), "--from", "soon"]) == 1
    assert "found the date 'soon'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("where", "said"),
    [
        (["--scene", FIRST, "--from", "2020"], "of that time, wanted one at least; next: ask for"),
        (
            ["--scene", UNDATED, "--from", "2020"],
            "of unknown date), wanted one at least; next:",
        ),
        (["--bbox", "0,0,1,1", "--from", "2020"], "no chip there, wanted a place that the index"),
        (["--scene", "nowhere*"], "no chip there, wanted a place that the index holds"),
    ],
)
def test_what_left_no_chip_is_told_with_a_next_step_that_helps(index, capsys, where, said):
    assert run(["overview", str(index), *where, *words_of(index)]) == 1
    assert said in capsys.readouterr().err
