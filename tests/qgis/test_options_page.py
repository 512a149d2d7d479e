"""The options page: shows what is set, stores on accept only, and tests an interpreter."""

import os
import sys
from pathlib import Path

import pytest
from qgis.core import QgsSettings

from cmpagl_qgis.engine.interpreter import VARIABLE
from cmpagl_qgis.options_page import CmpaglOptionsFactory
from cmpagl_qgis.settings import Settings
from cmpagl_qgis.state_file import state_file
from tests.qgis.core.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
ENGINE = Path(os.environ.get("CMPAGL_TEST_ENGINE_PYTHON") or ROOT / ".venv" / "bin" / "python")


@pytest.fixture
def page(qgis_app):
    QgsSettings().remove("cmpagl")
    state_file().clear()
    factory = CmpaglOptionsFactory()
    page = factory.createWidget(None)
    yield page
    page.deleteLater()
    QgsSettings().remove("cmpagl")
    state_file().clear()


def test_the_factory_names_the_page(qgis_app):
    factory = CmpaglOptionsFactory()
    assert factory.title() == "CMPAGL"
    assert not factory.icon().isNull()


def test_defaults_are_shown_and_nothing_is_stored_before_accept(page):
    assert page.python.filePath() == ""
    assert page.device.currentData() == "auto"
    assert page.number.value() == Settings().top_k == 50
    page.number.setValue(7)
    assert Settings().top_k == 50


def test_what_is_accepted_is_read_back(page):
    page.python.setFilePath("/opt/engine/bin/python")
    page.model.setText("/models/mine")
    page.device.setCurrentIndex(page.device.findData("cpu"))
    page.number.setValue(123)
    page.score.setValue(0.25)
    page.thumbnail.setValue(200)
    page.keep.setChecked(True)
    page.fill.setChecked(True)
    page.apply()
    settings = Settings()
    assert settings.engine_python == "/opt/engine/bin/python"
    assert settings.model == "/models/mine"
    assert settings.device == "cpu"
    assert settings.top_k == 123
    assert settings.min_score == pytest.approx(0.25)
    assert settings.thumbnail_px == 200
    assert settings.keep_layers
    assert settings.fill_places
    again = CmpaglOptionsFactory().createWidget()  # as QGIS may call it
    assert again.python.filePath() == "/opt/engine/bin/python"
    assert again.device.currentData() == "cpu"
    assert again.score.value() == pytest.approx(0.25)
    assert again.keep.isChecked()


def run_test(page):
    page.test.click()
    assert wait_until(page.test.isEnabled)
    return page.verdict.text()


@pytest.mark.engine
def test_the_engine_found_is_tested(page):
    if not ENGINE.is_file():
        pytest.skip(f"the engine is not installed in {ENGINE}; call make setup")
    page.python.setFilePath(str(ENGINE))
    verdict = run_test(page)
    assert verdict.startswith("Fit: cmpagl-qgis ")
    assert Settings().engine_python == ""


def test_a_python_without_the_engine_is_told_with_the_command(page):
    page.python.setFilePath(sys.executable)
    verdict = run_test(page)
    assert "without cmpagl-qgis" in verdict
    assert verdict.endswith(f'"{sys.executable}" -m pip install cmpagl-qgis')


def test_nothing_to_test_is_told_at_once(page, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    page.test.click()
    assert "No engine is set up" in page.verdict.text()
    assert page.test.isEnabled()


def test_every_widget_has_a_name_of_its_own(page):
    named = (page.python, page.test, page.verdict, page.model, page.device, page.number,
             page.score, page.thumbnail, page.keep, page.fill)  # fmt: skip
    names = [widget.objectName() for widget in named]
    assert all(name.startswith("cmpaglOptions") for name in names)
    assert len(set(names)) == len(names)
