"""Connections of the web server whose clients ask nothing, half, or do not take the answer."""

from __future__ import annotations

import socket
import sys
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from urllib.parse import urlsplit

import pytest

from cmpagl_model.index.arrays import may_open
from cmpagl_model.server.web.serve import MOST_CONNECTIONS
from tests.cmpagl_model.server.web_server import PATIENCE_S, WebServer

pytest.importorskip("starlette", reason="the extra http is not installed")
uvicorn = pytest.importorskip("uvicorn", reason="the extra http is not installed")
HEAD = b"GET /health HTTP/1.1\r\nHost: localhost\r\n"
HALVES = {
    "nothing": b"",
    "half a head": HEAD,
    "half a head after an answer": HEAD + b"\r\n" + HEAD,
    "half a body": HEAD + b"Content-Length: 9\r\n\r\nhalf",
}
"""What clients say who then fall silent."""
MANY_MB = 64
"""More than the buffers of two sockets hold."""


@pytest.fixture(scope="module")
def patient(town):
    """A server that waits longer than a test, begun where few files may be open."""
    with few_files():
        server = WebServer(town.folder, options=["--timeout", str(PATIENCE_S)])
    yield server
    server.close()


@contextmanager
def few_files():
    """As on macOS: so few that the connections of a test do not fit. Tests may open more after."""
    if sys.platform == "win32":
        yield
        return
    import resource  # noqa: PLC0415 - not on Windows

    if not may_open(4 * MOST_CONNECTIONS):
        pytest.skip("this system lets nobody open many files")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture(scope="module")
def hasty(town):
    """A server that waits as shortly as it can."""
    server = WebServer(town.folder, options=["--timeout", "1"])
    yield server
    server.close()


@contextmanager
def lines(server, count, said=b""):
    """Connections on each of which so much has been said."""
    place = urlsplit(server.url)
    with ExitStack() as opened:
        every = []
        for _ in range(count):
            every.append(socket.create_connection((place.hostname, place.port), PATIENCE_S))
            opened.enter_context(every[-1])
            with suppress(ConnectionError):  # it made room already
                every[-1].sendall(said)
        yield every


@pytest.mark.parametrize("said", HALVES.values(), ids=HALVES)
def test_many_who_fall_silent_shut_nobody_out(patient, said):
    with lines(patient, MOST_CONNECTIONS + 100, said):
        for path in ("/health", "/collections/town/items?q=a+road&k=1"):
            until = time.monotonic() + PATIENCE_S
            while (status := patient.get(path).status) == 503 and time.monotonic() < until:
                time.sleep(0.1)  # some of them have asked, and are not yet silent
            assert status == 200


@pytest.mark.parametrize("said", HALVES.values(), ids=HALVES)
def test_who_falls_silent_is_let_go(hasty, said):
    with lines(hasty, 1, said) as (line,), suppress(ConnectionError):
        while line.recv(1 << 16):  # a TimeoutError where it is not
            pass


def test_who_says_a_letter_now_and_then_is_let_go_too(hasty):
    with lines(hasty, 1, HEAD + b"X: ") as (line,), suppress(ConnectionError):
        line.settimeout(0.5)
        for _ in range(PATIENCE_S):
            line.sendall(b"x")
            with suppress(TimeoutError):
                assert not line.recv(1)
                return
        pytest.fail("the server listens still")


class Sender:
    """An application that sends much, and notes when its client is gone."""

    def __init__(self) -> None:
        self.is_rid = threading.Event()

    async def __call__(self, _scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        part = {"type": "http.response.body", "body": b"x" * (1 << 20), "more_body": True}
        for _ in range(MANY_MB):
            await send(part)
        await send({"type": "http.response.body"})
        await receive()  # the request
        if (await receive())["type"] == "http.disconnect":
            self.is_rid.set()


@contextmanager
def sending(patience_s):
    """An application, and where a server answers by it that waits so long."""

    from cmpagl_model.server.web.connection import Connection  # noqa: PLC0415 - an extra

    class Patient(Connection):
        pass

    Patient.timeout_s = patience_s
    app = Sender()
    with socket.create_server(("127.0.0.1", 0)) as door:
        server = uvicorn.Server(uvicorn.Config(app, http=Patient, lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
        thread.start()
        try:
            yield app, door.getsockname()
        finally:
            server.should_exit = server.force_exit = True
            thread.join()


def test_who_takes_nothing_of_an_answer_is_let_go():
    with sending(0.5) as (app, place), socket.create_connection(place) as line:
        line.sendall(HEAD + b"\r\n")
        assert app.is_rid.wait(PATIENCE_S)
        got = 0
        with suppress(ConnectionError):
            while part := line.recv(1 << 20):
                got += len(part)
        assert got < MANY_MB << 20


def test_who_takes_an_answer_slowly_gets_all_of_it():
    with sending(8) as (_, place), socket.create_connection(place, PATIENCE_S) as line:
        line.sendall(HEAD + b"Connection: close\r\n\r\n")
        got = 0
        while part := line.recv(2 << 20):
            got += len(part)
            time.sleep(0.3)  # longer than the patience, all together
        assert got > MANY_MB << 20
