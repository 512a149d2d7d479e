"""The command group: subcommands load when they are called, refusals are caught here, once."""

from __future__ import annotations

import importlib
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
    "info",
    "verify",
    "export",
    "heatmap",
    "serve",
    "evaluate",
    "train",
    "models",
    "qgis-install",
)
REFUSED, PARTLY, STOPPED = 1, 3, 130


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
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cmpagl")
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
        return _say(str(error), REFUSED)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _say(_stopped(sys.argv[1:] if arguments is None else arguments), STOPPED)
    except BrokenPipeError:
        return REFUSED
    except FileNotFoundError:
        if _has_working_folder():
            raise
        return _say("the folder that this was started in is gone; next: cd to another", REFUSED)
    return result if isinstance(result, int) else 0


def _has_working_folder() -> bool:
    try:
        os.getcwd()  # noqa: PTH109 - what a Path asks, too
    except FileNotFoundError:
        return False
    return True


def _stopped(arguments: Sequence[str]) -> str:
    if arguments[:1] in (["index"], ["import"]):
        return "stopped; what was finished is kept, the same command goes on"
    if arguments[:1] == ["train"]:
        return "stopped at once; the same command goes on from the last checkpoint, if there is one"
    return "stopped; the same command starts over"


def _say(line: str, code: int) -> int:
    from .text import say  # noqa: PLC0415 - help must not wait for imports

    say("cmpagl: " + " ".join(line.split()), err=True)
    return code
