"""Progress bars on standard error: how much, how fast, time left."""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.text import Text

from cmpagl_model.progress import LOOKING
from cmpagl_model.training.listener import Listener

from .text import one_line

if TYPE_CHECKING:
    from typing_extensions import Self

    from cmpagl_model.training.listener import EpochReport

MINUTE_S = 60.0
PATIENCE_S = 1.0
"""A line that comes and goes within this time is more startling than helpful."""


class PerSecond(ProgressColumn):
    """How many are done each second."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self._what = what

    def render(self, task: Task) -> Text:
        """``123 chips/s``, or blanks before it is known."""
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:,.0f} {self._what}/s", style="cyan")


class Bar:
    """One line that counts, in a terminal or a notebook; silent when ``quiet``.

    Elsewhere, as in the log of a nightly run, there is a line a minute in its place.
    """

    def __init__(
        self,
        first: str,
        *columns: ProgressColumn,
        quiet: bool,
        counts: ProgressColumn | None = None,
    ) -> None:
        console = Console(stderr=True)
        shown = console.is_terminal or console.is_jupyter
        self._quiet, self._logs = quiet, not (quiet or shown)
        self._told = monotonic()
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            counts or MofNCompleteColumn(),
            *columns,
            TextColumn("left"),
            TimeRemainingColumn(),
            console=console,
            disable=quiet or not shown,
            transient=True,
        )
        self._task = self._bar.add_task(first, total=None)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if not self._bar.disable:  # rich 14 ends one that was never shown with a blank line
            self._bar.stop()

    def start(self, total: int, what: str = "") -> None:
        """Begin to count steps; no ``what``: the line goes on to say the same."""
        self._bar.reset(self._task, total=total, description=what or None)

    def advance(self, count: int, of: str = "") -> None:
        """Count some more."""
        self._count(count, self.named(of))

    def named(self, of: str) -> str | None:  # noqa: ARG002 - of one that shows it
        """What the line says while ``of`` is at work; ``None``: what it said before."""
        return None

    def _count(self, count: int, description: str | None = None) -> None:
        """Count some more; ``None``: the line goes on to say the same."""
        self._bar.update(self._task, advance=count, description=description)
        task = self._bar.tasks[0]
        if self._logs and task.total and monotonic() - self._told > MINUTE_S:
            self._log(f"{task.description}: {task.completed:,.0f} of {task.total:,.0f}")

    def _log(self, line: str) -> None:
        """Print what the bar shows, where there is none."""
        self._told = monotonic()
        if self._logs:
            self._print(line)

    def _print(self, line: str) -> None:
        self._bar.console.print(line, highlight=False, markup=False, soft_wrap=True)


class BuildBar(Bar):
    """Shows a build."""

    def __init__(self, *, quiet: bool) -> None:
        super().__init__(LOOKING, PerSecond("chips"), quiet=quiet)

    def named(self, of: str) -> str | None:
        """The scene at work."""
        return one_line(Path(of).stem[:32]) if of else None


class FetchBar(Bar):
    """Shows a fetch."""

    def __init__(self, *, quiet: bool, first: str = "asking the hub") -> None:
        super().__init__(first, TransferSpeedColumn(), quiet=quiet, counts=DownloadColumn())

    def start(self, total: int, what: str = "fetching") -> None:
        """Begin to count bytes."""
        super().start(total, what)

    def named(self, of: str) -> str | None:
        """The file that comes."""
        return f"fetching {one_line(of[:40])}"


class EvaluateBar(Bar):
    """Shows an evaluation: pictures, sentences, then pairs of both."""

    def __init__(self, *, quiet: bool) -> None:
        super().__init__("encoding pictures", quiet=quiet)


class LookBar(Bar):
    """Shows a second look at the best places, if it takes longer than a second."""

    def __init__(self, *, quiet: bool) -> None:
        super().__init__("looking again", quiet=quiet)
        self._begun = monotonic()

    def __enter__(self) -> Self:
        return self

    def advance(self, count: int, of: str = "") -> None:
        """Count some of them."""
        super().advance(count, of)
        if monotonic() - self._begun > PATIENCE_S:
            self._bar.start()


class TrainBar(Bar, Listener):
    """Shows a training run, and prints a line for each epoch; in a log, for each phase, too."""

    def __init__(self, *, quiet: bool) -> None:
        super().__init__("reading captions", PerSecond("pictures"), quiet=quiet)
        self._loss = 0.0

    def start(self, total: int, what: str = "") -> None:
        """Begin to count what comes before the training."""
        super().start(total, what)
        self._log(f"{what}: {total:,}")

    def begin(self, done: int, total: int) -> None:
        """Begin to count pictures of all epochs."""
        self._bar.reset(self._task, total=total, completed=done, description="training")
        self._log(f"training: {done:,} of {total:,} pictures seen before")

    def step(self, pictures: int, loss: float) -> None:
        """Count a step; the loss shown is a moving mean."""
        self._loss = loss if not self._loss else 0.95 * self._loss + 0.05 * loss
        self._count(pictures, f"training, loss {self._loss:.3f}")

    def epoch(self, report: EpochReport) -> None:
        """Print an epoch."""
        if self._quiet:
            return
        recalls = ""
        if report.scores is not None:
            i2t, t2i = report.scores.i2t, report.scores.t2i
            recalls = (
                f", val mR {report.scores.mean_recall:.2f} (image to text R@1 {i2t.r1:.2f}, "
                f"text to image R@1 {t2i.r1:.2f}){', best so far' if report.best else ''}"
            )
        self._print(
            f"epoch {report.epoch}: loss {report.loss:.3f}{recalls}, {report.seconds:.0f} s"
        )

    def say(self, line: str) -> None:
        """Print what a person should know, above the bar."""
        self._print(f"cmpagl: {one_line(line)}")
