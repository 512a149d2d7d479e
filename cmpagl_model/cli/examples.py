"""Examples as people type them: ``harbour.jpg``, ``4.31,51.92``, ``west.tif@384,96``, ``...=2``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cmpagl_model.errors import QueryError

from .options import FILE, collect

if TYPE_CHECKING:
    from collections.abc import Callable

    from cmpagl_model.search import Examples, SearchableIndex
    from cmpagl_model.search.examples import Picture, Place
    from cmpagl_model.search.weighted import Weighted

    What = TypeVar("What", Place | Picture, str)

NAMES = ("like", "unlike", "plus", "minus")
NUMBER = r"(?:\d+(?:\.\d*)?|\.\d+)"
WEIGHTED = re.compile(rf"(.*)=([-+]?{NUMBER})", re.DOTALL)
POINT = re.compile(rf"([-+]?{NUMBER}), ?([-+]?{NUMBER})(?:, ?({NUMBER}))?")
CHIP = re.compile(rf"(.+)@(\d{{1,9}}),(\d{{1,9}})(?:,({NUMBER}))?", re.DOTALL)


PLACE = "LON,LAT in degrees, or SCENE@COLUMN,ROW of a hit"
POINT_NEXT = "give both numbers, longitude first, and a comma between, such as 4.31,51.92"


@dataclass(frozen=True, slots=True)
class ExampleArguments:
    """What shows what is wanted, besides a sentence, as people type it."""

    like: tuple[str, ...] = ()
    """Places and pictures."""
    unlike: tuple[str, ...] = ()
    """The same, of what is not wanted."""
    plus: tuple[str, ...] = ()
    """Words."""
    minus: tuple[str, ...] = ()
    """Words for what is not wanted."""
    feedback: tuple[Path, ...] = ()
    """Files of hits that were judged."""

    def read(self, index: SearchableIndex) -> Examples:
        """The examples as a search of ``index`` takes them.

        Raises:
            QueryError: if one cannot be read as an example, or its weight is not above 0.
        """
        from cmpagl_model.search import Examples  # noqa: PLC0415 - help must not wait
        from cmpagl_model.search.examples import Picture  # noqa: PLC0415 - help must not wait

        def example(text: str) -> Place | Picture:
            if Path(text).is_file():
                return Picture(text)
            wanted = f"the file of a picture, {PLACE}"
            return place_of(index, text, wanted, "check the file's name and folder")

        return Examples(
            like=tuple(_weighted(text, example) for text in self.like),
            unlike=tuple(_weighted(text, example) for text in self.unlike),
            plus=tuple(_weighted(text, str) for text in self.plus),
            minus=tuple(_weighted(text, str) for text in self.minus),
        )


def example_options(command: Callable[..., int | None]) -> Callable[..., Any]:
    """``--like``, ``--unlike``, ``--plus``, ``--minus`` and ``--feedback``, as often as wanted.

    The command gets one ``examples``.
    """
    helps = (
        "Like this: a picture file; LON,LAT in degrees; or a chip, SCENE@COLUMN,ROW of a hit. "
        "After the last two ,METRES chooses the ground size. At the end =2 counts it twice, =0.5 "
        "half. May be repeated, as those that follow.",
        "Unlike this.",
        "And this, in words; =2 counts them twice.",
        "And without this.",
    )
    told = click.option(
        "--feedback",
        multiple=True,
        type=FILE,
        metavar="FILE",
        help="Learn from hits that were judged: a file of a search, as -o writes it, where "
        "somebody filled in keep or reject as review (QGIS, or the dock). May be repeated.",
    )(collect("examples", lambda: ExampleArguments)(command))
    for name, what in reversed([*zip(NAMES, helps, strict=True)]):
        metavar = "FILE|LON,LAT|CHIP" if name.endswith("like") else "WORDS"
        told = click.option(f"--{name}", multiple=True, metavar=metavar, help=what)(told)
    return told


def _weighted(text: str, read: Callable[[str], What]) -> What | Weighted[What]:
    from cmpagl_model.search.weighted import Weighted  # noqa: PLC0415

    found = WEIGHTED.fullmatch(text)
    if found is None or Path(text).is_file():
        return read(text)
    return Weighted(read(found[1]), float(found[2]))


def place_of(
    index: SearchableIndex, text: str, wanted: str = PLACE, next_step: str = POINT_NEXT
) -> Place:
    """A place of an index, as people type it.

    Args:
        index: where it is.
        text: what was typed.
        wanted: what could have been, for messages.
        next_step: what to do where it was something else, likewise.

    Raises:
        QueryError: if it cannot be read as a point or a chip, or is no chip of the index.
    """
    from cmpagl_model.search import PointPlace  # noqa: PLC0415
    from cmpagl_model.search.examples import chip_at  # noqa: PLC0415
    from cmpagl_model.search.heatmap import scene_named  # noqa: PLC0415

    if found := POINT.fullmatch(text):
        return PointPlace(float(found[1]), float(found[2]), float(found[3]) if found[3] else None)
    if found := CHIP.fullmatch(text):
        corner, side = (int(found[2]), int(found[3])), float(found[4]) if found[4] else None
        return chip_at(index.table, scene_named(index, found[1]), corner, side)
    raise QueryError(f"found {text!r}, wanted {wanted}; next: {next_step}")
