"""The engine's web server in a QGIS without our plugin: its OGC API Features provider."""

from __future__ import annotations

import re
import subprocess
import time

import pytest
from qgis.core import QgsFeatureRequest, QgsRectangle, QgsVectorLayer
from qgis.PyQt.QtCore import QVariant

from tests.qgis.core.painted import paint
from tests.qgis.core.waiting import PATIENCE

pytestmark = pytest.mark.engine
TRANSFORM = (121_000, 0.5, 0, 487_000, 0, -0.5)


@pytest.fixture(scope="module")
def served(engine_python, tmp_path_factory):
    """The address of a server of one index."""
    folder = tmp_path_factory.mktemp("web")
    paint(folder / "town.tif", "EPSG:28992", TRANSFORM, size=900)
    command = [str(engine_python), "-m", "cmpagl_model"]
    index = ["index", str(folder / "town.tif"), "-o", str(folder / "town.cmpagl"), "-q"]
    subprocess.run([*command, *index], check=True, timeout=PATIENCE)
    log = folder / "log.txt"
    with log.open("w") as written:
        server = subprocess.Popen(
            [*command, "serve", "--http", "--port", "0", "--root", str(folder)], stderr=written
        )
    until = time.monotonic() + PATIENCE
    while not (found := re.search(r" at (http://\S+);", log.read_text())):
        if "no package" in log.read_text():
            pytest.skip("the engine lacks the extra http")
        assert server.poll() is None, log.read_text()
        assert time.monotonic() < until
        time.sleep(0.1)
    yield found[1]
    server.kill()
    server.wait()


def layer(url, name):
    return QgsVectorLayer(f"url='{url}' typename='{name}'", name, "OAPIF")


def test_chips_and_scenes_are_layers(served, qgis_app):
    chips, scenes = layer(served, "town"), layer(served, "scenes:town")
    assert chips.isValid(), chips.error().message()
    assert scenes.isValid(), scenes.error().message()
    features = list(chips.getFeatures())
    assert chips.featureCount() == len(features) > 10
    (scene,) = scenes.getFeatures()
    assert scene["chips"] == len(features)
    extent, outline = chips.extent(), scene.geometry().boundingBox()
    assert extent.intersects(outline)
    assert outline.width() < 0.01  # degrees: longitude first
    assert 4 < extent.center().x() < 6
    assert 50 < extent.center().y() < 54
    west = QgsRectangle(outline)
    west.setXMaximum(outline.xMinimum() + outline.width() / 50)
    cut = list(chips.getFeatures(QgsFeatureRequest(west)))
    assert 0 < len(cut) < len(features)
    assert all(one.geometry().boundingBox().intersects(west) for one in cut)


def test_a_sentence_behind_the_address_is_a_layer_of_hits(served, qgis_app):
    hits = layer(f"{served}/?q=a red roof beside a road&k=7", "town")
    assert hits.isValid(), hits.error().message()
    features = sorted(hits.getFeatures(), key=lambda one: one["rank"])
    assert [one["rank"] for one in features] == [*range(1, len(features) + 1)]
    assert 1 < len(features) <= 7
    field = hits.fields().field("relevance")
    assert field.type() in {QVariant.Double, 6}
    assert features[0]["relevance"] >= features[-1]["relevance"]
    assert features[0]["thumbnail"].startswith(f"{served}/collections/town/thumbnails/")
