"""The algorithms with the real engine: index, layer of matches, filters, refusals, cancelling."""

import time
from pathlib import Path

import pytest
from osgeo import gdal, ogr
from qgis.core import (
    QgsFeature,
    QgsGeometry,
    QgsPointXY,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingModelAlgorithm,
    QgsProcessingModelChildAlgorithm,
    QgsProcessingModelChildParameterSource,
    QgsProcessingModelOutput,
    QgsProcessingOutputLayerDefinition,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)

from cmpagl_qgis.engine.blocking import BlockingEngine
from cmpagl_qgis.engine.interpreter import VARIABLE, default_launch
from cmpagl_qgis.map.columns import uri_fields
from cmpagl_qgis.map.heat import apply_heat
from cmpagl_qgis.map.style import STRENGTH
from cmpagl_qgis.processing.hit_sink import hit_fields
from cmpagl_qgis.processing.painter import Painter
from cmpagl_qgis.settings import Settings
from cmpagl_qgis.state_file import state_file

from .conftest import Feedback, paint_blocks, run_unchecked

pytestmark = pytest.mark.engine


def features(path):
    """What GDAL, not QGIS, finds in a file: attributes, envelope, EPSG code."""
    data = ogr.Open(str(path))
    layer = data.GetLayer(0)
    code = layer.GetSpatialRef().GetAuthorityCode(None)
    return [({**f.items()}, f.GetGeometryRef().GetEnvelope()) for f in layer], code


def polygon_layer(box, crs="EPSG:32631"):
    layer = QgsVectorLayer(f"Polygon?crs={crs}", "area", "memory")
    feature = QgsFeature()
    feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(*box)))
    layer.dataProvider().addFeatures([feature])
    QgsProject.instance().addMapLayer(layer)
    return layer


def point_layer(*points, crs="EPSG:32631"):
    layer = QgsVectorLayer(f"Point?crs={crs}", "examples", "memory")
    for point in points:
        feature = QgsFeature()
        feature.setGeometry(QgsGeometry.fromPointXY(QgsPointXY(*point)))
        layer.dataProvider().addFeatures([feature])
    QgsProject.instance().addMapLayer(layer)
    return layer


def test_the_index_is_built_with_the_options_given(built, engine, run, tmp_path):
    assert built["SCENES"] == 1
    assert built["ENCODED"] > 0
    assert Path(built["OUTPUT"]).is_dir()
    results, _ = run("footprints", {"INDEX": built["OUTPUT"], "OUTPUT": str(tmp_path / "f.gpkg")})
    found, code = features(results["OUTPUT"])
    assert code == "4326"
    assert len(found) == results["COUNT"] == built["ENCODED"]
    assert {round(values["ground_m"]) for values, _ in found} == {100, 200}


def test_a_second_run_finds_all_there(built, engine, run, scene):
    again, feedback = run(
        "buildindex",
        {
            "LAYERS": [str(scene)],
            "GROUND_SIZES": "100,200",
            "MODEL": "cmpagl_lite",
            "OUTPUT": built["OUTPUT"],
        },
    )
    assert again["ENCODED"] == 0
    assert again["UNCHANGED"] == again["SCENES"] == 1
    assert any("unchanged" in line for line in feedback.lines)


def test_a_folder_and_layers_are_indexed_together(engine, run, tmp_path):
    one = paint_blocks(tmp_path / "one.tif")
    (tmp_path / "folder").mkdir()
    paint_blocks(tmp_path / "folder" / "two.tif", corner=(610_000, 5_700_000))
    layer = QgsRasterLayer(str(one), "one")
    QgsProject.instance().addMapLayer(layer)
    results, _ = run(
        "buildindex",
        {
            "LAYERS": [layer.id()],
            "FOLDER": str(tmp_path / "folder"),
            "NATIVE": True,
            "OUTPUT": str(tmp_path / "both.cmpagl"),
        },
    )
    assert results["SCENES"] == 2
    assert results["PROBLEMS"] == 0


def test_text_search_writes_matches_in_the_scene_crs(built, engine, run, tmp_path, scene):
    results, feedback = run(
        "searchtext",
        {
            "INDEX": built["OUTPUT"],
            "QUERY": "coloured roofs",
            "NUMBER": 4,
            "OUTPUT": str(tmp_path / "x.gpkg"),
        },
    )
    found, code = features(results["OUTPUT"])
    assert code == "32631"
    assert len(found) == results["COUNT"] == 4
    assert [values["rank"] for values, _ in found] == [1, 2, 3, 4]
    scores = [values["score"] for values, _ in found]
    assert scores == sorted(scores, reverse=True)
    assert {values["query"] for values, _ in found} == {"coloured roofs"}
    assert {values["scene"] for values, _ in found} == {str(scene)}
    for values, (west, east, south, north) in found:
        assert east - west == pytest.approx(values["ground_m"], abs=1.0)
        assert west >= 600_000 - 1
        assert east <= 600_400 + 1
        assert south >= 5_700_000 - 401
        assert north <= 5_700_000 + 1
    assert any("4 matches among" in line for line in feedback.lines)


def test_score_extent_and_polygons_cut_the_matches(built, engine, run, tmp_path):
    def search(name, **more):
        parameters = {
            "INDEX": built["OUTPUT"], "QUERY": "coloured roofs", "NUMBER": 1000, "MERGE": False,
            "OUTPUT": str(tmp_path / f"{name}.gpkg"), **more,
        }  # fmt: skip
        return features(run("searchtext", parameters)[0]["OUTPUT"])[0]

    everything = search("all")
    middle = sorted(values["score"] for values, _ in everything)[len(everything) // 2]
    best = search("best", MIN_SCORE=middle)
    assert 0 < len(best) < len(everything)
    assert all(values["score"] >= middle - 1e-6 for values, _ in best)

    box = (600_000, 5_699_880, 600_120, 5_700_000)  # the corner in the north-west
    touching = {
        values["hit_key"]
        for values, (west, east, south, north) in everything
        if west < box[2] - 1 and north > box[1] + 1
    }
    assert 0 < len(touching) < len(everything)
    extent = "{0},{2},{1},{3} [EPSG:32631]".format(*box)
    assert {values["hit_key"] for values, _ in search("extent", EXTENT=extent)} == touching
    area = polygon_layer(box).id()
    assert {values["hit_key"] for values, _ in search("area", AREA=area)} == touching


def test_days_narrow_a_search_and_unknown_ones_are_told(built, engine, run):
    asked = {"INDEX": built["OUTPUT"], "QUERY": "roofs", "OUTPUT": "TEMPORARY_OUTPUT"}
    results, feedback = run("searchtext", {**asked, "FROM_DATE": "2020-07-01"})
    assert results["COUNT"] == 0  # its scene says nothing of when it was taken
    assert any("of unknown date" in line for line in feedback.lines)
    assert run("searchtext", asked)[0]["COUNT"] > 0


def test_an_example_finds_itself_and_a_counter_example_goes_down(built, engine, run, tmp_path):
    def search(name, **more):
        parameters = {
            "INDEX": built["OUTPUT"], "NUMBER": 1000, "MERGE": False,
            "OUTPUT": str(tmp_path / f"{name}.gpkg"), **more,
        }  # fmt: skip
        return features(run("searchexample", parameters)[0]["OUTPUT"])[0]

    here = (600_050.0, 5_699_950.0)
    liked = search("like", EXAMPLES=point_layer(here).id(), GROUND_SIZE=100)
    best, (west, east, south, north) = liked[0]
    assert west <= here[0] <= east
    assert south <= here[1] <= north
    assert best["score"] == pytest.approx(1.0, abs=0.01)
    there = point_layer((600_350.0, 5_699_650.0)).id()
    unliked = search("unlike", EXAMPLES=point_layer(here).id(), COUNTER_EXAMPLES=there,
                     GROUND_SIZE=100)  # fmt: skip

    def score_there(found):
        return next(
            values["score"]
            for values, (west, east, south, north) in found
            if west <= 600_350 <= east and south <= 5_699_650 <= north
            and values["ground_m"] == pytest.approx(100, abs=1)
        )  # fmt: skip

    assert score_there(unliked) < score_there(liked)
    polygon = polygon_layer((600_040, 5_699_940, 600_060, 5_699_960))
    same = search("polygon", EXAMPLES=polygon.id(), GROUND_SIZE=100)
    assert same[0][0]["hit_key"] == best["hit_key"]
    mixed = search("mixed", EXAMPLES=polygon.id(), QUERY="an airport")
    assert {values["query"] for values, _ in mixed} == {"an airport"}


def test_a_whole_index_is_verified_and_a_changed_scene_is_found(engine, run, tmp_path):
    scene = paint_blocks(tmp_path / "town.tif")
    index = str(tmp_path / "town.cmpagl")
    run("buildindex", {"LAYERS": [str(scene)], "NATIVE": True, "OUTPUT": index})
    whole, _ = run("verifyindex", {"INDEX": index})
    assert whole["PROBLEMS"] == 0
    assert whole["SCENES"] == 1
    assert whole["CHIPS"] > 0
    data = gdal.Open(str(scene), gdal.GA_Update)
    data.GetRasterBand(1).Fill(7)
    data = None
    changed, feedback = run("verifyindex", {"INDEX": index})
    assert changed["PROBLEMS"] == len(feedback.warnings) > 0
    assert "town.tif" in changed["REPORT"]


def test_the_columns_are_those_of_the_dock():
    in_dock = [part.split("=")[1].split(":")[0] for part in uri_fields().split("&")]
    assert [field.name() for field in hit_fields()] == in_dock


def test_the_loaded_layer_is_graduated_by_relevance_or_score(built, engine, run):
    into_project = QgsProcessingOutputLayerDefinition("memory:", QgsProject.instance())
    results, feedback = run(
        "searchtext", {"INDEX": built["OUTPUT"], "QUERY": "roofs", "OUTPUT": into_project}
    )
    layer = run.context.getMapLayer(results["OUTPUT"])
    details = run.context.layerToLoadOnCompletionDetails(results["OUTPUT"])
    details.postProcessor().postProcessLayer(layer, run.context, feedback)
    assert layer.featureCount() == results["COUNT"] > 0
    assert layer.crs().authid() == "EPSG:32631"
    assert layer.renderer().type() == "graduatedSymbol"
    assert layer.renderer().classAttribute() == STRENGTH
    assert Painter.kept == []


def test_cancelling_the_build_keeps_what_is_done_and_the_next_run_goes_on(engine, run, tmp_path):
    scene = paint_blocks(tmp_path / "large.tif", side=720)
    parameters = {
        "LAYERS": [str(scene)], "GROUND_SIZES": "60", "OUTPUT": str(tmp_path / "large.cmpagl"),
    }  # fmt: skip
    results, feedback = run("buildindex", parameters, Feedback(stop_at_percent=0.5))
    took = time.monotonic() - feedback.stopped_at
    assert results == {}
    assert any("goes on from there" in line for line in feedback.lines)
    assert took < 60, "300 ms on an idle machine, less than the rest of the build anywhere"
    again, feedback = run("buildindex", parameters)
    assert again["SCENES"] == 1
    assert again["ENCODED"] > 0
    assert len(feedback.percents) > 1


@pytest.mark.parametrize(
    ("name", "parameters", "words"),
    [
        ("buildindex", {}, "Nothing to index"),
        ("buildindex", {"GROUND_SIZES": "wide", "FOLDER": "."}, "Ground sizes: found 'wide'"),
        ("buildindex", {"BANDS": "red", "FOLDER": "."}, "such as 3,2,1"),
        ("buildindex", {"GROUND_SIZES": "100", "NATIVE": True, "FOLDER": "."}, "native"),
        ("buildindex", {"FOLDER": "absent"}, "absent"),
        ("buildindex", {"FOLDER": ".", "MODEL": "no-such-model"}, "no-such-model"),
        ("searchtext", {"INDEX": "absent.cmpagl", "QUERY": "x"}, "absent.cmpagl"),
        ("searchtext", {"INDEX": "absent.cmpagl", "QUERY": "x", "AREA": "gone"}, "gone"),
        ("footprints", {"INDEX": "absent.cmpagl"}, "absent.cmpagl"),
        ("verifyindex", {"INDEX": "absent.cmpagl"}, "absent.cmpagl"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(  # noqa: PLR0913, PLR0917
    engine, provider, tmp_path, monkeypatch, name, parameters, words
):
    monkeypatch.chdir(tmp_path)
    parameters = {**parameters, "OUTPUT": str(tmp_path / "out.gpkg")}
    with pytest.raises(QgsProcessingException, match=words):
        run_unchecked(provider, name, parameters)


@pytest.mark.parametrize("query", ["", "   "])
def test_a_blank_query_is_refused(built, engine, provider, query, tmp_path, qgis_new_project):
    parameters = {"INDEX": built["OUTPUT"], "QUERY": query, "OUTPUT": str(tmp_path / "x.gpkg")}
    with pytest.raises(QgsProcessingException, match="Say what to find"):
        run_unchecked(provider, "searchtext", parameters)


def test_a_layer_without_a_file_is_refused_by_its_name(engine, provider, qgis_new_project):
    layer = QgsRasterLayer("type=xyz&url=http://localhost/{z}/{x}/{y}.png", "Street map", "wms")
    QgsProject.instance().addMapLayer(layer)
    with pytest.raises(QgsProcessingException, match="Street map"):
        run_unchecked(provider, "buildindex", {"LAYERS": [layer.id()], "OUTPUT": "x.cmpagl"})


@pytest.mark.parametrize(
    ("python", "words"),
    [
        ("/nowhere/python", "/nowhere/python.*cannot be started.*Set up"),
        ("/usr/bin/python3", "/usr/bin/python3.*without cmpagl-qgis.*pip install"),
        ("/bin/ls", "/bin/ls.*ended with code"),
    ],
)
def test_a_wrong_interpreter_is_named_with_the_next_step(
    provider, monkeypatch, qgis_new_project, python, words
):
    monkeypatch.setenv(VARIABLE, python)
    with pytest.raises(QgsProcessingException, match=words):
        run_unchecked(provider, "verifyindex", {"INDEX": "x.cmpagl"})


def test_every_algorithm_has_help_tags_and_an_icon(provider):
    names = {algorithm.name() for algorithm in provider.algorithms()}
    assert names == {
        "buildindex", "searchtext", "searchexample", "watch", "overview", "describe", "classify",
        "heatmap", "objects", "where", "change", "footprints",
        "damage", "verifyindex", "rendermap",
    }  # fmt: skip
    for algorithm in provider.algorithms():
        assert len(algorithm.shortHelpString()) > 100
        assert algorithm.tags()
        assert not algorithm.icon().isNull()
        assert not algorithm.flags() & algorithm.Flag.FlagNoThreading


def test_no_match_makes_an_empty_layer_and_no_error(built, engine, run, tmp_path):
    parameters = {"INDEX": built["OUTPUT"], "QUERY": "roofs", "MIN_SCORE": 1.0,
                  "OUTPUT": str(tmp_path / "none.gpkg")}  # fmt: skip
    results, _ = run("searchtext", parameters)
    assert results["COUNT"] == 0
    found, code = features(results["OUTPUT"])
    assert found == []
    assert code == "4326"


def test_an_extent_without_a_crs_is_refused(built, engine, provider, qgis_new_project, tmp_path):
    parameters = {"INDEX": built["OUTPUT"], "QUERY": "x", "EXTENT": "1,2,3,4",
                  "OUTPUT": str(tmp_path / "x.gpkg")}  # fmt: skip
    with pytest.raises(QgsProcessingException, match="no CRS"):
        run_unchecked(provider, "searchtext", parameters)


def test_a_model_builds_and_searches_in_one_go(engine, provider, scene, tmp_path, qgis_new_project):
    model = QgsProcessingModelAlgorithm("field finder", "tests")
    build = QgsProcessingModelChildAlgorithm("cmpagl:buildindex")
    build.setChildId("build")
    search = QgsProcessingModelChildAlgorithm("cmpagl:searchtext")
    search.setChildId("search")
    source = QgsProcessingModelChildParameterSource
    for child, name, value in (
        (build, "LAYERS", source.fromStaticValue([str(scene)])),
        (build, "GROUND_SIZES", source.fromStaticValue("200")),
        (build, "OUTPUT", source.fromStaticValue(str(tmp_path / "model.cmpagl"))),
        (search, "INDEX", source.fromChildOutput("build", "OUTPUT")),
        (search, "QUERY", source.fromStaticValue("roofs")),
        (search, "NUMBER", source.fromStaticValue(3)),
    ):
        child.addParameterSources(name, [value])
    output = QgsProcessingModelOutput("matches", "matches")
    output.setChildId("search")
    output.setChildOutputName("OUTPUT")
    search.setModelOutputs({"matches": output})
    model.addChildAlgorithm(build)
    model.addChildAlgorithm(search)
    model.updateDestinationParameters()
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    name = next(each.name() for each in model.destinationParameterDefinitions())
    results, done = model.run({name: str(tmp_path / "m.gpkg")}, context, Feedback(), {}, False)
    assert done
    found, code = features(results[name])
    assert len(found) == 3
    assert code == "32631"


def test_a_temporary_index_is_a_folder_that_can_be_searched(engine, run, scene, tmp_path):
    parameters = {"LAYERS": [str(scene)], "GROUND_SIZES": "200", "OUTPUT": "TEMPORARY_OUTPUT"}
    index = run("buildindex", parameters)[0]["OUTPUT"]
    assert Path(index).is_dir()
    results, _ = run("searchtext", {"INDEX": index, "QUERY": "roofs", "NUMBER": 1,
                                    "OUTPUT": str(tmp_path / "x.gpkg")})  # fmt: skip
    assert results["COUNT"] == 1


def test_a_reranking_is_done_or_refused_by_name(
    built, engine, provider, tmp_path, qgis_new_project
):
    with BlockingEngine(default_launch(), Feedback()) as running:
        can = running.info.rerank
    parameters = {"INDEX": built["OUTPUT"], "QUERY": "roofs", "NUMBER": 3, "RERANK": 1,
                  "OUTPUT": str(tmp_path / "smr.gpkg")}  # fmt: skip
    assert "smr" in can
    assert run_unchecked(provider, "searchtext", parameters)["COUNT"] == 3
    parameters |= {"RERANK": 2, "OUTPUT": str(tmp_path / "fusion.gpkg")}
    if "fusion" in can:
        results = run_unchecked(provider, "searchtext", parameters)
        assert all(0 <= values["probability"] <= 1 for values, _ in features(results["OUTPUT"])[0])
    else:
        with pytest.raises(QgsProcessingException, match="fusion"):
            run_unchecked(provider, "searchtext", parameters)


def test_the_index_used_last_stands_in_the_dialog_and_no_jargon(provider):
    Settings().add_recent_index("/data/town.cmpagl")
    algorithm = provider.algorithm("searchtext").create()
    assert algorithm.parameterDefinition("INDEX").defaultValue() == "/data/town.cmpagl"
    options = algorithm.parameterDefinition("RERANK").options()
    assert len(options) == 4
    said = " ".join([*options, algorithm.shortHelpString()]).lower()
    for word in ("smr", "rerank", "re-rank"):
        assert word not in said
    state_file().clear()


def raster_layer(path):
    """In the project: what a Processing context loads itself would outlive QGIS in a test."""
    layer = QgsRasterLayer(str(path), Path(path).stem)
    QgsProject.instance().addMapLayer(layer)
    return layer


def test_a_heat_map_lies_on_its_scene(built, engine, run, provider, scene, tmp_path):
    wanted = {
        "INDEX": built["OUTPUT"], "SCENE": raster_layer(scene).id(), "QUERY": "coloured roofs",
        "OUTPUT": str(tmp_path / "heat.tif"),
    }  # fmt: skip
    results, _ = run("heatmap", wanted)
    heat, whole = gdal.Open(results["OUTPUT"]), gdal.Open(str(scene))
    assert heat.GetGeoTransform()[0] == whole.GetGeoTransform()[0]
    assert heat.GetGeoTransform()[3] == whole.GetGeoTransform()[3]
    values = heat.GetRasterBand(1).ReadAsArray()  # those of single sizes lie behind it
    assert results["MINIMUM"] == pytest.approx(values.min(), abs=1e-6)
    assert results["MAXIMUM"] == pytest.approx(values.max(), abs=1e-6)
    layer = raster_layer(results["OUTPUT"])
    apply_heat(layer, results["MINIMUM"], results["MAXIMUM"])
    stops = layer.renderer().shader().rasterShaderFunction().colorRampItemList()
    assert stops[0].color.alpha() == 0
    assert stops[-1].value == pytest.approx(results["MAXIMUM"])


def test_a_heat_map_of_nothing_is_refused(built, engine, run, provider, scene, tmp_path):
    wanted = {"INDEX": built["OUTPUT"], "SCENE": raster_layer(scene).id(), "QUERY": "  "}
    with pytest.raises(QgsProcessingException, match="sentence"):
        run_unchecked(provider, "heatmap", {**wanted, "OUTPUT": str(tmp_path / "heat.tif")})
    other = raster_layer(paint_blocks(tmp_path / "other.tif")).id()
    wanted = {**wanted, "QUERY": "roofs", "SCENE": other, "OUTPUT": str(tmp_path / "heat.tif")}
    with pytest.raises(QgsProcessingException, match="found 0 scenes"):
        run("heatmap", wanted)


def test_outlines_become_whatever_output(built, engine, run, provider, tmp_path):
    wanted = {"INDEX": built["OUTPUT"], "QUERY": "coloured roofs", "NUMBER": 5}
    results, log = run("objects", {**wanted, "OUTPUT": str(tmp_path / "outlines.geojson")})
    found, _ = features(results["OUTPUT"])
    assert len(found) == results["COUNT"]
    assert found or log
    parted = {**wanted, "QUERY": "coloured roofs, no trees", "OUTPUT": str(tmp_path / "two.gpkg")}
    assert "Read as: coloured roofs - without: trees" in run("objects", parted)[1].lines
    with pytest.raises(QgsProcessingException, match="sentence"):
        run_unchecked(provider, "objects", {**wanted, "QUERY": " ", "OUTPUT": "x.gpkg"})


def test_change_wants_two_scenes(built, engine, run, provider, scene, tmp_path):
    layer = raster_layer(scene).id()
    wanted = {"INDEX": built["OUTPUT"], "QUERY": "roofs", "BEFORE": layer, "AFTER": layer,
              "WAS": "grass", "DIFFERENCE": 0.2, "OUTPUT": str(tmp_path / "new.gpkg")}  # fmt: skip
    with pytest.raises(QgsProcessingException, match="wanted two scenes of one place"):
        run("change", wanted)
    with pytest.raises(QgsProcessingException, match="cannot be read"):
        run_unchecked(provider, "change", {**wanted, "AFTER": "nowhere"})


def test_damaged_places_of_a_whole_scene_are_none(built, engine, run, tmp_path):
    results, _ = run("damage", {"INDEX": built["OUTPUT"], "OUTPUT": str(tmp_path / "d.gpkg")})
    assert results["COUNT"] == 0
    assert features(results["OUTPUT"])[0] == []


def test_only_chips_of_a_size(built, engine, run, tmp_path):
    wanted = {"INDEX": built["OUTPUT"], "QUERY": "roofs", "SIZES": "90,110", "MERGE": False}
    results, _ = run("searchtext", {**wanted, "OUTPUT": str(tmp_path / "x.gpkg")})
    found, _ = features(results["OUTPUT"])
    assert found
    assert {round(values["ground_m"]) for values, _ in found} == {100}
