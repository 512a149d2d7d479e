"""Progress bars on standard error: how much, how fast, time left."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self


class ChipsPerSecond(ProgressColumn):
    """How many chips are done each second."""

    def render(self, task: Task) -> Text:
        """``123 chips/s``, or blanks before it is known."""
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:,.0f} chips/s", style="cyan")


class Bar:
    """One line that counts; silent where standard error is no terminal and when ``quiet``."""

    def __init__(self, first: str, *columns: ProgressColumn, quiet: bool) -> None:
        console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            *columns,
            TextColumn("left"),
            TimeRemainingColumn(),
            console=console,
            disable=quiet or not console.is_terminal,
            transient=True,
        )
        self._task = self._bar.add_task(first, total=None)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()


class BuildBar(Bar):
    """Shows a build."""

    def __init__(self, *, quiet: bool) -> None:
        super().__init__("looking at scenes", ChipsPerSecond(), quiet=quiet)

    def describing(self, done: int, total: int) -> None:
        """Scenes looked at so far."""
        self._bar.update(self._task, total=total, completed=done)

    def start(self, chips: int) -> None:
        """Begin to count chips."""
        self._bar.reset(self._task, total=chips, description="indexing")

    def advance(self, chips: int, scene: str) -> None:
        """Count some chips of a scene."""
        self._bar.update(self._task, advance=chips, description=Path(scene).stem[:32])


class EvaluateBar(Bar):
    """Shows an evaluation: pictures, then sentences."""

    def __init__(self, *, quiet: bool) -> None:
        super().__init__("encoding pictures", quiet=quiet)

    def start(self, what: str, total: int) -> None:
        """Begin to count ``what``."""
        self._bar.reset(self._task, total=total, description=f"encoding {what}")

    def advance(self, count: int) -> None:
        """Count some of them."""
        self._bar.update(self._task, advance=count)
