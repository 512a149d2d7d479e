"""Which codes are compared with a query: all, or those of groups that may hold some of the best.

Groups are scanned in the order of what can be expected of them, from how their codes lie along the
query, until fewer of those wanted than may be overlooked can be expected in the rest. Where that
takes most groups, all codes are scanned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cmpagl_model.table.checked import ChecksummedArray

from .scan import products, products_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cmpagl_model.table.codes import Coded, CodedQuery
    from cmpagl_model.table.groups import Groups

    Products = NDArray[np.int32]
    Rows = NDArray[np.int64]

INITIAL_PROBE_SHARE, PROBE_DEVIATIONS = 0.005, 2.0
"""Groups (inverted lists) with this share of all codes are scanned at first: those that reach
furthest, this many standard deviations beyond their centroid."""
SPREAD_INFLATION = 1.25
"""How much wider than measured the codes of a group are taken to lie: not quite normal."""
SCAN_ALL = 0.5
"""Where groups with more than this share of the codes are to be scanned, all are."""
ONE_BY_ONE = 1 / 64
"""Up to this share of all chips, codes of the chips of a filter are read one by one."""


def scanned(
    coded: Coded, rows: Rows | range, query: CodedQuery, wanted: int, missed: float
) -> tuple[Rows | range, Products]:
    """Compare codes with a query.

    Args:
        coded: codes of the whole index.
        rows: which chips to look at, ascending; a range from 0 for the whole index.
        query: what codes are compared with.
        wanted: how many of the best.
        missed: how many of them may be expected to be overlooked.

    Returns:
        Rows whose codes were compared, all or enough of those asked for, and their products.
    """
    groups, total = coded.groups, len(coded.codes)
    if groups is None and (isinstance(rows, range) or len(rows) > total // 4):
        # Where most are asked for, those of all are as cheap
        every = products(coded.codes[:], query.weights)
        return rows, every if isinstance(rows, range) else every[rows]
    if groups is None:
        return rows, products(coded.codes[rows], query.weights)
    if len(rows) <= ONE_BY_ONE * total:
        places = groups.places[np.asarray(rows)]
        return rows, products(coded.codes[places], query.weights)
    inside = None
    if not isinstance(rows, range):
        inside = np.zeros(total, np.bool_)
        inside[rows] = True
    return _Probe(coded.codes, groups, query, inside, wanted).best(missed)


class _Probe:
    """The groups of an index, scanned one after the other for a query."""

    def __init__(
        self,
        codes: NDArray[np.int8] | ChecksummedArray,
        groups: Groups,
        query: CodedQuery,
        inside: NDArray[np.bool_] | None,
        wanted: int,
    ) -> None:
        """Look at the groups, at no code.

        Args:
            codes: group by group.
            groups: which.
            query: what codes are compared with.
            inside: which rows may be found; ``None``: all.
            wanted: how many of the best.
        """
        self._codes, self._groups, self._weights = codes, groups, query.weights
        self._inside, self._wanted = inside, wanted
        self._sizes = np.diff(groups.starts)[:-1]
        weights = query.weights.astype(np.float32)
        self._centroids = groups.centroids @ weights
        variance = groups.variances @ weights**2 + (query.deviation / query.scale) ** 2
        self._deviations = SPREAD_INFLATION * np.sqrt(variance)
        self._left = np.ones(len(self._sizes), np.bool_)
        self._seen, self._found = np.empty(0, np.int64), np.empty(0, np.int32)
        self._top, self._limit = self._found, np.iinfo(np.int32).min

    def best(self, missed: float) -> tuple[Rows, Products]:
        """Rows and products of the outliers and of as many groups as it takes."""
        order = np.argsort(-(self._centroids + PROBE_DEVIATIONS * self._deviations), kind="stable")
        ends = np.cumsum(self._sizes[order])
        enough = int(np.searchsorted(ends, INITIAL_PROBE_SHARE * len(self._codes))) + 1
        self._read([*order[:enough].tolist(), len(self._sizes)])
        while len(more := self._groups_to_probe(missed)):
            self._read(more)
        return self._seen, self._found

    def _groups_to_probe(self, missed: float) -> list[int]:
        """Groups without which too many of the best can be expected to be overlooked."""
        expected = np.where(self._left, np.inf, 0.0)
        if len(self._top) == self._wanted:
            away = np.maximum((self._limit - self._centroids) / self._deviations, 0)
            # About the share of a normal distribution beyond that many deviations.
            beyond = 0.5 * np.exp(-0.717 * away - 0.416 * away**2)
            expected = np.where(self._left, self._sizes * beyond, 0.0)
        order = np.argsort(expected, kind="stable")
        more = order[np.cumsum(expected[order]) > missed]
        more = more[self._left[more]]
        read = self._sizes[~self._left].sum() + self._sizes[more].sum()
        whole = len(more) and read > SCAN_ALL * len(self._codes)
        found: list[int] = (np.flatnonzero(self._left) if whole else more).tolist()
        return found

    def _read(self, groups: list[int]) -> None:
        """Scan some groups; those that lie one after the other at once."""
        new, starts = np.sort(groups), self._groups.starts
        self._left[new[new < len(self._left)]] = False
        breaks = np.flatnonzero(np.diff(new) > 1)
        first, last = new[[0, *(breaks + 1)]], new[[*breaks, -1]]
        between = starts[first], starts[last + 1]
        rows = np.concatenate(_slices(self._groups.order, *between)).astype(np.int64)
        found = products_of(_slices(self._codes, *between), self._weights)
        if self._inside is not None:
            kept = self._inside[rows]
            rows, found = rows[kept], found[kept]
        self._seen = np.concatenate([self._seen, rows])
        self._found = np.concatenate([self._found, found])
        top = np.concatenate([self._top, found[found > self._limit]])
        if len(top) >= self._wanted:
            top = np.partition(top, len(top) - self._wanted)[-self._wanted :]
            self._limit = int(top[0])
        self._top = top


def _slices(
    array: NDArray[Any] | ChecksummedArray, starts: Rows, stops: Rows
) -> list[NDArray[Any]]:
    if isinstance(array, ChecksummedArray):
        return array.slices(starts, stops)
    return [array[at:to] for at, to in zip(starts.tolist(), stops.tolist(), strict=True)]
