"""What holds for every command: settings from the environment, mistyped names, -v, completion."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys

import click
import pytest

from cmpagl_model import __version__
from cmpagl_model.cli.app import COMMANDS, app, run
from cmpagl_model.cli.console import show_log


@pytest.fixture
def plain_log():
    """The log as a fresh process has it, before and after."""
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    yield
    root.handlers[:] = kept
    root.setLevel(level)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("serach", "search"),
        ("idnex", "index"),
        ("verfy", "verify"),
        ("qgis_install", "qgis-install"),
    ],
)
def test_a_mistyped_command_is_suggested(typed, meant, capsys):
    assert run([typed, "--help"]) == 2
    assert f"found no command {typed!r}; did you mean {meant!r}?" in capsys.readouterr().err


def test_a_command_like_no_other_is_refused_without_a_suggestion(capsys):
    assert run(["zzzz"]) == 2
    said = capsys.readouterr().err
    assert "zzzz" in said
    assert "did you mean" not in said


@pytest.mark.parametrize(
    ("command", "typed", "meant"),
    [("search", "--min-scor", "--min-score"), ("index", "--overlaps", "--overlap")],
)
def test_a_mistyped_option_is_suggested(command, typed, meant, capsys):
    assert run([command, "x.cmpagl", typed, "1"]) == 2
    said = capsys.readouterr().err
    assert re.search(f"No such option:? '?{typed}", said)  # click 8.2 has no quotes
    assert meant in said.split(typed, 1)[1]


def test_options_come_from_the_environment_and_the_line_wins(monkeypatch, tmp_path, capsys):
    missing = str(tmp_path / "none.cmpagl")
    monkeypatch.setenv("CMPAGL_SEARCH_K", "many")
    assert run(["search", missing, "a road"]) == 2
    assert "'many' is not a valid integer" in capsys.readouterr().err
    assert run(["search", missing, "a road", "-k", "3"]) == 1
    assert "found no _index.json" in capsys.readouterr().err


def test_a_version_in_the_environment_is_not_asked_for(monkeypatch, capsys):
    monkeypatch.setenv("CMPAGL_VERSION", "1")
    assert run([]) == 2
    assert f"version {__version__}" not in capsys.readouterr().out


@pytest.mark.usefixtures("plain_log")
@pytest.mark.parametrize("words", [["-v", "info"], ["info", "-v"], ["info", "--verbose"]])
def test_verbose_says_where_a_refusal_arose(words, tmp_path, capsys):
    missing = str(tmp_path / "none.cmpagl")
    assert run(["info", missing]) == 1
    assert "Traceback" not in capsys.readouterr().err
    assert run([*words, missing]) == 1
    said = capsys.readouterr().err
    assert "cmpagl_model.cli.app: refused here\nTraceback" in said
    assert said.splitlines()[-1].startswith("cmpagl: ")


@pytest.mark.usefixtures("plain_log")
def test_what_is_logged_has_no_signatures(capsys):
    for _ in range(2):  # of the group and of the command
        show_log()
    address = "https://a.org/x.tif?X-Amz-Signature=0123"
    refused = OSError(f"'{address}': 403")
    logging.getLogger("rasterio").warning("cannot read %s now", address, exc_info=refused)
    said = capsys.readouterr().err
    assert said.count("cannot read https://a.org/x.tif?... now") == 1
    assert "'https://a.org/x.tif?...': 403" in said
    assert "0123" not in said


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_one_verbose_and_no_option_twice(name):
    command = app.get_command(click.Context(app), name)
    names = [one for param in command.params for one in param.opts]
    assert names.count("-v") == 1
    assert len(names) == len(set(names))


def test_a_shell_completes_commands_and_options():
    def completed(*words):
        environment = {
            **os.environ, "_CMPAGL_COMPLETE": "bash_complete",
            "COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1),
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "cmpagl_model"],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.stdout.split()

    assert completed("cmpagl", "se") == ["plain,search", "plain,serve"]
    assert completed("cmpagl", "search", "x", "--unl") == ["plain,--unlike"]
