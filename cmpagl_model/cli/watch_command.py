"""``cmpagl watch``: what a saved query finds that it had not found before."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from . import options
from .search_command import print_table, warn
from .text import count, say, tell_reading

if TYPE_CHECKING:
    from pathlib import Path

NOTHING_NEW = 4
"""Exit code, no other command's: a refusal is 1."""


@click.command(name="watch", short_help="Tell what a saved query finds anew.")
@options.index_argument
@click.argument("query", type=options.FILE)
@options.output(
    "Write the new ones to .geojson, .gpkg, .fgb, .parquet or .csv instead of a table; nothing is "
    "written where there are none.",
    required=False,
)
@options.as_json
@options.index_options
def command(
    *, request: options.IndexRequest, query: Path, output: Path | None, as_json: bool
) -> int:
    """Find the places of an INDEX that match a saved QUERY and that no earlier watch has shown.

    What was shown is kept beside the query (boats.watch.json beside boats.json) and written last:
    where the output fails, the next watch shows the same. Exit code 0: new matches; 4: none; 3:
    none, and some parts of the index could not be searched; 1 and 2: refused, as everywhere.

    \b
    cmpagl search town.cmpagl "boats on a canal" --min-relevance 0.5 --save boats.json
    cmpagl watch town.cmpagl boats.json
    cmpagl index scenes/ -o town.cmpagl -q && cmpagl watch town.cmpagl boats.json -q -o new.gpkg
    """
    # Imported here, for help must not wait.
    from cmpagl_model.search import watch  # noqa: PLC0415
    from cmpagl_model.search.output import json_text, write_hits  # noqa: PLC0415
    from cmpagl_model.search.saved import ENDING  # noqa: PLC0415
    from cmpagl_model.search.watch import keep, record_of  # noqa: PLC0415

    request.check(output, query, record_of(query))
    request.check(record_of(query), known=[ENDING])
    opened = request.open()
    new = watch(opened, query)
    if output and new.answer.hits:
        write_hits(new.answer, output)
    if as_json:
        click.echo(json_text(new.answer), nl=False)
    elif new.answer.hits and output is None:
        tell_reading(new.answer.understood)
        print_table(new.answer)
    elif not request.quiet:
        tell_reading(new.answer.understood)
        where = f"{output}: " if output and new.answer.hits else ""
        say(f"{where}{count(len(new.answer.hits), 'new place')}, {new.known:,} seen before")
    if new.note:
        say(f"cmpagl: {new.note}", err=True)
    problems = warn(opened, new.answer)
    sys.stdout.flush()  # what was not shown must not count as seen
    keep(new, query)
    if new.answer.hits:
        return 0
    return problems or NOTHING_NEW
