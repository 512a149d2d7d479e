"""Scenes that do not lie on this machine: http(s) addresses and object stores.

Signatures and passwords of an address are known to this process only. A scene goes by its address
without them, in the index and in messages; GDAL gets the whole one.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit, urlunsplit

if TYPE_CHECKING:
    from pathlib import PurePath

_STORES = {"s3": "/vsis3/", "gs": "/vsigs/", "az": "/vsiaz/"}
_SCHEMES = tuple(f"{scheme}://" for scheme in ("http", "https", *_STORES))
_SECRET = re.compile(
    r"x-(amz|goog|oss|cos|obs|ms)-.*|signature|sig|expires|policy|key-pair-id|awsaccesskeyid"
    r"|googleaccessid|ossaccesskeyid|.*token|api_?key|auth|authorization|password"
    r"|s[eprtv]|spr|sk(oid|tid|t|e|s|v)|sdd|sip",
    re.IGNORECASE,
)
"""Names of parameters that sign an address or let somebody in; the short ones are Azure's."""
_ASKING = tuple(
    f"GDAL_HTTP_{what}" for what in ("HEADER", "USERPWD", "AUTH", "BEARER", "COOKIE", "PROXY")
)
"""Prefixes of the settings that change how GDAL asks a server."""
_REFUSED = re.compile(r"HTTP response code: (4\d\d|501)\b")
_whole: dict[str, str] = {}
_by_get: set[str] = set()
"""Addresses whose server answers GET alone."""


def is_url(path: str) -> bool:
    """Whether a path is an address: http, https, s3, gs or az."""
    return path.lower().startswith(_SCHEMES)


def sqlite_address(path: PurePath) -> str:
    """The address by which SQLite opens a file for reading, which stays as it is.

    Args:
        path: absolute. A share of Windows is a path to SQLite, not a server.
    """
    address = path.as_uri()
    if not address.startswith("file:///"):
        address = address.replace("file://", "file:////", 1)
    return f"{address}?mode=ro&immutable=1"


def plain_path(given: str) -> str:
    """What a user wrote, as a path of this machine or an address: file:// and /vsi... undone.

    Args:
        given: a path, an address, or one in GDAL's spelling.
    """
    if given.lower().startswith("file://"):
        from urllib.request import url2pathname  # noqa: PLC0415 - loads what speaks HTTP, for few

        host, path = urlsplit(given)[1:3]
        return url2pathname(path if host in {"", "localhost"} else f"//{host}{path}")
    if given.startswith("/vsicurl/") and is_url(given[len("/vsicurl/") :]):
        return given[len("/vsicurl/") :]
    for scheme, prefix in _STORES.items():
        if given.startswith(prefix):
            return f"{scheme}://{given[len(prefix) :]}"
    return given


def public(address: str) -> str:
    """An address without signature and password, which are kept in mind for this process.

    Args:
        address: as the user gave it; a path of this machine is handed back as it is.
    """
    if not is_url(address):
        return address
    scheme, host, path, query, fragment = urlsplit(address)
    parts = query.split("&")
    kept = [part for part in parts if not _SECRET.fullmatch(part.split("=")[0])]
    server = host.rpartition("@")[2]
    if kept == parts and server == host:
        return address
    name = urlunsplit((scheme, server, path, "&".join(kept), fragment))
    _whole[name] = address
    return name


def for_gdal(address: str) -> str:
    """The whole address as GDAL wants it.

    Args:
        address: from :func:`public`.
    """
    whole = _whole.get(address, address)
    scheme, rest = whole.split("://", 1)
    store = _STORES.get(scheme.lower())
    if store:
        return f"{store}{rest}"
    asked = f"{scheme.lower()}://{rest}"
    if address in _by_get:
        return f"/vsicurl?use_head=no&url={quote(asked, safe='')}"
    return asked


def disable_head(address: str, said: str) -> bool:
    """Ask for a refused address by GET alone from now on, if that is worth another try.

    GDAL asks for the length by HEAD first, but for addresses that Amazon signed. Servers of other
    signatures refuse that, as what they signed is a GET; others know no HEAD.

    Args:
        address: from :func:`public`.
        said: GDAL's words about it.

    Returns:
        Whether :func:`for_gdal` gives another name now.
    """
    is_new = address.lower().startswith("http") and address not in _by_get
    if not (is_new and _REFUSED.search(said)):
        return False
    _by_get.add(address)
    return True


def is_plain_http(address: str) -> bool:
    """Whether a server can be asked about a file without GDAL: nothing is signed or set.

    Args:
        address: from :func:`public`.
    """
    settings = any(name.upper().startswith(_ASKING) for name in os.environ)
    known = address in _whole or address in _by_get
    return address.lower().startswith("http") and not known and not settings
