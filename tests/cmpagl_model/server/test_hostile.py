"""Two thousand hostile messages to a real engine: each is answered, none is a fault of ours.

``CMPAGL_SOAK=1`` sends them five times, other ones each time.
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
import random
import re
import subprocess
from pathlib import Path

import pytest

from tests.cmpagl_model.server.client import PATIENCE_S, SERVE, RefusedError

MESSAGES, AT_ONCE = 2000, 100
SEEDS = (12, 13, 14, 15, 16) if "CMPAGL_SOAK" in os.environ else (12,)
QUERY = "a road beside a river"
RAW = "\0raw:"
"""Begins a value that goes into the line as it is: JSON that Python cannot write."""
WRAPPED = re.compile(r'"\\u0000raw:((?:[^"\\]|\\.)*)"')
VALUES = [
    None, True, False, 0, -1, 1, 7, 2**31, 2**63, -(2**63), 10**17, 10**18, 10**25, 0.5, -0.0,
    1e308, RAW + "9" * 4000,
    RAW + "1e999", RAW + "-1e999", RAW + "NaN", RAW + "Infinity", RAW + "-0",
    RAW + "[" * 300 + "]" * 300, RAW + "[" * 100_000, RAW + '{"a":' * 200 + "1" + "}" * 200,
    RAW + '"\\ud800"', RAW + '"\\u0000"', "", " ", "a", "x" * 100_000, "\n\r\t\x1b[31m", "東京",
    "../../etc/passwd", "*", "[", "*a" * 500, [], [[]], [1, 2], [0, 0, 0, 0], [1e9] * 4,
    ["*"] * 2000, {}, {"a": 1}, {"type": "Polygon"},
    {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]},
    {"type": "Polygon", "coordinates": [[[4, 51], [5, 52], [5, 51], [4, 52], [4, 51]]]},
    {"type": "MultiPolygon", "coordinates": [[[[0, 0]] * 5]]},
    {"type": "Feature", "geometry": None},
    {"lon": 181, "lat": 0}, {"lon": 4, "lat": 51, "ground_m": -1}, [{"lon": 4, "lat": 51}] * 1500,
]  # fmt: skip


def requests(town, hit, folder):
    """One good request of each method."""
    index, place = {"index": town.index}, {"lon": 4.44, "lat": 51.44}
    where = {"bbox": [4, 51, 5, 52], "scenes": ["west*", town.east], "within": {
        "type": "Polygon", "coordinates": [[[4, 51], [5, 51], [5, 52], [4, 51]]]}}  # fmt: skip
    words = folder / "words.txt"
    words.write_text("a road\na lake\n")
    return {
        "open": index,
        "search": {**index, "query": QUERY, "k": 3, "min_score": -1.0, "where": where},
        "similar": {**index, "query": QUERY, "like": [hit], "unlike": [place], "k": 2},
        "thumbnails": {**index, "places": [hit, place], "folder": str(folder / "px"), "px": 16},
        "export": {**index, "hits": [hit], "query": QUERY, "output": str(folder / "a.geojson")},
        "footprints": {**index, "output": str(folder / "all.csv")},
        "heatmap": {**index, "scene": town.west, "query": QUERY, "output": str(folder / "h.tif")},
        "change": {**index, "query": QUERY, "before": ["west"], "after": [town.east], "k": 2,
                   "output": str(folder / "c.gpkg"), "pictures": str(folder / "pairs")},
        "objects": {**index, "query": QUERY, "k": 3, "where": where, "min_area_m2": 1.0,
                    "output": str(folder / "o.gpkg")},
        "describe": {**index, "place": hit, "k": 2, "sentences": str(words)},
        "overview": {**index, "groups": 3, "sentences": str(words), "where": where,
                     "output": str(folder / "g.gpkg"), "areas": str(folder / "g.csv")},
        "where": {**index, "place": {"lon": 0, "lat": 0}, "query": QUERY, "px": 16,
                  "output": str(folder / "w.tif"), "picture": str(folder / "w.png")},
        "index": {"index": str(folder / "x.cmpagl"), "inputs": [town.folder.as_posix() + "/no*"],
                  "options": {"ground_sizes_m": [100.0], "overlap": 0.5, "bands": [1, 2, 3]}},
        "close": index,
        "hello": {"protocol": 1, "client": "again"},
        "cancel": {"id": 1},
        "nonsense": {},
    }  # fmt: skip


def leaves(page, path=()):
    """Paths to all values of a page."""
    yield path
    if not isinstance(page, dict | list):
        return
    for key, value in page.items() if isinstance(page, dict) else enumerate(page):
        yield from leaves(value, (*path, key))


def changed(page, dice):
    """A page with one value that nobody expects, one too many, or one missing."""
    page = copy.deepcopy(page)
    path = dice.choice([path for path in leaves(page) if path] or [()])
    holder = page
    for key in path[:-1]:
        holder = holder[key]
    way = dice.random()
    if not path or way < 0.1:
        page[dice.choice(["x", "id", "k", "index", "jsonrpc"])] = dice.choice(VALUES)
    elif way < 0.2:
        del holder[path[-1]]
    else:
        holder[path[-1]] = dice.choice(VALUES)
    return page


def written(page, dice):
    """A line of JSON, now and then a broken one; and whether it is still sure to be a request."""
    text = json.dumps(page, allow_nan=True)
    text = WRAPPED.sub(lambda found: json.loads(f'"{found[1]}"'), text)
    line = text.encode("utf-8", "surrogatepass")
    if dice.random() < 0.85:
        return line, True
    place = dice.randrange(len(line))
    way = dice.randrange(3)
    put = bytes(dice.choice(b'\x00\xff\\"{}[]:,x9') for _ in range(dice.randrange(1, 4)))
    line = (line[:place], line[:place] + put + line[place:], line[:place] + line[place + 1 :])[way]
    return line.replace(b"\n", b" "), False


def contents(folder):
    return {path: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in Path(folder).rglob("*") if path.is_file()}  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
def test_two_thousand_hostile_messages(start, town, tmp_path, seed):
    client = start()
    before = client.ask("search", index=town.index, query=QUERY, k=5)
    known, dice = contents(town.folder), random.Random(seed)
    pages = requests(town, before["hits"][0], tmp_path)
    waiting = set()
    for _ in range(MESSAGES):
        method = dice.choice(list(pages))
        client.number += 1
        page = {"jsonrpc": "2.0", "id": client.number, "method": method,
                "params": changed(pages[method], dice)}  # fmt: skip
        if dice.random() < 0.1:
            page = changed(page, dice)
        line, whole = written(page, dice)
        client.raw_line(line + b"\n")
        if whole and page.get("id") == client.number and json_is_strict(line):
            waiting.add(client.number)
        if len(waiting) >= AT_ONCE:
            client.wait_for(lambda: waiting <= set(client.answers))
            waiting.clear()
    client.wait_for(lambda: waiting <= set(client.answers))
    answers = client.answers.values()
    faults = [page for page in answers if page.get("error", {}).get("code") == -32603]
    assert not faults, (faults[:3], client.said[-30:])
    assert not any("Traceback" in line for line in client.said)
    after = client.ask("search", index=town.index, query=QUERY, k=5)
    assert after["hits"] == before["hits"]
    assert contents(town.folder) == known
    assert client.leave() == 0


def json_is_strict(line):
    """Whether a line is JSON without NaN and not too deep: only such a one has an id for sure."""

    def refuse(name):
        raise ValueError(name)

    try:
        json.loads(line, parse_constant=refuse, parse_int=lambda text: text)
    except (ValueError, RecursionError):
        return False
    return True


@pytest.mark.parametrize("digits", [19, 20, 400, 4000])
def test_an_id_of_many_digits_is_refused_under_it(engine, digits):
    number = "1234567890" * (digits // 10) + "9" * (digits % 10)
    engine.raw_line(f'{{"jsonrpc": "2.0", "id": {number}, "method": "open"}}\n'.encode())
    with pytest.raises(RefusedError, match="at most 18 digits") as refusal:
        engine.answer(int(number))
    assert refusal.value.code == -32600


@pytest.mark.parametrize(
    ("key", "value"),
    [("k", "9" * 19), ("k", "9" * 6000), ("min_score", "1e999"), ("query", "-" + "1" * 30)],
)
def test_numbers_beyond_all_are_refused_under_the_request(engine, town, key, value):
    engine.number += 1
    params = {"index": town.index, "query": QUERY, key: "VALUE"}
    page = {"jsonrpc": "2.0", "id": engine.number, "method": "search", "params": params}
    engine.raw_line(json.dumps(page).replace('"VALUE"', value).encode() + b"\n")
    with pytest.raises(RefusedError, match=f"search.{key}: found") as refusal:
        engine.answer(engine.number)
    assert refusal.value.code == -32602
    assert len(str(refusal.value)) < 200


def test_a_hundred_thousand_patterns_or_examples_hold_nobody_up(engine, town):
    many = 100_000
    patterns = [f"*{n}*" for n in range(many)]
    with pytest.raises(RefusedError, match="found 100,000 patterns of scenes"):
        engine.ask("search", index=town.index, query=QUERY, where={"scenes": patterns})
    names = [f"scene_{n}" for n in range(many)] + ["west"]
    hits = engine.ask("search", index=town.index, query=QUERY, where={"scenes": names})["hits"]
    assert {hit["scene"] for hit in hits} == {town.west}
    places = [{"lon": 4, "lat": 51}] * many
    for key in ("like", "unlike"):
        with pytest.raises(RefusedError, match=f"{key}: found 100,000 places"):
            engine.ask("similar", index=town.index, query=QUERY, **{key: places})
    with pytest.raises(RefusedError, match="places: found 100,000 places"):
        engine.ask("thumbnails", index=town.index, places=places, folder="/tmp")
    star = [[4 + (n * 2999 % 6001) / 6001, 51 + (n * 1777 % 6001) / 6001] for n in range(6001)]
    area = {"type": "Polygon", "coordinates": [[*star, star[0]]]}
    with pytest.raises(RefusedError, match="crosses itself over 10,000 times"):
        engine.ask("search", index=town.index, query=QUERY, where={"within": area})


def test_the_engine_leaves_with_its_client_though_nobody_reads_it():
    """Answers that nobody reads fill the pipe; whoever waits to write must not miss the end."""
    with subprocess.Popen(
        SERVE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        process.stdin.write(b"no JSON\n" * 4000)  # answered by ten times as much
        process.stdin.close()
        assert process.wait(PATIENCE_S) == 0
