"""``cmpagl heatmap``: the similarity of a scene to a sentence or examples, as a raster."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from . import options
from .examples import ExampleArguments, example_options
from .text import say, tell_reading

if TYPE_CHECKING:
    from pathlib import Path


@click.command(
    name="heatmap", short_help="Write how well each place of a scene matches, a GeoTIFF."
)
@options.index_argument
@click.argument("query", required=False)
@example_options
@click.option(
    "--scene", required=True, metavar="NAME", help="Path or file name of an indexed scene."
)
@options.output("A .tif file; replaced if it exists.")
@options.plain
@options.index_options
def command(
    *, request: options.IndexRequest, query: str | None, scene: str, output: Path, plain: bool,
    examples: ExampleArguments,
) -> None:  # fmt: skip
    """Write how well each place of a scene matches a sentence (QUERY) or examples, a GeoTIFF.

    The scene is not read: the embeddings of an INDEX are compared. A cell is as large as the step
    from chip to chip; it has the mean of the chips over it. Where there are several ground sizes,
    small ones count more, and each has a band of its own behind the first.

    \b
    cmpagl heatmap town.cmpagl "boats on a canal" --scene west.tif -o boats.tif
    cmpagl heatmap town.cmpagl --like harbour.jpg --scene west.tif -o harbours.tif
    """
    from cmpagl_model.index.vectors import RASTERS  # noqa: PLC0415 - help must not wait
    from cmpagl_model.search.composed import understood  # noqa: PLC0415
    from cmpagl_model.search.feedback import read_feedback  # noqa: PLC0415 - help must not wait
    from cmpagl_model.search.heatmap import (  # noqa: PLC0415
        scene_named,
        similarity_map,
        write_heatmap,
    )

    request.check(output, *examples.feedback, known=RASTERS)
    opened = request.open()
    chosen = scene_named(opened, scene)
    vector = opened.query_vector(
        examples.read(opened), query, plain=plain, feedback=read_feedback(examples.feedback)
    )
    found = similarity_map(opened, chosen, vector)
    write_heatmap(found, output)
    if request.quiet:
        return
    tell_reading(understood(query, plain=plain))
    rows, columns = found.values.shape
    say(
        f"{output}: {columns} x {rows} cells, similarity {found.minimum:.3f} to {found.maximum:.3f}"
    )
