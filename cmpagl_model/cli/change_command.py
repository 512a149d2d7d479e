"""``cmpagl change``: what is there now and was not before, in two scenes of one place."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from . import options
from .text import count, say

if TYPE_CHECKING:
    from pathlib import Path


@click.command(
    name="change", short_help="Find what is there now and was not before, in two scenes."
)
@options.index_argument
@click.argument("query")
@click.option(
    "--before",
    multiple=True,
    required=True,
    metavar="NAME",
    help="The earlier scene: name, path or pattern such as '2019_*'; may be repeated.",
)
@click.option(
    "--after", multiple=True, required=True, metavar="NAME", help="The later scene, likewise."
)
@click.option("--was", metavar="SENTENCE", help="What was there before; else anything.")
@click.option("-k", type=int, default=20, show_default=True, metavar="N", help="Places at most.")
@click.option(
    "--min-difference",
    type=float,
    metavar="D",
    help="Leave out places whose two views differ by less, 0 to 2. [default: 0.15]",
)
@options.output(
    "Write the places to .geojson, .gpkg, .fgb, .parquet or .csv instead of a table.",
    required=False,
)
@click.option(
    "--preview",
    type=options.FILE,
    metavar="FILE",
    help="Draw each place before and after, .png or .jpg.",
)
@options.index_options
def command(
    *, request: options.IndexRequest, query: str, before: tuple[str, ...], after: tuple[str, ...],
    output: Path | None, preview: Path | None, **more: Any,
) -> int:  # fmt: skip
    """Find places of an INDEX that match a sentence (QUERY) now and did not before.

    Chips of the later scene whose ground the earlier one holds are compared with it, ranked by how
    much their relevance rose. The earlier scene is read again, for its own chips lie elsewhere.

    \b
    cmpagl change town.cmpagl "houses" --before 2015.tif --after 2024.tif --preview new.png
    cmpagl change town.cmpagl "houses" --was "farmland" --before '2015_*' --after '2024_*' -o new.gpkg
    """  # noqa: E501 - an example in one line
    from cmpagl_model.index.vectors import PICTURES  # noqa: PLC0415 - help is quick
    from cmpagl_model.search.change import LEAST_DIFFERENCE, find_changes  # noqa: PLC0415
    from cmpagl_model.search.change_output import write_changes, write_sheet  # noqa: PLC0415

    from .hit_table import change_lines, print_lines  # noqa: PLC0415
    from .progress import LookBar  # noqa: PLC0415 - rich is for those who wait

    request.check(output, preview)
    request.check(preview, output, known=PICTURES)
    if more["min_difference"] is None:
        more["min_difference"] = LEAST_DIFFERENCE
    opened = request.open()
    with LookBar(quiet=request.quiet) as bar:
        found = find_changes(opened, query, before=before, after=after, progress=bar, **more)
    if output:
        write_changes(found, output)
    if preview:
        write_sheet(opened, found, preview)
    if not (output and request.quiet):
        if found.notice:
            say(found.notice)
        if output:
            say(f"{output}: {count(len(found.changes), 'place')}, greatest change first")
        elif found.changes:
            print_lines(partial(change_lines, found.changes))
    return options.report_problems((*opened.problems, *found.problems))
