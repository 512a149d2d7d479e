"""JSON-RPC 2.0 in lines, as ``docs/protocol.md`` writes it down. No Qt in here.

:class:`LineBuffer` makes lines of what a pipe brings, :func:`decode` a message of a line.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Union

from cmpagl_qgis.errors import ProtocolError

from .fields import printable
from .plain import plain

if TYPE_CHECKING:
    from collections.abc import Callable

PROTOCOL_VERSION = 1
LINE_LIMIT = 8 * 1024 * 1024
"""Bytes in a line at most, without its newline."""


@dataclass(frozen=True)
class Result:
    """The good answer to a request."""

    id: int
    """The request's number."""
    result: object
    """What the method gives, as JSON."""


@dataclass(frozen=True)
class Failure:
    """The engine's refusal."""

    id: int | None
    """The request's number; ``None`` when the engine could not read the line."""
    code: int
    """JSON-RPC's or the protocol's code."""
    message: str
    """For a person."""
    kind: str
    """The engine's name of the error; may be empty."""
    undated: int = 0
    """Chips left out because a date was asked for and theirs is not known, where none was left."""


@dataclass(frozen=True)
class Progress:
    """How far a request is."""

    id: int
    """The request's number."""
    done: int
    """Steps done."""
    total: int
    """Steps in all; 0: not known yet."""
    what: str
    """What is being done, for a person."""


Message = Union[Result, Failure, Progress]


def encode(method: str, params: dict[str, object], number: int | None = None) -> bytes:
    r"""One line to the engine.

    Args:
        method: the method's name.
        params: its parameters.
        number: of the request, never used before; ``None``: a notification, which has no answer.

    Raises:
        ProtocolError: if the parameters cannot be written as JSON, or make too long a line.

    Example:
        >>> encode("open", {"index": "/data/town.cmpagl"}, 7)
        b'{"jsonrpc":"2.0","id":7,"method":"open","params":{"index":"/data/town.cmpagl"}}\n'
    """
    request_id: dict[str, object] = {} if number is None else {"id": number}
    message = {"jsonrpc": "2.0", **request_id, "method": method, "params": params}
    try:
        text = json.dumps(message, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        data = text.encode("utf-8")
    except (TypeError, ValueError) as error:
        raise ProtocolError(f"the request cannot be written as JSON: {error}") from error
    if len(data) > LINE_LIMIT:
        raise ProtocolError(
            f"the request takes {len(data)} bytes, a line holds {LINE_LIMIT}; send less at once"
        )
    return data + b"\n"


def decode(line: bytes) -> Message:
    """The message of one line; 2,000 hits take some 25 ms.

    Args:
        line: without its newline.

    Raises:
        ProtocolError: if it is no message of the protocol.

    Example:
        >>> decode(b'{"jsonrpc":"2.0","id":7,"result":{"hits":[]}}')
        Result(id=7, result={'hits': []})
    """
    try:
        value = json.loads(line.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError is a ValueError
        raise ProtocolError(f"wanted JSON in UTF-8, found {line[:80]!r} ({error})") from error
    if not isinstance(value, dict) or value.get("jsonrpc") != "2.0":
        raise ProtocolError(f"wanted a JSON-RPC 2.0 message, found {line[:80]!r}")
    if "method" in value:
        return _progress(value, line)
    if "error" in value:
        return _failure(value.get("id"), value["error"], line)
    number = _whole(value.get("id"))
    if number is None or "result" not in value:
        raise ProtocolError(f"wanted an answer with id and result, found {line[:80]!r}")
    return Result(number, value["result"])


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")


def _progress(value: dict[str, object], line: bytes) -> Progress:
    params = value.get("params")
    if value["method"] != "progress" or not isinstance(params, dict):
        raise ProtocolError(f"wanted progress, found {line[:80]!r}")
    number, done, total = (_whole(params.get(key)) for key in ("id", "done", "total"))
    if number is None or done is None or total is None:
        raise ProtocolError(f"progress without whole id, done and total: {line[:80]!r}")
    return Progress(number, done, total, printable(str(params.get("what", ""))))


def _failure(number: object, error: object, line: bytes) -> Failure:
    code = _whole(error.get("code")) if isinstance(error, dict) else None
    if not isinstance(error, dict) or code is None:
        raise ProtocolError(f"wanted an error with a code, found {line[:80]!r}")
    if number is not None and _whole(number) is None:
        raise ProtocolError(f"wanted an error with a whole id or none, found {line[:80]!r}")
    data = error.get("data")
    data = data if isinstance(data, dict) else {}
    message = plain(printable(str(error.get("message", ""))))
    kind, undated = str(data.get("kind", "")), _whole(data.get("undated")) or 0
    return Failure(_whole(number), code, message, kind, undated)


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


class LineBuffer:
    """Whole lines of what a pipe brings in pieces.

    A line over the limit is dropped up to its newline and reported once.
    """

    def __init__(self, report: Callable[[str], None], limit: int = LINE_LIMIT) -> None:
        """Start empty.

        Args:
            report: called with one sentence for each line dropped.
            limit: bytes in a line at most.
        """
        self._report = report
        self._limit = limit
        self._rest = bytearray()
        self._dropping = False

    def feed(self, data: bytes) -> list[bytes]:
        """Take a piece; return the lines it completes, without newlines and without empty ones.

        Args:
            data: any number of bytes.
        """
        lines = []
        start = 0
        while (end := data.find(b"\n", start)) >= 0:
            self._append(data[start:end])
            line = bytes(self._rest).rstrip(b"\r")
            self._rest.clear()
            self._dropping = False
            if line:
                lines.append(line)
            start = end + 1
        self._append(data[start:])
        return lines

    def unfinished(self) -> int:
        """Bytes of a line that has no newline yet; what is being dropped does not count."""
        return len(self._rest)

    def _append(self, piece: bytes) -> None:
        if self._dropping:
            return
        self._rest += piece
        if len(self._rest) > self._limit:
            self._report(f"a line of more than {self._limit} bytes was dropped")
            self._rest.clear()
            self._dropping = True
