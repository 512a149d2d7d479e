"""What every part of a run is given."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .distributed import ProcessGroup
    from .precision import Compute
    from .settings import RunConfig


@dataclass(frozen=True, slots=True)
class RunContext:
    """Settings and place of a run."""

    config: RunConfig
    """The settings."""
    compute: Compute
    """Device and number format."""
    group: ProcessGroup
    """This process among those of the run."""

    @property
    def folder(self) -> Path:
        """Where the run keeps its files."""
        return Path(self.config.folder)
