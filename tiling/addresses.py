"""Scenes that do not lie on this machine: http(s) addresses and object stores.

Signatures and passwords of an address are known to this process only. A scene goes by its address
without them, in the index and in messages; GDAL gets the whole one.
"""

from __future__ import annotations

import os
import re
from urllib.parse import unquote, urlsplit, urlunsplit
from urllib.request import url2pathname

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
"""How names of settings begin with which GDAL asks as nobody else would."""
_whole: dict[str, str] = {}


def is_url(path: str) -> bool:
    """Whether a path is an address: http, https, s3, gs or az."""
    return path.lower().startswith(_SCHEMES)


def plain_path(given: str) -> str:
    """What a user wrote, as a path of this machine or an address: file:// and /vsi... undone.

    Args:
        given: a path, an address, or one in GDAL's spelling.
    """
    if given.lower().startswith("file://"):
        host, path = urlsplit(given)[1:3]
        return url2pathname(unquote(path) if host in {"", "localhost"} else f"//{host}{path}")
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
    return f"{store}{rest}" if store else f"{scheme.lower()}://{rest}"


def asks_plainly(address: str) -> bool:
    """Whether a server can be asked about a file without GDAL: nothing is signed or set.

    Args:
        address: from :func:`public`.
    """
    settings = any(name.upper().startswith(_ASKING) for name in os.environ)
    return address.lower().startswith("http") and address not in _whole and not settings
