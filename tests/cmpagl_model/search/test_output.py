"""Hits as files: RFC 7946, and every format read back by GDAL."""

from __future__ import annotations

import csv
import dataclasses
import json

import geopandas
import pytest
from PIL import Image
from shapely.geometry import MultiPolygon, Polygon, box, shape

from cmpagl_model import open_index
from cmpagl_model.errors import OutputError
from cmpagl_model.index import build_index
from cmpagl_model.index.export import export_chips
from cmpagl_model.records import Hit, ModelId
from cmpagl_model.search.output import geojson_text, json_text, write_hits
from cmpagl_model.search.preview import write_preview
from cmpagl_model.search.query import Answer
from tiling import ChipSpec, Window


@pytest.fixture
def answer():
    parts = MultiPolygon([box(179.9, -17, 180, -16.9), box(-180, -17, -179.9, -16.9)])
    hits = (
        Hit(1, 0.5, "a b/ü.tif", Window(0, 0, 160, 160), 0.625, 100.0, box(4.1, 51.9, 4.2, 52.0)),
        Hit(2, -0.25, "fiji.tif", Window(160, 0, 80, 160), 10.0, 1600.0, parts),
    )
    return Answer("boats", ModelId("cmpagl_lite", "f" * 64), hits)


def rings(geometry):
    shapes = geometry.geoms if isinstance(geometry, MultiPolygon) else [geometry]
    return [polygon.exterior for polygon in shapes]


def test_geojson_is_valid_under_rfc_7946(answer):
    page = json.loads(geojson_text(answer))
    assert page["type"] == "FeatureCollection"
    assert "crs" not in page
    for feature, hit in zip(page["features"], answer.hits, strict=True):
        geometry = shape(feature["geometry"])
        assert geometry.is_valid
        assert geometry.equals_exact(hit.geometry, 1e-8)
        assert feature["properties"]["rank"] == hit.rank
        pixels = [feature["properties"][name] for name in ("col", "row", "width", "height")]
        window = hit.window
        assert pixels == [window.col, window.row, window.width, window.height]
        for ring in rings(geometry):
            assert ring.is_ccw
            assert ring.coords[0] == ring.coords[-1]
        west, south, east, north = geometry.bounds
        assert -180 <= west <= east <= 180
        assert -90 <= south <= north <= 90
    assert page["features"][1]["geometry"]["type"] == "MultiPolygon"


def test_json_has_the_promised_keys(answer):
    page = json.loads(json_text(answer))
    assert set(page) == {"query", "model", "hits"}
    assert set(page["hits"][0]) == {"rank", "score", "scene", "window", "gsd_m", "geometry"}
    assert page["hits"][0]["scene"] == "a b/ü.tif"


@pytest.mark.parametrize("ending", ["geojson", "gpkg", "fgb", "parquet"])
def test_every_layer_format_comes_back(answer, tmp_path, ending):
    path = tmp_path / f"matches.{ending}"
    write_hits(answer, path)
    write_hits(answer, path)  # again over the first
    read = geopandas.read_parquet(path) if ending == "parquet" else geopandas.read_file(path)
    frame = read.sort_values("rank")
    assert frame.crs.to_epsg() == 4326 or frame.crs.equals("OGC:CRS84")
    assert frame["score"].tolist() == [0.5, -0.25]
    assert frame["scene"].tolist() == ["a b/ü.tif", "fiji.tif"]
    assert frame["ground_m"].tolist() == [100.0, 1600.0]
    assert frame["query"].tolist() == ["boats", "boats"]
    assert frame.geometry.iloc[0].equals(answer.hits[0].geometry)
    assert [path.name for path in tmp_path.iterdir()] == [path.name]


def test_csv_comes_back(answer, tmp_path):
    write_hits(answer, tmp_path / "matches.csv")
    rows = list(csv.DictReader((tmp_path / "matches.csv").open(encoding="utf-8")))
    assert [row["rank"] for row in rows] == ["1", "2"]
    assert rows[0]["WKT"].startswith("POLYGON ((")
    assert rows[1]["width"] == "80"


@pytest.mark.parametrize("ending", ["geojson", "gpkg", "fgb", "parquet", "csv"])
def test_what_a_person_decided_is_a_column_of_every_file(answer, tmp_path, ending):
    path = tmp_path / f"matches.{ending}"
    kept = dataclasses.replace(answer.hits[0], label="boats", review="keep")
    write_hits(dataclasses.replace(answer, hits=(kept, answer.hits[1])), path)
    if ending == "csv":
        rows = list(csv.DictReader(path.open(encoding="utf-8")))
        found = [(row["class"] or None, row["review"] or None) for row in rows]
    else:
        read = geopandas.read_parquet(path) if ending == "parquet" else geopandas.read_file(path)
        columns = read.sort_values("rank")[["class", "review"]]
        found = list(columns.astype(object).where(columns.notna(), None).itertuples(index=False))
    assert [tuple(one) for one in found] == [("boats", "keep"), (None, None)]


@pytest.mark.parametrize("ending", ["geojson", "gpkg", "fgb", "parquet", "csv"])
def test_no_hits_give_an_empty_file(answer, tmp_path, ending):
    nothing = Answer("boats", answer.model, ())
    path = tmp_path / f"none.{ending}"
    write_hits(nothing, path)
    if ending == "csv":
        assert len(path.read_text().splitlines()) == 1
    elif ending == "parquet":
        assert len(geopandas.read_parquet(path)) == 0
    else:
        assert len(geopandas.read_file(path)) == 0


def test_unknown_endings_and_missing_folders_are_refused(answer, tmp_path):
    with pytest.raises(OutputError, match=r"found the ending '\.xls'"):
        write_hits(answer, tmp_path / "matches.xls")
    with pytest.raises(OutputError, match="found no folder"):
        write_hits(answer, tmp_path / "absent" / "matches.geojson")


@pytest.mark.parametrize("ending", ["gpkg", "GPKG", "parquet"])
def test_the_scene_of_a_hit_is_not_replaced(answer, tmp_path, ending):
    path = tmp_path / f"scene.{ending}"
    path.write_bytes(b"pixels of a year's work")
    hit = dataclasses.replace(answer.hits[0], scene=str(path))
    with pytest.raises(OutputError, match="found a scene of the index"):
        write_hits(dataclasses.replace(answer, hits=(hit,)), tmp_path / "." / path.name)
    assert path.read_bytes() == b"pixels of a year's work"


@pytest.fixture
def indexed(make_scene, tmp_path, encoder):
    folder = tmp_path / "x.cmpagl"
    build_index([str(make_scene())], folder, encoder, ChipSpec(native=True))
    return open_index(folder)


def test_preview_draws_each_hit(indexed, tmp_path):
    answer = indexed.search("a road", k=7)
    write_preview(indexed, answer, tmp_path / "sheet.png")
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.width > 900
        colours = sheet.convert("RGB").resize((60, 40)).getcolors(10_000)
    assert len(colours) > 200  # pictures, not placeholders


def test_preview_says_what_was_given_beside_the_sentence(indexed, tmp_path):
    answer, titles = indexed.search("a road", k=3), []
    for number, examples in enumerate(("", "without parked cars", "like quay.jpg")):
        write_preview(
            indexed, dataclasses.replace(answer, examples=examples), tmp_path / f"{number}.png"
        )
        with Image.open(tmp_path / f"{number}.png") as sheet:
            titles.append(sheet.crop((0, 0, sheet.width, 36)).tobytes())
    assert len(set(titles)) == 3


def test_preview_of_a_scene_that_is_gone_says_so(indexed, tmp_path):
    answer = indexed.search("a road", k=3)
    (tmp_path / "scene.tif").unlink()
    write_preview(indexed, answer, tmp_path / "sheet.png")
    assert (tmp_path / "sheet.png").stat().st_size > 0


def test_preview_of_nothing_and_to_nowhere(indexed, tmp_path):
    nothing = Answer("boats", indexed.info.model, ())
    write_preview(indexed, nothing, tmp_path / "sheet.png")
    with pytest.raises(OutputError, match="found no folder"):
        write_preview(indexed, nothing, tmp_path / "absent" / "sheet.png")
    with pytest.raises(OutputError, match=r"found the ending '\.webp', wanted \.png, \.jpg"):
        write_preview(indexed, nothing, tmp_path / "sheet.webp")


@pytest.mark.parametrize("ending", ["geojson", "gpkg", "fgb", "parquet", "csv"])
def test_export_holds_every_chip(indexed, tmp_path, ending):
    path = tmp_path / f"chips.{ending}"
    count, problems = export_chips(indexed.folder, path)
    assert not problems
    frame = geopandas.read_parquet(path) if ending == "parquet" else geopandas.read_file(path)
    assert len(frame) == count == len(indexed.table)
    assert {"scene", "col", "row", "gsd_m", "ground_m", "edge"} <= set(frame.columns)
    assert all(isinstance(shape, Polygon) for shape in frame.geometry)
