"""Decoded tiles ("units") of a pyramid level, and a cache of them for later ground sizes.

Ground sizes that are cut out of the same level need the same units, averaged by other boxes. So
the decoder averages a unit for all of them at once, and the later ones find it here.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import numpy.typing as npt

    from .grid import Window

KEPT_AVERAGES_BYTES = 64 << 20
"""Most that is kept for later ground sizes; what finds no room is decoded again."""

Box: TypeAlias = tuple[int, int]
"""Rows and columns averaged into one pixel."""
Average: TypeAlias = tuple[int | None, Box]
"""What units of one kind show: an overview, ``None`` for the full picture, averaged by boxes."""


@dataclass(frozen=True, slots=True)
class Damage:
    """A part of a level that cannot be decoded."""

    window: Window
    """Where, px of the level."""
    reason: str
    """What the decoder said."""


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """A decoded tile of the level, averaged down; never written to once it is made."""

    col: int
    """First column, averaged px."""
    row: int
    """First row, averaged px."""
    sums: npt.NDArray[Any]
    """Sums of red, green, blue over valid pixels and the number of valid pixels, shape
    ``(height, width, 4)``; of the type :func:`~tiling.averages.sum_type` names. Where nothing is
    averaged and all is valid, the number is left out: ``(height, width, 3)``."""
    damage: tuple[Damage, ...]
    """Parts that could not be decoded; their count of valid pixels is 0."""


class UnitCache:
    """Units of one scene that are kept for later, coarse ones before fine ones; for threads.

    When there is no room left, the finest average loses its last units and takes no more.

    Args:
        most_bytes: of the pixels of all of them.
    """

    def __init__(self, most_bytes: int = KEPT_AVERAGES_BYTES) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self.units: dict[Average, dict[Window, Unit]] = {}
        """What is kept."""
        self._full: set[Average] = set()
        self._lock = threading.Lock()

    def get(self, average: Average, window: Window) -> Unit | None:
        """A unit, if it is kept."""
        return self.units.get(average, {}).get(window)

    def takes(self, average: Average, window: Window) -> bool:
        """Whether a unit is not there yet and may find room."""
        return average not in self._full and self.get(average, window) is None

    def add(self, average: Average, window: Window, unit: Unit) -> None:
        """Keep a unit, in place of finer ones if need be."""
        with self._lock:
            if not self.takes(average, window):
                return
            self.units.setdefault(average, {})[window] = unit
            self.bytes += unit.sums.nbytes
            while self.bytes > self.most_bytes:
                held = [average for average, units in self.units.items() if units]
                finest = min(held, key=lambda average: average[1][0] * average[1][1])
                self.bytes -= self.units[finest].popitem()[1].sums.nbytes
                self._full.add(finest)

    def keep_only(self, averages: Collection[Average]) -> None:
        """Drop all units but those of some averages."""
        with self._lock:
            for average in self.units.keys() - averages:
                dropped = self.units.pop(average)
                self.bytes -= sum(unit.sums.nbytes for unit in dropped.values())


@dataclass(frozen=True, slots=True)
class CachePolicy:
    """What the decoders of one level find kept, and what they are to keep for later sizes."""

    kept: UnitCache
    """The units of all sizes."""
    own: Average
    """What is being read."""
    later: Mapping[Average, Sequence[range]]
    """What later ground sizes will read of the same level, and which of its rows."""

    def found(self, window: Window) -> Unit | None:
        """The unit of a window, if an earlier size has left it."""
        return self.kept.get(self.own, window)

    def wanted(self, window: Window) -> list[Average]:
        """The averages to be made of a unit, each once, the one being read first."""
        later = [
            average
            for average, spans in self.later.items()
            if any(rows.start < window.bottom and window.row < rows.stop for rows in spans)
            and self.kept.takes(average, window)
        ]
        return list(dict.fromkeys([self.own, *later]))

    def keep(self, window: Window, units: Mapping[Average, Unit]) -> None:
        """Keep of a unit just made what later sizes want."""
        for average, unit in units.items():
            if average in self.later:
                self.kept.add(average, window, unit)
