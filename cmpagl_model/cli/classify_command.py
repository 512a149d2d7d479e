"""``cmpagl classify``: many sentences at once, a class for each chip."""

from __future__ import annotations

import json
from importlib import import_module
from typing import TYPE_CHECKING

import click

from . import options
from .text import count, say

if TYPE_CHECKING:
    from pathlib import Path

    from cmpagl_model.search import Filter
    from cmpagl_model.search.sheets import Files

AREAS, SHARES = 1, 3
"""Decimals of square metres and percent, and of shares."""


@click.command(name="classify", short_help="Give each chip the class of a CSV that it fits best.")
@options.index_argument
@click.argument("classes", type=options.FILE)
@options.output(
    "Write the chips with their class to .geojson, .gpkg, .fgb, .parquet or .csv.", required=False
)
@options.ground
@click.option(
    "--min-relevance",
    type=click.FloatRange(0, 1),
    metavar="P",
    help="Chips that are right with a lower probability, 0 to 1, are of the class 'none'. "
    "Default: the model's own cut-off for each sentence.",
)
@options.where()
@click.option("--areas", type=options.FILE, metavar="FILE", help="Write the areas to a .csv, too.")
@click.option(
    "--labels",
    type=options.FILE,
    metavar="FILE",
    help="Points and polygons whose class is known: tells how often the classes are right.",
)
@click.option(
    "--label-field", default="class", show_default=True, metavar="NAME", help="Attribute with it."
)
@click.option(
    "--accuracy", type=options.FILE, metavar="FILE", help="Write the accuracy to a .csv, too."
)
@options.as_json
@options.index_options
@options.collect("files", lambda: import_module("cmpagl_model.search.sheets").Files, layer="output")
def command(  # noqa: PLR0913 - an argument for each option
    *, request: options.IndexRequest, classes: Path, files: Files, min_relevance: float | None,
    labels: Path | None, label_field: str, as_json: bool, where: Filter,
) -> int:  # fmt: skip
    """Give each chip of an INDEX the class of the file CLASSES that it fits best.

    CLASSES is a CSV: a name and one or more sentences in each line. The layer has for each chip its
    class ('none' where it reaches the cut-off of no class), the class that it fits best all the
    same, score, relevance, and the margin to the second class. The areas count each place once: the
    ground is divided into cells as fine as the steps of the smallest chips, and a cell is of the
    class that most chips over it have.

    \b
    cmpagl classify town.cmpagl classes.csv -o classes.gpkg
    cmpagl classify town.cmpagl classes.csv --map ground.gpkg
    cmpagl classify town.cmpagl classes.csv -o classes.gpkg --areas areas.csv
    cmpagl classify town.cmpagl classes.csv -o classes.gpkg --labels known.gpkg --accuracy how.csv
    """
    # Imported here, for help must not wait.
    from cmpagl_model.search.accuracy import read_labels  # noqa: PLC0415
    from cmpagl_model.search.classes import read_classes  # noqa: PLC0415
    from cmpagl_model.search.classify import classify  # noqa: PLC0415
    from cmpagl_model.search.sheets import text_lines, write_all  # noqa: PLC0415

    files.check(request.index, classes, labels)
    rows = read_classes(classes)
    known = read_labels(labels, label_field) if labels else None
    opened = request.open()
    found = classify(opened, rows, where=where, min_relevance=min_relevance)
    sheets = write_all(found, known, files)
    if sheets.accuracy:
        unknown, outside = sheets.accuracy.unknown, sheets.accuracy.outside
        if unknown:
            shown = ", ".join(unknown[:5]) + (", ..." if len(unknown) > 5 else "")
            say(f"cmpagl: note: labels that are no class are left out: {shown}", err=True)
        if outside:
            say(f"cmpagl: note: {count(outside, 'label')} without a chip left out", err=True)
    if as_json:
        click.echo(json.dumps(sheets.page))
    elif not request.quiet:
        say(f"{files.layer or files.ground or request.name}: {count(len(found.rows), 'chip')}")
        for table, decimals in zip(sheets.tables, (AREAS, SHARES), strict=False):
            for line in ("", *text_lines(table, decimals)):
                say(line)
    return options.finish(opened, "classified", where)
