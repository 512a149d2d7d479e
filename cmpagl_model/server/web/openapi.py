"""The API's description, OpenAPI 3.0: from the records that read what clients ask."""

from __future__ import annotations

from dataclasses import MISSING, fields
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from cmpagl_model import __version__
from cmpagl_model.search.as_json import Page, Where, Words

from .asked import PARAMETERS, ByExample, Example

JSON_TYPES = {str: "string", float: "number", int: "integer", bool: "boolean", dict: "object"}
REFERRED = {Example: "Example", Words: "Words", Where: "Where"}


def schema_of(record: type[Example | Words | Where | ByExample], **said: Page) -> Page:
    """The schema of a record that a body of JSON is read into.

    Args:
        record: its fields' types and defaults are said, one without a default is required.
        **said: of fields, what these do not say.
    """
    kinds, needed, properties = get_type_hints(record), [], {}
    for one in fields(record):
        shown = _schema(kinds[one.name])
        if isinstance(one.default, int | float):
            shown["default"] = one.default
        properties[one.name] = {**shown, **said.get(one.name, {})}
        if one.default is one.default_factory is MISSING:
            needed.append(one.name)
    required = {"required": needed} if needed else {}
    return {
        "type": "object", "additionalProperties": False, **required, "properties": properties,
    }  # fmt: skip


def _schema(kind: Any) -> Page:  # noqa: ANN401 - whatever a field may be
    inner = get_args(kind)
    if NoneType in inner:
        return _schema(inner[0])
    if kind in REFERRED:
        return {"$ref": f"#/components/schemas/{REFERRED[kind]}"}
    if get_origin(kind) is tuple:
        size = {} if ... in inner else {"minItems": len(inner), "maxItems": len(inner)}
        return {"type": "array", "items": _schema(inner[0]), **size}
    return {"type": JSON_TYPES[get_origin(kind) or kind]}


SCHEMAS: Page = {
    "Example": {
        **schema_of(
            Example,
            item={"description": "The id of a feature of this collection."},
            lon={"description": "Degrees."},
            lat={"description": "Degrees."},
            ground_m={"description": "Beside lon and lat: side of the chip, m."},
            picture={"format": "byte", "description": "PNG, JPEG or WebP in base64."},
            weight={"minimum": 0, "exclusiveMinimum": True},
        ),
        "description": "One of item, picture, or lon and lat.",
    },
    "Words": schema_of(Words),
    "Where": schema_of(Where, within={"description": "GeoJSON Polygon or MultiPolygon."}),
    "Search": schema_of(ByExample, q=PARAMETERS["q"].schema, k=PARAMETERS["k"].schema),
}
PROBLEM: Page = {
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "Found, wanted, and the next step."},
    },
}
OBJECT: Page = {"type": "object"}
REFUSALS = {
    "400": "A parameter or a sentence that cannot be used",
    "401": "No token that the server knows",
    "404": "Not here",
    "500": "A fault of the server",
    "503": "Too many at once; ask again after Retry-After seconds",
}


def api_page(base: str) -> Page:
    """The description.

    Args:
        base: address of the server.
    """
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "CMPAGL",
            "version": __version__,
            "description": "Finds places in imagery by describing them. OGC API Features part 1; "
            "q is a sentence, relevance the probability that a person would call the hit right.",
            "license": {"name": "GPL-3.0-or-later"},
        },
        "servers": [{"url": base}],
        "paths": _paths(),
        "components": {
            "parameters": {
                **{
                    name: {
                        "name": name, "in": "query", "required": False,
                        "description": one.what, "schema": one.schema,
                        "style": "form", "explode": False,
                    }
                    for name, one in PARAMETERS.items()
                },
                "collectionId": _in_path("collectionId", "A collection of /collections."),
                "featureId": _in_path("featureId", "The id of a feature."),
            },
            "schemas": {**SCHEMAS, "Problem": PROBLEM},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{}, {"token": []}],
    }  # fmt: skip


def _paths() -> Page:
    here, one = "/collections/{collectionId}", [_ref("collectionId")]
    feature = [*one, _ref("featureId")]
    size = {
        "name": "px", "in": "query", "description": "Side of the picture, px.",
        "schema": {"type": "integer", "minimum": 16, "maximum": 512, "default": 192},
    }  # fmt: skip
    hits = [_ref(name) for name in PARAMETERS]  # elsewhere passed over: QGIS hands all of them on
    by_example = _read("search", "Places like examples, or like a picture that is sent")
    by_example["parameters"] = [*one, *(_ref(name) for name in ("q", "k", "bbox", "datetime"))]
    by_example["requestBody"] = {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/Search"}},
            **{
                kind: {"schema": {"type": "string", "format": "binary"}}
                for kind in ("image/png", "image/jpeg", "image/webp")
            },
        },
    }
    return {
        "/": {"get": _read("landing", "Links to all that is here", hits)},
        "/conformance": {"get": _read("conformance", "What of the standard is kept", hits)},
        "/api": {"get": _read("api", "This description", hits)},
        "/health": {"get": _read("health", "That the server is there")},
        "/collections": {"get": _read("collections", "The indexes", hits)},
        here: {"get": _read("collection", "What an index holds", [*one, *hits])},
        f"{here}/items": {
            "get": _read("items", "Hits of q, or all chips", [*one, *hits], "application/geo+json")
        },
        f"{here}/items/{{featureId}}": {
            "get": _read("item", "One feature", [*feature, *hits], "application/geo+json")
        },
        f"{here}/thumbnails/{{featureId}}.png": {
            "get": _read("thumbnail", "A chip as the model saw it", [*feature, size], "image/png")
        },
        f"{here}/search": {"post": by_example},
    }


def _read(
    name: str, what: str, parameters: list[Page] | None = None, kind: str = "application/json"
) -> Page:
    schema = {"type": "string", "format": "binary"} if kind == "image/png" else OBJECT
    refused = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        "operationId": name,
        "summary": what,
        "parameters": parameters or [],
        "responses": {
            "200": {"description": what, "content": {kind: {"schema": schema}}},
            **{code: {"description": said, "content": refused} for code, said in REFUSALS.items()},
        },
    }


def _in_path(name: str, what: str) -> Page:
    schema = {"type": "string"}
    return {"name": name, "in": "path", "required": True, "description": what, "schema": schema}


def _ref(name: str) -> Page:
    return {"$ref": f"#/components/parameters/{name}"}
