"""Building, extending and checking indexes."""

import pytest
from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsRasterLayer, QgsRectangle
from qgis.PyQt.QtCore import QCoreApplication, QModelIndex, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QDialogButtonBox, QMessageBox, QPushButton

from cmpagl_qgis.dock.build_dialog import BuildDialog
from cmpagl_qgis.dock.build_order import BuildOrder
from cmpagl_qgis.dock.build_table import Candidate
from cmpagl_qgis.dock.search_dock import SearchDock
from cmpagl_qgis.engine.asker import Asker
from cmpagl_qgis.engine.records import BuildReport
from cmpagl_qgis.errors import DIED
from cmpagl_qgis.flow.job_session import Job, JobSession
from cmpagl_qgis.flow.unfinished import unfinished
from cmpagl_qgis.map.map_tools import AreaTool
from cmpagl_qgis.settings import Settings
from tests.qgis.core.painted import paint
from tests.qgis.dock.played import answer, hit, opened

ORDER = BuildOrder("/data/new.cmpagl", ("/data/a.tif",), ())
REPORT = {
    "index": "/data/new.cmpagl", "scenes": 1, "unchanged": 0, "encoded": 380, "duplicates": 20,
    "skipped": {}, "problems": [], "damaged": [], "seconds": 12.3,
}  # fmt: skip


def ok(dialog):
    return dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)


def rows(dialog):
    """The texts of the table as it is sorted."""
    seen = dialog.scenes.sorted
    columns = range(seen.columnCount())
    return [
        [seen.index(row, column).data() for column in columns] for row in range(seen.rowCount())
    ]


def tick(dialog, row, *, ticked):
    seen = dialog.scenes.sorted
    state = Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked
    assert seen.setData(seen.index(row, 0), state, Qt.ItemDataRole.CheckStateRole)


def planned(path, chips=1000, **more):
    """A scene as the engine plans it."""
    return {
        "path": path, "crs": "EPSG:32631", "gsd_m": 0.25, "width": 9000, "height": 9000,
        "bands": [1, 2, 3], "size_bytes": 9, "sizes": [{"ground_m": 100.0, "chips": chips}],
        "present": 0, "notes": [], "reason": "", **more,
    }  # fmt: skip


def plan(*scenes, free=10**12):
    return {"scenes": list(scenes), "bytes_per_chip": 600, "free_bytes": free}


@pytest.fixture
def town(stage, client):
    """The dialog with two scenes, not looked at yet."""
    stage.ready()
    stage.controller.index_view.ask_build("layers")
    dialog = stage.controller.index_view.dialog
    dialog.index.setText("/data/new.cmpagl")
    dialog.add(Candidate("West", "/data/a.tif"), Candidate("East", "/data/b.tif"))
    return dialog


def test_each_scene_says_what_it_is_and_would_cost(town, client):
    assert client.last("plan")[1] == {
        "inputs": ["/data/a.tif", "/data/b.tif"], "index": "/data/new.cmpagl"
    }  # fmt: skip
    assert "looking at 2 more" in town.totals.text()
    assert client.count("speed") == 0
    reason = "/data/b.tif is empty (0 bytes); fetch or export it again"
    client.answer(
        "plan", plan(planned("/data/a.tif", 12_400), planned("/data/b.tif", reason=reason))
    )
    assert rows(town)[0][:6] == ["West", "EPSG:32631", "25 cm", "1, 2, 3", "12,400", "measuring…"]
    assert rows(town)[1][0] == "East: is empty (0 bytes)"
    tip = town.scenes.sorted.index(1, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "fetch or export it again" in tip
    client.answer("speed", {"chips_per_s": 40.0})
    assert rows(town)[0][5:7] == ["about 5 min", "7 MB"]
    assert town.totals.text() == "1 scene, 12,400 chips, about 5 min, 7 MB"
    assert town.order().inputs == ("/data/a.tif",)


def test_times_are_those_of_the_last_time_until_they_are_measured(town, client, stage):
    client.answer(
        "plan", plan(planned("/data/a.tif", 12_400), planned("/data/b.tif", present=1000))
    )
    assert [row[5] for row in rows(town)] == ["", "measuring…"]  # East is done
    client.refuse("speed", "The model is not there.")
    assert [row[5] for row in rows(town)] == ["", "unknown"]
    town.reject()
    for kept, wanted in ((0, "measuring…"), (40.0, "about 5 min"), (20.0, "about 10 min")):
        if kept:
            client.answer("speed", {"chips_per_s": kept})
            stage.controller.index_view.dialog.reject()
        stage.controller.index_view.ask_build("layers")
        dialog = stage.controller.index_view.dialog
        dialog.add(Candidate("West", "/data/a.tif"))
        client.answer("plan", plan(planned("/data/a.tif", 12_400)))
        assert rows(dialog)[0][5] == wanted
    client.refuse("speed", "The model is not there.")
    assert rows(dialog)[0][5] == "about 10 min"


def test_totals_follow_ticks_and_sizes(town, client):
    client.answer("plan", plan(planned("/data/a.tif", 300), planned("/data/b.tif", 200)))
    assert town.totals.text().startswith("2 scenes, 500 chips")
    tick(town, 0, ticked=False)
    assert town.totals.text().startswith("1 scene, 300 chips")
    buildings = next(
        n for n in range(town.preset.count()) if "Buildings" in town.preset.itemText(n)
    )
    town.preset.setCurrentIndex(buildings)
    town.preset.activated.emit(buildings)
    assert client.last("plan")[1]["options"] == {"ground_sizes_m": [150.0]}
    assert "looking at 1 more" in town.totals.text()
    client.answer("plan", plan(planned("/data/a.tif", 30), planned("/data/b.tif", 20)))
    assert town.totals.text().startswith("1 scene, 30 chips")
    assert town.order().ground_sizes_m == (150.0,)
    town.sizes.setText("90, 180")
    assert "Own" in town.preset.currentText()
    town.sizes.clear()
    assert "Chosen" in town.preset.currentText()


def test_what_is_in_the_index_already_costs_nothing(town, client):
    client.answer(
        "plan", plan(planned("/data/a.tif", 300, present=300), planned("/data/b.tif", 200))
    )
    assert rows(town)[1][4] == "300, done"
    assert town.totals.text().startswith("2 scenes, 200 chips")


def test_the_crs_set_on_a_layer_goes_with_it(stage, client, tmp_path):
    layer = QgsRasterLayer(str(paint(tmp_path / "a.tif", crs=None)), "Plain", "gdal")
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:28992"))
    QgsProject.instance().addMapLayer(layer)
    stage.ready()
    stage.controller.index_view.ask_build("layers")
    dialog = stage.controller.index_view.dialog
    path = str(tmp_path / "a.tif")
    assert client.last("plan")[1]["crs"] == {path: "EPSG:28992"}
    client.answer("plan", plan(planned(path, crs="EPSG:28992", notes=["it is grey"])))
    assert rows(dialog)[0][7] == "CRS set on the layer. It is grey."
    dialog.index.setText("/data/new.cmpagl")
    ok(dialog).click()
    assert client.last("index")[1]["crs"] == {path: "EPSG:28992"}
    client.refuse("index", "The engine ended.", DIED)
    assert unfinished().crs == ((path, "EPSG:28992"),)


def choose_area(dialog, name):
    place = dialog.area.findData(name)
    dialog.area.setCurrentIndex(place)
    dialog.area.activated.emit(place)


@pytest.fixture
def metres(qgis_iface):
    """A map in metres, 1 km by 1 km."""
    canvas = qgis_iface.mapCanvas()
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:32631"))
    canvas.resize(500, 500)
    canvas.setExtent(QgsRectangle(600_000, 5_760_000, 601_000, 5_761_000))
    return canvas


def test_what_the_map_shows_limits_the_index(town, client, metres):
    choose_area(town, "view")
    west, south, east, north = client.last("plan")[1]["options"]["bbox"]
    assert 4.4 < west < 4.46 < east < 4.5  # longitude first
    assert 51.9 < south < 51.99 < north < 52.1
    reason = "/data/b.tif lies outside the area"
    client.answer("plan", plan(planned("/data/a.tif", 30), planned("/data/b.tif", reason=reason)))
    assert rows(town)[1][0] == "East: lies outside the area"
    ok(town).click()
    assert client.last("index")[1]["options"] == {"bbox": [west, south, east, north]}
    client.refuse("index", "The engine ended.", DIED)
    assert unfinished().area == (west, south, east, north)


def test_a_rectangle_is_drawn_while_the_dialog_is_away(town, client, metres):
    choose_area(town, "draw")
    assert town.isHidden()
    tool = metres.mapTool()
    assert isinstance(tool, AreaTool)
    tool.extentChanged.emit(QgsRectangle(600_100, 5_760_100, 600_200, 5_760_200))
    assert town.isVisible()
    assert metres.mapTool() is not tool
    assert town.area.currentData() == "draw"
    west, south, east, north = client.last("plan")[1]["options"]["bbox"]
    assert east - west == pytest.approx(0.00146, abs=2e-4)
    assert north - south == pytest.approx(0.0009, abs=2e-4)
    choose_area(town, "")
    assert "options" not in client.last("plan")[1]
    assert town.order().area == ()


def test_who_gives_up_drawing_finds_the_dialog_as_it_was(town, client, metres):
    before, asked = metres.mapTool(), client.count("plan")
    choose_area(town, "draw")
    metres.unsetMapTool(metres.mapTool())
    assert town.isVisible()
    assert town.area.currentData() == ""
    assert client.count("plan") == asked
    assert metres.mapTool() is before


def test_a_map_without_a_place_gives_no_area(town, client, metres, stage):
    metres.setDestinationCrs(QgsCoordinateReferenceSystem())
    choose_area(town, "view")
    assert "no place on earth" in stage.dock.message.text
    assert town.area.currentData() == ""
    assert "options" not in client.last("plan")[1]


def test_a_folder_becomes_its_scenes(town, client):
    client.answer("plan", plan(planned("/data/a.tif"), planned("/data/b.tif")))
    town.add(Candidate("All scenes in tiles", "/data/tiles", folder=True))
    assert client.last("plan")[1]["inputs"] == ["/data/tiles"]
    assert town.order().inputs[-1] == "/data/tiles"  # who does not wait builds all of it
    tiles = [planned(f"/data/tiles/{name}.tif", 5) for name in ("x", "y")]
    client.answer("plan", plan(*tiles, planned("/data/tiles", reason="left out masks")))
    assert town.order().inputs == (
        "/data/a.tif", "/data/b.tif", "/data/tiles/x.tif", "/data/tiles/y.tif"
    )  # fmt: skip


def test_an_address_keeps_its_signature(town, client):
    client.answer("plan", plan(planned("/data/a.tif"), planned("/data/b.tif")))
    town.add(Candidate("Far", "https://a.example/x.tif?sig=1"))
    client.answer("plan", plan(planned("https://a.example/x.tif")))
    assert town.order().inputs[-1] == "https://a.example/x.tif?sig=1"


def test_an_engine_that_cannot_look_leaves_the_scenes_to_be_built(town, client):
    client.refuse("plan", "found an index cut with other chips")
    assert "2 could not be counted" in town.totals.text()
    assert "other chips" in town.totals.text()
    assert ok(town).isEnabled()


def question(dialog):
    return dialog.findChild(QMessageBox, "cmpaglQuestion")


def test_a_large_build_is_asked_about_with_its_numbers(town, client, stage):
    client.answer("plan", plan(planned("/data/a.tif", 1_866_085), planned("/data/b.tif")))
    tick(town, 0, ticked=False)
    client.answer("speed", {"chips_per_s": 40.0})
    ok(town).click()
    assert client.count("index") == 0
    said = question(town).text()
    assert "1,866,085 chips, about 13 h, 1.1 GB" in said
    assert "Larger chips" in said
    question(town).findChild(QPushButton, "cmpaglQuestionYes").click()
    assert client.last("index")[1]["inputs"] == ["/data/a.tif"]


def test_a_small_build_begins_at_once(town, client):
    client.answer("plan", plan(planned("/data/a.tif"), planned("/data/b.tif")))
    ok(town).click()
    assert question(town) is None
    assert client.count("index") == 1


def test_a_full_disk_is_said_and_asked_about(town, client):
    client.answer("plan", plan(planned("/data/a.tif"), planned("/data/b.tif"), free=1000_000))
    assert "1.0 MB are free" in town.problem.text()
    ok(town).click()
    assert "are free" in question(town).text()
    assert client.count("index") == 0


def test_looking_ends_with_the_dialog(town, client):
    number, _ = client.last("plan")
    town.reject()
    assert client.cancelled == [number]
    client.answer("plan", plan(planned("/data/a.tif")))
    assert client.count("speed") == 0


def test_refused_scenes_stay_at_the_end_however_it_is_sorted(town, client):
    reason = "/data/a.tif is empty (0 bytes)"
    client.answer("plan", plan(planned("/data/a.tif", reason=reason), planned("/data/b.tif")))
    for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
        for column in range(8):
            town.scenes.sortByColumn(column, order)
            assert [row[0][:4] for row in rows(town)] == ["East", "West"]
            assert town.scenes.isFirstColumnSpanned(1, QModelIndex())


def test_the_space_bar_ticks_all_selected(town, client):
    client.answer("plan", plan(planned("/data/a.tif"), planned("/data/b.tif")))
    town.scenes.selectAll()
    QTest.keyClick(town.scenes, Qt.Key.Key_Space)
    assert town.order().inputs == ()
    QTest.keyClick(town.scenes, Qt.Key.Key_Space)
    assert len(town.order().inputs) == 2


def test_the_dialog_lists_layers_and_names_what_it_refuses(stage, tmp_path):
    scene = paint(tmp_path / "scene.tif")
    QgsProject.instance().addMapLayer(QgsRasterLayer(str(scene), "My scene", "gdal"))
    wms = (
        "contextualWMSLegend=0&crs=EPSG:4326&format=image/png&layers=a&styles=&url=http://x.invalid"
    )
    QgsProject.instance().addMapLayer(QgsRasterLayer(wms, "Web map", "wms"))
    stage.ready()
    stage.dock.index.build_menu.actions()[0].trigger()
    dialog = stage.controller.index_view.dialog
    assert rows(dialog)[0][0] == "My scene"
    assert "Web map" in rows(dialog)[1][0]
    refused = dialog.scenes.sorted.index(1, 0)
    assert not dialog.scenes.sorted.flags(refused) & Qt.ItemFlag.ItemIsUserCheckable
    assert dialog.order().inputs == (str(scene),)
    assert dialog.order().index.endswith(".cmpagl")


def test_a_project_without_layers_cannot_be_built_and_says_so(stage):
    stage.ready()
    stage.controller.index_view.ask_build("layers")
    dialog = stage.controller.index_view.dialog
    assert not ok(dialog).isEnabled()
    assert "add files or a folder" in dialog.problem.text()


@pytest.mark.parametrize(
    ("index", "sizes", "said"),
    [
        ("", "", "where the index"),
        ("town", "", "whole path"),
        ("/data/town", "small", "metres"),
        ("/data/town", "100, -5", "metres"),
    ],
)
def test_the_dialog_says_what_is_missing(qgis_app, index, sizes, said):
    dialog = BuildDialog([Candidate("A", "/data/a.tif")], index)
    dialog.sizes.setText(sizes)
    assert said in dialog.problem.text()
    assert not ok(dialog).isEnabled()
    dialog.index.setText("/data/town")
    dialog.sizes.setText("100; 400")
    assert ok(dialog).isEnabled()
    assert dialog.order() == BuildOrder("/data/town.cmpagl", ("/data/a.tif",), (100.0, 400.0))
    tick(dialog, 0, ticked=False)
    assert not ok(dialog).isEnabled()
    dialog.deleteLater()


def test_progress_and_a_search_while_it_grows(stage, client):
    stage.show()
    client.change("ready")
    stage.controller.builds.build(ORDER)
    number, params = client.last("index")
    assert params == {"index": "/data/new.cmpagl", "inputs": ["/data/a.tif"]}
    assert stage.dock.state == "building"
    client.progressed.emit(number, 1204, 12480, "indexing town.tif")
    assert stage.dock.build.isVisible()
    assert stage.dock.build.text() == "Building new Indexing town.tif 1,204 of 12,480 chips"
    stage.search([hit(1)])
    assert "searched what is ready: 1,000 of 12,480 chips" in stage.dock.status.text
    assert client.last("search")[1]["index"] == "/data/new.cmpagl"
    assert stage.dock.state == "results"
    assert stage.dock.build.isVisible()
    client.answer("index", REPORT)
    assert not stage.dock.build.isVisible()
    assert "400 new chips" in stage.dock.message.text
    client.answer("open", opened("/data/new.cmpagl"))
    assert stage.dock.index.current == "/data/new.cmpagl"
    assert stage.dock.state == "results"


def test_stop_says_that_it_can_go_on(stage, client):
    stage.ready()
    stage.controller.builds.build(ORDER)
    stage.dock.build.findChild(QPushButton, "cmpaglBuildStop").click()
    assert client.cancelled == [client.last("index")[0]]
    assert "Stopping" in stage.dock.build.text()
    client.obey("index")
    assert "can be searched" in stage.dock.message.text
    assert unfinished() is None


def test_a_search_before_anything_is_ready_says_when(stage, client):
    stage.show()
    client.change("ready")
    stage.controller.builds.build(ORDER)
    stage.dock.query.set_text("boats")
    stage.dock.query.button.click()
    client.refuse("search", "/data/new.cmpagl: found no _index.json", kind="IndexFormatError")
    assert stage.dock.state == "nothing_ready"
    stage.search([], candidates=0)
    assert stage.dock.state == "nothing_ready"


def test_time_left_follows_the_pace(qgis_app, client):
    now, dock = [100.0], SearchDock()
    jobs = JobSession(Asker(client), dock, clock=lambda: now[0])
    jobs.run(Job("index", {}, "Building", BuildReport, print))
    number, _ = client.last("index")

    def step(seconds, done, total, what="indexing a.tif"):
        now[0] += seconds
        client.progressed.emit(number, done, total, what)

    step(0, 3, 4, "looking at scenes")
    step(9, 0, 96_400)  # something else is counted: nothing can be told yet
    step(1, 40, 96_400)
    step(9, 400, 96_400)
    assert "left" not in dock.build.text()
    step(0, 400, 96_400)  # 400 chips in 10 s, and 96,000 to go
    assert "400 of 96,400 chips, about 40 min left" in dock.build.text()
    for done in range(410, 910, 10):  # ten times as slow: the pace of the last two minutes counts
        step(2.5, done, 96_400)
    assert "about 7 h left" in dock.build.text()
    dock.deleteLater()


def test_the_strip_says_how_long_it_still_takes(stage, client):
    stage.ready()
    stage.controller.builds.build(ORDER)
    number, _ = client.last("index")
    stage.dock.build.set_time_left(300.0)
    client.progressed.emit(number, 1240, 12400, "indexing town.tif")
    assert "1,240 of 12,400 chips, about 5 min left" in stage.dock.build.text()
    client.answer("index", REPORT)
    stage.controller.builds.build(ORDER)
    client.progressed.emit(client.last("index")[0], 1, 12400, "indexing town.tif")
    assert "left" not in stage.dock.build.text()


def test_an_engine_that_dies_while_building_can_go_on(stage, client):
    stage.ready()
    stage.controller.builds.build(ORDER)
    client.refuse("index", "The engine ended.", DIED)
    assert unfinished() == ORDER
    stage.dock.message.findChild(QPushButton, "cmpaglMessageAction").click()
    assert client.count("index") == 2


def test_a_build_whose_report_cannot_be_read_can_go_on(stage, client):
    stage.ready()
    stage.controller.builds.build(ORDER)
    client.answer("index", {"index": "/data/new.cmpagl"})
    assert "broke off" in stage.dock.message.text
    assert unfinished() == ORDER
    stage.dock.message.findChild(QPushButton, "cmpaglMessageAction").click()
    assert client.count("index") == 2


def test_qgis_closed_while_building_offers_to_go_on(make_stage, client):
    first = make_stage()
    first.ready()
    first.controller.builds.build(ORDER)
    first.close()  # as unload does, before the engine is stopped
    client.obey("index")
    assert unfinished() == ORDER
    second = make_stage()
    second.show()
    assert "new was not finished" in second.dock.message.text


def verify(stage, sample=0):
    stage.controller.index_view.act("verify")
    dialog = stage.controller.index_view.verify.dialog
    dialog.sample.setValue(sample)
    dialog.accept()


def test_one_long_thing_at_a_time(stage, client):
    stage.ready()
    stage.controller.builds.build(ORDER)
    verify(stage)
    assert client.count("verify") == 0
    assert "runs already" in stage.dock.message.text


def test_an_index_that_another_qgis_writes_is_refused_in_words(stage, client):
    stage.ready()
    stage.controller.builds.build(ORDER)
    client.refuse("index", "/data/new.cmpagl is being written by process 12; wait for it")
    assert "process 12" in stage.dock.message.text


def page(stage):
    QCoreApplication.processEvents()
    return stage.controller.index_view.reports.dialog.page.toPlainText()


def test_notes_stand_beside_their_scenes(stage, client):
    note = "its first three bands are shown, as is usual. If they are not, name them with --bands"
    stage.ready()
    stage.controller.builds.build(ORDER)
    client.answer("index", {**REPORT, "notes": [f"/data/b.tif: {note}"]})
    assert "There is a note on 1 scene." in stage.dock.message.text
    stage.dock.message.findChild(QPushButton, "cmpaglMessageAction").click()
    said = "its first three bands are shown, as is usual"
    assert page(stage).splitlines() == ["Worth knowing", f"b.tif  {said}"]

    scene = {"path": "/data/b.tif", "crs": "EPSG:32631", "chips": 40, "bounds": [4, 52, 5, 53]}
    scenes = [scene, {**scene, "path": "/data/c.tif", "notes": [note, "its overviews are stale"]}]
    client.answer("open", opened("/data/new.cmpagl", scenes=scenes))
    stage.controller.index_view.act("info")
    lines = page(stage).splitlines()
    assert "b.tif  40 chips, EPSG:32631" in lines
    assert f"c.tif  40 chips, EPSG:32631; {said}; its overviews are stale" in lines


def test_a_quiet_build_has_nothing_to_show(stage, client):
    stage.ready()
    stage.controller.builds.build(ORDER)
    client.answer("index", REPORT)
    assert not stage.dock.message.findChild(QPushButton, "cmpaglMessageAction").isVisible()


def test_info_and_forget(stage):
    stage.ready()
    stage.controller.index_view.act("info")
    text = page(stage)
    assert "3 scenes, 12,480 chips" in text
    assert text.count("town.tif") == 3
    stage.controller.index_view.act("forget")
    assert stage.dock.state == "no_index"
    assert Settings().recent_indexes == []


def test_the_last_index_is_chosen_when_the_dock_is_seen(make_stage, client):
    make_stage().ready()
    client.state = "stopped"
    again = make_stage()
    again.show()
    assert client.last("open")[1] == {"index": "/data/town.cmpagl"}


def test_problems_of_a_search_are_shown(stage, client):
    stage.ready()
    stage.dock.query.set_text("boats")
    stage.dock.query.button.click()
    client.answer("search", answer([hit(1)], problems=["2 parts could not be read"]))
    assert "2 parts" in stage.dock.message.text
