"""A client's connection: who asks nothing, or does not take what was asked for, is let go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio

    from uvicorn.protocols.http.h11_impl import RequestResponseCycle


class Connection(H11Protocol):
    """One connection of a server that holds ``limit_concurrency`` at most.

    uvicorn waits without end for the first request, for the rest of a head, and for who does not
    read. Here each is looked at once in ``timeout_s``, and where a new one finds no room, the one
    that has asked nothing for longest makes some.
    """

    timeout_s: float
    """How long a client may take to ask, or to take anything of an answer."""
    idle_since = 0.0
    """By the loop's clock: when the client was last let speak."""
    _look: asyncio.TimerHandle
    _unsent = 0
    """Bytes that the client had not taken at the last look."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait."""
        super().connection_made(transport)
        self._wait()
        if self.limit_concurrency is not None and len(self.connections) >= self.limit_concurrency:
            others = [one for one in self.connections if isinstance(one, Connection)]
            idle = [one for one in others if one is not self and one.is_idle]
            if idle:
                min(idle, key=lambda one: one.idle_since).drop()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._look.cancel()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """Wait again."""
        super().on_response_complete()
        self._look.cancel()
        self._wait()

    def resume_writing(self) -> None:
        """Note that the client took something: more of the answer may follow it now."""
        self._unsent = 0
        super().resume_writing()

    @property
    def is_idle(self) -> bool:
        """Whether all that was asked is answered, and all of the answers is under way."""
        asked: RequestResponseCycle | None = self.cycle
        is_answered = asked is None or asked.response_complete
        return is_answered and not self.transport.get_write_buffer_size()

    def drop(self) -> None:
        """End the connection, without the rest of an answer that is not read."""
        self.connections.discard(self)  # now, so that the next one who needs room asks another
        self.transport.abort()

    def _wait(self) -> None:
        self.idle_since = self.loop.time()
        self._unsent = self.transport.get_write_buffer_size()
        self._look = self.loop.call_later(self.timeout_s, self._check)

    def _check(self) -> None:
        if self.is_idle or 0 < self._unsent <= self.transport.get_write_buffer_size():
            self.drop()
        else:
            self._wait()
