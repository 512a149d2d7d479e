"""An index as a STAC collection: valid, true, and of paths that lead to its parts."""

from __future__ import annotations

import json
import os

import geopandas
import pytest
import shapely
from shapely.geometry import shape

from cmpagl_model.cli.app import PARTLY, run
from cmpagl_model.importing.importer import import_files
from cmpagl_model.index import build_index, read_info
from cmpagl_model.index.export_stac import EMBEDDINGS, PROJECTION, export_stac
from tests.cmpagl_model.importing import published
from tests.cmpagl_model.index.cheap import CheapEncoder
from tests.cmpagl_model.index.harm import part_files
from tiling import ChipSpec

SPEC = ChipSpec(size_px=32, ground_sizes_m=(64.0,))


@pytest.fixture
def index(make_scene, tmp_path):
    """Scenes of a day, of a moment, of an unknown date, and one across the antimeridian."""
    scenes = [
        make_scene("a_20190705.tif", 256, 192),
        make_scene("b_20200719T105031.tif", 256, 192, corner=(610_000, 5_700_000), seed=1),
        make_scene("c.tif", 256, 192, corner=(620_000, 5_700_000), seed=2),
        make_scene("fiji.tif", 256, 192, crs="EPSG:3832", corner=(3_339_500, -2_000_000), seed=3),
    ]
    build_index([str(scene) for scene in scenes], tmp_path / "x.cmpagl", CheapEncoder(), SPEC)
    return tmp_path / "x.cmpagl"


def read(folder):
    collection = json.loads((folder / "collection.json").read_text())
    links = [link["href"] for link in collection["links"] if link["rel"] == "item"]
    items = [json.loads((folder / link).read_text()) for link in links]
    return collection, {item["id"].rpartition("-")[0]: item for item in items}


def test_an_item_for_each_scene(index, tmp_path):
    assert export_stac(index, tmp_path / "stac") == (4, ())
    collection, items = read(tmp_path / "stac")
    assert set(items) == {"a_20190705", "b_20200719T105031", "c", "fiji"}
    for item in items.values():
        (asset,) = item["assets"].values()
        found = geopandas.read_parquet(tmp_path / "stac" / "items" / asset["href"])
        outline = shape(item["geometry"])
        assert found.geometry.union_all().difference(outline.buffer(1e-6)).is_empty
        assert [link["href"] for link in item["links"] if link["rel"] == "emb:source-data"] == [
            (index.parent / found["scene"][0]).as_uri()
        ]
        assert shapely.is_valid(outline)
        assert item["collection"] == collection["id"] == "x"
    assert collection["extent"]["temporal"]["interval"][0][0] is None  # one date is not known
    assert collection["emb:dimensions"] == 16
    (source,) = (one["href"] for one in collection["links"] if one["rel"] == "emb:source-data")
    assert source == index.parent.as_uri()


def test_what_is_known_of_the_date_is_said_and_no_more(index, tmp_path):
    export_stac(index, tmp_path / "stac")
    items = read(tmp_path / "stac")[1]
    day, moment, unknown = (items[name]["properties"] for name in
                            ("a_20190705", "b_20200719T105031", "c"))  # fmt: skip
    assert moment["datetime"] == "2020-07-19T10:50:31Z"
    assert day["datetime"] is None
    assert day["start_datetime"] == "2019-07-05T00:00:00Z"
    assert day["end_datetime"] == "2019-07-05T23:59:59.999999Z"
    assert "description" not in day
    assert unknown["datetime"] is None
    assert unknown["start_datetime"] < "1900"
    assert "not known" in unknown["description"]


def test_across_the_antimeridian_as_rfc_7946_has_it(index, tmp_path):
    export_stac(index, tmp_path / "stac")
    item = read(tmp_path / "stac")[1]["fiji"]
    west, south, east, north = item["bbox"]
    assert item["geometry"]["type"] == "MultiPolygon"
    assert west > 179 > -179 > east
    assert south < north
    assert item["properties"]["proj:code"] == "EPSG:3832"
    assert item["properties"]["proj:shape"] == [192, 256]


def test_imported_rows_have_the_times_and_the_box_of_theirs(tmp_path):
    published.clay_v0(tmp_path / "clay.parquet")
    import_files([tmp_path / "clay.parquet"], tmp_path / "x.cmpagl")
    assert export_stac(tmp_path / "x.cmpagl", tmp_path / "stac")[0] == 1
    (item,) = read(tmp_path / "stac")[1].values()
    source = geopandas.read_parquet(tmp_path / "clay.parquet")
    assert item["bbox"] == pytest.approx(source.total_bounds.tolist(), abs=1e-6)
    days = [str(one)[:10] for one in source["date"]]
    said = item["properties"]
    assert said["start_datetime"][:10] == min(days)
    assert said["end_datetime"][:10] == max(days)
    assert item["stac_extensions"] == [EMBEDDINGS]


def test_an_earlier_collection_is_replaced_and_nothing_else(index, make_scene, tmp_path):
    stac = tmp_path / "stac"
    export_stac(index, stac)
    other = tmp_path / "y.cmpagl"
    build_index([str(make_scene("d.tif", 256, 192))], other, CheapEncoder(), SPEC)
    (stac / "items" / "note.txt").write_text("mine")
    assert export_stac(other, stac)[0] == 1
    names = [file.name for file in sorted((stac / "items").iterdir())]
    assert [name[:2] for name in names] == ["d-", "no"]
    for name in ("notes.txt", "collection.json"):
        foreign = tmp_path / f"of_{name}"
        foreign.mkdir()
        (foreign / name).write_text('{"type": "Collection", "links": []}')
        assert run(["export", str(index), "--stac", str(foreign)]) == 1
        assert [file.name for file in foreign.iterdir()] == [name]
    assert run(["export", str(index), "--stac", str(index / "stac")]) == 1
    assert run(["export", str(index)]) == 2
    assert run(["export", str(index), "--stac", str(tmp_path / "s"), "-o", "x.csv"]) == 2


def test_a_damaged_part_is_told(index, tmp_path, capsys):
    os.truncate(part_files(index)[0], 100)
    assert run(["export", str(index), "--stac", str(tmp_path / "stac")]) == PARTLY
    assert "damaged" in capsys.readouterr().err
    assert len(read(tmp_path / "stac")[1]) == 3


def test_pystac_finds_it_valid(index, tmp_path):
    pystac = pytest.importorskip("pystac", reason="pystac is not installed ([standards])")
    pytest.importorskip("jsonschema", reason="jsonschema is not installed ([standards])")
    export_stac(index, tmp_path / "stac")
    collection = pystac.Collection.from_file(str(tmp_path / "stac" / "collection.json"))
    items = list(collection.get_items())
    assert len(items) == 4
    for thing in (collection, *items):
        # Its copies of the core's schemas; those of extensions lie on the network.
        thing.stac_extensions = []
        assert thing.validate()
    projection = pytest.importorskip("pystac.extensions.projection")
    written = read(tmp_path / "stac")[1]
    for item in items:
        item.stac_extensions = [PROJECTION]
        said = projection.ProjectionExtension.ext(item)
        raw = written[item.id.rpartition("-")[0]]["properties"]
        assert (said.code, said.shape) == (raw["proj:code"], raw["proj:shape"])
        for asset in item.make_asset_hrefs_absolute().assets.values():
            assert asset.href in {str(path) for path in part_files(index)}
    assert read_info(index).content == collection.extra_fields["cmpagl:content"]
