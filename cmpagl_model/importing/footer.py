"""The metadata in the footer of a file: ``geo`` of GeoParquet, ``emb`` of the model."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
from pyproj.exceptions import ProjError

from cmpagl_model.errors import SourceError, first_line
from cmpagl_model.records import ModelId

from .shapes import CRS84, to_degrees

if TYPE_CHECKING:
    import pyarrow as pa

EMB_MODEL = "emb:model"


def footer_fields(path: str, schema: pa.Schema, name: str) -> dict[str, Any]:
    """The JSON under a key of a file's footer; empty if it has none.

    Raises:
        SourceError: if it is no JSON object.
    """
    try:
        fields = json.loads((schema.metadata or {}).get(name.encode(), b"null"))
    except (ValueError, RecursionError) as error:
        raise SourceError(broken(path, name, first_line(error)[:200])) from error
    if fields is None:
        return {}
    if not isinstance(fields, dict):
        raise SourceError(broken(path, name, "no JSON object"))
    return fields


def broken(path: str, name: str, reason: str) -> str:
    """What to say of metadata that cannot be understood."""
    wanted = "GeoParquet 1.x" if name == "geo" else "what 'cmpagl export' writes, or none"
    remedy = "" if name == "geo" else ", or say with --model NAME which model made the embeddings"
    return (
        f"{path}: found a broken {name!r} page in its footer ({reason}), wanted {wanted}; next: "
        f"write the file again{remedy}"
    )


def model_of(path: str, fields: dict[str, Any]) -> ModelId | str | None:
    """The model that the metadata ``emb`` names: with a fingerprint, by name only, or not at all.

    Named it may be in an object of its own, as cmpagl and Earth Index have it, or in a link of the
    STAC extension for embeddings, whose last part is the name.

    Raises:
        SourceError: if it is broken.
    """
    model = fields.get("model") or fields.get(EMB_MODEL)
    if model is None:
        links = fields.get("links")
        for link in links if isinstance(links, list) else ():
            if isinstance(link, dict) and link.get("rel") == EMB_MODEL:
                return _last_part(str(link.get("href") or link.get("title") or ""))
        return None
    if isinstance(model, str):
        return _last_part(model)
    if not isinstance(model, dict):
        raise SourceError(broken(path, "emb", "its model is none"))
    if model.get("name") and model.get("fingerprint"):
        return ModelId(str(model["name"]), str(model["fingerprint"]))
    said = (model.get("id") or model.get("name"), model.get("version"))
    return " ".join(str(part) for part in said if part) if said[0] else None


def _last_part(address: str) -> str | None:
    name = address.rstrip("/").rsplit("/", 1)[-1].removesuffix(".json")
    return name or None


def crs_of(path: str, said: object) -> str:
    """The CRS that a file names.

    Raises:
        SourceError: if PROJ knows no such CRS, or no way from there to longitude and latitude.
    """
    try:
        return _on_ground(said)
    except (ProjError, TypeError, ValueError, RecursionError) as error:
        raise SourceError(
            f"{path}: found a coordinate reference system that PROJ cannot read "
            f"({first_line(error)[:200]}), wanted PROJJSON of a place on Earth; next: write the "
            "file again in EPSG:4326"
        ) from error


def _on_ground(said: object) -> str:
    """A CRS as PROJ writes it, if it has places on the ground and a way to longitude and latitude.

    Raises:
        ValueError: if it has none.
    """
    if said is None:
        return CRS84
    crs = pyproj.CRS.from_user_input(said)
    if not (crs.is_geographic or crs.is_projected):
        raise ValueError(f"{crs.type_name} {crs.name}: no places on the ground")
    text = crs.to_wkt()
    to_degrees(np.empty(0, object), text)
    return str(text)
