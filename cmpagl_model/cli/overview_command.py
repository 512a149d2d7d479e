"""``cmpagl overview``: a first look at an index, as groups of chips with names."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from . import options
from .text import count, say

if TYPE_CHECKING:
    from pathlib import Path

    from cmpagl_model.search import Filter

HECTARE_M2 = 10_000


@click.command(name="overview", short_help="A first look: groups of like chips, with names.")
@options.index_argument
@click.option(
    "--groups", type=int, default=10, show_default=True, metavar="N", help="How many, 2 to 50."
)
@options.output(
    "Write the ground by group to .geojson, .gpkg, .fgb, .parquet or .csv; the colours that QGIS "
    "takes go in a .qml beside it.",
    required=False,
)
@click.option("--areas", type=options.FILE, metavar="FILE", help="Write the areas to a .csv, too.")
@options.where()
@options.sentences
@options.as_json
@options.index_options
def command(  # noqa: PLR0913 - an argument for each option
    *, request: options.IndexRequest, groups: int, output: Path | None, areas: Path | None,
    sentences: Path | None, as_json: bool, where: Filter,
) -> int:  # fmt: skip
    """Put the chips of an INDEX into groups of their like, and call these by what they show.

    A group is called by the kind of place that is nearest to it and less so to the others; "fits"
    is the share of its chips that the name is right for rather than wrong, and a question mark says
    that it is less than half. Areas count each place once. The same index gives the same groups.

    \b
    cmpagl overview town.cmpagl
    cmpagl overview town.cmpagl --groups 8 -o first_look.gpkg --areas areas.csv
    """
    from cmpagl_model.index.vectors import CSV  # noqa: PLC0415 - help is quick
    from cmpagl_model.search.overview import overview, write_overview  # noqa: PLC0415
    from cmpagl_model.search.reference import read_reference  # noqa: PLC0415
    from cmpagl_model.search.sheets import Cell, area_rows, text_lines, write_rows  # noqa: PLC0415

    request.check(output, sentences, areas)
    request.check(areas, sentences, output, known=(CSV,))
    reference = read_reference(sentences) if sentences else None
    opened = request.open()
    seen = overview(opened, groups, where=where, reference=reference)
    if output:
        write_overview(seen, output)
    if areas:
        write_rows(area_rows(seen.groups), areas)
    if as_json:
        click.echo(json.dumps({"groups": [asdict(one) for one in seen.groups],
                               "notice": seen.notice}))  # fmt: skip
    elif not request.quiet:
        chips = len(seen.found.rows)
        say(f"{output or request.name}: {count(chips, 'chip')}")
        if seen.notice:
            say(f"The groups have no names: {seen.notice}")
        head: list[Cell] = ["group", "chips", "share, %", "ha", "fits, %", "nearest sentence"]
        rows: list[list[Cell]] = [
            [
                one.name,
                one.chips,
                100 * one.chips / chips,
                one.area_m2 / HECTARE_M2,
                None if one.fits is None else round(100 * one.fits),
                one.says[0] if one.says else None,
            ]
            for one in seen.groups
        ]
        for line in ("", *text_lines([head, *rows], 1)):
            say(line)
    return options.finish(opened, "looked at", where)
