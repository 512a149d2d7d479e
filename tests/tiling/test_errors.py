"""What GDAL says, in a few words."""

import os
import subprocess

import pytest

from tiling.errors import shell_word, short_reason


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("CURL error: Could not resolve host: x.org", "Could not resolve host: x.org"),
        ("TIFFFillTile:Read error at row 3", "Read error at row 3"),
        ("a.tif, band 1: IReadBlock failed at X offset 0", "IReadBlock failed at X offset 0"),
        ("'/vsicurl/https://x.org/a.tif?sig=abc' not recognized.", "not recognized"),
        ("Cannot open /vsicurl?use_head=no&url=https%3A%2F%2Fx.org%3Fsig%3Dabc", "Cannot open it"),
        ("", "RuntimeError"),
    ],
)
def test_the_cause_is_said_without_functions_and_files(said, shown):
    outer = OSError("Read failed")
    outer.__cause__ = RuntimeError(said)
    assert short_reason(outer) == shown


@pytest.mark.skipif(os.name == "nt", reason="asks sh")
@pytest.mark.parametrize(
    "name",
    ["s3://bucket/town.cmpagl", "my town", "Straße.tif", "a'b", 'a "b" c', "$HOME", "a&b; c", "`x`",
     "back\\slash", "wow!", "(1)", "*.tif", "~", ""],
)  # fmt: skip
def test_a_name_is_one_word_of_a_command(name):
    command = ["sh", "-c", f"printf %s {shell_word(name)}"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == name


@pytest.mark.parametrize("plain", ["/data/town-1.cmpagl", "Übersicht.cmpagl", "s3://b/x_y.cmpagl"])
def test_a_plain_name_stays_as_it_is(plain):
    assert shell_word(plain) == plain
