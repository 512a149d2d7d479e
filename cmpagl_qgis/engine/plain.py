"""The engine's messages without what is meant for a terminal. No Qt in here."""

from __future__ import annotations

import re

_BREAK = re.compile(r"(; next: |; |\. |, wanted )")
_COMMAND = re.compile(
    r"""(?:^|[\s'"(])(?:cmpagl\s+[a-z]|--?[A-Za-z]|pip3?\s+install|python3?\s+-m)|\bcommand\b"""
)


def plain(text: str) -> str:
    """A message without the clauses that name commands or their options.

    In QGIS there is nowhere to type them; what can be done there stands on buttons beside.

    Args:
        text: in the engine's form: ``found ..., wanted ...; next: ...``.

    Example:
        >>> plain("/a: found no _index.json; next: cmpagl index SCENES -o /a")
        '/a: found no _index.json'
        >>> plain("/a: found a file, wanted a folder; next: choose another place")
        '/a: found a file, wanted a folder. Choose another place'
    """
    first, *rest = _BREAK.split(text)
    kept = first
    for separator, clause in zip(rest[::2], rest[1::2]):
        if _COMMAND.search(clause):
            continue
        if separator == "; next: ":
            kept += ". " + clause[:1].upper() + clause[1:]
        else:
            kept += separator + clause
    return kept
