"""The channel to the client: the process's own standard input and output, kept for lines only."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

from .messages import MAX_LINE_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STDIN, STDOUT, STDERR = 0, 1, 2
READ_BYTES = 1 << 16


class Channel:
    """Whole lines out, from any thread, one after the other; a gone client is no error."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()

    def send(self, line: bytes) -> None:
        """Write one line; it is dropped if nobody listens any more."""
        rest = memoryview(line)
        with self._lock:
            try:
                while rest:
                    rest = rest[os.write(self._descriptor, rest) :]
            except OSError:  # the client is gone; the end of its input says so too
                return


def take_channel() -> tuple[int, Channel]:
    """Keep standard input and output for the protocol.

    What a library prints goes to standard error from here on, also from C, and what a library or
    a child process reads is empty.

    Returns:
        The descriptor to read from, and the channel to write to.
    """
    incoming, outgoing = os.dup(STDIN), os.dup(STDOUT)
    os.dup2(STDERR, STDOUT)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, STDIN)
    os.close(nothing)
    return incoming, Channel(outgoing)


def read_lines(read: Callable[[int], bytes], limit: int = MAX_LINE_BYTES) -> Iterator[bytes | None]:
    """Lines as they come; what stands behind the last newline is dropped.

    Args:
        read: gives up to so many bytes, as soon as there are some; none at the end.
        limit: bytes a line may have without its newline.

    Yields:
        A line without its newline; ``None`` for one that is too long, of which no more than
        ``limit`` bytes were ever kept.
    """
    kept, too_long = bytearray(), False
    while piece := read(READ_BYTES):
        *ended, rest = piece.split(b"\n")
        for part in ended:
            if too_long or len(kept) + len(part) > limit:
                yield None
            else:
                yield bytes(kept) + part
            kept, too_long = bytearray(), False
        too_long = too_long or len(kept) + len(rest) > limit
        if too_long:
            kept = bytearray()
        else:
            kept += rest
