"""The test runner: counts all runs together, and never leaves one out in silence."""

import os
import re
import sys
from pathlib import Path

import pytest

from tools import run_tests, setup_env
from tools.run_tests import Count, Run

CASES = """
import pytest
def test_good(): pass
def test_bad(): assert False
@pytest.mark.skip(reason="not today")
def test_left_out(): pass
@pytest.fixture
def broken(): raise RuntimeError
def test_error(broken): pass
"""


@pytest.fixture(name="folder")
def make_folder(tmp_path, monkeypatch):
    """A repository of its own with tests in it."""
    monkeypatch.setattr(run_tests, "ROOT", tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_cases.py").write_text(CASES)
    return tmp_path


def execute(*extra):
    return run_tests.execute(Run("own", Path(sys.executable), ("tests",)), extra)


@pytest.mark.usefixtures("folder")
def test_a_run_is_counted():
    assert execute() == Count(passed=1, failed=2, skipped=1)


@pytest.mark.usefixtures("folder")
def test_options_reach_pytest_and_nothing_to_do_is_fine_with_them():
    assert execute("-k", "good") == Count(passed=1)
    assert execute("-k", "absent") == Count()


def test_a_run_without_tests_fails(folder):
    (folder / "tests" / "test_cases.py").unlink()
    assert execute() == Count(failed=1)


@pytest.mark.parametrize("death", ["import os; os._exit(0)", "import os; os.abort()"])
def test_a_run_that_dies_fails(folder, death):
    (folder / "tests" / "test_cases.py").write_text(f"def test_deadly():\n    {death}\n")
    assert execute() == Count(failed=1)


def test_the_count_is_alone_on_the_last_line(monkeypatch, capsys):
    runs = {"engine": lambda _: Count(7, 0, 1), "qgis": lambda _: Count(2, 1, 0)}
    monkeypatch.setattr(run_tests, "RUNS", runs)
    monkeypatch.setattr(sys, "argv", ["run_tests"])
    assert run_tests.main() == 1
    assert capsys.readouterr().out.splitlines()[-1] == "9 passed, 1 failed, 1 skipped"
    monkeypatch.setattr(sys, "argv", ["run_tests", "--only", "engine"])
    assert run_tests.main() == 0
    assert capsys.readouterr().out.splitlines()[-1] == "7 passed, 0 failed, 1 skipped"


def test_a_path_goes_to_the_run_it_belongs_to(monkeypatch):
    seen = {}
    runs = {name: lambda extra, name=name: seen.update({name: extra}) or Count(1)
            for name in run_tests.RUNS}  # fmt: skip
    monkeypatch.setattr(run_tests, "RUNS", runs)
    words = ["-k", "tools", "-x", "tests/qgis/core", "tests/house/test_run_tests.py::test_x"]
    monkeypatch.setattr(sys, "argv", ["run_tests", *words])
    assert run_tests.main() == 0
    assert seen == {
        "engine": ["-k", "tools", "-x", "tests/house/test_run_tests.py::test_x"],
        "qgis": ["-k", "tools", "-x", "tests/qgis/core"],
    }


def test_without_qgis_one_test_is_skipped_with_the_command(monkeypatch, capsys):
    monkeypatch.setattr(setup_env, "SYSTEM_PYTHON", Path("/nowhere/python3"))
    assert run_tests.qgis_run([]) == Count(skipped=1)
    line = capsys.readouterr().out
    assert re.search(r"SKIPPED plugin in PyQGIS: .*apt-get install .*python3-qgis", line)


def test_without_a_desktop_one_test_is_skipped_with_the_command(monkeypatch, capsys):
    monkeypatch.setattr(run_tests.shutil, "which", lambda name: None if name == "qgis" else name)
    assert run_tests.desktop_run([]) == Count(skipped=1)
    line = capsys.readouterr().out
    assert re.search(r"SKIPPED QGIS desktop: no qgis\. To run it: .*apt-get install .*xvfb", line)


def test_a_worker_for_each_core_and_one_more_for_the_plugin_that_waits(monkeypatch):
    runs = []
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(run_tests, "has_module", lambda *_: True)
    monkeypatch.setattr(setup_env, "set_up_beside", lambda _: "")
    monkeypatch.setattr(run_tests, "execute", lambda run, _: runs.append(run) or Count())
    run_tests.engine_run([])
    run_tests.qgis_run([])
    run_tests.qgis_run(["tests/qgis/core"])
    workers = [run.arguments[:2] for run in runs]
    assert workers == [("-n", "auto"), ("-n", "3"), ("-n", "3")]
    assert runs[1].arguments[-1] == "tests/qgis"
    assert "tests/qgis" not in runs[2].arguments


def test_an_environment_that_cannot_be_made_fails(monkeypatch, capsys):
    monkeypatch.setattr(run_tests, "has_module", lambda *_: True)
    monkeypatch.setattr(setup_env, "set_up_beside", lambda _: "no room on the disk")
    assert run_tests.qgis_run([]) == Count(failed=1)
    assert run_tests.qt6_run([]) == Count(failed=1)
    assert "no room on the disk" in capsys.readouterr().err


def test_an_environment_is_made_once(tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(setup_env, "ROOT", tmp_path)
    monkeypatch.setattr(setup_env, "run", lambda *words: calls.append(words) or 0)
    venv = setup_env.TestVenv(".venv-own", sys.executable, ("pytest",), sees_system=True)
    venv.folder.mkdir()
    assert setup_env.set_up_beside(venv) == ""
    assert "--system-site-packages" in calls[0]
    assert calls[1][-1] == "pytest"
    assert setup_env.set_up_beside(venv) == ""
    assert len(calls) == 2
    more = setup_env.TestVenv(".venv-own", sys.executable, ("pytest", "x"), sees_system=True)
    assert setup_env.set_up_beside(more) == ""
    assert len(calls) == 4


@pytest.mark.parametrize("failing", [0, 1])
def test_a_failed_environment_is_not_stamped(tmp_path, monkeypatch, failing):
    codes = [0, 0]
    codes[failing] = 1
    monkeypatch.setattr(setup_env, "ROOT", tmp_path)
    monkeypatch.setattr(setup_env, "run", lambda *_: codes.pop(0))
    venv = setup_env.TestVenv(".venv-own", sys.executable, ("pytest",), sees_system=False)
    venv.folder.mkdir()
    assert ("failed", "could not install")[failing] in setup_env.set_up_beside(venv)
    assert not venv.stamp.exists()
