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
from starlette.requests import ClientDisconnect
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from cmpagl_model.errors import CmpaglError
from cmpagl_model.server.messages import ParameterError
from tiling import TilingError

from .archive import SCENES
from .asked import FORMATS, PARAMETERS, ByExample, by_example, items_of
from .executor import BoundedExecutor, BusyError
from .guard import AccessLog, Guard
from .openapi import api_page
from .problems import problem, status_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from .archive import Archive, FeaturePage
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
MOST_HELD = 16 * MOST_BODY
"""Bytes of all searches by example that are received, wait or are at work."""
READERS_QUEUE = 256
"""Features and pictures that may wait: a page asks for many pictures at once."""
PICTURES = ("image/png", "image/jpeg", "image/webp")
LEAST_PX, MOST_PX, USUAL_PX = 16, 512, 192
DAY_S = 86_400


class Site:
    """Answers requests; searches have threads of their own, so that they hold up nothing else."""

    def __init__(self, archive: Archive, settings: Settings) -> None:
        self._archive, self._settings = archive, settings
        many, timeout_s = settings.searches, settings.timeout_s
        self._searching = BoundedExecutor("search", many, settings.queue, timeout_s)
        self._reading = BoundedExecutor("read", many, READERS_QUEUE, timeout_s)
        self._held = 0

    def close(self) -> None:
        """Accept no further work."""
        self._searching.close()
        self._reading.close()

    async def landing(self, request: Request) -> Response:
        """``/``: the page for people, links for programs."""
        wanted = request.query_params.get("f")
        accepted = request.headers.get("accept", "")
        if wanted == "html" or (wanted is None and "text/html" in accepted):
            return FileResponse(PAGE / "index.html", headers=self._page_headers())
        _check_names(request)
        base = self._base(request)
        links = [
            _link("self", base, "/"),
            _link("service-desc", base, "/api", OPENAPI),
            _link("conformance", base, "/conformance"),
            _link("data", base, "/collections"),
            _link("alternate", base, "/?f=html", "text/html"),
        ]
        what = "Places in imagery, found by describing them"
        page = {"title": "CMPAGL", "description": what, "links": links}
        return _json(page, {"Vary": "Accept"})

    async def conformance(self, request: Request) -> Response:
        """``/conformance``: what of the standard is kept."""
        _check_names(request)
        return _json({"conformsTo": list(CONFORMANCE)})

    async def api(self, request: Request) -> Response:
        """``/api``: what can be asked, by OpenAPI 3.0."""
        _check_names(request)
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
        _check_names(request)
        names = await self._reading.run(self._archive.names)
        base = self._base(request)
        all_of_them = [each for own in names for each in (own, SCENES + own)]
        pages = [
            {"id": name, "title": name, "itemType": "feature", "links": _links(base, name)}
            for name in all_of_them
        ]
        said = {"notice": self._archive.notice} if self._archive.notice else {}
        links = [_link("self", base, "/collections")]
        return _json({"links": links, "collections": pages, **said})

    async def collection(self, request: Request) -> Response:
        """``/collections/{name}``: what it holds."""
        _check_names(request)
        name = request.path_params["name"]
        page = await self._reading.run(self._archive.collection, name)
        return _json({**page, "links": _links(self._base(request), name)})

    async def items(self, request: Request) -> Response:
        """``/collections/{name}/items``: features, or hits of a sentence."""
        name, base = request.path_params["name"], self._base(request)
        want = items_of(request.query_params.multi_items())
        executor = self._reading if want.q is None else self._searching
        listed = await executor.run(self._archive.items, name, want, base)
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
        _check_names(request)
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
        body = bytearray()
        try:
            await asyncio.wait_for(self._receive(request, body), self._settings.timeout_s)
            given: tuple[bytes, ...] = ()
            if kind == JSON:
                want = await self._reading.run(by_example, bytes(body))
            else:
                asked = items_of(request.query_params.multi_items())
                want = ByExample(q=asked.q, k=asked.k, where=asked.where, plain=asked.plain)
                given = (bytes(body),)
            listed = await self._searching.run(self._archive.similar, name, want, given, base)
        finally:
            self._held -= len(body)
        links = [_link("collection", base, f"/collections/{quote(name, safe='~:')}")]
        return _features(listed, links)

    def refused(self, request: Request, error: Exception) -> Response:
        """What the engine refuses, without the folders of this machine."""
        del request
        return problem(status_of(error), self._archive.shown(str(error)))

    async def missed(self, request: Request, error: Exception) -> Response:
        """What HTTP itself refuses; an address with a slash too many is told the right one."""
        status, path = getattr(error, "status_code", 500), request.url.path
        if status == 404 and path.endswith("/") and path.strip("/") and request.method == "GET":
            here = quote(f"/{path.strip('/')}", safe="/~:")
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(f"{self._base(request)}{here}{query}", 307)
        said = {
            404: f"found nothing at {path[:200]!r}, wanted an address of /api",
            405: f"found the method {request.method}, wanted another one; next: see /api",
            413: f"found more than {MOST_BODY >> 20} MiB, wanted less; next: send smaller pictures",
        }
        detail = said.get(status, str(getattr(error, "detail", error)))
        return problem(status, detail, getattr(error, "headers", None))

    async def _receive(self, request: Request, body: bytearray) -> None:
        """Take the body of a request.

        Raises:
            HTTPException: if it is longer than anybody needs.
            BusyError: if those of all clients together are.
        """
        async for part in request.stream():
            body += part
            self._held += len(part)
            if len(body) > MOST_BODY:
                raise HTTPException(413)
            if self._held > MOST_HELD:
                raise BusyError(
                    f"found {self._held >> 20} MiB of examples sent at once, wanted at most "
                    f"{MOST_HELD >> 20}; next: ask again in a few seconds"
                )

    def _base(self, request: Request) -> str:
        own = self._settings.public_url
        return own.rstrip("/") if own else str(request.base_url).rstrip("/")

    def _page_headers(self) -> dict[str, str]:
        tiles = ""
        further: dict[str, str] = {}
        if self._settings.tiles:
            scheme, _, rest = self._settings.tiles.partition("://")
            host = rest.partition("/")[0]
            first, _, domain = host.partition(".")
            tiles = f" {scheme}://{f'*.{domain}' if '{s}' in first else host}"
            # OpenStreetMap's servers give nothing to pages that do not say whose they are
            further["Referrer-Policy"] = "strict-origin-when-cross-origin"
        policy = (
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            f"img-src 'self' data: blob:{tiles}; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'self'"
        )
        always = {"Content-Security-Policy": policy, "Vary": "Accept", "Cache-Control": "no-cache"}
        return always | further


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
    app = Starlette(
        routes=routes,
        middleware=around,
        exception_handlers={
            **handlers,
            HTTPException: site.missed,
            asyncio.TimeoutError: _late,
            ClientDisconnect: _late,
            Exception: _fault,
        },
    )
    app.router.redirect_slashes = False  # it knows nothing of --public-url
    return app


async def _late(request: Request, error: Exception) -> Response:
    del request, error
    return problem(408, "found half a request, wanted all of it sooner; next: send it again")


async def _fault(request: Request, error: Exception) -> Response:
    """A fault of ours; Starlette raises it again, so that its traceback is on standard error."""
    del request
    return problem(500, f"{type(error).__name__}; the traceback is in the server's log")


def _check_names(request: Request) -> None:
    """Refuse a parameter that no resource has, as OGC wants it, and a format that there is not.

    Those of a search are passed over: QGIS hands on to all resources what stands behind the ``?``
    of a connection.

    Raises:
        ParameterError: if there is one.
    """
    for name, text in request.query_params.multi_items():
        if name not in PARAMETERS:
            raise ParameterError(f"found the parameter {name[:40]!r}, wanted none, or f=json")
        if name == "f" and text not in FORMATS:
            raise ParameterError(f"f: found {text[:20]!r}, wanted json")


def _json(
    page: object, headers: dict[str, str] | None = None, kind: str = JSON, status: int = 200
) -> Response:
    return Response(
        json.dumps(page, ensure_ascii=True, allow_nan=False, separators=(",", ":")),
        status,
        headers,
        kind,
    )


def _features(listed: FeaturePage, links: list[Page]) -> Response:
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
        for name, text in dict.fromkeys(request.query_params.multi_items())
        if offset is None or name != "offset"
    ]
    if offset is not None:
        pairs.append(("offset", str(offset)))
    return f"{path}?{urlencode(pairs)}" if pairs else path
