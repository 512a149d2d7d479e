"""Products of all codes with one query: by NumKong where it is installed, else by numpy.

Both give the same whole numbers. NumKong multiplies bytes as they are and runs at the speed of
memory; numpy turns blocks of them into singles first, which hold whole numbers up to 2**24 exactly.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Codes = NDArray[np.int8]
    Products = NDArray[np.int32]
    Fill = Callable[[Products, Codes], None]

LIBRARY = "numkong"
BLOCK = 16_384
"""Codes that numpy takes at a time: their singles stay in the processor's cache."""
SHARED_FROM, MOST_THREADS = 200_000, 4
"""From this many codes on they are shared by threads, at most this many, as both libraries release
the GIL. More would wait for memory."""
GROUP, AMX_GROUP, AMX = 4, 16, "sapphireamx"
"""Codes that NumKong sees as one row, against as many shifted copies of the query. Its fast path
is a product of matrices; one column would leave it to pairs of vectors, four times slower. A
processor with tiles of 16 columns fills them."""


def products(codes: Codes, weights: NDArray[np.int8]) -> Products:
    """The product of every code with a query's weights.

    Args:
        codes: ``(m, d)``, contiguous, d at most 1,000.
        weights: ``(d,)``.

    Returns:
        Whole numbers ``(m,)``, the same whichever library is installed.
    """
    if len(codes) < SHARED_FROM or threads() < 2:
        return products_of([codes], weights)
    share = -(-len(codes) // threads())
    share += -share % AMX_GROUP
    return products_of([codes[at : at + share] for at in range(0, len(codes), share)], weights)


def products_of(pieces: Sequence[Codes], weights: NDArray[np.int8]) -> Products:
    """:func:`products` of the codes of some pieces, one after the other."""
    ends = np.cumsum([0, *(len(piece) for piece in pieces)]).tolist()
    found = np.empty(ends[-1], np.int32)
    shared = threads() if len(found) >= SHARED_FROM else 1
    numkong = library()
    fill = by_numpy(weights) if numkong is None else by_numkong(numkong, weights)

    def work(first: int) -> None:
        for number in range(first, len(pieces), shared):
            fill(found[ends[number] : ends[number + 1]], pieces[number])

    if shared == 1:
        work(0)
    else:
        list(_pool().map(work, range(shared)))
    return found


def by_numpy(weights: NDArray[np.int8]) -> Fill:
    """What writes :func:`products` into an array, without any library."""
    single = weights.astype(np.float32)

    def fill(found: Products, codes: Codes) -> None:
        for start in range(0, len(codes), BLOCK):
            part = slice(start, start + BLOCK)
            found[part] = codes[part].astype(np.float32) @ single

    return fill


def by_numkong(library: Any, weights: NDArray[np.int8]) -> Fill:  # noqa: ANN401 - an untyped module
    """The same by NumKong; the query is packed once, for however many pieces."""
    group, size = AMX_GROUP if library.get_capabilities().get(AMX) else GROUP, len(weights)
    shifted = np.zeros((group, group, size), np.int8)
    shifted[np.arange(group), np.arange(group)] = weights
    packed, rest = library.dots_pack(shifted.reshape(group, group * size)), by_numpy(weights)

    def fill(found: Products, codes: Codes) -> None:
        whole = len(codes) - len(codes) % group
        for start in range(0, whole, BLOCK):  # from the processor's cache to their place
            end = min(start + BLOCK, whole)
            rows = np.ascontiguousarray(codes[start:end]).reshape(-1, group * size)
            found[start:end] = np.asarray(library.dots_packed(rows, packed)).reshape(-1)
        rest(found[whole:], codes[whole:])

    return fill


@cache
def threads() -> int:
    """How many share a scan."""
    return min(MOST_THREADS, os.cpu_count() or 1)


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads(), thread_name_prefix="scan")


@cache
def library() -> Any | None:  # noqa: ANN401 - an untyped module
    """NumKong, if it is installed and computes on this processor what numpy does."""
    if importlib.util.find_spec(LIBRARY) is None:
        return None
    found = importlib.import_module(LIBRARY)
    if not hasattr(found, "dots_packed") or not hasattr(found, "get_capabilities"):
        return None  # before 7.8, or another module of this name
    extremes = np.resize(np.array([-127, 127, 127, -127, 127], np.int8), (64, 64))
    wanted, ours = np.empty((2, len(extremes)), np.int32)
    by_numpy(extremes[1])(wanted, extremes)
    by_numkong(found, extremes[1])(ours, extremes)
    return found if np.array_equal(ours, wanted) else None
