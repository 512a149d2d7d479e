"""Paths and addresses of other systems, which need not be at hand."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import PurePosixPath, PureWindowsPath

import pytest

from tiling.addresses import plain_path, sqlite_address


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        (PurePosixPath("/data/a b.gpkg"), "file:///data/a%20b.gpkg"),
        (PureWindowsPath("C:/data/a#b.gpkg"), "file:///C:/data/a%23b.gpkg"),
        (PureWindowsPath("//server/share/a.gpkg"), "file:////server/share/a.gpkg"),
    ],
)
def test_sqlite_knows_no_servers(path, wanted):
    assert sqlite_address(path) == f"{wanted}?mode=ro&immutable=1"


@pytest.mark.parametrize("name", ["a b.gpkg", "50%.gpkg", "a#b?c.gpkg"])
def test_sqlite_opens_what_it_is_given(tmp_path, name):
    path = tmp_path / name
    with closing(sqlite3.connect(path)) as base:
        base.execute("CREATE TABLE x (y)")
    before = path.read_bytes()
    with closing(sqlite3.connect(sqlite_address(path), uri=True)) as base:
        assert base.execute("SELECT name FROM sqlite_master").fetchall() == [("x",)]
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            base.execute("DROP TABLE x")
    assert path.read_bytes() == before


def test_an_address_of_a_file_is_decoded_once(tmp_path):
    path = tmp_path / "50%25 cover.tif"
    assert plain_path(path.as_uri()) == str(path)
    assert plain_path(path.as_uri().replace("file://", "file://localhost")) == str(path)
