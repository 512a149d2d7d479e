"""A map rendered into a GeoTIFF: from a service on this machine and from layers of a project."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from osgeo import gdal
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsFeature,
    QgsFeedback,
    QgsGeometry,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsNetworkAccessManager,
    QgsPointXY,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsSettings,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize

from cmpagl_qgis.errors import RenderError
from cmpagl_qgis.map.raster_grid import make_grid, metric_crs, moved
from cmpagl_qgis.map.render import RenderOrder, check_target, copied, render
from cmpagl_qgis.map.services import requests_of, service_of, steps_of, tiles_for, to_render
from tests.qgis.core.map_service import MARK_PX, WORLD, ZOOM, MapService, place_of, tile_at
from tests.qgis.core.painted import paint

WEB = QgsCoordinateReferenceSystem("EPSG:3857")
UTM = QgsCoordinateReferenceSystem("EPSG:32631")
PLACE = (4.9, 52.37)
TILE = tile_at(*PLACE)
PIXEL = WORLD / 256 / 2**ZOOM


@pytest.fixture
def service(qgis_app):
    QgsSettings().setValue("qgis/defaultTileMaxRetry", 1)
    service = MapService(marked=TILE)
    yield service
    service.close()
    QgsSettings().remove("qgis/defaultTileMaxRetry")


def area(tiles=3):
    """Tiles around the marked one, less 8 pixels at each edge, EPSG:3857."""
    west, north = place_of((TILE[0] - 1, TILE[1] - 1), 8, 8)
    side = (tiles * 256 - 16) * PIXEL
    return QgsRectangle(west, north - side, west + side, north)


def grid_of(layer, crs=WEB, metres=None, box=None):
    context = QgsProject.instance().transformContext()
    box = moved(box or area(), WEB, crs, QgsProject.instance())
    steps = steps_of(service_of(layer), crs)
    metres = metres or PIXEL * np.cos(np.radians(PLACE[1]))
    return make_grid(box, crs, float(metres), context, steps)


def rendered(layers, grid, path, feedback=None):
    context = QgsProject.instance().transformContext()
    order = RenderOrder(str(path), grid, copied(layers), context)
    return render(order, feedback or QgsFeedback())


def in_a_thread(work):
    """As QGIS's tasks do it; what it gave."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result(60)


def pixels_of(path):
    file = gdal.Open(str(path))
    return file.ReadAsArray()


def middle_of_mark(path):
    """Where the red square lies in a file, in the file's CRS."""
    file = gdal.Open(str(path))
    red, green, _, alpha = file.ReadAsArray().astype(int)
    rows, columns = np.nonzero((red > 150) & (green < 100) & (alpha > 0))
    assert len(rows)
    return gdal.ApplyGeoTransform(
        file.GetGeoTransform(), float(columns.mean() + 0.5), float(rows.mean() + 0.5)
    )


@pytest.mark.parametrize("crs", [WEB, UTM], ids=["web", "utm"])
def test_a_mark_of_a_tile_lies_where_it_should(service, qgis_new_project, tmp_path, crs):
    layer = service.layer()
    grid = grid_of(layer, crs)
    done = rendered([layer], grid, tmp_path / "map.tif")
    left, top, side = MARK_PX
    wanted = QgsPointXY(*place_of(TILE, left + side / 2, top + side / 2))
    wanted = QgsCoordinateTransform(WEB, crs, QgsProject.instance()).transform(wanted)
    x, y = middle_of_mark(tmp_path / "map.tif")
    assert abs(x - wanted.x()) < grid.pixel
    assert abs(y - wanted.y()) < grid.pixel
    assert done.missing == 0
    file = gdal.Open(str(tmp_path / "map.tif"))
    assert file.GetSpatialRef().GetAuthorityCode(None) == crs.authid().split(":")[1]
    assert file.GetRasterBand(1).GetBlockSize() == [512, 512]
    assert file.GetRasterBand(4).GetColorInterpretation() == gdal.GCI_AlphaBand
    assert [one.name for one in tmp_path.iterdir()] == ["map.tif"]


def test_tiles_are_taken_as_they_are(service, qgis_new_project, tmp_path):
    layer = service.layer()
    grid = grid_of(layer)
    assert (grid.width, grid.height, grid.pixel) == (752, 752, PIXEL)
    done = rendered([layer], grid, tmp_path / "map.tif")
    pixels = pixels_of(tmp_path / "map.tif")
    colours = np.unique(pixels.reshape(4, -1), axis=1).T.tolist()
    assert colours == [[20, 120, 40, 255], [20, 140, 40, 255], [255, 0, 0, 255]]
    assert (pixels[0] == 255).sum() == 64
    assert done.drawn == 1.0
    assert done.asked == requests_of(layer, grid, 1, QgsProject.instance()) == 9
    assert {zoom for zoom, _, _ in service.asked} == {ZOOM}


def test_tiles_that_do_not_come_are_told_and_stay_empty(service, qgis_new_project, tmp_path):
    layer = service.layer()
    service.failing = {(TILE[0] - 1, TILE[1]): 404, (TILE[0] + 1, TILE[1]): 500}
    done = rendered([layer], grid_of(layer), tmp_path / "map.tif")
    assert (done.asked, done.missing) == (9, 2)
    assert any("404" in reason for reason in done.reasons)
    assert any("500" in reason for reason in done.reasons)
    assert done.drawn == pytest.approx(1 - 2 * 248 * 256 / 752**2)
    alpha = pixels_of(tmp_path / "map.tif")[3]
    assert not alpha[248:504, :248].any()
    assert alpha[248:504, 248:504].all()


def test_a_tile_that_nobody_waits_for_any_longer_is_told(service, qgis_new_project, tmp_path):
    service.seconds_of = {TILE: 20.0}
    QgsNetworkAccessManager.setTimeout(1000)
    try:
        done = rendered([service.layer()], grid_of(service.layer()), tmp_path / "map.tif")
    finally:
        QgsNetworkAccessManager.setTimeout(60_000)
    assert (done.asked, done.missing) == (9, 1)
    assert done.reasons == ("no answer in time (1)",)


def test_the_tiles_of_another_map_are_not_counted(service, qgis_new_project, tmp_path):
    others = MapService(marked=TILE)
    others.failing = {"all": 404}
    other = others.layer("Other")
    settings = QgsMapSettings()
    settings.setLayers([other])
    settings.setDestinationCrs(WEB)
    settings.setExtent(area())
    settings.setOutputSize(QSize(752, 752))
    job = QgsMapRendererParallelJob(settings)
    service.seconds = 0.5  # so that the other map's replies come first
    job.start()
    done = rendered([service.layer()], grid_of(service.layer()), tmp_path / "map.tif")
    job.waitForFinished()
    others.close()
    assert len(others.asked) >= 9
    assert (done.asked, done.missing) == (9, 0)


def test_the_address_of_a_tile_tells_whether_the_picture_needs_it(service, qgis_new_project):
    def address(zoom, column, row, host=service.url):
        return f"{host}/{zoom}/{column}/{row}.png"

    layer, (column, row) = service.layer(), TILE
    context = QgsProject.instance().transformContext()
    for crs in (WEB, UTM):
        needed = tiles_for(layer, grid_of(layer, crs), context)
        assert all(needed(address(ZOOM, column + step, row)) for step in (-1, 0, 1))
        assert needed(address(ZOOM - 1, column // 2, row // 2))  # where QGIS rounds another way
        assert not needed(address(ZOOM, column + 3, row))
        assert not needed(address(ZOOM - 3, column // 8, row // 8))
        assert not needed(address(ZOOM, column, row, "http://127.0.0.1:9"))
    wms = tiles_for(service.wms_layer(), grid_of(layer), context)
    assert wms(f"{service.url}/wms?SERVICE=WMS&REQUEST=GetMap")
    assert not wms(address(ZOOM, column, row))


def test_a_wms_is_asked_once_for_each_block(service, qgis_new_project, tmp_path):
    layer = service.wms_layer()
    grid = grid_of(layer, metres=0.4)
    done = in_a_thread(lambda: rendered([layer], grid, tmp_path / "map.tif"))
    assert grid.width > 1024
    assert done.asked == len(service.asked) == 4
    assert requests_of(layer, grid, 4, QgsProject.instance()) == 4
    first = service.asked[0]
    assert int(first["WIDTH"]) == pytest.approx(1024, abs=1)  # as QGIS rounds
    assert float(first["BBOX"].split(",")[0]) == pytest.approx(grid.west)
    red = pixels_of(tmp_path / "map.tif")[0, 100] > 128
    assert red[:511].all()
    assert not red[513:1023].any()


def test_a_wms_that_answers_with_words_is_heard(service, qgis_new_project, tmp_path):
    layer = service.wms_layer()
    service.failing = {"all": "quota"}
    with pytest.raises(RenderError, match="no picture but a message"):
        rendered([layer], grid_of(layer), tmp_path / "map.tif")
    assert list(tmp_path.iterdir()) == []


def test_a_service_that_gives_nothing_leaves_no_file(service, qgis_new_project, tmp_path):
    layer = service.layer()
    service.failing = {"all": 403}
    (tmp_path / "map.tif").write_bytes(b"kept")
    with pytest.raises(RenderError, match="403"):
        rendered([layer], grid_of(layer), tmp_path / "map.tif")
    assert (tmp_path / "map.tif").read_bytes() == b"kept"
    assert [one.name for one in tmp_path.iterdir()] == ["map.tif"]


def test_stop_ends_a_slow_service_at_once_and_leaves_no_file(service, qgis_new_project, tmp_path):
    layer = service.layer()
    service.seconds = 30.0
    feedback = QgsFeedback()
    grid = grid_of(layer)
    order = RenderOrder(
        str(tmp_path / "map.tif"), grid, copied([layer]), QgsProject.instance().transformContext()
    )
    stopped = []

    def stop():
        while not service.asked:
            time.sleep(0.05)
        stopped.append(time.monotonic())
        feedback.cancel()

    threading.Thread(target=stop, daemon=True).start()
    assert in_a_thread(lambda: render(order, feedback)) is None
    assert time.monotonic() - stopped[0] < 25
    assert service.asked
    assert list(tmp_path.iterdir()) == []


def test_the_map_as_it_is_shown(service, qgis_new_project, tmp_path):
    """A polygon over tiles, drawn in a thread of its own over the edge of two blocks."""
    layer = service.layer()
    squares = QgsVectorLayer("Polygon?crs=EPSG:3857", "Squares", "memory")
    west, north = place_of(TILE, 0, 0)
    box = QgsRectangle(west, north - 64 * PIXEL, west + 64 * PIXEL, north)
    feature = QgsFeature()
    feature.setGeometry(QgsGeometry.fromRect(box))
    squares.dataProvider().addFeatures([feature])
    grid = grid_of(layer, box=area(5))
    assert grid.width > 1024
    context = QgsProject.instance().transformContext()
    order = RenderOrder(str(tmp_path / "map.tif"), grid, copied([squares, layer]), context)
    percents = []
    feedback = QgsFeedback()
    feedback.progressChanged.connect(percents.append)
    done = in_a_thread(lambda: render(order, feedback))
    assert done.drawn == 1.0
    pixels = pixels_of(tmp_path / "map.tif")
    inside = pixels[:3, 256 : 256 + 48, 256 : 256 + 48].reshape(3, -1)
    assert len(np.unique(inside, axis=1).T) == 1  # one colour, which is no tile's
    assert inside[:, 0].tolist() not in [[20, 120, 40], [20, 140, 40]]


def test_what_lies_beyond_the_layers_is_transparent(qgis_new_project, tmp_path):
    scene = paint(tmp_path / "scene.tif", size=64)
    layer = QgsRasterLayer(str(scene), "Scene", "gdal")
    box = QgsRectangle(599_900, 5_759_836, 600_064, 5_760_000)
    grid = make_grid(box, UTM, 1.0, QgsProject.instance().transformContext())
    done = rendered([layer], grid, tmp_path / "map.tif")
    alpha = pixels_of(tmp_path / "map.tif")[3]
    assert 0 < done.drawn < 1
    assert (alpha > 0).mean() == pytest.approx(done.drawn)


def test_a_ground_metre_is_a_metre_on_the_ground(qgis_app, qgis_new_project):
    context = QgsProject.instance().transformContext()
    grid = make_grid(area(), WEB, 1.0, context)
    assert grid.pixel == pytest.approx(1 / np.cos(np.radians(PLACE[1])), rel=0.005)
    utm = metric_crs(QgsCoordinateReferenceSystem("EPSG:4326"), QgsPointXY(*PLACE))
    assert utm.authid() == "EPSG:32631"
    assert metric_crs(WEB, QgsPointXY(*PLACE)) == WEB
    south = metric_crs(QgsCoordinateReferenceSystem(), QgsPointXY(179.9, -45))
    assert south.authid() == "EPSG:32760"


@pytest.mark.parametrize(
    ("box", "crs", "metres", "said"),
    [
        (QgsRectangle(), "EPSG:3857", 1.0, "empty"),
        (QgsRectangle(4, 52, 5, 53), "EPSG:4326", 1.0, "degrees"),
        (QgsRectangle(0, 0, 2e6, 2e6), "EPSG:3857", 1.0, "1,000 megapixels"),
        (QgsRectangle(0, 1e7, 10, 2e12), "EPSG:32631", 1.0, "megapixels"),
    ],
)
def test_what_cannot_be_a_picture_is_refused(qgis_new_project, box, crs, metres, said):
    context = QgsProject.instance().transformContext()
    with pytest.raises(RenderError, match=said):
        make_grid(box, QgsCoordinateReferenceSystem(crs), metres, context)


def test_no_scene_of_the_project_is_written_over(qgis_new_project, tmp_path):
    scene = paint(tmp_path / "scene.tif", size=64)
    QgsProject.instance().addMapLayer(QgsRasterLayer(str(scene), "Mine", "gdal"))
    for path, said in (
        (scene, "would be lost"),
        (tmp_path / "map.png", "ends in .tif"),
        ("map.tif", "whole path"),
        (tmp_path / "gone" / "map.tif", "no folder"),
    ):
        with pytest.raises(RenderError, match=said):
            check_target(str(path), QgsProject.instance())
    check_target(str(tmp_path / "new.tif"), QgsProject.instance())


def test_services_are_named_with_their_terms(service, qgis_new_project, tmp_path):
    project = QgsProject.instance()
    layer = service.layer()
    scene = QgsRasterLayer(str(paint(tmp_path / "scene.tif", size=64)), "Scene", "gdal")
    project.addMapLayers([layer, scene])
    assert to_render(project) == [layer]
    assert service_of(scene) is None
    metadata = layer.metadata()
    metadata.setRights(["<a href='https://x.invalid'>(c) The surveyors</a>"])
    layer.setMetadata(metadata)
    found = service_of(layer)
    assert (found.host, found.terms, found.zooms) == ("127.0.0.1", "(c) The surveyors", (0, 19))
