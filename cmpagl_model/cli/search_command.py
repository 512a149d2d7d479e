"""``cmpagl search``: a sentence or examples in, places out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, get_args

import click

from cmpagl_model.records import DEFAULT_RERANK, Rerank

from . import options
from .examples import ExampleArguments, example_options
from .text import count, say, tell_reading

if TYPE_CHECKING:
    from pathlib import Path

    from cmpagl_model.search import Answer, Filter, SavedQuery, SearchableIndex

QUERIES = (".json",)
BESIDE_QUERY = {"index", "saved", "save", "output", "as_json", "preview", "model", "quiet",
    "following",
}  # fmt: skip
"""What says nothing of what is asked."""


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
@options.where()
@click.option(
    "--merge/--no-merge",
    default=True,
    show_default=True,
    help="Make overlapping chips of one place one hit, the best of them.",
)
@click.option(
    "--siblings/--no-siblings",
    default=True,
    show_default=True,
    help="Do so across scenes, dates and ground sizes, and list those as siblings of the hit; else "
    "only within a scene, and large chips hide no small ones in them.",
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
@click.option(
    "--rerank",
    type=click.Choice(get_args(Rerank)),
    default=DEFAULT_RERANK,
    show_default=True,
    help="Rank the best anew: smr compares the query with reference sentences, fusion reads the "
    "best places again and gives a probability, full does both.",
)
@click.option(
    "--save",
    type=options.FILE,
    metavar="FILE",
    help="Save what is asked as a small .json file, for --query and cmpagl watch.",
)
@click.option(
    "--query",
    "saved",
    type=options.FILE,
    metavar="FILE",
    help="Ask what such a file holds; nothing else can be asked besides.",
)
@options.plain
@click.option(
    "--ask",
    is_flag=True,
    help="Instead of the best, the k places that you should judge next: unlike each other, among "
    "the best that were not judged.",
)
@click.option(
    "--follow",
    "following",
    is_flag=True,
    help="While 'cmpagl index' adds to the index, print new matches as they come, none twice, and "
    "end with it. With --json a line for each look; -o and --preview are written at the end.",
)
@options.index_options
@options.collect("outputs", lambda: OutputOptions)
def command(  # noqa: PLR0913 - an argument for each option
    *, request: options.IndexRequest, query: str | None, where: Filter, saved: Path | None,
    examples: ExampleArguments, ask: bool, outputs: OutputOptions, **more: Any,
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
    cmpagl search town.cmpagl "parked cars" --no-siblings
    cmpagl search town.cmpagl "a flooded field" --from 2021-07 --to 2021-07
    cmpagl search town.cmpagl "a round irrigated field" --rerank fusion
    cmpagl search town.cmpagl "a parking lot, no cars"
    cmpagl search town.cmpagl "a harbour" --ask -k 10 -o ticks.geojson
    cmpagl search town.cmpagl "a harbour" --feedback ticks.geojson
    cmpagl search town.cmpagl --like harbour.jpg --like 4.31,51.92=2
    cmpagl search town.cmpagl "a harbour" --unlike west.tif@384,96 --minus "parked cars"
    cmpagl search town.cmpagl "boats on a canal" --min-relevance 0.5 --save boats.json
    cmpagl search town.cmpagl --query boats.json
    cmpagl search town.cmpagl "boats on a canal" --follow
    """  # noqa: DOC501 - shown as help
    from cmpagl_model.search import SavedQuery  # noqa: PLC0415 - help is quick
    from cmpagl_model.search.feedback import read_feedback  # noqa: PLC0415 - help is quick
    from cmpagl_model.search.saved import read_query, write_query  # noqa: PLC0415 - help is quick

    judging = ask or bool(examples.feedback)
    if saved is None:
        _check_usage(
            query, more["min_relevance"], more["rerank"],
            by_example=ask or examples != ExampleArguments(),
            lost=bool(outputs.save) and judging, parted=outputs.following and judging,
        )  # fmt: skip
    else:
        ctx, typed = click.get_current_context(), click.core.ParameterSource.COMMANDLINE
        names = {param.name or "": param.opts[-1] for param in ctx.command.params}
        besides = [
            option
            for name, option in names.items()
            if name not in BESIDE_QUERY and ctx.get_parameter_source(name) == typed
        ]
        if besides:
            raise click.UsageError(
                f"found --query with {', '.join(besides)}, wanted all that is asked in the file; "
                "next: leave one of both out, or change the file"
            )
    outputs.check(request, saved, *examples.feedback)
    if outputs.following:
        from .following import await_index  # noqa: PLC0415 - for those who wait

        await_index(request.index, quiet=request.quiet)
    opened = request.open()
    if judging:
        del more["min_relevance"], more["rerank"]  # neither was given
        answer = opened.similar(
            examples.read(opened), query, where=where, feedback=read_feedback(examples.feedback),
            ask=ask, **more,
        )  # fmt: skip
    else:
        wanted = (
            read_query(saved) if saved else SavedQuery(query, examples.read(opened), where, **more)
        )
        if outputs.save:
            write_query(wanted, outputs.save)
        answer = outputs.ask(opened, wanted, quiet=request.quiet)
    outputs.show(opened, answer, quiet=request.quiet)
    return warn(opened, answer)


@dataclass(frozen=True, slots=True)
class OutputOptions:
    """What becomes of an answer."""

    output: Path | None
    """Where its hits are written; ``None``: they are printed."""
    as_json: bool
    """Whether they are printed as JSON."""
    preview: Path | None
    """Where they are drawn; ``None``: nowhere."""
    save: Path | None
    """Where the query is kept; ``None``: nowhere."""
    following: bool
    """Whether they are told of as the index grows."""

    def check(self, request: options.IndexRequest, *read: Path | None) -> None:
        """Refuse, before the work, a file that cannot or should not be written.

        Args:
            request: the index.
            read: files that are read.

        Raises:
            OutputError: if there is one.
        """
        from cmpagl_model.index.vectors import PICTURES  # noqa: PLC0415 - help is quick

        request.check(self.output, self.preview, self.save, *read)
        request.check(self.preview, self.output, self.save, *read, known=PICTURES)
        request.check(self.save, self.output, self.preview, known=QUERIES)

    def ask(self, opened: SearchableIndex, query: SavedQuery, *, quiet: bool) -> Answer:
        """Ask, with a bar or with matches as they come."""
        if self.following:
            from .following import followed  # noqa: PLC0415 - for those who wait

            show = not (self.output and quiet)
            return followed(opened, query, show=show, as_json=self.as_json, quiet=quiet)
        if query.rerank not in {"fusion", "full"}:
            return query.ask(opened)
        from .progress import LookBar  # noqa: PLC0415 - rich is for those who wait

        with LookBar(quiet=quiet) as bar:
            return query.ask(opened, progress=bar)

    def show(self, opened: SearchableIndex, answer: Answer, *, quiet: bool) -> None:
        """Write, draw and print it."""
        from cmpagl_model.search.output import json_text, write_hits  # noqa: PLC0415

        if self.output:
            write_hits(answer, self.output)
        if self.preview:
            from cmpagl_model.search.preview import write_preview  # noqa: PLC0415 - loads Pillow

            write_preview(opened, answer, self.preview)
        if self.following and (self.as_json or not self.output):
            return  # all was told as it came
        if self.as_json:
            click.echo(json_text(answer), nl=False)
        elif not (self.output and quiet):
            _tell(opened, answer, self.output, told=self.following)


def _check_usage(
    query: str | None, min_relevance: float | None, rerank: Rerank, *, by_example: bool,
    lost: bool, parted: bool,
) -> None:  # fmt: skip
    """See that what is asked goes together.

    Args:
        query: the sentence.
        min_relevance: the least relevance.
        rerank: how the best are re-ranked.
        by_example: whether anything besides the sentence shows what is wanted.
        lost: whether the query is to be saved, and verdicts with it, which it does not hold.
        parted: whether verdicts are to be followed, too.

    Raises:
        UsageError: if it does not, or nothing is asked.
    """
    if query is None and not by_example:
        raise click.UsageError(
            "found neither a QUERY nor an example, wanted a sentence in quotes, or --like FILE"
        )
    if lost:
        raise click.UsageError(
            "found --save with --feedback or --ask, which a saved query does not hold; next: leave "
            "either out"
        )
    if parted:
        raise click.UsageError(
            "found --follow with --feedback or --ask, which judge what is there; next: leave "
            "either out"
        )
    if by_example and (rerank != "none" or min_relevance is not None):
        raise click.UsageError(
            "found examples or feedback with --rerank or --min-relevance, which go with a "
            "sentence alone; "
            "next: leave either out, and cut with --min-score"
        )


def _tell(opened: SearchableIndex, answer: Answer, output: Path | None, *, told: bool) -> None:
    if not told:
        tell_reading(answer.understood)
    if answer.notice:
        say(answer.notice)
    if output:
        say(f"{output}: {count(len(answer.hits), 'place')}, best first")
    elif len(opened.table):
        print_table(answer)
    else:
        say("no place: the index has no chips; 'cmpagl info' says how many were left out")


def print_table(answer: Answer) -> None:
    """Print hits for a person, or that there are none."""
    from .hit_table import print_lines, table_lines  # noqa: PLC0415 - help is quick

    if not answer.hits:
        if not answer.notice:
            say("no place: the filters let none pass, or none reaches the score asked for")
        return
    print_lines(partial(table_lines, answer.hits))


def warn(opened: SearchableIndex, answer: Answer) -> int:
    """Tell what could not be searched; the exit code."""
    if answer.undated:
        left = count(answer.undated, "chip")
        say(f"cmpagl: left out {left} of unknown date", err=True)
    return max(
        options.report_problems(opened.problems, "searched"),
        options.report_problems(answer.problems),
    )
