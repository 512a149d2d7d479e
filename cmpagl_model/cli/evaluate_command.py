"""``cmpagl evaluate``: how well a model finds pictures by sentences and sentences by pictures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from .app import PARTLY
from .text import count

if TYPE_CHECKING:
    from cmpagl_model.captions import CaptionedImage
    from cmpagl_model.evaluation import Evaluation
    from cmpagl_model.evaluation.report import Subject


@dataclass(frozen=True, slots=True)
class EvaluateOptions:
    """What the user asked for; ``None`` means not said."""

    model: str
    """Name or folder of the model."""
    dataset: Path
    """The captions file."""
    images: Path | None
    """Folder of the pictures."""
    split: str
    """Part of the data set."""
    json_file: Path | None
    """File for JSON."""
    markdown: Path | None
    """File for a Markdown table."""
    ceilings: bool
    """Whether to add what shared sentences allow."""
    device: Literal["auto", "cpu", "cuda"]
    """Where pictures are encoded."""
    limit: int | None
    """Pictures taken from the split's beginning."""
    quiet: bool
    """Whether to draw no progress bar."""

    def check(self) -> None:
        """Refuse outputs that cannot be written, before the minutes of encoding.

        Raises:
            OutputError: if a file's folder is missing.
        """
        from cmpagl_model.evaluation.report import check_output  # noqa: PLC0415

        for path in (self.json_file, self.markdown):
            if path is not None:
                check_output(path)

    def items(self) -> list[CaptionedImage]:
        """The pictures to rank.

        Raises:
            DatasetError: if captions, split or the folder of pictures are not there.
        """
        from cmpagl_model.captions import read_captions  # noqa: PLC0415 - loads Pillow
        from cmpagl_model.errors import DatasetError  # noqa: PLC0415
        from cmpagl_model.evaluation import choose_split  # noqa: PLC0415

        items = choose_split(read_captions(self.dataset, self.images), self.split, self.limit)
        folder = self.images or self.dataset.parent / "images"
        if not folder.is_dir():
            raise DatasetError(
                f"{folder}: found no such folder, wanted the pictures of {self.dataset.name}; "
                "next: name their folder with --images"
            )
        return items

    def subject(self) -> Subject:
        """How a report names what was evaluated."""
        from cmpagl_model.evaluation.report import Subject  # noqa: PLC0415

        return Subject(self.dataset.name, self.split, self.limit)


@click.command(name="evaluate")
@click.argument("model", metavar="MODEL")
@click.argument("dataset", type=click.Path(path_type=Path), metavar="DATASET.json")
@click.option(
    "--images",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder of the pictures.  [default: images/ beside the captions file]",
)
@click.option("--split", required=True, metavar="NAME", help="Part to rank: val, test ...")
@click.option(
    "--json",
    "json_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write all figures as JSON too; replaced if it exists.",
)
@click.option(
    "--markdown",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write a Markdown table too; replaced if it exists.",
)
@click.option(
    "--ceilings",
    is_flag=True,
    help="Add the most that sentences shared by several pictures allow.",
)
@click.option(
    "--device",
    type=click.Choice(["auto", "cpu", "cuda"]),
    default="auto",
    show_default=True,
    help="Where pictures and sentences are encoded.",
)
@click.option(
    "--limit",
    type=click.IntRange(1),
    metavar="N",
    help="Rank the first N pictures of the split only; quick, and not to be compared.",
)
@click.option("-q", "--quiet", is_flag=True, help="No progress bar.")
def command(**options: Any) -> int:  # fmt: skip
    """Measure how well a MODEL (name or folder) ranks the captioned pictures of DATASET.json.

    Prints recall at 1, 5 and 10 both ways and their mean, mR, in %, with 95 % bootstrap
    intervals, before and after re-ranking by SMR. A picture's match is one of its own sentences,
    never the same sentence of another picture. SMR looks at all queries at once.

    \b
    cmpagl evaluate cmpagl_lite dataset_rsicd.json --images RSICD_images/ --split val
    cmpagl evaluate my_model/ dataset.json --split test --json figures.json --ceilings
    """
    asked = EvaluateOptions(**options)
    asked.check()
    items = asked.items()
    from cmpagl_model.encoders import open_encoder  # noqa: PLC0415 - after the rest is checked
    from cmpagl_model.evaluation import EvaluationSettings, evaluate  # noqa: PLC0415

    from .progress import EvaluateBar  # noqa: PLC0415

    encoder = open_encoder(asked.model, asked.device)
    with EvaluateBar(quiet=asked.quiet) as bar:
        found = evaluate(items, encoder, EvaluationSettings(ceilings=asked.ceilings), bar)
    _print_table(found, asked.subject())
    _write_files(found, asked)
    for problem in found.problems:
        click.echo(f"cmpagl: measured without {problem}", err=True)
    return PARTLY if found.problems else 0


def _write_files(found: Evaluation, asked: EvaluateOptions) -> None:
    from cmpagl_model.evaluation.report import (  # noqa: PLC0415
        json_report,
        markdown_report,
    )
    from cmpagl_model.index.vectors import write_text  # noqa: PLC0415

    for path, report in ((asked.json_file, json_report), (asked.markdown, markdown_report)):
        if path is not None:
            write_text(path, report(found, asked.subject()))


def _print_table(found: Evaluation, subject: Subject) -> None:
    from rich.console import Console  # noqa: PLC0415 - help must not wait for it
    from rich.table import Table  # noqa: PLC0415

    from cmpagl_model.evaluation.report import figure_rows, notes  # noqa: PLC0415

    click.echo(
        f"{subject.dataset}, split {subject.split}: {count(found.images, 'image')}, "
        f"{count(found.sentences, 'sentence')}; model {found.model}, {found.device}"
    )
    table = Table(box=None, header_style="bold")
    table.add_column("")
    for name in ("", "none", "(95 %)", "smr", "(95 %)", *(["ceiling"] if found.ceilings else [])):
        table.add_column(name, justify="right")
    for row in figure_rows(found):
        table.add_row(
            row.direction, row.name, row.none, row.none_interval, row.smr, row.smr_interval,
            *([row.ceiling] if found.ceilings else []),
        )  # fmt: skip
    Console(highlight=False).print(table)
    for line in notes(found, subject):
        click.echo(line)
