"""Lines of JSON-RPC 2.0: strict on the way in, plain ASCII on the way out."""

from __future__ import annotations

import dataclasses
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cmpagl_model.errors import CmpaglError
from cmpagl_model.records import Problem

if TYPE_CHECKING:
    from typing import TypeAlias

    Id: TypeAlias = "int | OversizedNumber | None"

PROTOCOL = 1
MAX_LINE_BYTES = 8 << 20
NO_JSON, NO_REQUEST, UNKNOWN_METHOD, WRONG_PARAMETERS = -32700, -32600, -32601, -32602
REFUSED, CANCELLED, FAULT = -32000, -32001, -32603
MOST_DIGITS = 18
"""Of a whole number: all of these fit into 64 bits."""
SHOWN_DIGITS, MOST_REASON = 20, 4_000
"""Of numbers and of texts in messages: what was found may be as long as a line."""
KEYS = ("jsonrpc", "id", "method", "params")


class MessageError(CmpaglError):
    """A line that is no request of this protocol."""

    def __init__(self, code: int, reason: str, number: Id = None) -> None:
        """Keep the JSON-RPC code, and the number of the request if it has one."""
        super().__init__(reason)
        self.code, self.number = code, number


class ParameterError(MessageError):
    """A parameter is unknown, missing, of another type or out of range."""

    def __init__(self, reason: str, number: Id = None) -> None:
        """Keep the reason, and the number of the request where it is known."""
        super().__init__(WRONG_PARAMETERS, reason, number)


class ProtocolError(CmpaglError):
    """The client speaks another version of the protocol."""


@dataclass(frozen=True, slots=True)
class OversizedNumber:
    """A number that is none here: of too many digits, or beyond all floats.

    No parameter takes it, so that the request is refused under its own id.
    """

    text: str
    """As it came."""

    def __str__(self) -> str:
        """Its first digits."""
        return self.text if len(self.text) <= SHOWN_DIGITS else f"{self.text[:SHOWN_DIGITS]}..."

    __repr__ = __str__

    @property
    def is_whole(self) -> bool:
        """Whether it has no point and no exponent."""
        return self.text.removeprefix("-").isdigit()


@dataclass(frozen=True, slots=True)
class Message:
    """A request, or a notification."""

    number: int | None
    """The request's ``id``; ``None``: a notification."""
    method: str
    """What is asked for."""
    params: dict[str, Any]
    """Not checked yet."""


def read_message(line: bytes) -> Message:
    """Read one line.

    Args:
        line: UTF-8, with or without its newline.

    Returns:
        The message.

    Raises:
        MessageError: if it is no JSON, or no JSON-RPC 2.0 request.
        ParameterError: if its parameters are no object.
    """
    try:
        page = loaded(line)
    except (ValueError, RecursionError) as error:
        raise MessageError(
            NO_JSON, f"found a line that is no JSON ({error}), wanted one request a line"
        ) from None
    if isinstance(page, list):
        raise MessageError(NO_REQUEST, "found a batch, wanted one request a line")
    if not isinstance(page, dict):
        raise MessageError(NO_REQUEST, f"found {_shown(page)}, wanted a JSON object")
    number = _number(page)
    if page.get("jsonrpc") != "2.0":
        found = _shown(page.get("jsonrpc"))
        raise MessageError(NO_REQUEST, f'jsonrpc: found {found}, wanted "2.0"', number)
    unknown = sorted(set(page) - set(KEYS))
    if unknown:
        reason = f"found the keys {', '.join(unknown)[:200]}, wanted {', '.join(KEYS)} only"
        raise MessageError(NO_REQUEST, reason, number)
    method, params = page.get("method"), page.get("params", {})
    if not isinstance(method, str):
        raise MessageError(NO_REQUEST, f"method: found {_shown(method)}, wanted a text", number)
    if not isinstance(params, dict):
        reason = f"params: found {_shown(params)}, wanted an object of named parameters"
        raise ParameterError(reason, number)
    return Message(number, method, params)


def loaded(text: bytes) -> object:
    """What a text of JSON holds.

    Args:
        text: UTF-8.

    Raises:
        ValueError: if it is no JSON, or has a number that is none (``NaN``).
        RecursionError: if it is nested deeper than anybody needs.
    """
    return json.loads(
        text.decode("utf-8"), parse_constant=_no_number, parse_float=_finite, parse_int=_whole
    )


def _number(page: dict[str, Any]) -> int | None:
    number = page.get("id")
    if isinstance(number, OversizedNumber):
        reason = f"id: found {number}, wanted a whole number of at most {MOST_DIGITS} digits"
        raise MessageError(NO_REQUEST, reason, number if number.is_whole else None)
    if "id" in page and type(number) is not int:
        raise MessageError(NO_REQUEST, f"id: found {_shown(number)}, wanted a whole number")
    return number


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _finite(text: str) -> float | OversizedNumber:
    number = float(text)
    return number if math.isfinite(number) else OversizedNumber(text)


def _whole(text: str) -> int | OversizedNumber:
    return int(text) if len(text.removeprefix("-")) <= MOST_DIGITS else OversizedNumber(text)


def _shown(value: object) -> str:
    return json.dumps(value, default=str)[:40]


def result_line(number: int, result: object) -> bytes:
    """The answer to a request; ``result`` is a record."""
    line = _line({"jsonrpc": "2.0", "id": number, "result": page_of(result)})
    if len(line) <= MAX_LINE_BYTES:
        return line
    reason = (
        f"found an answer of {len(line) / 2**20:.1f} MiB, wanted at most "
        f"{MAX_LINE_BYTES >> 20} MiB a line; next: ask for fewer hits"
    )
    return error_line(number, REFUSED, reason, "AnswerTooLong")


def error_line(
    number: Id, code: int, reason: str, kind: str | None = None, undated: int = 0
) -> bytes:
    """The refusal of a request; ``number`` is ``None`` where it is not known."""
    error: dict[str, Any] = {"code": code, "message": " ".join(reason[:MOST_REASON].split())}
    if kind:
        error["data"] = {"kind": kind, **({"undated": undated} if undated else {})}
    return _line({"jsonrpc": "2.0", "id": number, "error": error})


def progress_line(number: int, done: int, total: int, what: str) -> bytes:
    """How far a request is; ``total`` is 0 where it is not known yet."""
    params = {"id": number, "done": done, "total": total, "what": what}
    return _line({"jsonrpc": "2.0", "method": "progress", "params": params})


def page_of(value: object) -> object:
    """Records as JSON objects, without the fields that are ``None``; problems as their lines."""
    if isinstance(value, Problem):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        pairs = ((f.name, getattr(value, f.name)) for f in dataclasses.fields(value))
        return {name: page_of(field) for name, field in pairs if field is not None}
    if isinstance(value, tuple | list):
        return [page_of(item) for item in value]
    return value


def _line(page: dict[str, Any]) -> bytes:
    """One line. ASCII, so that file names that are no UTF-8 do not break it."""
    number = page.get("id")
    if isinstance(number, OversizedNumber):  # its id as it came; Python takes 4,300 digits at most
        line = _line({**page, "id": None})
        return line.replace(b'"id":null', f'"id":{number.text}'.encode(), 1)
    return json.dumps(page, allow_nan=False, separators=(",", ":")).encode("ascii") + b"\n"
