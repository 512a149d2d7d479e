"""``cmpagl where``: the part of a place, and the words, that made it a hit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from . import options
from .text import listed, say, tell_reading

if TYPE_CHECKING:
    from pathlib import Path

    from cmpagl_model.search.where import InChip


@click.command(
    name="where", short_help="Show where in a place a sentence fits, and by which words."
)
@options.index_argument
@click.argument("query")
@click.option(
    "--at",
    required=True,
    metavar="LON,LAT|CHIP",
    help="The place: LON,LAT in degrees, or a chip, SCENE@COLUMN,ROW of a hit. ,METRES behind "
    "either chooses the ground size, else the smallest.",
)
@options.output(
    "Draw the place and its heat, .png or .jpg; or write the heat alone, .tif. May be left out.",
    required=False,
)
@options.plain
@options.as_json
@options.index_options
def command(
    *, request: options.IndexRequest, query: str, at: str, output: Path | None, plain: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Show where in one place of an INDEX a sentence (QUERY) fits, and which of its words count.

    The place is read again from its scene, and 25 parts of it are compared with the sentence. Then
    each word is left out once: the more the score falls, the more the word made the hit.

    \b
    cmpagl where town.cmpagl "boats on a canal" --at 4.31,51.92 -o boats.png
    cmpagl where town.cmpagl "boats on a canal" --at west.tif@384,96,250 -o boats.tif
    """
    from cmpagl_model.index.vectors import PICTURES, RASTERS  # noqa: PLC0415 - help must not wait
    from cmpagl_model.search.heatmap import write_heatmap  # noqa: PLC0415
    from cmpagl_model.search.where import where_in_chip  # noqa: PLC0415
    from cmpagl_model.search.where_output import write_sheet  # noqa: PLC0415

    from .examples import place_of  # noqa: PLC0415
    from .progress import LookBar  # noqa: PLC0415 - rich is for those who wait

    request.check(output, known=[*PICTURES, *RASTERS])
    opened = request.open()
    place = place_of(opened, at)
    with LookBar(quiet=request.quiet or as_json) as bar:
        found = where_in_chip(opened, place, query, plain=plain, progress=bar)
    if output is not None and output.suffix.lower() in RASTERS:
        write_heatmap(found.heat, output)
    elif output is not None:
        write_sheet(found, output)
    if as_json:
        click.echo(json.dumps(_as_json(found), ensure_ascii=False))
    elif not (request.quiet and output):
        _tell(found, output)


def _as_json(found: InChip) -> dict[str, object]:
    window, heat = found.window, found.heat
    return {
        "query": found.query,
        "scene": heat.scene,
        "window": [window.col, window.row, window.width, window.height],
        "ground_m": found.ground_m,
        "score": round(found.score, 6),
        **({"understood": found.understood} if found.understood else {}),
        "words": [
            {"word": one.word, "fall": None if one.fall is None else round(one.fall, 6)}
            for one in found.words
        ],
        "telling": list(found.telling),
        "heat": heat.values.round(4).astype(float).round(4).tolist(),
        "transform": list(heat.transform),
        "crs": heat.crs,
    }


def _tell(found: InChip, output: Path | None) -> None:
    tell_reading(found.understood)
    say(f"score {found.score:.3f}; its parts {found.heat.minimum:.3f} to {found.heat.maximum:.3f}")
    width = max((len(one.word) for one in found.words), default=0)
    for one in found.words:
        fall = "alone" if one.fall is None else f"{-one.fall:+.3f}"
        say(f"  {one.word:<{width}}  {fall}{'  *' if one.word in found.telling else ''}")
    if found.telling:
        say(f"made by {listed(found.telling)}: without a word the score changes by so much")
    elif found.words:
        say("no single word made it: the score does not fall without any of them")
    if output:
        say(f"{output}: written")
