"""A hub of models on this machine: what huggingface_hub asks of one, and what can go wrong."""

from __future__ import annotations

import hashlib
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"
LARGE = 100_000
"""Bytes from which a file is kept by its SHA-256, as the hub keeps weights."""


class Hub:
    """One repository, ``tests/tiny``."""

    def __init__(self, files):
        self.files = files
        """Content by path."""
        self.sent = dict(files)
        """What is sent in its place."""
        self.status, self.headers = 200, {}
        """Of every answer, if not 200."""
        self.asked, self.tokens = [], set()
        """Path and range of each request; what came to show who asks."""
        self.ends_after = None
        """Bytes after which a file breaks off, once; ``None``: files come whole."""
        self.goes_on = threading.Event()
        """Whether the connection is closed then, or stays silent until the test is over."""
        self.goes_on.set()

    @property
    def downloads(self):
        """What was asked of files: name and range."""
        return [(path.rpartition("/")[2], span) for path, span in self.asked if "/resolve/" in path]

    def page(self):
        """What the hub says of the repository."""
        siblings = []
        for path, content in self.files.items():
            blob = hashlib.sha1(f"blob {len(content)}\0".encode() + content).hexdigest()
            page = {"rfilename": path, "size": len(content), "blobId": blob}
            if len(content) >= LARGE:
                sha256 = hashlib.sha256(content).hexdigest()
                page["lfs"] = {"sha256": sha256, "size": len(content), "pointerSize": 130}
            siblings.append(page)
        return {"id": "tests/tiny", "sha": COMMIT, "siblings": siblings, "tags": []}


def of_folder(folder):
    """The files of a folder, to be served."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


class Handler(BaseHTTPRequestHandler):
    """Answers for the hub of its server."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        hub, path, span = self.server.hub, urlsplit(self.path).path, self.headers.get("Range")
        hub.asked.append((path, span))
        hub.tokens.add(self.headers.get("Authorization"))
        if hub.status != 200:
            self.answer(hub.status, b"{}", hub.headers)
        elif path.startswith("/api/models/tests/tiny"):
            self.answer(200, json.dumps(hub.page()).encode(), {})
        elif path.startswith(f"/tests/tiny/resolve/{COMMIT}/"):
            self.send(hub.sent[path.split(COMMIT + "/")[1]], span)
        else:
            self.answer(404, b"{}", {"X-Error-Code": "RepoNotFound"})

    def send(self, content, span):
        start = int(span.removeprefix("bytes=").partition("-")[0]) if span else 0
        place = f"bytes {start}-{len(content) - 1}/{len(content)}"
        more = {"Content-Range": place} if span else {}
        self.answer(206 if span else 200, content[start:], more)

    def answer(self, status, content, headers):
        self.send_response(status)
        for name, value in {**headers, "Content-Length": len(content)}.items():
            self.send_header(name, str(value))
        self.end_headers()
        hub, end = self.server.hub, self.server.hub.ends_after
        try:
            self.wfile.write(content[:end])
        except ConnectionError:  # the client was stopped
            self.close_connection = True
        if end is not None and end < len(content):
            hub.ends_after, self.close_connection = None, True
            hub.goes_on.wait(60)

    def log_message(self, *_said):
        """Quiet."""


@contextmanager
def serving(hub):
    """Serve a hub, also to those who ask through it as a proxy; gives its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.hub = hub
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
