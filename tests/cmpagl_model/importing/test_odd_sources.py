"""Embeddings as strangers write them: taken in, mended with a count, or refused in one message."""

from __future__ import annotations

import json
import os
import struct
from contextlib import suppress

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from cmpagl_model.errors import CmpaglError, SourceError
from cmpagl_model.importing.shapes import MOST_CROSSINGS, crossings, enclosed, make_valid
from cmpagl_model.importing.wkb import read_shapes
from cmpagl_model.index import load_chips, read_info
from tests.cmpagl_model.index.embedded import boxes, clustered, import_file

GOOD = 4
DEEP = 50_000


def write(path, *, geo=None, emb=None, wkb=None, **columns):
    """Five good rows; single columns, geometries and pages of the footer may be others."""
    wkb = shapely.to_wkb(boxes(GOOD + 1)).tolist() if wkb is None else wkb
    columns.setdefault("embedding", pa.array(list(clustered(GOOD + 1, 8)), pa.list_(pa.float64())))
    table = pa.table({"geometry": pa.array(wkb, pa.binary()), **columns})
    pages = {name: page for name, page in (("geo", geo), ("emb", emb)) if page is not None}
    pq.write_table(table.replace_schema_metadata(pages), path)
    return path


def table_of(index):
    return load_chips(index, read_info(index)).table


def nested(depth, kind):
    """A shape in a set in a set ..., as WKB."""
    return b"".join(struct.pack("<BII", 1, kind, 1) for _ in range(depth)) + shapely.to_wkb(
        shapely.Point(4, 51)
    )


def star(corners):
    """A polygon whose sides all cross each other, round 4 east, 51 north."""
    steps = next(k for k in range(corners // 2, 0, -1) if np.gcd(k, corners) == 1)
    turn = 2 * np.pi * (np.arange(corners) * steps % corners) / corners
    return shapely.Polygon(np.stack([4 + np.cos(turn), 51 + np.sin(turn)], axis=1))


VECTORS = {
    "NaN": ([np.nan] + [1.0] * 7, "NaN or infinity"),
    "infinite": ([1.0] * 7 + [-np.inf], "NaN or infinity"),
    "zero": ([0.0] * 8, "zeros"),
}
SHAPES = {
    "off the globe": (shapely.to_wkb(shapely.box(200, 10, 201, 11)), "off the globe"),
    "beyond a pole": (shapely.to_wkb(shapely.box(4, 89, 5, 91)), "off the globe"),
    "NaN": (shapely.to_wkb(shapely.Point(np.nan, 51)), "off the globe|without geometry"),
    "infinite": (shapely.to_wkb(shapely.Point(np.inf, 51)), "off the globe"),
    "a star": (shapely.to_wkb(star(6001)), "crosses itself too often"),
    "nothing": (b"", "cannot be read"),
    "cut": (shapely.to_wkb(boxes(1)[0])[:-7], "cannot be read"),
    "more than there is": (struct.pack("<BII", 1, 3, 2**31 - 1), "cannot be read"),
    **{f"deep {kind}": (nested(DEEP, kind), "cannot be read") for kind in (4, 5, 6, 7)},
}
WINDOWS = {
    "beyond 31 bits": (2**31 - 10, 0, 160, 160),
    "beyond 63 bits": (0, 2.0**70, 160, 160),
    "before the first pixel": (-1, 0, 160, 160),
    "without a side": (0, 0, 0, 160),
    "no number": (0, None, 160, 160),
    "between two pixels": (0, 0.5, 160, 160),
}


def imported_but_one(tmp_path, said, **columns):
    """Import a file of which one row is bad; what was said of it."""
    report = import_file(write(tmp_path / "a.parquet", **columns), tmp_path / "x.cmpagl")
    assert report.chips == GOOD
    assert len(table_of(tmp_path / "x.cmpagl")) == GOOD
    ((problem),) = report.problems
    assert "1 row with" in str(problem)
    assert any(one in str(problem) for one in said.split("|")), problem
    assert "(row 2, counted from 0)" in str(problem)


@pytest.mark.parametrize("case", VECTORS)
def test_vectors_that_are_none_are_counted_and_left_out(tmp_path, case):
    vector, said = VECTORS[case]
    rows = [*clustered(2, 8), vector, *clustered(2, 8, 1)]
    column = pa.array([list(map(float, row)) for row in rows], pa.list_(pa.float64()))
    imported_but_one(tmp_path, said, embedding=column)


@pytest.mark.parametrize("case", SHAPES)
def test_shapes_that_are_none_are_counted_and_left_out(tmp_path, case):
    blob, said = SHAPES[case]
    good = shapely.to_wkb(boxes(GOOD)).tolist()
    imported_but_one(tmp_path, said, wkb=[*good[:2], blob, *good[2:]])


@pytest.mark.parametrize("case", WINDOWS)
def test_windows_that_are_none_are_counted_and_left_out(tmp_path, case):
    good = [(160 * n, 0, 160, 160) for n in range(GOOD)]
    columns = zip(*[*good[:2], WINDOWS[case], *good[2:]], strict=True)
    sides = ("col", "row", "width", "height")
    imported_but_one(tmp_path, "window", **dict(zip(sides, columns, strict=True)))


@pytest.mark.parametrize("scale", [1e300, 1e-300, 5e-324, 1.7e308])
def test_vectors_of_any_finite_length_keep_their_direction(tmp_path, scale):
    wanted = np.zeros((GOOD + 1, 8))
    wanted[:, 3] = scale
    column = pa.array(list(wanted), pa.list_(pa.float64()))
    report = import_file(write(tmp_path / "a.parquet", embedding=column), tmp_path / "x.cmpagl")
    assert not report.problems
    found = np.asarray(table_of(tmp_path / "x.cmpagl").embeddings[:])
    np.testing.assert_array_equal(found, np.eye(8, dtype=np.float16)[[3] * (GOOD + 1)])


def test_an_outline_that_crosses_itself_is_mended_and_counted(tmp_path):
    bow = shapely.Polygon([(4, 51), (5, 52), (5, 51), (4, 52)])
    source = write(tmp_path / "a.parquet", wkb=[shapely.to_wkb(bow)] * (GOOD + 1))
    report = import_file(source, tmp_path / "x.cmpagl")
    assert (report.chips, report.problems) == (GOOD + 1, ())
    assert "5 rows with an outline that crosses itself mended" in str(report.mended[0])
    (shape, *_) = table_of(tmp_path / "x.cmpagl").footprints(np.arange(1))
    assert shapely.is_valid(shape)
    assert shape.area == pytest.approx(0.5)


INF, NAN = float("inf"), float("nan")
NUMBERS = {
    "gsd_m": ([0.5, None, NAN, 0.0, -1.0], 1, 3),
    "gsd_m as whole numbers": ([7, None, 2**63, 2**53 + 1, 0], 1, 3),
    "ground_m": ([80.0, None, INF, 1e8, 1e-9], 1, 3),
    "valid_fraction": ([0.0, None, 1.5, -0.25, INF], 1, 3),
    "valid_fraction in percent": ([0, 1, None, 2, 100], 2, 2),
}
"""Values, how many of the first are true, how many of the last cannot be."""


@pytest.mark.parametrize("case", NUMBERS)
def test_numbers_that_cannot_be_are_filled_in_and_counted(tmp_path, case):
    said, true, odd = NUMBERS[case]
    name = case.split()[0]
    column = pa.array(said, pa.uint64() if name != case else pa.float64())
    report = import_file(write(tmp_path / "a.parquet", **{name: column}), tmp_path / "x.cmpagl")
    assert (report.chips, report.problems) == (GOOD + 1, ())
    assert len(report.mended) == 1
    assert f"{odd} rows with a {name} that cannot be mended (rows" in str(report.mended[0])
    import_file(write(tmp_path / "b.parquet"), tmp_path / "y.cmpagl")
    found, otherwise = (
        getattr(table_of(tmp_path / index), name.removesuffix("_fraction"))[:].tolist()
        for index in ("x.cmpagl", "y.cmpagl")
    )
    assert found == [*said[:true], *otherwise[true:]]


def test_a_hair_off_the_globe_is_put_on_its_edge(tmp_path):
    edge = shapely.to_wkb(shapely.box(179.9, 51, 180 + 1e-9, 52))
    import_file(write(tmp_path / "a.parquet", wkb=[edge] * (GOOD + 1)), tmp_path / "x.cmpagl")
    table = table_of(tmp_path / "x.cmpagl")
    assert table.bounds(np.arange(len(table)))[:, 2].max() == 180


def geo(**about):
    page = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": about}}
    return json.dumps(page)


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        ({"geo": "{"}, "broken 'geo' page"),
        ({"geo": b"\xff\xfe"}, "broken 'geo' page"),
        ({"geo": "[1]"}, "broken 'geo' page"),
        ({"geo": "[" * 100_000}, "broken 'geo' page"),
        ({"geo": '{"primary_column": {}}'}, "broken 'geo' page"),
        ({"geo": '{"columns": []}'}, "broken 'geo' page"),
        ({"geo": '{"columns": {"geometry": 5}}'}, "broken 'geo' page"),
        ({"geo": geo(encoding="point")}, "no geometry column of WKB"),
        ({"geo": geo(crs="no such place")}, "coordinate reference system"),
        ({"geo": geo(crs={"type": "GeographicCRS"})}, "coordinate reference system"),
        ({"geo": geo(crs=[])}, "coordinate reference system"),
        ({"geo": geo(crs=10**20)}, "coordinate reference system"),
        ({"geo": geo(crs=1.5)}, "coordinate reference system"),
        ({"geo": geo(crs="EPSG:5703")}, "coordinate reference system"),  # heights
        ({"emb": "{"}, "broken 'emb' page"),
        ({"emb": "7"}, "broken 'emb' page"),
        ({"emb": '{"emb:model": 5}'}, "broken 'emb' page"),
        ({"col": ["a"] * 5, "row": [1] * 5, "width": [1] * 5, "height": [1] * 5}, "column 'col'"),
        ({"ground_m": ["far"] * 5}, "column 'ground_m' of string"),
        ({"window": pa.array([{"col": "x"}] * 5)}, "column 'window'"),
    ],
)
def test_what_a_footer_or_a_column_cannot_mean_is_refused(tmp_path, pages, said):
    with pytest.raises(SourceError, match=said) as refusal:
        import_file(write(tmp_path / "a.parquet", **pages), tmp_path / "x.cmpagl")
    assert "next:" in str(refusal.value)
    assert not (tmp_path / "x.cmpagl").exists()


def test_a_broken_model_page_does_not_matter_where_the_model_is_named(tmp_path):
    source = write(tmp_path / "a.parquet", emb="{")
    assert import_file(source, tmp_path / "x.cmpagl", model="clay").model.name == "clay"


@given(st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["primary_column", "columns", "geometry", "crs", "encoding", "emb:model"]),
        inner, max_size=3,
    ),
    max_leaves=12,
))  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_any_page_is_understood_or_refused(tmp_path_factory, page):
    folder = tmp_path_factory.mktemp("any")
    for name in ("geo", "emb"):
        source = write(folder / f"{name}.parquet", **{name: json.dumps(page)})
        with suppress(CmpaglError):
            import_file(source, folder / f"{name}.cmpagl")


@given(st.binary(max_size=60) | st.builds(
    lambda shape, cut, put: shapely.to_wkb(shape)[:cut] + put,
    st.sampled_from([
        shapely.box(4, 51, 5, 52), shapely.Point(4, 51),
        shapely.MultiPolygon([shapely.box(4, 51, 5, 52), shapely.box(7, 51, 8, 52)]),
        shapely.MultiLineString([[(4, 51), (5, 52)]]), shapely.MultiPoint([(4, 51)]),
    ]), st.integers(0, 120), st.binary(max_size=20),
))  # fmt: skip
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_a_shape_or_none(blob):
    (shape,), (unreadable,) = read_shapes([blob])
    assert (shape is None) == unreadable
    if shape is not None:
        assert shapely.equals_exact(shape, shapely.from_wkb(blob)) or shape.is_empty


@pytest.mark.parametrize("flavor", ["iso", "extended"])
@pytest.mark.parametrize("order", [0, 1])
def test_all_plain_shapes_are_read_as_they_were_written(flavor, order):
    plain = [
        shapely.from_wkt(text)
        for text in (
            "POINT (1 2)", "LINESTRING Z (1 2 3, 4 5 6)", "POLYGON ((0 0, 1 0, 1 1, 0 0))",
            "MULTIPOINT (1 2, 3 4)", "MULTILINESTRING M ((1 2 3, 4 5 6), (7 8 9, 1 2 3))",
            "MULTIPOLYGON Z (((0 0 1, 9 0 1, 9 9 1, 0 0 1), (5 1 1, 6 1 1, 6 2 1, 5 1 1)), "
            "((20 0 1, 21 0 1, 21 1 1, 20 0 1)))",
            "MULTIPOLYGON EMPTY",
        )
    ]  # fmt: skip
    blobs = [
        shapely.to_wkb(
            shapely.set_srid(one, 4326), flavor=flavor, byte_order=order, output_dimension=4,
            include_srid=flavor == "extended",
        )
        for one in plain
    ]  # fmt: skip
    shapes, unreadable = read_shapes([None, *blobs])
    assert not unreadable.any()
    assert shapes[0] is None
    assert shapely.equals_identical(shapes[1:], plain).all()


@pytest.mark.parametrize("corners", [5, 31, 101])
def test_crossings_are_counted(corners):
    assert crossings(star(corners)) == corners * (corners - 3) // 2
    assert crossings(shapely.box(0, 0, 1, 1)) == 0


def test_many_crossings_are_estimated_and_refused_at_once():
    many = star(6001)
    assert crossings(many) == pytest.approx(6001 * 5998 / 2, rel=0.05)
    assert enclosed(many) is None
    assert MOST_CROSSINGS > 101 * 98 / 2
    assert enclosed(star(101)).area == pytest.approx(np.pi / 3, rel=0.01)


def test_only_what_crosses_itself_is_mended():
    flat = shapely.Polygon([(0, 0), (1, 1), (2, 2)])
    shapes = np.array([None, shapely.Point(1, 2), shapely.box(0, 0, 1, 1), flat], object)
    whole, changed = make_valid(shapes)
    assert whole[:3].tolist() == shapes[:3].tolist()
    assert whole[3] is None
    assert not changed.any()


def test_a_path_that_is_not_utf_8_is_to_be_changed(tmp_path):
    source = write(tmp_path / "a.parquet")
    try:
        odd = source.rename(tmp_path / os.fsdecode(b"\xff\xe9.parquet"))
    except OSError:
        pytest.skip("no such names on this file system")
    with pytest.raises(SourceError, match="not UTF-8; next: rename the file or"):
        import_file(odd, tmp_path / "x.cmpagl")


def test_a_file_that_is_written_while_it_is_imported_is_refused(tmp_path):
    source, other = write(tmp_path / "a.parquet"), write(tmp_path / "b.parquet", gsd_m=[2.0] * 5)
    os.utime(source, (1e9, 1e9))

    class Meanwhile:
        def start(self, chips, what): ...

        def advance(self, chips, scene):  # noqa: ARG002 - as a progress has it
            source.write_bytes(other.read_bytes())

    with pytest.raises(SourceError, match="has changed while it was read; next: import it again"):
        import_file(source, tmp_path / "x.cmpagl", progress=Meanwhile())
    import_file(source, tmp_path / "x.cmpagl")
    assert table_of(tmp_path / "x.cmpagl").gsd_m[:].tolist() == [2.0] * 5
