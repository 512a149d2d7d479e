"""The date filter of the dock: offered where an index has dates, kept with the project, told of."""

from __future__ import annotations

import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QDate, Qt
from qgis.PyQt.QtTest import QTest

from cmpagl_qgis.dock.build_order import BuildOrder
from tests.qgis.core.painted import paint
from tests.qgis.dock.played import answer, hit, opened

DAYS = ["2019-06-01", "2021-09-30"]


def test_dates_are_offered_where_the_index_has_some(stage, client):
    stage.ready()
    narrow = stage.dock.narrow
    assert narrow.dates.isHidden()
    stage.controller.index.choose("/data/dated.cmpagl")
    client.answer("open", opened("/data/dated.cmpagl", dates=DAYS))
    assert narrow.dates.isVisible()
    assert narrow.period.isHidden()
    assert narrow.narrowing().days is None
    narrow.dates.click()
    assert narrow.period.isVisible()
    assert narrow.narrowing().days == tuple(DAYS)
    stage.controller.index.choose("/data/town.cmpagl")
    client.answer("open", opened())
    assert narrow.dates.isHidden()
    assert narrow.period.isHidden()
    assert narrow.narrowing().days is None


def test_a_date_asks_again_and_what_is_unknown_is_told(stage, client):
    stage.ready(dates=DAYS)
    narrow = stage.dock.narrow
    stage.search([hit(1)])
    assert "where" not in client.last("search")[1]
    narrow.dates.click()
    assert client.last("search")[1]["where"] == {"from_date": DAYS[0], "to_date": DAYS[1]}
    client.answer("search", answer([hit(1)], undated=1240))
    assert stage.dock.status.text.startswith(
        "1 place in 0.12 s; 1,240 chips of unknown date left out"
    )
    count = client.count("search")
    narrow.period.last.setDate(QDate(2020, 12, 31))
    assert client.last("search")[1]["where"]["to_date"] == "2020-12-31"
    assert client.count("search") == count + 1
    client.answer("search", answer([], candidates=0, undated=3))
    assert stage.dock.state == "nothing_there"
    assert "3 of unknown date were left out." in stage.dock.notice.notice.text
    stage.dock.notice.actionRequested.emit("everywhere")
    assert not narrow.dates.isChecked()
    assert "where" not in client.last("search")[1]


def test_neither_day_passes_the_other(stage):
    stage.ready(dates=DAYS)
    period = stage.dock.narrow.period
    period.first.setDate(QDate(2030, 1, 1))
    assert period.days() == (DAYS[1], DAYS[1])
    period.last.setDate(QDate(2000, 1, 1))
    assert period.days() == (DAYS[1], DAYS[1])
    period.set_days(("2001-01-01", "2002-01-01"))
    assert period.days() == ("2001-01-01", "2002-01-01")


def test_size_and_dates_come_back_with_the_project(make_stage, client, tmp_path):
    index, file = tmp_path / "town.cmpagl", str(tmp_path / "town.qgz")
    index.mkdir()
    stage = make_stage()
    stage.ready(str(index), dates=DAYS)
    narrow = stage.dock.narrow
    assert QgsProject.instance().write(str(tmp_path / "wide.qgz"))
    narrow.sizes.setCurrentIndex(2)
    narrow.dates.click()
    narrow.period.first.setDate(QDate(2020, 1, 1))
    assert QgsProject.instance().write(file)
    narrow.search_everywhere()
    assert QgsProject.instance().read(file)
    assert narrow.narrowing().ground_m == 448.0
    assert narrow.narrowing().days == ("2020-01-01", DAYS[1])
    assert QgsProject.instance().read(str(tmp_path / "wide.qgz"))
    assert narrow.narrowing().ground_m is None
    assert narrow.narrowing().days is None
    stage.close()
    QgsProject.instance().read(file)
    later = make_stage()
    later.show()
    client.change("ready")
    client.answer("open", opened(str(index), dates=DAYS))
    assert later.dock.narrow.narrowing().ground_m == 448.0
    assert later.dock.narrow.narrowing().days == ("2020-01-01", DAYS[1])
    assert later.dock.narrow.dates.isVisible()


def test_an_index_that_grows_is_not_narrowed_as_the_one_before(stage, client):
    stage.ready(dates=DAYS)
    narrow = stage.dock.narrow
    narrow.sizes.setCurrentIndex(1)
    narrow.dates.click()
    stage.controller.index.choose_growing("/data/new.cmpagl")
    assert narrow.narrowing().ground_m is None
    assert narrow.narrowing().days is None


@pytest.mark.engine
@pytest.mark.slow
def test_dates_and_areas_with_the_real_engine(live, until, tmp_path, qgis_canvas):
    names = ("early_20190601", "late_20210601", "undated")
    scenes = tuple(
        str(paint(tmp_path / f"{name}.tif", "EPSG:32631",
                  (600_000 + 10_000 * place, 1.0, 0, 5_700_000, 0, -1.0), 400))
        for place, name in enumerate(names)
    )  # fmt: skip
    dock = live.dock
    live.show()
    until(lambda: live.client.state == "ready")
    live.controller.builds.build(BuildOrder(str(tmp_path / "town.cmpagl"), scenes, (200.0,)))
    until(lambda: live.controller.builds.order is None)
    until(lambda: live.controller.index.info is not None)
    until(lambda: live.controller.index.info.dates == ("2019-06-01", "2021-06-01"))
    assert dock.narrow.dates.isVisible()

    def found():
        until(lambda: not dock.query.busy)
        return {hit.scene for hit in live.controller.results.answer.hits}

    QTest.keyClicks(dock.query.line, "a red roof")
    QTest.keyClick(dock.query.line, Qt.Key.Key_Return)
    assert found() == set(scenes)
    dock.narrow.dates.click()
    assert found() == set(scenes[:2])
    assert "of unknown date left out" in dock.status.text
    dock.narrow.period.first.setDate(QDate(2020, 1, 1))
    assert found() == {scenes[1]}

    here, told = live.controller.index_view.here, []
    qgis_canvas.resize(400, 400)
    qgis_canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:32631"))
    qgis_canvas.setExtent(QgsRectangle(600_000, 5_699_600, 600_400, 5_700_000))
    here.tool.drawn.connect(told.append)
    live.controller.index_view.act("here")
    to_pixel = qgis_canvas.getCoordinateTransform()
    corners = [to_pixel.transform(*one).toQPointF().toPoint()
               for one in ((600_020, 5_699_980), (600_380, 5_699_620))]  # fmt: skip
    view = qgis_canvas.viewport()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=corners[0])
    QTest.mouseMove(view, corners[1])
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=corners[1])
    ((west, south, east, north),) = told
    assert 4 < west < east < 5
    assert 51 < south < north < 52
    until(lambda: dock.message.text.startswith(("Of ", "Nothing in the list")))

    layer = QgsVectorLayer("Polygon?crs=EPSG:32631", "areas", "memory")
    feature = QgsFeature()
    feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(610_000, 5_699_600, 610_400, 5_700_000)))
    layer.dataProvider().addFeatures([feature])
    QgsProject.instance().addMapLayer(layer)
    qgis_canvas.setCurrentLayer(layer)
    layer.selectAll()
    here.ask_selected()
    until(lambda: dock.message.text.startswith(("Of ", "Nothing in the list")))
