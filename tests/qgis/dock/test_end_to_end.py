"""The dock with the real engine: build, search, select, refine, by example, export."""

from __future__ import annotations

import subprocess

import pytest
from osgeo import ogr
from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest

from cmpagl_qgis.dock.build_order import BuildOrder
from cmpagl_qgis.engine.question import example_of_place
from tests.qgis.core.painted import paint

pytestmark = [pytest.mark.engine, pytest.mark.slow]


def search(stage, until, sentence):
    line = stage.dock.query.line
    line.clear()
    QTest.keyClicks(line, sentence)
    QTest.keyClick(line, Qt.Key.Key_Return)
    until(lambda: not stage.dock.query.busy)


def only_what_fits_is_shown(stage):
    answer = stage.controller.results.answer
    fitting = sum(hit.relevance >= answer.cutoff for hit in answer.hits)
    assert stage.dock.hits.hits.rowCount() == fitting
    assert stage.dock.state == ("results" if fitting else "no_match")
    assert bool(answer.notice) == (not fitting)


def test_from_pixels_to_a_file(live, until, tmp_path, engine_python):
    scene = paint(tmp_path / "scene.tif", size=512)
    dock = live.dock
    live.show()
    until(lambda: live.client.state == "ready")
    live.controller.builds.build(BuildOrder(str(tmp_path / "town.cmpagl"), (str(scene),), (128.0,)))
    until(lambda: live.controller.builds.order is None)
    until(lambda: live.controller.index.info is not None)
    assert dock.index.combo.currentText().startswith("town (1 scene, ")

    search(live, until, "a red roof")
    only_what_fits_is_shown(live)
    live.controller.results.show_all()
    assert dock.state == "results"
    count = dock.hits.hits.rowCount()
    assert count == len(live.controller.results.answer.hits) > 1
    until(lambda: live.controller.layers.layer is not None)
    layer = live.controller.layers.layer
    until(lambda: layer.featureCount() == count)
    until(lambda: live.controller.thumbnails.pixmap(live.controller.results.hit(1)) is not None)

    dock.hits.setFocus()
    QTest.keyClick(dock.hits, Qt.Key.Key_Down)
    QTest.keyClick(dock.hits, Qt.Key.Key_Down)
    assert [feature["rank"] for feature in layer.getSelectedFeatures()] == [2]
    QTest.keyClick(dock.hits, Qt.Key.Key_Return)
    assert any(one.source() == str(scene) for one in QgsProject.instance().mapLayers().values())

    dock.header.refine.click()
    until(lambda: not live.dock.query.busy)
    live.controller.results.show_all()
    assert "refined" in dock.status.text  # by the fusion encoder: it gives probabilities
    assert all(0 < hit.probability < 1 for hit in live.controller.results.answer.hits)
    dock.header.refine.click()
    until(lambda: not live.dock.query.busy)

    best = live.controller.results.hit(1)
    longitude, latitude = best.geometry["coordinates"][0][0][:2]
    live.controller.examples.add(example_of_place(longitude + 1e-5, latitude - 1e-5))
    until(lambda: not live.dock.query.busy)
    assert dock.state == "results"

    shown = dock.hits.hits.rowCount()
    for suffix in (".geojson", ".gpkg", ".csv", ".parquet"):
        path = tmp_path / f"out{suffix}"
        live.controller.actions.export_to(str(path))
        until(lambda path=path: path.exists() and live.controller.jobs.job is None)
        assert f"{shown} places" in dock.message.text
        if suffix != ".parquet":
            assert ogr.Open(str(path)).GetLayer(0).GetFeatureCount() == shown

    dock.examples.removed.emit(0)  # examples go together with one sentence only
    until(lambda: not live.dock.query.busy)
    search(live, until, "a red roof; water")
    live.controller.results.show_all()
    classes = {hit.sentence for hit in live.controller.results.answer.hits}
    assert classes
    assert classes <= {"a red roof", "water"}
    dock.hits.select_rank(1)
    dock.hits.setFocus()
    QTest.keyClick(dock.hits, "k")
    path = tmp_path / "kept.parquet"
    live.controller.actions.export_to(str(path), "kept")
    until(lambda: path.exists() and live.controller.jobs.job is None)
    assert "Saved 1 place" in dock.message.text
    live.controller.heat.map_to(str(tmp_path / "heat.tif"))
    until(lambda: live.controller.jobs.job is None)
    assert "lies under the places" in dock.message.text
    columns = "import sys, geopandas; print(geopandas.read_parquet(sys.argv[1])['review'].tolist())"
    read = subprocess.run([str(engine_python), "-c", columns, str(path)], check=True,
                          capture_output=True, text=True)  # fmt: skip
    assert read.stdout.strip() == "['keep']"

    picture = tmp_path / "chip.png"
    live.controller.actions.save_picture_to(live.controller.results.hit(1), str(picture))
    until(picture.exists)
    assert picture.read_bytes()[:4] == b"\x89PNG"


def test_a_long_sentence_and_a_missing_index_in_the_engines_own_words(live, until, tmp_path):
    live.show()
    until(lambda: live.client.state == "ready")
    live.controller.index.choose(str(tmp_path / "gone.cmpagl"))
    until(lambda: live.dock.state == "not_opened")
    assert "gone.cmpagl" in live.dock.notice.notice.text
    scene = paint(tmp_path / "scene.tif")
    live.controller.builds.build(BuildOrder(str(tmp_path / "a.cmpagl"), (str(scene),), (128.0,)))
    until(lambda: live.controller.builds.order is None)
    live.dock.query.set_text("word " * 2000)
    live.dock.query.line.returnPressed.emit()
    until(lambda: not live.dock.query.busy)
    assert live.dock.state in {"refused", "results"}


def test_what_was_planned_is_what_is_built(live, until, tmp_path):
    """A layer whose CRS the user set, cut to an area: counted and built."""
    scene = paint(tmp_path / "plain.tif", crs=None, size=512)
    layer = QgsRasterLayer(str(scene), "Plain", "gdal")
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:32631"))
    QgsProject.instance().addMapLayer(layer)
    live.show()
    until(lambda: live.client.state == "ready")
    live.controller.index_view.ask_build("layers")
    dialog = live.controller.index_view.dialog
    dialog.index.setText(str(tmp_path / "plain.cmpagl"))
    dialog.sizes.setText("64")
    dialog.sizes.editingFinished.emit()
    until(lambda: not dialog.scenes.table.totals().uncounted)
    whole = dialog.scenes.table.totals().chips
    # Its upper left corner lies at 4.4561, 51.9817, the other one at 4.4634, 51.9770.
    dialog.set_area((4.45, 51.979, 4.459, 51.99), "draw")
    until(lambda: not dialog.scenes.table.totals().uncounted)
    planned = dialog.scenes.table.totals().chips
    assert 0 < planned < whole
    until(lambda: dialog.scenes.table.totals().seconds > 0)
    dialog.accept()
    until(lambda: live.controller.builds.order is None)
    until(lambda: live.controller.index.info or live.controller.index.problem)
    info = live.controller.index.info
    assert info.chips == planned
    assert [scene.crs for scene in info.scenes] == ["EPSG:32631"]
