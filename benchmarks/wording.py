"""Figures as a reader sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .record import Row

SHARE = "share"
NOTHING = ""


def number(value: float, unit: str = "") -> str:
    """Three digits that count, thousands set apart; shares to four decimals.

    Example:
        >>> number(1234567.0), number(45.678), number(0.01234), number(0.99987, "share")
        ('1,234,567', '45.7', '0.0123', '0.9999')
    """
    if unit == SHARE:
        return f"{value:.4f}"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if abs(value) >= 1 else f"{value:.3g}"


def plain(value: float) -> str:
    """A round figure without idle zeros.

    Example:
        >>> plain(20.0), plain(1500.0), plain(0.99), plain(1 / 12)
        ('20', '1,500', '0.99', '0.083')
    """
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}"


def ours(row: Row) -> str:
    """Our median with its quartiles and unit."""
    if row.median is None:
        return NOTHING
    unit = NOTHING if row.unit == SHARE else f" {row.unit}"
    return number(row.median, row.unit) + _spread(row.low, row.high, row.unit) + unit


def theirs(row: Row) -> str:
    """The peer's median with its unit."""
    if row.theirs is None:
        return NOTHING
    unit = NOTHING if row.unit == SHARE else f" {row.unit}"
    return number(row.theirs, row.unit) + unit


def ratio(row: Row) -> str:
    """How many times better we are, with its quartiles."""
    if row.ratio is None:
        return NOTHING
    return number(row.ratio) + _spread(row.ratio_low, row.ratio_high)


def to_reach(row: Row) -> str:
    """What was set for a row; empty if nothing was."""
    said = []
    if row.wanted_ratio is not None:
        said.append(f"{plain(row.wanted_ratio)} times")
    if row.limit is not None:
        unit = NOTHING if row.unit == SHARE else f" {row.unit}"
        most = "at most" if row.better == "lower" else "at least"
        said.append(f"{most} {plain(row.limit)}{unit}")
    return ", ".join(said)


def reached(row: Row) -> str:
    """What was reached of it."""
    said = []
    if row.wanted_ratio is not None and row.ratio is not None:
        said.append(f"{ratio(row)} times")
    if row.limit is not None and row.median is not None:
        said.append(ours(row))
    return ", ".join(said)


def verdict(row: Row) -> str:
    """Whether it was reached, in a word."""
    return {True: "yes", False: "**no**", None: "not measured"}[row.reached]


def table(heads: tuple[str, ...], lines: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table; bars in cells are escaped."""
    rows = [heads, tuple("---" for _ in heads), *lines]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"
                     for row in rows)  # fmt: skip


def _spread(low: float | None, high: float | None, unit: str = "") -> str:
    if low is None or high is None:
        return NOTHING
    return f" ({number(low, unit)} to {number(high, unit)})"
