"""What docs/protocol.md says of methods is what the engine takes and gives."""

from __future__ import annotations

import re
from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from cmpagl_model.index.verify import VerifyReport
from cmpagl_model.server import results
from cmpagl_model.server.methods import METHODS

PAGE = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text(encoding="utf-8")
ASKED = dict(re.findall(r"\*\*`(\w+)`\*\* `(\{.*?\})`", PAGE, re.DOTALL))
CONSTANTS = {"true": True, "false": False}


def keys(text):
    """The outermost keys of an object as the page writes it, and what stands behind each."""
    depth, pairs = 0, [""]
    for letter in text[1:-1].replace("\n", " "):
        depth += (letter in "{[(") - (letter in "}])")
        if letter == "," and not depth:
            pairs.append("")
        else:
            pairs[-1] += letter
    split = (pair.partition(":") for pair in pairs if pair.strip())
    return {name.strip(): value.strip() for name, _, value in split}


def test_the_page_has_all_methods_and_no_others():
    assert set(ASKED) == {*METHODS, "cancel"}


@pytest.mark.parametrize("method", METHODS)
def test_parameters_and_what_they_are_without_being_given(method):
    said, taken = keys(ASKED[method]), fields(METHODS[method].params)
    optional = {one.name: one.default for one in taken if one.default is not MISSING}
    optional |= {one.name: () for one in taken if one.default_factory is not MISSING}
    assert set(said) == {f"{one.name}{'?' * (one.name in optional)}" for one in taken}
    for name, value in said.items():
        if name.endswith("?") and re.fullmatch(r"[\d.]+|true|false", value):
            wanted = CONSTANTS[value] if value in CONSTANTS else float(value)
            assert optional[name[:-1]] == wanted, name


def answers():
    """Of methods whose answer the page spells out: its keys, and the record in code."""
    for block in re.findall(r"\n\*\*`.*?(?=\n\*\*`|\n## )", PAGE, re.DOTALL):
        method = re.findall(r"`(\w+)`", block)[0]
        told = re.search(r"→ `(\{.*?\})`", block, re.DOTALL)
        if told and method in METHODS:
            run = METHODS[method].run
            name = getattr(run, "func", run).__annotations__["return"]
            record = VerifyReport if name == "VerifyReport" else getattr(results, name)
            yield pytest.param(keys(told[1]), record, id=method)


@pytest.mark.parametrize(("said", "record"), list(answers()))
def test_answers_have_these_keys(said, record):
    assert {name.removesuffix("?") for name in said} == {one.name for one in fields(record)}
