"""Clicking a place on the map."""

import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
)
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtTest import QTest

from cmpagl_qgis.map.map_tools import PlaceTool


@pytest.fixture
def canvas(qgis_new_project):
    canvas = QgsMapCanvas()
    canvas.resize(400, 400)
    yield canvas
    canvas.deleteLater()


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:28992", "EPSG:3857", "EPSG:32721"])
def test_a_click_is_longitude_and_latitude_in_any_crs(canvas, crs):
    reference = QgsCoordinateReferenceSystem(crs)
    degrees = QgsCoordinateReferenceSystem("EPSG:4326")
    wanted = QgsPointXY(-57.5, -25.3) if crs == "EPSG:32721" else QgsPointXY(4.47, 51.92)
    way = QgsCoordinateTransform(degrees, reference, QgsProject.instance())
    middle = way.transform(wanted)
    canvas.setDestinationCrs(reference)
    side = 0.001 if crs == "EPSG:4326" else 100.0
    canvas.setExtent(
        QgsRectangle(middle.x() - side, middle.y() - side, middle.x() + side, middle.y() + side)
    )
    tool = PlaceTool(canvas)
    places = []
    tool.picked.connect(lambda *place: places.append(place))
    canvas.setMapTool(tool)
    pixel = canvas.getCoordinateTransform().transform(middle).toQPointF().toPoint()
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=pixel)
    assert places == [pytest.approx((wanted.x(), wanted.y()), abs=2e-5)]  # a pixel at most


def test_a_map_without_crs_is_refused(canvas):
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem())
    canvas.setExtent(QgsRectangle(0, 0, 1, 1))
    tool = PlaceTool(canvas)
    said = []
    tool.refused.connect(said.append)
    canvas.setMapTool(tool)
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    assert "CRS" in said[0]


def test_the_dock_takes_the_tool_up_and_puts_it_down(stage, client, qgis_iface):
    canvas = qgis_iface.mapCanvas()
    stage.ready()
    stage.search([])
    stage.dock.header.pick.click()
    assert canvas.mapTool() is stage.controller.examples.tool
    assert stage.dock.header.pick.isChecked()
    stage.controller.examples.tool.picked.emit(4.5, 52.1)
    assert canvas.mapTool() is not stage.controller.examples.tool
    assert not stage.dock.header.pick.isChecked()
    assert client.last("similar")[1]["like"] == [{"lon": 4.5, "lat": 52.1}]
