"""A saved query and many sentences in the toolbox, with the real engine."""

import csv
import json
from pathlib import Path

import pytest
from osgeo import gdal, ogr
from qgis.core import (
    QgsFeature,
    QgsGeometry,
    QgsPointXY,
    QgsProcessingException,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
)

from .test_narrowing import prepared

pytestmark = pytest.mark.engine


def attributes(path):
    data = ogr.Open(str(path))
    return [{**feature.items()} for feature in data.GetLayer(0)]


@pytest.fixture
def query(tmp_path):
    page = {"cmpagl_query": 1, "sentence": "coloured roofs", "min_relevance": 0}
    (tmp_path / "q.json").write_text(json.dumps(page))
    return tmp_path / "q.json"


def test_a_watch_shows_only_what_is_new(built, engine, run, query, tmp_path):
    asked = {"INDEX": built["OUTPUT"], "QUERY": str(query), "OUTPUT": str(tmp_path / "x.gpkg")}
    looked, _ = run("watch", {**asked, "KEEP": False})
    assert looked["COUNT"] > 0
    first, feedback = run("watch", asked)
    assert first["COUNT"] == looked["COUNT"] == len(attributes(first["OUTPUT"]))
    assert "0 seen before" in feedback.lines
    again, feedback = run("watch", asked)
    assert again["COUNT"] == 0
    assert f"{first['COUNT']} seen before" in feedback.lines


def test_a_query_that_is_none_is_refused(built, engine, run, query, tmp_path):
    query.write_text('{"cmpagl_query": 1, "sentense": "roofs"}')
    asked = {"INDEX": built["OUTPUT"], "QUERY": str(query), "OUTPUT": str(tmp_path / "x.gpkg")}
    with pytest.raises((QgsProcessingException, AssertionError)):
        run("watch", asked)
    assert not Path(tmp_path / "q.watch.json").exists()


def test_chips_get_classes_areas_and_accuracy(built, engine, run, tmp_path):
    (tmp_path / "c.csv").write_text("roofs,coloured roofs\nwater,a lake\n")
    labels = QgsVectorLayer("Point?crs=EPSG:32631&field=kind:string", "known", "memory")
    feature = QgsFeature(labels.fields())
    feature.setAttributes(["water"])
    feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(600_200, 5_699_800)))
    labels.dataProvider().addFeatures([feature])
    QgsProject.instance().addMapLayer(labels)
    results, _ = run(
        "classify",
        {
            "INDEX": built["OUTPUT"],
            "CLASSES": str(tmp_path / "c.csv"),
            "LABELS": labels.id(),
            "LABEL_FIELD": "kind",
            "AREAS": str(tmp_path / "areas.csv"),
            "ACCURACY": str(tmp_path / "how.csv"),
            "OUTPUT": str(tmp_path / "x.gpkg"),
        },
    )
    rows = attributes(results["OUTPUT"])
    assert results["COUNT"] == len(rows) == built["ENCODED"]
    assert {row["nearest"] for row in rows} <= {"roofs", "water"}
    with Path(results["AREAS"]).open(encoding="utf-8") as file:
        areas = list(csv.DictReader(file))
    assert [row["class"] for row in areas] == ["roofs", "water", "none"]
    assert sum(float(row["area_m2"]) for row in areas) == pytest.approx(400 * 400, rel=0.01)
    sheet = Path(results["ACCURACY"]).read_text(encoding="utf-8")
    assert "samples,1" in sheet


def test_classes_without_labels_need_nothing_more(built, engine, run, tmp_path):
    (tmp_path / "c.csv").write_text("roofs,coloured roofs\nwater,a lake\n")
    results, _ = run(
        "classify",
        {
            "INDEX": built["OUTPUT"],
            "CLASSES": str(tmp_path / "c.csv"),
            "MIN_RELEVANCE": 0,
            "OUTPUT": str(tmp_path / "x.gpkg"),
        },
    )
    assert "none" not in {row["class"] for row in attributes(results["OUTPUT"])}


def test_where_in_the_chip_is_a_raster_on_the_place(built, engine, run, tmp_path):
    asked = {
        "INDEX": built["OUTPUT"],
        "QUERY": "coloured roofs",
        "POINT": "600100,5699900 [EPSG:32631]",
        "OUTPUT": str(tmp_path / "where.tif"),
    }
    results, feedback = run("where", asked)
    file = gdal.Open(results["OUTPUT"])
    west, step, _, north, _, down = file.GetGeoTransform()
    assert west <= 600_100 <= west + 12 * step
    assert north >= 5_699_900 >= north + 12 * down
    values = file.ReadAsArray()
    assert values.min() == pytest.approx(results["MINIMUM"], abs=1e-5)
    assert values.max() == pytest.approx(results["MAXIMUM"], abs=1e-5)
    assert any(line.startswith("Without roofs the score changes by") for line in feedback.lines)
    with pytest.raises((QgsProcessingException, AssertionError)):
        run("where", {**asked, "POINT": "0,0 [EPSG:4326]"})
    with pytest.raises((QgsProcessingException, AssertionError)):
        run("where", {**asked, "QUERY": " "})


def test_the_log_says_how_a_sentence_was_read(built, scene, engine, provider, run, tmp_path):
    mapped = QgsRasterLayer(str(scene), "town")
    QgsProject.instance().addMapLayer(mapped)
    for name, own, suffix in (
        ("objects", {}, "gpkg"),
        ("heatmap", {"SCENE": mapped.id()}, "tif"),
        ("where", {"POINT": "600100,5699900 [EPSG:32631]"}, "tif"),
    ):
        asked = {"INDEX": built["OUTPUT"], "QUERY": "coloured roofs, no lake", **own,
                 "OUTPUT": str(tmp_path / f"{name}.{suffix}")}  # fmt: skip
        _, heard = run(name, asked)
        assert "Read as: coloured roofs - without: lake" in heard.lines, name
        for plain in (True, False):
            algorithm = prepared(provider, name, {**asked, "PLAIN": plain})
            assert algorithm.asked.get("plain", False) == plain, name


def test_a_first_look_is_a_layer_of_groups(built, engine, run, tmp_path):
    (tmp_path / "words.txt").write_text("coloured roofs\na lake\n")
    asked = {"INDEX": built["OUTPUT"], "GROUPS": 3, "AREAS": str(tmp_path / "areas.csv"),
             "SENTENCES": str(tmp_path / "words.txt")}  # fmt: skip
    results, _ = run("overview", {**asked, "OUTPUT": str(tmp_path / "x.gpkg")})
    rows = attributes(results["OUTPUT"])
    assert results["COUNT"] == sum(row["chips"] for row in rows) == built["ENCODED"]
    assert sum(row["area_m2"] for row in rows) == pytest.approx(400 * 400, rel=0.01)
    assert all(row["class"] and row["says"] for row in rows)
    with Path(results["AREAS"]).open(encoding="utf-8") as file:
        areas = {row["class"]: int(row["chips"]) for row in csv.DictReader(file)}
    assert sum(areas.values()) == built["ENCODED"]
    assert {row["class"] for row in rows} <= set(areas)


def test_places_of_a_layer_are_described(built, engine, run, tmp_path):
    (tmp_path / "words.txt").write_text("coloured roofs\na lake\n")
    points = QgsVectorLayer("Point?crs=EPSG:32631&field=kind:string", "points", "memory")
    for east in (600_200, 700_000):
        feature = QgsFeature(points.fields())
        feature.setAttributes(["x"])
        feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(east, 5_699_800)))
        points.dataProvider().addFeatures([feature])
    areas = QgsVectorLayer("Polygon?crs=EPSG:32631", "areas", "memory")
    feature = QgsFeature(areas.fields())
    feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(600_200, 5_699_800)).buffer(150, 4))
    areas.dataProvider().addFeatures([feature])
    QgsProject.instance().addMapLayers([points, areas])
    asked = {"INDEX": built["OUTPUT"], "SENTENCES": str(tmp_path / "words.txt"), "NUMBER": 2}
    results, _ = run(
        "describe", {**asked, "PLACES": points.id(), "OUTPUT": str(tmp_path / "p.gpkg")}
    )
    inside, outside = attributes(results["OUTPUT"])
    assert results["COUNT"] == 1
    assert (inside["kind"], inside["chips"]) == ("x", 1)
    assert set(inside["nearest"].split("; ")) == {"coloured roofs", "a lake"}
    assert (inside["said"] is None) == (inside["share"] == 0)
    assert outside["nearest"] is outside["chips"] is None
    results, _ = run(
        "describe", {**asked, "PLACES": areas.id(), "OUTPUT": str(tmp_path / "a.gpkg")}
    )
    (whole,) = attributes(results["OUTPUT"])
    assert whole["chips"] > 1
