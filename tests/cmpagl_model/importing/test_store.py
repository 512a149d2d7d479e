"""Files in S3 and at web servers: servers on this machine that answer as such do."""

from __future__ import annotations

from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

import pyarrow.parquet as pq
import pytest

from cmpagl_model.cli.app import run
from cmpagl_model.errors import SourceError
from cmpagl_model.importing.files import find_files
from cmpagl_model.importing.importer import import_files
from cmpagl_model.index import load_chips, read_info
from tests.cmpagl_model.importing import published, rasters

if TYPE_CHECKING:
    from pathlib import Path

CHANGED = 1_717_410_600


class Answers(BaseHTTPRequestHandler):
    """Listing, size and pieces of the files below a folder; its first folder is the bucket."""

    protocol_version = "HTTP/1.1"
    folder: Path
    asked: list[tuple[str, str, str | None]]
    in_pieces = True

    def log_message(self, *_):
        """Say nothing."""

    def do_HEAD(self):
        self.answer(self.path)

    def do_GET(self):
        query = parse_qs(urlsplit(self.path).query)
        if "list-type" in query:
            self.send(200, self.listing(query))
        else:
            self.answer(self.path)

    def answer(self, address):
        self.asked.append((self.command, address, self.headers.get("Range")))
        file = self.folder / unquote(urlsplit(address).path).strip("/")
        if not file.is_file():
            self.send(404 if self.command == "HEAD" or not file.is_dir() else 200, b"")
            return
        content, piece = file.read_bytes(), self.headers.get("Range")
        if piece is None or not self.in_pieces:
            self.send(200, content)
            return
        first, last = piece.removeprefix("bytes=").split("-")
        end = min(int(last or len(content)), len(content) - 1)
        about = {"Content-Range": f"bytes {first}-{end}/{len(content)}"}
        self.send(206, content[int(first) : end + 1], about)

    def listing(self, query):
        bucket = self.folder / unquote(urlsplit(self.path).path).strip("/")
        prefix = query.get("prefix", [""])[0]
        keys = sorted(p.relative_to(bucket).as_posix() for p in bucket.rglob("*") if p.is_file())
        keys = [key for key in keys if key.startswith(prefix)]
        folders = set()
        if "delimiter" in query:
            deeper = [key for key in keys if "/" in key[len(prefix) :]]
            folders = {prefix + key[len(prefix) :].split("/")[0] + "/" for key in deeper}
            keys = [key for key in keys if key not in deeper]
        found = "".join(
            f"<Contents><Key>{key}</Key><LastModified>2024-06-03T10:30:00.000Z</LastModified>"
            f"<ETag>&quot;1&quot;</ETag><Size>{(bucket / key).stat().st_size}</Size></Contents>"
            for key in keys
        )
        found += "".join(
            f"<CommonPrefixes><Prefix>{one}</Prefix></CommonPrefixes>" for one in sorted(folders)
        )
        return (
            '<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
            f"<Name>b</Name><Prefix>{prefix}</Prefix><IsTruncated>false</IsTruncated>"
            f"<KeyCount>{len(keys)}</KeyCount>{found}</ListBucketResult>"
        ).encode()

    def send(self, status, content, about=()):
        self.send_response(status)
        for name, value in dict(about).items():
            self.send_header(name, value)
        self.send_header("ETag", '"1"')
        self.send_header("Last-Modified", formatdate(CHANGED, usegmt=True))
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


@pytest.fixture
def server(tmp_path):
    """A server of the files in a folder."""
    folder = tmp_path / "store"
    folder.mkdir()
    handler = type("Mine", (Answers,), {"folder": folder, "asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def web(server, monkeypatch):
    """The address of that server, as one of files; and its folder."""
    pytest.importorskip("obstore", reason="pip install obstore, which the engine asks servers with")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    return f"http://127.0.0.1:{server.server_port}", server.RequestHandlerClass.folder


@pytest.fixture
def store(server, monkeypatch):
    """A folder whose folders are buckets of a store that the environment leads to."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_NO_SIGN_REQUEST", "YES")
    monkeypatch.setenv("AWS_REGION", "us-west-2")
    monkeypatch.setenv("AWS_S3_ENDPOINT", f"127.0.0.1:{server.server_port}")
    monkeypatch.setenv("AWS_HTTPS", "NO")
    monkeypatch.setenv("AWS_VIRTUAL_HOSTING", "FALSE")
    return server.RequestHandlerClass.folder


def test_a_folder_in_s3_is_read_as_one_on_disk(store, tmp_path):
    published.lgnd_clay(store / "bucket" / "clay")
    (store / "bucket" / "clay" / "_metadata.parquet").write_bytes(b"no data")
    index = tmp_path / "x.cmpagl"
    report = import_files(["s3://bucket/clay/scene"], index, model="clay-v1.5")
    assert (report.files, report.chips, report.problems) == (2, published.COUNT, ())
    again = import_files(["s3://bucket/clay/"], index, model="clay-v1.5")
    assert (again.files, again.chips, again.parts) == (2, published.COUNT, 0)
    one = "s3://bucket/clay/scene/gzd=31U/year=2024/month=06/data_0.parquet"
    assert import_files([one], tmp_path / "y.cmpagl").chips == published.COUNT // 2


def test_a_store_without_it_is_told_with_the_next_step(store, tmp_path, capsys):
    (store / "bucket").mkdir()
    assert run(["import", "s3://bucket/none", "-o", str(tmp_path / "x.cmpagl")]) == 1
    assert "s3://bucket/none: found no file with embeddings" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("s3://bucket/**/*.parquet", ["05/data_0", "06/data_0"]),
        ("s3://bucket/clay/**/data_0.parquet", ["05/data_0", "06/data_0"]),
        ("s3://bucket/clay/scene/gzd=31U/year=*/month=06/data_0.parquet", ["06/data_0"]),
        ("s3://bucket/*/scene/gzd=3?U/year=2024/month=0[6-9]/*.parquet", ["06/data_0"]),
        ("s3://bucket/clay/**/month=06/*.parquet", ["06/data_0"]),
    ],
)  # fmt: skip
def test_patterns_in_s3_find_what_they_find_on_disk(store, pattern, found):
    published.lgnd_clay(store / "bucket" / "clay")
    (store / "bucket" / "clay" / "_metadata.parquet").write_bytes(b"no data")
    (store / "bucket" / "notes.txt").write_text("no data")
    names = [file.name for file in find_files([pattern])]
    base = "s3://bucket/clay/scene/gzd=31U/year=2024/month="
    assert names == [f"{base}{one}.parquet" for one in found]
    local = find_files([pattern.replace("s3:/", str(store))])
    assert [one.name.removeprefix(str(store)) for one in local if "/_" not in one.name] == [
        name.removeprefix("s3:/") for name in names
    ]


def test_a_pattern_without_file_in_s3_is_told(store):
    published.lgnd_clay(store / "bucket" / "clay")
    with pytest.raises(SourceError, match="found no file with embeddings"):
        find_files(["s3://bucket/clay/**/month=07/*.parquet"])


def test_rasters_in_s3_are_read_where_they_lie(store, tmp_path):
    folder = store / "bucket" / "aef" / "2024" / "17N"
    folder.mkdir(parents=True)
    rasters.alpha_earth(folder / "tile.tiff")
    (folder / "tile.vrt").write_text("not looked at")
    report = import_files(["s3://bucket/aef"], tmp_path / "x.cmpagl", side_m=160)
    import_files([folder / "tile.tiff"], tmp_path / "y.cmpagl", side_m=160)
    tables = [load_chips(index, read_info(index)).table
              for index in (tmp_path / "x.cmpagl", tmp_path / "y.cmpagl")]  # fmt: skip
    assert (report.files, report.problems) == (1, ())
    assert (tables[0].embeddings[:] == tables[1].embeddings[:]).all()


def test_a_raster_in_google_s_store_is_read_by_gdal(server, tmp_path, monkeypatch, capsys):
    folder = server.RequestHandlerClass.folder
    (folder / "bucket").mkdir()
    rasters.alpha_earth(folder / "bucket" / "tile.tiff")
    monkeypatch.setenv("CPL_GS_ENDPOINT", f"http://127.0.0.1:{server.server_port}/")
    monkeypatch.setenv("GS_NO_SIGN_REQUEST", "YES")
    words = ["-o", str(tmp_path / "x.cmpagl"), "--side", "160", "--model", "alphaearth-v1"]
    assert run(["import", "gs://bucket/tile.tiff", *words]) == 0
    table = load_chips(tmp_path / "x.cmpagl", read_info(tmp_path / "x.cmpagl")).table
    import_files([folder / "bucket" / "tile.tiff"], tmp_path / "y.cmpagl", side_m=160)
    local = load_chips(tmp_path / "y.cmpagl", read_info(tmp_path / "y.cmpagl")).table
    assert (table.embeddings[:] == local.embeddings[:]).all()
    assert table.scenes[0].path == "gs://bucket/tile.tiff"
    assert run(["import", "gs://bucket/tile.tiff", *words]) == 0
    assert "0 parts written" in capsys.readouterr().out
    assert run(["import", "gs://bucket/a.parquet", *words]) == 1
    assert "next: fetch the file first" in capsys.readouterr().err


def test_a_file_at_a_web_server_is_read_in_pieces(web, server, tmp_path):
    address, folder = web
    (folder / "data").mkdir()
    published.clay_v0(folder / "data" / "a b.parquet")
    table = pq.read_table(folder / "data" / "a b.parquet")
    padding = table.append_column("other", [[" " * 100_000 + str(n) for n in range(len(table))]])
    pq.write_table(padding, folder / "data" / "a b.parquet", compression="none")
    size = (folder / "data" / "a b.parquet").stat().st_size
    asked = server.RequestHandlerClass.asked
    where = f"{address}/data/a%20b.parquet"
    report = import_files([where], tmp_path / "x.cmpagl", model="clay-v0")
    assert (report.chips, report.problems) == (published.COUNT, ())
    pieces = [piece.removeprefix("bytes=").split("-") for _, _, piece in asked if piece]
    assert pieces
    assert sum(int(last) - int(first) + 1 for first, last in pieces) < size / 2
    table = load_chips(tmp_path / "x.cmpagl", read_info(tmp_path / "x.cmpagl")).table
    assert table.scenes[0].path == where
    again = import_files([where], tmp_path / "x.cmpagl", model="clay-v0")
    assert (again.chips, again.parts) == (published.COUNT, 0)


def test_what_signs_an_address_is_not_kept(web, tmp_path, capsys):
    address, folder = web
    published.clay_v0(folder / "a.parquet")
    signed = f"{address}/a.parquet?X-Amz-Signature=secret&v=1"
    assert run(["import", signed, "-o", str(tmp_path / "x.cmpagl"), "--model", "clay-v0"]) == 0
    table = load_chips(tmp_path / "x.cmpagl", read_info(tmp_path / "x.cmpagl")).table
    assert table.scenes[0].path == f"{address}/a.parquet?v=1"
    missing = f"{address}/none.parquet?X-Amz-Signature=secret"
    assert run(["import", missing, "-o", str(tmp_path / "y.cmpagl")]) == 1
    told = capsys.readouterr().err
    assert f"{address}/none.parquet: cannot be read" in told
    assert "secret" not in told
    assert told.count("\n") == 1
    written = [path.read_bytes() for path in (tmp_path / "x.cmpagl").rglob("*") if path.is_file()]
    assert not any(b"secret" in content for content in written)


def test_what_a_web_server_cannot_do_is_told(web, server, tmp_path, capsys, monkeypatch):
    address, folder = web
    published.clay_v0(folder / "a.parquet")
    for given, told in (
        (f"{address}/*.parquet", "lists no files"),
        (f"{address}/data/", "lists no files"),
        ("http://127.0.0.1:1/a.parquet", "cannot be read"),
    ):
        assert run(["import", given, "-o", str(tmp_path / "x.cmpagl")]) == 1
        assert told in (said := capsys.readouterr().err)
        assert said.count("\n") == 1
    monkeypatch.setattr(server.RequestHandlerClass, "in_pieces", False)
    assert run(["import", f"{address}/a.parquet", "-o", str(tmp_path / "x.cmpagl")]) == 1
    assert "not readable as Parquet" in capsys.readouterr().err
    assert not (tmp_path / "x.cmpagl").exists()


def test_a_raster_at_a_web_server_is_read_by_gdal(web, tmp_path):
    address, folder = web
    rasters.alpha_earth(folder / "tile.tiff")
    report = import_files([f"{address}/tile.tiff"], tmp_path / "x.cmpagl", side_m=160)
    assert (report.files, report.problems) == (1, ())
    assert report.chips == import_files([folder / "tile.tiff"], tmp_path / "y.cmpagl",
                                        side_m=160).chips  # fmt: skip
