"""Reading a JSON object into a frozen record by the record's own types; nothing of it is trusted.

No Qt in here.
"""

from __future__ import annotations

from dataclasses import MISSING, fields
from functools import cache
from typing import (
    Annotated,
    Any,
    Callable,
    ClassVar,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from cmpagl_qgis.errors import ProtocolError

from .plain import plain

T = TypeVar("T", bound="Record")
Said = Annotated[str, plain]
"""A text for a person, without what is meant for a terminal."""
Reader = Callable[[object], Any]
"""Gives a value in its type, or raises :class:`_WrongError` with what was wanted."""
KEY, ABSENT = "key", "absent"
"""In a field's metadata: its name in the protocol, where that is another; what it is where the
object lacks it and the record has no default."""


class Record:
    """What a JSON object is read into: subclasses are frozen dataclasses."""

    WHAT: ClassVar[str]
    """Its name in messages, such as "a hit"."""

    def __init_subclass__(cls, *, what: str) -> None:
        """Give it the name."""
        cls.WHAT = what


class _WrongError(Exception):
    """A value is of another type than wanted; says which."""


def read(record: type[T], value: object) -> T:
    """A record from a JSON object.

    Fields with a default or :data:`ABSENT`, optional ones and tuples of texts may be absent.
    What the record has no field for is passed over: a newer engine may say more. An object where
    pairs are wanted gives its items. What ``Annotated`` names is called with the value.

    Args:
        record: a frozen dataclass.
        value: should be a dict.

    Raises:
        ProtocolError: if it is none, or a field is absent or of another type.

    Example:
        >>> from cmpagl_qgis.engine.records import Model
        >>> read(Model, {"name": 3})
        Traceback (most recent call last):
        cmpagl_qgis.errors.ProtocolError: name of a model: wanted a text, found 3
    """
    if not isinstance(value, dict):
        raise ProtocolError(f"wanted {record.WHAT}, found {_short(value)}")
    values = {}
    for name, key, absent, reader in _readers(record):  # type: ignore[arg-type]
        found = value.get(key)
        try:
            values[name] = absent if found is None and absent is not MISSING else reader(found)
        except _WrongError as wanted:
            said = _short(found) if key in value else "nothing"
            raise ProtocolError(f"{key} of {record.WHAT}: wanted {wanted}, found {said}") from None
    return record(**values)


@cache
def _readers(record: type) -> tuple[tuple[str, str, Any, Reader], ...]:
    """Of each field: name, name in the protocol, what it is if absent, what reads it."""
    hints, found = get_type_hints(record, include_extras=True), []
    for field in fields(record):
        hint, absent = hints[field.name], field.metadata.get(ABSENT, field.default)
        if absent is MISSING and get_origin(hint) is Union:
            absent = None
        if absent is MISSING and hint in (tuple[str, ...], tuple[Said, ...]):
            absent = ()
        found.append((field.name, field.metadata.get(KEY, field.name), absent, _reader(hint)))
    return tuple(found)


def _reader(hint: Any) -> Reader:  # noqa: ANN401 - a type of any form
    """What reads values of a type."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is Annotated:
        inner, made = _reader(args[0]), args[1]
        return lambda value: made(inner(value))
    if origin is Union:  # Optional
        inner = _reader(args[0])
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        return _tuple_reader(args)
    if origin is dict:
        return _of_type(dict, "an object")
    if isinstance(hint, type) and issubclass(hint, Record):
        is_object = _of_type(dict, hint.WHAT)
        return lambda value: read(hint, is_object(value))
    return _PLAIN[hint]


def _tuple_reader(args: tuple[Any, ...]) -> Reader:
    """What reads JSON lists: as many values as there are types, or any number of one type."""
    if args[-1] is not Ellipsis:
        readers = [_reader(arg) for arg in args]

        def read_some(value: object) -> tuple[Any, ...]:
            if not isinstance(value, (list, tuple)) or len(value) != len(readers):
                raise _WrongError(f"a list of {len(readers)}")
            return tuple(reader(item) for reader, item in zip(readers, value))

        return read_some
    one, pairs = _reader(args[0]), get_origin(args[0]) is tuple

    def read_all(value: object) -> tuple[Any, ...]:
        if pairs and isinstance(value, dict):
            value = list(value.items())
        if not isinstance(value, list):
            raise _WrongError("an object" if pairs else "a list")
        return tuple(one(item) for item in value)

    return read_all


def _of_type(wanted: type | tuple[type, ...], name: str) -> Reader:
    def read_one(value: object) -> Any:  # noqa: ANN401 - of the type wanted
        if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
            raise _WrongError(name)
        return value

    return read_one


_NUMBER, _TEXT = _of_type((int, float), "a number"), _of_type(str, "a text")
_PLAIN: dict[type, Reader] = {
    str: lambda value: printable(_TEXT(value)),
    float: lambda value: float(_NUMBER(value)),
    int: _of_type(int, "a whole number"),
    bool: _of_type(bool, "true or false"),
}


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
