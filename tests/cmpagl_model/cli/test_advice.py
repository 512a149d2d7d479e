"""What messages tell people to type can be typed as it stands."""

from __future__ import annotations

import os
import re
import shlex

import numpy as np
import pytest
import rasterio
from geopandas import GeoDataFrame
from pyogrio.errors import DataLayerError
from shapely.geometry import box

from cmpagl_model.cli.app import run
from cmpagl_model.errors import OutputError
from cmpagl_model.index.vectors import write_frame

pytestmark = pytest.mark.skipif(os.name == "nt", reason="what is told is for sh here")


def advised(text):
    """The arguments of the command that a message ends with."""
    (command,) = re.findall(r"next: cmpagl (.+)$", text, re.MULTILINE)
    return shlex.split(command)


@pytest.mark.parametrize("folder", ["scenes", "Meine Übersicht (2024)", "it's $HOME & more"])
def test_from_scenes_taken_for_an_index_to_places_by_advice_alone(
    make_scene, tmp_path, monkeypatch, capsys, folder
):
    make_scene(f"{folder}/town.tif")
    monkeypatch.chdir(tmp_path)
    assert run(["search", folder, "a road"]) == 1
    assert run(advised(capsys.readouterr().err)) == 0
    assert run(advised(capsys.readouterr().out)) == 0
    assert "town.tif" in capsys.readouterr().out
    assert (tmp_path / f"{folder}.cmpagl").is_dir()
    assert [path.name for path in (tmp_path / folder).iterdir()] == ["town.tif"]


def test_a_raster_taken_for_an_index(make_scene, tmp_path, monkeypatch, capsys):
    make_scene("my town.tif")
    monkeypatch.chdir(tmp_path)
    assert run(["info", "my town.tif"]) == 1
    said = capsys.readouterr().err
    assert "my town.tif: found a file, wanted the folder of an index" in said
    assert advised(said) == ["index", "my town.tif", "-o", "my town.cmpagl"]


def test_a_search_of_nothing_says_that_nothing_is_in_the_index(make_scene, tmp_path, capsys):
    scene = make_scene(pixels=np.zeros((3, 250, 250), np.uint8), nodata=0)
    index = str(tmp_path / "x.cmpagl")
    assert run(["index", str(scene), "-o", index]) == 0
    capsys.readouterr()
    assert run(["search", index, "a road"]) == 0
    assert "no place: the index has no chips" in capsys.readouterr().out


def test_pictures_in_a_folder_are_found_by_the_pattern_that_is_told(
    make_scene, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    scene = make_scene()
    folder = tmp_path / "my pictures"
    folder.mkdir()
    with rasterio.open(scene) as file:
        options = {"driver": "PNG", "width": file.width, "height": file.height, "count": 3}
        place = {"dtype": "uint8", "crs": file.crs, "transform": file.transform}
        with rasterio.open(folder / "town.png", "w", **options, **place) as picture:
            picture.write(file.read())
    assert run(["index", folder.name, "-o", "x.cmpagl"]) == 1
    (pattern,) = shlex.split(capsys.readouterr().err.rpartition("by a pattern, ")[2])
    assert run(["index", pattern, "-o", "x.cmpagl"]) == 0
    assert "1 scene ready" in capsys.readouterr().out


def test_a_full_disk_is_said_in_a_few_words(tmp_path, monkeypatch):
    said = (
        'Could not add feature to layer at index 0: sqlite3_exec(CREATE TABLE "matches" ( "fid" '
        "INTEGER PRIMARY KEY)) failed: database or disk is full"
    )

    def full(*_, **__):
        raise DataLayerError(said)

    monkeypatch.setattr(GeoDataFrame, "to_file", full)
    places = GeoDataFrame({"rank": [1]}, geometry=[box(4, 52, 5, 53)], crs="OGC:CRS84")
    with pytest.raises(OutputError) as refusal:
        write_frame(places, tmp_path / "hits.gpkg", "matches")
    assert str(refusal.value).endswith(
        "hits.gpkg: cannot write (database or disk is full); wanted a writable place with enough "
        "room; next: free some space; else choose another -o"
    )
