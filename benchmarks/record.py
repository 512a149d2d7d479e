"""What a measurement says, in one line; every module here returns these from ``measure``.

A module measures one topic: ``measure(folder, ...) -> list[Row]`` may build what it needs in
``folder`` and times us and each peer in turn (:func:`benchmarks.timing.paired`). A peer that is not
installed gives a row without figures whose note says why, so that the table names it:
``Row("search", "1,000,000 chips", "ms", against="DuckDB", note=ABSENT)``.
"""

from __future__ import annotations

from dataclasses import dataclass

BETTER = ("lower", "higher")
ABSENT = "skipped: not installed"
"""The note of a peer that could not take part."""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing measured, with or without a peer beside it."""

    topic: str
    """What it belongs to: roofline, search, heatmap, growth, cold, tiling, encoding, indexing or
    gpu."""
    what: str
    """What of ours was measured, in words: ``search, 1,000,000 chips``."""
    unit: str
    """Of ``median``, ``low``, ``high``, ``theirs`` and ``limit``: ms, s, chips/s, B, GB/s."""
    median: float | None = None
    """Ours; ``None`` if it was not measured (see ``note``)."""
    low: float | None = None
    """Its lower quartile; ``None`` where it was measured once."""
    high: float | None = None
    """Its upper quartile; ``None`` where it was measured once."""
    against: str = ""
    """The peer measured in turn with us; empty: none."""
    theirs: float | None = None
    """The peer's median."""
    ratio: float | None = None
    """How many times better we are than the peer, median over the pairs; below 1: it is ahead."""
    ratio_low: float | None = None
    """Lower quartile of the ratio."""
    ratio_high: float | None = None
    """Upper quartile of the ratio."""
    better: str = "lower"
    """Which values are better: ``lower`` (times, sizes) or ``higher`` (rates, recall)."""
    wanted_ratio: float | None = None
    """The ratio to reach, at least; ``None``: none was set."""
    limit: float | None = None
    """What ``median`` may be at most (at least, where higher is better); ``None``: none was set."""
    note: str = ""
    """What else a reader must know: recall, sizes, settings, why something was skipped."""

    def __post_init__(self) -> None:
        if self.better not in BETTER:
            raise ValueError(f"better is {self.better!r}; wanted one of {', '.join(BETTER)}")
        if self.median is None and not self.note:
            raise ValueError(f"{self.what!r} was not measured, and no note says why")
        if self.wanted_ratio is not None and not self.against:
            raise ValueError(f"{self.what!r} is to reach a ratio, and names no peer")

    @property
    def reached(self) -> bool | None:
        """Whether all that was set is reached; ``None`` if nothing was set or nothing measured.

        The medians decide.
        """
        said: list[bool] = []
        if self.wanted_ratio is not None and self.ratio is not None:
            said.append(self.ratio >= self.wanted_ratio)
        if self.limit is not None and self.median is not None:
            lower = self.better == "lower"
            said.append(self.median <= self.limit if lower else self.median >= self.limit)
        return all(said) if said else None

    @property
    def behind(self) -> bool:
        """Whether the peer was ahead of us."""
        return self.ratio is not None and self.ratio < 1
