"""``cmpagl change`` and ``cmpagl objects`` as a user meets them."""

from __future__ import annotations

import geopandas
import pytest
from PIL import Image

from cmpagl_model import open_index
from cmpagl_model.cli.app import run
from cmpagl_model.index import build_index
from cmpagl_model.search.change import find_changes
from cmpagl_model.search.objects import find_objects
from tests.cmpagl_model.search.test_change import X, Y, country
from tests.conftest import make_scene
from tiling import ChipSpec


@pytest.fixture(scope="module")
def index(tmp_path_factory, encoder):
    folder = tmp_path_factory.mktemp("dates")
    make = make_scene.__wrapped__(folder)
    make("old.tif", pixels=country(lake=False), corner=(X, Y))
    make("new.tif", pixels=country(lake=True)[:, 9:, 4:], corner=(X + 4, Y - 9))
    build_index([str(folder)], folder / "place.cmpagl", encoder, ChipSpec(ground_sizes_m=(200.0,)))
    return folder / "place.cmpagl"


def test_changes_are_those_of_the_library(index, tmp_path, capsys):
    words = ["change", str(index), "a lake", "--before", "old", "--after", "new"]
    found = find_changes(open_index(index), "a lake", before=["old"], after=["new"])
    assert run(words) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split()[:4] == ["rank", "change", "before", "after"]
    assert len(lines) == len(found.changes) > 0
    assert lines[0].split()[1] == f"{found.changes[0].change:.3f}"
    files = ["-o", str(tmp_path / "new.csv"), "--preview", str(tmp_path / "new.png")]
    assert run([*words, *files, "-k", "1"]) == 0
    assert "1 place, greatest change first" in capsys.readouterr().out
    assert (tmp_path / "new.csv").read_text().count("\n") == 2
    assert Image.open(tmp_path / "new.png").size[0] > 400


def test_what_did_not_change_is_said(index, capsys):
    words = ["change", str(index), "a lake", "--before", "new", "--after", "old"]
    assert run(words) == 0
    assert capsys.readouterr().out.startswith("no place became 'a lake'; next:")
    assert run([*words[:-1], "new"]) == 1
    assert "as the earlier and the later scene" in capsys.readouterr().err


def test_objects_are_those_of_the_library(index, tmp_path, capsys):
    output = tmp_path / "lakes.geojson"
    words = ["objects", str(index), "a lake", "-o", str(output)]
    assert run(words) == 0
    wanted = find_objects(open_index(index), "a lake")
    frame = geopandas.read_file(output)
    assert frame["area_m2"].tolist() == [round(one.area_m2, 1) for one in wanted.objects]
    assert f"{len(wanted.objects)} outline" in capsys.readouterr().out
    assert run([*words, "--min-area", "1e12"]) == 0
    assert len(geopandas.read_file(output)) == 0
    assert "0 outlines" in capsys.readouterr().out
