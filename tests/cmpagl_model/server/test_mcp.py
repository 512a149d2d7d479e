"""The tools of an assistant, through the SDK's own client and a real process."""

from __future__ import annotations

import base64
import io
import json
import os
import shutil
import subprocess
import sys
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path

import geopandas
import pytest
from PIL import Image

from cmpagl_model.cli.app import run
from cmpagl_model.search import Filter, PointPlace, open_index
from cmpagl_model.search.classes import ClassSentences
from cmpagl_model.search.classify import class_areas, classify
from cmpagl_model.search.describe import describe
from cmpagl_model.search.overview import overview
from cmpagl_model.server.mcp_serve import MonotonicProgress
from cmpagl_model.server.roots import OutsideError, Roots

mcp = pytest.importorskip("mcp", reason="the SDK (extra mcp) is not installed")
anyio = pytest.importorskip("anyio")
from anyio.from_thread import start_blocking_portal  # noqa: E402 - where it is installed

PATIENCE_S = 900
SERVE = ["-m", "cmpagl_model", "serve", "--mcp"]


@asynccontextmanager
async def connected(*roots, cwd=None):
    """An assistant's client of an engine of its own."""
    words = [word for root in roots for word in ("--root", str(root))]
    server = mcp.StdioServerParameters(
        command=sys.executable, args=[*SERVE, *words], cwd=cwd, env=dict(os.environ)
    )
    async with (
        mcp.stdio_client(server) as (read, write),
        mcp.ClientSession(read, write) as client,
    ):
        await client.initialize()
        yield client


async def spoken(talk, client):
    with anyio.fail_after(PATIENCE_S):
        return await talk(client)


def ask(talk, *roots, cwd=None):
    """Run ``talk(client)`` with an assistant's client of an engine of its own."""

    async def alone():
        async with connected(*roots, cwd=cwd) as client:
            return await spoken(talk, client)

    return anyio.run(alone)


@pytest.fixture(scope="module")
def ask_town(town):
    """Run ``talk(client)`` with the one engine of the town's folder."""
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(connected(town.folder)) as client,
    ):
        yield lambda talk: portal.call(spoken, talk, client)


def refused(result):
    assert result.is_error
    said = result.content[0].text
    assert "\n" not in said
    assert "Traceback" not in said
    return said


def test_the_whole_way_from_scenes_to_a_file(make_scene, tmp_path):
    make_scene("scenes/a.tif", seed=1)
    steps = []

    async def told(done, total, what):
        steps.append((done, total, what))

    async def talk(client):
        tools = (await client.list_tools()).tools
        made = await client.call_tool(
            "index_scenes",
            {"inputs": ["scenes"], "index": "town.cmpagl", "ground_sizes_m": [100, 200]},
            progress_callback=told,
        )
        known = await client.call_tool("list_indexes", {})
        opened = await client.call_tool("open_index", {"index": "town.cmpagl"})
        found = await client.call_tool(
            "search",
            {"index": "town.cmpagl", "query": "a road", "k": 3, "pictures": 2, "output": "r.gpkg"},
        )
        return tools, made, known, opened, found

    tools, made, known, opened, found = ask(talk, tmp_path)
    assert all(tool.description for tool in tools)
    for tool in tools:
        for part in (tool.input_schema, *tool.input_schema.get("$defs", {}).values()):
            for name, schema in part["properties"].items():
                assert schema.get("description"), (tool.name, name)
    assert made.structured_content["problems"] == []
    assert made.structured_content["encoded"] > 3
    counts = [done for done, _, _ in steps]
    assert counts == sorted(set(counts))
    assert any("indexing" in what for _, _, what in steps)
    index = tmp_path / "town.cmpagl"
    assert known.structured_content["indexes"] == [{"index": str(index)}]
    assert opened.structured_content["searchable"]
    page = json.loads(found.content[0].text)
    assert page == found.structured_content
    want = open_index(index).search("a road", 3)
    assert [hit["scene"] for hit in page["hits"]] == [hit.scene for hit in want.hits]
    assert [hit["relevance"] for hit in page["hits"]] == pytest.approx(
        [hit.relevance for hit in want.hits], abs=1e-3
    )
    assert page["hits"][0]["geometry"]["type"] == "Polygon"
    assert len(geopandas.read_file(tmp_path / "r.gpkg")) == 3
    drawn = [one for one in found.content if one.type == "image"]
    assert [one.text for one in found.content[1:] if one.type == "text"] == ["hit 1:", "hit 2:"]
    assert len(drawn) == 2
    assert drawn[0].mime_type == "image/png"
    assert Image.open(io.BytesIO(base64.b64decode(drawn[0].data))).size == (192, 192)


def test_examples_are_places_pictures_and_words(town, ask_town):
    Image.new("RGB", (64, 64), (40, 90, 40)).save(town.folder / "green.png")
    want = open_index(town.index).search("a road", 1).hits[0]

    async def talk(client):
        place = {
            "scene": want.scene,
            "window": list(numbers_of(want.window)),
            "ground_m": want.ground_m,
        }
        by_place = await client.call_tool(
            "search_by_example", {"index": town.index, "like": [place], "k": 1}
        )
        by_picture = await client.call_tool(
            "search_by_example",
            {
                "index": town.index, "like": [{"picture": "green.png"}], "minus": ["houses"],
                "output": "green.geojson",
            },
        )  # fmt: skip
        nothing = await client.call_tool("search_by_example", {"index": town.index})
        return by_place, by_picture, nothing

    by_place, by_picture, nothing = ask_town(talk)
    (hit,) = by_place.structured_content["hits"]
    assert (hit["scene"], tuple(hit["window"])) == (want.scene, numbers_of(want.window))
    assert hit["score"] == pytest.approx(1, abs=1e-3)
    assert by_picture.structured_content["written"]["count"] == 10
    assert "found nothing to be like" in refused(nothing)


def test_what_is_here_what_covers_how_much_and_where(town, ask_town):
    index = open_index(town.index)
    hit = index.search("a road", 1).hits[0]
    lon, lat = hit.geometry.centroid.coords[0]
    there = {"lon": lon, "lat": lat, "ground_m": hit.ground_m}
    chip = {"scene": hit.scene, "window": list(numbers_of(hit.window)), "ground_m": hit.ground_m}
    box = list(hit.geometry.bounds)
    asked = [
        ("describe", {"place": there, "k": 2}),
        ("describe", {"bbox": box, "k": 3}),
        ("overview", {"groups": 3, "output": "look.gpkg"}),
        ("where", {"place": chip, "query": "a road between trees"}),
        ("classify", {"classes": WOOD_AND_ROAD, "min_relevance": 0, "output": "ground.gpkg"}),
        ("classify", {"classes": WOOD_AND_ROAD, "bbox": box}),
    ]
    place, area, look, where, ground, part = ask_town(all_of(asked, town))
    point = PointPlace(lon, lat, hit.ground_m)
    assert page_of(place)["said"] == said_of(describe(index, point, 2))
    assert page_of(area)["said"] == said_of(describe(index, Filter(bbox=tuple(box)), 3))
    groups = overview(index, 3).groups
    assert [one["name"] for one in page_of(look)["groups"]] == [one.name for one in groups]
    assert set(geopandas.read_file(town.folder / "look.gpkg")["class"]) == {g.name for g in groups}
    text, _, picture = where.content
    assert json.loads(text.text)["scene"] == hit.scene
    assert [one["word"] for one in page_of(where)["words"]] == ["road", "trees"]
    assert "picture" not in page_of(where)
    assert Image.open(io.BytesIO(base64.b64decode(picture.data))).format == "PNG"
    names = [ClassSentences(one["name"], tuple(one["sentences"])) for one in WOOD_AND_ROAD]
    areas = class_areas(classify(index, names, min_relevance=0))
    assert page_of(ground)["classes"] == [asdict(one) for one in areas]
    assert 0 < page_of(part)["count"] < page_of(ground)["count"]


WOOD_AND_ROAD = [
    {"name": 'wood, "dense"', "sentences": ["a forest", "many green trees, from above"]},
    {"name": "road", "sentences": ["a road"]},
]


def all_of(asked, town=None):
    """Calls one after the other, of the town's index if it is named."""
    index = {"index": town.index} if town else {}

    async def talk(client):
        return [await client.call_tool(tool, {**index, **page}) for tool, page in asked]

    return talk


def page_of(result):
    assert not result.is_error, result.content[0].text
    return result.structured_content


def said_of(description):
    return [asdict(one) for one in description.said]


UNANSWERABLE = [
    ("describe", {}, "both or neither of place and where"),
    ("describe", {"place": {"lat": 4.0}}, "lacks 'lon'"),
    ("describe", {"place": {"lon": 200.0, "lat": 4.0}}, "longitude first"),
    ("describe", {"place": {"lon": 0.0, "lat": -80.0}}, "no chip at longitude 0, latitude -80"),
    ("describe", {"bbox": [0, -80, 1, -79]}, "found no chip there"),
    ("overview", {"groups": 1}, "wanted 2 to 50"),
    ("overview", {"output": "../look.gpkg"}, "leads out of"),
    ("overview", {"output": "look.shp"}, "look.shp"),
    ("classify", {"classes": []}, "found 0 classes"),
    ("classify", {"classes": [{"name": "none", "sentences": ["x"]}]}, "a name of its own"),
    ("classify", {"classes": [{"name": "wood", "sentences": []}]}, "found no sentence"),
    ("where", {"place": {"lon": 0.0, "lat": -80.0}, "query": "a road"}, "no chip at"),
    ("search", {"query": "a road", "from_date": "last week"}, "last week"),
]


def test_questions_that_cannot_be_answered(town, ask_town):
    results = ask_town(all_of([(tool, page) for tool, page, _ in UNANSWERABLE], town))
    for (tool, page, said), result in zip(UNANSWERABLE, results, strict=True):
        assert said in refused(result), (tool, page)


def test_a_scene_elsewhere_is_neither_looked_into_nor_drawn(town, tmp_path):
    shutil.copytree(town.index, tmp_path / "copy.cmpagl")
    lon, lat = open_index(town.index).search("a road", 1).hits[0].geometry.centroid.coords[0]
    page = {"index": "copy.cmpagl", "place": {"lon": lon, "lat": lat}}
    asked = [
        ("where", {**page, "query": "a road between trees"}),
        ("describe", page),
        ("search", {"index": "copy.cmpagl", "query": "a road", "pictures": 5}),
    ]
    where, described, found = ask(all_of(asked), tmp_path)
    assert "outside the folders that may be read" in refused(where)
    assert described.structured_content["said"]
    assert len(found.structured_content["hits"]) == 10
    assert [one.type for one in found.content] == ["text"]


def numbers_of(window):
    return window.col, window.row, window.width, window.height


def test_a_build_is_cancelled_and_searches_do_not_wait_for_one(many_scenes, town, tmp_path):
    async def talk(client):
        begun = anyio.Event()

        async def told(_done, _total, what):
            if "indexing" in what:
                begun.set()

        async def build():
            page = {"inputs": many_scenes, "index": str(tmp_path / "many.cmpagl")}
            await client.call_tool("index_scenes", page, progress_callback=told)
            pytest.fail("it was not cancelled")

        async with anyio.create_task_group() as group:
            group.start_soon(build)
            await begun.wait()
            found = await client.call_tool("search", {"index": town.index, "query": "a road"})
            group.cancel_scope.cancel()
        after = await client.call_tool("list_indexes", {})
        page = {"inputs": [many_scenes[0]], "index": str(tmp_path / "next.cmpagl")}
        other = await client.call_tool("index_scenes", page)  # waits until the first has stopped
        return found, after, other

    found, after, other = ask(talk, town.folder, tmp_path, Path(many_scenes[0]).parent)
    assert len(found.structured_content["hits"]) == 10
    assert {"index": town.index} in after.structured_content["indexes"]
    assert other.structured_content["scenes"] == 1


@pytest.fixture
def fenced(tmp_path, town):
    """A root folder with links that lead out of it, beside what is secret."""
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    (inside / "deep").mkdir(parents=True)
    outside.mkdir()
    (outside / "secret.tif").write_bytes(b"II*\0")
    (inside / "way").symlink_to(outside)
    (inside / "deep" / "way.tif").symlink_to(outside / "secret.tif")
    (inside / "town.cmpagl").symlink_to(town.index)
    return inside


def test_only_what_lies_below_the_roots_is_read_or_written(fenced, town, tmp_path):
    asked = [
        ("index_scenes", {"inputs": [inputs], "index": "new.cmpagl"})
        for inputs in ("../outside", str(tmp_path / "outside"), "way", "deep", "deep/way.tif", "/")
    ]
    asked += [
        ("index_scenes", {"inputs": ["deep"], "index": "../outside/new.cmpagl"}),
        ("open_index", {"index": "town.cmpagl"}),
        ("search", {"index": town.index, "query": "a road"}),
        ("export_chips", {"index": "town.cmpagl", "output": "x.geojson"}),
        ("search_by_example", {"index": ".", "like": [{"picture": "way/secret.tif"}]}),
        ("search", {"index": "none", "query": "a road", "output": "way/x.geojson"}),
        ("search", {"index": "none", "query": "a road", "output": "../x.geojson"}),
    ]

    for (_, page), result in zip(asked, ask(all_of(asked), cwd=fenced), strict=True):
        said = refused(result)
        assert "leads out of" in said, (page, said)
    left = {path.name for path in tmp_path.rglob("*")}
    assert not {"new.cmpagl", "x.geojson"} & left


def test_a_file_is_read_where_only_others_lead_out(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "out.tif").touch()
    (tmp_path / "in" / "a.tif").touch()
    (tmp_path / "in" / "b.tif.ovr").symlink_to(tmp_path / "out.tif")
    roots = Roots([tmp_path / "in"])
    assert roots.tree("a.tif") == tmp_path / "in" / "a.tif"
    for name in ("b.tif", "all.vrt", "."):
        with pytest.raises(OutsideError, match="found a link"):
            roots.tree(name)


REFUSED = [
    ("search", {"index": "x.cmpagl"}, "search: lacks 'query'"),
    ("search", {"index": "x", "query": "a", "kk": 3}, "unknown setting kk"),
    ("search", {"index": "x", "query": "a", "k": 0}, "k: found 0, wanted 1 to 200"),
    ("search", {"index": "x", "query": "a", "bbox": [1, 2]}, "search.bbox"),
    ("open_index", {"index": "x.cmpagl"}, "found no _index.json"),
    ("sing", {}, "found the tool 'sing', wanted one of list_indexes"),
]


def test_refusals_are_one_line_and_an_address_is_a_name_below_the_roots(tmp_path):
    """Nothing is fetched."""
    asked = [(tool, page) for tool, page, _ in REFUSED]
    page = {"inputs": ["https://127.0.0.1:9/a.tif", "none.tif"], "index": "x.cmpagl"}
    *results, told = ask(all_of([*asked, ("index_scenes", page)]), tmp_path)
    for (tool, page, said), result in zip(REFUSED, results, strict=True):
        assert said in refused(result), (tool, page)
    report = told.structured_content
    assert report["scenes"] == 0
    assert all("does not exist" in problem for problem in report["problems"])
    assert len(report["problems"]) == 2


def test_standard_output_holds_the_protocol_alone(tmp_path):
    page = {
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {"protocolVersion": "2025-06-18", "capabilities": {},
                   "clientInfo": {"name": "t", "version": "1"}},
    }  # fmt: skip
    call = {"jsonrpc": "2.0", "id": 2, "method": "tools/call",
            "params": {"name": "open_index", "arguments": {"index": "none"}}}  # fmt: skip
    ready = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    lines = "".join(json.dumps(one) + "\n" for one in (page, ready, call))
    done = subprocess.run(
        [sys.executable, *SERVE], cwd=tmp_path, input=lines, capture_output=True, text=True,
        timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout
    for line in done.stdout.splitlines():
        assert json.loads(line)["jsonrpc"] == "2.0"
    assert "Traceback" not in done.stderr


def test_without_the_sdk_the_next_step_is_told(monkeypatch, capsys):
    monkeypatch.setattr("cmpagl_model.server.mcp_serve.find_spec", lambda _: None)
    assert run(["serve", "--mcp"]) == 1
    assert "next: pip install 'cmpagl-qgis[mcp]'" in capsys.readouterr().err


def test_a_root_that_is_none_is_refused(tmp_path, capsys):
    assert run(["serve", "--mcp", "--root", str(tmp_path / "none")]) == 1
    assert "found no folder" in capsys.readouterr().err
    assert run(["serve", "--root", str(tmp_path)]) == 2


def test_a_path_is_looked_for_below_each_root(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    (tmp_path / "b" / "x.tif").touch()
    roots = Roots([tmp_path / "a", tmp_path / "b"])
    assert roots.path("x.tif") == tmp_path / "b" / "x.tif"
    assert roots.path("new.tif") == tmp_path / "a" / "new.tif"
    with pytest.raises(OutsideError, match="leads out of"):
        roots.path("../x.tif")


def test_progress_only_grows_over_phases():
    steps = MonotonicProgress()
    told = [(1, 2), (2, 2), (2, 2), (0, 50), (16, 50), (50, 50)]
    assert [steps.taken(*one) for one in told] == [
        (1, 2), (2, 2), None, None, (18, 52), (52, 52),
    ]  # fmt: skip
    assert MonotonicProgress().taken(3, 0) == (3, None)
