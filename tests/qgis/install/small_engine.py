"""A wheel of cmpagl-qgis that only greets, and an index that serves it: pip and venv are real."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http.server
import json
import threading
import time
import zipfile

CLI = """
import json, sys
GREETING = {greeting}
for line in sys.stdin:
    request = json.loads(line)
    if "id" in request:
        print(json.dumps({{"jsonrpc": "2.0", "id": request["id"], "result": GREETING}}), flush=True)
"""
GREETING = {
    "protocol": 1, "version": "0.1.0", "python": "3.11.2", "platform": "Linux", "device": "cpu",
    "model": {"name": "small", "fingerprint": "f" * 64}, "rerank": ["none"], "pid": 4711,
}  # fmt: skip


def write_wheel(folder, *, cli=None, size=0, requires="", version="0.1.0", greeting=GREETING):
    """Write ``cmpagl_qgis-VERSION-py3-none-any.whl``, with so many bytes of ballast."""
    name = f"cmpagl_qgis-{version}"
    metadata = f"Metadata-Version: 2.1\nName: cmpagl-qgis\nVersion: {version}\n"
    metadata += f"Requires-Dist: {requires}\n" if requires else ""
    files = {
        "cmpagl_model/__init__.py": b"",
        "cmpagl_model/cli.py": (cli or CLI.format(greeting=greeting)).encode(),
        "cmpagl_model/ballast": bytes(size),
        f"{name}.dist-info/METADATA": metadata.encode(),
        f"{name}.dist-info/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\n"
        b"Root-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = []
    for path, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        rows.append(f"{path},sha256={digest},{len(data)}")
    rows.append(f"{name}.dist-info/RECORD,,")
    files[f"{name}.dist-info/RECORD"] = "\n".join(rows).encode()
    place = folder / f"{name}-py3-none-any.whl"
    with zipfile.ZipFile(place, "w") as archive:  # stored: its size is what is fetched
        for path, data in files.items():
            archive.writestr(path, data)
    return place


class Index:
    """Serves the wheels of a folder as a package index, at a pace."""

    def __init__(self, folder, bytes_per_s=0):
        outer = self
        self.asked = []
        self.pace = bytes_per_s

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked.append(self.path)
                parts = self.path.strip("/").split("/")
                if parts[0] == "simple" and len(parts) == 2:
                    prefix = parts[1].replace("-", "_")
                    found = sorted(folder.glob(f"{prefix}-*.whl"))
                    self.answer(page(found), "application/vnd.pypi.simple.v1+json", bool(found))
                else:
                    self.answer((folder / parts[1]).read_bytes(), "application/zip", True)

            def answer(self, data, kind, found):
                self.send_response(200 if found else 404)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                slow = outer.pace and kind == "application/zip"
                step = outer.pace // 20 if slow else len(data) + 1
                with contextlib.suppress(OSError):  # who asked may be gone
                    for start in range(0, len(data), step):
                        self.wfile.write(data[start : start + step])
                        time.sleep(0.05 if slow else 0)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/simple"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


def page(wheels):
    files = [
        {
            "filename": wheel.name,
            "url": f"/files/{wheel.name}",
            "hashes": {"sha256": hashlib.sha256(wheel.read_bytes()).hexdigest()},
        }
        for wheel in wheels
    ]
    return json.dumps({"meta": {"api-version": "1.0"}, "name": "x", "files": files}).encode()
