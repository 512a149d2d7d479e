"""Who may ask, and what is written of it: around the application, before anything is done."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import sys
import time
from contextlib import suppress
from datetime import datetime, timezone
from typing import TYPE_CHECKING, TextIO
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders

from .problems import problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from .settings import Settings

OPEN = ("/health", "/page/")
"""Without a token, as is the page for people: nothing of the indexes is asked for."""
MOST_LOGGED = 2_000
"""Characters of an address in the log."""
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class AccessLog:
    """A line a request: when, who, what, how it ended, bytes, milliseconds.

    Args:
        app: what answers.
        queries: whether the query of an address is written, and so what people look for.
        to: where the lines go.
    """

    def __init__(self, app: ASGIApp, *, queries: bool, to: TextIO = sys.stderr) -> None:
        self._app, self._queries, self._to = app, queries, to

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, then write."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status, size = time.perf_counter(), 500, 0

        async def noted(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                size += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            took_ms = 1000 * (time.perf_counter() - began)
            now = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
            path = scope.get("raw_path", b"").decode("ascii", "backslashreplace")
            if self._queries and scope["query_string"]:
                path += "?" + scope["query_string"].decode("ascii", "backslashreplace")
            who = f"{now.replace('+00:00', 'Z')} {(scope.get('client') or ('-',))[0]}"
            what = f"{scope['method']} {path[:MOST_LOGGED]} {status} {size} B {took_ms:.0f} ms"
            with suppress(OSError):  # a log that nobody reads any more stops no answer
                print(who, what, file=self._to, flush=True)


class Guard:
    """Lets in who has a token, and who means this server.

    A server without token is meant for its own computer. A foreign page could still reach it there
    under a name of its own (DNS rebinding), so that other names than this computer's are refused.

    Args:
        app: what answers.
        settings: of the server.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._tokens = app, settings.tokens
        policy = "cross-origin" if settings.origins else "same-origin"
        self._safe = {**SAFE, "Cross-Origin-Resource-Policy": policy}
        self._hosts: set[str | None] | None = None
        if settings.is_local and not settings.tokens:
            self._hosts = {"localhost", "127.0.0.1", "::1", settings.host}
            if settings.public_url:
                self._hosts.add(urlsplit(settings.public_url).hostname)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def safe(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._safe.items():
                    headers.setdefault(name, value)
            await send(message)

        headers, path = Headers(scope=scope), scope["path"]
        app = self._app
        if self._hosts is not None and _hostname(headers.get("host", "")) not in self._hosts:
            app = problem(
                421, "found the name of another server, wanted this computer's; next: ask "
                "http://127.0.0.1, or start the server with --public-url",
            )  # fmt: skip
        elif self._tokens and not (
            path.startswith(OPEN)
            or (path == "/" and "text/html" in headers.get("accept", ""))
            or self._has_token(headers)
        ):
            said = (
                "found no token that this server knows, wanted one; next: send the header "
                "'Authorization: Bearer TOKEN', or the token as a password"
            )
            app = problem(401, said, {"WWW-Authenticate": 'Bearer realm="cmpagl"'})
        await app(scope, receive, safe)

    def _has_token(self, headers: Headers) -> bool:
        """Whether a request bears a token, or has one as its password, under whatever name."""
        kind, _, text = headers.get("authorization", "").partition(" ")
        token = text.strip().encode()
        if kind.lower() == "basic":
            try:
                token = base64.b64decode(token, validate=True).partition(b":")[2]
            except binascii.Error:
                return False
        elif kind.lower() != "bearer":
            return False
        given, found = hashlib.sha256(token).digest(), False
        for known in self._tokens:  # all of them, so that time tells nothing
            found |= hmac.compare_digest(given, known)
        return found


def _hostname(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
