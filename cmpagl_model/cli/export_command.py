"""``cmpagl export``: all chips of an index as a vector layer, or their embeddings."""

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
@options.output(
    "A .geojson, .gpkg, .fgb, .parquet or .csv file, with --embeddings .parquet, .npy or .lance; "
    "replaced if it exists, but for .lance."
)
@click.option("--embeddings", is_flag=True, help="With embeddings; in .npy nothing else.")
@options.quiet
def command(index: Path, output: Path, *, embeddings: bool, quiet: bool) -> int:
    """Write the footprints of all chips of an INDEX, with scene, window and metres.

    \b
    cmpagl export town.cmpagl -o chips.gpkg
    cmpagl export town.cmpagl --embeddings -o chips.parquet
    """
    # Imported here, for help must not wait.
    from cmpagl_model.index.export import export_chips  # noqa: PLC0415
    from cmpagl_model.index.export_embeddings import export_embeddings  # noqa: PLC0415

    write = export_embeddings if embeddings else export_chips
    chips, problems = write(index, output)
    if not quiet:
        say(f"{output}: {count(chips, 'chip')}")
    for problem in problems:
        say(f"cmpagl: exported without {problem}", err=True)
    return PARTLY if problems else 0
