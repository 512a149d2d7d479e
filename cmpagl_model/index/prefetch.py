"""Keep a reader ahead of its consumer."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

T = TypeVar("T")
POLL_S = 0.1


def prefetched(items: Iterable[T], depth: int) -> Generator[T, None, None]:
    """Yield ``items``, produced by a thread that stays up to ``depth`` ahead.

    An error of the producer is raised where its item was due. When the consumer stops early,
    the thread ends at its next item.
    """
    producer = _Producer(items, depth)
    producer.start()
    try:
        while (item := producer.ready.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        producer.stopped.set()
        producer.join()


class _Producer(threading.Thread, Generic[T]):
    """Fills a queue; ``None`` marks the end, an exception takes its item's place."""

    def __init__(self, items: Iterable[T], depth: int) -> None:
        super().__init__(name="chip reader", daemon=True)
        self.items = items
        self.ready: queue.Queue[T | BaseException | None] = queue.Queue(depth)
        self.stopped = threading.Event()

    def run(self) -> None:
        """Put all items, unless the consumer stops."""
        try:
            for item in self.items:
                self._put(item)
                if self.stopped.is_set():
                    return
            self._put(None)
        except BaseException as error:  # noqa: BLE001 - handed over to the consumer
            self._put(error)

    def _put(self, item: T | BaseException | None) -> None:
        while not self.stopped.is_set():
            try:
                self.ready.put(item, timeout=POLL_S)
            except queue.Full:
                continue
            return
