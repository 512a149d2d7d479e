"""What the dock says of the engine's messages: no command, no option, no fact lost."""

import ast
from pathlib import Path

import pytest

from cmpagl_qgis.engine.plain import plain

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (
            "/a: found no _index.json, wanted an index folder made by 'cmpagl index'; next: cmpagl "
            "index SCENES -o /a",
            "/a: found no _index.json",
        ),
        (
            "a-1.parquet: damaged part (cut); next: run 'cmpagl index' on its scene again, which "
            "makes this part anew",
            "a-1.parquet: damaged part (cut)",
        ),
        (
            "3 chips could not be decoded (first: bad tile); the rest is indexed; next: replace "
            "the file and run the same command again",
            "3 chips could not be decoded (first: bad tile); the rest is indexed",
        ),
        (
            "bands 1, 2, 3 are shown, as is usual. If they are not, name them with --bands",
            "bands 1, 2, 3 are shown, as is usual",
        ),
        (
            "cannot write (full); next: free some space or choose another -o. What was finished "
            "before is kept",
            "cannot write (full). What was finished before is kept",
        ),
        (
            "found k = 0, wanted at least 1 hit; next: give -k 20, say",
            "found k = 0, wanted at least 1 hit",
        ),
        ("it is gone; next: choose another point", "it is gone. Choose another point"),
        (
            "nodata -9999; the rest - all of it - stays",
            "nodata -9999; the rest - all of it - stays",
        ),
        ("cmpagl: --device cuda", "cmpagl: --device cuda"),
        ("", ""),
    ],
)
def test_commands_go_and_facts_stay(said, wanted):
    assert plain(said) == wanted


def texts_of(path):
    """The constant texts of a module, those of f-strings with their gaps filled."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                str(piece.value) if isinstance(piece, ast.Constant) else "X"
                for piece in node.values
            )


def test_no_message_of_the_engine_keeps_a_command():
    said = [
        text
        for folder in ("tiling", "cmpagl_model/index", "cmpagl_model/search", "cmpagl_model/server")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "web" not in path.parts  # `cmpagl serve --http` speaks to a terminal
        for text in texts_of(path)
        if "; next: " in text
    ]
    assert len(said) > 40
    for text in map(plain, said):
        for word in ("'cmpagl ", " --", " -o", " -k", "next:"):
            assert word not in text, text
