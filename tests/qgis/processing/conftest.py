"""A real engine, painted scenes, and an index of them made through Processing."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal
from qgis.core import (
    QgsApplication,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProject,
)

from cmpagl_qgis.engine.interpreter import VARIABLE
from cmpagl_qgis.errors import EngineError
from cmpagl_qgis.processing import algorithm as algorithm_module
from cmpagl_qgis.processing.provider import CmpaglProvider
from tests.qgis.core.painted import paint

ROOT = Path(__file__).resolve().parents[3]
ENGINE = Path(os.environ.get("CMPAGL_TEST_ENGINE_PYTHON") or ROOT / ".venv" / "bin" / "python")


class Feedback(QgsProcessingFeedback):
    """Remembers what it hears, and stops the run at a chosen moment."""

    def __init__(self, stop_at_percent=None):
        super().__init__(False)
        self.lines, self.warnings, self.percents = [], [], []
        self.stop_at_percent = stop_at_percent
        self.stopped_at = None
        self.progressChanged.connect(self._on_progress)

    def _on_progress(self, percent):
        self.percents.append(percent)
        if self.stop_at_percent is not None and percent >= self.stop_at_percent:
            self.stop()

    def stop(self):
        if self.stopped_at is None:
            self.stopped_at = time.monotonic()
            self.cancel()

    def setProgressText(self, text):
        self.lines.append(text)

    def pushInfo(self, text):
        self.lines.append(text)

    def pushWarning(self, text):
        self.warnings.append(text)


@pytest.fixture
def engine(monkeypatch):
    """The engine of the checkout, named to the plugin as a user would."""
    if not ENGINE.is_file():
        pytest.skip(f"the engine is not installed in {ENGINE}; call make setup")
    monkeypatch.setenv(VARIABLE, str(ENGINE))
    return ENGINE


@pytest.fixture(scope="session")
def provider(qgis_app):
    provider = CmpaglProvider()
    assert QgsApplication.processingRegistry().addProvider(provider)
    yield provider
    QgsApplication.processingRegistry().removeProvider(provider)


@pytest.fixture
def run(provider, qgis_new_project):
    """Run an algorithm: its results, and what the feedback heard."""

    def run(name, parameters, feedback=None):
        feedback = feedback or Feedback()
        context = QgsProcessingContext()
        context.setProject(QgsProject.instance())
        algorithm = provider.algorithm(name).create()
        fine, reason = algorithm.checkParameterValues(parameters, context)
        assert fine, reason
        results, done = algorithm.run(parameters, context, feedback, {}, False)
        assert done
        run.context = context
        return results, feedback

    return run


def run_unchecked(provider, name, parameters):
    """As qgis_process does it: exceptions come through."""
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    algorithm = provider.algorithm(name).create()
    feedback = Feedback()
    algorithm.prepareAlgorithm(parameters, context, feedback)
    return algorithm.processAlgorithm(parameters, context, feedback)


@pytest.fixture
def sent(provider, monkeypatch, qgis_new_project):
    """The first thing that an algorithm asks the engine, under its names in the protocol."""
    heard = []

    class Deaf:
        """In place of the engine."""

        def __init__(self, *_):
            pass

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def ask(self, _method, params):
            heard.append(params)
            raise EngineError(0, "not answered here")

    def sent(name, parameters):
        algorithm = provider.algorithm(name).create()
        fine, reason = algorithm.checkParameterValues(parameters, QgsProcessingContext())
        assert fine, reason
        heard.clear()
        with monkeypatch.context() as patch:
            patch.setattr(algorithm_module, "BlockingEngine", Deaf)
            with pytest.raises(QgsProcessingException, match="not answered"):
                run_unchecked(provider, name, parameters)
        return heard[0]

    return sent


def paint_blocks(path, crs="EPSG:32631", corner=(600_000, 5_700_000), side=400):
    """A scene of coloured blocks, so that no two chips are alike."""
    random = np.random.default_rng(0)
    blocks = random.integers(30, 220, (3, side // 40, side // 40)).repeat(40, 1).repeat(40, 2)
    paint(path, crs, (corner[0], 1.0, 0, corner[1], 0, -1.0), side)
    scene = gdal.Open(str(path), gdal.GA_Update)
    for band in range(3):
        scene.GetRasterBand(band + 1).WriteArray(blocks[band].astype(np.uint8))
    scene = None
    return path


@pytest.fixture(scope="session")
def scene(tmp_path_factory):
    return paint_blocks(tmp_path_factory.mktemp("scenes") / "town.tif")


@pytest.fixture(scope="session")
def built(tmp_path_factory, scene, provider):
    """An index of one scene, made once."""
    folder = tmp_path_factory.mktemp("indexes")
    patch = pytest.MonkeyPatch()
    if not ENGINE.is_file():
        pytest.skip(f"the engine is not installed in {ENGINE}; call make setup")
    patch.setenv(VARIABLE, str(ENGINE))
    algorithm = provider.algorithm("buildindex").create()
    parameters = {
        "LAYERS": [str(scene)],
        "GROUND_SIZES": "100,200",
        "OUTPUT": str(folder / "town.cmpagl"),
    }
    context = QgsProcessingContext()
    results, done = algorithm.run(parameters, context, Feedback(), {}, False)
    patch.undo()
    assert done
    return results
