"""Options that several commands share, a decorator each; numbers between commas as a type."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .app import PARTLY
from .stored import bring, name_of
from .text import count, say

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from os import PathLike

    from cmpagl_model.search import Filter, SearchableIndex


class File(click.Path):
    """A file or folder on this machine, there or to be written."""

    def convert(
        self, value: str | PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> str | bytes | PathLike[str]:
        """Read the path.

        Raises:
            BadParameter: if it is an address.
        """
        if "://" in str(value):
            names = [one.name for one in ctx.command.params] if ctx else []
            swapped = isinstance(param, click.Argument) and "index" in names
            kind = "folder" if param is not None and param.metavar == "DIR" else "file"
            self.fail(
                f"found the address {value}, wanted a {kind} on this machine; next: "
                + ("give INDEX first, or copy the file here" if swapped else "name one"),
                param,
                ctx,
            )
        return super().convert(value, param, ctx)


FILE = File(path_type=Path)


class Numbers(click.ParamType):  # type: ignore[type-arg]  # before 8.4 it takes none
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


class IndexPlace(click.ParamType):  # type: ignore[type-arg]  # before 8.4 it takes none
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
        from cmpagl_model.index.copies import copy_of  # noqa: PLC0415
        from cmpagl_model.index.mirror import found, looked_up  # noqa: PLC0415 - few lie there
        from tiling.stores import is_stored  # noqa: PLC0415

        address = str(value)
        if not is_stored(address):
            self.fail(f"{address}: wanted a folder, or s3://, gs:// or az://", param, ctx)
        if self._new:
            looked_up(address)
        else:
            found(address)
        return copy_of(address)


@dataclass(frozen=True, slots=True)
class IndexRequest:
    """The index that a command asks, and how."""

    index: Path
    """Where it is; of one in an object store the copy on this machine."""
    model: str | None
    """Name or folder of the model that made it; ``None``: the shipped one."""
    quiet: bool
    """Whether no bars are shown, and no summary."""

    def __post_init__(self) -> None:
        """See that INDEX stands first.

        Raises:
            UsageError: if another argument is an index, and this is none.
        """
        from cmpagl_model.index.format import is_index  # noqa: PLC0415 - help is quick
        from tiling.stores import is_stored  # noqa: PLC0415

        ctx = click.get_current_context(silent=True)
        if ctx is None or is_index(self.index):
            return
        arguments = [one for one in ctx.command.params if isinstance(one, click.Argument)]
        given = [ctx.params.get(one.name or "") for one in arguments[1:]]
        for words in (one if isinstance(one, tuple) else (one,) for one in given):
            for other in filter(None, words):
                if is_stored(str(other)) or is_index(Path(other)):
                    raise click.UsageError(
                        f"found {self.index}, which is no index, before {other}; wanted INDEX "
                        "first; next: swap them"
                    )

    @property
    def name(self) -> str:
        """What to call the index."""
        return name_of(self.index)

    def check(
        self, file: Path | None, *others: Path | None, known: Collection[str] | None = None
    ) -> None:
        """Refuse, before the work, a file that cannot or should not be written.

        Args:
            file: to be written; ``None``: none is.
            others: further files that are read or written.
            known: the endings that can be written; ``None``: those of vector files.

        Raises:
            OutputError: if it is one of them, or of the index, or has another ending.
        """
        from cmpagl_model.index.vectors import ENDINGS, check_output  # noqa: PLC0415 - help is quick

        check_output(file, self.index, *others, known=known or ENDINGS)

    def open(self) -> SearchableIndex:
        """The index, all its parts on this machine.

        Raises:
            IndexFormatError: if it is none.
            StoreError: if it lies in a store that cannot be asked.
        """
        from cmpagl_model.search import open_index  # noqa: PLC0415 - help is quick

        bring(self.index, quiet=self.quiet)
        return open_index(self.index, model=self.model)


def finish(opened: SearchableIndex, done: str, where: Filter) -> int:
    """Tell what was left out of a question about all chips; the exit code.

    Args:
        opened: the index.
        done: with the others, such as ``classified``.
        where: which chips were to be looked at.
    """
    undated = where.chosen(opened.table)[1]
    if undated:
        say(f"cmpagl: left out {count(undated, 'chip')} of unknown date", err=True)
    return report_problems(opened.problems, done)


def report_problems(problems: Sequence[object], done: str = "") -> int:
    """Tell what went wrong; the exit code.

    Args:
        problems: a line each.
        done: without what a problem is, such as ``measured``; empty: it says all.
    """
    for problem in problems:
        say(f"cmpagl: {f'{done} without ' if done else ''}{problem}", err=True)
    return PARTLY if problems else 0


def collect(
    name: str, record: Callable[[], Any], **called: str
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Options that a command gets as one record: those that are called as its fields are.

    Args:
        name: of the command's argument.
        record: gives the dataclass, when the command runs: help must not wait for its module.
        called: options by field, where they are called otherwise.
    """

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def with_one(*first: object, **given: Any) -> Any:  # noqa: ANN401 - as the command's
            kind = record()
            names = {field.name: called.get(field.name, field.name) for field in fields(kind)}
            one = kind(**{field: given.pop(option) for field, option in names.items()})
            return command(*first, **{name: one}, **given)

        return with_one

    return decorate


def index_options(command: Callable[..., int | None]) -> Callable[..., Any]:
    """``--model`` and ``--quiet``; with INDEX, which stands first, they become one ``request``."""
    named = model("The model that made the index, if it is not the shipped one.")
    done: Callable[..., Any] = named(quiet(collect("request", lambda: IndexRequest)(command)))
    return done


index_argument = click.argument("index", type=IndexPlace())
quiet = click.option("-q", "--quiet", is_flag=True, help="No progress bar and no summary.")
plain = click.option(
    "--plain", is_flag=True, help="Take the sentence as it stands, and not by parts."
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
WRITTEN = ("output", "preview", "save", "areas", "accuracy", "ground")
"""Arguments that are files to be written."""


def where(
    sizes: str = "Only chips whose side on the ground lies between these, metres, such as 0,100.",
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options that say which chips to look at; the command gets one ``where``, a ``Filter``.

    Args:
        sizes: what ``--ground-size`` does, a sentence.
    """
    offered = (
        click.option(
            "--bbox",
            type=Numbers(float, "four numbers WEST,SOUTH,EAST,NORTH in degrees", count=4),
            metavar="W,S,E,N",
            help="Only chips that touch this box, degrees, longitude first.",
        ),
        click.option(
            "--within",
            type=FILE,
            metavar="FILE",
            help="Only chips that touch the polygons of this GeoJSON file.",
        ),
        click.option(
            "--scene",
            multiple=True,
            metavar="NAME",
            help="Only this scene: name, path or pattern such as 'town_*'; may be repeated.",
        ),
        click.option(
            "--ground-size",
            type=Numbers(float, "two numbers LEAST,GREATEST in metres", count=2),
            metavar="M,M",
            help=sizes,
        ),
        click.option(
            "--from",
            "from_date",
            metavar="DATE",
            help="Only chips taken on this day or later: 2020-07-19, 2020-07 or 2020, in UTC.",
        ),
        click.option(
            "--to",
            "to_date",
            metavar="DATE",
            help="Only chips taken up to the end of this day, month or year, in UTC.",
        ),
    )

    def decorate(command: Callable[..., int | None]) -> Callable[..., Any]:
        @wraps(command)
        def with_filter(
            *first: object, bbox: tuple[float, float, float, float] | None, within: Path | None,
            scene: tuple[str, ...], ground_size: tuple[float, float] | None,
            from_date: str | None, to_date: str | None, **more: Any,
        ) -> int | None:  # fmt: skip
            from cmpagl_model.index.vectors import refuse_others  # noqa: PLC0415 - help is quick
            from cmpagl_model.search.filters import Filter, read_area  # noqa: PLC0415

            for name in WRITTEN:
                if within is not None and more.get(name) is not None:
                    refuse_others(more[name], within)
            area = read_area(within) if within else None
            chosen = Filter(bbox, area, scene, ground_size, from_date, to_date)
            return command(*first, where=chosen, **more)

        for option in reversed(offered):
            with_filter = option(with_filter)
        return with_filter

    return decorate


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
