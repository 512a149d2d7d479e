"""Several sentences in the line: one search, classes of one layer."""

from __future__ import annotations

import pytest
from osgeo import ogr
from qgis.core import QgsCategorizedSymbolRenderer, QgsGraduatedSymbolRenderer
from qgis.PyQt.QtCore import Qt

from cmpagl_qgis.map.scale import CLASS_RAMP
from tests.qgis.dock.played import answer, hit


def relevant(rank, relevance, place):
    return {**hit(rank, relevance=relevance), "window": [place * 300, 0, 224, 224]}


@pytest.fixture
def asked(stage):
    stage.ready()
    stage.dock.query.set_text("boats ; cars")
    stage.dock.query.line.returnPressed.emit()
    return stage


@pytest.fixture
def classed(asked, client):
    client.answer("search", answer([relevant(1, 0.9, 1), relevant(2, 0.3, 2)], cutoff=0.1))
    client.answer("search", answer([relevant(1, 0.8, 2), relevant(2, 0.2, 1)], "cars", cutoff=0.1))
    return asked


def test_sentences_are_asked_one_after_the_other(asked, client):
    assert client.last("search")[1]["query"] == "boats"
    client.answer("search", answer([relevant(1, 0.9, 1)], cutoff=0.1))
    assert client.last("search")[1]["query"] == "cars"
    assert asked.dock.query.busy
    assert (asked.dock.busy.value(), asked.dock.busy.maximum()) == (1, 2)
    client.answer("search", answer([relevant(1, 0.8, 2)], "cars", cutoff=0.1))
    assert not asked.dock.query.busy
    assert client.count("search") == 2


def test_each_place_has_its_class_in_list_layer_and_legend(classed):
    layer = classed.controller.layers.layer
    assert {one["rank"]: one["class"] for one in layer.getFeatures()} == {1: "boats", 2: "cars"}
    assert {one["query"] for one in layer.getFeatures()} == {"boats; cars"}
    renderer = layer.renderer()
    assert isinstance(renderer, QgsCategorizedSymbolRenderer)
    assert [one.label() for one in renderer.legendSymbolItems()] == ["boats", "cars"]
    colours = [one.symbol().color().getRgb()[:3] for one in renderer.categories()]
    assert colours == list(CLASS_RAMP[:2])
    assert classed.controller.layers.colour(2).getRgb()[:3] == CLASS_RAMP[1]
    assert classed.dock.hits.hits.index(1).data(Qt.ItemDataRole.DisplayRole).endswith("cars")


def test_one_sentence_afterwards_is_coloured_by_relevance_again(classed):
    classed.search([hit(1, relevance=0.5)], "farms", cutoff=0.1)
    layer = classed.controller.layers.layer
    assert isinstance(layer.renderer(), QgsGraduatedSymbolRenderer)
    assert not next(layer.getFeatures())["class"]


def test_it_can_be_stopped_between_sentences(asked, client):
    client.answer("search", answer([relevant(1, 0.9, 1)], cutoff=0.1))
    asked.dock.query.button.click()
    assert client.cancelled == [client.last("search")[0]]
    client.obey("search")
    assert asked.dock.state == "stopped"
    assert not asked.dock.query.busy


def test_a_sentence_that_is_refused_ends_it(asked, client):
    client.answer("search", answer([relevant(1, 0.9, 1)], cutoff=0.1))
    client.refuse("search", "the query is too long")
    assert asked.dock.state == "refused"
    asked.search([hit(1)], "farms")
    assert [one.sentence for one in asked.dock.hits.hits.shown()] == [""]


def test_files_have_the_class(classed, client, tmp_path):
    path = tmp_path / "x.gpkg"
    classed.controller.actions.export_to(str(path))
    source = ogr.Open(str(path))
    assert {one["class"] for one in source.GetLayer(0)} == {"boats", "cars"}
    classed.controller.actions.export_to("/out/x.parquet")
    assert [one["label"] for one in client.last("export")[1]["hits"]] == ["boats", "cars"]


def test_a_heat_map_is_of_the_places_own_sentence(classed, client):
    classed.dock.hits.select_rank(2)
    classed.controller.heat.map_to("/out/heat.tif")
    assert client.last("heatmap")[1]["query"] == "cars"


def test_examples_and_several_sentences_are_refused_in_words(classed, client):
    classed.dock.hits.select_rank(1)
    classed.dock.hits.actionRequested.emit("like", 1)
    assert client.count("similar") == 0
    assert "one sentence" in classed.dock.message.text
    assert classed.dock.examples.isHidden()
