"""Headless in the real ``qgis_process``, with the plugin installed as a user installs it."""

import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from osgeo import ogr

from tests.qgis.core.waiting import alive

from .conftest import ENGINE, ROOT, paint_blocks

# The wrapper of Debian passes options of the desktop, which qgis_process does not know.
PROGRAM = shutil.which("qgis_process.bin") or shutil.which("qgis_process")

pytestmark = [
    pytest.mark.engine,
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAM is None, reason="qgis_process is not installed (package qgis)"),
    pytest.mark.skipif(not ENGINE.is_file(), reason=f"the engine is not installed in {ENGINE}"),
]


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    """A fresh profile with the plugin in it."""
    base = tmp_path_factory.mktemp("qgis")
    command = [ENGINE, "-m", "cmpagl_model.cli", "qgis-install", "--profiles-path", base]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return base


def environment(profile, **more):
    values = {key: value for key, value in os.environ.items() if not key.startswith("CMPAGL_")}
    return {
        **values, "QGIS_CUSTOM_CONFIG_PATH": str(profile), "QT_QPA_PLATFORM": "offscreen",
        "XDG_RUNTIME_DIR": str(profile), "LC_ALL": "C.UTF-8", **more,
    }  # fmt: skip


def arguments(name, parameters):
    return [PROGRAM, "run", f"cmpagl:{name}", "--",
            *(f"{key}={value}" for key, value in parameters.items())]  # fmt: skip


def run(profile, name, parameters, **more):
    return subprocess.run(
        arguments(name, parameters), env=environment(profile, **more), capture_output=True,
        text=True, timeout=300, check=False,
    )  # fmt: skip


def outputs(text):
    """The results at the end of what it prints."""
    return dict(re.findall(r"^(\w+):\t(.*)$", text.partition("Results")[2], re.MULTILINE))


def count(path):
    data = ogr.Open(str(path))  # a layer lives as long as this does
    return data.GetLayer(0).GetFeatureCount()


@pytest.fixture(scope="module")
def index(profile, tmp_path_factory):
    folder = tmp_path_factory.mktemp("headless")
    scene = paint_blocks(folder / "town.tif", crs="EPSG:32736", corner=(400_000, 9_000_000))
    index = folder / "town.cmpagl"
    done = run(profile, "buildindex",
               {"LAYERS": scene, "GROUND_SIZES": "100,200", "OUTPUT": index})  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert outputs(done.stdout)["SCENES"] == "1"
    return index


def test_a_search_opens_in_gdal_with_crs_and_count(profile, index, tmp_path):
    parameters = {"INDEX": index, "QUERY": "a football field next to a river", "NUMBER": 5,
                  "OUTPUT": tmp_path / "x.gpkg"}  # fmt: skip
    done = run(profile, "searchtext", parameters)
    assert done.returncode == 0, done.stdout + done.stderr
    assert outputs(done.stdout)["COUNT"] == "5"
    data = ogr.Open(str(tmp_path / "x.gpkg"))
    layer = data.GetLayer(0)
    assert layer.GetFeatureCount() == 5
    assert layer.GetSpatialRef().GetAuthorityCode(None) == "32736"
    west, east, south, north = layer.GetExtent()
    assert 400_000 - 1 <= west < east <= 400_400 + 1
    assert 9_000_000 - 401 <= south < north <= 9_000_000 + 1


@pytest.mark.parametrize("suffix", ["geojson", "shp", "fgb", "csv"])
def test_other_formats_take_the_matches_too(profile, index, tmp_path, suffix):
    parameters = {"INDEX": index, "QUERY": "roofs", "NUMBER": 3,
                  "OUTPUT": tmp_path / f"x.{suffix}"}  # fmt: skip
    done = run(profile, "searchtext", parameters)
    assert done.returncode == 0, done.stdout + done.stderr
    assert count(tmp_path / f"x.{suffix}") == 3


def test_footprints_and_verification(profile, index, tmp_path):
    done = run(profile, "footprints", {"INDEX": index, "OUTPUT": tmp_path / "f.gpkg"})
    assert done.returncode == 0, done.stdout + done.stderr
    verified = run(profile, "verifyindex", {"INDEX": index})
    assert verified.returncode == 0
    assert outputs(verified.stdout)["CHIPS"] == str(count(tmp_path / "f.gpkg"))
    assert outputs(verified.stdout)["PROBLEMS"] == "0"


def test_a_missing_index_is_named(profile, tmp_path):
    parameters = {"INDEX": tmp_path / "absent.cmpagl", "QUERY": "x", "OUTPUT": tmp_path / "x.gpkg"}
    done = run(profile, "searchtext", parameters)
    assert done.returncode != 0
    assert "absent.cmpagl" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_a_bad_interpreter_is_named(profile, index, tmp_path):
    parameters = {"INDEX": index, "QUERY": "x", "OUTPUT": tmp_path / "x.gpkg"}
    done = run(profile, "searchtext", parameters, CMPAGL_ENGINE_PYTHON="/nowhere/python")
    assert done.returncode != 0
    assert "/nowhere/python" in done.stdout + done.stderr
    assert "cannot be started" in done.stdout + done.stderr


def test_no_engine_outlives_a_killed_qgis(profile, tmp_path):
    scene = paint_blocks(tmp_path / "large.tif", side=1600)
    parameters = {"LAYERS": scene, "GROUND_SIZES": "60", "OUTPUT": tmp_path / "large.cmpagl"}
    process = subprocess.Popen(
        arguments("buildindex", parameters), env=environment(profile), stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    children = []
    until = time.monotonic() + 60
    while not children and time.monotonic() < until:
        children = children_of(process.pid)
        time.sleep(0.1)
    assert children
    time.sleep(2)
    process.send_signal(signal.SIGKILL)
    process.wait()
    until = time.monotonic() + 30
    while any(alive(pid) for pid in children) and time.monotonic() < until:
        time.sleep(0.2)
    assert not any(alive(pid) for pid in children)


def children_of(pid):
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(word) for word in text.split()]
