"""``cmpagl evaluate``: how well a model finds pictures by sentences and sentences by pictures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast, get_args

import click

from cmpagl_model.records import Rerank

from . import options
from .options import FILE, report_problems
from .text import count, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from cmpagl_model.encoders import Encoder
    from cmpagl_model.encoders.choose import Device

ALL = "all"
WORK = {"dataset": "DATASET.json", "classes": "--classes", "yardsticks": "--yardsticks"}
BELONGS = {
    "images": ("dataset",),
    "split": ("dataset",),
    "rerank": ("dataset", "yardsticks"),
    "k": ("dataset",),
    "limit": ("dataset",),
    "ceilings": ("dataset",),
    "prompt": ("classes",),
    "only": ("yardsticks",),
}


@dataclass(frozen=True, slots=True)
class Work:
    """What is the same whatever a model is measured on."""

    model: str
    """Name or folder."""
    device: Device
    """Where pictures and sentences are encoded."""
    json_file: Path | None
    """Where all figures go as JSON; ``None``: nowhere."""
    markdown: Path | None
    """Where a table goes as Markdown; ``None``: nowhere."""
    quiet: bool
    """Whether no bar is shown."""

    def check(self, *read: Path) -> None:
        """Refuse, before the minutes of encoding, files that cannot be written.

        Args:
            read: files that are read.

        Raises:
            OutputError: if one cannot be written, is read, or is given twice.
        """
        from cmpagl_model.evaluation.report import check_output  # noqa: PLC0415

        if self.json_file is not None:
            check_output(self.json_file, *read, self.markdown)
        if self.markdown is not None:
            check_output(self.markdown, *read)

    def encoder(self) -> Encoder:
        """The model; to be opened after all else is checked."""
        from cmpagl_model.encoders import open_encoder  # noqa: PLC0415

        return open_encoder(self.model, self.device)

    def write(self, to_json: Callable[[], str], to_markdown: Callable[[], str]) -> None:
        """Write the files that were asked for.

        Args:
            to_json: gives the figures as JSON.
            to_markdown: gives them as a table.
        """
        from cmpagl_model.index.vectors import write_text  # noqa: PLC0415

        for path, report in ((self.json_file, to_json), (self.markdown, to_markdown)):
            if path is not None:
                write_text(path, report())


def _ways(
    ctx: click.Context, param: click.Parameter, given: tuple[str, ...]
) -> tuple[Rerank, ...] | None:
    """Names from a repeated option or a list with commas; ``all`` is as if nothing was said.

    Raises:
        BadParameter: if one is no way of ranking.
    """
    names = [name.strip() for part in given for name in part.split(",")]
    unknown = [name for name in names if name not in {*get_args(Rerank), ALL}]
    if unknown:
        raise click.BadParameter(
            f"found {unknown[0]!r}, wanted some of {', '.join(get_args(Rerank))}, or {ALL}",
            ctx,
            param,
        )
    if ALL in names:
        return None
    return cast("tuple[Rerank, ...]", tuple(names)) or None


@click.command(name="evaluate")
@click.argument("model", metavar="MODEL")
@click.argument("dataset", required=False, type=FILE, metavar="[DATASET.json]")
@click.option(
    "--images",
    type=FILE,
    metavar="DIR",
    help="Folder of the pictures.  [default: images/ beside the captions file]",
)
@click.option("--split", metavar="NAME", help="Part to rank: val, test ...; needed for captions.")
@click.option(
    "--classes",
    type=FILE,
    metavar="DIR",
    help="Classify the pictures DIR/CLASS/*.jpg by sentence instead; no DATASET.json then.",
)
@click.option(
    "--prompt",
    metavar="TEXT",
    help="Sentence for --classes.  [default: a satellite image of a {class}]",
)
@click.option(
    "--yardsticks",
    type=FILE,
    metavar="DIR",
    help="Measure on all sets of DIR in one table instead: RSICD, UCM, other sensors, real scenes, "
    "classes; see docs/evaluation.md.",
)
@click.option("--only", metavar="NAMES", help="Some of --yardsticks: rsicd,scenes ...")
@click.option(
    "--json",
    "json_file",
    type=FILE,
    metavar="FILE",
    help="Write all figures as JSON too; replaced if it exists.",
)
@click.option(
    "--markdown",
    type=FILE,
    metavar="FILE",
    help="Write a Markdown table too; replaced if it exists.",
)
@click.option(
    "--ceilings",
    is_flag=True,
    help="Add the most that sentences shared by several pictures allow.",
)
@click.option(
    "--rerank",
    multiple=True,
    callback=_ways,
    metavar="WAYS",
    help="Some of none,smr,fusion,full, or all that the model can; fusion and full take minutes.  "
    "[default: all]",
)
@click.option(
    "-k",
    type=click.IntRange(1),
    metavar="N",
    help="Best N of each query that the fusion encoder looks at.  [default: as the model says]",
)
@options.device("pictures and sentences")
@click.option(
    "--limit",
    type=click.IntRange(1),
    metavar="N",
    help="Rank the first N pictures of the split only; quick, and not to be compared.",
)
@click.option("-q", "--quiet", is_flag=True, help="No progress bar.")
@options.collect("work", lambda: Work)
def command(*, work: Work, **asked: Any) -> int:
    """Measure how well a MODEL (name or folder) ranks the captioned pictures of DATASET.json.

    Prints recall at 1, 5 and 10 both ways and their mean, mR, in %, with its 95 % bootstrap
    interval, for each way of ranking: none (cosine alone), smr, fusion and full. A picture's
    match is one of its own sentences, never the same sentence of another picture. SMR looks at
    all queries at once, the fusion encoder at the best pairs only.

    \b
    cmpagl evaluate cmpagl_lite dataset_rsicd.json --images RSICD_images/ --split val
    cmpagl evaluate my_model/ dataset.json --split test --json figures.json --ceilings
    cmpagl evaluate my_model/ dataset.json --split val --rerank none,smr
    cmpagl evaluate cmpagl_lite --classes UCMerced/Images/
    cmpagl evaluate cmpagl_lite --yardsticks data/ --markdown card.md
    """  # noqa: DOC501 - shown as help
    chosen = [name for name in WORK if asked[name] is not None]
    if len(chosen) != 1:
        raise click.UsageError("wanted either DATASET.json or --classes DIR or --yardsticks DIR")
    if chosen == ["dataset"] and asked["split"] is None:
        raise click.UsageError("found no --split, wanted the part of DATASET.json to rank")
    for name, belongs in BELONGS.items():
        if asked[name] and chosen[0] not in belongs:
            homes = " or ".join(WORK[home] for home in belongs)
            raise click.UsageError(
                f"found {name} with {WORK[chosen[0]]}, wanted it with {homes} only"
            )
    given = {name: value for name, value in asked.items() if value}
    ways: dict[str, Callable[..., int]] = {
        "dataset": _rank, "classes": _classify, "yardsticks": _yardsticks,
    }  # fmt: skip
    return ways[chosen[0]](work, **given)


def _rank(  # noqa: PLR0913 - an argument for each option
    work: Work, *, dataset: Path, split: str = "", images: Path | None = None,
    ceilings: bool = False, rerank: tuple[Rerank, ...] | None = None, k: int | None = None,
    limit: int | None = None,
) -> int:  # fmt: skip
    """Recalls of captioned pictures, printed and written.

    Raises:
        DatasetError: if captions, split or the folder of pictures are not there.
    """
    from cmpagl_model.captions import read_captions  # noqa: PLC0415 - loads Pillow
    from cmpagl_model.errors import DatasetError  # noqa: PLC0415
    from cmpagl_model.evaluation import (  # noqa: PLC0415
        EvaluationSettings,
        choose_split,
        evaluate,
        report,
    )
    from cmpagl_model.rerank.settings import read_rerank_settings  # noqa: PLC0415

    from .progress import EvaluateBar  # noqa: PLC0415

    work.check(dataset)
    items = choose_split(read_captions(dataset, images), split, limit)
    folder = images or items[0].path.parent  # where the reader of its form looks
    if not folder.is_dir():
        raise DatasetError(
            f"{folder}: found no such folder, wanted the pictures of {dataset.name}; "
            "next: name their folder with --images"
        )
    encoder = work.encoder()
    kept = read_rerank_settings(encoder.model.path)
    again = kept if k is None else replace(kept, k=k)
    with EvaluateBar(quiet=work.quiet) as bar:
        settings = EvaluationSettings(ways=rerank, rerank=again, ceilings=ceilings)
        found = evaluate(items, encoder, settings, bar)
    subject = report.Subject(dataset.name, split, limit)
    say(
        f"{subject.dataset}, split {subject.split}: {count(found.images, 'image')}, "
        f"{count(found.sentences, 'sentence')}; model {found.model}, {found.device}"
    )
    heads = ("i2t\nR@1", "\nR@5", "\nR@10", "t2i\nR@1", "\nR@5", "\nR@10", "\nmR", "\n(95 %)")
    rows = [(row.name, *row.figures, row.intervals[-1]) for row in report.figure_rows(found)]
    _print_table(("\nre-ranking", *(f">{head}" for head in heads)), rows)
    for line in report.notes(found, subject):
        click.echo(line)
    work.write(
        lambda: report.json_report(found, subject), lambda: report.markdown_report(found, subject)
    )
    return report_problems(found.problems, "measured")


def _classify(work: Work, *, classes: Path, prompt: str | None = None) -> int:
    """Zero-shot classification, printed and written."""
    from cmpagl_model.evaluation import scenes  # noqa: PLC0415

    from .progress import EvaluateBar  # noqa: PLC0415

    work.check()
    scenes.read_classes(classes)  # refuses before the model loads
    encoder = work.encoder()
    with EvaluateBar(quiet=work.quiet) as bar:
        found = scenes.classify_scenes(classes, encoder, prompt or scenes.PROMPT, bar)
    heads = ("class", ">pictures", ">top-1 %", "most often confused with")
    _print_table(heads, map(scenes.class_cells, found.classes))
    click.echo(scenes.scenes_summary(found))
    work.write(lambda: scenes.scenes_json(found), lambda: scenes.scenes_markdown(found))
    return report_problems(found.problems, "measured")


def _yardsticks(
    work: Work, *, yardsticks: Path, only: str = "", rerank: tuple[Rerank, ...] | None = None
) -> int:
    """All that a model is held against, in one table.

    Raises:
        UsageError: if a yardstick has no such name.
    """
    from cmpagl_model.evaluation import EvaluationSettings  # noqa: PLC0415
    from cmpagl_model.evaluation import yardstick_report as report  # noqa: PLC0415
    from cmpagl_model.evaluation.yardsticks import YARDSTICKS, measure_yardsticks  # noqa: PLC0415
    from cmpagl_model.rerank.settings import read_rerank_settings  # noqa: PLC0415

    from .progress import EvaluateBar  # noqa: PLC0415

    names = tuple(name.strip() for name in only.split(",") if name.strip())
    unknown = [name for name in names if name not in YARDSTICKS]
    if unknown:
        raise click.UsageError(
            f"--only: found {unknown[0]!r}, wanted some of {', '.join(YARDSTICKS)}"
        )
    work.check()
    encoder = work.encoder()
    settings = EvaluationSettings(ways=rerank, rerank=read_rerank_settings(encoder.model.path))
    with EvaluateBar(quiet=work.quiet) as bar:
        found = measure_yardsticks(yardsticks, encoder, names, settings, bar)
    click.echo(f"model {found.model}, {found.device}")
    heads = ("yardstick", "rank", "i2t", "t2i", "main", "95 %")
    _print_table(heads, map(report.yardstick_cells, found.rows), close=True)
    for line in report.yardstick_notes(found):
        click.echo(line)
    work.write(lambda: report.yardsticks_json(found), lambda: report.yardsticks_markdown(found))
    return report_problems(found.problems, "measured")


def _print_table(
    heads: Sequence[str], rows: Iterable[tuple[str, ...]], *, close: bool = False
) -> None:
    """Print a table.

    Args:
        heads: of the columns; below one that begins with ">" cells stand right.
        rows: cells, as many as there are columns.
        close: whether columns stand close to each other, and no cell is broken.
    """
    from rich.console import Console  # noqa: PLC0415 - help must not wait for it
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=None, header_style="bold", padding=(0, 1, 0, 0) if close else (0, 1))
    for head in heads:
        right = head.startswith(">")
        table.add_column(
            head.removeprefix(">"), justify="right" if right else "left", no_wrap=close
        )
    for row in rows:
        table.add_row(*row)
    Console(highlight=False, markup=False).print(table)
