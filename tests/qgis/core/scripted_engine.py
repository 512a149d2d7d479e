"""An engine for tests: each method misbehaves in its own way. Arguments: how to greet, a file."""

import json
import os
import pathlib
import signal
import sys
import time

GREETING = sys.argv[1] if len(sys.argv) > 1 else "well"
STARTS = sys.argv[2] if len(sys.argv) > 2 else None


def say(message):
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    sys.stdout.flush()


def hit(rank, scene="/data/scene.tif"):
    column = rank * 64
    west = 5 + rank * 0.001
    ring = [[west, 52], [west + 0.001, 52], [west + 0.001, 52.001], [west, 52.001], [west, 52]]
    return {
        "rank": rank, "score": 1 - rank * 1e-4, "scene": scene, "window": [column, 0, 64, 64],
        "gsd_m": 1.0, "ground_m": 64.0, "crs": "EPSG:32631",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }  # fmt: skip


MODEL = {"name": "scripted", "fingerprint": "00ff" * 8}


def greet(number, params):
    result = {
        "protocol": 1, "version": "9.9", "python": "3.11", "platform": "test", "device": "cpu",
        "model": MODEL, "rerank": ["none"], "pid": os.getpid(),
    }  # fmt: skip
    if GREETING == "never":
        return
    if GREETING == "die":
        sys.stderr.write("ImportError: no such library\n")
        sys.exit(4)
    if GREETING == "refuse":
        say({"id": number, "error": {"code": -32000, "message": "found protocol 1, wanted 2"}})
        return
    if GREETING == "mirror":
        result["model"] = {**MODEL, "name": params["model"]}
        result["device"] = params["device"]
    if GREETING == "other":
        result["protocol"] = 2
    if GREETING == "odd":
        del result["device"]
    if GREETING == "late":
        time.sleep(0.5)
    say({"id": number, "result": result})


def answer(number, method, params):  # noqa: C901, PLR0912 - a list of misdeeds
    if method == "hello":
        greet(number, params)
    elif method == "echo":
        say({"id": number, "result": params})
    elif method == "exit":
        sys.stderr.write("Traceback of the scripted engine\n")
        sys.stderr.flush()
        os._exit(3)
    elif method == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    elif method == "half":
        sys.stdout.write(f'{{"jsonrpc": "2.0", "id": {number}, "resu')
        sys.stdout.flush()
        os._exit(0)
    elif method == "junk":
        sys.stdout.buffer.write(b'Loading weights 100%\n\xff\xfe\x00\n\n[1, 2]\n{"a": \n{}\n')
        sys.stdout.flush()
        say({"id": number, "result": "after junk"})
    elif method == "flood":
        for _ in range(params["lines"]):
            sys.stdout.write("noise\n")
            sys.stderr.write("more noise\n")
        sys.stdout.flush()
        say({"id": number, "result": "after noise"})
    elif method == "long":
        sys.stdout.write("x" * params["bytes"] + "\n")
        sys.stdout.flush()
        say({"id": number, "result": "after a long line"})
    elif method == "search":
        hits = [hit(rank) for rank in range(1, params.get("k", 50) + 1)]
        say({"id": number, "result": {
            "query": params.get("query", ""), "model": MODEL, "hits": hits,
            "candidates": len(hits), "seconds": 0.01, "problems": [],
        }})  # fmt: skip
    elif method == "pieces":
        for piece in ('{"jsonrpc": "2.0",', f' "id": {number}, "res', 'ult": "in pieces"}\n'):
            sys.stdout.write(piece)
            sys.stdout.flush()
            time.sleep(0.05)
    elif method == "progress":
        for done in range(3):
            say({"method": "progress", "params": {
                "id": number, "done": done, "total": 3, "what": "counting"}})  # fmt: skip
        say({"id": number, "result": None})
    elif method == "far":
        say({"method": "progress", "params": {
            "id": number, "done": 2**40, "total": 2**42, "what": "\udce4"}})  # fmt: skip
        say({"id": number, "error": {"code": -32000, "message": "no \udce4"}})
    elif method == "stranger":
        say({"id": number + 1000, "result": "nobody asked"})
        say({"id": number, "result": "asked"})
    elif method == "refuse":
        say({"id": number, "error": {
            "code": -32000, "message": "found a, wanted b", "data": {"kind": "IndexError"},
        }})  # fmt: skip


def main():  # noqa: C901 - a list, too
    if STARTS:
        with pathlib.Path(STARTS).open("a") as file:
            file.write(f"{os.getpid()}\n")
    if GREETING == "deaf":
        time.sleep(600)
    polite, late = set(), set()
    for line in sys.stdin:
        message = json.loads(line)
        number, method, params = message.get("id"), message["method"], message.get("params", {})
        if method == "polite":
            polite.add(number)
        elif method == "cancel" and params["id"] in polite:
            say({"id": params["id"], "error": {"code": -32001, "message": "cancelled"}})
        elif method == "cancel" and params["id"] in late:
            say({"id": params["id"], "result": "late"})
        elif method == "late":
            late.add(number)
        elif method != "forever":
            answer(number, method, params)
    if GREETING == "stay":
        time.sleep(600)


main()
