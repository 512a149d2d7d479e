"""What the documentation tells people to type is there, and its first page of commands works."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

import cmpagl_model.encoders
import cmpagl_model.index
import cmpagl_model.search
import tiling
from cmpagl_model.cli.app import app

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", *DOCS.glob("*.md"), *(DOCS / "how-to").glob("*.md")])
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
SHELL = {"", "sh", "console"}


def lines(page):
    """The command lines of a page, those that go on put together."""
    for kind, text in FENCE.findall(page.read_text(encoding="utf-8")):
        if kind in SHELL:
            yield from text.replace("\\\n", " ").splitlines()


def calls(line):
    """The calls of cmpagl in a line of a shell, as words."""
    for piece in re.split(r"\s*(?:;|&&|\|\|?)\s*|\s+[<>#]", line):
        try:
            words = shlex.split(piece)
        except ValueError:  # an apostrophe in prose
            continue
        while words and (re.fullmatch(r"\w+=\S*", words[0]) or words[0] in {"xargs", "-a"}):
            words = words[2:] if words[0] == "-a" else words[1:]
        if words and words[0] == "addresses.txt":
            words = words[1:]
        if words and re.fullmatch(r"(.*/)?cmpagl", words[0]) and "CONFIG.toml" not in words[1:2]:
            yield words[1:]


def unknown(words):
    """Commands and options that are not there."""
    command, context = app, click.Context(app)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(context, words[0])
        if found is None:
            return [words[0]]
        command, words = found, words[1:]
    known = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    given = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
    return sorted(given - known - {"-h", "--help"})


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands_and_options_that_pages_name_are_there(page):
    wrong = [
        (words, bad) for line in lines(page) for words in calls(line) if (bad := unknown(words))
    ]
    assert not wrong


FOLDERS = "tiling|cmpagl_model|cmpagl_qgis|research|benchmarks|configs|tools|tests|docs"
FILE_NAMED = re.compile(rf"`((?:{FOLDERS})/[\w./-]+\.\w+)`(?:, `(\w+)`)?")
"""A file of the repository, and, behind a comma, what is to be found in it."""


def absent(text):
    """Files that a page names and that are not there, and names that are not in their file."""
    for file, name in FILE_NAMED.findall(text):
        path = ROOT / file
        if not path.is_file() or (name and not re.search(rf"\b{name}\b", path.read_text("utf-8"))):
            yield file, name


@pytest.mark.parametrize(
    "page",
    [ROOT / "CONTRIBUTING.md", ROOT / "MODEL_CARD.md", *PAGES, *(DOCS / "decisions").glob("*.md")],
    ids=lambda page: page.stem,
)
def test_files_that_pages_name_are_there(page):
    text = page.read_text(encoding="utf-8")
    # A link that was weighed and not taken
    allowed = {("cmpagl_qgis/metadata.txt", "")} if page.stem.startswith("0005") else set()
    assert set(absent(text)) <= allowed


def test_each_block_of_python_about_questions_runs_by_itself():
    page = (DOCS / "queries.md").read_text(encoding="utf-8")
    blocks = [text for kind, text in FENCE.findall(page) if kind == "python"]
    assert blocks
    for block in blocks:
        check = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F821", "-"]
        done = subprocess.run(check, input=block, text=True, capture_output=True, check=False)
        assert done.returncode == 0, f"{block}\n{done.stdout}"


def test_the_check_sees_what_is_not_there():
    assert unknown(["index", "a.tif", "-o", "b", "--no-such"]) == ["--no-such"]
    assert unknown(["indexx"]) == ["indexx"]
    assert list(absent("`tiling/no.py`, `tiling/scales.py`, `chip_scale`")) == [
        ("tiling/no.py", "")
    ]
    assert list(absent("`tiling/scales.py`, `scale_of`")) == [("tiling/scales.py", "scale_of")]
    assert list(calls("A=b cmpagl info x; .venv/bin/cmpagl verify y | less")) == [
        ["info", "x"],
        ["verify", "y"],
    ]


def test_every_line_of_the_tutorial_works(tmp_path):
    shutil.copytree(ROOT / "cmpagl_qgis" / "sample", tmp_path / "cmpagl_qgis" / "sample")
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "cmpagl"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cmpagl_model "$@"\n')
    command.chmod(0o755)
    environment = os.environ | {
        "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }
    said = []
    for kind, text in FENCE.findall((DOCS / "tutorial.md").read_text(encoding="utf-8")):
        run = ["sh", "-e"] if kind == "sh" else [sys.executable]
        done = subprocess.run(
            run, input=text, cwd=tmp_path, env=environment, capture_output=True, text=True,
            check=False, encoding="utf-8", timeout=600,
        )  # fmt: skip
        assert done.returncode == 0, text + done.stderr
        said.append(done.stdout)
    assert (tmp_path / "road.geojson").is_file()
    assert (tmp_path / "snow.jpg").is_file()
    assert (tmp_path / "heat.tif").is_file()
    assert "yellowstone_road.tif" in said[-1].splitlines()[0]  # the road comes first


@pytest.mark.skipif(not importlib.util.find_spec("sphinx"), reason="Sphinx is not installed")
def test_the_site_is_built_without_a_warning(tmp_path):
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
    done = subprocess.run(
        [*command, "-d", str(tmp_path / "trees"), str(DOCS), str(tmp_path / "site")],
        capture_output=True, text=True, check=False, cwd=ROOT, timeout=1200,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    first = (tmp_path / "site" / "index.html").read_text(encoding="utf-8")
    assert "boats on a canal" in first
    described = "".join(
        page.read_text(encoding="utf-8") for page in (tmp_path / "site" / "api").glob("*.html")
    )
    fronts = (cmpagl_model.index, cmpagl_model.search, cmpagl_model.encoders, tiling)
    names = [f"{front.__name__}.{name}" for front in fronts for name in front.__all__]
    assert [name for name in names if f'id="{name}"' not in described] == []
    outside = r'(?:src|href)="((?!https?://|#|mailto:|data:)[^"]+)"'
    for page in (tmp_path / "site").rglob("*.html"):
        for link in re.findall(outside, page.read_text(encoding="utf-8")):
            name = link.partition("#")[0].partition("?")[0]
            assert not name or (page.parent / name).exists(), (page.name, link)
