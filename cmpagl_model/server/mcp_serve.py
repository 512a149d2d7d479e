"""``cmpagl serve --mcp``: the tools of :mod:`.mcp_tools` by the Model Context Protocol.

The official SDK speaks the protocol; nothing else here knows it, and it loads when it is needed.
"""

from __future__ import annotations

import json
import math
from base64 import b64encode
from dataclasses import is_dataclass
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from cmpagl_model import __version__
from cmpagl_model.errors import CmpaglError, MissingExtraError
from tiling import TilingError

from . import mcp_parameters
from .mcp_tools import INSTRUCTIONS, TOOLS, Toolbox
from .messages import page_of
from .parameters import parameters
from .work import Cancelled, Work

if TYPE_CHECKING:
    from .mcp_tools import Tool
    from .roots import Roots


def need_sdk() -> None:
    """See that the SDK is there.

    Raises:
        MissingExtraError: if it is not.
    """
    if find_spec("mcp") is None:
        raise MissingExtraError(
            "--mcp: found no package mcp, wanted the SDK of the Model Context Protocol; next: "
            "pip install 'cmpagl-qgis[mcp]'"
        )


class MonotonicProgress:
    """Progress that only grows, as the protocol wants it, over phases that each start at 0."""

    def __init__(self) -> None:
        self._before = self._done = 0

    def taken(self, done: int, total: int) -> tuple[int, int | None] | None:
        """What to tell: all that is done, of how much; ``None``: no more than was told before."""
        if done < self._done:
            self._before += self._done
            self._done = 0
        if done <= self._done:
            return None
        self._done = done
        return self._before + done, self._before + total if total else None


def serve_mcp(roots: Roots) -> int:
    """Answer an assistant until standard input closes; standard output holds the protocol alone.

    Args:
        roots: the folders that it may use.

    Returns:
        The exit code, 0.

    Raises:
        MissingExtraError: if the SDK is not installed.
    """
    need_sdk()
    import anyio  # noqa: PLC0415 - it comes with the SDK
    import mcp_types as wire  # noqa: PLC0415
    from mcp.server import Server  # noqa: PLC0415
    from mcp.server.stdio import stdio_server  # noqa: PLC0415

    async def listed(ctx: Any, params: Any) -> Any:  # noqa: ANN401 - the SDK's own records
        del ctx, params
        return wire.ListToolsResult(tools=[_described(name, tool) for name, tool in TOOLS.items()])

    async def run() -> None:
        server = Server(
            "cmpagl", version=__version__, instructions=INSTRUCTIONS,
            on_list_tools=listed, on_call_tool=Calls(Toolbox(roots)).answer,
        )  # fmt: skip
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    anyio.run(run)
    return 0


class Calls:
    """Calls of tools: one after the other, but for long ones, which wait for long ones alone."""

    def __init__(self, toolbox: Toolbox) -> None:
        import anyio  # noqa: PLC0415 - it comes with the SDK

        self._toolbox = toolbox
        self._lanes = {long: anyio.CapacityLimiter(1) for long in (False, True)}

    async def answer(self, ctx: Any, params: Any) -> Any:  # noqa: ANN401 - the SDK's own records
        """Do what a call asks for, on a thread; a call that is cancelled stops at its next step."""
        import anyio  # noqa: PLC0415
        from anyio.lowlevel import current_token  # noqa: PLC0415

        tool = TOOLS.get(params.name)
        if tool is None:
            known = ", ".join(TOOLS)
            return _refused(f"found the tool {params.name[:60]!r}, wanted one of {known}")
        send, receive = anyio.create_memory_object_stream[Any](math.inf)
        token, steps = current_token(), MonotonicProgress()

        def told(*step: int | str) -> None:
            anyio.from_thread.run_sync(send.send_nowait, step, token=token)

        work = Work(0, told)

        async def pass_on() -> None:
            try:
                async for done, total, what in receive:
                    if (taken := steps.taken(done, total)) is not None:
                        await ctx.session.report_progress(*taken, what)
            finally:
                work.stop()  # all is done, or the client has cancelled

        call = partial(_outcome, self._toolbox, tool, params.name, params.arguments or {}, work)
        async with anyio.create_task_group() as group:
            group.start_soon(pass_on)
            result = await anyio.to_thread.run_sync(call, limiter=self._lanes[tool.long])
            send.close()
        return result


def _described(name: str, tool: Tool) -> Any:  # noqa: ANN401 - the SDK's own record
    import mcp_types as wire  # noqa: PLC0415
    from pydantic import TypeAdapter  # noqa: PLC0415 - it comes with the SDK

    schema = TypeAdapter(tool.params).json_schema()
    parts = schema.get("$defs", {}).items()
    kinds = [
        (tool.params, schema),
        *((getattr(mcp_parameters, part), page) for part, page in parts),
    ]
    for kind, page in kinds:
        bases: list[Any] = [base for base in kind.__mro__[1:] if is_dataclass(base)]
        for base in bases:  # whose notes pydantic leaves out
            page["properties"].update(TypeAdapter(base).json_schema()["properties"])
    return wire.Tool(
        name=name,
        description=tool.what,
        input_schema=schema,
        annotations=wire.ToolAnnotations(
            read_only_hint=tool.reads_only, destructive_hint=False, open_world_hint=False
        ),
    )


def _outcome(toolbox: Toolbox, tool: Tool, name: str, page: dict[str, Any], work: Work) -> Any:  # noqa: ANN401 - the SDK's own record
    """Do what is asked; refusals become answers that an assistant can act upon."""
    import mcp_types as wire  # noqa: PLC0415

    try:
        answer = tool.run(toolbox, parameters(tool.params, page, name), work)
    except Cancelled:
        return _refused("cancelled; what was finished is kept")
    except (CmpaglError, TilingError) as error:
        return _refused(str(error))
    fields = page_of(answer.page)
    content: list[Any] = [wire.TextContent(type="text", text=json.dumps(fields))]
    for shown in answer.pictures:
        data = b64encode(shown.png).decode("ascii")
        content.append(wire.TextContent(type="text", text=f"{shown.what}:"))
        content.append(wire.ImageContent(type="image", data=data, mime_type="image/png"))
    return wire.CallToolResult(content=content, structured_content=fields)


def _refused(reason: str) -> Any:  # noqa: ANN401 - the SDK's own record
    import mcp_types as wire  # noqa: PLC0415

    said = wire.TextContent(type="text", text=" ".join(reason.split()))
    return wire.CallToolResult(content=[said], is_error=True)
