"""Installing from the dock: what the user sees and presses. The engine only greets."""

import shutil
import sys

import pytest
from qgis.core import QgsApplication
from qgis.PyQt.QtWidgets import QLabel, QPushButton

from cmpagl_qgis.dock.dialogs import TextDialog
from cmpagl_qgis.engine.home import begin_folder, finish_folder
from cmpagl_qgis.engine.interpreter import Interpreter, find_interpreter
from cmpagl_qgis.flow import engine_view
from cmpagl_qgis.flow.install_session import requirement
from cmpagl_qgis.settings import Settings
from tests.qgis.install.small_engine import write_wheel


@pytest.fixture
def bare(make_stage, client, home, profile, monkeypatch):
    """A dock without an engine."""
    monkeypatch.setattr(
        engine_view, "find_interpreter", lambda: find_interpreter(profile / "engine.json")
    )
    stage = make_stage(named=False)
    stage.show()
    client.change("died", "No engine is set up.")
    stage.controller.engine.install.look = lambda: (Interpreter(sys.executable, "test"),)
    return stage


def press(stage, key):
    stage.dock.notice.findChild(QPushButton, f"cmpaglNotice_{key}").click()


def text(dialog, name):
    return dialog.findChild(QLabel, name).text()


def test_the_empty_dock_offers_to_install_first_and_tells_what_it_takes(bare, home, until):
    assert bare.dock.state == "no_engine"
    actions = bare.dock.notice.notice.actions
    assert [key for key, _label in actions] == ["install", "setup"]
    press(bare, "install")
    dialog = bare.controller.engine.install.dialog
    assert dialog.isVisible()
    room = text(dialog, "cmpaglInstallRoom")
    assert "291 MB are fetched" in room
    assert str(home) in room
    until(lambda: "will serve" in text(dialog, "cmpaglInstallPython"))
    assert not home.exists()  # looking makes nothing
    assert not dialog.gpu.isVisible() or shutil.which("nvidia-smi")  # it may have answered
    dialog.from_folder.click()
    assert not dialog.main.isEnabled()  # no folder yet
    press(bare, "install")
    assert bare.controller.engine.install.dialog is dialog


def test_an_engine_at_hand_is_offered_and_used(bare, client, tmp_path, until):
    has = tmp_path / "python"
    has.write_text(
        '#!/bin/sh\necho \'{"version": [3, 11, 2], "kind": "CPython", "bits": 64, "lacks": [],'
        ' "engine": true, "ensurepip": true, "free": false}\'\n'
    )
    has.chmod(0o755)
    bare.controller.engine.install.look = lambda: (Interpreter(str(has), "your folder cmpagl"),)
    press(bare, "install")
    dialog = bare.controller.engine.install.dialog
    until(dialog.use.isVisible)
    dialog.use.click()
    assert Settings().engine_python == str(has)
    assert client.restarts == 1


def test_from_the_button_to_an_engine_that_starts(bare, client, home, small, until):
    press(bare, "install")
    session = bare.controller.engine.install
    dialog = session.dialog
    dialog.from_folder.click()
    dialog.folder.setText(f'"{small}"')
    dialog.main.click()
    assert dialog.main.text() == "Stop"
    assert not dialog.from_index.isEnabled()
    until(lambda: bare.dock.state == "installing")
    dialog.reject()  # hides it; the installation goes on
    press(bare, "install")
    assert dialog.isVisible()
    until(lambda: not session.running)
    assert text(dialog, "cmpaglInstallVerdict").startswith("✓ Fit: cmpagl-qgis 0.1.0")
    assert not dialog.main.isVisible()
    python = str(home / "engine-1" / "env" / "bin" / "python")
    assert Settings().engine_python == python
    assert client.restarts == 1
    dialog.log.click()
    assert "venv" in session.log.text.toPlainText()
    assert isinstance(session.log, TextDialog)
    dialog.reject()
    assert session.dialog is None

    bare.dock.status.details.click()
    bare.controller.engine.details.findChild(QPushButton, "cmpaglTextAction").click()
    setup = bare.controller.engine.setup
    assert "version 0.1.0" in text(setup, "cmpaglSetupOwn")
    assert setup.install.text() == "Update…"
    write_wheel(small, size=10)
    setup.install.click()
    assert bare.controller.engine.setup is None
    session.dialog.from_folder.click()
    session.dialog.folder.setText(str(small))
    session.dialog.main.click()
    until(lambda: not session.running)
    until(lambda: not (home / "engine-1").exists())
    assert (home / "engine-2").is_dir()
    assert "engine-2" in Settings().engine_python
    session.dialog.reject()

    bare.controller.engine.show_setup()
    setup = bare.controller.engine.setup
    setup.remove.click()
    question = setup.findChild(QPushButton, "cmpaglQuestionYes")
    question.click()
    until(lambda: not (home / "engine-2").exists())
    assert Settings().engine_python == ""


def test_a_failure_is_told_stays_and_can_be_tried_again(bare, home, small, until):
    write_wheel(small, requires="nothing-of-the-kind")
    press(bare, "install")
    session = bare.controller.engine.install
    session.dialog.from_folder.click()
    session.dialog.folder.setText(str(small))
    session.dialog.main.click()
    until(lambda: not session.running)
    assert "nothing-of-the-kind" in text(session.dialog, "cmpaglInstallVerdict")
    assert session.dialog.main.text() == "Retry"
    assert Settings().engine_python == ""
    assert bare.dock.state == "no_engine"
    session.dialog.main.click()
    until(lambda: session.progress is not None)
    session.dialog.main.click()  # Stop
    until(lambda: not session.running)
    assert "Stopped" in text(session.dialog, "cmpaglInstallVerdict")
    session.dialog.reject()
    until(lambda: sorted(path.name for path in home.iterdir()) == ["engine-install.log"])


def test_closing_the_dock_ends_an_installation(bare, home, small, until):
    write_wheel(small, cli="import time; time.sleep(6000)")
    press(bare, "install")
    session = bare.controller.engine.install
    session.dialog.from_folder.click()
    session.dialog.folder.setText(str(small))
    session.dialog.main.click()
    until(lambda: session.progress is not None and session.progress.stage == "environment")
    bare.close()
    until(lambda: sorted(path.name for path in home.iterdir()) == ["engine-install.log"])


def test_a_half_of_the_last_time_is_told(bare, client, home):
    begin_folder(home)
    bare.controller.refresh()
    assert "cut short" in bare.dock.notice.notice.text
    finish_folder(home / "engine-1", "0.1.0")
    bare.controller.refresh()
    assert "cut short" not in bare.dock.notice.notice.text


def test_what_is_not_ours_is_never_removed(bare, home, until):
    foreign = home / "engine-3"
    (foreign / "env").mkdir(parents=True)
    said = []
    QgsApplication.messageLog().messageReceived.connect(lambda text, *_: said.append(text))
    bare.controller.engine.install.remove((foreign,))
    until(lambda: any("was not made by this plugin" in text for text in said))
    assert (foreign / "env").is_dir()


@pytest.mark.parametrize(
    ("version", "gpu", "wanted"),
    [
        ("0.1.0", False, "cmpagl-qgis~=0.1.0"),
        ("0.1.0", True, "cmpagl-qgis[torch]~=0.1.0"),
        ("", False, "cmpagl-qgis"),
    ],
)
def test_the_engine_of_the_plugins_own_line_is_asked_for(version, gpu, wanted):
    assert requirement(version, gpu=gpu) == wanted


def test_the_gpu_choice_is_shown_where_a_card_answers(bare, tmp_path, monkeypatch, until):
    asks = tmp_path / "nvidia-smi"
    asks.write_text("#!/bin/sh\necho 'GPU 0: NVIDIA L4 (UUID: GPU-1234)'\n")
    asks.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    press(bare, "install")
    dialog = bare.controller.engine.install.dialog
    until(dialog.gpu.isVisible)
    assert "NVIDIA L4" in dialog.gpu.text()
    dialog.gpu.click()
    assert "3,300 MB" in text(dialog, "cmpaglInstallRoom")
