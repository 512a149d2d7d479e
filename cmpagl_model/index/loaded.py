"""An index that is open: its version and its chips."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cmpagl_model.records import Problem
    from cmpagl_model.table.chips import ChipTable

    from .format import IndexInfo


@dataclass(frozen=True, slots=True)
class LoadedIndex:
    """An index ready to be asked, and what is wrong with it."""

    info: IndexInfo
    """What all parts share."""
    table: ChipTable
    """The chips of all readable parts."""
    problems: tuple[Problem, ...]
    """Parts that are missing, damaged or of another model; search goes on without them."""
