"""The engine is installed for real, from a folder of wheels, and answers."""

import json
import subprocess

import pytest

from cmpagl_qgis.engine.home import DOWNLOADS, MARK, own_engine, own_folders
from tests.qgis.install.conftest import tree

pytestmark = [pytest.mark.engine]


def test_a_fresh_profile_gets_an_engine_that_answers(attempt, home, wheels, profile):
    (home / "engine-1").mkdir(parents=True)  # cut short at the last opening
    (home / "engine-1" / MARK).write_text(json.dumps({"made_by": "cmpagl_qgis", "version": ""}))
    (home / "engine-1" / "env").mkdir()
    foreign = home / "engine-2"
    foreign.mkdir()
    (foreign / "thesis.txt").write_text("not yours")
    run = attempt(look=("/usr/bin/python3",), wheels=str(wheels))
    outcome = run.wait(900)
    assert outcome.python, (outcome.text, (home / "engine-install.log").read_text()[-3000:])
    assert outcome.text.startswith("Fit: cmpagl-qgis 0.1.0, Python 3.")
    assert run.stages == ["look", "environment", "download", "install", "test"]
    assert not (home / "engine-1").exists()
    assert (foreign / "thesis.txt").read_text() == "not yours"
    assert not (home / DOWNLOADS).exists()
    (engine,) = own_folders(home)
    assert engine.version == "0.1.0"
    assert own_engine(home, outcome.python) == engine
    assert sorted(path.name for path in profile.iterdir()) == ["cmpagl"]
    names = {path.split("/")[0] for path in tree(home)}
    assert names <= {engine.path.name, "engine-2", "engine-install.log"}
    said = subprocess.run([outcome.python, "-m", "cmpagl_model.cli", "--version"],
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert "0.1.0" in said.stdout
