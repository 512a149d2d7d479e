"""The plugin in a QGIS profile: placed whole, enabled, nothing else touched, taken out again."""

import configparser
import json
import sys
from pathlib import Path

import pytest

from cmpagl_model.cli import app, plugin_install
from cmpagl_model.cli.plugin_files import find_plugin, source_in
from cmpagl_model.cli.qgis_profiles import default_bases, find_profiles, with_setting
from cmpagl_model.errors import InstallError

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def base(tmp_path):
    return tmp_path / "qgis"


def call(base, *words):
    return app.run(["qgis-install", "--profiles-path", str(base), *words])


def plugin_folder(base, profile="default"):
    return base / "profiles" / profile / "python" / "plugins" / "cmpagl_qgis"


def settings_file(base, profile="default"):
    return base / "profiles" / profile / "QGIS" / "QGIS3.ini"


def test_a_qgis_that_was_never_started_gets_a_profile_with_the_whole_plugin(base, capsys):
    assert call(base) == 0
    folder = plugin_folder(base)
    placed = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    code = {
        path.relative_to(ROOT / "cmpagl_qgis").as_posix()
        for path in (ROOT / "cmpagl_qgis").rglob("*.py")
    }
    assert code | {"metadata.txt", "LICENSE", "engine.json"} <= placed
    assert not [name for name in placed if "__pycache__" in name or name.endswith(".pyc")]
    assert "i18n/cmpagl_de.qm" in placed  # in tests/qgis Qt reads it
    assert (folder / "metadata.txt").read_bytes() == (ROOT / "metadata.txt").read_bytes()
    assert (folder / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    assert json.loads((folder / "engine.json").read_text("utf-8")) == {"python": sys.executable}
    assert settings_file(base).read_text("utf-8") == "[PythonPlugins]\ncmpagl_qgis=true\n"
    out = capsys.readouterr().out
    assert str(folder) in out
    assert sys.executable in out
    assert "restart it if it runs" in out


def test_a_second_call_replaces_what_is_there_and_leaves_nothing_behind(base):
    call(base)
    stale = plugin_folder(base) / "gone_in_this_version.py"
    stale.write_text("1\n")
    before = settings_file(base).read_bytes()
    assert call(base) == 0
    assert not stale.exists()
    assert settings_file(base).read_bytes() == before
    assert [path.name for path in plugin_folder(base).parent.iterdir()] == ["cmpagl_qgis"]
    assert [path.name for path in plugin_folder(base).parent.parent.iterdir()] == ["plugins"]


def test_settings_of_others_survive_byte_by_byte(base):
    file = settings_file(base)
    file.parent.mkdir(parents=True)
    text = (
        b"[PythonPlugins]\r\nGroup\\key=1\r\nother=true\r\ncmpagl_qgis=false\r\n\r\n"
        b"[app]\r\nx=\xe9\r\n"
    )
    file.write_bytes(text)
    assert call(base) == 0
    lines = file.read_bytes().splitlines(keepends=True)
    assert b"cmpagl_qgis=true\r\n" in lines
    others = [line for line in text.splitlines(keepends=True) if b"cmpagl_qgis" not in line]
    assert [line for line in lines if b"cmpagl_qgis" not in line] == others


@pytest.mark.parametrize(
    "text",
    ["", "[app]\na=1", "[app]\na=1\n", "[PythonPlugins]", "[PythonPlugins]\nb=true\n[zoo]\nc=1\n"],
)
@pytest.mark.parametrize("value", ["true", None])
def test_the_setting_is_read_back_and_nothing_else_changes(text, value):
    def read(content):
        parser = configparser.ConfigParser()
        parser.read_string(content)
        return {name: dict(parser[name]) for name in parser.sections() if parser[name]}

    wanted = read(text)
    if value:
        wanted.setdefault("PythonPlugins", {})["cmpagl_qgis"] = value
    assert read(with_setting(text, "cmpagl_qgis", value)) == wanted
    undone = with_setting(with_setting(text, "cmpagl_qgis", "true"), "cmpagl_qgis", None)
    assert read(undone) == read(text)


def test_dev_links_to_the_checkout_and_not_into_it(base, capsys):
    assert call(base, "--dev") == 0
    folder = plugin_folder(base)
    assert (folder / "__init__.py").resolve() == ROOT / "cmpagl_qgis" / "__init__.py"
    assert (folder / "metadata.txt").resolve() == ROOT / "metadata.txt"
    assert not (folder / "engine.json").is_symlink()
    assert not (ROOT / "cmpagl_qgis" / "engine.json").exists()
    assert "linked" in capsys.readouterr().out
    assert call(base, "--uninstall") == 0
    assert not folder.exists()
    assert (ROOT / "cmpagl_qgis" / "__init__.py").is_file()


def test_a_link_to_the_whole_package_is_ours_and_only_the_link_goes(base):
    folder = plugin_folder(base)
    folder.parent.mkdir(parents=True)
    folder.symlink_to(ROOT / "cmpagl_qgis")
    assert call(base) == 0
    assert not folder.is_symlink()
    assert (ROOT / "cmpagl_qgis" / "__init__.py").is_file()


def test_uninstall_leaves_the_rest_of_the_profile(base, capsys):
    call(base)
    other = plugin_folder(base).with_name("other")
    other.mkdir()
    profile = plugin_folder(base).parents[2]
    own = [profile / name for name in ("cmpagl.json", "cmpagl.json.77", f"cmpagl_{'0a' * 8}.lock")]
    theirs = [profile / name for name in ("cmpagl.json.bak", "cmpagl_notes.txt", "qgis.db")]
    for file in (*own, *theirs):
        file.write_text("{}")
    assert call(base, "--uninstall") == 0
    assert other.is_dir()
    assert not any(file.exists() for file in own)
    assert all(file.exists() for file in theirs)
    assert not plugin_folder(base).exists()
    assert "cmpagl_qgis" not in settings_file(base).read_text("utf-8")
    capsys.readouterr()
    assert call(base, "--uninstall") == 0
    assert capsys.readouterr().out.startswith("nothing at ")


@pytest.mark.parametrize("words", [(), ("--dev",), ("--uninstall",)])
@pytest.mark.parametrize("metadata", ["[general]\nname=Somebody else's\n", None, "no ini at all"])
def test_a_folder_that_is_not_ours_is_refused_and_left_alone(base, capsys, words, metadata):
    folder = plugin_folder(base)
    folder.mkdir(parents=True)
    (folder / "mine.py").write_text("1\n")
    if metadata:
        (folder / "metadata.txt").write_text(metadata)
    assert call(base, *words) == 1
    message = capsys.readouterr().err
    assert str(folder) in message
    assert "move it away" in message
    assert (folder / "mine.py").is_file()
    assert not settings_file(base).exists()


def test_a_wrong_profile_is_refused_with_those_that_are_there(base, capsys):
    (base / "profiles" / "work").mkdir(parents=True)
    (base / "profiles" / "home").mkdir()
    assert call(base) == 1
    message = capsys.readouterr().err
    assert "'default'" in message
    assert "home, work" in message
    assert call(base, "--profile", "work") == 0
    assert plugin_folder(base, "work").is_dir()


@pytest.mark.parametrize("name", ["", "..", "a/b"])
def test_a_profile_is_a_name_and_no_path(base, name):
    with pytest.raises(InstallError, match="wanted the name of a profile"):
        find_profiles(name, base)


def test_a_place_that_cannot_be_written_is_refused(base, capsys):
    (base / "profiles" / "default").mkdir(parents=True)
    (base / "profiles" / "default" / "python").write_text("a file where a folder should be")
    assert call(base) == 1
    assert "cannot be placed" in capsys.readouterr().err
    assert not settings_file(base).exists()


def test_settings_that_cannot_be_written_are_named(base, capsys):
    settings_file(base).mkdir(parents=True)
    assert call(base) == 1
    message = capsys.readouterr().err
    assert str(settings_file(base)) in message
    assert "Manage and Install Plugins" in message


def test_a_failed_copy_leaves_the_old_plugin(base, monkeypatch, capsys):
    call(base)
    before = sorted(plugin_folder(base).rglob("*"))
    settings_file(base).write_text("[app]\n")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(plugin_install.shutil, "copyfile", full)
    assert call(base) == 1
    assert "No space left on device" in capsys.readouterr().err
    assert sorted(plugin_folder(base).rglob("*")) == before
    assert settings_file(base).read_text("utf-8") == "[app]\n"


@pytest.mark.parametrize(
    ("platform", "environment", "folder"),
    [
        ("linux", {}, "/home/u/.local/share/QGIS"),
        ("linux", {"XDG_DATA_HOME": "/data"}, "/data/QGIS"),
        ("darwin", {}, "/home/u/Library/Application Support/QGIS"),
        ("win32", {"APPDATA": "/roaming"}, "/roaming/QGIS"),
    ],
)
def test_where_qgis_keeps_profiles(platform, environment, folder):
    bases = default_bases(platform, environment, Path("/home/u"))
    assert bases == (Path(folder) / "QGIS3", Path(folder) / "QGIS4")


def test_qgis_own_variable_comes_first():
    environment = {"QGIS_CUSTOM_CONFIG_PATH": "/custom", "XDG_DATA_HOME": "/data"}
    assert default_bases("linux", environment, Path("/home/u")) == (Path("/custom"),)


def test_every_qgis_that_was_started_gets_the_plugin(tmp_path, monkeypatch):
    monkeypatch.delenv("QGIS_CUSTOM_CONFIG_PATH", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    for program in ("QGIS3", "QGIS4"):
        (tmp_path / "QGIS" / program / "profiles" / "default").mkdir(parents=True)
    files = [profile.settings.name for profile in find_profiles("default")]
    assert files == ["QGIS3.ini", "QGIS4.ini"]


def test_a_wheel_has_its_facts_inside_and_a_checkout_beside(tmp_path):
    assert find_plugin().facts == ROOT
    code = tmp_path / "cmpagl_qgis"
    code.mkdir()
    with pytest.raises(InstallError, match="force-reinstall"):
        source_in(code)
    for name in ("metadata.txt", "LICENSE"):
        (code / name).write_bytes((ROOT / name).read_bytes())
    source = source_in(code)
    assert source.facts == code
    assert [file.name for file in source.files()] == ["LICENSE", "metadata.txt"]
    assert source.version == find_plugin().version
