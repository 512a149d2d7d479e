"""A strict reader of one JSON object: every key asked for once, with its type; no others.

Records stored in an index are read through it, so that a damaged or foreign record is refused
with the name of the guilty key instead of going wrong later.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .errors import TilingError


class Fields:
    """The keys of one JSON object, taken out one by one.

    Args:
        text: the JSON object.
        what: what it is meant to be, for messages.
        error: the error to raise; each method raises it for a missing key or a wrong type.
    """

    def __init__(self, text: str, what: str, error: type[TilingError]) -> None:
        self._what = what
        self._error = error
        try:
            values: object = json.loads(text, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as reason:
            raise error(f"the {what} is not JSON ({reason}); make the index anew") from None
        if not isinstance(values, dict):
            raise error(f"the {what} is not a JSON object; make the index anew")
        self._values: dict[str, object] = values

    def has(self, key: str) -> bool:
        """Whether a key that may be missing is there."""
        return key in self._values

    def whole(self, key: str) -> int:
        """A whole number."""
        return self._as_whole(key, self._take(key))

    def wholes(self, key: str) -> tuple[int, ...]:
        """A list of whole numbers."""
        return tuple(self._as_whole(key, value) for value in self._list(key))

    def number(self, key: str) -> float:
        """A finite number."""
        return self._as_number(key, self._take(key))

    def optional_number(self, key: str) -> float | None:
        """A finite number, or ``None`` for null."""
        value = self._take(key)
        return None if value is None else self._as_number(key, value)

    def numbers(self, key: str) -> tuple[float, ...]:
        """A list of finite numbers."""
        return tuple(self._as_number(key, value) for value in self._list(key))

    def pairs(self, key: str) -> tuple[tuple[float, float], ...]:
        """A list of pairs of finite numbers."""
        pairs = []
        for value in self._list(key):
            if not isinstance(value, list) or len(value) != 2:
                raise self._wrong(key, "pairs of numbers", value)
            pairs.append((self._as_number(key, value[0]), self._as_number(key, value[1])))
        return tuple(pairs)

    def flag(self, key: str) -> bool:
        """True or false."""
        value = self._take(key)
        if not isinstance(value, bool):
            raise self._wrong(key, "true or false", value)
        return value

    def text(self, key: str) -> str:
        """A text."""
        value = self._take(key)
        if not isinstance(value, str):
            raise self._wrong(key, "a text", value)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts."""
        values = self._list(key)
        if not all(isinstance(value, str) for value in values):
            raise self._wrong(key, "a list of texts", values)
        return tuple(str(value) for value in values)

    def finish(self) -> None:
        """Refuse keys that nobody asked for."""
        if self._values:
            names = ", ".join(sorted(self._values))
            raise self._error(
                f"the {self._what} has unknown keys: {names}; it needs a newer version of CMPAGL"
            )

    def _take(self, key: str) -> object:
        if key not in self._values:
            raise self._error(f"the {self._what} lacks {key!r}; make the index anew")
        return self._values.pop(key)

    def _list(self, key: str) -> list[object]:
        value = self._take(key)
        if not isinstance(value, list):
            raise self._wrong(key, "a list", value)
        return value

    def _as_whole(self, key: str, value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._wrong(key, "a whole number", value)
        return value

    def _as_number(self, key: str, value: object) -> float:
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            raise self._wrong(key, "a number", value)
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise self._wrong(key, "a finite number", value)
        return number

    def _wrong(self, key: str, wanted: str, found: object) -> TilingError:
        shown = repr(found)[:40]
        return self._error(f"{key!r} of the {self._what} must be {wanted}, found {shown}")


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number")
