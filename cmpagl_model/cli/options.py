"""Options that several commands share, a decorator each; numbers between commas as a type."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

FILE = click.Path(path_type=Path)


class Numbers(click.ParamType[Any]):
    """Numbers between commas, as a tuple."""

    name = "numbers"

    def __init__(self, kind: type, wanted: str, count: int | None = None) -> None:
        """Take numbers of one kind.

        Args:
            kind: ``int`` or ``float``.
            wanted: for the message to who gave something else, such as ``numbers such as 3,2,1``.
            count: how many; ``None``: any.
        """
        self._kind, self._wanted, self._count = kind, wanted, count

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[Any, ...]:  # fmt: skip
        """Read the text.

        Raises:
            BadParameter: if it holds anything else.
        """
        try:
            numbers = tuple(self._kind(part) for part in str(value).split(","))
        except ValueError:
            numbers = ()
        if not numbers or self._count not in {None, len(numbers)}:
            self.fail(f"found {value!r}, wanted {self._wanted}", param, ctx)
        return numbers


class IndexPlace(click.ParamType[Any]):
    """The folder of an index; of one in an object store that of its copy on this machine."""

    name = "index"

    def __init__(self, *, new: bool = False) -> None:
        """Take the place of an index.

        Args:
            new: whether it is made if there is none.
        """
        self._new = new

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Path:
        """Take a folder as it is; of a store ask for the newest version, and not for its parts."""
        if isinstance(value, Path) or "://" not in str(value):
            return Path(str(FILE.convert(str(value), param, ctx)))
        from cmpagl_model.index.mirror import found, looked_up  # noqa: PLC0415 - few lie there
        from cmpagl_model.index.store import copy_of  # noqa: PLC0415
        from tiling.stores import is_stored  # noqa: PLC0415

        address = str(value)
        if not is_stored(address):
            self.fail(f"{address}: wanted a folder, or s3://, gs:// or az://", param, ctx)
        if self._new:
            looked_up(address)
        else:
            found(address)
        return copy_of(address)


index_argument = click.argument("index", type=IndexPlace())
quiet = click.option("-q", "--quiet", is_flag=True, help="No progress bar and no summary.")
plain = click.option(
    "--plain", is_flag=True, help="Take the sentence as it stands, and not by parts."
)
feedback = click.option(
    "--feedback",
    multiple=True,
    type=FILE,
    metavar="FILE",
    help="Learn from hits that were judged: a file of a search, as -o writes it, where somebody "
    "filled in keep or reject as review (QGIS, or the dock). May be repeated.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")


ground = click.option(
    "--map",
    "ground",
    type=FILE,
    metavar="FILE",
    help="Write the ground by class to .geojson, .gpkg or .fgb: one shape for each class in each "
    "scene, no place twice, and the colours that QGIS takes in a .qml beside it.",
)
sentences = click.option(
    "--sentences",
    type=FILE,
    metavar="FILE",
    help="What may be said, instead of the list that ships: a text file, one sentence a line.",
)
within = click.option(
    "--within",
    type=FILE,
    metavar="FILE",
    help="Only chips that touch the polygons of this GeoJSON file.",
)
bbox = click.option(
    "--bbox",
    type=Numbers(float, "four numbers WEST,SOUTH,EAST,NORTH in degrees", count=4),
    metavar="W,S,E,N",
    help="Only chips that touch this box, degrees, longitude first.",
)


def ground_size(
    what: str = "Only chips whose side on the ground lies between these, metres, such as 0,100.",
) -> Callable[[Any], Any]:
    """``--ground-size``.

    Args:
        what: it does, a sentence.
    """
    return click.option(
        "--ground-size",
        type=Numbers(float, "two numbers LEAST,GREATEST in metres", count=2),
        metavar="M,M",
        help=what,
    )


def device(what: str = "chips") -> Callable[[Any], Any]:
    """``--device``.

    Args:
        what: is encoded there.
    """
    return click.option(
        "--device",
        type=click.Choice(["auto", "cpu", "cuda"]),
        default="auto",
        show_default=True,
        help=f"Where {what} are encoded.",
    )


def model(what: str, default: str | None = None) -> Callable[[Any], Any]:
    """``--model``.

    Args:
        what: the model is for, a sentence. Its names are those of ``cmpagl models``.
        default: its name where nothing is said; ``None``: the command decides.
    """
    return click.option(
        "--model",
        default=default,
        show_default=default is not None,
        metavar="NAME|FOLDER",
        help=what,
    )


def index_output(what: str) -> Callable[[Any], Any]:
    """``-o`` of an index, which may lie in an object store."""
    return click.option(
        "-o",
        "--output",
        required=True,
        type=IndexPlace(new=True),
        metavar="PATH|ADDRESS",
        help=what,
    )


def output(what: str, *, required: bool = True) -> Callable[[Any], Any]:
    """``-o``.

    Args:
        what: is written, a sentence.
        required: whether it must be said.
    """
    return click.option("-o", "--output", required=required, type=FILE, metavar="PATH", help=what)
