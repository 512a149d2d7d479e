"""Small words for people."""

from __future__ import annotations

import importlib.util
import sys
import unicodedata
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

KILO = 1000.0
DIRECTIONS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Letters that turn the direction of what follows them."""
CONTROLS = {"Cc", "Cs", "Zl", "Zp"}
"""Kinds of letters that end lines or command a terminal, and halves of letters."""


def one_line(text: str) -> str:
    r"""A text of whatever origin on one line: what would command a terminal is shown instead.

    Example:
        >>> one_line("town\n\x1b[31m.tif")
        'town\\n\\x1b[31m.tif'
    """
    if text.isprintable():
        return text
    return "".join(
        ascii(c)[1:-1] if unicodedata.category(c) in CONTROLS or c in DIRECTIONS else c
        for c in text
    )


def say(line: str, *, err: bool = False) -> None:
    """Print one line for a person, on standard output or standard error."""
    # The stream itself: click would write UTF-8 to one that says it knows ASCII only.
    click.echo(one_line(line), file=sys.stderr if err else sys.stdout)


def tell_reading(understood: str) -> None:
    """Print how a sentence was read, if by parts; ``understood`` is empty else."""
    if understood:
        say(f"read by parts: {understood}")


def need(what: str, extra: str, *libraries: str) -> None:
    """Refuse, before anything takes long, what lacks a library.

    Args:
        what: it is wanted for, in words.
        extra: of this package, brings all of them but PyTorch.
        libraries: as they are imported.

    Raises:
        MissingExtraError: if one is not installed.
    """
    from cmpagl_model.errors import MissingExtraError  # noqa: PLC0415 - help must not wait

    lacking = [library for library in libraries if importlib.util.find_spec(library) is None]
    if lacking:
        raise MissingExtraError(
            f"found no {', '.join(lacking)} in this environment, wanted {what}; "
            f"next: pip install 'cmpagl-qgis[torch,{extra}]'"
        )


def count(number: int, noun: str) -> str:
    """``1 scene``, ``2,000 scenes``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def listed(parts: Iterable[str]) -> str:
    """``a, b and c``."""
    items = list(parts)
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def size(number: float) -> str:
    """Bytes as ``12.3 MB``."""
    for unit in ("B", "kB", "MB", "GB"):
        if number < KILO:
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= KILO
    return f"{number:.1f} TB"
