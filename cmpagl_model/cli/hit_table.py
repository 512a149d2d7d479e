"""Hits as a table for a person, as wide as the terminal is."""

from __future__ import annotations

from pathlib import Path
from shutil import get_terminal_size
from typing import TYPE_CHECKING

import click

from cmpagl_model.records import metres, percent

from .text import one_line, say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cmpagl_model.records import Hit
    from cmpagl_model.search.change import Change

GAP = "  "
UNCUT = 10_000
"""Letters in a line where the table goes into a file or another program."""
DAY = len("2020-07-19")
LEAST_SCENE = 16
"""Letters of a scene's name that are shown in the narrowest terminal, if it has so many."""
NARROW_WITHOUT = (("column", "row"), ("side",), ("date",), ("score",), ("longitude", "latitude"))
"""What is left out of a narrow table, first things first."""


def print_lines(lines: Callable[[int], list[str]], *, head: bool = True) -> None:
    """Print a table as wide as the terminal, in a file uncut.

    Args:
        lines: of so many letters, the head first.
        head: whether that is printed, too.
    """
    first, *rest = lines(get_terminal_size((UNCUT, 24)).columns)
    if head:
        click.secho(first, bold=True)
    for line in rest:
        say(line)


def table_lines(hits: Sequence[Hit], width: int) -> list[str]:
    """A head and a line a hit, the scene last; of a long name its end is shown.

    Below a hit with siblings stands a line of those, cut off where the terminal ends.

    Args:
        hits: best first, one at least.
        width: letters in a line; where not even the rank and a piece of the name fit, lines are
            longer.
    """
    centres = [hit.geometry.representative_point() for hit in hits]
    columns = {
        "rank": [str(hit.rank) for hit in hits],
        "score": [f"{hit.score:.3f}" for hit in hits],
        "review": [hit.review or "" for hit in hits],
        "relevance": ["" if hit.relevance is None else percent(hit.relevance) for hit in hits],
        "prob.": ["" if hit.probability is None else percent(hit.probability) for hit in hits],
        "column": [str(hit.window.col) for hit in hits],
        "row": [str(hit.window.row) for hit in hits],
        "date": [(hit.datetime or "")[:DAY] for hit in hits],
        "side": [metres(hit.ground_m) for hit in hits],
        "longitude": [f"{centre.x:.5f}" for centre in centres],
        "latitude": [f"{centre.y:.5f}" for centre in centres],
    }
    telling = {name: column for name, column in columns.items() if any(column)}
    head, *lines = _laid_out(telling, [hit.scene for hit in hits], width)
    table = [head]
    for hit, line in zip(hits, lines, strict=True):
        table.append(line)
        if hit.siblings:
            siblings = f"{3 * GAP}+{len(hit.siblings)}: {hit.siblings_text}"
            table.append(_shortened(one_line(siblings), width))
    return table


def change_lines(changes: Sequence[Change], width: int) -> list[str]:
    """The same for changes; the scene is the later one."""
    centres = [one.geometry.representative_point() for one in changes]
    columns = {
        "rank": [str(one.rank) for one in changes],
        "change": [f"{one.change:.3f}" for one in changes],
        "before": [one.before.text for one in changes],
        "after": [one.after.text for one in changes],
        "score": [f"{one.after.score:.3f}" for one in changes],
        "side": [metres(one.ground_m) for one in changes],
        "longitude": [f"{centre.x:.5f}" for centre in centres],
        "latitude": [f"{centre.y:.5f}" for centre in centres],
    }
    return _laid_out(columns, [one.after_scene for one in changes], width)


def _laid_out(columns: dict[str, list[str]], scenes: list[str], width: int) -> list[str]:
    names = [one_line(Path(scene).name) for scene in scenes]
    least = min(LEAST_SCENE, max(map(_cells, names)))
    for left_out in ((), *NARROW_WITHOUT):
        columns = {name: column for name, column in columns.items() if name not in left_out}
        widths = [max(map(len, (name, *column))) for name, column in columns.items()]
        room = width - sum(len(GAP) + one for one in widths) - len(GAP)
        if room >= least:
            break
    cells = [
        ("scene", *columns),
        *zip(
            (_shortened(n, max(room, least), end=True) for n in names),
            *columns.values(),
            strict=True,
        ),
    ]
    return [
        "".join(GAP + cell.rjust(one) for cell, one in zip(row, widths, strict=True)) + GAP + scene
        for scene, *row in cells
    ]


def _cells(text: str) -> int:
    from rich.cells import cell_len  # noqa: PLC0415 - only for people at a terminal

    return cell_len(text)


def _shortened(text: str, room: int, *, end: bool = False) -> str:
    """As much as fits, of a name its end, which tells tiles of one survey apart; then dots."""
    if _cells(text) <= room:
        return text
    while _cells(text) > room - 3:
        text = text[1:] if end else text[:-1]
    return f"...{text}" if end else f"{text}..."
