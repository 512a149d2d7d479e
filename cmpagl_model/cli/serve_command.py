"""``cmpagl serve``: the engine behind the QGIS plugin."""

from __future__ import annotations

import os
import sys

import click

LOWER_PRIORITY = 10
"""Steps of niceness: QGIS, which waits for nobody, gets a core whenever it wants one."""


@click.command(name="serve", short_help="Answer the QGIS plugin, or any program, line by line.")
def command() -> int:
    """Answer requests on standard input, JSON-RPC 2.0 line by line, until it closes.

    The QGIS plugin starts this by itself; docs/protocol.md says how other programs speak to it.
    """
    if sys.stdin.isatty():
        click.echo("cmpagl: waiting for requests; Ctrl-D or Ctrl-C ends", err=True)
    from cmpagl_model.server.channel import take_channel  # noqa: PLC0415 - help must not wait

    if hasattr(os, "nice"):  # not on Windows
        os.nice(LOWER_PRIORITY)
    incoming, channel = take_channel()  # before the libraries load, for some of them print
    from cmpagl_model.server.loop import serve  # noqa: PLC0415

    return serve(incoming, channel)
