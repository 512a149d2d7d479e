"""Embeddings with the schemas of those that are published: places, directions, names and times."""

from __future__ import annotations

from functools import partial

import numpy as np
import pyarrow.parquet as pq
import pytest
import shapely

from cmpagl_model.cli.app import run
from cmpagl_model.importing.importer import import_files
from cmpagl_model.importing.models import UNNAMED
from cmpagl_model.index import load_chips, read_info
from tests.cmpagl_model.importing import published
from tests.cmpagl_model.index.embedded import boxes

AREAS = {
    "clay-v0": (published.clay_v0, UNNAMED),
    "major-tom": (partial(published.major_tom, nested=False), UNNAMED),
    "major-tom-nested": (partial(published.major_tom, nested=True), UNNAMED),
    "ml4sustain": (published.ml4sustain, UNNAMED),
    "quantized": (published.quantized, "prithvi-v2"),
    "geoarrow": (published.geoarrow, UNNAMED),
}
POINTS = {
    "earth-index": (published.earth_index, "dinov2_vits14_softcon 2.0.0"),
    "alpha-earth": (partial(published.alpha_earth, whole=False), UNNAMED),
    "alpha-earth-int8": (partial(published.alpha_earth, whole=True), UNNAMED),
    "tessera": (published.tessera, UNNAMED),
}


def imported(tmp_path, write, **options):
    """An index of one file, and what the embeddings should be."""
    vectors = write(tmp_path / "20240603_31UET.parquet")
    report = import_files([tmp_path / "20240603_31UET.parquet"], tmp_path / "x.cmpagl", **options)
    assert (report.files, report.chips, report.problems) == (1, published.COUNT, ())
    table = load_chips(tmp_path / "x.cmpagl", read_info(tmp_path / "x.cmpagl")).table
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    np.testing.assert_allclose(table.embeddings[:], vectors / lengths, atol=1e-3)
    return report, table


def kept(tmp_path, name):
    """A column of the index's parts."""
    return pq.read_table(tmp_path / "x.cmpagl" / "parts").column(name).to_pylist()


@pytest.mark.parametrize("case", AREAS)
def test_areas(tmp_path, case):
    write, model = AREAS[case]
    report, table = imported(tmp_path, write)
    assert (report.points, report.model.name) == (0, model)
    shapes = table.footprints(np.arange(published.COUNT))
    assert shapely.hausdorff_distance(shapes, boxes(published.COUNT)).max() < 1e-9


@pytest.mark.parametrize("case", POINTS)
def test_points_become_squares(tmp_path, case):
    write, model = POINTS[case]
    report, table = imported(tmp_path, write, side_m=320)
    assert (report.points, report.model.name) == (0, model)
    shapes = table.footprints(np.arange(published.COUNT))
    away = shapely.distance(shapely.centroid(shapes), published.centres())
    assert away.max() < 1e-9
    west, south, east, north = shapely.bounds(shapes).T
    up = (north - south) * 111_319.49
    across = (east - west) * 111_319.49 * np.cos(np.radians((north + south) / 2))
    np.testing.assert_allclose(np.stack([up, across]), 320, rtol=1e-3)
    np.testing.assert_allclose(table.ground_m[:], 320, rtol=1e-3)


def test_points_stay_points_and_that_is_said(tmp_path, capsys):
    published.earth_index(tmp_path / "a.parquet")
    assert run(["import", str(tmp_path / "a.parquet"), "-o", str(tmp_path / "x.cmpagl")]) == 0
    assert "12 chips are points" in (told := capsys.readouterr().err)
    assert "--side" in told
    squares = ["--side", "320"]
    assert (
        run(["import", str(tmp_path / "a.parquet"), "-o", str(tmp_path / "x.cmpagl"), *squares])
        == 0
    )
    assert "points" not in capsys.readouterr().err
    table = load_chips(tmp_path / "x.cmpagl", read_info(tmp_path / "x.cmpagl")).table
    assert len(table) == published.COUNT
    assert (shapely.get_type_id(table.footprints(np.arange(published.COUNT))) == 3).all()


@pytest.mark.parametrize("east", [-180.0, -179.9999, 179.9999, 180.0])
def test_squares_are_split_at_the_antimeridian(tmp_path, east):
    def write(path):
        vectors = published.earth_index(path)
        table = pq.read_table(path)
        blobs = shapely.to_wkb([shapely.Point(east, 51)] * published.COUNT)
        at = table.schema.get_field_index("geometry")
        pq.write_table(table.set_column(at, table.schema.field(at), [blobs.tolist()]), path)
        return vectors

    _, table = imported(tmp_path, write, side_m=320)
    (shape,) = table.footprints(np.arange(1))
    assert len(shape.geoms) == 2
    assert shape.area * 111_319.49**2 * np.cos(np.radians(51)) == pytest.approx(320**2, rel=1e-3)
    assert table.ground_m[0] == pytest.approx(320, rel=1e-3)


def test_a_hive_of_files_is_one_index_and_goes_on_from_where_it_was(tmp_path):
    vectors = published.lgnd_clay(tmp_path / "clay")
    (tmp_path / "clay" / "_metadata").write_bytes(b"no data")
    (tmp_path / "clay" / ".part.parquet").write_bytes(b"no data")
    index = tmp_path / "x.cmpagl"
    report = import_files([tmp_path / "clay"], index, model="clay-v1.5")
    assert (report.files, report.chips, report.scenes) == (2, published.COUNT, 2)
    table = load_chips(index, read_info(index)).table
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    np.testing.assert_allclose(table.embeddings[:], vectors / lengths, atol=1e-3)
    assert sorted(kept(tmp_path, "id")) == sorted(f"chip-{n}" for n in range(published.COUNT))
    assert sorted(kept(tmp_path, "datetime")) == published.TIMES
    assert set(kept(tmp_path, "source")) == {f"S2A_31UET_{n}_L2A" for n in range(published.COUNT)}
    pattern = f"{tmp_path}/clay/**/month=0[56]/*.parquet"
    again = import_files([pattern, tmp_path / "clay"], index, model="clay-v1.5")
    assert (again.files, again.chips, again.parts) == (2, published.COUNT, 0)


def test_a_deep_hive_is_found(tmp_path):
    vectors = published.lgnd_monthly(tmp_path / "lgnd-embeddings")
    report = import_files([tmp_path / "lgnd-embeddings"], tmp_path / "x.cmpagl", model="clay-v1.5")
    assert (report.files, report.chips, report.points) == (1, published.COUNT, 0)
    table = load_chips(tmp_path / "x.cmpagl", read_info(tmp_path / "x.cmpagl")).table
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    np.testing.assert_allclose(table.embeddings[:], vectors / lengths, atol=1e-3)
    assert kept(tmp_path, "id") == [f"chip-{n}" for n in range(published.COUNT)]


@pytest.mark.parametrize("write", [published.clay_v0, published.ml4sustain])
def test_the_second_file_of_a_data_set_joins_the_first(tmp_path, write):
    for name, codec in (("27WXN_20200101", "zstd"), ("27WXP_20210101", "gzip")):
        path = tmp_path / f"{name}.parquet"
        write(path)
        pq.write_table(pq.read_table(path), path, compression=codec)  # other bytes: no copy
        import_files([path], tmp_path / "x.cmpagl")
    assert sum(part.rows for part in read_info(tmp_path / "x.cmpagl").parts) == 2 * published.COUNT
    assert kept(tmp_path, "datetime")[0].date() == published.TIMES[0].date()
    assert kept(tmp_path, "source")[1].endswith(("1.tif", "L2A_1"))


def test_of_several_files_the_bad_ones_are_told_and_left_out(tmp_path, capsys):
    published.clay_v0(tmp_path / "good.parquet")
    published.geoarrow(tmp_path / "other.parquet")
    (tmp_path / "torn.parquet").write_bytes(b"PAR1 and no more")
    assert run(["import", str(tmp_path), "-o", str(tmp_path / "x.cmpagl")]) == 3
    told = capsys.readouterr()
    assert "torn.parquet: not readable as Parquet" in told.err
    assert "other.parquet: found 32 numbers of unnamed, wanted 768" in told.err
    assert "12 chips of unnamed from 1 file imported" in told.out


def test_a_place_without_files_is_refused(tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    for given in ("empty", "none/*.parquet", "none"):
        assert run(["import", str(tmp_path / given), "-o", str(tmp_path / "x.cmpagl")]) == 1
        assert f"{given}: found no file with embeddings" in capsys.readouterr().err
    assert not (tmp_path / "x.cmpagl").exists()
