"""The web server: a real process, asked over the loopback as QGIS and web pages ask it."""

from __future__ import annotations

import base64
import io
import json
import shutil
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, urlsplit

import numpy as np
import pytest
import shapely
from PIL import Image
from shapely.geometry import shape

from cmpagl_model.cli.app import run
from cmpagl_model.index.mirror import at_hand
from cmpagl_model.index.store import store_at
from cmpagl_model.search import Filter, open_index
from cmpagl_model.server.roots import Roots
from tests.cmpagl_model.server import web_server
from tests.cmpagl_model.server.web_server import PATIENCE_S

pytest.importorskip("starlette", reason="the extra http is not installed")
pytest.importorskip("uvicorn", reason="the extra http is not installed")
TOKEN = "0123456789abcdef-of-a-test"
JSON, PNG = "application/json", "image/png"


def everything(server, path):
    """All features of a list, page by page."""
    features = []
    while path:
        page = server.get(path).page
        assert page["numberReturned"] == len(page["features"])
        features += page["features"]
        path = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
    return features, page["numberMatched"]


def test_every_link_from_the_landing_page_on_leads_somewhere(served):
    seen, waiting = set(), ["/"]
    while waiting:
        path = waiting.pop()
        got = served.get(path)
        assert got.status == 200, path
        page = got.page
        seen.add(path.removeprefix(served.url))
        for part in (page, *page.get("collections", []), *page.get("features", [])[:1]):
            waiting += [
                link["href"] for link in part.get("links", [])
                if link["href"].removeprefix(served.url) not in seen
                and link["type"] != "text/html" and link["rel"] != "next"
            ]  # fmt: skip
    assert {"/", "/api", "/conformance", "/collections", "/collections/town",
            "/collections/town/items", "/collections/scenes:town/items"} <= seen  # fmt: skip
    classes = served.get("/conformance").page["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in classes


def test_the_description_is_openapi_3_and_knows_what_is_asked(served):
    got = served.get("/api")
    assert "openapi+json;version=3.0" in got.headers["content-type"]
    validator = pytest.importorskip("openapi_spec_validator", reason="for a foreign judge")
    validator.validate(got.page)


def test_without_a_sentence_all_chips_come_page_by_page(served, town):
    features, matched = everything(served, "/collections/town/items?limit=4")
    table = open_index(town.index).table
    assert matched == len(features) == len(table)
    assert len({one["id"] for one in features}) == len(table)
    want = table.footprints(np.arange(len(table)))
    found = np.array([shape(one["geometry"]) for one in features])
    assert shapely.equals_exact(found, want, tolerance=1e-7).all()
    assert {one["properties"]["scene"] for one in features} == {"west.tif", "east.tif"}


def test_a_box_and_a_size_cut_as_the_engine_does(served, town):
    table = open_index(town.index).table
    west, south, east, north = table.bounds(np.arange(3))[1]
    box = f"{west},{south},{east},{north}"
    path = f"/collections/town/items?bbox={box}&ground_m=50,150"
    features, matched = everything(served, path)
    want = Filter((west, south, east, north), ground_m=(50, 150)).rows(table)
    assert matched == len(features) == len(want) < len(table)
    flat = served.get(f"/collections/town/items?bbox={west},{south},0,{east},{north},9").page
    assert flat["numberMatched"] >= matched
    assert served.get("/collections/town/items?datetime=2020/2021").page["undated"] == len(table)
    scenes = served.get(f"/collections/scenes:town/items?bbox={box}").page
    assert [one["properties"]["scene"] for one in scenes["features"]] in (
        ["west.tif"],
        ["east.tif"],
    )


def test_a_sentence_finds_what_the_engine_finds(served, town):
    page = served.get(f"/collections/town/items?q={quote('a road, no cars')}&k=5&limit=3").page
    assert (page["numberMatched"], page["numberReturned"]) == (5, 3)
    assert page["understood"] == "a road - without: cars"
    path = f"/collections/town/items?q={quote('a red roof')}&k=5&limit=2"
    features, matched = everything(served, path)
    want = open_index(town.index).search("a red roof", 5)
    assert matched == len(want.hits)
    assert [one["properties"]["rank"] for one in features] == [hit.rank for hit in want.hits]
    scores = [one["properties"]["score"] for one in features]
    assert scores == pytest.approx([hit.score for hit in want.hits], abs=1e-4)
    for one, hit in zip(features, want.hits, strict=True):
        assert shape(one["geometry"]).equals_exact(hit.geometry, 1e-7)
        assert hit.scene.endswith(one["properties"]["scene"])


def test_a_feature_is_found_again_by_its_id_and_drawn(served):
    listed = served.get("/collections/town/items?q=a+road&k=1").page["features"][0]
    got = served.get(f"/collections/town/items/{listed['id']}").page
    assert got["geometry"] == listed["geometry"]
    drawn = served.get(listed["properties"]["thumbnail"] + "?px=64")
    assert Image.open(io.BytesIO(drawn.body)).size == (64, 64)
    again = served.get(
        listed["properties"]["thumbnail"] + "?px=64", If_None_Match=drawn.headers["etag"]
    )
    assert (again.status, again.body) == (304, b"")
    scene = served.get("/collections/scenes:town/items?limit=1").page["features"][0]
    assert served.get(f"/collections/scenes:town/items/{scene['id']}").page["id"] == scene["id"]


def test_places_like_a_chip_a_picture_and_words(served):
    items = served.get("/collections/town/items?limit=3").page["features"]
    like = {"like": [{"item": items[2]["id"]}], "k": 1}
    (hit,) = post(served, like).page["features"]
    assert hit["id"] == items[2]["id"]
    assert hit["properties"]["score"] == pytest.approx(1, abs=1e-3)
    png = served.get(items[1]["properties"]["thumbnail"] + "?px=192").body
    sent = served.get("/collections/town/search?k=1", png, Content_Type=PNG)
    assert sent.page["features"][0]["id"] == items[1]["id"]
    both = {
        "like": [{"picture": base64.b64encode(png).decode(), "weight": 2}],
        "minus": [{"words": "water"}], "k": 2, "where": {"ground_m": [150, 250]},
    }  # fmt: skip
    found = post(served, both).page["features"]
    assert [one["properties"]["ground_m"] for one in found] == [200, 200]


def post(server, page, **headers):
    body = page if isinstance(page, bytes) else json.dumps(page).encode()
    return server.get("/collections/town/search", body, **{"Content_Type": JSON, **headers})


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/collections/none/items", 404, "wanted one of /collections"),
        ("/collections/town/items/none", 404, "wanted the id of a feature"),
        ("/collections/town/items/0123456789abcdef-0-0-9-9-1", 404, "wanted the id"),
        ("/collections/town/thumbnails/none.png", 404, "wanted the id"),
        ("/collections/town/items?q=", 400, "empty query"),
        ("/collections/town/items?q=" + "a" * 1001, 400, "1,001 characters"),
        ("/collections/town/items?limit=0", 400, "limit: found 0"),
        ("/collections/town/items?limit=many", 400, "wanted a whole number"),
        ("/collections/town/items?offset=-1", 400, "offset: found -1"),
        ("/collections/town/items?k=1001&q=x", 400, "k: found 1001"),
        ("/collections/town/items?bbox=1,2,3", 400, "found 3 numbers"),
        ("/collections/town/items?bbox=1,2,3,nan", 400, "found a box"),
        ("/collections/town/items?datetime=soon", 400, "found the date 'soon'"),
        ("/collections/town/items?datetime=../..", 400, "datetime"),
        ("/collections/town/items?words=a", 400, "found the parameter 'words'"),
        ("/collections/town/items?limit=1&limit=2", 400, "found two values"),
        ("/collections/town/items?f=xml", 400, "wanted json"),
        ("/collections/town/thumbnails/x.png?px=9999", 400, "px: found '9999'"),
        ("/collections/..%2F..%2Fetc/items", 404, "found nothing"),
        ("/collections/%00/items", 404, "wanted one of /collections"),
        ("/page/../app.py", 404, "found nothing"),
        ("/page/%2e%2e/app.py", 404, "found nothing"),
        ("/nothing", 404, "found nothing at '/nothing'"),
    ],
)
def test_what_cannot_be_answered_is_a_problem_with_the_next_step(served, town, path, status, said):
    got = served.get(path)
    assert got.status == status, got.body
    assert got.headers["content-type"] == "application/problem+json"
    assert said in got.page["detail"]
    assert got.page["status"] == status
    assert str(town.folder) not in got.page["detail"]


@pytest.mark.parametrize(
    ("body", "kind", "status", "said"),
    [
        (b"{", JSON, 400, "found no JSON"),
        (b"[]", JSON, 400, "wanted one"),
        (b'{"like": []}', JSON, 400, "nothing to be like"),
        (b'{"near": []}', JSON, 400, "near"),
        (b'{"like": [{"item": "x"}]}', JSON, 404, "wanted the id"),
        (b'{"like": [{"picture": "***"}]}', JSON, 400, "found no base64"),
        (b'{"like": [{"picture": "AAAA"}]}', JSON, 400, "like[0]: found no picture"),
        (b'{"like": [{"scene": "/etc/passwd"}]}', JSON, 400, "scene"),
        (b"no picture", PNG, 400, "found no picture"),
        (b"x", "text/plain", 415, "found the content type 'text/plain'"),
        (b"x" * ((16 << 20) + 1), PNG, 413, "more than 16 MiB"),
    ],
)
def test_examples_that_are_none_are_refused(served, body, kind, status, said):
    got = post(served, body, Content_Type=kind)
    assert (got.status, got.headers["content-type"]) == (status, "application/problem+json")
    assert said in got.page["detail"]


def test_a_small_file_with_a_huge_picture_is_refused(served):
    drawn = io.BytesIO()
    Image.new("1", (9000, 9000)).save(drawn, "PNG")
    got = served.get("/collections/town/search", drawn.getvalue(), Content_Type=PNG)
    assert got.status == 400
    assert "9000 x 9000 px" in got.page["detail"]


def test_a_token_opens_and_nothing_else_does(serve, town, tmp_path):
    secret = tmp_path / "tokens"
    secret.write_text(f"# of tests\n{TOKEN}\nanother-token-of-tests\n")
    secret.chmod(0o644)
    server = serve(town.folder, options=["--token-file", str(secret)])
    assert any("others may read this file" in line for line in server.said)
    for path in ("/", "/collections", "/collections/town/items", "/api", "/no"):
        for sent in (
            {},
            {"Authorization": "Bearer wrong"},
            {"Authorization": f"Basic {TOKEN}"},
            {"Authorization": "Basic YTpi"},
            {"Authorization": "Basic"},
        ):
            got = server.get(path, **sent)
            assert got.status == 401, (path, sent)
            assert got.headers["www-authenticate"].startswith("Bearer")
        assert server.get(path, Authorization=f"Bearer {TOKEN}").status in {200, 404}
        pair = base64.b64encode(f"anybody:{TOKEN}".encode()).decode()
        assert server.get(path, Authorization=f"Basic {pair}").status in {200, 404}
    assert server.get("/collections", Authorization="bearer another-token-of-tests").status == 200
    assert server.get("/health").page == {"status": "ok"}
    page = server.get("/", Accept="text/html")
    assert b"<title>CMPAGL" in page.body
    assert server.get("/page/settings.json").page["token"] is True
    assert TOKEN not in "".join(server.said)


def test_another_name_reaches_no_server_of_this_computer(served):
    assert served.get("/collections", Host="evil.example").status == 421
    assert served.get("/collections", Host="localhost:1").status == 200


def test_no_other_site_may_ask_unless_it_is_named(serve, served, town):
    asked = {"Origin": "https://maps.example.org"}
    assert "access-control-allow-origin" not in served.get("/collections", **asked).headers
    server = serve(town.folder, options=["--cors", "https://maps.example.org"])
    got = server.get("/collections", **asked)
    assert got.headers["access-control-allow-origin"] == "https://maps.example.org"
    other = server.get("/collections", Origin="https://other.example.org")
    assert "access-control-allow-origin" not in other.headers


def test_beyond_a_short_queue_searches_are_refused_and_nothing_else(serve, town):
    server = serve(town.folder, options=["--searches", "1", "--queue", "2"])
    begin = threading.Barrier(24)

    def ask(number):
        begin.wait()
        return server.get(f"/collections/town/items?q=a+road+{number}")

    def at_once(first):
        with ThreadPoolExecutor(24) as many:
            return list(many.map(ask, range(first, first + 24)))

    # where others have the processor, all may come one by one: then again
    rounds = (at_once(24 * number) for number in range(100))
    got = next(got for got in rounds if any(one.status == 503 for one in got))
    counts = {status: [one.status for one in got].count(status) for status in (200, 503)}
    assert counts[200] >= 3
    assert counts[503] >= 1
    assert sum(counts.values()) == 24
    refused = next(one for one in got if one.status == 503)
    assert int(refused.headers["retry-after"]) > 0
    assert "ask again" in refused.page["detail"]
    assert server.get("/collections/town/items?q=a+road").status == 200


def test_who_waits_too_long_is_told_so(serve, town):
    server = serve(town.folder, options=["--timeout", "0.000001"])
    got = server.get("/collections/town/items?q=a+road")
    assert got.status == 503
    assert "found no answer after 1e-06 s" in got.page["detail"]


def test_half_a_request_is_not_waited_for(serve, town):
    server = serve(town.folder, options=["--timeout", "1"])
    place = urlsplit(server.url)
    with socket.create_connection((place.hostname, place.port), PATIENCE_S) as line:
        line.sendall(
            b"POST /collections/town/search HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Type: image/png\r\nContent-Length: 999\r\n\r\nhalf"
        )
        assert line.recv(100).startswith(b"HTTP/1.1 408 ")


def test_the_log_has_a_line_a_request_and_no_sentence(serve, town):
    server = serve(town.folder)
    server.get("/collections/town/items?q=secret+garden&k=1")
    server.get("/health")
    server.leave()
    line = next(line for line in server.said if "/collections/town/items" in line)
    assert " 127.0.0.1 GET /collections/town/items 200 " in line
    assert "secret" not in "".join(server.said)
    told = serve(town.folder, options=["--log-queries"])
    told.get("/collections/town/items?q=secret+garden&k=1")
    told.get("/health")
    told.leave()
    assert any("?q=secret+garden&k=1 200 " in line for line in told.said)


def test_it_ends_in_good_order(serve, town):
    server = serve(town.folder)
    assert server.get("/health").status == 200
    assert server.leave() in {0, 130, -2}
    assert "Traceback" not in "".join(server.said)


def test_only_what_lies_below_the_roots_is_given(serve, town, tmp_path):
    inside = tmp_path / "inside"
    (inside / "deep").mkdir(parents=True)
    shutil.copytree(town.index, inside / "deep" / "copy.cmpagl")
    shutil.copytree(town.index, inside / "linked.cmpagl")
    part = next((inside / "linked.cmpagl" / "parts").iterdir())
    part.rename(tmp_path / "outside.parquet")
    part.symlink_to(tmp_path / "outside.parquet")
    (inside / "way.cmpagl").symlink_to(town.index)
    server = serve(inside)
    ids = {one["id"] for one in server.get("/collections").page["collections"]}
    assert ids == {"deep~copy", "scenes:deep~copy", "linked", "scenes:linked"}
    assert server.get("/collections/linked").status == 404
    got = server.get("/collections/deep~copy/items?q=a+road&k=1")
    facts = got.page["features"][0]["properties"]
    assert facts["thumbnail"] is None
    assert facts["scene"] in {"west.tif", "east.tif"}
    assert str(tmp_path).encode() not in got.body
    item = got.page["features"][0]["id"]
    refused = server.get(f"/collections/deep~copy/thumbnails/{item}.png")
    assert refused.status == 404
    assert "below a --root" in refused.page["detail"]


def test_an_index_in_an_object_store_is_given_too(serve, s3, town):
    address = f"s3://{s3.bucket}/far/away.cmpagl"
    assert run(["index", town.west, "-o", address, "--scales", "100", "-q"]) == 0
    server = serve(options=["--store", address])
    ids = [one["id"] for one in server.get("/collections").page["collections"]]
    assert ids == ["away", "scenes:away"]
    assert len(server.get("/collections/away/items?q=a+road&k=3").page["features"]) == 3


HASTY = """
import sys
from cmpagl_model.cli.app import run
from cmpagl_model.server.web import serve
serve.SYNC_EVERY_S = 0.2
sys.exit(run(sys.argv[1:]))
"""


def until(true):
    """Wait for what another process is at."""
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_what_is_new_in_an_object_store_is_served_also_after_the_store_was_away(
    serve, s3, town, tmp_path, monkeypatch
):
    words = [sys.executable, "-c", HASTY, "serve", "--http", "--port", "0"]
    monkeypatch.setattr(web_server, "SERVE", words)
    address, down = f"s3://{s3.bucket}/far/away.cmpagl", s3.folder / "down"
    assert run(["index", town.west, "-o", address, "--scales", "100", "-q"]) == 0
    server = serve(options=["--store", address])
    monkeypatch.setenv("CMPAGL_CACHE", str(tmp_path / "another machine"))
    store_at.cache_clear()

    def scenes():
        return server.get("/collections/scenes:away/items").page["numberMatched"]

    assert scenes() == 1
    down.touch()
    try:
        until(lambda: any(f"cmpagl: {address} cannot be reached" in line for line in server.said))
        assert scenes() == 1
    finally:
        down.unlink()
    assert run(["index", town.east, "-o", address, "-q"]) == 0
    until(lambda: scenes() == 2)
    found = server.get("/collections/away/items?q=a+road&k=50").page["features"]
    assert {one["properties"]["scene"] for one in found} == {"west.tif", "east.tif"}


def test_indexes_of_one_name_in_two_places_are_both_given(serve, s3, town):
    addresses = [f"s3://{s3.bucket}/{place}/town.cmpagl" for place in ("here", "there")]
    for scene, address in zip((town.west, town.east), addresses, strict=True):
        assert run(["index", scene, "-o", address, "--scales", "100", "-q"]) == 0
    server = serve(options=[word for one in addresses for word in ("--store", one)])
    names = {one["id"] for one in server.get("/collections").page["collections"]}
    assert names == {"town", "scenes:town", "town~2", "scenes:town~2"}
    first, second = (
        server.get(f"/collections/scenes:{name}/items").page["features"][0]["properties"]["scene"]
        for name in ("town", "town~2")
    )
    assert (first, second) == ("west.tif", "east.tif")


def test_clients_are_not_told_the_bucket_of_an_index(s3, town):
    for file in Path(town.index).rglob("*"):
        if file.is_file() and "_cache" not in file.parts:
            s3.put(f"maps/{file.relative_to(town.index).as_posix()}", file.read_bytes())
    address = f"s3://{s3.bucket}/maps"
    roots = Roots([at_hand(address)])
    assert roots.shown(f"{address}: found nothing") == "maps: found nothing"
    assert roots.shown(f"{address}/parts/x cannot be reached") == "maps/parts/x cannot be reached"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--http", "--host", "0.0.0.0"], "others can reach and no token"),
        (["--http", "--mcp"], "wanted one of them"),
        (["--port", "8001"], "found --port without --http"),
        (["--root", "."], "found --root without"),
        (["--http", "--searches", "0"], "--searches: found 0"),
        (["--http", "--timeout", "0"], "--timeout: found 0 s"),
        (["--http", "--token-file", "none"], "--token-file none: cannot be read"),
        (["--http", "--cors", "*"], "wanted such as https://maps.example.org"),
        (["--http", "--tiles", "https://tiles.example.org"], "{z}/{x}/{y}"),
        (["--http", "--root", "none"], "found no folder"),
    ],
)
def test_a_server_that_nobody_should_start_so_is_refused(words, said, capsys):
    assert run(["serve", *words]) != 0
    assert said in " ".join(capsys.readouterr().err.split())


def test_a_token_that_can_be_guessed_is_refused(tmp_path, capsys):
    (tmp_path / "tokens").write_text("short\n")
    assert run(["serve", "--http", "--token-file", str(tmp_path / "tokens")]) != 0
    assert "found one of 5 characters" in capsys.readouterr().err


def test_a_port_in_use_is_told_before_anything_is_loaded(served, capsys):
    port = served.url.rpartition(":")[2]
    assert run(["serve", "--http", "--port", port]) != 0
    assert "next: choose another port" in capsys.readouterr().err
