"""An S3 store on this machine: moto's server in a process of its own, which notes what it is asked.

``python tests/s3_server.py FOLDER`` runs it: the port it listens on is written to ``FOLDER/port``,
a line for each request to ``FOLDER/asked``. While ``FOLDER/unconditional`` is there it puts over
what is there, whatever it was told, as some stores do; while ``FOLDER/down`` is, it answers 503;
while ``FOLDER/read-only`` is, it refuses all but reading, and with ``FOLDER/closed`` that, too;
once ``FOLDER/silent`` is there, it takes it away and falls silent in the middle of the next part.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import obstore
from obstore.store import S3Store

KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
DENIED = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
OTHERS = (
    "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_REGION", "AWS_S3_ENDPOINT", "AWS_HTTPS",
    "AWS_NO_SIGN_REQUEST", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy",
)  # fmt: skip


class Store:
    """What a test asks of the server."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.bucket = folder, "bucket"
        self.endpoint = f"http://127.0.0.1:{port}"
        self.environment = {
            **KEYS, "AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }  # fmt: skip

    def asked(self) -> list[tuple[str, str, int]]:
        """Method, path and bytes of the answer of every request to this bucket so far."""
        lines = (self.folder / "asked").read_text().splitlines()
        found = [line.split("\t") for line in lines]
        return [
            (method, path, int(size))
            for method, path, size in found
            if path.startswith(f"/{self.bucket}")
        ]

    def client(self):
        """The bucket, as obstore has it."""
        return S3Store(
            self.bucket, endpoint=self.endpoint, region="us-east-1", access_key_id="test",
            secret_access_key="test", client_options={"allow_http": True},
        )  # fmt: skip

    def names(self) -> list[str]:
        """What lies in the bucket, by name."""
        return sorted(one["path"] for page in obstore.list(self.client()) for one in page)

    def put(self, key: str, content: bytes) -> str:
        """Put a file; its address."""
        obstore.put(self.client(), key, content)
        return f"s3://{self.bucket}/{key}"

    def get(self, key: str) -> bytes:
        """The bytes of a file."""
        return bytes(obstore.get(self.client(), key).bytes())


@contextmanager
def running(folder: Path):
    """Run the server; gives a store whose bucket is still to be made.

    Raises:
        RuntimeError: if it does not start.
    """
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, __file__, str(folder)], stdout=log, stderr=log, cwd=folder
        )
    port, until = folder / "port", time.monotonic() + 300
    try:
        while not port.exists():
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError((folder / "log").read_text())
            time.sleep(0.05)
        store = Store(folder, int(port.read_text()))

        def make_bucket(name: str) -> None:
            request = urllib.request.Request(f"{store.endpoint}/{name}", method="PUT")
            urllib.request.urlopen(request, timeout=60).close()

        store.make_bucket = make_bucket
        yield store
    finally:
        process.kill()
        process.wait()


def _and_silence(content: bytes):
    yield content[: len(content) // 2]
    time.sleep(3_600)


def _serve(folder: Path) -> None:
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app  # noqa: PLC0415
    from werkzeug.serving import make_server  # noqa: PLC0415

    inner = DomainDispatcherApplication(create_backend_app)
    asked = (folder / "asked").open("a", buffering=1)

    def app(environ, start_response):
        if (folder / "down").exists():
            start_response("503 Service Unavailable", [("Content-Length", "0")])
            return [b""]
        reads = environ["REQUEST_METHOD"] in {"GET", "HEAD"}
        if (folder / "closed").exists() or ((folder / "read-only").exists() and not reads):
            start_response("403 Forbidden", [("Content-Length", str(len(DENIED)))])
            return [DENIED]
        if (folder / "unconditional").exists():
            environ.pop("HTTP_IF_NONE_MATCH", None)
        content = b"".join(inner(environ, start_response))
        asked.write(f"{environ['REQUEST_METHOD']}\t{environ['PATH_INFO']}\t{len(content)}\n")
        if reads and "/parts/" in environ["PATH_INFO"] and (folder / "silent").exists():
            (folder / "silent").unlink()
            return _and_silence(content)
        return [content]

    server = make_server("127.0.0.1", 0, app, threaded=True)
    os.environ["MOTO_PORT"] = str(server.port)
    part = folder / "port.making"
    part.write_text(str(server.port))
    part.rename(folder / "port")
    server.serve_forever()


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
