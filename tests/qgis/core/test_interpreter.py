import json
import os
import stat
import subprocess
import sys
import time

import pytest
from qgis.PyQt.QtCore import QProcess

from cmpagl_qgis.engine import interpreter
from cmpagl_qgis.engine.interpreter import (
    FOREIGN,
    Interpreter,
    engine_environment,
    find_interpreter,
    launch_for,
    python_of,
)
from cmpagl_qgis.engine.probe import Probe
from cmpagl_qgis.errors import InterpreterError
from cmpagl_qgis.settings import Settings
from tests.qgis.core.waiting import alive, spin, wait_until


@pytest.fixture
def bare(monkeypatch, tmp_path, clean_settings):
    """Nothing names an engine."""
    monkeypatch.delenv(interpreter.VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    return tmp_path


def command(folder, python="python", line="#!/bin/sh"):
    """A command cmpagl in a folder, beside a python or with a first line of its own."""
    folder.mkdir(parents=True)
    script = folder / "cmpagl"
    script.write_text(line + "\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    if python:
        (folder / python).write_text("")
    return script


def test_the_order_of_who_names_it(bare, monkeypatch):
    file = bare / "engine.json"
    with pytest.raises(InterpreterError, match="Press Install the engine"):
        find_interpreter(file)
    command(bare / "bin")
    monkeypatch.setenv("PATH", str(bare / "bin"))
    assert find_interpreter(file).path == str(bare / "bin" / "python")
    file.write_text(json.dumps({"python": "/from/file"}))
    assert find_interpreter(file).path == "/from/file"
    Settings().engine_python = "/from/setting"
    assert find_interpreter(file).path == "/from/setting"
    monkeypatch.setenv(interpreter.VARIABLE, "/from/environment")
    found = find_interpreter(file)
    assert found.path == "/from/environment"
    assert interpreter.VARIABLE in found.origin


def test_running_qgis_install_again_mends_a_wrong_setting(bare):
    file = bare / "engine.json"
    file.write_text(json.dumps({"python": "/from/file"}))
    Settings().engine_python = "/wrong"
    assert find_interpreter(file).path == "/wrong"
    later = time.time() + 5
    os.utime(file, (later, later))
    assert find_interpreter(file).path == "/from/file"
    Settings().engine_python = "/wrong"  # as the options page does, without a change
    assert find_interpreter(file).path == "/from/file"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"python": 3}', '{"other": "x"}'])
def test_a_broken_engine_file_names_nobody(bare, text):
    (bare / "engine.json").write_text(text)
    with pytest.raises(InterpreterError):
        find_interpreter(bare / "engine.json")


def test_a_command_that_pipx_links_leads_to_its_own_python(bare, monkeypatch):
    script = command(bare / "pipx" / "venvs" / "cmpagl" / "bin")
    (bare / "local").mkdir()
    (bare / "local" / "cmpagl").symlink_to(script)
    monkeypatch.setenv("PATH", str(bare / "local"))
    assert find_interpreter(bare / "none").path == str(script.parent / "python")


def test_a_command_alone_names_its_python_in_its_first_line(bare, monkeypatch):
    command(bare / "local", python="", line="#!/opt/engine/bin/python3.11")
    monkeypatch.setenv("PATH", str(bare / "local"))
    assert find_interpreter(bare / "none").path == "/opt/engine/bin/python3.11"


def test_conda_on_windows_keeps_its_python_above_its_commands(bare):
    script = command(bare / "env" / "Scripts", python="")
    assert python_of(str(script)) == ""
    (bare / "env" / "python.exe").write_text("")
    assert python_of(str(script)) == str(bare / "env" / "python.exe")


@pytest.mark.parametrize(
    "line",
    ["#!{0}", '#!"{0}"', "#!/bin/sh\n'''exec' {0} \"$0\" \"$@\"\n' '''", "#!{0}\r"],
    ids=["plain", "quoted", "pip", "windows"],
)
def test_a_python_in_a_folder_with_a_blank_is_found(bare, line):
    python = bare / "a folder" / "python3.12"
    python.parent.mkdir()
    python.write_text("")
    script = command(bare / "local", python="", line=line.format(python))
    assert python_of(str(script)) == str(python)


def test_a_program_of_windows_names_its_python_behind_its_code(bare):
    python = bare / "Python312" / "python.exe"
    python.parent.mkdir()
    python.write_text("")
    script = command(bare / "Roaming", python="")
    script.write_bytes(b"MZ\x90code #! code" + f"#!{python}\r\n".encode() + b"PK\x03\x04rest")
    assert python_of(str(script)) == str(python)
    script.write_bytes(b"MZ\x90code #! code\n of no script")
    assert python_of(str(script)) == ""


def test_the_engine_inherits_nothing_of_qgis(monkeypatch):
    for name in (*FOREIGN, "DYLD_LIBRARY_PATH"):
        monkeypatch.setenv(name, "/of/qgis")
    monkeypatch.setenv("HOME", "/home/somebody")
    environment = engine_environment()
    assert not [name for name in FOREIGN if environment.contains(name)]
    assert not environment.contains("DYLD_LIBRARY_PATH")
    assert environment.value("HOME") == "/home/somebody"
    assert environment.value("PYTHONNOUSERSITE") == environment.value("PYTHONSAFEPATH") == "1"
    process = QProcess()
    process.setProcessEnvironment(environment)
    process.start(sys.executable, ["-c", "import os; print(os.environ.get('GDAL_DATA'))"])
    assert process.waitForFinished(300_000)
    assert bytes(process.readAllStandardOutput()).strip() == b"None"


def test_the_command_is_one_argument_each():
    found = launch_for(Interpreter("/a b/python", "test")).command
    assert found == ("/a b/python", "-m", "cmpagl_model.cli", "serve")


def run_probe(path, launch=None, limit_ms=300_000):
    verdicts = []
    options = {} if launch is None else {"launch": launch}
    probe = Probe(Interpreter(str(path), "test"), **options)
    probe.finished.connect(verdicts.append)
    probe.start(limit_ms)
    assert verdicts == []
    assert wait_until(lambda: verdicts)
    spin(0.1)
    assert len(verdicts) == 1
    return verdicts[0]


def script(tmp_path, text):
    path = tmp_path / "program"
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_probe_a_file_that_is_not_there(tmp_path):
    verdict = run_probe(tmp_path / "python")
    assert not verdict.fit
    assert str(tmp_path / "python") in verdict.text


def test_probe_a_python_without_the_engine():
    verdict = run_probe("/usr/bin/python3")
    assert not verdict.fit
    assert "without cmpagl-qgis" in verdict.text
    assert verdict.command.splitlines() == [
        '"/usr/bin/python3" -m venv ~/cmpagl',  # nothing is installed into the Python of QGIS
        "~/cmpagl/bin/pip install cmpagl-qgis",
        "~/cmpagl/bin/cmpagl qgis-install",
    ]
    assert any("cmpagl_model" in line for line in verdict.details)


def test_probe_an_environment_without_the_engine(tmp_path):
    command = ["/usr/bin/python3", "-m", "venv", "--without-pip", str(tmp_path / "own")]
    subprocess.run(command, check=True)
    python = tmp_path / "own" / "bin" / "python"
    verdict = run_probe(python)
    assert "without cmpagl-qgis" in verdict.text
    assert verdict.command == f'"{python}" -m pip install cmpagl-qgis'


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("#!/bin/sh\necho I am no Python >&2\nexit 2\n", "no Python.*code 2.*I am no Python"),
        ("#!/bin/sh\necho hello\n", "no Python"),
        ("not even a script \x00", "cannot be started|no Python"),
    ],
)
def test_probe_what_is_no_python(tmp_path, text, wanted):
    verdict = run_probe(script(tmp_path, text))
    assert not verdict.fit
    assert not verdict.command
    import re  # noqa: PLC0415 - beside its only use

    assert re.search(wanted, verdict.text)


def test_probe_a_program_that_hangs(tmp_path):
    pid = tmp_path / "pid"
    hanging = script(tmp_path, f"#!/bin/sh\necho $$ > {pid}\nexec sleep 6000\n")
    verdict = run_probe(hanging, None, 600)
    assert not verdict.fit
    assert "in time" in verdict.text
    # On a busy machine it was ended before it had written.
    assert wait_until(lambda: not pid.exists() or not alive(int(pid.read_text())))


@pytest.mark.parametrize(
    ("greeting", "wanted"),
    [
        ("well", "Fit: cmpagl-qgis 9.9, Python 3.11, model scripted"),
        ("other", "speaks protocol 2, this plugin 1"),
        ("refuse", "found protocol 1, wanted 2"),
        ("odd", "device"),
        ("die", "ImportError: no such library"),
    ],
)
def test_probe_greetings(scripted, greeting, wanted):
    launch = scripted(greeting)
    verdict = run_probe(sys.executable, lambda _: launch())
    assert wanted in verdict.text
    assert verdict.fit == (greeting == "well") == (verdict.info is not None)
    assert wait_until(lambda: not any(alive(pid) for pid in scripted.pids()))


def test_a_probe_can_be_given_up(scripted):
    verdicts = []
    launch = scripted("never")
    probe = Probe(Interpreter(sys.executable, "test"), launch=lambda _: launch())
    probe.finished.connect(verdicts.append)
    probe.start()
    assert wait_until(scripted.pids)
    probe.cancel()
    spin(0.2)
    assert verdicts == []
    assert wait_until(lambda: not any(alive(pid) for pid in scripted.pids()))


def test_probe_the_real_engine(engine_python):
    verdict = run_probe(engine_python)
    assert verdict.fit, (verdict.text, verdict.details)
    assert verdict.info.protocol == 1
    assert verdict.info.device
