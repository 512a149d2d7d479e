"""What the engine is asked when the toolbox searches by example; nothing here starts it."""

import sys
from pathlib import Path

import pytest
from qgis.core import (
    QgsFeature,
    QgsGeometry,
    QgsPointXY,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsVectorLayer,
)

from cmpagl_qgis.engine.interpreter import VARIABLE
from cmpagl_qgis.errors import LayerError
from cmpagl_qgis.processing.search_example import SearchByExample

NAMES = ("like", "unlike", "plus", "minus", "query", "kept", "rejected", "ask")


class AskedError(Exception):
    """What an engine is asked, in place of an answer."""


class Engine:
    def ask(self, _method, params):
        raise AskedError(params)


def asked_by(algorithm, parameters):
    """What a prepared algorithm asks its engine for."""
    with pytest.raises(AskedError) as caught:
        algorithm.work(Engine(), parameters, QgsProcessingContext(), QgsProcessingFeedback())
    return caught.value.args[0]


def asked(**parameters):
    algorithm = SearchByExample().create()
    parameters = {"INDEX": "/data/town.cmpagl", **parameters}
    algorithm.read_parameters(parameters, QgsProcessingContext())
    params = asked_by(algorithm, parameters)
    return {key: params.get(key) for key in NAMES}


def test_places_pictures_and_words_are_asked_for_together(qgis_app, tmp_path):
    layer = QgsVectorLayer("Point?crs=EPSG:4326", "examples", "memory")
    feature = QgsFeature()
    feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(4.5, 52.0)))
    layer.dataProvider().addFeatures([feature])
    quay, ice = (tmp_path / name for name in ("quay; west.jpg", "ice.png"))
    for file in (quay, ice):
        file.touch()
    assert asked(
        EXAMPLES=layer, PICTURES=[str(quay)], COUNTER_PICTURES=[str(ice)], QUERY="a harbour",
        PLUS="cranes; a quay;", MINUS=" parked cars ",
    ) == {
        "like": [{"lon": 4.5, "lat": 52.0}, {"picture": str(quay)}],
        "unlike": [{"picture": str(ice)}],
        "plus": [{"words": "cranes"}, {"words": "a quay"}],
        "minus": [{"words": "parked cars"}],
        "query": "a harbour", "kept": None, "rejected": None, "ask": None,
    }  # fmt: skip


def test_a_picture_alone_is_enough_and_its_path_is_absolute(qgis_app, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "quay.jpg").touch()
    params = asked(PICTURES=["quay.jpg"])
    assert params["like"] == [{"picture": str(Path.cwd() / "quay.jpg")}]
    assert [name for name, value in params.items() if value is not None] == ["like"]


def test_qgis_s_own_prepare_is_not_hidden(qgis_app, tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, sys.executable)
    (tmp_path / "quay.jpg").touch()
    parameters = {"INDEX": str(tmp_path), "PICTURES": [str(tmp_path / "quay.jpg")]}
    algorithm = SearchByExample().create()
    assert algorithm.prepare(parameters, QgsProcessingContext(), QgsProcessingFeedback())
    assert asked_by(algorithm, parameters)["like"] == [{"picture": str(tmp_path / "quay.jpg")}]


@pytest.mark.parametrize("more", [{}, {"QUERY": "a harbour"}, {"MINUS": "ice"}])
def test_without_an_example_the_next_step_is_told(qgis_app, more):
    with pytest.raises(LayerError, match="There is no example"):
        asked(**more)


def matches(*reviews, column="review"):
    """A table as a search writes it, without geometry."""
    numbers = "&".join(f"field={name}:integer" for name in ("col", "row", "width", "height"))
    uri = f"NoGeometry?field=scene:string&{numbers}&field=ground_m:double&field={column}:string"
    layer = QgsVectorLayer(uri, "matches", "memory")
    for number, said in enumerate(reviews):
        feature = QgsFeature(layer.fields())
        feature.setAttributes(["/data/town.tif", 96 * number, 0, 224, 224, 112.0, said])
        layer.dataProvider().addFeatures([feature])
    return layer


def chip(number):
    window = [96 * number, 0, 224, 224]
    return {"scene": "/data/town.tif", "window": window, "ground_m": 112.0}


def test_verdicts_on_matches_are_sent(qgis_app):
    layer = matches("keep", "reject", None, "", "keep")
    params = asked(JUDGED=layer, QUERY="a harbour", ASK=True)
    assert params["kept"] == [chip(0), chip(4)]
    assert params["rejected"] == [chip(1)]
    assert params["ask"] is True
    assert asked(JUDGED=layer)["query"] is None
    with pytest.raises(LayerError, match="There is no example"):
        asked(JUDGED=matches("reject"))


def test_verdicts_are_read_as_the_command_line_reads_them(qgis_app):
    layer = matches("KEEP", " Reject ", "keep")
    again = QgsFeature(layer.fields())
    again.setAttributes(["/data/town.tif", 192, 0, 224, 224, 112.0, "reject"])
    layer.dataProvider().addFeatures([again])
    params = asked(JUDGED=layer, QUERY="a harbour")
    assert params["kept"] == [chip(0)]
    assert params["rejected"] == [chip(1), chip(2)]


def test_a_layer_that_holds_no_verdicts_is_refused(qgis_app):
    with pytest.raises(LayerError, match="no column review"):
        asked(JUDGED=matches("keep", column="note"), QUERY="a harbour")
    with pytest.raises(LayerError, match="has 'yes' as review"):
        asked(JUDGED=matches("keep", "yes"), QUERY="a harbour")
