"""What messages tell people to type can be typed as it stands."""

from __future__ import annotations

import os
import re
import shlex

import pytest

from cmpagl_model.cli.app import run

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
    assert "my town.tif: found a file, wanted an index" in said
    assert advised(said) == ["index", "my town.tif", "-o", "my town.cmpagl"]
