"""Building, extending and checking indexes."""

import pytest
from qgis.core import QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QCoreApplication, Qt
from qgis.PyQt.QtWidgets import QDialogButtonBox, QPushButton

from cmpagl_qgis.dock.build_dialog import BuildDialog, BuildOrder, Candidate
from cmpagl_qgis.errors import DIED
from cmpagl_qgis.flow.unfinished import unfinished
from tests.qgis.core.painted import paint
from tests.qgis.dock.played import answer, hit, opened

ORDER = BuildOrder("/data/new.cmpagl", ("/data/a.tif",), ())
REPORT = {
    "index": "/data/new.cmpagl", "scenes": 1, "unchanged": 0, "encoded": 380, "duplicates": 20,
    "skipped": {}, "problems": [], "damaged": [], "seconds": 12.3,
}  # fmt: skip


def ok(dialog):
    return dialog.buttons.button(QDialogButtonBox.StandardButton.Ok)


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
    texts = [dialog.scenes.item(row).text() for row in range(dialog.scenes.count())]
    assert texts[0] == f"My scene\n{scene}"
    assert "Web map" in texts[1]
    assert not dialog.scenes.item(1).flags() & Qt.ItemFlag.ItemIsUserCheckable
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
    dialog.scenes.item(0).setCheckState(Qt.CheckState.Unchecked)
    assert not ok(dialog).isEnabled()
    dialog.deleteLater()


def test_progress_and_a_search_while_it_grows(stage, client):
    stage.show()
    client.change("ready")
    stage.controller.builds.build(ORDER)
    number, params = client.last("index")
    assert params == {"index": "/data/new.cmpagl", "inputs": ["/data/a.tif"]}
    assert stage.dock.state == "building"
    client.progressed.emit(number, 1204, 12480, "town.tif")
    assert stage.dock.build.isVisible()
    assert stage.dock.build.text() == "Building new town.tif 1,204 of 12,480"
    stage.search([hit(1)])
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
    assert "go on from there" in stage.dock.message.text
    assert unfinished() is None


def test_an_engine_that_dies_while_building_can_go_on(stage, client):
    stage.ready()
    stage.controller.builds.build(ORDER)
    client.refuse("index", "The engine ended.", DIED)
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
    assert stage.controller._settings.recent_indexes == []


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
