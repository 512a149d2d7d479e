"""``cmpagl objects``: what a sentence finds, as outlines instead of squares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from . import options
from .text import count, say, tell_reading

if TYPE_CHECKING:
    from pathlib import Path

    from cmpagl_model.search import Filter


@click.command(name="objects", short_help="Outline what a sentence finds: objects, not squares.")
@options.index_argument
@click.argument("query")
@click.option("-k", type=int, default=50, show_default=True, metavar="N", help="Chips outlined.")
@options.where(
    "Chips whose side on the ground lies between these, metres; else each scene's smallest."
)
@click.option(
    "--min-area", type=float, default=0.0, metavar="M2", help="Leave out smaller ones, m2."
)
@options.plain
@options.output("Write the outlines to .geojson, .gpkg, .fgb, .parquet or .csv.")
@options.index_options
def command(  # noqa: PLR0913 - an argument for each option
    *, request: options.IndexRequest, query: str, k: int, where: Filter, min_area: float,
    output: Path, plain: bool,
) -> int:  # fmt: skip
    """Outline what a sentence (QUERY) finds in an INDEX.

    Around each chip that reaches the cut-off, the part of the heat map that belongs to it becomes a
    polygon; chips of one object become one. Outlines are as exact as the step from chip to chip,
    which each tells (step_m): they show which field or lake is meant, and measure none.

    \b
    cmpagl objects town.cmpagl "a lake" -o lakes.gpkg --min-area 10000
    """
    from cmpagl_model.search.objects import find_objects, write_objects  # noqa: PLC0415 - help is quick

    request.check(output)
    opened = request.open()
    found = find_objects(opened, query, k, where=where, min_area_m2=min_area, plain=plain)
    write_objects(found, output)
    if not request.quiet:
        tell_reading(found.understood)
        if found.notice:
            say(found.notice)
        say(f"{output}: {count(len(found.objects), 'outline')}, best first")
    return options.finish(opened, "searched", where)
