"""The client and the engine that ships, together: what neither side's own tests can show."""

from __future__ import annotations

import os
import pathlib
import signal

import pytest
from osgeo import ogr
from qgis.core import QgsGeometry, QgsProject
from qgis.gui import QgsMapCanvas

from cmpagl_qgis.engine.asker import Asker
from cmpagl_qgis.engine.client import EngineClient
from cmpagl_qgis.engine.fields import read
from cmpagl_qgis.engine.records import Answer, BuildReport, IndexInfo, Verification, Written
from cmpagl_qgis.errors import CANCELLED, DIED, REFUSED
from cmpagl_qgis.flow.thumbnails import Thumbnails
from cmpagl_qgis.map.export import export_params
from cmpagl_qgis.map.layers import MatchLayers
from tests.qgis.core.conftest import Recorder
from tests.qgis.core.painted import paint, ring_on_ground
from tests.qgis.core.waiting import alive, spin, unqueued, wait_until

pytestmark = pytest.mark.engine
TRANSFORM = (121_000, 0.5, 0, 487_000, 0, -0.5)
CRS = "EPSG:28992"


@pytest.fixture(scope="module")
def workplace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("engine")
    paint(folder / "town ä.tif", CRS, TRANSFORM, size=900)
    return folder


@pytest.fixture(scope="module")
def engine(engine_python, qgis_app):
    """One engine for all tests of this file."""
    from cmpagl_qgis.engine.interpreter import Launch, engine_environment  # noqa: PLC0415

    command = (str(engine_python), "-m", "cmpagl_model.cli", "serve")
    client = EngineClient(lambda: Launch(command, engine_environment(), device="cpu"))
    client.told = Recorder(client)
    yield client
    pid = client.pid
    client.stop()
    assert pid == 0 or wait_until(lambda: not alive(pid))


def ask(client, method, **params):
    number = client.request(method, params)
    client.told.wait(number)
    assert number in client.told.answers, client.told.failures.get(number)
    return client.told.answers[number]


def refusal(client, method, **params):
    number = client.request(method, params)
    client.told.wait(number)
    return client.told.failures[number]


@pytest.fixture(scope="module")
def index(engine, workplace):
    path = str(workplace / "town.cmpagl")
    number = engine.request("index", {"index": path, "inputs": [str(workplace / "town ä.tif")]})
    engine.told.wait(number)
    report = read(BuildReport, engine.told.answers[number])
    assert (report.index, report.scenes, report.problems) == (path, 1, ())
    assert report.encoded > 4
    assert any(values[0] == number for values in engine.told.progress)
    return path


def test_it_introduces_itself(engine, index):
    info = engine.info
    assert info.protocol == 1
    assert "cpu" in info.device.lower()
    assert info.pid == engine.pid
    assert info.version
    assert info.model.name
    assert len(info.model.fingerprint) >= 32
    assert "none" in info.rerank


def test_open_says_what_is_there(engine, index, workplace):
    opened = read(IndexInfo, ask(engine, "open", index=index))
    assert opened.searchable
    assert opened.why_not == ""
    assert opened.path == index
    (scene,) = opened.scenes
    assert scene.path == str(workplace / "town ä.tif")
    assert scene.crs == CRS
    assert scene.chips == opened.chips > 4
    assert 4 < scene.bounds[0] < scene.bounds[2] < 6
    assert 52 < scene.bounds[1] < 53
    assert opened.size_bytes > 1000
    assert opened.ground_sizes_m
    verified = read(Verification, ask(engine, "verify", index=index))
    assert verified.problems == ()
    assert verified.chips == opened.chips


def test_search_to_the_map(engine, index, stalls, qgis_new_project):
    canvas = QgsMapCanvas()
    layers = MatchLayers(canvas)
    ask(engine, "open", index=index)
    with stalls:
        number = engine.request("search", {"index": index, "query": "boats on a canal", "k": 20})
        while not engine.told.done(number):
            spin(0.02)
        answer = read(Answer, engine.told.answers[number])
        layer = layers.show(answer, index)
        spin(0.05)
    stalls.check()
    assert answer.query == "boats on a canal"
    assert answer.candidates > 4
    assert [hit.rank for hit in answer.hits] == list(range(1, len(answer.hits) + 1))
    scores = [hit.score for hit in answer.hits]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) > 1
    assert layer.crs().authid() == CRS
    assert layer.featureCount() == len(answer.hits)
    features = {feature["rank"]: feature.geometry() for feature in layer.getFeatures()}
    for hit in answer.hits:  # the engine's pyproj and QGIS's PROJ agree to less than a pixel
        ring = ",".join(f"{x} {y}" for x, y in ring_on_ground(TRANSFORM, hit.window))
        assert features[hit.rank].hausdorffDistance(QgsGeometry.fromWkt(f"Polygon(({ring}))")) < 0.5
    layers.close()
    canvas.deleteLater()
    assert QgsProject.instance().mapLayers() == {}


def test_filters_are_understood(engine, index):
    scene = read(IndexInfo, ask(engine, "open", index=index)).scenes[0]
    west, south, east, north = scene.bounds
    middle = (west + east) / 2
    ring = [[west, south], [middle, south], [middle, north], [west, north], [west, south]]
    area = {"type": "Polygon", "coordinates": [ring]}
    counts = [
        read(Answer, ask(engine, "search", index=index, query="x", where=where)).candidates
        for where in (
            {}, {"bbox": [middle, south, east, north]}, {"within": area},
            {"bbox": [170.0, -20.0, -170.0, -10.0]}, {"scenes": [scene.path]}, {"scenes": ["/no"]},
        )
    ]  # fmt: skip
    assert counts[0] == scene.chips == counts[4]
    assert 0 < counts[1] < scene.chips
    assert 0 < counts[2] < scene.chips
    assert counts[3] == counts[5] == 0


def test_more_like_this_and_back_to_files(engine, index, tmp_path):
    hits = read(Answer, ask(engine, "search", index=index, query="a road", k=5)).hits
    like = read(Answer, ask(engine, "similar", index=index, like=[hits[2].place()], merge=False))
    assert like.hits[0].key == hits[2].key  # nothing is more like it than itself
    for suffix in (".gpkg", ".fgb", ".parquet"):
        path = str(tmp_path / f"m{suffix}")
        made = read(Written, ask(engine, "export", **export_params(index, hits, "a", path)))
        assert (made.output, made.count) == (path, len(hits))
        assert pathlib.Path(path).stat().st_size > 0
    source = ogr.Open(str(tmp_path / "m.fgb"))
    assert source.GetLayer(0).GetFeatureCount() == len(hits)


def test_thumbnails_are_drawn(engine, index, tmp_path):
    hits = read(Answer, ask(engine, "search", index=index, query="a road", k=5)).hits
    thumbnails = Thumbnails(Asker(engine), tmp_path / "cache")
    told = []
    thumbnails.ready.connect(told.append)
    thumbnails.want(index, hits, 96)
    assert wait_until(lambda: len(told) == len(hits))
    image = thumbnails.pixmap(hits[0]).toImage()
    assert max(image.width(), image.height()) == 96
    colours = {image.pixel(x, 40) for x in range(image.width())}
    assert len(colours) > 5  # a picture, not a plain square
    thumbnails.close()


@pytest.mark.parametrize("query", ["", "   \n", "boats " * 2000])
def test_blank_and_endless_queries(engine, index, query):
    error = refusal(engine, "search", index=index, query=query)
    assert error.code in {REFUSED, -32602}
    assert error.message


def test_refusals_are_readable(engine, index, tmp_path):
    for method, params in [
        ("open", {"index": str(tmp_path / "none.cmpagl")}),
        ("search", {"index": index}),
        ("search", {"index": index, "query": "x", "kk": 5}),
        ("shout", {}),
    ]:
        error = refusal(engine, method, **params)
        assert error.message
        assert "Traceback" not in error.message
        assert "\n" not in error.message
    assert engine.state == "ready"


def test_a_scene_that_is_not_there_is_a_problem_by_name(engine, tmp_path):
    inputs = [str(tmp_path / "no.tif")]
    result = ask(engine, "index", index=str(tmp_path / "x.cmpagl"), inputs=inputs)
    report = read(BuildReport, result)
    assert report.encoded == 0
    assert any("no.tif" in problem for problem in report.problems)


def test_an_index_that_went_away_while_open(engine, index, workplace):
    other = workplace / "other.cmpagl"
    import shutil  # noqa: PLC0415 - beside its only use

    shutil.copytree(index, other)
    assert read(IndexInfo, ask(engine, "open", index=str(other))).searchable
    shutil.rmtree(other)
    error = refusal(engine, "search", index=str(other), query="boats")
    assert error.code == REFUSED
    assert "other.cmpagl" in error.message


@pytest.fixture(scope="module")
def large(workplace):
    return str(paint(workplace / "large.tif", CRS, TRANSFORM, size=5000))


def start_indexing(engine, path, scene):
    """Begin to index a large scene; on return some of it is done."""
    number = engine.request("index", {"index": path, "inputs": [scene]})
    assert wait_until(
        lambda: (
            any(v[0] == number and v[1] > 0 for v in engine.told.progress)
            or engine.told.done(number)
        )
    )
    assert not engine.told.done(number), "too small a scene: it was indexed at once"
    return number


def test_a_search_is_answered_while_an_index_grows_and_stop_stops(
    engine, index, large, stalls, tmp_path
):
    number = start_indexing(engine, str(tmp_path / "large.cmpagl"), large)
    with stalls:
        assert read(Answer, ask_live(engine, "search", index=index, query="roofs")).hits
        assert not engine.told.done(number)
        start = unqueued()
        engine.cancel(number)
        while not engine.told.done(number):
            spin(0.005)
        took = unqueued() - start
        spin(0.1)
    stalls.check()
    assert engine.told.failures[number].code == CANCELLED
    assert took < 0.6  # 0.2 s and a kill
    assert read(Answer, ask(engine, "search", index=index, query="roofs")).hits


def ask_live(client, method, **params):
    number = client.request(method, params)
    while not client.told.done(number):
        spin(0.02)
    return client.told.answers[number]


def test_a_crash_while_indexing_and_the_next_run_goes_on(engine, large, stalls, tmp_path):
    path = str(tmp_path / "large.cmpagl")
    number = start_indexing(engine, path, large)
    with stalls:
        os.kill(engine.pid, signal.SIGKILL)
        while not engine.told.done(number):
            spin(0.01)
        spin(0.2)
    stalls.check()
    assert engine.told.failures[number].code == DIED
    assert engine.state == "died"
    start_indexing(engine, path, large)  # the index is whole enough to go on
    engine.restart()


def test_stop_in_the_middle_of_indexing_leaves_no_process(engine, large, tmp_path):
    start_indexing(engine, str(tmp_path / "large.cmpagl"), large)
    pid = engine.pid
    start = unqueued()
    engine.stop()
    assert unqueued() - start < 0.5
    assert wait_until(lambda: not alive(pid))
