"""The web server by the letter of OGC API Features, and against those who mean it no good."""

from __future__ import annotations

import json
import os
import select
import shutil
import socket
import subprocess
import sys
from contextlib import ExitStack, suppress
from urllib.parse import quote, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import geopandas
import pyogrio
import pytest

from cmpagl_model.search import open_index
from cmpagl_model.server.roots import MOST_FOLDERS, Roots
from tests.cmpagl_model.server.web_server import PATIENCE_S

pytest.importorskip("starlette", reason="the extra http is not installed")
pytest.importorskip("uvicorn", reason="the extra http is not installed")
JSON, PNG = "application/json", "image/png"
RESOURCES = ("/", "/conformance", "/api", "/collections", "/collections/town",
             "/collections/town/items", "/collections/scenes:town/items")  # fmt: skip


def test_what_no_resource_knows_is_refused_by_all(served):
    item = served.get("/collections/town/items?limit=1").page["features"][0]["id"]
    for path in (*RESOURCES, f"/collections/town/items/{item}"):
        for query, status in {"x=1": 400, "f=json": 200, "f=xml": 400}.items():
            assert served.get(f"{path}?{query}").status == status, (path, query)


def test_what_qgis_hands_on_to_all_is_passed_over(served):
    for path in RESOURCES:
        assert served.get(f"{path}?q=a+road&k=2").status == 200, path


def test_the_page_is_there_for_who_asks_for_it(served):
    (link,) = (x for x in served.get("/").page["links"] if x["type"] == "text/html")
    assert b"<title>CMPAGL" in served.get(link["href"]).body


def test_limit_and_bbox_are_described_as_the_standard_wants_them(served):
    known = served.get("/api").page["components"]["parameters"]
    for name in ("limit", "bbox", "datetime"):
        one = known[name]
        said = (one["in"], one["required"], one["style"], one["explode"])
        assert said == ("query", False, "form", False)
    assert {"minimum", "maximum", "default"} <= set(known["limit"]["schema"])
    lengths = [(each["minItems"], each["maxItems"]) for each in known["bbox"]["schema"]["oneOf"]]
    assert lengths == [(4, 4), (6, 6)]


@pytest.mark.parametrize("text", ["1_0", " 5", "٣", "1e1", "0x1", ""])
def test_a_whole_number_has_digits_alone(served, text):
    got = served.get(f"/collections/town/items?limit={quote(text)}")
    assert (got.status, "wanted a whole number" in got.page["detail"]) == (400, True)


def test_a_next_page_may_be_told_again_what_it_knows_as_gdal_does(served):
    query = "q=a%20road&k=6"
    path, ranks = f"/collections/town/items?limit=2&{query}", []
    while path:
        page = served.get(path).page
        ranks += [one["properties"]["rank"] for one in page["features"]]
        links = {link["rel"]: link["href"] for link in page["links"]}
        path = links.get("next") and f"{links['next']}&{query}"
    assert ranks == list(range(1, page["numberMatched"] + 1))
    assert len(ranks) > 4
    assert links["self"].count("q=") == 1


@pytest.mark.skipif(not shutil.which("ogr2ogr"), reason="no ogr2ogr on this machine")
def test_ogr2ogr_follows_the_pages_of_a_sentence(served, tmp_path):
    to = tmp_path / "hits.geojson"
    source = f"OAPIF:{served.url}/collections/town?q=a%20road&k=6"
    words = ["ogr2ogr", "-oo", "PAGE_SIZE=2", to, source]
    done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    if "OAPIF" in done.stderr and "driver" in done.stderr:
        pytest.skip("a GDAL without OAPIF")
    assert done.returncode == 0, done.stderr
    want = served.get("/collections/town/items?q=a%20road&k=6").page["features"]
    found = [one["properties"]["rank"] for one in json.loads(to.read_text())["features"]]
    assert found == [one["properties"]["rank"] for one in want]
    assert len(found) > 4


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def test_a_slash_too_many_leads_to_the_address_that_clients_see(serve, served, town):
    assert served.get("/collections/town/?f=json").page["id"] == "town"
    server = serve(town.folder, options=["--public-url", "https://maps.example.org/places/"])
    with pytest.raises(Exception, match="307") as caught:
        build_opener(_Stay).open(f"{server.url}/collections/?f=json", timeout=PATIENCE_S)
    assert caught.value.headers["location"] == "https://maps.example.org/places/collections?f=json"


def test_indexes_of_one_name_are_all_given(serve, town, tmp_path):
    for root in ("one", "two"):
        shutil.copytree(town.index, tmp_path / root / "same.cmpagl")
    names = ["same", "same~2"]
    if sys.platform == "linux":  # elsewhere names of files are Unicode
        shutil.copytree(town.index, tmp_path / "two" / os.fsdecode(b"\xff.cmpagl"))
        names.append("\\udcff")
    server = serve(tmp_path / "one", tmp_path / "two")
    listed = [one["id"] for one in server.get("/collections").page["collections"]]
    assert [name for name in listed if not name.startswith("scenes:")] == names
    for name in names:
        assert server.get(f"/collections/{quote(name)}/items?q=a+road&k=1").page["features"]


def test_where_too_many_folders_are_below_a_root_it_is_said(serve, town, tmp_path):
    near = tmp_path / "z-near"
    shutil.copytree(town.index, near / "town.cmpagl")
    deep = tmp_path / "archive" / "year"
    deep.mkdir(parents=True)
    for number in range(MOST_FOLDERS):
        (deep / f"{number}.SAFE").mkdir()
    server = serve(tmp_path)
    page = server.get("/collections").page
    assert [one["id"] for one in page["collections"]] == ["z-near~town", "scenes:z-near~town"]
    assert "--root" in page["notice"]
    assert str(tmp_path) not in page["notice"]
    server.leave()
    assert sum(page["notice"] in line for line in server.said) == 1
    assert "notice" not in serve(near).get("/collections").page
    below = Roots([near, town.folder]).indexes(lambda: None, 1)
    assert below.indexes == (near / "town.cmpagl",)
    assert "found 1 indexes" in below.notice


def test_an_index_that_was_deleted_is_gone_at_once(serve, town, tmp_path):
    shutil.copytree(town.index, tmp_path / "short.cmpagl")
    server = serve(tmp_path)
    page = server.get("/collections/short/items?q=a+road&k=1").page
    assert page["features"]
    shutil.rmtree(tmp_path / "short.cmpagl")
    for rest in ("", "/items?q=a+road", "/items", f"/items/{page['features'][0]['id']}"):
        got = server.get(f"/collections/short{rest}")
        assert (got.status, "wanted one of /collections" in got.page["detail"]) == (404, True)
    assert server.get("/collections").page["collections"] == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"like": [' + b"{}," * 5_000_000 + b"{}]}", "found JSON with 5,000,000 commas"),
        (b'{"like": [' + b"{}," * 100_000 + b"{}]}", "like: found 100,001 entries"),
        (b"[" * 1_000_000, "found no JSON"),
        (b'{"q": "a road", "k": NaN}', "NaN is no number"),
    ],
)
def test_small_bodies_that_hold_much_are_refused(served, body, said):
    got = served.get("/collections/town/search", body, Content_Type=JSON)
    assert (got.status, said in got.page["detail"]) == (400, True), got.body


def begun(server, length):
    """A connection on which a picture of some length is announced."""
    place = urlsplit(server.url)
    line = socket.create_connection((place.hostname, place.port), PATIENCE_S)
    line.sendall(
        b"POST /collections/town/search HTTP/1.1\r\nHost: localhost\r\n"
        b"Content-Type: image/png\r\nContent-Length: %d\r\n\r\n" % length
    )
    return line


def test_who_leaves_while_sending_leaves_no_traceback(serve, town):
    server = serve(town.folder)
    with begun(server, 999) as line:
        line.sendall(b"half")
    assert server.get("/health").status == 200
    server.leave()
    assert "Traceback" not in "".join(server.said)
    assert any("POST /collections/town/search" in line for line in server.said)


def test_many_who_send_at_once_do_not_fill_the_memory(serve, town):
    server = serve(town.folder, options=["--timeout", str(PATIENCE_S)])
    with ExitStack() as lines:
        waiting = [lines.enter_context(begun(server, 16 << 20)) for _ in range(18)]
        for line in waiting:
            with suppress(ConnectionError):  # refused before all of it was sent
                line.sendall(b"x" * (15 << 20))
        # which of them is one too many hangs on whose bytes the server takes first
        answered, _, _ = select.select(waiting, [], [], PATIENCE_S)
        assert {line.recv(13) for line in answered} == {b"HTTP/1.1 503 "}
    got = server.get("/collections/town/search", json.dumps({"q": "a road"}).encode(),
                     Content_Type=JSON)  # fmt: skip
    assert got.status == 200


@pytest.mark.parametrize(
    ("tiles", "source"),
    [
        ("https://tile.example.org/{z}/{x}/{y}.png", "https://tile.example.org;"),
        ("https://{s}.example.org/{z}/{x}/{y}.png", "https://*.example.org;"),
        ("https://tile-{s}.example.org:8443/{z}/{x}/{y}.png", "https://*.example.org:8443;"),
    ],
)
def test_servers_of_tiles_are_allowed_and_told_whose_page_asks(serve, town, tiles, source):
    headers = serve(town.folder, options=["--tiles", tiles]).get("/?f=html").headers
    assert source in headers["content-security-policy"]
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"


@pytest.mark.skipif("OAPIF" not in pyogrio.list_drivers(), reason="a GDAL without OAPIF")
def test_gdal_reads_chips_scenes_and_the_hits_of_a_sentence(served, town):
    chips = geopandas.read_file(f"OAPIF:{served.url}/collections/town", engine="pyogrio")
    assert len(chips) == len(open_index(town.index).table)
    assert chips.crs.to_epsg() in {4326, None}
    assert set(chips.geom_type) == {"Polygon"}
    names = {name for name, _ in pyogrio.list_layers(f"OAPIF:{served.url}")}
    assert names == {"town", "scenes:town"}
    hits = geopandas.read_file(
        f"OAPIF:{served.url}/collections/town?q=a%20road&k=4", engine="pyogrio"
    )
    assert hits["rank"].tolist() == [1, 2, 3, 4]


def test_behind_another_server_links_bear_its_name(serve, town):
    server = serve(town.folder, options=["--public-url", "https://maps.example.org/places/"])
    page = server.get("/collections/town/items?limit=1").page
    links = [link["href"] for link in page["links"]] + [
        page["features"][0]["properties"]["thumbnail"]
    ]
    assert all(link.startswith("https://maps.example.org/places/collections/") for link in links)
