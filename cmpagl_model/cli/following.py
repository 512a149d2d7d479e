"""What ``cmpagl search --follow`` prints while an index grows."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import click

from .text import count, say, tell_reading

if TYPE_CHECKING:
    from pathlib import Path

    from cmpagl_model.search import Answer, SavedQuery, SearchableIndex

FIRST_S, LOOK_S = 60.0, 0.5
"""How long an index is waited for that is not there yet, and between two looks for it."""


def await_index(folder: Path, *, quiet: bool) -> None:
    """Wait until somebody has begun an index, a minute at most.

    Args:
        folder: where it will be.
        quiet: whether no progress is printed.
    """
    from cmpagl_model.index.format import is_index  # noqa: PLC0415 - help must not wait

    end = time.monotonic() + FIRST_S
    if not (is_index(folder) or quiet):
        say(f"cmpagl: {folder}: no index yet; waiting {FIRST_S:.0f} s for one", err=True)
    while not is_index(folder) and time.monotonic() < end:
        time.sleep(LOOK_S)


def followed(
    opened: SearchableIndex, query: SavedQuery, *, show: bool, as_json: bool, quiet: bool
) -> Answer:
    """Print matches as they come, until no build adds to the index any more.

    Args:
        opened: the index.
        query: what is asked.
        show: whether matches are printed at all.
        as_json: whether a line of JSON is printed for each look that brought something.
        quiet: whether the progress of the build is not printed.

    Returns:
        The answer of the last look.
    """
    from cmpagl_model.search import follow  # noqa: PLC0415 - help must not wait
    from cmpagl_model.search.output import json_text  # noqa: PLC0415

    from .hit_table import print_lines, table_lines  # noqa: PLC0415

    found, said = 0, ""
    for number, look in enumerate(follow(opened, query)):
        if number == 0 and show and not as_json:
            tell_reading(look.answer.understood)
        if look.new and show and as_json:
            click.echo(json_text(replace(look.answer, hits=look.new)), nl=False)
        elif look.new and show:
            print_lines(partial(table_lines, look.new), head=not found)
        found += len(look.new)
        state = "nobody adds to it" if look.underway is None else str(look.underway)
        if not quiet and state != said:
            said = state
            say(f"cmpagl: {opened.folder}: {state}; {count(found, 'place')} found", err=True)
    return look.answer
