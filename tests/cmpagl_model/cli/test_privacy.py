"""A local run opens no connection and leaves nothing outside the index, whoever wrote the library.

Linux ends a process that asks for an internet socket, from Python or from any library: a filter of
system calls (seccomp) sees to that. So a run that ends well has opened none.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys

import pytest

from tests.conftest import make_scene as painted

SYSTEM = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}.get(platform.machine())
"""What Linux calls the architecture, and the number of its call \"socket\"."""
pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or SYSTEM is None, reason="a filter of system calls needs Linux"
)
GUARD = """
import ctypes, struct, sys
ARCHITECTURE, SOCKET = {system}
INET, INET6, KILL, ALLOW = 2, 10, 0x80000000, 0x7FFF0000
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
program = b"".join(struct.pack("HBBI", *line) for line in [
    (LOAD, 0, 0, 4), (EQUAL, 0, 6, ARCHITECTURE),
    (LOAD, 0, 0, 0), (EQUAL, 0, 4, SOCKET),
    (LOAD, 0, 0, 16), (EQUAL, 1, 0, INET), (EQUAL, 0, 1, INET6),
    (RETURN, 0, 0, KILL), (RETURN, 0, 0, ALLOW),
])
held = ctypes.create_string_buffer(program, len(program))
whole = ctypes.create_string_buffer(struct.pack("HL", len(program) // 8, ctypes.addressof(held)))
libc = ctypes.CDLL(None, use_errno=True)
for number, *values in ((38, 1, 0, 0, 0), (22, 2, ctypes.addressof(whole), 0, 0)):
    if libc.prctl(number, *(ctypes.c_ulong(value) for value in values)):
        sys.exit(77)
# Where boto3 is installed rasterio loads it, and its urllib3 opens a socket, connected to nothing,
# to see whether this machine has IPv6.
sys.modules["boto3"] = None
"""
KILLED, NO_FILTER = -31, 77


@pytest.fixture
def guarded(tmp_path):
    """Run code without connections, in a home, a cache and a place for temporary files of its own.

    Gives what ended, and what it left there.
    """
    places = {name: tmp_path / "own" / name for name in ("home", "tmp", "here")}
    for place in places.values():
        place.mkdir(parents=True)

    def start(code, **options):
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "ORT_", "PROJ"))},
            "HOME": str(places["home"]), "TMPDIR": str(places["tmp"]), "PROJ_NETWORK": "ON",
            "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": os.pathsep.join(sys.path),
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-c", GUARD.format(system=SYSTEM) + code],
            env=environment, cwd=places["here"], capture_output=True, text=True, check=False,
            **options,
        )  # fmt: skip
        if done.returncode == NO_FILTER:
            pytest.skip("this machine lets no process filter its system calls")
        left = [str(path.relative_to(tmp_path)) for path in (tmp_path / "own").rglob("*")]
        return done, sorted(set(left) - {f"own/{name}" for name in places})

    return start


@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6"])
def test_the_guard_ends_a_process_that_connects_and_sees_what_it_leaves(guarded, family):
    done, left = guarded(
        "import pathlib, socket\n"
        "(pathlib.Path.home() / 'trace').touch()\n"
        f"socket.socket(socket.{family}, socket.SOCK_DGRAM)"
    )
    assert done.returncode == KILLED
    assert left == ["own/home/trace"]


def test_the_whole_way_connects_to_nothing_and_leaves_nothing(guarded, tmp_path):
    scenes = tmp_path / "scenes"
    scene = painted.__wrapped__(scenes)("town.tif")
    out = tmp_path / "out"
    out.mkdir()
    index = str(tmp_path / "x.cmpagl")
    calls = [
        ["index", str(scene), "-o", index, "--gsd", "native"],
        ["search", index, "a road", "-k", "2", "--preview", str(out / "a.png")],
        ["search", index, "a road", "--rerank", "smr", "-o", str(out / "a.gpkg")],
        ["info", index],
        ["export", index, "-o", str(out / "all.parquet")],
        ["import", str(out / "all.parquet"), "-o", str(tmp_path / "y.cmpagl")],
        ["heatmap", index, "a road", "--scene", "town.tif", "-o", str(out / "a.tif")],
    ]
    done, left = guarded(
        "from cmpagl_model.cli.app import run\n"
        f"codes = [run(call) for call in {calls!r}]\n"
        "print('codes', codes)"
    )
    assert done.returncode == 0, (done.returncode, done.stderr[-2000:])
    # chips alone are no embeddings to import: refused, and nothing is left of it either
    assert done.stdout.splitlines()[-1] == "codes [0, 0, 0, 0, 0, 1, 0]"
    assert left == []
    names = {path.name for path in out.iterdir()}
    assert names == {"a.png", "a.gpkg", "all.parquet", "a.tif"}
    assert [path.name for path in scenes.iterdir()] == ["town.tif"]
    assert {path.name for path in tmp_path.iterdir()} == {"own", "scenes", "out", "x.cmpagl"}

    lines = [
        ("hello", {"protocol": 1, "client": "tests"}),
        ("open", {"index": index}),
        ("search", {"index": index, "query": "a road"}),
        ("similar", {"index": index, "like": [{"lon": 0, "lat": 0}]}),
    ]
    sent = "".join(
        json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}) + "\n"
        for number, (method, params) in enumerate(lines)
    )
    done, left = guarded("from cmpagl_model.cli.app import main\nmain(['serve'])", input=sent)
    assert done.returncode == 0, done.stderr[-2000:]
    assert left == []
