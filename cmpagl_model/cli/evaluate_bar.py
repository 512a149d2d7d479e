"""A progress bar on standard error: pictures, then sentences, and the time left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)

if TYPE_CHECKING:
    from types import TracebackType


class EvaluateBar:
    """Shows an evaluation; silent where standard error is no terminal and when ``quiet``."""

    def __init__(self, *, quiet: bool) -> None:
        console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("encoding {task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=console,
            disable=quiet or not console.is_terminal,
            transient=True,
        )
        self._task = self._bar.add_task("pictures", total=None)

    def __enter__(self) -> EvaluateBar:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def start(self, what: str, total: int) -> None:
        """Begin to count ``what``."""
        self._bar.reset(self._task, total=total, description=what)

    def advance(self, count: int) -> None:
        """Count some of them."""
        self._bar.update(self._task, advance=count)
