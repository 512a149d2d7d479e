"""Keep a reader ahead of its consumer."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

T = TypeVar("T")


def prefetched(items: Iterable[T], depth: int) -> Generator[T, None, None]:
    """Yield ``items``, produced by a thread that stays up to ``depth`` ahead.

    An error of the producer is raised where its item was due. When the consumer stops early,
    the thread ends at its next item.
    """
    source = iter(items)
    reader = ThreadPoolExecutor(1, "chip reader")

    def read() -> list[T]:
        return [*islice(source, 1)]  # none: that was the end

    ahead = deque(reader.submit(read) for _ in range(depth + 1))
    try:
        while found := ahead.popleft().result():
            ahead.append(reader.submit(read))
            yield found[0]
    finally:
        reader.shutdown(cancel_futures=True)
