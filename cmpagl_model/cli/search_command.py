"""``cmpagl search``: a sentence or examples in, places out."""

from __future__ import annotations

from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any, get_args

import click

from cmpagl_model.records import DEFAULT_RERANK, Rerank

from . import options
from .app import PARTLY
from .examples import NAMES, example_options, examples_of
from .text import count, say

if TYPE_CHECKING:
    from pathlib import Path

    from cmpagl_model.search import Answer, SearchableIndex

    Box = tuple[float, float, float, float]

UNCUT = 10_000
"""Letters in a line where the table goes into a file or another program."""


@click.command(
    name="search", short_help="Find the places of an index that match a sentence or examples."
)
@options.index_argument
@click.argument("query", required=False)
@example_options
@click.option("-k", type=int, default=20, show_default=True, metavar="N", help="Hits at most.")
@click.option(
    "--min-score", type=float, metavar="COSINE", help="Leave out hits below this score, -1 to 1."
)
@click.option(
    "--min-relevance",
    type=click.FloatRange(0, 1),
    metavar="P",
    help="Leave out hits that are right with a lower probability than this, 0 to 1.",
)
@click.option(
    "--bbox",
    type=options.Numbers(float, "four numbers WEST,SOUTH,EAST,NORTH in degrees", count=4),
    metavar="W,S,E,N",
    help="Only chips that touch this box, degrees, longitude first.",
)
@click.option(
    "--within",
    type=options.FILE,
    metavar="FILE",
    help="Only chips that touch the polygons of this GeoJSON file.",
)
@click.option(
    "--scene",
    multiple=True,
    metavar="NAME",
    help="Only this scene: name, path or pattern such as 'town_*'; may be repeated.",
)
@click.option(
    "--ground-size",
    type=options.Numbers(float, "two numbers LEAST,GREATEST in metres", count=2),
    metavar="M,M",
    help="Only chips whose side on the ground lies between these, metres, such as 0,100.",
)
@click.option(
    "--merge/--no-merge",
    default=True,
    show_default=True,
    help="Make overlapping chips of one place one hit, the best of them.",
)
@options.output(
    "Write the hits to .geojson, .gpkg, .fgb, .parquet or .csv instead of a table.",
    required=False,
)
@options.as_json
@click.option(
    "--preview",
    type=options.FILE,
    metavar="FILE",
    help="Draw the hits as a contact sheet, .png or .jpg.",
)
@options.model("The model that made the index, if it is not the shipped one.")
@click.option(
    "--rerank",
    type=click.Choice(get_args(Rerank)),
    default=DEFAULT_RERANK,
    show_default=True,
    help="Rank the best anew: smr compares the query with reference sentences, fusion reads the "
    "best places again and gives a probability, full does both.",
)
@options.plain
@options.feedback
@click.option(
    "--ask",
    is_flag=True,
    help="Instead of the best, the k places that you should judge next: unlike each other, among "
    "the best that were not judged.",
)
@options.quiet
def command(  # noqa: PLR0913 - an argument for each option
    *, index: Path, query: str | None, k: int, bbox: Box | None, within: Path | None,
    scene: tuple[str, ...], ground_size: tuple[float, float] | None, output: Path | None,
    as_json: bool, preview: Path | None, model: str | None, rerank: Rerank, quiet: bool,
    feedback: tuple[Path, ...], ask: bool, **more: Any,
) -> int:  # fmt: skip
    """Find the places of an INDEX that match a sentence (QUERY), examples or both, best first.

    Scores are cosines: they rank the places of one query, they are no probabilities. Relevance is
    one: that a person would call the place right. Where no place reaches the model's cut-off, a
    line says so first, and the nearest follow. With --rerank fusion or full the best places are
    read again from their scenes and get a probability of their own; the order then follows both.
    With examples there is a score only, of all that is given together.

    "no", "without" and "but not" in a sentence are read by parts, and a line says how; commas with
    signs give weights: "parking lot^2, trees, -cars". --plain, or quotation marks around the whole
    sentence, take it as it stands; so do --rerank and --min-relevance.

    \b
    cmpagl search town.cmpagl "boats on a canal" -k 5 --preview boats.png
    cmpagl search town.cmpagl "a lighthouse" --min-relevance 0.5
    cmpagl search town.cmpagl "red roofs" --bbox 32.5,0.2,32.7,0.4 -o roofs.gpkg
    cmpagl search town.cmpagl "parked cars" --ground-size 0,60
    cmpagl search town.cmpagl "a round irrigated field" --rerank fusion
    cmpagl search town.cmpagl "a parking lot, no cars"
    cmpagl search town.cmpagl "a harbour" --ask -k 10 -o ticks.geojson
    cmpagl search town.cmpagl "a harbour" --feedback ticks.geojson
    cmpagl search town.cmpagl --like harbour.jpg --like 4.31,51.92=2
    cmpagl search town.cmpagl "a harbour" --unlike west.tif@384,96 --minus "parked cars"
    """
    from cmpagl_model.index.vectors import check_output  # noqa: PLC0415 - help is quick
    from cmpagl_model.search import (  # noqa: PLC0415 - help is quick
        Filter,
        open_index,
        read_area,
        read_feedback,
    )
    from cmpagl_model.search.output import json_text, write_hits  # noqa: PLC0415

    said: dict[str, tuple[str, ...]] = {name: more.pop(name) for name in NAMES}
    by_example = ask or bool(feedback) or any(said.values())
    _check_usage(query, more["min_relevance"], rerank, by_example=by_example)
    for file, other in ((output, preview), (preview, output)):
        check_output(file, index, within, other, *feedback)
    area = read_area(within) if within else None
    opened = open_index(index, model=model)
    more["where"] = Filter(bbox, area, scene, ground_size)
    if by_example:
        del more["min_relevance"]
        more |= {"feedback": read_feedback(feedback), "ask": ask}
        answer = opened.similar(examples_of(opened, said), query, k=k, **more)
    else:
        answer = _asked(opened, query or "", k, {**more, "rerank": rerank}, quiet=quiet)
    if output:
        write_hits(answer, output)
    if preview:
        from cmpagl_model.search.preview import write_preview  # noqa: PLC0415 - loads Pillow and GDAL

        write_preview(opened, answer, preview)
    if as_json:
        click.echo(json_text(answer), nl=False)
    elif not (output and quiet):
        _tell(answer, output)
    return _warn(opened, answer)


def _check_usage(
    query: str | None, min_relevance: float | None, rerank: Rerank, *, by_example: bool
) -> None:
    """See that what is asked goes together.

    Raises:
        UsageError: if it does not, or nothing is asked.
    """
    if query is None and not by_example:
        raise click.UsageError(
            "found neither a QUERY nor an example, wanted a sentence in quotes, or --like FILE"
        )
    if by_example and (rerank != "none" or min_relevance is not None):
        raise click.UsageError(
            "found examples or feedback with --rerank or --min-relevance, which go with a "
            "sentence alone; "
            "next: leave either out, and cut with --min-score"
        )


def _asked(
    opened: SearchableIndex, query: str, k: int, more: dict[str, Any], *, quiet: bool
) -> Answer:
    if more["rerank"] not in {"fusion", "full"}:
        return opened.search(query, k, **more)
    from .progress import LookBar  # noqa: PLC0415 - rich is for those who wait

    with LookBar(quiet=quiet) as bar:
        return opened.search(query, k, progress=bar, **more)


def _tell(answer: Answer, output: Path | None) -> None:
    if answer.understood:
        say(f"read by parts: {answer.understood}")
    if answer.notice:
        say(answer.notice)
    if output:
        say(f"{output}: {count(len(answer.hits), 'place')}, best first")
    else:
        _print_table(answer)


def _print_table(answer: Answer) -> None:
    from .hit_table import table_lines  # noqa: PLC0415 - help is quick

    if not answer.hits:
        if not answer.notice:
            say("no place: the filters let none pass, or none reaches the score asked for")
        return
    width = get_terminal_size((UNCUT, 24)).columns
    head, *lines = table_lines(answer.hits, width)
    click.secho(head, bold=True)
    for line in lines:
        say(line)


def _warn(opened: SearchableIndex, answer: Answer) -> int:
    for problem in opened.problems:
        say(f"cmpagl: searched without {problem}", err=True)
    for problem in answer.problems:
        say(f"cmpagl: {problem}", err=True)
    return PARTLY if opened.problems or answer.problems else 0
