"""The wheel carries the plugin, and ``cmpagl qgis-install`` finds it there."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PICTURES = (ROOT / "docs" / "images" / "guide").glob("*.jpg")
GUIDE = ("user-guide.md", *(f"images/guide/{path.name}" for path in PICTURES))
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.onnx", "*.safetensors", "*.npy")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The wheel of this checkout without its weights, unpacked as pip would."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE",
                 "metadata.txt"):  # fmt: skip
        shutil.copy(ROOT / name, source)
    for name in ("tiling", "cmpagl_model", "cmpagl_qgis", "docs", "research"):
        shutil.copytree(ROOT / name, source / name, ignore=LEFT_OUT)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index",
               "--no-build-isolation", "--wheel-dir", str(folder), str(source)]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_the_wheel_carries_no_research_data(unpacked):
    assert not [path for path in unpacked.rglob("*") if "research" in path.parts]
    assert not list(unpacked.rglob("rsicd*.json"))


def test_the_plugin_and_its_facts_are_in_the_wheel(unpacked):
    inside = {
        path.relative_to(unpacked / "cmpagl_qgis").as_posix()
        for path in (unpacked / "cmpagl_qgis").rglob("*")
        if path.is_file()
    }
    wanted = {
        path.relative_to(ROOT / "cmpagl_qgis").as_posix()
        for pattern in ("*.py", "*.svg", "*.ts", "sample/*")
        for path in (ROOT / "cmpagl_qgis").rglob(pattern)
    }
    guide = {f"help/{name}" for name in GUIDE}
    assert inside == wanted | {"metadata.txt", "LICENSE"} | guide
    for name in ("metadata.txt", "LICENSE"):
        assert (unpacked / "cmpagl_qgis" / name).read_bytes() == (ROOT / name).read_bytes()


def test_the_installed_command_places_the_plugin(unpacked, tmp_path):
    command = [sys.executable, "-m", "cmpagl_model.cli", "qgis-install",
               "--profiles-path", str(tmp_path / "qgis")]  # fmt: skip
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(unpacked)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    placed = tmp_path / "qgis" / "profiles" / "default" / "python" / "plugins" / "cmpagl_qgis"
    names = {path.relative_to(placed).as_posix() for path in placed.rglob("*") if path.is_file()}
    assert {"__init__.py", "plugin.py", "metadata.txt", "LICENSE", "engine.json"} <= names
    assert not [name for name in names if name.endswith(".pyc")]
    shipped = {path.relative_to(unpacked / "cmpagl_qgis").as_posix()
               for path in (unpacked / "cmpagl_qgis").rglob("*")
               if path.is_file() and "__pycache__" not in path.parts}  # fmt: skip
    assert names == shipped | {"engine.json", "i18n/cmpagl_de.qm"}
