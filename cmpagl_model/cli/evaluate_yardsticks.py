"""``cmpagl evaluate MODEL --yardsticks DIR``: one table of all that a model is held against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import click

from .options import done_without

if TYPE_CHECKING:
    from pathlib import Path

    from cmpagl_model.records import Rerank


@dataclass(frozen=True, slots=True)
class YardstickOptions:
    """What the user asked for; ``None`` means not said."""

    model: str
    """Name or folder of the model."""
    folder: Path
    """The data."""
    only: str | None
    """Names of yardsticks between commas; ``None``: all."""
    rerank: tuple[Rerank, ...] | None
    """Ways of ranking; ``None``: none and smr."""
    json_file: Path | None
    """File for JSON."""
    markdown: Path | None
    """File for a Markdown table."""
    device: Literal["auto", "cpu", "cuda"]
    """Where pictures are encoded."""
    quiet: bool
    """Whether to draw no progress bar."""

    def names(self) -> tuple[str, ...]:
        """The yardsticks that were asked for; empty: all.

        Raises:
            UsageError: if one has no such name.
        """
        from cmpagl_model.evaluation.yardsticks import YARDSTICKS  # noqa: PLC0415

        names = tuple(name.strip() for name in (self.only or "").split(",") if name.strip())
        unknown = [name for name in names if name not in YARDSTICKS]
        if unknown:
            raise click.UsageError(
                f"--only: found {unknown[0]!r}, wanted some of {', '.join(YARDSTICKS)}"
            )
        return names


def measure(asked: YardstickOptions) -> int:
    """Measure, print and write the table; returns the exit code."""
    from rich.console import Console  # noqa: PLC0415 - help must not wait for it
    from rich.table import Table  # noqa: PLC0415

    from cmpagl_model.encoders import open_encoder  # noqa: PLC0415
    from cmpagl_model.evaluation.report import check_output  # noqa: PLC0415
    from cmpagl_model.evaluation.retrieval import EvaluationSettings  # noqa: PLC0415
    from cmpagl_model.evaluation.yardstick_report import (  # noqa: PLC0415
        yardstick_cells,
        yardstick_notes,
        yardsticks_json,
        yardsticks_markdown,
    )
    from cmpagl_model.evaluation.yardsticks import measure_yardsticks  # noqa: PLC0415
    from cmpagl_model.index.vectors import write_text  # noqa: PLC0415
    from cmpagl_model.rerank.settings import read_rerank_settings  # noqa: PLC0415

    from .progress import EvaluateBar  # noqa: PLC0415

    names = asked.names()
    wanted = ((asked.json_file, yardsticks_json), (asked.markdown, yardsticks_markdown))
    files = [(path, report) for path, report in wanted if path is not None]
    for path, _ in files:
        check_output(path)
    encoder = open_encoder(asked.model, asked.device)
    settings = EvaluationSettings(
        ways=asked.rerank, rerank=read_rerank_settings(encoder.model.path)
    )
    with EvaluateBar(quiet=asked.quiet) as bar:
        found = measure_yardsticks(asked.folder, encoder, names, settings, bar)
    click.echo(f"model {found.model}, {found.device}")
    table = Table(box=None, header_style="bold", padding=(0, 1, 0, 0))
    for name in ("yardstick", "rank", "i2t", "t2i", "main", "95 %"):
        table.add_column(name, no_wrap=True)
    for row in found.rows:
        table.add_row(*yardstick_cells(row))
    Console(highlight=False, markup=False).print(table)
    for line in yardstick_notes(found):
        click.echo(line)
    for path, report in files:
        write_text(path, report(found))
    return done_without("measured", found.problems)
