"""Embeddings of other files into an index: the same places and directions, or a clear refusal."""

from __future__ import annotations

import json

import geopandas
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from cmpagl_model.cli.app import run
from cmpagl_model.errors import IndexMismatchError, ModelError, SourceError
from cmpagl_model.importing import importer
from cmpagl_model.importing.importer import import_files
from cmpagl_model.importing.source import BATCH_ROWS
from cmpagl_model.index import load_chips, open_chips, read_info
from cmpagl_model.index.verify import verify_index
from cmpagl_model.model_folder import find_model
from tests.cmpagl_model.index.embedded import boxes, clustered, import_file, write_source


def table_of(index):
    return load_chips(index, read_info(index)).table


def units(vectors):
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def write_arrow(path, **columns):
    """A Parquet file of these columns, geometry in WKB if none is given, no GeoParquet page."""
    count = len(next(iter(columns.values())))
    columns.setdefault("geometry", pa.array(shapely.to_wkb(boxes(count)), pa.binary()))
    pq.write_table(pa.table(columns), path)
    return path


def test_rows_keep_order_place_and_direction(tmp_path):
    vectors = clustered(9000)
    source = write_source(tmp_path / "some.parquet", vectors)
    report = import_file(source, tmp_path / "x.cmpagl")
    assert (report.chips, report.parts, report.scenes, report.problems) == (9000, 3, 1, ())
    table = table_of(tmp_path / "x.cmpagl")
    np.testing.assert_allclose(table.embeddings, units(vectors), atol=1e-3)
    assert shapely.equals(table.footprints(np.arange(9000)), boxes(9000)).all()
    np.testing.assert_allclose(table.bounds(np.arange(9000)), shapely.bounds(boxes(9000)))
    assert table.scenes[0].path == str(source)


@pytest.mark.parametrize("kind", [pa.float16(), pa.float32(), pa.float64()])
@pytest.mark.parametrize("shape", ["list", "large", "fixed"])
def test_lists_of_every_kind(tmp_path, kind, shape):
    vectors = clustered(50, 8).astype(np.float16)
    lists = {"list": pa.list_(kind), "large": pa.large_list(kind), "fixed": pa.list_(kind, 8)}
    column = pa.array([list(row) for row in vectors], pa.list_(pa.float16())).cast(lists[shape])
    import_file(write_arrow(tmp_path / "a.parquet", vector=column), tmp_path / "x.cmpagl")
    table = table_of(tmp_path / "x.cmpagl")
    np.testing.assert_allclose(table.embeddings, units(vectors.astype(np.float64)), atol=1e-3)


def test_other_crs_become_longitude_and_latitude(tmp_path):
    source = write_source(tmp_path / "utm.parquet", clustered(300), crs="EPSG:32631")
    import_file(source, tmp_path / "x.cmpagl")
    table = table_of(tmp_path / "x.cmpagl")
    away = shapely.hausdorff_distance(table.footprints(np.arange(300)), boxes(300))
    assert away.max() < 1e-6
    assert shapely.is_ccw(shapely.get_exterior_ring(table.footprints(np.arange(300)))).all()


def test_clockwise_and_many_part_shapes_are_turned(tmp_path):
    shapes = boxes(4)
    turned = shapely.reverse(shapely.normalize(shapes))
    turned[2] = shapely.multipolygons([turned[2], shapely.transform(turned[2], lambda p: p + 1)])
    turned[3] = shapely.Point(4.5, 51.5)
    frame = geopandas.GeoDataFrame(geometry=turned, crs="OGC:CRS84")
    frame["embedding"] = list(clustered(4))
    frame.to_parquet(tmp_path / "a.parquet")
    import_file(tmp_path / "a.parquet", tmp_path / "x.cmpagl")
    found = table_of(tmp_path / "x.cmpagl").footprints(np.arange(4))
    assert shapely.equals(found, turned).all()
    for shape in (*found[:2], *found[2].geoms):
        assert shapely.is_ccw(shape.exterior)


def test_an_index_of_ours_keeps_scenes_windows_and_model(tmp_path):
    scenes = np.repeat(["a.tif", "b.tif", "a.tif"], [3000, 3000, 3000])
    columns = {
        "scene": scenes, "col": np.arange(9000) * 7, "row": np.arange(9000), "width": 160,
        "height": 150, "gsd_m": 0.5, "ground_m": 80.0, "valid_fraction": 0.75,
    }  # fmt: skip
    source = write_source(tmp_path / "ours.parquet", clustered(9000), **columns)
    table = pq.read_table(source)
    model = {"emb:model": {"name": "other", "fingerprint": "ab" * 32}}
    footer = {**table.schema.metadata, b"emb": json.dumps(model).encode()}
    pq.write_table(table.replace_schema_metadata(footer), source)
    report = import_file(source, tmp_path / "x.cmpagl")
    assert (report.scenes, str(report.model)) == (2, f"other ({'ab' * 6})")
    found = table_of(tmp_path / "x.cmpagl")
    assert [scene.path for scene in found.scenes] == ["a.tif", "b.tif"]
    order = np.argsort(scenes, kind="stable")
    np.testing.assert_array_equal(found.scene_of, (scenes[order] == "b.tif"))
    np.testing.assert_array_equal(found.windows[:, 0], 7 * order)
    assert set(found.gsd_m) == {0.5}
    assert set(found.ground_m) == {80.0}
    assert set(found.valid) == {0.75}


def test_windows_of_the_file_s_own_overlap_as_the_chips_do(tmp_path):
    import_file(write_source(tmp_path / "a.parquet", clustered(9)), tmp_path / "x.cmpagl")
    table = table_of(tmp_path / "x.cmpagl")
    left, right = table.windows[0], table.windows[1]
    assert right[0] - left[0] == pytest.approx(left[2] / 2, abs=1)
    assert table.ground_m[0] == pytest.approx(0.004 * 111_319, rel=0.01)
    assert table.gsd_m[0] * left[2:].max() == pytest.approx(table.ground_m[0])


def test_unusable_rows_are_counted_named_and_left_out(tmp_path, capsys):
    vectors = clustered(20_000)
    vectors[[3, 9000, 9001, 9002, 15_000], 5] = np.nan
    vectors[7] = 0
    source = write_source(tmp_path / "a.parquet", vectors)
    assert run(["import", str(source), "-o", str(tmp_path / "x.cmpagl"), "-q"]) == 3
    told = capsys.readouterr().err
    assert (
        "5 rows with an embedding that holds NaN or infinity left out (rows 3, 9,000, 9,001 ..."
        in told
    )
    assert "1 row with an embedding of zeros left out (row 7, counted from 0)" in told
    table = table_of(tmp_path / "x.cmpagl")
    assert len(table) == 20_000 - 6
    np.testing.assert_allclose(table.embeddings[3:6], units(vectors[[4, 5, 6]]), atol=1e-3)


def test_rows_without_embedding_or_geometry_are_left_out(tmp_path):
    vectors = [[1.0, 2.0], None, [3.0, 1.0], [2.0, None]]
    shapes = [*shapely.to_wkb(boxes(2)), None, shapely.to_wkb(boxes(1)[0])]
    source = write_arrow(
        tmp_path / "a.parquet", embedding=pa.array(vectors, pa.list_(pa.float32())),
        geometry=pa.array(shapes, pa.binary()),
    )  # fmt: skip
    report = import_file(source, tmp_path / "x.cmpagl")
    assert report.chips == 1
    assert [str(problem).split(" left out")[0].split(": ")[-1] for problem in report.problems] == [
        "1 row without embedding",
        "1 row with an embedding that holds NaN or infinity",
        "1 row without geometry",
    ]


def refused(tmp_path, source, **options):
    with pytest.raises(SourceError) as found:
        import_file(source, tmp_path / "x.cmpagl", **options)
    assert not (tmp_path / "x.cmpagl").exists()
    return str(found.value)


def test_no_embedding_column(tmp_path):
    source = write_arrow(tmp_path / "a.parquet", name=pa.array(["x"]), other=pa.array([[1, 2]]))
    told = refused(tmp_path, source)
    assert "no embedding column" in told
    assert "name (string), other (list<" in told


def test_several_embedding_columns(tmp_path):
    column = pa.array([[1.0, 2.0]])
    source = write_arrow(tmp_path / "a.parquet", one=column, two=column)
    assert "2 columns of numbers: one, two" in refused(tmp_path, source)
    assert "no embedding column 'three'" in refused(tmp_path, source, embedding="three")
    assert import_file(source, tmp_path / "x.cmpagl", embedding="two").chips == 1


def test_no_geometry_column(tmp_path):
    pq.write_table(pa.table({"embedding": pa.array([[1.0]])}), tmp_path / "a.parquet")
    told = refused(tmp_path, tmp_path / "a.parquet")
    assert "no geometry column" in told
    assert "its columns: embedding" in told


def test_ragged_lists(tmp_path):
    vectors = [[1.0, 2.0]] * (BATCH_ROWS + 5) + [[1.0, 2.0, 3.0]]
    source = write_arrow(tmp_path / "a.parquet", embedding=pa.array(vectors))
    with pytest.raises(SourceError, match=f"3 numbers in row {BATCH_ROWS + 5} .* wanted 2"):
        import_file(source, tmp_path / "x.cmpagl")
    assert len(table_of(tmp_path / "x.cmpagl")) == BATCH_ROWS  # what was whole before that row


def test_nothing_is_left_of_an_import_without_a_part(tmp_path):
    source = write_arrow(tmp_path / "a.parquet", embedding=pa.array([[1.0, 2.0], [1.0]]))
    with pytest.raises(SourceError, match="1 numbers in row 1"):
        import_file(source, tmp_path / "x.cmpagl")
    assert not (tmp_path / "x.cmpagl").exists()


def test_empty_file(tmp_path):
    source = write_arrow(tmp_path / "a.parquet", embedding=pa.array([], pa.list_(pa.float32())))
    assert "no rows" in refused(tmp_path, source)


def test_all_null(tmp_path):
    column = pa.array([None, None], pa.list_(pa.float32()))
    assert "all are null" in refused(tmp_path, write_arrow(tmp_path / "a.parquet", v=column))


@pytest.mark.parametrize("content", [b"", b"PAR1 and no more", b"x" * 1000])
def test_not_a_parquet(tmp_path, content, capsys):
    (tmp_path / "a.parquet").write_bytes(content)
    assert "not readable as Parquet" in refused(tmp_path, tmp_path / "a.parquet")
    assert run(["import", str(tmp_path / "a.parquet"), "-o", str(tmp_path / "x.cmpagl")]) == 1
    assert "wanted a GeoParquet file" in capsys.readouterr().err


def test_missing_file(tmp_path):
    assert "found no file" in refused(tmp_path, tmp_path / "none.parquet")


def test_too_many_scenes(tmp_path, monkeypatch):
    monkeypatch.setattr(importer, "MOST_SCENES", 5)
    names = [f"scene {number}" for number in range(6)]
    source = write_source(tmp_path / "a.parquet", clustered(6), scene=names)
    with pytest.raises(SourceError, match="over 5 names"):
        import_file(source, tmp_path / "x.cmpagl")


class Stopping:
    """Stops as Ctrl-C does, after some rows."""

    def __init__(self, after):
        self.left = after

    def start(self, chips, what):
        assert (chips, what) == (30_000, "indexing")

    def advance(self, chips, scene):
        assert scene
        self.left -= chips
        if self.left <= 0:
            raise KeyboardInterrupt


def test_what_is_stopped_keeps_whole_parts_and_goes_on(tmp_path):
    source = write_source(tmp_path / "a.parquet", clustered(30_000, 8))
    with pytest.raises(KeyboardInterrupt):
        import_file(source, tmp_path / "x.cmpagl", progress=Stopping(20_000))
    begun = open_chips(tmp_path / "x.cmpagl", read_info(tmp_path / "x.cmpagl"))
    assert not begun.problems
    assert 0 < len(begun.table) < 30_000
    assert len(begun.table) % 4096 == 0
    report = import_file(source, tmp_path / "x.cmpagl")
    assert (report.chips, report.parts) == (30_000, 8 - len(begun.table) // 4096)
    import_file(source, tmp_path / "y.cmpagl")
    stopped, whole = table_of(tmp_path / "x.cmpagl"), table_of(tmp_path / "y.cmpagl")
    np.testing.assert_array_equal(stopped.embeddings, whole.embeddings)


def test_many_scenes_at_once_stay_within_memory_and_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(importer, "WAITING_ROWS", 3000)
    names = np.array([f"scene {number % 7}" for number in range(20_000)])
    vectors = clustered(20_000, 8)
    import_file(write_source(tmp_path / "a.parquet", vectors, scene=names), tmp_path / "x.cmpagl")
    loaded = load_chips(tmp_path / "x.cmpagl", read_info(tmp_path / "x.cmpagl"))
    assert not loaded.problems
    assert len(loaded.table) == 20_000
    number = [scene.path for scene in loaded.table.scenes].index("scene 3")
    rows = loaded.table.embeddings[loaded.table.scene_of == number]
    np.testing.assert_allclose(rows, units(vectors[names == "scene 3"]), atol=1e-3)


def test_a_file_that_changed_takes_the_place_of_its_earlier_state(tmp_path):
    import_file(write_source(tmp_path / "a.parquet", clustered(50)), tmp_path / "x.cmpagl")
    import_file(write_source(tmp_path / "a.parquet", clustered(60, seed=1)), tmp_path / "x.cmpagl")
    assert len(table_of(tmp_path / "x.cmpagl")) == 60


def test_another_model_is_refused(tmp_path):
    first = write_source(tmp_path / "a.parquet", clustered(50))
    import_file(first, tmp_path / "x.cmpagl", model="a")
    other = write_source(tmp_path / "b.parquet", clustered(60))
    for model in (None, "b"):
        with pytest.raises(IndexMismatchError, match=model or "unnamed"):
            import_file(other, tmp_path / "x.cmpagl", model=model)
    assert import_file(other, tmp_path / "x.cmpagl", model="a").chips == 60
    assert len(table_of(tmp_path / "x.cmpagl")) == 110


@pytest.mark.weights
def test_a_model_at_hand_is_taken_with_its_fingerprint(tmp_path):
    shipped = find_model()
    size = shipped.config.embedding_size
    source = write_source(tmp_path / "a.parquet", clustered(20, size))
    report = import_file(source, tmp_path / "x.cmpagl", model=shipped.name)
    assert report.model.fingerprint == shipped.fingerprint
    short = write_source(tmp_path / "b.parquet", clustered(20, 8))
    with pytest.raises(ModelError, match=f"8 numbers, wanted {size}"):
        import_file(short, tmp_path / "y.cmpagl", model=shipped.name)


def test_the_summary_says_how_to_search(tmp_path, capsys):
    source = write_source(tmp_path / "a.parquet", clustered(20))
    command = ["import", str(source), "-o", str(tmp_path / "x.cmpagl"), "--model", "a"]
    assert run(command) == 0
    assert "20 chips of a from 1 file imported" in (told := capsys.readouterr().out)
    assert "searchable by example" in told


def test_rows_of_a_scene_that_the_index_has_are_added_to_it(tmp_path):
    """The second of two files is not lost because both name the same picture."""
    index, both = tmp_path / "x.cmpagl", tmp_path / "y.cmpagl"
    first = write_source(tmp_path / "a.parquet", clustered(6), scene=["s"] * 6)
    second = write_source(tmp_path / "b.parquet", clustered(9), scene=["s"] * 9)
    for source in (first, second, second):
        import_file(source, index)
    assert len(open_chips(index, read_info(index)).table) == 15
    assert not verify_index(index).problems
    import_files([first, second], both)
    assert read_info(index).content == read_info(both).content
