"""The channel to the client: the process's own standard input and output, kept for lines only."""

from __future__ import annotations

import os
import select
import sys
import threading
import time
from typing import TYPE_CHECKING

from .messages import MAX_LINE_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STDIN, STDOUT, STDERR = 0, 1, 2
READ_BYTES = 1 << 16
PIECE_BYTES = getattr(select, "PIPE_BUF", 512)
"""What a pipe that is ready takes at once."""
DRAIN_TIMEOUT_S, POLL_S = 2.0, 0.05
"""How long a client that has closed its end may take to read on, and how often it is asked."""


class Channel:
    """Whole lines out, from any thread, one after the other; a gone client is no error."""

    def __init__(self, descriptor: int, client: int | None = None) -> None:
        """Take the descriptor to write to, and that which ends when the client has left."""
        self._descriptor, self._client = descriptor, client
        self._lock = threading.Lock()
        self._gone = False

    def send(self, line: bytes) -> None:
        """Write one line; it is dropped if nobody listens any more."""
        rest = memoryview(line)
        with self._lock:
            try:
                while rest and self._is_writable():
                    rest = rest[os.write(self._descriptor, rest[:PIECE_BYTES]) :]
            except OSError:  # the client is gone; the end of its input says so too
                return

    def _is_writable(self) -> bool:
        """Wait until the client takes more; not for one that has left and takes nothing.

        Else a thread would wait here for ever, and be it that which waits for the client to leave.
        Where the system cannot wait for two things, as on Windows, it waits for this one alone.
        """
        if self._gone or sys.platform == "win32":
            return not self._gone
        poll, left_s = select.poll(), 0.0
        poll.register(self._descriptor, select.POLLOUT)
        if self._client is not None:
            poll.register(self._client, 0)  # its end is always told
        while True:
            events = [descriptor for descriptor, _ in poll.poll()]
            if self._descriptor in events:
                return True
            if left_s >= DRAIN_TIMEOUT_S:
                self._gone = True
                return False
            time.sleep(POLL_S)
            left_s += POLL_S


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
    return incoming, Channel(outgoing, incoming)


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
