"""Refusals as problem details (RFC 9457)."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import Response

from cmpagl_model.errors import (
    ConfigError,
    IndexMismatchError,
    MissingExtraError,
    ModelError,
    QueryError,
)
from cmpagl_model.server.messages import MessageError
from cmpagl_model.server.roots import OutsideError

from .executor import BusyError
from .features import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping

RETRY_S = 2
STATUS: tuple[tuple[tuple[type[Exception], ...], int], ...] = (
    ((NotFoundError, OutsideError), 404),
    ((QueryError, ConfigError, MessageError), 400),
    ((IndexMismatchError, ModelError, MissingExtraError), 409),
    ((BusyError,), 503),
)
"""What each refusal is to the web; others are faults of what lies on the server."""


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """A refusal.

    Args:
        status: of HTTP.
        detail: what was found, wanted, and the next step.
        headers: further ones.
    """
    page = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": " ".join(detail.split()),
    }
    more = {"Retry-After": str(RETRY_S)} if status == 503 else {}
    return Response(
        json.dumps(page), status, {"Cache-Control": "no-store", **more, **(headers or {})},
        "application/problem+json",
    )  # fmt: skip


def status_of(error: Exception) -> int:
    """What a refusal of the engine is to the web."""
    return next((status for kinds, status in STATUS if isinstance(error, kinds)), 500)
