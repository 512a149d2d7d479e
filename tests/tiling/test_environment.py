"""Scenes lie where they lie, whatever PROJ data of other programs the environment names."""

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pyproj
import pytest

from tiling import ChipSpec, Window, describe_scene
from tiling.georef import footprint

LOOK = """
import sys, tiling
scene = tiling.describe_scene(sys.argv[1], tiling.ChipSpec())
print(scene.crs, tiling.georef.footprint(scene, tiling.Window(0, 0, 300, 200)).wkt)
"""


@pytest.fixture
def old_proj(tmp_path):
    """The data of a PROJ of another version."""
    folder = tmp_path / "proj"
    folder.mkdir()
    shutil.copy(Path(pyproj.datadir.get_data_dir()) / "proj.db", folder)
    database = sqlite3.connect(folder / "proj.db")
    database.execute("UPDATE metadata SET value = 0 WHERE key = 'DATABASE.LAYOUT.VERSION.MINOR'")
    database.commit()
    database.close()
    return folder


@pytest.mark.parametrize("names", [("PROJ_LIB",), ("PROJ_DATA",)])
@pytest.mark.parametrize("what", ["old", "empty"])
def test_proj_data_of_another_program_moves_nothing(make_scene, tmp_path, old_proj, names, what):
    path = make_scene(crs="EPSG:28992")
    scene = describe_scene(path, ChipSpec())
    folder = old_proj if what == "old" else tmp_path
    told = subprocess.run(
        [sys.executable, "-c", LOOK, path], capture_output=True, text=True, check=True, timeout=300,
        env={**os.environ, **dict.fromkeys(names, str(folder))},
    )  # fmt: skip
    assert told.stdout.strip() == f"{scene.crs} {footprint(scene, Window(0, 0, 300, 200)).wkt}"
