"""A file at a web server, read in pieces. Start at :func:`web_file`."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from cmpagl_model.errors import MissingExtraError, SourceError, first_line
from tiling.addresses import public

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from obstore.store import HTTPStore

RETRY_TIMEOUT = timedelta(seconds=30)
"""Of a server that fails, all tries of one piece together."""
ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WebFile:
    """A file at a web server."""

    name: str
    """Its address, without what signs it."""
    size_bytes: int
    """Its size."""
    mtime_ns: int
    """When it was changed; 0: the server does not say."""
    tag: str
    """What the server calls this content; empty: nothing."""
    store: HTTPStore
    """Asks for pieces of it."""

    def open(self) -> _Pieces:
        """The file, to be read anywhere."""
        return _Pieces(self)


class _Pieces(io.RawIOBase):
    """A file whose pieces are asked for as they are read."""

    def __init__(self, file: WebFile) -> None:
        super().__init__()
        self._file, self._place = file, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._file.size_bytes}
        self._place = base[whence] + offset
        return self._place

    def readinto(self, target: WriteableBuffer) -> int:
        """Fill ``target`` from the place on, as far as the file goes.

        Raises:
            OSError: if the server does not hand out the piece.
        """
        import obstore  # noqa: PLC0415 - as below
        from obstore.exceptions import BaseError  # noqa: PLC0415

        room = memoryview(target).cast("B")
        length = min(len(room), self._file.size_bytes - self._place)
        if length <= 0:
            return 0
        try:
            piece = obstore.get_range(self._file.store, "", start=self._place, length=length)
        except BaseError as error:
            raise OSError(_line_of(error)) from error
        if len(piece) != length:
            raise OSError(f"asked for {length} bytes, got {len(piece)}: no pieces are served")
        room[:length] = memoryview(piece)
        self._place += length
        return length


def web_file(address: str) -> WebFile:
    """Ask a web server for a file's size.

    Args:
        address: http or https, signed or not. Proxies are those of the environment.

    Raises:
        SourceError: if the server does not answer, has no such file, or does not say its size.
        MissingExtraError: if the library that asks is not installed.
    """
    name = public(address)
    try:
        import obstore  # noqa: PLC0415 - needed by few
        from obstore.exceptions import BaseError  # noqa: PLC0415
        from obstore.store import HTTPStore  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError(
            f"{name}: found no obstore in this environment, wanted it to read from web servers; "
            "next: pip install obstore, or fetch the file first"
        ) from error
    try:
        store = HTTPStore.from_url(
            address,
            client_options={"allow_http": True, "connect_timeout": "10s", "timeout": "60s"},
            retry_config={"max_retries": 3, "retry_timeout": RETRY_TIMEOUT},
        )
        about = obstore.head(store, "")
    except (BaseError, OSError, ValueError) as error:
        raise SourceError(
            f"{name}: cannot be read ({_line_of(error)}); next: check the address and the "
            "connection, or fetch the file first"
        ) from error
    changed = int(about["last_modified"].timestamp() * 1e9)
    return WebFile(name, int(about["size"]), max(0, changed), str(about["e_tag"] or ""), store)


def _line_of(error: Exception) -> str:
    """The first line of what an error says, without addresses, which may be signed."""
    return ADDRESS.sub("the address", first_line(error))[:200]
