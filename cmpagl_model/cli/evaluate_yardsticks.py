"""``cmpagl evaluate MODEL --yardsticks DIR``: one table of all that a model is held against."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .options import done_without

if TYPE_CHECKING:
    from pathlib import Path

    from cmpagl_model.encoders.choose import Device
    from cmpagl_model.records import Rerank


def measure(  # noqa: PLR0913 - an argument for each option
    folder: Path, only: str | None, *, model: str, rerank: tuple[Rerank, ...] | None,
    json_file: Path | None, markdown: Path | None, device: Device, quiet: bool,
) -> int:  # fmt: skip
    """Measure, print and write the table.

    Args:
        folder: the data.
        only: names of yardsticks between commas; ``None``: all.
        model: name or folder of the model.
        rerank: ways of ranking; ``None``: none and smr.
        json_file: file for JSON.
        markdown: file for a Markdown table.
        device: where pictures are encoded.
        quiet: whether to draw no progress bar.

    Returns:
        The exit code.

    Raises:
        UsageError: if a yardstick has no such name.
    """
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
    from cmpagl_model.evaluation.yardsticks import YARDSTICKS, measure_yardsticks  # noqa: PLC0415
    from cmpagl_model.index.vectors import write_text  # noqa: PLC0415
    from cmpagl_model.rerank.settings import read_rerank_settings  # noqa: PLC0415

    from .progress import EvaluateBar  # noqa: PLC0415

    names = tuple(name.strip() for name in (only or "").split(",") if name.strip())
    unknown = [name for name in names if name not in YARDSTICKS]
    if unknown:
        raise click.UsageError(
            f"--only: found {unknown[0]!r}, wanted some of {', '.join(YARDSTICKS)}"
        )
    wanted = ((json_file, yardsticks_json), (markdown, yardsticks_markdown))
    files = [(path, report) for path, report in wanted if path is not None]
    for path, _ in files:
        check_output(path)
    encoder = open_encoder(model, device)
    settings = EvaluationSettings(ways=rerank, rerank=read_rerank_settings(encoder.model.path))
    with EvaluateBar(quiet=quiet) as bar:
        found = measure_yardsticks(folder, encoder, names, settings, bar)
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
