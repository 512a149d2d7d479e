"""``make plugin``: the zip keeps the plugin site's rules and has the same bytes each time."""

import configparser
import io
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from cmpagl_model.cli.plugin_files import PluginFile, compiled_translations, source_in
from tools import package_plugin

ROOT = Path(__file__).resolve().parents[2]
SOURCE = source_in(ROOT / "cmpagl_qgis")


@pytest.fixture(scope="module")
def data():
    return package_plugin.zipped(SOURCE.files())


@pytest.fixture(scope="module")
def archive(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        yield archive


def test_the_command_writes_a_zip_that_can_be_installed(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(package_plugin, "ROOT", tmp_path)
    monkeypatch.setattr(package_plugin, "DIST", tmp_path / "dist")
    for name in ("metadata.txt", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    shutil.copytree(ROOT / "cmpagl_qgis", tmp_path / "cmpagl_qgis")
    assert package_plugin.main() == 0
    printed = capsys.readouterr().out
    (path,) = (tmp_path / "dist").iterdir()
    assert path.name == f"cmpagl_qgis-{SOURCE.version}.zip"
    assert f"dist/{path.name}" in printed
    assert "Install from ZIP" in printed
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "plugins")
    placed = tmp_path / "plugins" / "cmpagl_qgis"
    assert (placed / "metadata.txt").read_bytes() == (ROOT / "metadata.txt").read_bytes()
    assert (placed / "help" / "user-guide.md").is_file()
    assert len(list((placed / "help" / "images" / "guide").glob("*.jpg"))) == 5
    code = "import cmpagl_qgis; print(cmpagl_qgis.classFactory.__name__)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(placed.parent), "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    assert done.stdout == "classFactory\n", done.stderr


def test_everything_is_in_one_folder_and_nothing_else(archive):
    names = archive.namelist()
    assert {name.split("/")[0] for name in names} == {"cmpagl_qgis"}
    code = {
        f"cmpagl_qgis/{path.relative_to(ROOT / 'cmpagl_qgis').as_posix()}"
        for pattern in ("*.py", "*.svg", "*.ts", "sample/*")
        for path in (ROOT / "cmpagl_qgis").rglob(pattern)
    }
    docs = ROOT / "docs"
    guide = {
        f"cmpagl_qgis/help/{path.relative_to(docs).as_posix()}"
        for path in (docs / "user-guide.md", *docs.glob("images/guide/*.jpg"))
    }
    assert set(names) == code | guide | {"cmpagl_qgis/metadata.txt", "cmpagl_qgis/LICENSE"}
    assert names == sorted(names)
    assert package_plugin.complaints(archive.fp.getvalue()) == []


def test_metadata_is_that_of_the_repository_and_its_icon_is_there(archive):
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(archive.read("cmpagl_qgis/metadata.txt").decode("utf-8"))
    assert parser["general"]["version"] == SOURCE.version
    assert f"cmpagl_qgis/{parser['general']['icon']}" in archive.namelist()
    assert b"GNU GENERAL PUBLIC LICENSE" in archive.read("cmpagl_qgis/LICENSE")


def test_the_same_files_give_the_same_bytes_whatever_their_dates(data, tmp_path):
    copies = []
    for file in reversed(SOURCE.files()):
        copy = tmp_path / file.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file.path, copy)
        os.utime(copy, (2_000_000_000, 2_000_000_000))
        copy.chmod(0o600)
        copies.append(PluginFile(file.name, copy))
    assert package_plugin.zipped(tuple(copies)) == data


def made(tmp_path, **contents):
    """A zip of the plugin with files added, changed, or (None) taken out."""
    files = {file.name: file for file in SOURCE.files()}
    for number, (name, content) in enumerate(contents.items()):
        files.pop(name, None)
        if content is not None:
            place = tmp_path / str(number)
            place.write_bytes(content)
            files[name] = PluginFile(name, place)
    return package_plugin.zipped(tuple(files.values()))


@pytest.mark.parametrize(
    ("contents", "complaint"),
    [
        ({"LICENSE": None}, "LICENSE is missing"),
        ({"LICENSE": b"MIT"}, "LICENSE is not the GPL"),
        ({"metadata.txt": None}, "metadata.txt is missing"),
        ({"metadata.txt": b"[general]\nname=CMPAGL\n"}, "metadata.txt has no version"),
        ({"icons/cmpagl.svg": None}, "names the icon"),
        ({"__pycache__/a.pyc": b""}, "must not be in the zip"),
        ({"engine.json": b"{}"}, "must not be in the zip"),
        ({".bandit": b""}, "must not be in the zip"),
        ({"run.sh": b""}, "must not be in the zip"),
        ({"lib/fast.so": b""}, "must not be in the zip"),
        ({"ui_dock.py": b""}, "must not be in the zip"),
        ({"big.txt": os.urandom(25_000_001)}, "the site takes 25,000,000"),
    ],
)
def test_a_broken_rule_is_named(tmp_path, contents, complaint):
    assert any(
        complaint in found for found in package_plugin.complaints(made(tmp_path, **contents))
    )


def test_a_second_folder_is_named(data):
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("other/__init__.py", "")
    assert any("one top folder" in found for found in package_plugin.complaints(buffer.getvalue()))


def test_translations_are_compiled(tmp_path):
    compiled = compiled_translations(SOURCE, tmp_path)
    assert [file.name for file in compiled] == ["i18n/cmpagl_de.qm"]  # English is in the code
    assert compiled[0].path.read_bytes()[:4] == bytes.fromhex("3cb86418")  # Qt's magic number
