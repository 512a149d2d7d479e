"""Small words for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

KILO = 1000.0


def count(number: int, noun: str) -> str:
    """``1 scene``, ``2,000 scenes``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def listed(parts: Iterable[str]) -> str:
    """``a, b and c``."""
    items = list(parts)
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def size(number: float) -> str:
    """Bytes as ``12.3 MB``."""
    for unit in ("B", "kB", "MB", "GB"):
        if number < KILO:
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= KILO
    return f"{number:.1f} TB"
