"""A thread pool of bounded size, with a queue of bounded length: beyond both it refuses at once."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from cmpagl_model.errors import CmpaglError
from cmpagl_model.server.work import Work

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from typing import Concatenate

P = ParamSpec("P")
R = TypeVar("R")


class BusyError(CmpaglError):
    """There is no room, or an answer took too long."""


class BoundedExecutor:
    """Threads for one kind of work; one whose client has left counts until it ends.

    Args:
        name: for people who look at threads.
        at_work: threads.
        waiting: requests that may wait for one.
        timeout_s: how long a request may take, its wait included.
    """

    def __init__(self, name: str, at_work: int, waiting: int, timeout_s: float) -> None:
        self._threads = ThreadPoolExecutor(at_work, thread_name_prefix=name)
        self._capacity, self._timeout_s = at_work + waiting, timeout_s
        self._taken = 0

    async def run(
        self, call: Callable[Concatenate[Work, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Do something on a thread; it is told to stop when no client waits for it any more.

        Raises:
            BusyError: if there is no room, or it took too long.
        """
        if self._taken >= self._capacity:
            raise BusyError(
                f"found {self._taken} requests at work and waiting, wanted fewer; next: ask again "
                "in a few seconds"
            )
        work, loop = Work(0, lambda *_: None), asyncio.get_running_loop()
        self._taken += 1
        job = self._threads.submit(call, work, *args, **kwargs)
        job.add_done_callback(partial(self._finished, loop))
        try:
            return await asyncio.wait_for(asyncio.wrap_future(job), self._timeout_s)
        except asyncio.TimeoutError:
            raise BusyError(
                f"found no answer after {self._timeout_s:g} s, wanted one; next: ask again later, "
                "or for less"
            ) from None
        finally:
            work.stop()

    def close(self) -> None:
        """Accept no further work."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _finished(self, loop: asyncio.AbstractEventLoop, job: Future[R]) -> None:
        """Called on the thread that did the work, or where it was cancelled before it began."""
        del job
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._release)

    def _release(self) -> None:
        self._taken -= 1
