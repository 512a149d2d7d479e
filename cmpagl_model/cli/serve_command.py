"""``cmpagl serve``: the engine behind the QGIS plugin, assistants and web pages."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from . import options

LOWER_PRIORITY = 10
"""Steps of niceness: QGIS, which waits for nobody, gets a core whenever it wants one."""

ALWAYS = {"mcp", "http", "root", "verbose"}
"""Options that are not of the web server alone."""


@click.command(
    name="serve",
    short_help="Answer the QGIS plugin, assistants, any program; over HTTP, many users.",
)
@click.option("--mcp", is_flag=True, help="Speak the Model Context Protocol, to an assistant.")
@click.option("--http", is_flag=True, help="Be a web server: OGC API Features and a page.")
@click.option(
    "--root",
    multiple=True,
    type=options.FILE,
    metavar="FOLDER",
    help="With --mcp and --http: read (and write) below this folder only; may be repeated. "
    "Default: the current folder.",
)
@click.option(
    "--store",
    multiple=True,
    metavar="ADDRESS",
    help="Give an index in an object store too, such as s3://bucket/town.cmpagl, by way of a copy "
    "in the cache; may be repeated.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port to listen at; 0: a free one.",
)
@click.option(
    "--token-file",
    type=options.FILE,
    metavar="FILE",
    help="Tokens, a line each, one of which every request must carry.",
)
@click.option(
    "--anybody", is_flag=True, help="Answer without a token at an address that others can reach."
)
@click.option(
    "--public-url",
    metavar="URL",
    help="Where clients find the server, if it stands behind another one.",
)
@click.option(
    "--cors",
    multiple=True,
    metavar="ORIGIN",
    help="Let pages of this web site ask, such as https://maps.example.org; may be repeated.",
)
@click.option(
    "--searches", type=int, metavar="N", help="Searches at once; one a core unless given."
)
@click.option(
    "--queue",
    type=int,
    default=16,
    show_default=True,
    metavar="N",
    help="Searches that may wait; further ones are refused (503).",
)
@click.option(
    "--timeout",
    type=float,
    default=30.0,
    show_default=True,
    metavar="S",
    help="Seconds that a client waits at most.",
)
@click.option(
    "--log-queries", is_flag=True, help="Write into the access log what was searched for."
)
@click.option(
    "--tiles",
    metavar="URL",
    help="Background of the page's map, such as "
    "https://tiles.example.org/{z}/{x}/{y}.png; none unless given.",
)
@click.option("--attribution", default="", metavar="TEXT", help="Whose tiles they are.")
@click.pass_context
def command(
    context: click.Context, /, root: tuple[Path, ...], *, mcp: bool, http: bool, **given: Any
) -> int:  # fmt: skip
    """Answer requests on standard input, JSON-RPC 2.0 line by line, until it closes.

    The QGIS plugin starts this by itself; docs/protocol.md says how other programs speak to it.
    With --mcp it is a server of tools for assistants: docs/ecosystem.md says how to add it.
    With --http it is a web server for many users, whose searches QGIS and web maps read as layers:
    docs/http.md.

    \b
    cmpagl serve --mcp --root /data/scenes
    cmpagl serve --http --root /data/indexes --root /data/scenes
    \f

    Raises:
        UsageError: if options do not go together.
    """
    if mcp and http:
        raise click.UsageError("found --mcp and --http, wanted one of them")
    if root and not (mcp or http):
        raise click.UsageError("found --root without --mcp or --http, wanted it with one of them")
    usual = click.core.ParameterSource.DEFAULT
    names = [param.name or "" for param in context.command.params if param.name not in ALWAYS]
    lone = [name for name in names if context.get_parameter_source(name) is not usual]
    if lone and not http:
        name = lone[0].replace("_", "-")
        raise click.UsageError(f"found --{name} without --http, wanted both or neither")
    if http:
        return _http(root, **given)
    if sys.stdin.isatty():
        click.echo("cmpagl: waiting for requests; Ctrl-D or Ctrl-C ends", err=True)
    if mcp:
        from cmpagl_model.server.mcp_serve import serve_mcp  # noqa: PLC0415
        from cmpagl_model.server.roots import Roots  # noqa: PLC0415 - help must not wait

        return serve_mcp(Roots(root or (Path.cwd(),)))
    if hasattr(os, "nice"):  # not on Windows
        os.nice(LOWER_PRIORITY)
    from cmpagl_model.server.channel import take_channel  # noqa: PLC0415 - help must not wait

    incoming, channel = take_channel()  # before the libraries load, for some of them print
    from cmpagl_model.server.loop import serve  # noqa: PLC0415

    return serve(incoming, channel)


def _http(root: tuple[Path, ...], **given: Any) -> int:
    from cmpagl_model.index.mirror import at_hand  # noqa: PLC0415 - help must not wait
    from cmpagl_model.server.roots import Roots  # noqa: PLC0415
    from cmpagl_model.server.web.serve import need_http, serve_http  # noqa: PLC0415
    from cmpagl_model.server.web.settings import Settings, read_tokens  # noqa: PLC0415

    need_http()
    token_file = given.pop("token_file")
    tokens: tuple[bytes, ...] = ()
    if token_file is not None:
        tokens, warning = read_tokens(token_file)
        if warning:
            click.echo(f"cmpagl: warning: {warning}", err=True)
    stores: tuple[str, ...] = given.pop("store")
    searches = given.pop("searches")
    settings = Settings(
        tokens=tokens,
        origins=given.pop("cors"),
        timeout_s=given.pop("timeout"),
        searches=Settings().searches if searches is None else searches,
        **given,
    )
    copies = [at_hand(address) for address in stores]
    return serve_http(Roots((*root, *copies) or (Path.cwd(),)), settings, stores)
