"""From what the map shows to a scene in the project, and on to an index of it."""

import re

import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsSettings,
)
from qgis.PyQt.QtWidgets import QDialogButtonBox

from cmpagl_qgis.map.group import MARK
from tests.qgis.core.map_service import ZOOM, MapService, place_of, tile_at
from tests.qgis.core.painted import paint

WEB = QgsCoordinateReferenceSystem("EPSG:3857")
TILE = tile_at(4.9, 52.37)


@pytest.fixture
def service(qgis_app, request):
    """A service; it fails from the start where a test says so: QGIS keeps what the map has seen."""
    QgsSettings().setValue("qgis/defaultTileMaxRetry", 1)
    service = MapService(marked=TILE)
    service.failing = getattr(request, "param", {})
    yield service
    service.close()
    QgsSettings().remove("qgis/defaultTileMaxRetry")


@pytest.fixture
def shown(stage, service, qgis_iface):
    """A stage whose map shows the service's layer."""
    layer = service.layer()
    QgsProject.instance().addMapLayer(layer)
    QgsProject.instance().setCrs(WEB)
    canvas = qgis_iface.mapCanvas()
    canvas.setRenderFlag(False)  # the service is asked by what is tested alone
    canvas.setDestinationCrs(WEB)
    canvas.setLayers([layer])
    west, north = place_of(TILE, -100, -100)
    side = place_of(TILE, 400, 0)[0] - west
    canvas.setExtent(QgsRectangle(west, north - side, west + side, north))
    stage.ready()
    yield stage
    canvas.setRenderFlag(True)


def asked(stage, path):
    stage.dock.index.findChild(object, "cmpaglBuild_map").trigger()
    dialog = stage.controller.render.dialog
    dialog.path.setText(str(path))
    return dialog


def ok(dialog):
    return dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)


def whole_tiles(dialog):
    """Two tiles and a bit, and the service's own pixels there."""
    west, north = place_of(TILE, 8, 8)
    east, south = place_of(TILE, 500, 200)
    dialog.set_area(QgsRectangle(west, south, east, north), WEB)


def test_a_web_map_becomes_a_scene_that_can_be_indexed(shown, service, until, tmp_path):
    dialog = asked(shown, tmp_path / "map.tif")
    assert dialog.what.currentText() == "Aerial"
    assert 0.25 <= dialog.pixel.value() < 0.5
    assert dialog.crs.crs() == WEB
    assert "From 127.0.0.1. Take no more" in dialog.terms.text()
    whole_tiles(dialog)
    dialog.pixel.setValue(0.73)  # the service's, at this latitude
    assert dialog.grid.width == pytest.approx(492, abs=1)  # QGIS's own field rounds a little
    assert f"{dialog.grid.width} x {dialog.grid.height} pixels" in dialog.sizes.text()
    assert "some 2 pictures" in dialog.sizes.text()
    assert dialog.size() == dialog.rect().size()  # Qt's own, which no label hides
    ok(dialog).click()
    assert shown.controller.render.running
    assert shown.dock.rendering.isVisible()
    until(lambda: not shown.controller.render.running)
    assert not shown.dock.rendering.isVisible()
    assert shown.dock.message.text.startswith("map.tif: 0.1 megapixels rendered.")
    sources = [one.source() for one in QgsProject.instance().mapLayers().values()]
    assert str(tmp_path / "map.tif") in sources
    assert str(tmp_path / "map.tif") in shown.controller.index_view.dialog.order().inputs
    assert {zoom for zoom, _, _ in service.asked} <= set(range(ZOOM + 1))


@pytest.mark.parametrize("service", [{TILE: 500}], indirect=True)
def test_pictures_that_do_not_come_are_named(shown, until, tmp_path):
    dialog = asked(shown, tmp_path / "map.tif")
    whole_tiles(dialog)
    dialog.pixel.setValue(0.73)
    ok(dialog).click()
    until(lambda: not shown.controller.render.running)
    # The other one may be there already: QGIS keeps what the map has shown.
    said = r"1 of [12] pictures did not come, and these places are empty: HTTP 500 \(1\)\."
    assert re.search(said, shown.dock.message.text)


def test_without_an_engine_the_scene_is_there_and_what_it_came_to(shown, until, tmp_path):
    shown.client.change("died", "It crashed.")
    dialog = asked(shown, tmp_path / "map.tif")
    whole_tiles(dialog)
    ok(dialog).click()
    until(lambda: not shown.controller.render.running)
    assert shown.dock.message.text.startswith("map.tif: ")
    assert shown.controller.index_view.dialog is None


def test_a_service_that_refuses_all_leaves_words_and_no_file(shown, service, until, tmp_path):
    service.failing = {"all": 403}
    dialog = asked(shown, tmp_path / "map.tif")
    whole_tiles(dialog)
    ok(dialog).click()
    until(lambda: not shown.controller.render.running)
    assert "HTTP 403" in shown.dock.message.text
    assert shown.controller.index_view.dialog is None
    assert list(tmp_path.iterdir()) == []


def test_stop(shown, service, until, tmp_path):
    dialog = asked(shown, tmp_path / "map.tif")
    whole_tiles(dialog)
    service.seconds = 30.0
    ok(dialog).click()
    count = len(service.asked)
    until(lambda: len(service.asked) > count)
    shown.controller.render.ask()
    assert "being rendered" in shown.dock.message.text
    shown.dock.rendering.stop.click()
    until(lambda: not shown.controller.render.running)
    assert "nothing was written" in shown.dock.message.text
    assert list(tmp_path.iterdir()) == []


def test_closing_qgis_meanwhile_leaves_no_file(shown, service, until, tmp_path):
    dialog = asked(shown, tmp_path / "map.tif")
    whole_tiles(dialog)
    service.seconds = 30.0
    ok(dialog).click()
    count = len(service.asked)
    until(lambda: len(service.asked) > count)
    shown.close()
    assert list(tmp_path.iterdir()) == []


def test_qgis_stays_live(shown, service, until, stalls, tmp_path):
    """Each picture takes the service half a second; a wait for Python's lock is no such stall."""
    dialog = asked(shown, tmp_path / "map.tif")
    west, north = place_of(TILE, 0, 0)
    east, south = place_of(TILE, 1500, 1500)
    dialog.set_area(QgsRectangle(west, south, east, north), WEB)
    dialog.pixel.setValue(0.73)
    service.seconds = 0.5
    with stalls:
        ok(dialog).click()
        until(lambda: not shown.controller.render.running)
    assert shown.dock.message.text.startswith("map.tif: ")
    assert stalls.blocked < 0.25


def test_the_whole_map_without_our_places(shown, qgis_iface, tmp_path):
    scene = QgsRasterLayer(str(paint(tmp_path / "scene.tif", size=64)), "Scene", "gdal")
    places = QgsRasterLayer(str(paint(tmp_path / "places.tif", size=64)), "Places", "gdal")
    places.setCustomProperty(MARK, 1)
    QgsProject.instance().addMapLayers([scene, places])
    qgis_iface.mapCanvas().setLayers([places, scene])
    dialog = asked(shown, tmp_path / "map.tif")
    names = [dialog.what.itemText(row) for row in range(dialog.what.count())]
    assert names == ["Aerial", "The map as it is shown, without labels"]
    dialog.what.setCurrentIndex(1)
    assert dialog.drawing.layers == (scene,)
    assert not dialog.terms.isVisible()
    assert "asked" not in dialog.sizes.text()


def test_what_cannot_be_rendered_is_said_in_the_dialog(shown, tmp_path):
    dialog = asked(shown, tmp_path / "map.tif")
    assert ok(dialog).isEnabled()
    dialog.crs.setCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    assert "degrees" in dialog.problem.text()
    assert not ok(dialog).isEnabled()
    dialog.crs.setCrs(WEB)
    (tmp_path / "there.tif").write_bytes(b"mine")
    dialog.path.setText(str(tmp_path / "there"))
    assert "is there already" in dialog.problem.text()
    dialog.path.setText(str(tmp_path / "map.tif"))
    dialog.set_area(QgsRectangle(0, 0, 20_000, 20_000), WEB)
    dialog.pixel.setValue(1.5)  # at the equator: 13,334 pixels a side
    assert dialog.sure.isVisible()
    assert not ok(dialog).isEnabled()
    dialog.sure.setChecked(True)
    assert ok(dialog).isEnabled()
    dialog.pixel.setValue(0.1)
    assert "1,000 megapixels" in dialog.problem.text()
    assert not ok(dialog).isEnabled()


def test_an_empty_map_says_what_to_do(stage, qgis_iface):
    qgis_iface.mapCanvas().setLayers([])
    stage.ready()
    stage.controller.render.ask()
    assert "Add a layer" in stage.dock.message.text


def test_a_map_in_degrees_is_rendered_in_metres(stage, service, qgis_iface, tmp_path):
    degrees = QgsCoordinateReferenceSystem("EPSG:4326")
    QgsProject.instance().setCrs(degrees)
    scene = QgsRasterLayer(str(paint(tmp_path / "scene.tif", size=64)), "Scene", "gdal")
    QgsProject.instance().addMapLayer(scene)
    canvas = qgis_iface.mapCanvas()
    canvas.setDestinationCrs(degrees)
    canvas.setLayers([scene])
    canvas.setExtent(QgsRectangle(4.44, 51.98, 4.46, 52.0))
    stage.ready()
    dialog = asked(stage, tmp_path / "map.tif")
    assert dialog.crs.crs().authid() == "EPSG:32631"
    assert ok(dialog).isEnabled()
    assert 0.25 <= dialog.pixel.value() <= 1
