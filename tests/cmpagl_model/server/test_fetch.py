"""An index in an object store, fetched by the engine: a folder that was copied up."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cmpagl_model.server.client import Client, RefusedError


@pytest.fixture
def address(s3, town):
    for file in Path(town.index).rglob("*"):
        if file.is_file() and "_cache" not in file.parts:
            s3.put(f"maps/{file.relative_to(town.index).as_posix()}", file.read_bytes())
    return f"s3://{s3.bucket}/maps"


def test_what_was_fetched_is_searched_as_what_was_copied_up(s3, address, town):
    client = Client(env=dict(os.environ))
    try:
        here = client.ask("fetch", address=address)["index"]
        asked = {"query": "a road beside a river", "k": 5}
        there, before = (client.ask("search", index=one, **asked) for one in (here, town.index))
        assert there["hits"] == before["hits"]
        (told,) = [tolds for tolds in client.progress.values() if tolds]
        assert told[0].what == "fetching"
        count = len(s3.asked())
        assert client.ask("fetch", address=address)["index"] == here
        assert len(s3.asked()) == count + 1
        new = client.ask("fetch", address=f"s3://{s3.bucket}/new", bring=False)["index"]
        made = client.ask("index", index=new, inputs=[town.west])
        assert made["encoded"] > 0
        assert client.ask("fetch", address=f"s3://{s3.bucket}/new")["index"] == new
        part = next(name for name in s3.names() if "/parts/" in name)
        s3.put(part, s3.get(part)[:-1] + b"?")
        assert client.ask("verify", index=here)["problems"]
        for given, said in (
            ("/data/town.cmpagl", "wanted s3://"),
            (f"s3://{s3.bucket}/none", "found no index there"),
        ):
            with pytest.raises(RefusedError, match=said):
                client.ask("fetch", address=given)
    finally:
        assert client.leave() == 0
