"""A client for tests: starts the real engine, sends lines, keeps what comes back."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass

SERVE = [sys.executable, "-m", "cmpagl_model.cli", "serve"]
PATIENCE_S = 900  # the engine steps back behind all else


class RefusedError(Exception):
    """An error object came back."""

    def __init__(self, error):
        super().__init__(error["message"])
        self.code, self.data = error["code"], error.get("data", {})
        self.kind = self.data.get("kind")


@dataclass(frozen=True)
class Told:
    """A progress notification."""

    done: int
    total: int
    what: str


class Client:
    """One engine process."""

    def __init__(self, *, greet=True, **popen):
        self.process = subprocess.Popen(
            SERVE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **popen
        )
        self.number = 0
        self.progress: dict[int, list[Told]] = {}
        self.answers: dict[int | None, dict] = {}
        self.raw: list[bytes] = []
        self.said: list[str] = []
        self._news: queue.SimpleQueue = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=target, daemon=True)
            for target in (self._listen, self._listen_to_errors)
        ]
        for thread in self._threads:
            thread.start()
        self.greeting = self.ask("hello", protocol=1, client="tests") if greet else None

    def _listen(self):
        for line in self.process.stdout:
            self.raw.append(line)
            self._news.put(json.loads(line))
        self._news.put(None)

    def _listen_to_errors(self):
        for line in self.process.stderr:
            self.said.append(line.decode())

    def raw_line(self, line: bytes):
        self.process.stdin.write(line)
        self.process.stdin.flush()

    def send(self, method, **params):
        """Send a request and return its number."""
        self.number += 1
        page = {"jsonrpc": "2.0", "id": self.number, "method": method, "params": params}
        self.raw_line(json.dumps(page).encode() + b"\n")
        return self.number

    def cancel(self, number):
        page = {"jsonrpc": "2.0", "method": "cancel", "params": {"id": number}}
        self.raw_line(json.dumps(page).encode() + b"\n")

    def wait_for(self, wanted):
        """Take in messages until ``wanted()``."""
        deadline = time.monotonic() + PATIENCE_S
        while not wanted():
            page = self._news.get(timeout=max(0.01, deadline - time.monotonic()))
            assert page is not None, "the engine has left: " + "".join(self.said)[-2000:]
            self._keep(page)

    def _keep(self, page):
        assert page["jsonrpc"] == "2.0"
        if page.get("method") == "progress":
            told = page["params"]
            moment = Told(told["done"], told["total"], told["what"])
            self.progress.setdefault(told["id"], []).append(moment)
        else:
            self.answers[page["id"]] = page

    def answer(self, number):
        """The result of a request.

        Raises:
            RefusedError: if it was refused.
        """
        self.wait_for(lambda: number in self.answers)
        page = self.answers.pop(number)
        if "error" in page:
            raise RefusedError(page["error"])
        return page["result"]

    def ask(self, method, **params):
        return self.answer(self.send(method, **params))

    def told(self, number):
        return self.progress.get(number, [])

    def hears(self, words):
        """Wait until they stood on standard error, which comes in its own time."""
        deadline = time.monotonic() + PATIENCE_S
        while words not in "".join(self.said):
            assert time.monotonic() < deadline, self.said
            time.sleep(0.02)

    def leave(self):
        """Close standard input; the exit code. All that was said has been heard then."""
        self.process.stdin.close()
        return self.left()

    def left(self):
        """Wait until it has ended; the exit code."""
        code = self.process.wait(PATIENCE_S)
        for thread in self._threads:
            thread.join(PATIENCE_S)
        return code

    def end(self):
        """Let it leave by itself, as it does at the end of its input; kill it if it does not."""
        with suppress(OSError):
            self.process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        self.kill()

    def kill(self):
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()
