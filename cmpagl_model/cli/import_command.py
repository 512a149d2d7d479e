"""``cmpagl import``: embeddings of a GeoParquet file in, an index out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from . import options
from .app import PARTLY, REFUSED
from .text import count, say

if TYPE_CHECKING:
    from pathlib import Path


@click.command(name="import", short_help="Index the embeddings of a GeoParquet file.")
@click.argument("file", type=options.FILE)
@options.output("The index, a folder such as earth.cmpagl; extended if it exists.")
@click.option(
    "--embedding",
    metavar="COLUMN",
    help="The column of embeddings.  [default: the only one, or 'embedding']",
)
@options.model(
    "The model that made the embeddings: a shipped one or a folder to search by sentence, "
    "any other name to search by example only.  [default: what the file says]",
)
@options.quiet
def command(
    file: Path, output: Path, embedding: str | None, model: str | None, *, quiet: bool
) -> int:
    """Make an index of a GeoParquet FILE with a geometry column and an embedding column.

    Embeddings become unit vectors in half precision, geometries longitude and latitude. Columns
    scene, window, gsd_m, ground_m and valid_fraction are taken over where they are there. Pixels
    are not: such places are found, compared and exported, not drawn. A stopped run goes on where
    it was.

    \b
    cmpagl import clay.parquet -o earth.cmpagl --embedding vector --model clay-v1.5
    """
    from cmpagl_model.importing.importer import import_file  # noqa: PLC0415
    from cmpagl_model.index import open_chips, read_info  # noqa: PLC0415 - after usage is checked
    from cmpagl_model.model_folder import find_model, shipped_models  # noqa: PLC0415

    from .progress import BuildBar  # noqa: PLC0415

    with BuildBar(quiet=quiet) as bar:
        report = import_file(file, output, embedding, model, bar)
    for problem in (*report.problems, *report.mended):
        say(f"cmpagl: {problem}", err=True)
    if not report.chips:
        return REFUSED
    open_chips(output, read_info(output))  # makes its arrays: the first search need not wait
    if not quiet:
        shipped = {find_model(name).fingerprint for name in shipped_models()}
        how = "by sentence and by example" if report.model.fingerprint in shipped else "by example"
        say(
            f"{output}: {count(report.chips, 'chip')} of {report.model.name} imported in "
            f"{report.seconds:.1f} s, {count(report.parts, 'part')} written; searchable {how}"
        )
    return PARTLY if report.problems else 0
