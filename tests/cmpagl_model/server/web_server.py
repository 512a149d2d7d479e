"""A web server for tests: the real process, asked over the loopback."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass

SERVE = [sys.executable, "-m", "cmpagl_model", "serve", "--http", "--port", "0"]
PATIENCE_S = 300


@dataclass(frozen=True)
class Got:
    """An answer."""

    status: int
    headers: dict
    body: bytes

    @property
    def page(self):
        return json.loads(self.body)


class WebServer:
    """One server process."""

    def __init__(self, *roots, options=()):
        words = [word for root in roots for word in ("--root", str(root))]
        self.process = subprocess.Popen(
            [*SERVE, *words, *options], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        self.said, self._ready = [], threading.Event()
        self.url = None
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        assert self._ready.wait(PATIENCE_S), self.said
        assert self.url, self.said

    def _listen(self):
        for line in self.process.stderr:
            self.said.append(line)
            if found := re.search(r" at (http://\S+);", line):
                self.url = found[1]
                self._ready.set()
        self._ready.set()

    def get(self, path, data=None, **headers):
        """Ask for a path, or for a whole address."""
        url = path if path.startswith("http") else self.url + path
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(url, data, {"Accept": "application/json", **named})
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                return Got(answer.status, dict(answer.headers), answer.read())
        except urllib.error.HTTPError as error:
            return Got(error.code, dict(error.headers), error.read())

    def leave(self):
        """Tell it to end; the exit code. All that was said has been heard then."""
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(PATIENCE_S)
        self._listener.join(PATIENCE_S)
        return code

    def close(self):
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdout, self.process.stderr):
            stream.close()
