"""``cmpagl evaluate``: how well a model finds pictures by sentences and sentences by pictures."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast, get_args

import click

from cmpagl_model.records import Rerank

from . import options
from .options import done_without
from .text import count, say

if TYPE_CHECKING:
    from pathlib import Path

    from cmpagl_model.encoders.choose import Device
    from cmpagl_model.evaluation import Evaluation
    from cmpagl_model.evaluation.report import Subject

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
@click.argument("dataset", required=False, type=options.FILE, metavar="[DATASET.json]")
@click.option(
    "--images",
    type=options.FILE,
    metavar="DIR",
    help="Folder of the pictures.  [default: images/ beside the captions file]",
)
@click.option("--split", metavar="NAME", help="Part to rank: val, test ...; needed for captions.")
@click.option(
    "--classes",
    type=options.FILE,
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
    type=options.FILE,
    metavar="DIR",
    help="Measure on all sets of DIR in one table instead: RSICD, UCM, other sensors, real scenes, "
    "classes; see docs/evaluation.md.",
)
@click.option("--only", metavar="NAMES", help="Some of --yardsticks: rsicd,scenes ...")
@click.option(
    "--json",
    "json_file",
    type=options.FILE,
    metavar="FILE",
    help="Write all figures as JSON too; replaced if it exists.",
)
@click.option(
    "--markdown",
    type=options.FILE,
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
def command(**options: Any) -> int:  # fmt: skip
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
    """
    _check_usage(options)
    folder, only = options.pop("yardsticks"), options.pop("only")
    classes, prompt = options.pop("classes"), options.pop("prompt")
    if folder is not None:
        from .evaluate_yardsticks import measure  # noqa: PLC0415

        names = ("model", "rerank", "json_file", "markdown", "device", "quiet")
        return measure(folder, only, **{name: options[name] for name in names})
    if classes is not None:
        return _classify(classes, prompt, options)
    return _rank(**options)


def _rank(  # noqa: PLR0913 - an argument for each option
    *, model: str, dataset: Path, images: Path | None, split: str, json_file: Path | None,
    markdown: Path | None, ceilings: bool, rerank: tuple[Rerank, ...] | None, k: int | None,
    device: Device, limit: int | None, quiet: bool,
) -> int:  # fmt: skip
    """Recalls of captioned pictures, printed and written.

    Raises:
        DatasetError: if captions, split or the folder of pictures are not there.
    """
    from cmpagl_model.captions import read_captions  # noqa: PLC0415 - loads Pillow
    from cmpagl_model.errors import DatasetError  # noqa: PLC0415
    from cmpagl_model.evaluation import EvaluationSettings, choose_split, evaluate  # noqa: PLC0415
    from cmpagl_model.evaluation.report import (  # noqa: PLC0415
        Subject,
        check_output,
        json_report,
        markdown_report,
    )
    from cmpagl_model.index.vectors import write_text  # noqa: PLC0415
    from cmpagl_model.rerank.settings import read_rerank_settings  # noqa: PLC0415

    from .progress import EvaluateBar  # noqa: PLC0415

    if json_file is not None:  # before the minutes of encoding
        check_output(json_file, dataset, markdown)
    if markdown is not None:
        check_output(markdown, dataset)
    items = choose_split(read_captions(dataset, images), split, limit)
    folder = images or items[0].path.parent  # where the reader of its form looks
    if not folder.is_dir():
        raise DatasetError(
            f"{folder}: found no such folder, wanted the pictures of {dataset.name}; "
            "next: name their folder with --images"
        )
    from cmpagl_model.encoders import open_encoder  # noqa: PLC0415 - after the rest is checked

    encoder = open_encoder(model, device)
    kept = read_rerank_settings(encoder.model.path)
    again = kept if k is None else replace(kept, k=k)
    with EvaluateBar(quiet=quiet) as bar:
        settings = EvaluationSettings(ways=rerank, rerank=again, ceilings=ceilings)
        found = evaluate(items, encoder, settings, bar)
    subject = Subject(dataset.name, split, limit)
    _print_table(found, subject)
    for path, report in ((json_file, json_report), (markdown, markdown_report)):
        if path is not None:
            write_text(path, report(found, subject))
    return done_without("measured", found.problems)


def _check_usage(options: dict[str, Any]) -> None:
    """Refuse options that do not go together.

    Raises:
        UsageError: if not exactly one of captions, classes and yardsticks is asked for, or an
            option belongs to another of them.
    """
    given = [name for name in ("dataset", "classes", "yardsticks") if options[name] is not None]
    if len(given) != 1:
        raise click.UsageError("wanted either DATASET.json or --classes DIR or --yardsticks DIR")
    if given == ["dataset"] and options["split"] is None:
        raise click.UsageError("found no --split, wanted the part of DATASET.json to rank")
    for name, belongs in BELONGS.items():
        if options[name] and given[0] not in belongs:
            homes = " or ".join(WORK[home] for home in belongs)
            raise click.UsageError(
                f"found {name} with {WORK[given[0]]}, wanted it with {homes} only"
            )


def _classify(folder: Path, prompt: str | None, options: dict[str, Any]) -> int:
    """Zero-shot classification, printed and written."""
    from rich.console import Console  # noqa: PLC0415 - help must not wait for it
    from rich.table import Table  # noqa: PLC0415

    from cmpagl_model.encoders import open_encoder  # noqa: PLC0415
    from cmpagl_model.evaluation import scenes  # noqa: PLC0415
    from cmpagl_model.evaluation.report import check_output  # noqa: PLC0415
    from cmpagl_model.index.vectors import write_text  # noqa: PLC0415

    from .progress import EvaluateBar  # noqa: PLC0415

    reports = (scenes.scenes_json, scenes.scenes_markdown)
    files = list(zip((options["json_file"], options["markdown"]), reports, strict=True))
    for path, _ in files:
        if path is not None:
            check_output(path)
    scenes.read_classes(folder)  # refuses before the model loads
    encoder = open_encoder(options["model"], options["device"])
    with EvaluateBar(quiet=options["quiet"]) as bar:
        found = scenes.classify_scenes(folder, encoder, prompt or scenes.PROMPT, bar)
    table = Table("class", box=None, header_style="bold")
    for name in ("pictures", "top-1 %"):
        table.add_column(name, justify="right")
    table.add_column("most often confused with")
    for row in found.classes:
        table.add_row(*scenes.class_cells(row))
    Console(highlight=False, markup=False).print(table)
    click.echo(scenes.scenes_summary(found))
    for path, report in files:
        if path is not None:
            write_text(path, report(found))
    return done_without("measured", found.problems)


def _print_table(found: Evaluation, subject: Subject) -> None:
    from rich.console import Console  # noqa: PLC0415 - help must not wait for it
    from rich.table import Table  # noqa: PLC0415

    from cmpagl_model.evaluation.report import figure_rows, notes  # noqa: PLC0415

    say(
        f"{subject.dataset}, split {subject.split}: {count(found.images, 'image')}, "
        f"{count(found.sentences, 'sentence')}; model {found.model}, {found.device}"
    )
    table = Table(box=None, header_style="bold")
    table.add_column("\nre-ranking")
    for name in ("i2t\nR@1", "\nR@5", "\nR@10", "t2i\nR@1", "\nR@5", "\nR@10", "\nmR", "\n(95 %)"):
        table.add_column(name, justify="right")
    for row in figure_rows(found):
        table.add_row(row.name, *row.figures, row.intervals[-1])
    Console(highlight=False).print(table)
    for line in notes(found, subject):
        click.echo(line)
