"""``cmpagl export``: all chips of an index as a vector layer, or their embeddings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from . import options
from .stored import bring
from .text import count, say

if TYPE_CHECKING:
    from pathlib import Path


@click.command(name="export", short_help="Write all chips of an index as a vector layer.")
@options.index_argument
@options.output(
    "A .geojson, .gpkg, .fgb, .parquet or .csv file, with --embeddings .parquet, .npy or .lance; "
    "replaced if it exists, but for .lance.",
    required=False,
)
@click.option("--embeddings", is_flag=True, help="With embeddings; in .npy nothing else.")
@click.option(
    "--stac",
    type=options.FILE,
    metavar="FOLDER",
    help="A STAC collection of the index in a folder of its own, an item for each scene.",
)
@options.quiet
def command(
    index: Path, output: Path | None, *, embeddings: bool, stac: Path | None, quiet: bool
) -> int:
    """Write the footprints of all chips of an INDEX, with scene, window and metres.

    \b
    cmpagl export town.cmpagl -o chips.gpkg
    cmpagl export town.cmpagl --embeddings -o chips.parquet
    cmpagl export town.cmpagl --stac town_stac/
    """  # noqa: DOC501 - shown as help
    # Imported here, for help must not wait.
    from cmpagl_model.index.export import export_chips  # noqa: PLC0415
    from cmpagl_model.index.export_embeddings import export_embeddings  # noqa: PLC0415

    if (output is None) == (stac is None) or (stac and embeddings):
        raise click.UsageError("wanted -o FILE or --stac FOLDER; next: give one of them")
    bring(index, quiet=quiet)
    if stac is not None:
        from cmpagl_model.index.export_stac import export_stac  # noqa: PLC0415

        written, problems = export_stac(index, stac)
        said = f"{stac / 'collection.json'}: {count(written, 'scene')}"
    elif output:
        write = export_embeddings if embeddings else export_chips
        written, problems = write(index, output)
        said = f"{output}: {count(written, 'chip')}"
    if not quiet:
        say(said)
    return options.report_problems(problems, "exported")
