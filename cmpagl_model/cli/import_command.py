"""``cmpagl import``: embeddings of Parquet files and rasters in, an index out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tiling.errors import shell_word

from . import options
from .app import PARTLY, REFUSED
from .stored import name_of
from .text import count, say

if TYPE_CHECKING:
    from pathlib import Path

    from cmpagl_model.importing.importer import ImportReport


@click.command(name="import", short_help="Index the embeddings of Parquet files and rasters.")
@click.argument("files", nargs=-1, required=True)
@options.index_output(
    "The index, a folder such as earth.cmpagl, or an address such as s3://bucket/earth.cmpagl; "
    "extended if it exists."
)
@click.option(
    "--embedding",
    metavar="COLUMN",
    help="The column of embeddings; of columns such as A00 to A63 the first.  [default: the only "
    "one, or 'embedding']",
)
@click.option(
    "--side",
    type=click.FloatRange(1, 1_000_000),
    metavar="M",
    help="Make squares of points, so many metres wide, such as 320 for Earth Index. Of rasters: "
    "the side of the chips over which pixels are averaged.",
)
@options.model(
    "The model that made the embeddings: a known one or a folder to search by sentence, "
    "any other name to search by example only.  [default: what the files say]",
)
@options.quiet
def command(
    files: tuple[str, ...], output: Path, embedding: str | None, side: float | None,
    model: str | None, *, quiet: bool,
) -> int:  # fmt: skip
    """Make an index of the embeddings in Parquet FILES, datasets of Lance or rasters.

    They are files, folders and patterns, on this machine or in S3 (s3://), and https addresses.

    Embeddings are lists of numbers, lists in lists, or columns such as A00 to A63, of floats or
    of whole numbers with the scale of the 'emb' page; geometries are WKB, GeoArrow, WKT, or
    longitude and latitude. They become unit vectors in half precision and degrees. Columns scene,
    window, gsd_m, ground_m, valid_fraction, id, datetime and source are taken over where they are
    there. Pixels are not: such places are found, compared and exported, not drawn. A stopped run
    goes on where it was.

    Rasters have an embedding in each pixel: GeoTIFF of AlphaEarth or TESSERA, and TESSERA's .npy
    tiles. Their pixels' unit vectors are averaged over chips of --side metres that overlap by half.

    \b
    cmpagl import clay/ -o earth.cmpagl --model clay-v1.5
    cmpagl import "2025/**/*.parquet" -o index.cmpagl --side 320
    cmpagl import aef/2024/17N -o town.cmpagl --side 160 --model alphaearth-v1
    """
    from cmpagl_model.importing.importer import import_files  # noqa: PLC0415 - help is quick
    from cmpagl_model.importing.models import UNNAMED  # noqa: PLC0415
    from cmpagl_model.index import open_chips, read_info  # noqa: PLC0415

    from .progress import BuildBar  # noqa: PLC0415

    with BuildBar(quiet=quiet) as bar:
        report = import_files(files, output, embedding, model, side, bar)
    for problem in (*report.problems, *report.mended):
        say(f"cmpagl: {problem}", err=True)
    for name in report.overruled:
        say(f"cmpagl: note: {name}", err=True)
    if not report.chips:
        return REFUSED
    if name_of(output) == str(output):
        open_chips(output, read_info(output))  # makes its arrays: the first search need not wait
    if report.points:
        say(
            f"cmpagl: note: {count(report.points, 'chip')} are points, which cannot be clicked on "
            "the map; import them again with --side METRES",
            err=True,
        )
    if report.model.name == UNNAMED:
        say(
            "cmpagl: note: the files do not say which model made their embeddings; with --model "
            "NAME those of another one would be refused",
            err=True,
        )
    if not quiet:
        say(
            f"{name_of(output)}: {count(report.chips, 'chip')} of {report.model.name} from "
            f"{count(report.files, 'file')} imported in {report.seconds:.1f} s, "
            f"{count(report.parts, 'part')} written; searchable {_how(report, model)}"
        )
    return PARTLY if report.problems else 0


def _how(report: ImportReport, model: str | None) -> str:
    """By what the index can be searched."""
    from cmpagl_model.index.imported import FOREIGN  # noqa: PLC0415 - help is quick
    from cmpagl_model.model_folder import find_maker  # noqa: PLC0415

    if find_maker(report.model):
        return "by sentence and by example"
    if model and not report.model.fingerprint.startswith(FOREIGN):
        return f"by example, by sentence with --model {shell_word(model)}"
    return "by example"
