"""``cmpagl where`` as a user meets it."""

from __future__ import annotations

import json

import numpy as np
import pytest
import rasterio
from PIL import Image

from cmpagl_model import open_index
from cmpagl_model.cli.app import run
from cmpagl_model.index import build_index
from cmpagl_model.search import ChipPlace
from cmpagl_model.search.where import where_in_chip
from tiling import ChipSpec, Window


@pytest.fixture(scope="module")
def index(tmp_path_factory, encoder):
    from tests.conftest import make_scene  # noqa: PLC0415 - one scene for all tests here

    folder = tmp_path_factory.mktemp("where")
    scene = make_scene.__wrapped__(folder)("a.tif", seed=1)
    build_index([str(scene)], folder / "town.cmpagl", encoder, ChipSpec(native=True))
    return folder / "town.cmpagl"


def test_what_is_printed_and_written_is_that_of_the_library(index, tmp_path, capsys):
    opened = open_index(index)
    row = int(opened.table.of_scene(opened.table.scenes[0])[0])
    place = ChipPlace(
        opened.table.scenes[0].path, opened.table.window(row), float(opened.table.ground_m[row])
    )
    wanted = where_in_chip(opened, place, "a road beside houses")
    at = f"a.tif@{place.window.col},{place.window.row}"
    words = ["where", str(index), "a road beside houses", "--at", at]
    assert run([*words, "--json", "-o", str(tmp_path / "heat.tif")]) == 0
    page = json.loads(capsys.readouterr().out)
    assert [one["word"] for one in page["words"]] == ["road", "houses"]
    assert Window(*page["window"]) == place.window
    np.testing.assert_allclose(page["heat"], wanted.heat.values, atol=1e-3)
    with rasterio.open(tmp_path / "heat.tif") as file:
        np.testing.assert_allclose(file.read(1), wanted.heat.values, atol=1e-3)
    assert run([*words, "-o", str(tmp_path / "place.png")]) == 0
    told = capsys.readouterr().out
    assert "houses  " in told
    assert "place.png: written" in told
    assert Image.open(tmp_path / "place.png").width > 800


def test_how_the_sentence_was_read_is_told(index, capsys):
    scene = open_index(index).table.window(0)
    words = ["where", str(index), "a road, no cars", "--at", f"a.tif@{scene.col},{scene.row}"]
    assert run(words) == 0
    assert "read by parts: a road - without: cars\n" in capsys.readouterr().out
    assert run([*words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["understood"] == "a road - without: cars"
    assert run([*words, "--plain"]) == 0
    assert "read by parts" not in capsys.readouterr().out
    assert run([*words, "--plain", "--json"]) == 0
    assert "understood" not in json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["a road", "--at", "0,0"], "found no chip at longitude 0"),
        (["a road", "--at", "a.tif@1,1"], "found no chip that begins at column 1, row 1"),
        (["a road", "--at", "b.tif@0,0"], "found 0 scenes called 'b.tif'"),
        (["a road", "--at", __file__], "wanted LON,LAT"),
        ([" ", "--at", "a.tif@0,0"], "found an empty query"),
        (["a road", "--at", "a.tif@0,0", "-o", "heat.gpkg"], "wanted .png"),
    ],
)
def test_what_cannot_be_shown_is_refused(index, capsys, words, said):
    assert run(["where", str(index), *words]) == 1
    assert said in capsys.readouterr().err
