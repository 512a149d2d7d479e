"""Embeddings for other tools: what is written is what is searched, and comes back as it was."""

from __future__ import annotations

import json
import sys

import geopandas
import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely

from cmpagl_model.cli.app import run
from cmpagl_model.errors import IndexFormatError, OutputError
from cmpagl_model.importing.importer import import_files
from cmpagl_model.index import load_chips, read_info
from cmpagl_model.index.build import build_index
from cmpagl_model.index.export_embeddings import export_embeddings
from cmpagl_model.index.format import PARTS
from tests.cmpagl_model.importing import published
from tests.cmpagl_model.index.cheap import CheapEncoder
from tests.cmpagl_model.index.embedded import clustered, write_source
from tiling import ChipSpec

COLLECTION = {
    "emb:type", "emb:dimensions", "emb:chip_layout", "emb:temporal_resolution", "emb:fit_for_use",
    "emb:uncertainty",
}  # fmt: skip
"""Names that version 0.0.1 of the extension allows in a collection; then those of an item."""
ITEM = {
    "emb:runtime_parameters", "emb:preprocessing", "emb:postprocessing", "emb:fit_for_use",
    "emb:spatial_coverage", "emb:uncertainty", "emb:quantization", "emb:energy",
}  # fmt: skip


def table_of(index):
    return load_chips(index, read_info(index)).table


@pytest.fixture
def index(tmp_path):
    """Imported embeddings in three parts."""
    source = write_source(tmp_path / "a.parquet", clustered(9000))
    import_files([source], tmp_path / "x.cmpagl", model="some")
    return tmp_path / "x.cmpagl"


def test_parquet_comes_back_as_it_was(index, tmp_path, capsys):
    command = ["export", str(index), "--embeddings", "-o", str(tmp_path / "out.parquet")]
    assert run(command) == 0
    assert "9,000 chips" in capsys.readouterr().out
    report = import_files([tmp_path / "out.parquet"], tmp_path / "y.cmpagl")
    assert report.model == read_info(index).model
    first, second = table_of(index), table_of(tmp_path / "y.cmpagl")
    np.testing.assert_allclose(first.embeddings[:], second.embeddings[:], atol=5e-4)
    rows = np.arange(9000)
    assert shapely.equals_exact(first.footprints(rows), second.footprints(rows)).all()
    np.testing.assert_array_equal(first.windows[:], second.windows[:])
    assert [scene.path for scene in second.scenes] == [scene.path for scene in first.scenes]


def test_row_groups_take_in_whole_parts_until_they_are_large_enough(index, tmp_path, monkeypatch):
    monkeypatch.setattr("cmpagl_model.index.export_embeddings.GROUP_ROWS", 5000)
    export_embeddings(index, tmp_path / "out.parquet")
    about = pq.read_metadata(tmp_path / "out.parquet")
    assert [about.row_group(n).num_rows for n in range(about.num_row_groups)] == [8192, 808]


def test_parquet_is_geoparquet_of_small_files(index, tmp_path):
    export_embeddings(index, tmp_path / "out.parquet")
    frame = geopandas.read_parquet(tmp_path / "out.parquet", bbox=(4.0, 51.0, 4.01, 51.01))
    assert 0 < len(frame) < 9000
    assert frame.crs.to_epsg() == 4326 or frame.crs.to_authority() == ("OGC", "CRS84")
    about = pq.read_metadata(tmp_path / "out.parquet")
    page = json.loads(about.metadata[b"geo"])["columns"]["geometry"]
    shapes = table_of(index).footprints(np.arange(9000))
    np.testing.assert_allclose(page["bbox"], shapely.total_bounds(shapes))
    assert {about.row_group(0).column(n).compression for n in range(about.num_columns)} == {"ZSTD"}
    assert about.num_row_groups == 1


def test_numpy_is_the_same_rows(index, tmp_path):
    assert export_embeddings(index, tmp_path / "out.npy") == (9000, ())
    found = np.load(tmp_path / "out.npy", mmap_mode="r")
    np.testing.assert_array_equal(found, table_of(index).embeddings[:])


def test_lance_reads_the_same_rows(index, tmp_path):
    lance = pytest.importorskip("lance", reason="pip install pylance, of the extra [lance]")
    export_embeddings(index, tmp_path / "out.parquet")
    assert export_embeddings(index, tmp_path / "out.lance") == (9000, ())
    found, wanted = (
        lance.dataset(str(tmp_path / "out.lance")),
        pq.read_table(tmp_path / "out.parquet"),
    )
    assert found.to_table().equals(wanted)
    assert found.schema.metadata == wanted.schema.metadata
    assert {path.name for path in tmp_path.iterdir()} == {
        "a.parquet", "x.cmpagl", "out.parquet", "out.lance"
    }  # fmt: skip
    near = found.to_table(nearest={"column": "embedding", "q": wanted["embedding"][7].as_py(),
                                   "k": 1})  # fmt: skip
    assert near["chip"].to_pylist() == [7]


def test_a_dataset_of_lance_comes_back_as_it_was(index, tmp_path):
    pytest.importorskip("lance", reason="pip install pylance, of the extra [lance]")
    export_embeddings(index, tmp_path / "out.lance")
    report = import_files([tmp_path / "out.lance"], tmp_path / "y.cmpagl")
    assert (report.model, report.chips, report.problems) == (read_info(index).model, 9000, ())
    first, second = table_of(index), table_of(tmp_path / "y.cmpagl")
    np.testing.assert_allclose(first.embeddings[:], second.embeddings[:], atol=5e-4)
    rows = np.arange(9000)
    assert shapely.equals_exact(first.footprints(rows), second.footprints(rows)).all()
    again = import_files([tmp_path / "out.lance"], tmp_path / "y.cmpagl")
    assert (again.chips, again.parts) == (9000, 0)


def test_no_dataset_is_replaced(index, tmp_path, capsys):
    pytest.importorskip("lance", reason="pip install pylance, of the extra [lance]")
    (tmp_path / "out.lance").mkdir()
    (tmp_path / "out.lance" / "mine").write_text("mine")
    words = ["export", str(index), "--embeddings", "-o", str(tmp_path / "out.lance")]
    assert run(words) == 1
    assert "next: move it away" in capsys.readouterr().err
    assert (tmp_path / "out.lance" / "mine").read_text() == "mine"


def test_without_lance_a_line_says_what_to_install(index, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "lance", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    words = ["export", str(index), "--embeddings", "-o", str(tmp_path / "out.lance")]
    assert run(words) == 1
    told = capsys.readouterr().err
    assert "pip install 'cmpagl-qgis[lance]'" in told
    assert told.count("\n") == 1
    folder = tmp_path / "in.lance"
    (folder / "_versions").mkdir(parents=True)
    assert run(["import", str(folder), "-o", str(tmp_path / "y.cmpagl")]) == 1
    assert "pip install 'cmpagl-qgis[lance]'" in capsys.readouterr().err


def test_what_a_file_said_of_its_rows_goes_with_them(tmp_path):
    published.lgnd_clay(tmp_path / "clay")
    import_files([tmp_path / "clay"], tmp_path / "x.cmpagl", model="clay-v1.5")
    plain = write_source(tmp_path / "plain.parquet", clustered(5, 1024))
    import_files([plain], tmp_path / "x.cmpagl", model="clay-v1.5")
    export_embeddings(tmp_path / "x.cmpagl", tmp_path / "out.parquet")
    frame = geopandas.read_parquet(tmp_path / "out.parquet")
    assert set(frame["id"].dropna()) == {f"chip-{n}" for n in range(published.COUNT)}
    assert frame["id"].isna().sum() == frame["datetime"].isna().sum() == 5
    assert sorted(frame["datetime"].dropna()) == published.TIMES


def test_a_lost_part_is_told_and_left_out(index, tmp_path, capsys):
    lost = sorted((index / PARTS).iterdir())[1]
    lost.write_bytes(lost.read_bytes()[:-100] + bytes(100))
    for name in ("out.parquet", "out.npy"):
        assert run(["export", str(index), "--embeddings", "-o", str(tmp_path / name)]) == 3
        assert lost.name in capsys.readouterr().err
    rows = 9000 - 4096
    assert np.load(tmp_path / "out.npy").shape == (rows, 24)
    assert len(geopandas.read_parquet(tmp_path / "out.parquet")) == rows


def test_nothing_to_write_and_no_place_for_it(index, tmp_path):
    with pytest.raises(OutputError, match=r"wanted \.parquet, \.npy, \.lance"):
        export_embeddings(index, tmp_path / "out.csv")
    with pytest.raises(OutputError, match="inside the index"):
        export_embeddings(index, index / "out.npy")
    for part in (index / PARTS).iterdir():
        part.unlink()
    with pytest.raises(IndexFormatError, match="no chips that can be read"):
        export_embeddings(index, tmp_path / "out.npy")


def test_the_footer_is_as_the_extension_for_embeddings_wants_it(make_scene, tmp_path):
    folder = tmp_path / "x.cmpagl"
    build_index([str(make_scene())], folder, CheapEncoder(), ChipSpec(size_px=64, native=True))
    (part,) = (folder / PARTS).iterdir()
    page = json.loads(pq.read_metadata(part).metadata[b"emb"])
    item = page["item_properties"]
    assert {name for name in page if name.startswith("emb:")} <= COLLECTION
    assert {name for name in item if name.startswith("emb:")} <= ITEM
    layout = page["emb:chip_layout"]
    assert (layout["chip_size"], layout["stride"]) == ([64, 64], [32, 32])
    links = {link["rel"]: link["href"] for link in page["links"]}
    assert links["emb:model"].endswith(read_info(folder).model.fingerprint)
    assert links["emb:source-data"] == (tmp_path / "scene.tif").as_uri()
    for name in ("emb:preprocessing", "emb:postprocessing"):
        assert set(item[name]) == {"format", "expression"}
    assert item["emb:quantization"]["original_dtype"] == "float32"
    assert (page["emb:type"], page["data_type"]) == ("chip", "float16")
