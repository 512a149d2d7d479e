"""Reviewing an answer: keep and reject by key, on to the next, undo, and what survives."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from osgeo import ogr
from qgis.core import (
    QgsCoordinateTransform,
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsFeatureRequest,
    QgsProject,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QEvent, QItemSelectionModel, Qt
from qgis.PyQt.QtGui import QKeyEvent, QKeySequence
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QMenu, QToolButton

from tests.qgis.dock.played import answer, hit

PLAIN = Qt.KeyboardModifier.NoModifier
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def choose(stage, *ranks):
    """Select rows, as with Ctrl and the mouse; the first is the current one."""
    hits = stage.dock.hits
    rows = [hits.hits.index(hits.hits.row_of_rank(rank)) for rank in ranks]
    flags = QItemSelectionModel.SelectionFlag
    hits.selectionModel().setCurrentIndex(rows[0], flags.ClearAndSelect)
    for row in rows[1:]:
        hits.selectionModel().select(row, flags.Select)


def press(stage, key, modifiers=PLAIN):
    QTest.keyClick(stage.dock.hits, key, modifiers)


def button(stage, key):
    return stage.dock.header.findChild(QToolButton, f"cmpaglReview_{key}")


def reviews(layer):
    """The column of a layer, by rank; what is undecided is left out."""
    request = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry)
    return {one["rank"]: one["review"] for one in layer.getFeatures(request) if one["review"]}


def spoken(stage, rank):
    model = stage.dock.hits.hits
    return model.index(model.row_of_rank(rank)).data(Qt.ItemDataRole.AccessibleTextRole)


@pytest.fixture
def reviewed(stage):
    """Five places; 1 kept, 2 and 4 rejected."""
    stage.ready()
    stage.search([hit(rank) for rank in range(1, 6)])
    choose(stage, 1)
    press(stage, "k")
    choose(stage, 2, 4)
    press(stage, "x")
    return stage


def test_keys_keep_and_reject_and_the_layer_and_the_header_follow(reviewed):
    assert reviews(reviewed.controller.layers.layer) == {1: "keep", 2: "reject", 4: "reject"}
    assert reviewed.dock.header.review.tally.text() == "1 kept, 2 rejected, 2 to do"
    assert spoken(reviewed, 1).endswith(", kept")
    assert spoken(reviewed, 4).endswith(", rejected")
    assert spoken(reviewed, 3).endswith("town")
    choose(reviewed, 2)
    press(reviewed, "u")
    assert reviews(reviewed.controller.layers.layer) == {1: "keep", 4: "reject"}
    assert QgsProject.instance().isDirty()


def test_buttons_and_the_menu_do_the_same(reviewed):
    choose(reviewed, 3)
    button(reviewed, "keep").click()
    assert "(K)" in button(reviewed, "keep").accessibleName()
    menu = {one.objectName(): one for one in reviewed.dock.hits.menu.actions()}
    assert menu["cmpaglHit_reject"].text() == "Reject\tR"
    choose(reviewed, 5)
    menu["cmpaglHit_reject"].trigger()
    assert reviewed.dock.header.review.tally.text() == "2 kept, 3 rejected, 0 to do"


def test_next_goes_through_the_undecided_ones_and_round(reviewed):
    hits = reviewed.dock.hits
    picked = []
    hits.picked.connect(picked.append)
    choose(reviewed, 1)
    for modifiers, rank in ((PLAIN, 3), (PLAIN, 5), (PLAIN, 3), (SHIFT, 5)):
        press(reviewed, Qt.Key.Key_N, modifiers)
        assert hits.current_rank() == rank
    assert picked == [1, 3, 5, 3, 5]  # each is shown on the map, as if it were chosen
    choose(reviewed, 3, 5)
    press(reviewed, "k")
    press(reviewed, "n")
    assert "All places shown are kept or rejected" in reviewed.dock.message.text


def test_undo_and_redo_take_whole_steps_and_say_which(reviewed):
    assert "reject 2 places" in button(reviewed, "undo").toolTip()
    press(reviewed, Qt.Key.Key_Z, CONTROL)
    assert reviews(reviewed.controller.layers.layer) == {1: "keep"}
    assert "keep #1" in button(reviewed, "undo").toolTip()
    button(reviewed, "undo").click()
    assert reviews(reviewed.controller.layers.layer) == {}
    assert reviewed.dock.hits.current_rank() == 1  # where something changed
    assert not button(reviewed, "undo").isEnabled()
    press(reviewed, Qt.Key.Key_Z, CONTROL | SHIFT)
    button(reviewed, "redo").click()
    assert reviews(reviewed.controller.layers.layer) == {1: "keep", 2: "reject", 4: "reject"}
    assert not button(reviewed, "redo").isEnabled()
    reviewed.search([hit(1)], "farms")
    assert not button(reviewed, "undo").isEnabled()  # of what is not in view
    assert reviewed.dock.header.review.tally.text() == "Nothing decided yet"


def test_undo_restores_what_each_place_was(reviewed):
    choose(reviewed, 1, 2, 3)
    press(reviewed, "r")
    press(reviewed, Qt.Key.Key_Z, CONTROL)
    assert reviews(reviewed.controller.layers.layer) == {1: "keep", 2: "reject", 4: "reject"}


def test_undo_finds_the_place_after_another_ranking(reviewed, client):
    reviewed.dock.header.refine.click()
    again = [{**hit(1), "window": hit(4)["window"]}, {**hit(2), "window": hit(2)["window"]}]
    client.answer("search", answer([*again, *(hit(rank) for rank in (3, 4, 5))]))
    reviewed.dock.hits.select_rank(3)
    press(reviewed, Qt.Key.Key_Z, CONTROL)
    assert reviewed.dock.hits.current_rank() == 1
    assert [one.rank for one in reviewed.dock.hits.selected_hits()][:2] == [1, 2]


def test_undo_shows_the_place_on_the_map_too(reviewed, qgis_iface):
    choose(reviewed, 5)
    assert reviewed.controller.layers.selected_ranks() == [5]
    press(reviewed, Qt.Key.Key_Z, CONTROL)
    assert reviewed.dock.hits.current_rank() == 2
    assert reviewed.controller.layers.selected_ranks() == [2, 4]
    framed = reviewed.controller.frame.band.asGeometry()  # in the CRS of the map
    second, crs = reviewed.controller.layers.footprint(2)
    shown = qgis_iface.mapCanvas().mapSettings().destinationCrs()
    second.transform(QgsCoordinateTransform(crs, shown, QgsProject.instance()))
    assert framed.intersection(second).area() > 0.99 * max(framed.area(), second.area())


def test_a_plugin_that_is_reloaded_finds_what_was_not_saved(make_stage, reviewed):
    reviewed.close()
    again = make_stage()
    again.ready()
    again.search([hit(1), hit(2)])
    assert again.dock.header.review.tally.text() == "1 kept, 1 rejected, 0 to do"


def test_without_a_row_it_says_what_to_do(stage):
    stage.ready()
    stage.search([hit(1)])
    press(stage, "k")
    assert "Choose one or more places" in stage.dock.message.text
    assert not stage.controller.review.stack.canUndo()


@pytest.mark.parametrize(
    ("key", "modifiers", "ours"),
    [(Qt.Key.Key_K, PLAIN, True), (Qt.Key.Key_Z, CONTROL, True),
     (Qt.Key.Key_K, CONTROL, False), (Qt.Key.Key_B, PLAIN, False)],
)  # fmt: skip
def test_only_its_own_keys_are_taken_from_qgis(reviewed, key, modifiers, ours):
    text = QKeySequence(key).toString().lower() if modifiers != CONTROL else ""
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, modifiers, text)
    event.ignore()
    QApplication.sendEvent(reviewed.dock.hits, event)
    assert event.isAccepted() == ours


def test_typing_a_sentence_judges_nothing(reviewed):
    reviewed.dock.query.line.setFocus()
    QTest.keyClicks(reviewed.dock.query.line, "xkru n")
    assert reviewed.dock.header.review.tally.text() == "1 kept, 2 rejected, 2 to do"


def test_several_rows_are_several_features_and_the_other_way(reviewed):
    layer = reviewed.controller.layers.layer
    choose(reviewed, 2, 3, 5)
    assert sorted(one["rank"] for one in layer.getSelectedFeatures()) == [2, 3, 5]
    layer.selectByExpression('"rank" IN (1, 4)')
    assert [one.rank for one in reviewed.dock.hits.selected_hits()] == [1, 4]
    press(reviewed, "k")
    assert reviewed.dock.header.review.tally.text() == "2 kept, 1 rejected, 2 to do"


def test_all_selected_rows_are_examples_and_are_copied(reviewed, client):
    choose(reviewed, 1, 3)
    press(reviewed, Qt.Key.Key_C, CONTROL)
    assert len(QApplication.clipboard().text().splitlines()) == 2
    press(reviewed, "+")
    assert [one["window"][0] for one in client.last("similar")[1]["like"]] == [100, 300]
    client.answer("similar", answer([hit(rank) for rank in range(1, 6)]))
    # The sentence is the same: what was decided of it holds for the better answer, too.
    assert reviewed.dock.header.review.tally.text() == "1 kept, 2 rejected, 2 to do"
    choose(reviewed, 2, 4)
    press(reviewed, "-")
    assert [one["window"][0] for one in client.last("similar")[1]["unlike"]] == [200, 400]
    assert client.count("similar") == 2


def test_the_same_sentence_finds_its_verdicts_by_place_and_not_by_rank(reviewed):
    reviewed.search([hit(1)], "farms")
    again = [{**hit(1), "window": hit(4)["window"]}, {**hit(2), "window": hit(1)["window"]}]
    reviewed.search(again, "Boats")
    assert reviews(reviewed.controller.layers.layer) == {1: "reject", 2: "keep"}
    assert reviewed.dock.header.review.tally.text() == "1 kept, 1 rejected, 0 to do"
    reviewed.controller.index.choose("/data/other.cmpagl")
    reviewed.ready("/data/other.cmpagl")
    reviewed.search([hit(1), hit(2)])
    assert reviewed.dock.header.review.tally.text() == "Nothing decided yet"  # another index


def test_a_saved_project_brings_them_back_also_from_another_folder(reviewed, tmp_path):
    project = QgsProject.instance()
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    scene, index = str(here / "town.tif"), str(here / "town.cmpagl")
    reviewed.ready(index)
    reviewed.search([hit(1, scene=scene), hit(2, scene=scene)])
    choose(reviewed, 2)
    press(reviewed, "k")
    project.write(str(here / "town.qgs"))
    assert not project.isDirty()
    project.clear()
    assert reviewed.dock.header.review.tally.text() == "Nothing decided yet"
    assert (
        reviews(reviewed.controller.layers.layer) == {}
        if reviewed.controller.layers.layer
        else True
    )
    project.read(str(here / "town.qgs"))
    assert reviewed.dock.header.review.tally.text() == "1 kept, 0 rejected, 1 to do"
    here.rename(there)
    project.clear()
    project.read(str(there / "town.qgs"))
    reviewed.ready(str(there / "town.cmpagl"))
    moved = str(there / "town.tif")
    reviewed.search([hit(1, scene=moved), hit(2, scene=moved)])
    assert reviews(reviewed.controller.layers.layer) == {2: "keep"}


@pytest.mark.parametrize(
    "text", ["{", "[3]", '[{"index": 1}]', '[{"index": "a", "topic": "b", "scenes": []}]']
)
def test_nonsense_in_a_project_is_passed_over(stage, tmp_path, text):
    project = QgsProject.instance()
    project.writeEntry("cmpagl", "judgements", text)
    project.write(str(tmp_path / "town.qgs"))
    project.writeEntry("cmpagl", "judgements", text)
    project.write(str(tmp_path / "town.qgs"))
    project.read(str(tmp_path / "town.qgs"))
    stage.ready()
    stage.search([hit(1)])
    choose(stage, 1)
    press(stage, "k")
    assert stage.dock.header.review.tally.text() == "1 kept, 0 rejected, 0 to do"


def test_a_pin_has_them_and_follows_what_is_decided_later(reviewed, tmp_path):
    QgsProject.instance().write(str(tmp_path / "town.qgs"))
    reviewed.dock.header.keep.click()
    choose(reviewed, 3)
    press(reviewed, "k")
    press(reviewed, Qt.Key.Key_Z, CONTROL)
    choose(reviewed, 5)
    press(reviewed, "k")
    pinned = QgsVectorLayer(str(tmp_path / "town_matches.gpkg"), "x", "ogr")
    assert reviews(pinned) == {1: "keep", 2: "reject", 4: "reject", 5: "keep"}


def test_a_pin_that_is_edited_gets_verdicts_as_edits(reviewed, tmp_path):
    QgsProject.instance().write(str(tmp_path / "town.qgs"))
    reviewed.dock.header.keep.click()
    layer = QgsProject.instance().mapLayersByName("boats")[0]
    assert layer.startEditing()
    choose(reviewed, 3)
    press(reviewed, "k")
    assert layer.isModified()
    assert reviews(layer)[3] == "keep"
    layer.rollBack()
    assert 3 not in reviews(layer)


def test_places_hidden_by_the_slider_keep_their_verdicts(reviewed, until):
    reviewed.dock.header.slider.setValue(120)
    assert reviewed.dock.header.review.tally.text() == "1 kept, 1 rejected, 0 to do"
    press(reviewed, Qt.Key.Key_Z, CONTROL)  # of 2 and 4, of which 4 is hidden
    reviewed.dock.header.slider.setValue(0)
    layer = reviewed.controller.layers.layer
    until(lambda: layer.featureCount() == 5)
    assert reviews(layer) == {1: "keep"}


SUFFIXES = (".geojson", ".gpkg", ".csv")


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    ("which", "ranks"), [("shown", [1, 2, 3, 4, 5]), ("kept", [1]), ("open", [1, 3, 5])]
)
def test_a_file_has_what_was_asked_for_and_is_a_layer(reviewed, tmp_path, suffix, which, ranks):
    path = tmp_path / f"boats{suffix}"
    reviewed.controller.actions.export_to(str(path), which)
    source = ogr.Open(str(path))
    features = list(source.GetLayer(0))
    assert sorted(int(one["rank"]) for one in features) == ranks
    assert {one["query"] for one in features} == {"boats"}
    assert next(one["review"] for one in features if int(one["rank"]) == 1) == "keep"
    (layer,) = [one for one in QgsProject.instance().mapLayers().values()
                if one.dataProvider().name() != "memory"]  # fmt: skip
    assert layer.featureCount() == len(ranks)
    assert not layer.extent().isEmpty()
    context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(layer))
    context.setFeature(next(layer.getFeatures()))
    tip = QgsExpression.replaceExpressionText(layer.mapTipTemplate(), context)
    assert "<i>boats</i>" in tip
    assert "[%" not in tip  # of the columns that the file lacks, too
    assert "It is layer boats now" in reviewed.dock.message.text
    reviewed.controller.actions.export_to(str(path), which)
    assert len(QgsProject.instance().mapLayers()) == 2  # the same file is the same layer


def test_the_engine_is_told_the_verdicts(reviewed, client):
    reviewed.controller.actions.export_to("/out/boats.parquet", "open")
    hits = client.last("export")[1]["hits"]
    assert [one.get("review") for one in hits] == ["keep", None, None]
    assert [one["rank"] for one in hits] == [1, 3, 5]


def test_the_menu_offers_parts_once_something_was_decided(stage):
    stage.ready()
    stage.search([hit(1), hit(2), hit(3)])
    menus = stage.dock.header.export.menu().findChildren(QMenu)
    assert not any(one.menuAction().isVisible() for one in menus)
    choose(stage, 1)
    press(stage, "r")
    titles = {one.title(): one.isEnabled() for one in menus if one.menuAction().isVisible()}
    assert titles == {"Kept places only (0)": False, "All but the rejected ones (2)": True}


def test_nothing_to_save_is_said(reviewed, tmp_path):
    press(reviewed, "a", CONTROL)
    press(reviewed, "r")
    reviewed.controller.actions.export_to(str(tmp_path / "boats.gpkg"), "kept")
    assert "nothing to save" in reviewed.dock.message.text
    assert not (tmp_path / "boats.gpkg").exists()


def test_two_thousand_at_once_stall_nothing(stage, client, stalls, until):
    stage.ready()
    stage.search([hit(rank, 0.9 - rank * 1e-4) for rank in range(1, 2001)])
    until(lambda: stage.controller.layers.layer is not None)
    until(lambda: stage.controller.layers.layer.featureCount() == 2000)
    stage.dock.hits.setCurrentIndex(stage.dock.hits.hits.index(0))
    with stalls:
        for key in ("k", "n", "r", "n", "k"):
            press(stage, key)
            QApplication.processEvents()
    stalls.check()
    assert stage.dock.header.review.tally.text() == "2 kept, 1 rejected, 1,997 to do"


def test_a_project_holds_no_more_than_was_decided(reviewed, tmp_path):
    QgsProject.instance().write(str(tmp_path / "town.qgs"))
    text, _found = QgsProject.instance().readEntry("cmpagl", "judgements", "")
    (page,) = json.loads(text)
    assert page["topic"] == "boats"
    (verdicts,) = page["scenes"].values()
    assert verdicts == {
        "keep": ["100,0,224,224@112"],
        "reject": ["200,0,224,224@112", "400,0,224,224@112"],
    }
    button(reviewed, "undo").click()
    button(reviewed, "undo").click()
    QgsProject.instance().write()
    assert "judgements" not in Path(tmp_path / "town.qgs").read_text()
