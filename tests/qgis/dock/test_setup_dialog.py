"""Set up: naming and testing the engine's Python."""

import sys

import pytest
from qgis.PyQt.QtWidgets import QDialogButtonBox

from cmpagl_qgis.dock.setup_dialog import CommandBox
from cmpagl_qgis.settings import Settings
from tests.qgis.core.waiting import alive


@pytest.fixture
def dialog(stage, monkeypatch):
    monkeypatch.delenv("CMPAGL_ENGINE_PYTHON", raising=False)
    stage.show()
    stage.controller.engine.show_setup()
    return stage.controller.engine.setup


def test_a_python_that_is_not_there(dialog, until):
    dialog.path.setText("/nowhere/bin/python")
    dialog.test.click()
    assert not dialog.test.isEnabled()
    until(dialog.test.isEnabled)
    assert dialog.verdict.text().startswith("✗")
    assert "/nowhere/bin/python" in dialog.verdict.text()


def test_a_python_without_the_engine_gets_the_command_that_mends_it(dialog, until, tmp_path):
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I "$@"\n')
    bare.chmod(0o755)
    dialog.path.setText(str(bare))
    dialog.test.click()
    until(dialog.test.isEnabled)
    assert dialog.verdict.text().startswith("✗")
    assert "pip install cmpagl-qgis" in dialog.findChild(CommandBox).command


@pytest.mark.engine
def test_the_real_engine_shows_its_versions(dialog, until, engine_python):
    dialog.path.setText(str(engine_python))
    dialog.test.click()
    until(dialog.test.isEnabled)
    assert dialog.verdict.text().startswith("✓")
    for word in ("Python 3.", "model", "device"):
        assert word in dialog.verdict.text()


def test_what_is_chosen_is_kept_and_the_engine_restarts(stage, dialog, client):
    dialog.path.setText(' "/opt/cmpagl/bin/python" ')
    dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).click()
    dialog.show_verdict("Fit.", good=True)
    assert Settings().engine_python == "/opt/cmpagl/bin/python"
    assert client.restarts == 1


def test_closing_while_a_test_runs_leaves_no_process(stage, dialog, until, tmp_path):
    slow = tmp_path / "python"
    slow.write_text(f'#!/bin/sh\necho $$ > "{tmp_path}/pid"\nexec sleep 6000\n')
    slow.chmod(0o755)
    dialog.path.setText(str(slow))
    dialog.test.click()
    until(lambda: (tmp_path / "pid").is_file() and (tmp_path / "pid").read_text().strip())
    dialog.reject()
    until(lambda: not alive(int((tmp_path / "pid").read_text())))
    assert stage.controller.engine.setup is None
