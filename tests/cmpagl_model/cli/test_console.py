"""Consoles that know few letters, are full or closed: no traceback, and one line for each thing."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

from cmpagl_model.cli.text import one_line
from cmpagl_model.index import build_index
from tests.conftest import make_scene as painted
from tiling import ChipSpec

NAME = "東京_Łódź [red]\n\x1b[31mx.tif" if os.name != "nt" else "東京_Łódź [red] x.tif"
SHOWN = r"\n\x1b[31mx" if os.name != "nt" else "] x"
RUN = (
    "import sys\n"
    "from cmpagl_model.cli.app import main\n"
    "codes = []\n"
    "for call in {calls!a}:\n"
    "    try: main(call)\n"
    "    except SystemExit as end: codes.append(end.code)\n"
    "print('codes', codes, file=sys.stderr)\n"
)


@pytest.fixture(scope="module")
def index(tmp_path_factory, encoder):
    folder = tmp_path_factory.mktemp("console")
    scene = painted.__wrapped__(folder)(NAME)
    build_index([str(scene)], folder / "town.cmpagl", encoder, ChipSpec(native=True))
    return str(folder / "town.cmpagl")


def said(calls, shell="", **environment):
    """Run the command line as a process of its own, its streams as a shell makes them."""
    command = [sys.executable, "-c", RUN.format(calls=calls)]
    if shell:
        command = ["bash", "-c", f'"$0" "$@" {shell}', *command]
    done = subprocess.run(
        command,
        capture_output=True,
        env={**os.environ, "COLUMNS": "200", **environment},
        check=False,
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode(errors="replace")
    assert b"Exception ignored" not in done.stderr, done.stderr
    return done


CONSOLES = {
    "cp1252": {"PYTHONIOENCODING": "cp1252"},
    "cp932": {"PYTHONIOENCODING": "cp932"},
    "ascii": {"PYTHONIOENCODING": "ascii"},
    "C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "utf-8": {"PYTHONIOENCODING": "utf-8"},
}


@pytest.mark.parametrize("console", CONSOLES)
def test_every_console_shows_every_name_and_json_is_json(index, console):
    calls = [["info", index], ["search", index, "a road", "-k", "1", "--json"]]
    calls += [["search", index, "a road", "-k", "3"], ["index", "/nowhere/ł.tif", "-o", "/q.c"]]
    done = said(calls, **CONSOLES[console])
    assert done.stderr.decode("ascii", "replace").splitlines()[-1] == "codes [0, 0, 0, 1]"
    encoding = CONSOLES[console].get("PYTHONIOENCODING", "ascii")
    lines = done.stdout.decode(encoding).splitlines()
    named = next(line for line in lines if re.search(r"of \d+ m", line))
    assert SHOWN in named
    page = json.loads(next(line for line in lines if line.startswith("{")))
    assert page["hits"][0]["scene"].endswith(NAME)
    hits = [line for line in lines if re.match(r" +[123] +0\.", line)]
    assert len(hits) == 3
    assert all(SHOWN in line for line in hits)
    if console == "utf-8":
        assert all("東京_Łódź" in line for line in (named, *hits))
    if console == "cp932":
        assert "東京_\\u0141" in named
    if console in {"ascii", "C"}:
        assert r"\u6771" in named
    assert b"\x1b" not in done.stdout


@pytest.mark.skipif(not pathlib.Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_output_is_told_in_one_line(index):
    for call in (["info", index], ["search", index, "a road", "--json"], ["models"]):
        done = said([call], "> /dev/full")
        *before, codes = done.stderr.decode().splitlines()
        assert codes == "codes [1]"
        assert len(before) == 1
        assert before[0].startswith("cmpagl: standard output cannot be written (No space left on ")


@pytest.mark.skipif(os.name == "nt", reason="bash closes streams")
@pytest.mark.parametrize(
    ("streams", "code"),
    [(">&-", 1), ("2>&-", 0), ("<&-", 0), ("2> /dev/full", 0), ("| head -c 5", 0)],
)
def test_closed_streams_are_no_fault(index, streams, code):
    done = said([["info", index]], streams)
    if "2>" not in streams and "|" not in streams:
        assert done.stderr.decode().splitlines()[-1] == f"codes [{code}]"
    if streams == ">&-":
        assert "standard output cannot be written" in done.stderr.decode()


@pytest.mark.skipif(os.name == "nt", reason="bash closes streams")
def test_what_is_written_with_a_closed_output_stays_whole(index, tmp_path):
    """The first file that is opened would get the number of the closed stream, and its text."""
    target = tmp_path / "all.geojson"
    said([["export", index, "-o", str(target)]], ">&- 2>&-")
    assert json.loads(target.read_text(encoding="utf-8"))["features"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Łódź 東京 مدينة e\u0301 👩‍🌾\u3000x", "Łódź 東京 مدينة e\u0301 👩‍🌾\u3000x"),
        ("a\nb\r\tc", r"a\nb\r\tc"),
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("evil\u202egpj.tif", r"evil\u202egpj.tif"),
        ("\udce4\u2028\x85", r"\udce4\u2028\x85"),
    ],
)
def test_one_line(text, shown):
    assert one_line(text) == shown
