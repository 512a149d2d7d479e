"""``cmpagl serve``: the engine behind the QGIS plugin, and behind assistants."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from . import options

LOWER_PRIORITY = 10
"""Steps of niceness: QGIS, which waits for nobody, gets a core whenever it wants one."""


@click.command(
    name="serve", short_help="Answer the QGIS plugin, an assistant or any program, line by line."
)
@click.option("--mcp", is_flag=True, help="Speak the Model Context Protocol, to an assistant.")
@click.option(
    "--root",
    multiple=True,
    type=options.FILE,
    metavar="FOLDER",
    help="With --mcp: read and write below this folder only; may be repeated. Default: the "
    "current folder.",
)
def command(root: tuple[Path, ...], *, mcp: bool) -> int:
    """Answer requests on standard input, JSON-RPC 2.0 line by line, until it closes.

    The QGIS plugin starts this by itself; docs/protocol.md says how other programs speak to it.
    With --mcp it is a server of tools for assistants: docs/ecosystem.md says how to add it.

    \b
    cmpagl serve --mcp --root /data/scenes
    \f

    Raises:
        UsageError: if there are folders and nobody to use them.
    """
    if root and not mcp:
        raise click.UsageError("found --root without --mcp, wanted both or neither")
    if sys.stdin.isatty():
        click.echo("cmpagl: waiting for requests; Ctrl-D or Ctrl-C ends", err=True)
    if mcp:
        from cmpagl_model.server.mcp_roots import Roots  # noqa: PLC0415 - help must not wait
        from cmpagl_model.server.mcp_serve import serve_mcp  # noqa: PLC0415

        return serve_mcp(Roots(root or (Path.cwd(),)))
    if hasattr(os, "nice"):  # not on Windows
        os.nice(LOWER_PRIORITY)
    from cmpagl_model.server.channel import take_channel  # noqa: PLC0415 - help must not wait

    incoming, channel = take_channel()  # before the libraries load, for some of them print
    from cmpagl_model.server.loop import serve  # noqa: PLC0415

    return serve(incoming, channel)
