"""Reading one JSON object with its types checked; nothing of it is trusted."""

from __future__ import annotations

from typing import TypeVar

from cmpagl_qgis.errors import ProtocolError

from .plain import plain

T = TypeVar("T")


class Fields:
    """One JSON object; each method gives a field in its type or says what was found.

    Example:
        >>> Fields({"chips": "many"}, "an index").whole("chips")
        Traceback (most recent call last):
        cmpagl_qgis.errors.ProtocolError: chips of an index: wanted a whole number, found 'many'
    """

    def __init__(self, value: object, what: str) -> None:
        """Take an object.

        Args:
            value: should be a dict.
            what: its name in messages, such as "a hit".

        Raises:
            ProtocolError: if it is no object.
        """
        if not isinstance(value, dict):
            raise ProtocolError(f"wanted {what}, found {_short(value)}")
        self._value: dict[str, object] = {
            key: printable(item) if isinstance(item, str) else item for key, item in value.items()
        }
        self._what = what

    def has(self, key: str) -> bool:
        """Whether the field is there and not null.

        Args:
            key: the field's name.
        """
        return self._value.get(key) is not None

    def get(self, key: str, kind: type[T]) -> T:
        """A field of one type.

        Args:
            key: the field's name.
            kind: its type.

        Raises:
            ProtocolError: if it is absent or of another type.
        """
        value = self._value.get(key)
        if not isinstance(value, kind):
            raise self._refusal(key, kind.__name__)
        return value

    def text(self, key: str) -> str:
        """A text; empty where the field is absent or null.

        Args:
            key: the field's name.

        Raises:
            ProtocolError: if it is of another type.
        """
        return self.get(key, str) if self.has(key) else ""

    def number(self, key: str) -> float:
        """A number.

        Args:
            key: the field's name.

        Raises:
            ProtocolError: if it is none.
        """
        return self._number(key, self._value.get(key))

    def whole(self, key: str) -> int:
        """A whole number.

        Args:
            key: the field's name.

        Raises:
            ProtocolError: if it is none.
        """
        return self._whole(key, self._value.get(key))

    def numbers(self, key: str, count: int | None = None) -> tuple[float, ...]:
        """Numbers.

        Args:
            key: the field's name.
            count: how many; ``None``: any.

        Raises:
            ProtocolError: if they are none, or not so many.
        """
        return tuple(self._number(key, value) for value in self._list(key, count))

    def whole_numbers(self, key: str, count: int | None = None) -> tuple[int, ...]:
        """Whole numbers.

        Args:
            key: the field's name.
            count: how many; ``None``: any.

        Raises:
            ProtocolError: if they are none, or not so many.
        """
        return tuple(self._whole(key, value) for value in self._list(key, count))

    def texts(self, key: str) -> tuple[str, ...]:
        """Texts for a person; none where the field is absent.

        Args:
            key: the field's name.

        Raises:
            ProtocolError: if one is of another type.
        """
        values = self._list(key, None) if self.has(key) else []
        texts = tuple(plain(printable(value)) for value in values if isinstance(value, str))
        if len(texts) != len(values):
            raise self._refusal(key, "texts")
        return texts

    def _list(self, key: str, count: int | None) -> list[object]:
        values = self.get(key, list)
        if count is not None and len(values) != count:
            raise self._refusal(key, f"{count} numbers")
        return values

    def _number(self, key: str, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self._refusal(key, "a number")
        return float(value)

    def _whole(self, key: str, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._refusal(key, "a whole number")
        return value

    def _refusal(self, key: str, wanted: str) -> ProtocolError:
        found = _short(self._value[key]) if key in self._value else "nothing"
        return ProtocolError(f"{key} of {self._what}: wanted {wanted}, found {found}")


def printable(text: str) -> str:
    r"""The text with ``?`` for halves of surrogate pairs: Qt takes no such text.

    Args:
        text: such as a file name that is not valid in its encoding.

    Example:
        >>> printable("town\udce4.tif")
        'town?.tif'
    """
    return text.encode("utf-8", "replace").decode("utf-8")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
