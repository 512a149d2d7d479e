"""Files in S3: a server on this machine that answers as such a store does."""

from __future__ import annotations

from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from cmpagl_model.cli.app import run
from cmpagl_model.importing.importer import import_files
from tests.cmpagl_model.importing import published

if TYPE_CHECKING:
    from pathlib import Path

CHANGED = 1_717_410_600


class Answers(BaseHTTPRequestHandler):
    """Listing, size and pieces of the files below a folder; its first folder is the bucket."""

    protocol_version = "HTTP/1.1"
    folder: Path

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
        file = self.folder / unquote(urlsplit(address).path).strip("/")
        if not file.is_file():
            self.send(404 if self.command == "HEAD" or not file.is_dir() else 200, b"")
            return
        content, piece = file.read_bytes(), self.headers.get("Range")
        if piece is None:
            self.send(200, content)
            return
        first, last = piece.removeprefix("bytes=").split("-")
        end = min(int(last), len(content) - 1)
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
def store(tmp_path, monkeypatch):
    """A folder whose folders are buckets of a store that the environment leads to."""
    folder = tmp_path / "store"
    folder.mkdir()
    handler = type("Mine", (Answers,), {"folder": folder})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_NO_SIGN_REQUEST", "YES")
    monkeypatch.setenv("AWS_REGION", "us-west-2")
    monkeypatch.setenv("AWS_S3_ENDPOINT", f"127.0.0.1:{server.server_port}")
    monkeypatch.setenv("AWS_HTTPS", "NO")
    yield folder
    server.shutdown()
    server.server_close()


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
