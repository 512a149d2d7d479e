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
    from numpy.typing import NDArray

    Codes = NDArray[np.int8]
    Products = NDArray[np.int32]

LIBRARY = "numkong"
BLOCK = 16_384
"""Codes that numpy takes at a time: their singles stay in the processor's cache."""
SHARED_FROM, MOST_THREADS = 200_000, 4
"""From so many codes on, so many threads share them: both libraries let others run meanwhile. More
would wait for memory."""
GROUP = 4
"""Codes that NumKong sees as one row, against as many shifted copies of the query. Its fast path
is a product of matrices; one column would leave it to pairs of vectors, four times slower."""


def products(codes: Codes, weights: NDArray[np.int8]) -> Products:
    """The product of every code with a query's weights.

    Args:
        codes: ``(m, d)``, contiguous, d at most 1,000.
        weights: ``(d,)``.

    Returns:
        Whole numbers ``(m,)``, the same whichever library is installed.
    """
    if len(codes) < SHARED_FROM or _threads() < 2:
        return _piece(codes, weights)
    share = -(-len(codes) // _threads())
    share += -share % GROUP
    pieces = [codes[start : start + share] for start in range(0, len(codes), share)]
    return np.concatenate(list(_pool().map(lambda piece: _piece(piece, weights), pieces)))


def _piece(codes: Codes, weights: NDArray[np.int8]) -> Products:
    library = _library()
    if library is None or len(codes) < GROUP:
        return products_numpy(codes, weights)
    return products_numkong(library, codes, weights)


def products_numpy(codes: Codes, weights: NDArray[np.int8]) -> Products:
    """:func:`products` without any library."""
    found = np.empty(len(codes), np.int32)
    single = weights.astype(np.float32)
    for start in range(0, len(codes), BLOCK):
        part = slice(start, start + BLOCK)
        found[part] = codes[part].astype(np.float32) @ single
    return found


def products_numkong(library: Any, codes: Codes, weights: NDArray[np.int8]) -> Products:  # noqa: ANN401 - an untyped module
    """:func:`products` by NumKong."""
    count, size = codes.shape
    whole = count - count % GROUP
    shifted = np.zeros((GROUP, GROUP, size), np.int8)
    shifted[np.arange(GROUP), np.arange(GROUP)] = weights
    packed = library.dots_pack(shifted.reshape(GROUP, GROUP * size))
    rows = np.ascontiguousarray(codes[:whole]).reshape(whole // GROUP, GROUP * size)
    found = np.asarray(library.dots_packed(rows, packed)).reshape(-1)
    if whole == count:
        return found
    return np.concatenate([found, products_numpy(codes[whole:], weights)])


@cache
def _threads() -> int:
    return min(MOST_THREADS, os.cpu_count() or 1)


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_threads(), thread_name_prefix="scan")


@cache
def _library() -> Any | None:  # noqa: ANN401 - an untyped module
    """NumKong, if it is installed and computes on this processor what numpy does."""
    if importlib.util.find_spec(LIBRARY) is None:
        return None
    library = importlib.import_module(LIBRARY)
    if not hasattr(library, "dots_packed"):
        return None  # before 7.8, or another module of this name
    extremes = np.resize(np.array([-127, 127, 127, -127, 127], np.int8), (64, 64))
    wanted = products_numpy(extremes, extremes[1])
    found = products_numkong(library, extremes, extremes[1])
    return library if np.array_equal(found, wanted) else None
