"""Engines and an index of painted scenes."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from cmpagl_model.index import build_index
from tests.cmpagl_model.search.conftest import fusion_encoder, fusion_model  # noqa: F401
from tests.cmpagl_model.search.conftest import town as fusion_town  # noqa: F401
from tests.cmpagl_model.server.client import Client
from tests.cmpagl_model.server.web_server import WebServer
from tests.conftest import make_scene
from tiling import ChipSpec


@pytest.fixture
def start():
    """Start engines; they end with the test."""
    clients = []

    def begin(**options):
        clients.append(Client(**options))
        return clients[-1]

    yield begin
    for client in clients:
        client.end()


@pytest.fixture(scope="module")
def engine():
    """One engine for the tests of a module."""
    client = Client()
    yield client
    client.end()


@pytest.fixture(scope="module")
def town(tmp_path_factory, encoder):
    """An index of two painted scenes, west and east, at two ground sizes."""
    folder = tmp_path_factory.mktemp("town")
    make = make_scene.__wrapped__(folder)
    west = make("west.tif", corner=(600_000, 5_700_000), seed=1)
    east = make("east.tif", corner=(601_000, 5_700_000), seed=2)
    index = folder / "town.cmpagl"
    build_index([str(west), str(east)], index, encoder, ChipSpec(ground_sizes_m=(100.0, 200.0)))
    return SimpleNamespace(index=str(index), west=str(west), east=str(east), folder=folder)


@pytest.fixture(scope="module")
def served(town):
    """A web server of the town."""
    server = WebServer(town.folder)
    yield server
    server.close()


@pytest.fixture
def serve():
    """Start web servers; they end with the test."""
    servers = []

    def begin(*roots, options=()):
        servers.append(WebServer(*roots, options=options))
        return servers[-1]

    yield begin
    for server in servers:
        server.close()


@pytest.fixture(scope="module")
def many_scenes(tmp_path_factory):
    """Twenty small scenes: some seconds of indexing on a fast machine too, a part each."""
    make = make_scene.__wrapped__(tmp_path_factory.mktemp("scenes"))
    return [str(make(f"scene_{n}.tif", corner=(600_000 + 1000 * n, 5_700_000), seed=n))
            for n in range(20)]  # fmt: skip
