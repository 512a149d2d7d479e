"""Short codes of embeddings: principal component analysis (PCA), then 8-bit scalar quantisation.

A code is the embedding less the mean of the index, turned onto the directions in which the index
varies most, a byte for each. Both products, that which makes codes and that with codes, are sums of
whole numbers: every library gives the same ones, however the rows are cut up. Why these codes and
no others: docs/decisions/0006-search-codes.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .halves import singles

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .checked import ChecksummedArray
    from .embeddings import Embeddings
    from .groups import Groups

CODES_FROM = 20_000
"""An index of fewer chips has no codes: comparing all embeddings takes a few milliseconds."""
SAMPLE = 20_000
"""Embeddings that mean and directions are taken from."""
ENCODED_AT_A_TIME = 1 << 14
SIZES = (32, 48, 64)
"""Bytes that a code may have."""
WANTED_SHARE = 0.99
"""Share of the variance that a code shall keep; the smallest size that does is taken."""
TOP = 127
"""Largest number in a code."""
CENTRE_UNIT, AXIS_UNIT = 2.0**-24, 2.0**-20
"""What coordinates of mean and directions are multiples of where codes are made. A half in [-1, 1]
is a multiple of the first, so that a product of unit vectors is a sum of whole numbers below 2^45:
double precision holds it exactly, in any order."""
MOST_CUT, MOST_LEFT_OUT, TINY = 1e-4, 1.5, 1e-7
"""Of embeddings added to an index: the share of coordinates that may be cut, and how much more
variance than before codes may leave out; beside that, what rounding of halves leaves."""


@dataclass(frozen=True, slots=True, eq=False)
class CodedQuery:
    """A query as codes are compared with it."""

    weights: NDArray[np.int8]
    """Whole numbers ``(d,)``: a code times these, scaled and shifted, is about the cosine."""
    scale: float
    """Cosine that one unit of the product stands for."""
    offset: float
    """Cosine at product 0."""
    deviation: float
    """Standard deviation of exact cosine less cosine by code, as far as it can be foreseen."""


@dataclass(frozen=True, slots=True, eq=False)
class CodeBook:
    """How embeddings of one index become codes."""

    centre: NDArray[np.float32]
    """Mean of the index, ``(D,)``."""
    axes: NDArray[np.float32]
    """Directions of most variance, unit columns, ``(D, d)``."""
    step: float
    """Length that one unit of a code stands for."""
    left_out: float
    """Mean variance of the embeddings along a direction that codes leave out."""

    @property
    def size(self) -> int:
        """Bytes in a code, d."""
        return int(self.axes.shape[1])

    def encode(self, embeddings: NDArray[np.float16]) -> NDArray[np.int8]:
        """Codes ``(m, d)`` of embeddings ``(m, D)``."""
        away = np.clip(np.nan_to_num(singles(embeddings)), -1.0, 1.0)
        along = (away - _multiple(self.centre, CENTRE_UNIT)) @ _multiple(self.axes, AXIS_UNIT)
        return np.clip(np.rint(along / self.step), -TOP, TOP).astype(np.int8)

    def query(self, vector: NDArray[np.float32]) -> CodedQuery:
        """What codes are compared with in place of ``vector``, ``(D,)``."""
        along = vector @ self.axes
        largest = float(np.abs(along).max(initial=0.0)) or 1.0
        weights = np.rint(along * (TOP / largest)).astype(np.int8)
        inside = float(along @ along)
        outside = max(0.0, float(vector @ vector) - inside)
        # Rounding of codes, rounding of weights against a vector of length 1, and what is left out.
        rounding = (self.step**2 * inside + (largest / TOP) ** 2) / 12
        return CodedQuery(
            weights,
            scale=self.step * largest / TOP,
            offset=float(vector @ self.centre),
            deviation=float(np.sqrt(rounding + outside * self.left_out)),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """The codes of an index."""

    book: CodeBook
    """How they were made."""
    codes: NDArray[np.int8] | ChecksummedArray
    """``(n, d)``, in the order of the index, or group by group."""
    groups: Groups | None = None
    """Which lie together; ``None``: they lie in the order of the index."""


def coded_embeddings(embeddings: Embeddings) -> Coded | None:
    """The codes of a whole index; ``None`` where it is too small to need them."""
    if len(embeddings) < CODES_FROM:
        return None
    book = fit_codes(sample_of(embeddings))
    codes = np.empty((len(embeddings), book.size), np.int8)
    for start in range(0, len(embeddings), ENCODED_AT_A_TIME):
        part = slice(start, start + ENCODED_AT_A_TIME)
        codes[part] = book.encode(embeddings[part])
    return Coded(book, codes)


def still_fits(book: CodeBook, embeddings: NDArray[np.float16]) -> bool:
    """Whether a book does for embeddings that were added after it was fitted.

    It does not where many of their coordinates are cut, or much more of them lies along directions
    that codes leave out: both would hide some of the best from a search.
    """
    away = np.nan_to_num(singles(embeddings)) - book.centre
    along = away @ book.axes
    cut = float((np.abs(along) > (TOP + 0.5) * book.step).mean()) if along.size else 0.0
    others = away.shape[1] - book.size
    left = float((away**2).sum() - (along**2).sum()) / max(1, others * len(away))
    return cut <= MOST_CUT and (not others or left <= MOST_LEFT_OUT * book.left_out + TINY)


def _multiple(numbers: NDArray[np.float32], unit: float) -> NDArray[np.float64]:
    rounded: NDArray[np.float64] = np.rint(numbers.astype(np.float64) / unit) * unit
    return rounded


def sample_of(embeddings: Embeddings) -> NDArray[np.float16]:
    """Embeddings from all over an index: every n-th, :data:`SAMPLE` or a few more."""
    return np.asarray(embeddings[:: max(1, len(embeddings) // SAMPLE)])


def fit_codes(sample: NDArray[np.float16]) -> CodeBook:
    """Find mean and directions for codes.

    Args:
        sample: embeddings from all over the index, ``(m, D)``, a few at least.

    Returns:
        A book of 32, 48 or 64 numbers a code, as the sample needs; of D where that is less.
    """
    whole = np.nan_to_num(singles(sample)).astype(np.float64)
    centre = whole.mean(axis=0)
    spread, axes = np.linalg.eigh(np.cov(whole - centre, rowvar=False))
    spread, axes = np.clip(spread[::-1], 0.0, None), axes[:, ::-1]
    shares = np.cumsum(spread) / max(float(spread.sum()), np.finfo(float).tiny)
    fitting = [size for size in SIZES if size <= len(shares) and shares[size - 1] >= WANTED_SHARE]
    size = fitting[0] if fitting else min(SIZES[-1], len(shares))
    # The largest, not a high quantile: what is cut off is missing from the best of some query.
    widest = float(np.abs((whole - centre) @ axes[:, :size]).max(initial=0.0))
    return CodeBook(
        centre=centre.astype(np.float32),
        axes=np.ascontiguousarray(axes[:, :size], dtype=np.float32),
        step=(widest or 1.0) / TOP,
        left_out=float(spread[size:].mean()) if size < len(spread) else 0.0,
    )
