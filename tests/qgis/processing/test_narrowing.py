"""The filters of every algorithm that asks about many chips, and indexes in an object store."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from osgeo import ogr
from qgis.core import (
    QgsFeature,
    QgsGeometry,
    QgsPointXY,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingOutputLayerDefinition,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
)

from cmpagl_qgis.processing.algorithm import index_place

from .conftest import ENGINE, ROOT, Feedback, paint_blocks, run_unchecked

pytestmark = pytest.mark.engine

EARLY, LATE, UNDATED = SCENES = "early_20190601", "late_20210601", "undated"
WEST_M, GAP_M, SIDE_M = 600_000, 10_000, 400


def rows(path):
    data = ogr.Open(str(path))
    layer = data.GetLayer(0)
    return [{**f.items(), "box": f.GetGeometryRef().GetEnvelope()} for f in layer]


def in_memory(kind, *geometries):
    layer = QgsVectorLayer(f"{kind}?crs=EPSG:32631", "given", "memory")
    for geometry in geometries:
        feature = QgsFeature()
        feature.setGeometry(geometry)
        layer.dataProvider().addFeatures([feature])
    QgsProject.instance().addMapLayer(layer)
    return layer


@pytest.fixture(scope="session")
def three(tmp_path_factory):
    """An index of three towns side by side: taken in 2019, in 2021, and nobody knows when."""
    if not ENGINE.is_file():
        pytest.skip(f"the engine is not installed in {ENGINE}; call make setup")
    folder = tmp_path_factory.mktemp("three")
    for place, name in enumerate(SCENES):
        paint_blocks(folder / f"{name}.tif", corner=(WEST_M + GAP_M * place, 5_700_000))
    index = folder / "three.cmpagl"
    subprocess.run(
        [str(ENGINE), "-m", "cmpagl_model.cli", "index", *map(str, sorted(folder.glob("*.tif"))),
         "-o", str(index), "--scales", "100,200"],
        check=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True,
    )  # fmt: skip
    (folder / "words.txt").write_text("coloured roofs\na lake\n")
    (folder / "c.csv").write_text("roofs,coloured roofs\nwater,a lake\n")
    return index


def asked_of(name, three, tmp_path):
    own = {
        "searchtext": {"QUERY": "coloured roofs", "NUMBER": 1000, "MERGE": False},
        "classify": {"CLASSES": str(three.parent / "c.csv"), "MIN_RELEVANCE": 0},
        "overview": {"GROUPS": 2, "SENTENCES": str(three.parent / "words.txt")},
        "objects": {"QUERY": "coloured roofs", "NUMBER": 1000},
        "describe": {"PLACES": in_memory("Point", point_of(0)).id()},
    }  # fmt: skip
    return {"INDEX": str(three), "OUTPUT": str(tmp_path / f"{name}.gpkg"), **own[name]}


def point_of(place):
    return QgsGeometry.fromPointXY(QgsPointXY(WEST_M + GAP_M * place + 200, 5_699_800))


def town(place, towns=1):
    west = WEST_M + GAP_M * place
    return QgsRectangle(west, 5_699_600, west + SIDE_M + GAP_M * (towns - 1), 5_700_000)


def prepared(provider, name, parameters):
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    algorithm = provider.algorithm(name).create()
    assert algorithm.checkParameterValues(parameters, context)[0]
    algorithm.prepareAlgorithm(parameters, context, Feedback())
    return algorithm


def extent_of(box):
    return (f"{box.xMinimum()},{box.xMaximum()},{box.yMinimum()},{box.yMaximum()} "
            "[EPSG:32631]")  # fmt: skip


MANY = ("searchtext", "classify", "overview", "objects")


@pytest.mark.parametrize("name", MANY)
@pytest.mark.usefixtures("engine", "qgis_new_project")
def test_every_question_about_many_chips_takes_every_filter(three, provider, name, tmp_path):
    def where(**filters):
        asked = {**asked_of(name, three, tmp_path), **filters}
        return prepared(provider, name, asked).asked.get("where", {})

    polygons = provider.algorithm(name).POLYGONS
    area = in_memory("Polygon", QgsGeometry.fromRect(town(0))).id()
    assert where() == {}
    west, south, east, north = where(EXTENT=extent_of(town(0)))["bbox"]
    assert 4 < west < east < 5
    assert 51 < south < north < 52
    assert where(**{polygons: area})["within"]["type"] == "Polygon"
    assert where(SCENES="late*, undated") == {"scenes": ["late*", "undated"]}
    days = where(FROM_DATE="2020-01-01", TO_DATE="2022-12-31")
    assert days == {"from_date": "2020-01-01", "to_date": "2022-12-31"}
    assert where(SIZES="90,110") == {"ground_m": [90, 110]}
    assert where(SIZES="None,110") == {"ground_m": [0, 110]}
    assert where(SIZES="110,None")["ground_m"][1] >= 1e6
    assert where(SIZES="None,None") == {}


@pytest.mark.parametrize("name", MANY)
def test_the_engine_looks_at_what_all_filters_leave(three, engine, run, provider, name, tmp_path):
    area = in_memory("Polygon", QgsGeometry.fromRect(town(1, 2))).id()
    asked = {
        **asked_of(name, three, tmp_path),
        "EXTENT": extent_of(town(0, 3)),
        provider.algorithm(name).POLYGONS: area,
        "SCENES": "late*,undated,early*",
        "SIZES": "90,110",
        "TO_DATE": "2030-12-31",
    }
    results, feedback = run(name, asked)
    assert {Path(row["scene"]).stem for row in rows(results["OUTPUT"])} == {LATE}
    assert any("chips of unknown date" in line for line in feedback.lines)
    assert "MAP" not in results


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ({"SIZES": "50"}, "two numbers such as 50,200"),
        ({"EXTENT": "1,2,3,4"}, "no CRS"),
        ({"AREA": "gone"}, "gone"),
    ],
)
@pytest.mark.usefixtures("engine", "qgis_new_project")
def test_a_filter_that_is_none_is_refused(three, provider, tmp_path, filters, said):
    with pytest.raises(QgsProcessingException, match=said):
        run_unchecked(provider, "overview", {**asked_of("overview", three, tmp_path), **filters})


@pytest.mark.usefixtures("engine", "qgis_new_project")
def test_where_no_chip_is_left_the_unknown_dates_are_told(three, provider, tmp_path):
    asked = {**asked_of("overview", three, tmp_path), "FROM_DATE": "2030-01-01"}
    with pytest.raises(QgsProcessingException, match="of unknown date"):
        run_unchecked(provider, "overview", asked)


def test_the_ground_by_class_is_a_layer_with_its_colours(three, engine, run, tmp_path):
    into_project = QgsProcessingOutputLayerDefinition("memory:", QgsProject.instance())
    asked = {**asked_of("classify", three, tmp_path), "SCENES": EARLY}
    results, feedback = run("classify", {**asked, "MAP": into_project})
    layer = run.context.getMapLayer(results["MAP"])
    details = run.context.layerToLoadOnCompletionDetails(results["MAP"])
    details.postProcessor().postProcessLayer(layer, run.context, feedback)
    assert layer.renderer().type() == "categorizedSymbol"
    assert layer.renderer().classAttribute() == "class"
    ground = {feature["class"]: feature["area_m2"] for feature in layer.getFeatures()}
    assert sum(ground.values()) == pytest.approx(SIDE_M**2, rel=0.01)
    assert set(ground) <= {row["class"] for row in rows(results["OUTPUT"])}


@pytest.mark.parametrize("kind", ["Point", "Polygon"])
def test_places_are_described_by_the_chips_that_the_filters_leave(
    three, engine, run, tmp_path, kind
):
    middles = [point_of(place) for place in range(3)]
    layer = in_memory(kind, *(one.buffer(150, 4) if kind == "Polygon" else one for one in middles))
    asked = {"INDEX": str(three), "PLACES": layer.id(), "FROM_DATE": "2020-01-01",
             "SENTENCES": str(three.parent / "words.txt"), "SIZES": "90,110",
             "OUTPUT": str(tmp_path / "p.gpkg")}  # fmt: skip
    results, feedback = run("describe", asked)
    early, late, undated = rows(results["OUTPUT"])
    assert early["chips"] is undated["chips"] is None
    assert late["chips"] > 0
    assert results["COUNT"] == 1
    (told,) = feedback.warnings
    assert told == "2 of the places have no chip of these scenes, sizes and days."
    (undated_chips,) = [line for line in feedback.lines if "of unknown date" in line]
    both = {**asked, "SCENES": "late*,undated", "OUTPUT": str(tmp_path / "all.gpkg")}
    del both["FROM_DATE"]
    results, feedback = run("describe", both)
    chips = rows(results["OUTPUT"])[2]["chips"]
    assert undated_chips == (f"Left out {chips} chips of unknown date" if chips > 1 else
                             "Left out 1 chip of unknown date")  # fmt: skip
    assert not any("unknown date" in line for line in feedback.lines)


@pytest.fixture
def stored(three, tmp_path, monkeypatch):
    """The address of the index in an S3 store on this machine."""
    folder = tmp_path / "s3"
    folder.mkdir()
    script = (
        "import json, sys; from pathlib import Path; from tests import s3_server\n"
        "folder, index = map(Path, sys.argv[1:])\n"
        "with s3_server.running(folder) as store:\n"
        "    store.make_bucket(store.bucket)\n"
        "    for file in index.rglob('*'):\n"
        "        if file.is_file() and '_cache' not in file.parts:\n"
        "            store.put(f'maps/{file.relative_to(index).as_posix()}', file.read_bytes())\n"
        "    print(json.dumps(store.environment), flush=True)\n"
        "    sys.stdin.read()\n"
    )
    server = subprocess.Popen(
        [str(ENGINE), "-c", script, str(folder), str(three)], cwd=ROOT, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    said = server.stdout.readline()
    if not said:
        pytest.skip("the engine's Python has no moto: an S3 store on this machine")
    for name, value in json.loads(said).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CMPAGL_CACHE", str(tmp_path / "cache"))
    yield "s3://bucket/maps"
    server.stdin.close()
    server.wait()


@pytest.mark.usefixtures("engine")
def test_an_index_in_a_store_is_asked_by_its_address(three, stored, run, provider, tmp_path):
    asked = asked_of("searchtext", three, tmp_path)
    there, _ = run("searchtext", {**asked, "INDEX": stored, "OUTPUT": str(tmp_path / "s.gpkg")})
    here, _ = run("searchtext", asked)
    assert [row["hit_key"] for row in rows(there["OUTPUT"])] == [
        row["hit_key"] for row in rows(here["OUTPUT"])
    ]
    before, _ = run("footprints", {"INDEX": str(three), "OUTPUT": str(tmp_path / "b.gpkg")})
    scene = paint_blocks(tmp_path / "more.tif", corner=(640_000, 5_700_000))
    more, _ = run("buildindex", {"LAYERS": [str(scene)], "OUTPUT": stored})
    after, _ = run("footprints", {"INDEX": stored, "OUTPUT": str(tmp_path / "a.gpkg")})
    assert more["ENCODED"] > 0
    assert after["COUNT"] == before["COUNT"] + more["ENCODED"]
    new, _ = run("buildindex", {"LAYERS": [str(scene)], "OUTPUT": "s3://bucket/new.cmpagl"})
    alone, _ = run(
        "footprints", {"INDEX": "s3://bucket/new.cmpagl", "OUTPUT": str(tmp_path / "n.gpkg")}
    )
    assert alone["COUNT"] == new["ENCODED"] > 0
    with pytest.raises(QgsProcessingException, match="found no index there"):
        run_unchecked(provider, "footprints", {"INDEX": "s3://bucket/none", "OUTPUT": "n.gpkg"})


def test_other_addresses_are_refused_in_words(engine, provider, qgis_new_project, tmp_path):
    for address in ("https://maps.example/town.cmpagl", "file:///data/town.cmpagl"):
        with pytest.raises(QgsProcessingException, match="its address in an object store"):
            run_unchecked(provider, "footprints", {"INDEX": address, "OUTPUT": "x.gpkg"})
    assert index_place("GS://bucket/town.cmpagl") == "GS://bucket/town.cmpagl"
    assert index_place("town.cmpagl") == str(Path("town.cmpagl").absolute())
