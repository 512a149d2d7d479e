"""``cmpagl export``: all chips of an index as a vector layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from . import options
from .app import PARTLY
from .text import count, say

if TYPE_CHECKING:
    from pathlib import Path


@click.command(name="export", short_help="Write all chips of an index as a vector layer.")
@options.index_argument
@options.output("A .geojson, .gpkg, .fgb, .parquet or .csv file; replaced if it exists.")
@options.quiet
def command(index: Path, output: Path, *, quiet: bool) -> int:
    """Write the footprints of all chips of an INDEX, without their embeddings.

    The parts of an index are GeoParquet already: QGIS, DuckDB and GeoPandas open them as they are.
    """
    from cmpagl_model.index.export import export_chips  # noqa: PLC0415 - help must not wait

    chips, problems = export_chips(index, output)
    if not quiet:
        say(f"{output}: {count(chips, 'chip')}")
    for problem in problems:
        say(f"cmpagl: exported without {problem}", err=True)
    return PARTLY if problems else 0
