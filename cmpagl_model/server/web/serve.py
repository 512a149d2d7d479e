"""``cmpagl serve --http``: listens and answers until it is told to stop."""

from __future__ import annotations

import socket
import sys
import threading
import time
from importlib.util import find_spec
from typing import TYPE_CHECKING

from cmpagl_model.errors import CmpaglError, MissingExtraError
from cmpagl_model.index.arrays import may_open
from cmpagl_model.index.mirror import at_hand
from cmpagl_model.server.work import Work
from tiling import TilingError

from .settings import SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmpagl_model.server.roots import Roots

    from .settings import Settings

MOST_CONNECTIONS, FEW_CONNECTIONS = 1_000, 100
"""At once, and where few files may be open; beyond, those who ask nothing make room, and if all
ask, uvicorn refuses with 503."""
OPEN_FILES = (1 << 16, 1 << 13, 1 << 11)
"""Indexes and connections have some; the first number that the system allows is taken."""
GRACE_S = LEAST_TIMEOUT_S = 5
"""For those who wait for an answer at the end, and, however short ``--timeout``, for who asks."""
SYNC_EVERY_S = 60.0
"""Between two looks into object stores."""


def need_http() -> None:
    """See that the packages are there.

    Raises:
        MissingExtraError: if one is not.
    """
    for name in ("starlette", "uvicorn"):
        if find_spec(name) is None:
            raise MissingExtraError(
                f"--http: found no package {name}, wanted a web server; next: "
                "pip install 'cmpagl-qgis[http]'"
            )


def serve_http(roots: Roots, settings: Settings, stores: Sequence[str] = ()) -> int:
    """Answer over HTTP until the process is told to end; SIGINT and SIGTERM end it in good order.

    Args:
        roots: the folders whose indexes are given.
        settings: how.
        stores: addresses of indexes in object stores whose copies are among the roots: what is new
            there is brought once a minute.

    Returns:
        The exit code, 0.

    Raises:
        MissingExtraError: if the packages are not installed.
        SettingsError: if the address cannot be listened at.
    """
    need_http()
    import uvicorn  # noqa: PLC0415 - an extra

    from .app import application  # noqa: PLC0415
    from .archive import Archive  # noqa: PLC0415
    from .connection import Connection  # noqa: PLC0415

    class TimedConnection(Connection):
        timeout_s = max(settings.timeout_s, LEAST_TIMEOUT_S)

    has_room = any(may_open(files) for files in OPEN_FILES)
    listener = _listening_socket(settings)
    archive = Archive(roots)
    names = archive.begin(Work(0, lambda _done, _total, _what: None))
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    url = f"http://{host}:{listener.getsockname()[1]}"
    told = ", ".join(list(names)[:5]) or "none yet"
    said = f"cmpagl: {len(names)} indexes ({told}) at {url}; Ctrl-C ends"
    print(said, file=sys.stderr, flush=True)  # noqa: T201
    if stores:
        threading.Thread(target=_sync_stores, args=(stores,), name="stores", daemon=True).start()
    config = uvicorn.Config(
        application(archive, settings), http=TimedConnection, ws="none", access_log=False,
        log_level="warning", lifespan="off", server_header=False,
        limit_concurrency=MOST_CONNECTIONS if has_room else FEW_CONNECTIONS,
        timeout_graceful_shutdown=GRACE_S,
    )  # fmt: skip
    uvicorn.Server(config).run(sockets=[listener])
    return 0


def _sync_stores(stores: Sequence[str]) -> None:
    """Bring what is new of indexes in object stores, as long as the process lives."""
    while True:
        time.sleep(SYNC_EVERY_S)
        for address in stores:
            try:
                at_hand(address)
            except (CmpaglError, TilingError, OSError) as error:  # noqa: PERF203 - one holds up no other
                print(f"cmpagl: {error}", file=sys.stderr, flush=True)  # noqa: T201


def _listening_socket(settings: Settings) -> socket.socket:
    """A socket that listens, before the model is loaded: a port in use is told at once.

    Raises:
        SettingsError: if that cannot be.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        if sys.platform != "win32":  # there it would let two listen at one port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()  # from now on clients wait, and are not turned away
    except OSError as error:
        raise SettingsError(
            f"--host {settings.host} --port {settings.port}: cannot listen there "
            f"({error.strerror or error}); next: choose another port"
        ) from error
    return listener
