"""What goes wrong: junk, cancelling, indexes that change or go, clients that die."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from cmpagl_model.index import build_index, load_chips, read_info
from tests.cmpagl_model.server.client import PATIENCE_S, SERVE, RefusedError
from tiling import ChipSpec

QUERY = "a road beside a river"
MIB = 1 << 20


@pytest.mark.parametrize(
    ("method", "params", "code", "said"),
    [
        ("nonsense", {}, -32601, "'nonsense', wanted one of hello, open"),
        ("search", {"index": "/x", "query": "a", "quary": 1}, -32602, "unknown setting quary"),
        ("search", {"index": "/x"}, -32602, "search: lacks 'query'"),
        ("search", {"index": "/x", "query": 5}, -32602, "search.query: found 5"),
        ("search", {"index": "/x", "query": "a", "k": 2.5}, -32602, "search.k: found 2.5"),
        ("search", {"index": "x", "query": "a"}, -32602, "wanted an absolute path"),
        ("search", {"index": "/x", "query": "a", "rerank": "all"}, -32602, "wanted one of none"),
        ("search", {"index": "/x", "query": "a", "where": {"box": 1}}, -32602, "where: unknown"),
        ("search", {"index": "/x", "query": "a", "where": {"bbox": [1, 2]}}, -32602, "wanted 4"),
        ("search", {"index": "/absent", "query": "a"}, -32000, r"found no _index\.json"),
        ("search", {"index": "TOWN", "query": " "}, -32000, "found an empty query"),
        ("search", {"index": "TOWN", "query": "a" * 10_000}, -32000, "10,000 characters"),
        ("search", {"index": "TOWN", "query": "a", "k": 0}, -32000, "found k = 0"),
        ("search", {"index": "TOWN", "query": "a", "where": {"bbox": [0, 9, 0, 1]}}, -32000, "box"),
        ("search", {"index": "TOWN", "query": "a", "where": {"within": {"type": "Point",
         "coordinates": [1, 2]}}}, -32602, "found Point, wanted a GeoJSON Polygon"),
        ("search", {"index": "TOWN", "query": "a", "where": {"within": {"type": "Polygon",
         "coordinates": [[[1, 2], ["a", 3]]]}}}, -32602, "no readable GeoJSON"),
        ("search", {"index": "TOWN", "query": "a", "where": {"within": {"type": "Polygon",
         "coordinates": [[[6e5, 1], [7e5, 1], [7e5, 2], [6e5, 1]]]}}}, -32602, "in degrees"),
        ("similar", {"index": "TOWN"}, -32000, "nothing to be like"),
        ("similar", {"index": "TOWN", "like": [{"lon": 0}]}, -32602, r"like\[0\]: lacks 'lat'"),
        ("similar", {"index": "TOWN", "like": [{"lon": 0, "lat": 0}]}, -32000, "found no chip at"),
        ("similar", {"index": "TOWN", "like": [{"lon": 0, "lat": 91}]}, -32000, "in degrees"),
        ("similar", {"index": "TOWN", "like": [{"scene": "/x.tif", "window": [0, 0, 10**17, 1],
         "ground_m": 100}]}, -32000, "found no chip of 100 m"),
        ("similar", {"index": "TOWN", "like": [{"scene": "/x.tif", "window": [0, 0, 0, 1],
         "ground_m": 100}]}, -32602, r"like\[0\]\.window"),
        ("thumbnails", {"index": "TOWN", "places": [], "folder": "x"}, -32602, "folder: found 'x'"),
        ("thumbnails", {"index": "TOWN", "places": [], "folder": "/x", "px": 4}, -32602, "px"),
        ("index", {"index": "/tmp/no", "inputs": ["a.tif"]}, -32602, r"inputs\[0\]"),
        ("index", {"index": "/tmp/no", "inputs": [], "options": {"gsd": 1}}, -32602, "gsd"),
        ("index", {"index": "TOWN", "inputs": [], "options": {"overlap": 0.9}}, -32000, "overlap"),
        ("index", {"index": "/tmp/no", "inputs": [], "options": {"overlap": 2}}, -32000, "overlap"),
        ("export", {"index": "TOWN", "hits": [{}], "query": "", "output": "/x.csv"}, -32602,
         r"export\.hits: lacks 'crs', 'geometry'"),
        ("export", {"index": "TOWN", "hits": [], "query": "", "output": "/x.shp"}, -32000, "shp"),
        ("heatmap", {"index": "TOWN", "scene": "/x", "query": "a", "output": "/x.tif"}, -32000,
         "found 0 scenes called"),
        ("heatmap", {"index": "TOWN", "scene": "WEST", "query": "a", "output": "/x.png"}, -32000,
         "found the ending '.png'"),
        ("verify", {"index": "/absent"}, -32000, "index.json"),
        ("hello", {"protocol": 1, "client": "again"}, -32600, "second hello"),
    ],
)  # fmt: skip
def test_wrong_requests_are_refused_by_name(engine, town, method, params, code, said):
    names = {"TOWN": town.index, "WEST": town.west}
    page = {key: names.get(value, value) if isinstance(value, str) else value
            for key, value in params.items()}  # fmt: skip
    with pytest.raises(RefusedError, match=said) as refusal:
        engine.ask(method, **page)
    assert refusal.value.code == code
    assert not Path("/tmp/no").exists()


def test_another_protocol_is_refused_with_both_numbers_and_nothing_works_then(start, town):
    client = start(greet=False)
    with pytest.raises(RefusedError, match="before hello") as refusal:
        client.ask("open", index=town.index)
    assert refusal.value.code == -32600
    with pytest.raises(RefusedError, match="found a client of protocol 2, wanted 1") as refusal:
        client.ask("hello", protocol=2, client="tests")
    assert refusal.value.code == -32000
    for method in ("open", "close", "verify"):
        with pytest.raises(RefusedError, match="hello") as refusal:
            client.ask(method, index=town.index)
        assert refusal.value.code == -32600
    with pytest.raises(RefusedError, match="found no model 'clip'"):
        client.ask("hello", protocol=1, client="tests", model="clip")
    assert client.ask("hello", protocol=1, client="tests")["protocol"] == 1
    assert client.ask("open", index=town.index)["searchable"]


def test_junk_is_answered_and_the_engine_goes_on(engine, town):
    client, before = engine, len(engine.raw)
    client.raw_line(b"Warning 1: no JSON\n\xff\xff\n[]\n\n")
    client.wait_for(lambda: None in client.answers)
    assert client.answers[None]["error"]["code"] in {-32700, -32600}
    client.raw_line(b'{"jsonrpc": "2.0", "method": "open"}\n')  # a notification: no answer
    client.raw_line(b'{"jsonrpc": "2.0", "method": "cancel", "params": {"id": "x"}}\n')
    client.cancel(4711)
    assert client.ask("search", index=town.index, query=QUERY, k=1)["hits"]
    errors = [json.loads(line) for line in client.raw[before:] if b'"error"' in line]
    assert [page["error"]["code"] for page in errors] == [-32700, -32700, -32600, -32700]
    assert all(page["id"] is None for page in errors)


def test_number_in_use_is_refused(engine, many_scenes, tmp_path):
    number = engine.send("index", index=str(tmp_path / "x.cmpagl"), inputs=many_scenes)
    engine.number -= 1
    with pytest.raises(RefusedError, match=f"found id {number} twice"):
        engine.ask("open", index=str(tmp_path / "x.cmpagl"))
    engine.cancel(number)
    with pytest.raises(RefusedError, match="cancelled"):
        engine.answer(number)


def memory_mib(client, what="VmRSS"):
    lines = Path(f"/proc/{client.process.pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what)) / 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc to look at memory")
def test_long_lines_are_skipped_and_cost_no_memory(start, town):
    client = start()
    client.ask("search", index=town.index, query=QUERY)
    before = memory_mib(client)
    client.raw_line(b'{"jsonrpc": "2.0", "id": 99, "method": "')
    for _ in range(90):
        client.raw_line(b"x" * MIB)
    client.raw_line(b'"}\n')
    client.wait_for(lambda: None in client.answers)
    assert client.answers[None]["error"]["code"] == -32600
    assert "8 MiB" in client.answers[None]["error"]["message"]
    assert client.ask("search", index=town.index, query=QUERY, k=1)["hits"]
    assert memory_mib(client, "VmHWM") < before + 40


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="no /proc to look at memory")
def test_many_requests_cost_no_memory(start, town):
    client = start()

    def work(times):
        for _ in range(times):
            hits = client.ask("search", index=town.index, query=QUERY)["hits"]
            client.ask("similar", index=town.index, like=hits[:2])
            client.ask("close", index=town.index)
        return memory_mib(client)

    early = work(10)
    assert work(40) < early + 25


def test_half_a_line_and_the_end(start):
    client = start()
    client.raw_line(b'{"jsonrpc": "2.0", "id": 99, "method": "op')
    assert client.leave() == 0
    assert 99 not in client.answers


def test_search_is_answered_while_an_index_grows(engine, many_scenes, tmp_path):
    client, index = engine, str(tmp_path / "x.cmpagl")
    number = client.send("index", index=index, inputs=many_scenes[:10], options={"native": True})
    client.wait_for(lambda: any("indexing" in told.what for told in client.told(number)))
    seen = []
    while number not in client.answers:
        said = client.ask("search", index=index, query=QUERY, k=1)
        assert said["problems"] == []
        seen.append(said["candidates"])
    built = client.answer(number)
    assert len(seen) > 1
    assert seen == sorted(seen)
    assert seen[0] < built["encoded"]
    after = client.ask("search", index=index, query=QUERY, k=1)["candidates"]
    assert after == built["encoded"] > seen[0]


def test_progress_comes_ten_times_a_second_at_most(engine, many_scenes, tmp_path):
    begun = time.monotonic()
    number = engine.send("index", index=str(tmp_path / "x.cmpagl"), inputs=many_scenes[:10])
    engine.answer(number)
    took, told = time.monotonic() - begun, engine.told(number)
    assert len(told) > 2
    assert len(told) <= 2 + 10 * took  # when each was taken in hangs on how busy we are
    assert {one.what for one in told} >= {"looking at scenes"}
    counted = [one for one in told if one.what.startswith("indexing")]
    assert all(0 <= one.done <= one.total for one in counted)
    assert [one.done for one in counted] == sorted(one.done for one in counted)


def test_cancelled_index_keeps_what_is_whole_and_the_rerun_completes(
    engine, many_scenes, tmp_path, encoder
):
    client, index = engine, tmp_path / "x.cmpagl"
    many_scenes = many_scenes[:12]
    wishes = {"index": str(index), "inputs": many_scenes, "options": {"native": True}}
    number = client.send("index", **wishes)
    # Progress is thinned out, so that no single scene is sure to be named.
    client.wait_for(lambda: any(_scene_number(told.what) >= 3 for told in client.told(number)))
    client.cancel(number)
    with pytest.raises(RefusedError, match="cancelled") as refusal:
        client.answer(number)
    assert refusal.value.code == -32001
    kept = len(list((index / "parts").iterdir()))
    assert 3 <= kept < len(many_scenes)
    again = client.ask("index", **wishes)
    assert (again["scenes"], again["unchanged"]) == (len(many_scenes), kept)
    build_index(many_scenes, tmp_path / "whole.cmpagl", encoder, ChipSpec(192, native=True))
    mine, whole = (
        load_chips(folder, read_info(folder)).table for folder in (index, tmp_path / "whole.cmpagl")
    )
    np.testing.assert_array_equal(mine.windows, whole.windows)
    assert [scene.path for scene in mine.scenes] == [scene.path for scene in whole.scenes]


def _scene_number(what):
    return int(what.partition("scene_")[2].partition(".")[0] or -1)


def test_cancelled_while_it_waits_is_answered_at_once(engine, many_scenes, town, tmp_path):
    client = engine
    running = client.send("index", index=str(tmp_path / "x.cmpagl"), inputs=many_scenes)
    waiting = client.send("verify", index=town.index)
    client.cancel(waiting)
    with pytest.raises(RefusedError, match="cancelled"):
        client.answer(waiting)
    assert running not in client.answers
    client.cancel(running)
    with pytest.raises(RefusedError, match="cancelled"):
        client.answer(running)


def test_flood_of_requests_is_refused_and_all_are_answered(engine, many_scenes, town, tmp_path):
    client = engine
    running = client.send("index", index=str(tmp_path / "x.cmpagl"), inputs=many_scenes)
    flood = [client.send("verify", index=town.index) for _ in range(300)]
    client.wait_for(lambda: flood[-1] in client.answers)
    refused = [number for number in flood if "error" in client.answers.get(number, {})]
    assert refused == flood[255:]
    assert "256 requests that wait" in client.answers[flood[-1]]["error"]["message"]
    for number in (running, *flood[:255]):
        client.cancel(number)
    client.wait_for(lambda: all(number in client.answers for number in (running, *flood)))


@pytest.mark.parametrize("method", ["verify", "index"])
def test_large_scene_can_be_left_while_it_is_read(engine, make_scene, tmp_path, encoder, method):
    scene, index = make_scene(), tmp_path / "x.cmpagl"
    build_index([str(scene)], index, encoder, ChipSpec(192, native=True))
    os.truncate(scene, 2 << 40)  # a hole of 2 TB takes longer to read than anybody waits
    inputs = {"inputs": [str(scene)]} if method == "index" else {}
    number = engine.send(method, index=str(index), **inputs)
    engine.wait_for(lambda: len(engine.told(number)) > 3)
    engine.cancel(number)
    with pytest.raises(RefusedError, match="cancelled"):
        engine.answer(number)


def test_index_deleted_while_open(engine, town, tmp_path):
    client, index = engine, tmp_path / "copy.cmpagl"
    shutil.copytree(town.index, index)
    client.ask("search", index=str(index), query=QUERY)
    shutil.rmtree(index)
    with pytest.raises(RefusedError, match="it was deleted or moved; next: open it") as refusal:
        client.ask("search", index=str(index), query=QUERY)
    assert (refusal.value.code, refusal.value.kind) == (-32000, "IndexFormatError")
    with pytest.raises(RefusedError, match=r"found no _index\.json"):
        client.ask("search", index=str(index), query=QUERY)
    shutil.copytree(town.index, index)
    assert client.ask("search", index=str(index), query=QUERY)["hits"]


def test_damaged_part_is_named_and_searched_around(engine, town, tmp_path):
    client, index = engine, tmp_path / "copy.cmpagl"
    shutil.copytree(town.index, index)
    whole = client.ask("search", index=str(index), query=QUERY)["candidates"]
    part = next((index / "parts").iterdir())
    part.write_bytes(b"PAR1 nothing PAR1")
    said = client.ask("search", index=str(index), query=QUERY)
    assert 0 < said["candidates"] < whole
    assert any(part.name in problem for problem in said["problems"])
    assert client.ask("open", index=str(index))["problems"] == said["problems"]


NOISE = '''
import os, sys, threading, time

def chatter():
    """Print as a careless library does, as soon as the channel has been taken."""
    while os.fstat(1) != os.fstat(2):
        time.sleep(0.001)
    while True:
        os.write(1, b"NOISE from C\\n")
        print("NOISE from Python", flush=True)
        time.sleep(0.001)

if sys.argv[0] == "-m":
    threading.Thread(target=chatter, daemon=True).start()
'''


def test_what_libraries_print_does_not_reach_the_channel(start, town, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(NOISE)
    client = start(env={**os.environ, "PYTHONPATH": str(tmp_path)})
    for _ in range(20):
        assert client.ask("search", index=town.index, query=QUERY, k=3)["hits"]
    assert not any(b"NOISE" in line for line in client.raw)
    for said in ("NOISE from C\n", "NOISE from Python\n"):
        client.hears(said)


BREAKING = """
import sys, threading, time

def break_search():
    while not hasattr(sys.modules.get("cmpagl_model.server.loop"), "Server"):
        time.sleep(0.001)
    sys.modules["cmpagl_model.search.query"].read_query = None

if sys.argv[0] == "-m":
    threading.Thread(target=break_search, daemon=True).start()
"""


def test_a_fault_is_one_line_and_the_engine_goes_on(start, town, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(BREAKING)
    client = start(env={**os.environ, "PYTHONPATH": str(tmp_path)})
    with pytest.raises(RefusedError, match=r"TypeError.*traceback is on standard") as refusal:
        client.ask("search", index=town.index, query=QUERY)
    assert (refusal.value.code, refusal.value.kind) == (-32603, "TypeError")
    assert client.ask("open", index=town.index)["chips"] > 0
    client.hears("Traceback")


def test_engine_leaves_when_its_input_closes_and_stops_its_work(start, many_scenes, tmp_path):
    client = start()
    number = client.send("index", index=str(tmp_path / "x.cmpagl"), inputs=many_scenes)
    client.wait_for(lambda: client.told(number))
    assert client.leave() == 0
    assert client.said == []
    assert len(list(tmp_path.glob("x.cmpagl/parts/*"))) < len(many_scenes)


@pytest.mark.skipif(os.name == "nt", reason="Windows ends processes without asking them")
@pytest.mark.skipif(not hasattr(os, "getpriority"), reason="Windows has no niceness")
def test_engine_steps_back_behind_qgis(engine):
    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, engine.process.pid) == min(19, own + 10)


def test_engine_leaves_when_it_is_told_to(start, many_scenes, tmp_path):
    client = start()
    number = client.send("index", index=str(tmp_path / "x.cmpagl"), inputs=many_scenes)
    client.wait_for(lambda: client.told(number))
    client.process.send_signal(signal.SIGTERM)
    assert client.left() == 0


PARENT = f"""
import subprocess, sys, time
engine = subprocess.Popen({SERVE!r}, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
engine.stdin.write(b'{{"jsonrpc":"2.0","id":1,"method":"hello","params":{{"protocol":1,"client":"x"}}}}\\n')
engine.stdin.flush()
engine.stdout.readline()
print(engine.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc to look for processes")
def test_no_engine_outlives_a_client_that_is_killed():
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    pid = int(parent.stdout.readline())
    assert alive(pid)
    parent.kill()
    parent.communicate()
    deadline = time.monotonic() + PATIENCE_S
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(pid)


def alive(pid):
    """Whether a process runs; one that only waits to be counted does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(") ")[2][0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


def test_engine_loads_nothing_heavy(start, town, tmp_path):
    """No torch, no pandas, until something asks for a format that needs them."""
    listing = (
        "import atexit, sys\n"
        "heavy = ('torch', 'timm', 'transformers', 'pandas', 'matplotlib', 'rich')\n"
        "atexit.register(lambda: print(*[n for n in heavy if n in sys.modules], file=sys.stderr))\n"
    )
    (tmp_path / "sitecustomize.py").write_text(listing)
    client = start(greet=False, env={**os.environ, "PYTHONPATH": str(tmp_path)})
    client.ask("hello", protocol=1, client="tests", device="cpu")
    hits = client.ask("search", index=town.index, query=QUERY)["hits"]
    client.ask("similar", index=town.index, like=hits[:1])
    client.ask("thumbnails", index=town.index, places=hits, folder=str(tmp_path / "p"))
    client.ask("heatmap", index=town.index, scene=town.west, query=QUERY,
               output=str(tmp_path / "map.tif"))  # fmt: skip
    assert client.leave() == 0
    assert client.said == ["\n"]
