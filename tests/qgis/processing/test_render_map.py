"""``cmpagl:rendermap``: a web map to a scene, to an index, to places."""

import numpy as np
import pytest
from osgeo import gdal
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProcessingException,
    QgsProject,
    QgsRasterLayer,
    QgsSettings,
    QgsVectorLayer,
)

from tests.qgis.core.map_service import MapService, place_of, tile_at
from tests.qgis.core.painted import paint
from tests.qgis.processing.conftest import Feedback, paint_blocks
from tests.qgis.processing.test_algorithms import run_unchecked

TILE = tile_at(4.9, 52.37)


@pytest.fixture
def service(qgis_app):
    QgsSettings().setValue("qgis/defaultTileMaxRetry", 1)
    service = MapService(marked=TILE)
    yield service
    service.close()
    QgsSettings().remove("qgis/defaultTileMaxRetry")


def extent():
    west, north = place_of(TILE, 8, 8)
    east, south = place_of(TILE, 500, 500)
    return f"{west},{east},{south},{north} [EPSG:3857]"


def test_a_web_map_becomes_a_scene(run, service, tmp_path):
    layer = service.layer()
    QgsProject.instance().addMapLayer(layer)
    output = str(tmp_path / "map.tif")
    service.failing = {(TILE[0] + 1, TILE[1] + 1): 404}
    wanted = {"LAYERS": [layer], "EXTENT": extent(), "PIXEL_SIZE": 0.73, "OUTPUT": output}
    results, feedback = run("rendermap", wanted)
    assert (results["WIDTH"], results["HEIGHT"], results["MISSING"]) == (492, 492, 1)
    assert results["OUTPUT"] == output
    assert "1 of 4 pictures did not come; these places are empty." in feedback.warnings
    assert "From 127.0.0.1." in feedback.lines
    file = gdal.Open(output)
    assert (file.RasterXSize, file.RasterCount) == (492, 4)


def test_stopped_runs_leave_nothing(run, service, tmp_path):
    scene = QgsRasterLayer(str(paint_blocks(tmp_path / "town.tif", side=2400)), "Town", "gdal")
    QgsProject.instance().addMapLayer(scene)
    feedback = Feedback(stop_at_percent=10)
    wanted = {"LAYERS": [scene], "EXTENT": scene, "OUTPUT": str(tmp_path / "map.tif")}
    results, _ = run("rendermap", wanted, feedback)
    assert results == {}
    assert feedback.stopped_at is not None
    assert not [*tmp_path.glob("map*"), *tmp_path.glob(".map*")]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"OUTPUT": "map.png"}, "ends in .tif"),
        ({"OUTPUT": "town.tif"}, "would be lost"),
        ({"PIXEL_SIZE": 0.01}, "1,000 megapixels"),
        ({"LAYERS": []}, "show some"),
    ],
)
def test_what_cannot_be_rendered_is_refused(provider, qgis_new_project, tmp_path, changes, said):
    scene = QgsRasterLayer(str(paint(tmp_path / "town.tif", size=512)), "Town", "gdal")
    QgsProject.instance().addMapLayer(scene, False)
    wanted = {"LAYERS": [scene], "EXTENT": scene, "PIXEL_SIZE": 1.0, "OUTPUT": "map.tif", **changes}
    wanted["OUTPUT"] = str(tmp_path / wanted["OUTPUT"])
    with pytest.raises(QgsProcessingException, match=said):
        run_unchecked(provider, "rendermap", wanted)


@pytest.mark.engine
@pytest.mark.slow
def test_what_was_rendered_is_indexed_and_searched(engine, run, tmp_path):
    """From a scene in degrees, as the project shows it, into UTM: the places lie in the scene."""
    QgsProject.instance().setCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    scene = QgsRasterLayer(str(paint_blocks(tmp_path / "town.tif", side=500)), "Town", "gdal")
    QgsProject.instance().addMapLayer(scene)
    wanted = {"EXTENT": scene, "PIXEL_SIZE": 1.0, "OUTPUT": str(tmp_path / "map.tif")}
    results, _ = run("rendermap", wanted)
    file = gdal.Open(results["OUTPUT"])
    assert file.GetSpatialRef().GetAuthorityCode(None) == "32631"
    pixels, other = file.ReadAsArray(), gdal.Open(str(tmp_path / "town.tif")).ReadAsArray()
    assert pixels.shape[1:] == pytest.approx(other.shape[1:], abs=3)

    index = str(tmp_path / "map.cmpagl")
    built, feedback = run(
        "buildindex", {"LAYERS": [results["OUTPUT"]], "GROUND_SIZES": "200", "OUTPUT": index}
    )
    assert built["SCENES"] == 1
    assert built["PROBLEMS"] == 0
    assert feedback.warnings == []
    found, _ = run(
        "searchtext", {"INDEX": index, "QUERY": "coloured blocks", "OUTPUT": "TEMPORARY_OUTPUT"}
    )
    places = found["OUTPUT"]
    layer = run.context.getMapLayer(places) or QgsVectorLayer(places, "places", "ogr")
    assert layer.featureCount() > 0
    assert np.isfinite(layer.extent().center().x())
