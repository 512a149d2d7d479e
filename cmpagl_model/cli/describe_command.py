"""``cmpagl describe``: what is here, in the nearest sentences of a list."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import click

from cmpagl_model.errors import QueryError

from . import options
from .app import PARTLY
from .examples import POINT, place_of
from .stored import bring
from .text import count, say

if TYPE_CHECKING:
    from pathlib import Path

    from cmpagl_model.search.describe import Description


class Placed(click.Command):
    """A command whose PLACE may begin with a minus, as it does west of Greenwich."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words; a blank before a point keeps it from being read as an option."""
        words = [f" {word}" if POINT.fullmatch(word) else word for word in args]
        return super().parse_args(ctx, words)


@click.command(name="describe", cls=Placed, short_help="Say what a place or an area shows.")
@options.index_argument
@click.argument("place", required=False)
@click.option("-k", type=int, default=5, show_default=True, metavar="N", help="Sentences at most.")
@options.bbox
@options.within
@click.option("--scene", multiple=True, metavar="NAME", help="Only this scene; may be repeated.")
@options.ground_size()
@options.sentences
@options.as_json
@options.model("The model that made the index, if it is not the shipped one.")
def command(  # noqa: PLR0913 - an argument for each option
    *, index: Path, place: str | None, k: int, bbox: tuple[float, float, float, float] | None,
    within: Path | None, scene: tuple[str, ...], ground_size: tuple[float, float] | None,
    sentences: Path | None, as_json: bool, model: str | None,
) -> int:  # fmt: skip
    """Say what is at a PLACE of an INDEX, by the nearest sentences of a list.

    PLACE is LON,LAT in degrees, or SCENE@COLUMN,ROW of a hit. Instead of it, an area: --bbox,
    --within or --scene; all its chips are asked, and sentences that fit most of them come first.
    Where no sentence reaches the model's cut-off, a line says so, and the nearest follow.

    \b
    cmpagl describe town.cmpagl 4.31,51.92
    cmpagl describe town.cmpagl --bbox 4.30,51.90,4.32,51.93
    cmpagl describe town.cmpagl west.tif@384,96 --sentences my_words.txt
    """  # noqa: DOC501 - shown as help
    from cmpagl_model.search import Filter, open_index, read_area  # noqa: PLC0415 - help is quick
    from cmpagl_model.search.describe import describe  # noqa: PLC0415
    from cmpagl_model.search.filters import EVERYWHERE  # noqa: PLC0415
    from cmpagl_model.search.reference import read_reference  # noqa: PLC0415

    area = Filter(bbox, None, scene, ground_size)
    if within is not None:
        area = replace(area, within=read_area(within))
    if (place is None) == (area == EVERYWHERE):
        raise QueryError(
            "found a place and an area, wanted one of them"
            if place
            else "found neither a place nor an area, wanted LON,LAT or such as --bbox"
        )
    reference = read_reference(sentences) if sentences else None
    bring(index)
    opened = open_index(index, model=model)
    where = area if place is None else place_of(opened, place.strip())
    found = describe(opened, where, k, reference=reference)
    if as_json:
        click.echo(json.dumps(_page(found)))
    else:
        _print(found)
    for problem in opened.problems:
        say(f"cmpagl: described without {problem}", err=True)
    return PARTLY if opened.problems else 0


def _page(found: Description) -> dict[str, object]:
    page = asdict(found)
    page["model"] = {"name": found.model.name, "fingerprint": found.model.fingerprint}
    return page


def _print(found: Description) -> None:
    if found.notice:
        say(found.notice)
    if found.chips > 1:
        say(f"{count(found.chips, 'chip')}; of so many of them each can be said:")
    for one in found.said:
        told = f"cosine {one.score:.3f}"
        if one.relevance is not None and one.share is not None:
            share = f"{100 * one.share:.0f} %"
            told = share if found.chips > 1 else f"relevance {100 * one.relevance:.0f} %"
        say(f"  {told.rjust(14)}  {one.sentence}")
