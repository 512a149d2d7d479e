"""What a person decided of a place. No Qt in here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cmpagl_qgis.engine.records import Hit

COLUMN = "review"
KEPT, REJECTED, UNDECIDED = "keep", "reject", ""
"""The column's values; undecided is empty or NULL."""


@dataclass(frozen=True)
class Judgement:
    """What was decided of one place."""

    key: str
    """The place, as ``Hit.key`` gives it."""
    verdict: str
    """``keep``, ``reject``, or empty: nothing yet."""


@dataclass(frozen=True)
class Tally:
    """How many places were decided upon."""

    kept: int = 0
    """Places to keep."""
    rejected: int = 0
    """Places that are wrong."""
    undecided: int = 0
    """Places that are left to look at."""

    @property
    def begun(self) -> bool:
        """Whether anything was decided."""
        return bool(self.kept or self.rejected)


def undecided(_hit: Hit) -> str:
    """The verdict where nobody judges.

    Args:
        _hit: any.
    """
    return UNDECIDED
