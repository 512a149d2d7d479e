import json
import os
import subprocess
from dataclasses import replace

import pytest
from osgeo import ogr
from qgis.gui import QgsMapCanvas

from cmpagl_qgis.errors import ExportError
from cmpagl_qgis.map.export import export_layer, export_params
from cmpagl_qgis.map.layers import MatchLayers
from tests.qgis.core.conftest import ROOT
from tests.qgis.core.painted import grid_of_hits, make_answer

QUERY = 'boats, "big" ones\non a canal Ä'


@pytest.fixture
def matches(qgis_new_project):
    canvas = QgsMapCanvas()
    layers = MatchLayers(canvas)
    layers.show(make_answer(grid_of_hits(), QUERY), "x")
    yield layers
    layers.close()
    canvas.deleteLater()


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".csv", ".GPKG"])
def test_gdal_reads_back_what_was_written(matches, tmp_path, suffix):
    path = str(tmp_path / f"matches{suffix}")
    assert export_layer(matches.layer, path) == 9
    assert export_layer(matches.layer, path) == 9  # again, over the first
    source = ogr.Open(path)
    table = source.GetLayer(0)
    assert table.GetFeatureCount() == 9
    features = {int(feature["rank"]): feature for feature in table}
    hits = {hit.rank: hit for hit in matches.answer.hits}
    assert features.keys() == hits.keys()
    for rank, feature in features.items():
        assert float(feature["score"]) == pytest.approx(hits[rank].score, abs=1e-12)
        assert feature["query"] == QUERY
        pixels = tuple(int(feature[name]) for name in ("col", "row", "width", "height"))
        assert pixels == hits[rank].window
        found = feature.GetGeometryRef()
        ring = ogr.CreateGeometryFromJson(json.dumps(hits[rank].geometry))
        if suffix.lower() == ".gpkg":
            found = found.Clone()
            found.TransformTo(_degrees())
        assert found.SymDifference(ring).Area() < 1e-3 * ring.Area()
    if suffix.lower() == ".gpkg":
        assert table.GetSpatialRef().GetAuthorityCode(None) == "32631"
        with open(path, "rb") as file:  # noqa: PTH123 - bytes of the header
            header = file.read(100)
        assert int.from_bytes(header[60:64], "big") == 10200  # GeoPackage 1.2


def _degrees():
    from tests.qgis.core.painted import spatial  # noqa: PLC0415 - beside its only use

    return spatial("EPSG:4326")


ENGINE_WRITES = """
import sys
from cmpagl_model.records import Hit, ModelId
from cmpagl_model.search.answer import Answer
from cmpagl_model.search.output import write_hits
from pathlib import Path
from shapely.geometry import box
from tiling import Window
chances = {"relevance": 0.5} if sys.argv[2] else {}
hit = Hit(1, 0.5, "a.tif", Window(0, 0, 9, 9), 1.0, 9.0, box(4, 51, 5, 52), **chances)
write_hits(Answer("boats", ModelId("m", "f" * 64), (hit,)), Path(sys.argv[1]))
"""


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".csv"])
@pytest.mark.parametrize("relevant", ["", "relevant"])
def test_the_engine_and_the_dock_write_the_same_columns(
    matches, tmp_path, engine_python, suffix, relevant
):
    if relevant:
        hits = [replace(hit, relevance=0.5) for hit in matches.answer.hits]
        matches.show(replace(matches.answer, hits=tuple(hits), cutoff=0.1), "x")
    files = [str(tmp_path / f"{name}{suffix}") for name in ("dock", "engine")]
    export_layer(matches.layer, files[0])
    command = [str(engine_python), "-c", ENGINE_WRITES, files[1], relevant]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(command, check=True, env=environment)
    names = []
    for file in files:
        table = ogr.Open(file)
        columns = table.GetLayer(0).schema
        names.append([column.name for column in columns if column.name != "id"])
    assert names[0] == names[1]
    assert ("relevance" in names[0]) == bool(relevant)
    assert "query" in names[0]


def test_only_what_is_shown_is_written(matches, tmp_path):
    matches.set_min_strength(matches.answer.hits[3].score)
    path = str(tmp_path / "matches.geojson")
    assert export_layer(matches.layer, path) == 4
    assert len(json.loads((tmp_path / "matches.geojson").read_text())["features"]) == 4


@pytest.mark.parametrize("name", ["matches.xls", "matches", "no/such/folder/matches.gpkg"])
def test_what_cannot_be_written_says_so(matches, tmp_path, name):
    with pytest.raises(ExportError) as caught:
        export_layer(matches.layer, str(tmp_path / name))
    assert ".parquet" in str(caught.value) or "matches.gpkg" in str(caught.value)


def test_the_request_to_the_engine_is_the_protocols(matches):
    params = export_params("/data/x.cmpagl", matches.answer.hits, QUERY, "/out/m.parquet")
    assert json.loads(json.dumps(params)) == params
    assert params["hits"][0]["window"] == [0, 0, 64, 64]
    assert len(params["hits"]) == 9
    assert (params["index"], params["output"]) == ("/data/x.cmpagl", "/out/m.parquet")
