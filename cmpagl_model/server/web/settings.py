"""How a web server of indexes is set up, checked before it listens."""

from __future__ import annotations

import hashlib
import ipaddress
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cmpagl_model.errors import CmpaglError

if TYPE_CHECKING:
    from pathlib import Path

LEAST_TOKEN = 16
OTHERS = 0o077
"""Of a file's mode: what others than its owner may do."""


class SettingsError(CmpaglError):
    """A server that nobody should start so."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Of one server."""

    host: str = "127.0.0.1"
    """Address to listen at."""
    port: int = 8000
    """Port to listen at; 0: a free one."""
    tokens: tuple[bytes, ...] = ()
    """SHA-256 of the tokens, any of which opens; none: everybody may ask."""
    anybody: bool = False
    """Whether everybody may ask at an address that others can reach."""
    public_url: str | None = None
    """Where clients find the server, if not where it listens: behind a proxy."""
    origins: tuple[str, ...] = ()
    """Other web sites whose pages may ask (CORS)."""
    searches: int = field(default_factory=lambda: os.cpu_count() or 1)
    """Searches at once."""
    queue: int = 16
    """Searches that may wait; more are refused."""
    timeout_s: float = 30.0
    """How long anybody waits for an answer."""
    log_queries: bool = False
    """Whether the access log holds what was asked for."""
    tiles: str | None = None
    """Address of background tiles for the page's map, with ``{z}/{x}/{y}``; ``None``: none."""
    attribution: str = ""
    """Whose tiles they are."""

    def __post_init__(self) -> None:
        """Check what can be checked.

        Raises:
            SettingsError: if the server would answer strangers, or a number or an address is none.
        """
        if not (self.is_local or self.tokens or self.anybody):
            raise SettingsError(
                f"--host {self.host}: found an address that others can reach and no token, wanted "
                "one; next: give --token-file, or --anybody if everybody may search"
            )
        least = {"searches": (self.searches, 1), "queue": (self.queue, 0)}
        for name, (found, wanted) in least.items():
            if found < wanted:
                raise SettingsError(f"--{name}: found {found}, wanted {wanted} or more")
        if not self.timeout_s > 0:
            raise SettingsError(f"--timeout: found {self.timeout_s:g} s, wanted more than 0")
        for name, url in (
            ("--public-url", self.public_url),
            *(("--cors", o) for o in self.origins),
        ):
            if url is not None and not _is_web(url):
                raise SettingsError(
                    f"{name}: found {url!r}, wanted such as https://maps.example.org"
                )
        if self.tiles is not None and not (
            _is_web(self.tiles) and all(part in self.tiles for part in ("{z}", "{x}", "{y}"))
        ):
            raise SettingsError(
                f"--tiles: found {self.tiles!r}, wanted such as "
                "https://tiles.example.org/{z}/{x}/{y}.png"
            )

    @property
    def is_local(self) -> bool:
        """Whether this computer alone can reach the server."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def _is_web(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def read_tokens(path: Path) -> tuple[tuple[bytes, ...], str]:
    """The tokens of a file.

    Args:
        path: a token a line; empty lines and those that begin with ``#`` do not count.

    Returns:
        SHA-256 of each, and a line for a person where others may read the file, else nothing.

    Raises:
        SettingsError: if it cannot be read, has no token, or one that can be guessed.
    """
    try:
        lines = path.read_text(encoding="ascii").split("\n")
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"--token-file {path}: cannot be read ({getattr(error, 'strerror', None) or error}), "
            "wanted a line of letters and digits; next: openssl rand -hex 32 > FILE"
        ) from error
    tokens = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    shortest = min(map(len, tokens), default=0)
    if shortest < LEAST_TOKEN or any(" " in token for token in tokens):
        found = f"one of {shortest} characters" if tokens else "none"
        raise SettingsError(
            f"--token-file {path}: found {found}, wanted tokens of {LEAST_TOKEN} characters or "
            "more, without blanks, a line each; next: openssl rand -hex 32 > FILE"
        )
    warning = ""
    if os.name == "posix" and mode & OTHERS:
        warning = f"{path}: others may read this file of tokens; next: chmod 600 {path}"
    return tuple(hashlib.sha256(token.encode()).digest() for token in tokens), warning
