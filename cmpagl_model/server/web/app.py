"""The resources of the server, by OGC API Features part 1, and its web page."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from cmpagl_model.errors import CmpaglError
from cmpagl_model.server.messages import ParameterError
from cmpagl_model.server.parameters import parameters
from tiling import TilingError

from .archive import SCENES
from .asked import ByExample, items_of
from .guard import AccessLog, Guard
from .openapi import api_page
from .problems import problem, status_of
from .room import Room

if TYPE_CHECKING:
    from starlette.requests import Request

    from .archive import Archive, Listed
    from .settings import Settings

    Page = dict[str, Any]

JSON, GEOJSON = "application/json", "application/geo+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
PAGE = Path(__file__).parent / "page"
CONFORMANCE = tuple(
    f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}"
    for name in ("core", "oas30", "geojson")
)
MOST_BODY = 16 << 20
"""Bytes of a search by example."""
READERS_QUEUE = 256
"""Features and pictures that may wait: a page asks for many pictures at once."""
PICTURES = ("image/png", "image/jpeg", "image/webp")
LEAST_PX, MOST_PX, USUAL_PX = 16, 512, 192
DAY_S = 86_400


class Site:
    """Answers requests; searches have a room of their own, so that they hold up nothing else."""

    def __init__(self, archive: Archive, settings: Settings) -> None:
        self._archive, self._settings = archive, settings
        many, patience = settings.searches, settings.timeout_s
        self._searching = Room("search", many, settings.queue, patience)
        self._reading = Room("read", many, READERS_QUEUE, patience)

    def close(self) -> None:
        """Let nobody in any more."""
        self._searching.close()
        self._reading.close()

    async def landing(self, request: Request) -> Response:
        """``/``: the page for people, links for programs."""
        if request.query_params.get("f") != "json" and (
            "text/html" in request.headers.get("accept", "")
        ):
            return FileResponse(PAGE / "index.html", headers=self._page_headers())
        base = self._base(request)
        links = [
            _link("self", base, "/"),
            _link("service-desc", base, "/api", OPENAPI),
            _link("conformance", base, "/conformance"),
            _link("data", base, "/collections"),
            _link("alternate", base, "/", "text/html"),
        ]
        what = "Places in imagery, found by describing them"
        page = {"title": "CMPAGL", "description": what, "links": links}
        return _json(page, {"Vary": "Accept"})

    async def conformance(self, request: Request) -> Response:
        """``/conformance``: what of the standard is kept."""
        del request
        return _json({"conformsTo": list(CONFORMANCE)})

    async def api(self, request: Request) -> Response:
        """``/api``: what can be asked, by OpenAPI 3.0."""
        return _json(api_page(self._base(request)), kind=OPENAPI)

    async def health(self, request: Request) -> Response:
        """``/health``: that the server is there."""
        del request
        return _json({"status": "ok"})

    async def look(self, request: Request) -> Response:
        """``/page/settings.json``: what the page for people needs to know ahead."""
        del request
        own = self._settings
        page = {"tiles": own.tiles, "attribution": own.attribution, "token": bool(own.tokens)}
        return _json(page)

    async def collections(self, request: Request) -> Response:
        """``/collections``: all of them, shortly."""
        names = await self._reading.run(self._archive.names)
        base = self._base(request)
        all_of_them = [each for own in names for each in (own, SCENES + own)]
        pages = [
            {"id": name, "title": name, "itemType": "feature", "links": _links(base, name)}
            for name in all_of_them
        ]
        return _json({"links": [_link("self", base, "/collections")], "collections": pages})

    async def collection(self, request: Request) -> Response:
        """``/collections/{name}``: what it holds."""
        name = request.path_params["name"]
        page = await self._reading.run(self._archive.collection, name)
        return _json({**page, "links": _links(self._base(request), name)})

    async def items(self, request: Request) -> Response:
        """``/collections/{name}/items``: features, or hits of a sentence."""
        name, base = request.path_params["name"], self._base(request)
        want = items_of(request.query_params.multi_items())
        room = self._reading if want.q is None else self._searching
        listed = await room.run(self._archive.items, name, want, base)
        here = f"/collections/{quote(name, safe='~:')}"
        links = [
            _link("self", base, _with(request, f"{here}/items"), GEOJSON),
            _link("collection", base, here),
        ]
        after = want.offset + want.limit
        if after < listed.matched:
            links.append(_link("next", base, _with(request, f"{here}/items", after), GEOJSON))
        return _features(listed, links)

    async def item(self, request: Request) -> Response:
        """``/collections/{name}/items/{item}``: one feature."""
        name, item, base = (
            request.path_params["name"],
            request.path_params["item"],
            self._base(request),
        )
        page = await self._reading.run(self._archive.item, name, item, base)
        here = f"/collections/{quote(name, safe='~:')}"
        links = [
            _link("self", base, f"{here}/items/{quote(item, safe='')}", GEOJSON),
            _link("collection", base, here),
        ]
        return _json({**page, "links": links}, kind=GEOJSON)

    async def thumbnail(self, request: Request) -> Response:
        """``/collections/{name}/thumbnails/{item}.png``: a chip as the model saw it.

        Raises:
            ParameterError: if the size is none.
        """
        name, item = request.path_params["name"], request.path_params["item"]
        said = request.query_params.get("px", str(USUAL_PX))
        if not (said.isascii() and said.isdigit() and LEAST_PX <= int(said[:9]) <= MOST_PX):
            raise ParameterError(f"px: found {said[:20]!r}, wanted {LEAST_PX} to {MOST_PX}")
        had = request.headers.get("if-none-match", "")
        drawn = await self._reading.run(self._archive.thumbnail, name, item, int(said), had)
        headers = {"ETag": f'"{drawn.name}"', "Cache-Control": f"private, max-age={DAY_S}"}
        if drawn.png is None:
            return Response(status_code=304, headers=headers)
        return Response(drawn.png, headers=headers, media_type="image/png")

    async def search(self, request: Request) -> Response:
        """``POST /collections/{name}/search``: by example, of JSON or of a picture."""
        name, base = request.path_params["name"], self._base(request)
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in {JSON, *PICTURES}:
            wanted = ", ".join((JSON, *PICTURES))
            return problem(415, f"found the content type {kind[:60]!r}, wanted one of {wanted}")
        body = await asyncio.wait_for(_body(request), self._settings.timeout_s)
        given: tuple[bytes, ...] = ()
        if kind == JSON:
            want = parameters(ByExample, _parsed(body), "search")
        else:
            asked = items_of(request.query_params.multi_items())
            want = ByExample(q=asked.q, k=asked.k, where=asked.where, plain=asked.plain)
            given = (body,)
        listed = await self._searching.run(self._archive.similar, name, want, given, base)
        links = [_link("collection", base, f"/collections/{quote(name, safe='~:')}")]
        return _features(listed, links)

    def refused(self, request: Request, error: Exception) -> Response:
        """What the engine refuses, without the folders of this machine."""
        del request
        return problem(status_of(error), self._archive.shown(str(error)))

    def _base(self, request: Request) -> str:
        own = self._settings.public_url
        return own.rstrip("/") if own else str(request.base_url).rstrip("/")

    def _page_headers(self) -> dict[str, str]:
        tiles = ""
        if self._settings.tiles:
            scheme, _, rest = self._settings.tiles.partition("://")
            tiles = f" {scheme}://{rest.partition('/')[0].replace('{s}', '*')}"
        policy = (
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            f"img-src 'self' data: blob:{tiles}; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'self'"
        )
        return {"Content-Security-Policy": policy, "Vary": "Accept", "Cache-Control": "no-cache"}


def application(archive: Archive, settings: Settings) -> Starlette:
    """The server as an ASGI application.

    Args:
        archive: what it gives, begun.
        settings: how.
    """
    site = Site(archive, settings)
    here = "/collections/{name}"
    routes = [
        Route("/", site.landing),
        Route("/conformance", site.conformance),
        Route("/api", site.api),
        Route("/health", site.health),
        Route("/collections", site.collections),
        Route(here, site.collection),
        Route(f"{here}/items", site.items),
        Route(f"{here}/items/{{item}}", site.item),
        Route(f"{here}/thumbnails/{{item}}.png", site.thumbnail),
        Route(f"{here}/search", site.search, methods=["POST"]),
        Route("/page/settings.json", site.look),
        Mount("/page", StaticFiles(directory=PAGE)),
    ]
    around = [Middleware(AccessLog, queries=settings.log_queries)]
    if settings.origins:
        around.append(
            Middleware(
                CORSMiddleware, allow_origins=settings.origins, allow_methods=["GET", "POST"],
                allow_headers=["Authorization", "Content-Type"],
            )
        )  # fmt: skip
    around.append(Middleware(Guard, settings=settings))
    handlers = dict.fromkeys((CmpaglError, TilingError), site.refused)
    return Starlette(
        routes=routes,
        middleware=around,
        exception_handlers={
            **handlers,
            HTTPException: _http_refused,
            asyncio.TimeoutError: _late,
            Exception: _fault,
        },
    )


async def _http_refused(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 500)
    said = {
        404: f"found nothing at {request.url.path[:200]!r}, wanted an address of /api",
        405: f"found the method {request.method}, wanted another one; next: see /api",
        413: f"found more than {MOST_BODY >> 20} MiB, wanted less; next: send smaller pictures",
    }
    detail = said.get(status, str(getattr(error, "detail", error)))
    return problem(status, detail, getattr(error, "headers", None))


async def _late(request: Request, error: Exception) -> Response:
    del request, error
    return problem(408, "found half a request, wanted all of it sooner; next: send it again")


async def _fault(request: Request, error: Exception) -> Response:
    """A fault of ours; Starlette raises it again, so that its traceback is on standard error."""
    del request
    return problem(500, f"{type(error).__name__}; the traceback is in the server's log")


async def _body(request: Request) -> bytes:
    """The body of a request.

    Raises:
        HTTPException: if it is longer than anybody needs.
    """
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BODY:
            raise HTTPException(413)
    return bytes(body)


def _parsed(body: bytes) -> Page:
    """The JSON object of a body.

    Raises:
        ParameterError: if it is none.
    """
    try:
        page: object = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ParameterError(f"found no JSON ({str(error)[:200]}), wanted an object") from None
    if not isinstance(page, dict):
        raise ParameterError("found JSON that is no object, wanted one")
    return page


def _json(
    page: object, headers: dict[str, str] | None = None, kind: str = JSON, status: int = 200
) -> Response:
    return Response(
        json.dumps(page, ensure_ascii=True, allow_nan=False, separators=(",", ":")),
        status,
        headers,
        kind,
    )


def _features(listed: Listed, links: list[Page]) -> Response:
    now = datetime.now(timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")
    page = {
        "type": "FeatureCollection",
        "timeStamp": now,
        "numberMatched": listed.matched,
        "numberReturned": len(listed.features),
        "links": links,
        **listed.said,
        "features": listed.features,
    }
    return _json(page, kind=GEOJSON)


def _link(rel: str, base: str, path: str, kind: str = JSON) -> Page:
    return {"rel": rel, "href": f"{base}{path}", "type": kind}


def _links(base: str, name: str) -> list[Page]:
    here = f"/collections/{quote(name, safe='~:')}"
    return [_link("self", base, here), _link("items", base, f"{here}/items", GEOJSON)]


def _with(request: Request, path: str, offset: int | None = None) -> str:
    """The address of a request, at another offset."""
    pairs = [
        (name, text)
        for name, text in request.query_params.multi_items()
        if offset is None or name != "offset"
    ]
    if offset is not None:
        pairs.append(("offset", str(offset)))
    return f"{path}?{urlencode(pairs)}" if pairs else path
