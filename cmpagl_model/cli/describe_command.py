"""``cmpagl describe``: what is here, in the nearest sentences of a list."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from cmpagl_model.errors import QueryError

from . import options
from .examples import place_of
from .text import count, say

if TYPE_CHECKING:
    from pathlib import Path

    from cmpagl_model.search import Filter

BEGUN = re.compile(r"-\.?\d")
"""A number below 0; no option begins so."""


class Placed(click.Command):
    """A command whose PLACE may begin with a minus, as it does west of Greenwich."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words; a blank before a point keeps it from being read as an option."""
        words = [f" {word}" if BEGUN.match(word) else word for word in args]
        return super().parse_args(ctx, words)


@click.command(name="describe", cls=Placed, short_help="Say what a place or an area shows.")
@options.index_argument
@click.argument("place", nargs=-1, metavar="[PLACE]")
@click.option("-k", type=int, default=5, show_default=True, metavar="N", help="Sentences at most.")
@options.where()
@options.sentences
@options.as_json
@options.index_options
def command(
    *, request: options.IndexRequest, place: tuple[str, ...], k: int, where: Filter,
    sentences: Path | None, as_json: bool,
) -> int:  # fmt: skip
    """Say what is at a PLACE of an INDEX, by the nearest sentences of a list.

    PLACE is LON,LAT in degrees, or SCENE@COLUMN,ROW of a hit. Instead of it, an area: --bbox,
    --within, --scene, --from; all its chips are asked, and sentences that fit most of them come
    first. Where no sentence reaches the model's cut-off, a line says so, and the nearest follow.

    \b
    cmpagl describe town.cmpagl 4.31,51.92
    cmpagl describe town.cmpagl --bbox 4.30,51.90,4.32,51.93
    cmpagl describe town.cmpagl west.tif@384,96 --sentences my_words.txt
    """  # noqa: DOC501 - shown as help
    from cmpagl_model.search.describe import describe  # noqa: PLC0415 - help is quick
    from cmpagl_model.search.filters import EVERYWHERE  # noqa: PLC0415
    from cmpagl_model.search.reference import read_reference  # noqa: PLC0415

    if bool(place) == (where != EVERYWHERE):
        raise QueryError(
            "found a place and an area, wanted one of them"
            if place
            else "found neither a place nor an area, wanted LON,LAT or such as --bbox"
        )
    reference = read_reference(sentences) if sentences else None
    opened = request.open()
    words = " ".join(word.strip() for word in place)  # 4.31, 51.92 are two
    place_or_area = place_of(opened, words) if place else where
    found = describe(opened, place_or_area, k, reference=reference)
    if as_json:
        click.echo(json.dumps(asdict(found)))
        return options.finish(opened, "described", where)
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
    return options.finish(opened, "described", where)
