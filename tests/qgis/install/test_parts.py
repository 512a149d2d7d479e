"""The parts of an installation by themselves: finding Pythons, reading pip, folders of ours."""

import json
import sys
from pathlib import Path

import pytest

from cmpagl_qgis.engine.home import (
    MARK,
    begin_folder,
    finish_folder,
    own_engine,
    own_folders,
    remove_folder,
)
from cmpagl_qgis.engine.interpreter import Interpreter
from cmpagl_qgis.engine.network import Network
from cmpagl_qgis.engine.pip_output import PipReader, fault_text
from cmpagl_qgis.engine.pythons import Survey, candidates
from cmpagl_qgis.engine.unpacking import Unpacking
from cmpagl_qgis.errors import InstallError
from tests.qgis.core.waiting import wait_until


def survey(*paths):
    answers = []
    asks = Survey(tuple(Interpreter(str(path), "test") for path in paths))
    asks.finished.connect(answers.append)
    asks.start()
    assert wait_until(lambda: answers)
    return answers[0]


def test_pythons_of_this_computer_are_found_each_once(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    own = tmp_path / "cmpagl" / "bin" / "python"
    pyenv = tmp_path / ".pyenv/versions/3.12.1/bin/python"
    pipx = tmp_path / ".local/share/pipx/venvs/cmpagl-qgis/bin/python"
    conda = tmp_path / "miniforge3/bin/python"
    for path in (own, pyenv, pipx, conda):
        path.parent.mkdir(parents=True)
        path.write_text("")
    found = candidates()
    origins = {one.path: one.origin for one in found}
    assert origins[str(own)] == "your folder cmpagl"
    assert origins[str(pipx)] == "pipx"
    assert origins[str(pyenv)] == "pyenv"
    assert origins[str(conda)] == "conda"
    assert [one.path for one in found][:2] == [str(own), str(pipx)]  # they may have the engine
    real = [str(Path(one.path).resolve()) for one in found]
    assert len(real) == len(set(real))
    assert any(Path(one.path).samefile("/usr/bin/python3") for one in found)


def test_whoever_is_asked_answers_or_is_named_with_a_reason(tmp_path):
    answer = {"version": [3, 12, 1], "kind": "CPython", "bits": 64, "lacks": [], "engine": False,
              "ensurepip": True, "free": False}  # fmt: skip
    odd = {
        "pypy": {"kind": "PyPy"}, "small": {"bits": 32}, "free": {"free": True},
        "new": {"version": [3, 14, 0]}, "bare": {"lacks": ["ssl"]}, "good": {},
    }  # fmt: skip
    paths = []
    for name, change in odd.items():
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\necho a warning\necho '{json.dumps({**answer, **change})}'\n")
        path.chmod(0o755)
        paths.append(path)
    reasons = [one.why_not for one in survey(*paths, tmp_path / "gone", "/bin/false")]
    wanted = ("PyPy", "32 bits", "free-threaded", "Python 3.14.0; wanted 3.10 to 3.13", "parts")
    for reason, words in zip(reasons, wanted, strict=False):
        assert words in reason
    assert reasons[5] == ""
    assert all(reason.startswith("does not run") for reason in reasons[6:])


def test_the_python_of_these_tests_says_who_it_is():
    (found,) = survey(sys.executable)
    assert found.version == sys.version_info[:3]
    assert found.fit == ((3, 10) <= sys.version_info[:2] <= (3, 13))
    assert not found.has_engine


PROXY = Network(proxy="http://a:b@proxy:8080", shown="proxy:8080")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 407 Proxy "
         "Authentication Required')))", "asks for a name and a password"),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] unable to get "
         "local issuer')))", "its certificate is not trusted"),
        ("NameResolutionError(\"host='pypi.org': Failed to resolve ([Errno -3] Temporary failure "
         "in name resolution)\")", "pypi.org could not be reached: its name is not known"),
        ("ReadTimeoutError(\"HTTPSConnectionPool(host='files.pythonhosted.org', port=443): Read "
         "timed out.\")", "files.pythonhosted.org could not be reached: it did not answer"),
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
         "The disk of /home/p is full"),
        ("ERROR: [WinError 5] Access is denied: 'C:\\\\x.pyd'", "virus scanner"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "arrived damaged"),
        ("ERROR: something that nobody foresaw", "nobody foresaw. The log has all of it"),
    ],
)  # fmt: skip
def test_why_pip_failed_is_said_with_the_next_step(line, words):
    lines = ["Looking in indexes: https://pypi.org/simple", f"WARNING: Retrying: {line}"]
    if line.startswith("ERROR"):
        lines = [line]
    else:
        lines.append("ERROR: No matching distribution found for cmpagl-qgis")
    text = fault_text(lines, PROXY, "/home/p", "")
    assert words in text
    assert "QGIS's proxy proxy:8080 was used" in text or "could not be reached" not in text


def test_an_old_pip_tells_sizes_only():
    reader = PipReader()
    lines = ["Collecting numpy", "  Downloading numpy-2.4-cp311.whl (16.9 MB)",
             "  Using cached rich-15-py3-none-any.whl (310 kB)",
             "Collecting x", "  Downloading x-1.whl.metadata (5 kB)"]  # fmt: skip
    last = [reader.feed(line) for line in lines][-1]
    assert last.what == "rich"
    done = reader.feed("Installing collected packages: numpy, rich")
    assert done.installing
    assert done.done_mb == pytest.approx(17.21)


@pytest.mark.parametrize("by_folder", [True, False])
def test_unpacking_is_measured_by_the_packages_that_are_there(qgis_app, tmp_path, by_folder):
    wheels, env = tmp_path / "my wheels", tmp_path / "env"
    wheels.mkdir()
    files = {"numpy-2.4.6-cp311-x.whl": 3_000_000, "Click_Plugins-1.1-py3-none-any.whl": 1_000_000}
    reader = PipReader()
    for name, size in files.items():
        (wheels / name).write_bytes(bytes(size))
        line = f"Processing {wheels / name}" if by_folder else f"  Downloading {name} (9.0 MB)"
        reader.feed(line)
        if not by_folder:
            reader.feed(f"Progress {size} of {size}")
    unpacking = Unpacking(env, reader, str(wheels) if by_folder else "", qgis_app)
    told = []
    unpacking.told.connect(lambda *values: told.append(values))
    assert reader.feed("Installing collected packages: click-plugins, numpy").installing
    unpacking.start()
    assert told[-1] == ("click-plugins", 0.0, 4.0 if by_folder else 18.0)
    place = env / "lib" / "python3.11" / "site-packages"
    for name, what, done in (("Click_Plugins-1.1", "numpy", 1.0), ("numpy-2.4.6", "", 4.0)):
        folder = place / f"{name}.dist-info"
        folder.mkdir(parents=True)
        (folder / "METADATA").write_text("")
        before, count = told[-1], len(told)
        assert wait_until(lambda count=count: len(told) > count)
        assert told[-1] == before  # its files come before the mark of its end
        (folder / "INSTALLER").write_text("pip")
        assert wait_until(lambda what=what: told[-1][0] == what)
        assert told[-1][1] == (done if by_folder else 9.0 * (1 + (not what)))
    unpacking.stop()
    count = len(told)
    assert not wait_until(lambda: len(told) > count, 1)


def test_only_what_is_marked_and_named_so_is_deleted(tmp_path):
    home = tmp_path / "cmpagl"
    ours = begin_folder(home)
    (ours / "env").mkdir()
    (ours / "env" / "link").symlink_to(tmp_path)
    renamed = begin_folder(home)
    renamed = renamed.rename(home / "important")
    theirs = home / "engine-9"
    theirs.mkdir()
    linked = home / "engine-10"
    elsewhere = begin_folder(tmp_path / "elsewhere")
    linked.symlink_to(elsewhere)
    for folder in (renamed, theirs, linked, tmp_path):
        with pytest.raises(InstallError, match="nothing in it was deleted"):
            remove_folder(folder)
    with pytest.raises(InstallError, match="was not made by this plugin"):
        begin_folder(home, "engine-9")
    remove_folder(ours)
    assert sorted(path.name for path in home.iterdir()) == ["engine-10", "engine-9", "important"]
    assert (elsewhere / MARK).is_file()
    assert begin_folder(home).name == "engine-11"


def test_a_folder_where_a_file_is_is_refused(tmp_path):
    (tmp_path / "cmpagl").write_text("a file")
    with pytest.raises(InstallError, match="No folder can be made"):
        begin_folder(tmp_path / "cmpagl")


def test_an_engine_of_ours_is_known_by_its_python(tmp_path):
    folder = begin_folder(tmp_path)
    assert own_engine(tmp_path, str(folder / "env/bin/python")) is None  # not finished
    finish_folder(folder, "0.1.0")
    assert own_engine(tmp_path, str(folder / "env/bin/python")).version == "0.1.0"
    assert own_engine(tmp_path, sys.executable) is None
    (folder / MARK).write_text("{")
    assert own_folders(tmp_path) == ()
