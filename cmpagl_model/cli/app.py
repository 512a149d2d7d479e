"""The command group: subcommands load when they are called, refusals are caught here, once."""

from __future__ import annotations

import importlib
import logging
import os
import sys
from typing import TYPE_CHECKING

import click

from cmpagl_model import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = (
    "index",
    "import",
    "search",
    "watch",
    "classify",
    "overview",
    "describe",
    "info",
    "verify",
    "export",
    "heatmap",
    "change",
    "objects",
    "where",
    "serve",
    "evaluate",
    "train",
    "models",
    "qgis-install",
)
REFUSED, PARTLY, STOPPED = 1, 3, 130
VERBOSE = "-v"


def _tell_more(ctx: click.Context, param: click.Parameter, value: bool) -> None:  # noqa: ARG001, FBT001 - click's signature
    if value:
        from .console import show_log  # noqa: PLC0415 - help must not wait

        show_log()


def _verbose() -> click.Option:
    """``-v``, of the group and of each command, for nobody remembers where it goes."""
    return click.Option(
        [VERBOSE, "--verbose"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_tell_more,
        help="Tell what libraries log, and where in the code a refusal arose.",
    )


class LazyGroup(click.Group):
    """A group that imports a subcommand's module only when it is called or its help is asked."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Names of the subcommands in the order of a user's work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The subcommand, or ``None`` if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module_name = cmd_name.replace("-", "_") + "_command"
        module = importlib.import_module(f"cmpagl_model.cli.{module_name}")
        command: click.Command = module.command
        if not any(VERBOSE in param.opts for param in command.params):
            command.params.append(_verbose())
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The subcommand that the first word names.

        Raises:
            UsageError: if there is none; the nearest name is suggested.
        """
        from difflib import get_close_matches  # noqa: PLC0415 - for mistakes only

        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            near = get_close_matches(args[0], COMMANDS, 1)
            if not near:
                raise
            raise click.UsageError(
                f"found no command {args[0]!r}; did you mean {near[0]!r}?", ctx
            ) from None


SETTINGS = {"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "CMPAGL"}


@click.group(cls=LazyGroup, params=[_verbose()], context_settings=SETTINGS)
@click.version_option(__version__, prog_name="cmpagl", allow_from_autoenv=False)
def app() -> None:
    """Find places in your GeoTIFFs with a sentence.

    \b
    cmpagl index scenes/ -o town.cmpagl
    cmpagl search town.cmpagl "boats on a canal beside a factory" -o matches.geojson
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave the process with its exit code.

    Args:
        arguments: the words after ``cmpagl``; ``None``: those of the process.
    """
    from .console import prepare_streams  # noqa: PLC0415 - only where the process is ours

    prepare_streams()
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; this package's refusals end here.

    Raises:
        FileNotFoundError: a fault of ours.
    """
    from cmpagl_model.errors import CmpaglError  # noqa: PLC0415 - help must not wait for imports
    from tiling import TilingError  # noqa: PLC0415

    try:
        result = app.main(args=arguments, prog_name="cmpagl", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()  # while a full disk can still be told of
    except (CmpaglError, TilingError) as error:
        logging.getLogger(__name__).info("refused here", exc_info=True)  # shown by -v alone
        return _say(str(error), REFUSED)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _say(_stopped(sys.argv[1:] if arguments is None else arguments), STOPPED)
    except BrokenPipeError:
        return REFUSED
    except FileNotFoundError:
        try:
            os.getcwd()  # noqa: PTH109 - what a Path asks, too
        except FileNotFoundError:
            return _say("the folder that this was started in is gone; next: cd to another", REFUSED)
        raise
    return result if isinstance(result, int) else 0


def _stopped(arguments: Sequence[str]) -> str:
    if arguments[:1] in (["index"], ["import"]):
        return "stopped; what was finished is kept, the same command goes on"
    if arguments[:1] == ["train"]:
        return "stopped at once; the same command goes on from the last checkpoint, if there is one"
    if arguments[:2] == ["models", "fetch"]:
        return "stopped; what was fetched is kept, the same command goes on"
    return "stopped; the same command starts over"


def _say(line: str, code: int) -> int:
    from .text import say  # noqa: PLC0415 - help must not wait for imports

    say("cmpagl: " + " ".join(line.split()), err=True)
    return code
