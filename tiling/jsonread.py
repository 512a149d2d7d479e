"""The one strict reader of records from JSON or TOML: no unknown key, no value of another type.

Settings, requests and what an index keeps are read through it, so that what is damaged or foreign
is refused with the name of the guilty key instead of going wrong later.
"""

from __future__ import annotations

import dataclasses
import json
import math
import sys
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

Record = TypeVar("Record")


class UnfitError(ValueError):
    """What was read is not such a record; the message says where and why."""


def record_from_json(
    record_type: type[Record], text: str, where: str, usual: AbstractSet[str] | None = None
) -> Record:
    """Build a record that an index keeps; see :func:`record_of`.

    Args:
        record_type: the dataclass to build.
        text: the JSON.
        where: how the source is called in messages.
        usual: keys that may be missing; ``None``: those of fields with a default.

    Raises:
        UnfitError: if it is no JSON, or no such record.
    """
    try:
        values: object = json.loads(text)
    except (ValueError, RecursionError) as reason:
        raise UnfitError(f"{where}: not JSON ({reason}); make the index anew") from None
    return record_of(record_type, values, where, usual)


def record_of(
    record_type: type[Record], values: object, where: str, usual: AbstractSet[str] | None = None
) -> Record:
    """Build a (nested) frozen record from parsed JSON or TOML, naming every unknown key.

    Args:
        record_type: the dataclass to build.
        values: the parsed object.
        where: how the source is called in messages.
        usual: keys that may be missing; ``None``: those of fields with a default.

    Returns:
        The record; missing keys take their defaults.

    Raises:
        UnfitError: if a key is unknown, a needed key is missing, or a value is of another kind than
            its field.
    """
    if not isinstance(values, dict):
        raise UnfitError(f"{where}: found {type(values).__name__}, wanted a table of settings")
    hints, defaults = _fields(record_type)  # type: ignore[arg-type]  # classes are hashable
    unknown = sorted(values.keys() - hints.keys())
    if unknown:
        raise UnfitError(
            f"{where}: unknown setting {', '.join(unknown)}; known are {', '.join(sorted(hints))}"
        )
    lacking = sorted(hints.keys() - values.keys() - (defaults if usual is None else usual))
    if lacking:
        raise UnfitError(f"{where}: lacks {', '.join(map(repr, lacking))}")
    fields = {
        name: value if hints[name] is type(value) is not float
        else _value(hints[name], value, f"{where}.{name}")
        for name, value in values.items()
    }  # fmt: skip
    try:
        return record_type(**fields)
    except TypeError as error:
        raise UnfitError(f"{where}: {error}") from error


@cache
def _fields(record_type: type) -> tuple[dict[str, Any], set[str]]:
    """Types of the fields, and which have a default; looking them up takes longer than all else."""
    missing = (dataclasses.MISSING, dataclasses.MISSING)
    fields = dataclasses.fields(record_type)
    defaults = {one.name for one in fields if (one.default, one.default_factory) != missing}
    hints = get_type_hints(record_type)  # those of class variables among them
    return {one.name: hints[one.name] for one in fields}, defaults


def _value(hint: object, value: object, where: str) -> object:
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return record_of(hint, value, where)
    if get_origin(hint) is tuple:
        return _list(get_args(hint), value, where)
    if get_origin(hint) is Literal:
        if value not in get_args(hint):
            raise UnfitError(f"{where}: found {value!r}, wanted one of {', '.join(get_args(hint))}")
        return value
    if get_origin(hint) in {Union, UnionType}:
        (kind,) = (each for each in get_args(hint) if each is not NoneType)
        return None if value is None else _value(kind, value, where)
    if hint is float and isinstance(value, int | float) and not isinstance(value, bool):
        return _finite(value, where)  # JSON writes 4.0 as 4 in some hands
    if type(value) is not (dict if get_origin(hint) is dict else hint):
        wanted = getattr(get_origin(hint) or hint, "__name__", hint)
        raise UnfitError(f"{where}: found {value!r}, wanted a value of kind {wanted}")
    return value


def _finite(value: float, where: str) -> float:
    if not abs(value) <= sys.float_info.max:  # whole numbers may be larger than any float
        raise UnfitError(f"{where}: found {value!s:.40}, wanted a finite number")
    return float(value)


def _list(hints: tuple[object, ...], values: object, where: str) -> tuple[object, ...]:
    if not isinstance(values, list | tuple):
        found, written = "a table", f"[[{where.rpartition('.')[2]}]] above it"
        if not isinstance(values, dict):
            found, written = repr(values), f"[{json.dumps(values, default=str)}]"
        raise UnfitError(f"{where}: found {found}, wanted a list; next: write {written}")
    if Ellipsis not in hints and len(values) != len(hints):
        raise UnfitError(f"{where}: found {len(values)} values, wanted {len(hints)}")
    hint = hints[0]
    if hint is float and set(map(type, values)) == {float} and all(map(math.isfinite, values)):
        return tuple(values)  # the usual case, fast
    return tuple(_value(hint, value, where) for value in values)
