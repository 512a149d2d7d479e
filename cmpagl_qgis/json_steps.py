"""JSON parsed in steps: a long answer must not hold up the event loop for its whole length.

The outer three levels (message, result, list of hits) are walked here, value by value, with a pause
after each; what lies deeper is small and left to the standard library's scanner.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from .errors import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Generator

WALKED_LEVELS = 3
SHORT = 64 * 1024
"""Characters up to which a text is parsed in one step."""

_BLANKS = re.compile(r"[ \t\r\n]*")


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def parse(text: str) -> object:
    """The value of a JSON text, in one step.

    Args:
        text: one JSON value, blanks around it allowed.

    Raises:
        ProtocolError: if it is no JSON; NaN and Infinity are none.
    """
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"wanted JSON, found {text[:80]!r} ({error})") from error


def parse_in_steps(text: str) -> Generator[None, None, object]:
    """The value of a JSON text; pauses often.

    Args:
        text: one JSON value, blanks around it allowed.

    Returns:
        The value, as the generator's return value.

    Raises:
        ProtocolError: if it is no JSON; NaN and Infinity are none.
    """
    if len(text) <= SHORT:
        return parse(text)
    try:
        value, end = yield from _value(text, _skip(text, 0), WALKED_LEVELS)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"wanted JSON, found {text[:80]!r} ({error})") from error
    if _skip(text, end) != len(text):
        raise ProtocolError(f"wanted one JSON value, found more behind {text[:80]!r}")
    return value


def _skip(text: str, position: int) -> int:
    match = _BLANKS.match(text, position)
    return position if match is None else match.end()


def _value(text: str, position: int, levels: int) -> Generator[None, None, tuple[object, int]]:
    head = text[position : position + 1]
    if levels and head == "{":
        return (yield from _members(text, position + 1, levels - 1))
    if levels and head == "[":
        return (yield from _elements(text, position + 1, levels - 1))
    yield
    return _DECODER.raw_decode(text, position)


def _members(text: str, position: int, levels: int) -> Generator[None, None, tuple[object, int]]:
    members: dict[str, object] = {}
    position = _skip(text, position)
    if text[position : position + 1] == "}":
        return members, position + 1
    while True:
        key, position = _DECODER.raw_decode(text, _skip(text, position))
        if not isinstance(key, str):
            raise ValueError(f"a key that is no text at {position}")  # noqa: TRY004 - as json does
        position = _expect(text, position, ":")
        members[key], position = yield from _value(text, _skip(text, position), levels)
        position = _skip(text, position)
        if text[position : position + 1] == "}":
            return members, position + 1
        position = _expect(text, position, ",")


def _elements(text: str, position: int, levels: int) -> Generator[None, None, tuple[object, int]]:
    elements: list[object] = []
    position = _skip(text, position)
    if text[position : position + 1] == "]":
        return elements, position + 1
    while True:
        element, position = yield from _value(text, _skip(text, position), levels)
        elements.append(element)
        position = _skip(text, position)
        if text[position : position + 1] == "]":
            return elements, position + 1
        position = _expect(text, position, ",")


def _expect(text: str, position: int, mark: str) -> int:
    position = _skip(text, position)
    if text[position : position + 1] != mark:
        raise ValueError(f"wanted {mark!r} at {position}")
    return position + 1
